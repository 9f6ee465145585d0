/** The whole state on disk, in parts: read back as it was, and never half of it. */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createDirectory } from "../../src/directory/index.ts";
import { readSnapshot, writeSnapshot } from "../../src/directory/state/snapshot.ts";
import { keys, openDirectory } from "./entra.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nolapse-snapshot-"));
  path = join(folder, "snapshot.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function someState() {
  const directory = await openDirectory({ generate: 1300, scenario: "contoso" });
  const state = directory.state();
  await directory.close();
  return state;
}

test("is read as it was written, lists of any length", async () => {
  const state = await someState();
  const length = writeSnapshot(path, { line: 7, state });
  expect(readSnapshot(path)).toEqual({ line: 7, state, length });
  expect([statSync(path).size, statSync(path).mode & 0o777]).toEqual([length, 0o600]);
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(length / 4);
});

test("is read where it is one document of before", async () => {
  const state = await someState();
  writeFileSync(path, JSON.stringify({ line: 3, state }));
  expect(readSnapshot(path)).toMatchObject({ line: 3, state });
});

test("is refused with parts missing, wherever it was cut", async () => {
  writeSnapshot(path, { line: 7, state: await someState() });
  const text = readFileSync(path, "utf8");
  const lines = text.trimEnd().split("\n");
  writeFileSync(path, `${[...lines.slice(0, 3), ...lines.slice(4)].join("\n")}\n`);
  expect(() => readSnapshot(path)).toThrow(/is damaged: parts of it are missing/);
  writeFileSync(path, text);
  truncateSync(path, Math.floor(text.length / 2));
  expect(() => readSnapshot(path)).toThrow();
  truncateSync(path, 0);
  expect(() => readSnapshot(path)).toThrow(/is damaged/);
});

test("holds a generated tenant whole after a start with --data", async () => {
  const dataDir = join(folder, "data");
  const first = await createDirectory({ keys, dataDir, scenario: "empty", generate: 1200 });
  // nothing of it is in the journal, which a fold would have to copy again and again
  expect(statSync(join(dataDir, "journal.ndjson")).size).toBeLessThan(100_000);
  const { clock: _one, ...before } = first.state();
  await first.close();
  const second = await createDirectory({ keys, dataDir });
  const { clock: _other, ...after } = second.state();
  expect(after).toEqual(before);
  expect(after.applications.length).toBe(1201);
  await second.close();
});
