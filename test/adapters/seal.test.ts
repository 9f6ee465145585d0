/** Sealing with a local key file. */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeProtectedHeader } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { createLocalKey, openLocalKey, rollLocalKey } from "../../src/adapters/seal/local-key.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { sealerSuite } from "../conformance/sealer.suite.ts";

const folder = mkdtempSync(join(tmpdir(), "nolapse-seal-"));
let count = 0;
const newPath = () => join(folder, `${++count}`, "seal.key");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(): string {
  const path = newPath();
  createLocalKey(path);
  return path;
}

sealerSuite("local key", async () => {
  const path = made();
  return {
    sealer: openLocalKey(path),
    roll: async () => {
      rollLocalKey(path);
      return openLocalKey(path);
    },
    stranger: async () => openLocalKey(made()),
  };
});

describe("the key file", () => {
  test("belongs to one user, stands alone in its folder, and is never replaced", () => {
    const path = made();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, ".."))).toEqual(["seal.key"]);
    const before = readFileSync(path, "utf8");
    expect(() => createLocalKey(path)).toThrow(expect.objectContaining({ code: "usage" }));
    expect(readFileSync(path, "utf8")).toBe(before);
    rollLocalKey(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, ".."))).toEqual(["seal.key"]);
  });

  test("names its key and its version in what it seals", async () => {
    const path = made();
    const context = { tenantId: "t", appId: "a", keyId: "k" };
    const sealed = await openLocalKey(path).seal(new SecretValue("v"), context);
    const [first] = JSON.parse(readFileSync(path, "utf8")).keys;
    expect(decodeProtectedHeader(sealed)).toEqual({ alg: "dir", enc: "A256GCM", kid: first.kid, v: 1, ...context });
  });

  test("is refused when others can read it, when it is missing, and when it is something else", () => {
    const open = (path: string) => () => openLocalKey(path);
    const path = made();
    chmodSync(path, 0o640);
    expect(open(path)).toThrow(expect.objectContaining({ code: "seal-key-wrong", next: `chmod 600 ${path}` }));
    expect(open(newPath())).toThrow(expect.objectContaining({ code: "seal-key-missing" }));
    const key = JSON.parse(readFileSync(path, "utf8")).keys[0].key;
    writeFileSync(path, `{"version":1,"keys":[{"key":"${key}"`);
    chmodSync(path, 0o600);
    let thrown: unknown;
    try {
      openLocalKey(path);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "seal-key-wrong" });
    expect(String((thrown as Error).stack) + String((thrown as Error).cause)).not.toContain(key);
  });

  test("made twice at once is one key", async () => {
    const path = newPath();
    const tries = await Promise.allSettled([1, 2, 3].map(async () => createLocalKey(path)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(() => openLocalKey(path)).not.toThrow();
  });
});
