/** The page that `--html FILE` asks for. */
import { writeFileSync } from "node:fs";
import { NolapseError } from "../core/errors.ts";

/** @throws NolapseError `usage` when the file cannot be written. */
export function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new NolapseError("usage", `${file} cannot be written (${code})`, {
      cause,
      next: "name a file in a folder that exists and is yours: --html report.html",
    });
  }
}
