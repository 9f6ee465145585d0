import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { LONG_FILES } from "../support/longest-first.ts";

const root = resolve(import.meta.dirname, "../..");

test("the files that are to start first exist, each once", () => {
  expect(LONG_FILES.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(new Set(LONG_FILES).size).toBe(LONG_FILES.length);
});
