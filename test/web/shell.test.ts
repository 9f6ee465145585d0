/** Commands that are shown for copying, as a shell takes them apart again. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { nolapse, shellWord } from "../../web/src/text/shell.ts";

const HARD = ["", "two words", "it's", `"$(id)"`, "`id`", "a;b&c|d", "~", "*", "=ls", "a\\b", "-x", "line\nline", "é"];

test("a shell takes each word for itself, whatever is in it", () => {
  const line = `printf '%s\\0' ${HARD.map(shellWord).join(" ")}`;
  const { stdout } = spawnSync("/bin/sh", ["-c", line], { encoding: "utf8", env: {} });
  expect(stdout.split("\0")).toEqual([...HARD, ""]);
});

test("what needs no quotes has none", () => {
  const id = "6f1e90b4-0000-4000-8000-000000000001";
  expect(nolapse(["explain", id])).toBe(`nolapse explain ${id}`);
  expect(nolapse(["resume"], "contoso_eu-1")).toBe("nolapse resume --tenant contoso_eu-1");
  expect(nolapse(["resume"], "Bob's tenant")).toBe("nolapse resume --tenant 'Bob'\\''s tenant'");
});
