/** The variables of a running directory, as shells and tools write them. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { ENVIRONMENT_FORMATS, parseEnvironment, renderEnvironment } from "../../src/cli/render/environment.ts";

const odd = { A: "plain", B: "it's", C: 'with "quotes" and $HOME', D: "https://localhost:8443", E: "a b" };

test("bash reads back what bash was written", () => {
  const script = `${renderEnvironment("bash", odd)}\nprintf '%s\\n' "$A" "$B" "$C" "$D" "$E"`;
  const { stdout } = spawnSync("bash", ["-c", script], { encoding: "utf8", env: { PATH: process.env.PATH } });
  expect(stdout.trimEnd().split("\n")).toEqual(Object.values(odd));
});

test("PowerShell doubles its quotes", () => {
  expect(renderEnvironment("powershell", odd).split("\n").slice(0, 3)).toEqual([
    "$env:A = 'plain'",
    "$env:B = 'it''s'",
    `$env:C = 'with "quotes" and $HOME'`,
  ]);
});

test("a plain value is the same line in every .env file", () => {
  expect(renderEnvironment("dotenv", odd).split("\n")).toEqual([
    "A=plain",
    `B="it's"`,
    'C="with \\"quotes\\" and $HOME"',
    "D=https://localhost:8443",
    'E="a b"',
  ]);
  expect(parseEnvironment("A=1\nB=x=y\n\n=no\n")).toEqual({ A: "1", B: "x=y" });
  expect(ENVIRONMENT_FORMATS).toHaveLength(3);
});
