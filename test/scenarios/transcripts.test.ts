/** Plays every transcript and compares; see transcript.ts for the form. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseTranscript, play } from "./transcript.ts";

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".txt"));

test.each(files)("%s", { timeout: 240_000 }, async (name) => {
  const path = join(import.meta.dirname, name);
  const text = readFileSync(path, "utf8");
  const real = await play(parseTranscript(text));
  if (process.env.NOLAPSE_UPDATE === "1") writeFileSync(path, real);
  else expect(real).toBe(text);
});

test.each(files)("%s records nothing unexpected as what is right", (name) => {
  expect(readFileSync(join(import.meta.dirname, name), "utf8")).not.toContain("something unexpected happened");
});

test("a transcript that is wrong fails", async () => {
  const parts = parseTranscript("@ bare\n$ nolapse config schema --nonsense\nall is well\n");
  expect(await play(parts)).not.toContain("all is well");
  expect(await play(parts)).toContain("? 2");
});
