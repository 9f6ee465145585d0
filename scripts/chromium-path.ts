/** Which Chromium the pictures are drawn with. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** NOLAPSE_CHROMIUM, or what the path has. @throws Error where there is none. */
export function chromiumPath(): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const places = ["chromium", "chromium-browser", "google-chrome"].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  const found = process.env.NOLAPSE_CHROMIUM ?? places.find((one) => existsSync(one));
  if (found === undefined) throw new Error("there is no Chromium: install it, or name it in NOLAPSE_CHROMIUM");
  return found;
}
