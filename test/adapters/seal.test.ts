/** Sealing with a local key file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { afterAll, describe, expect, test } from "vitest";
import { ensureLocalKey, openLocalKey, rollLocalKey } from "../../src/adapters/seal/local-key.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { sealerSuite } from "../conformance/sealer.suite.ts";

const folder = mkdtempSync(join(tmpdir(), "nolapse-seal-"));
let count = 0;
const newPath = () => join(folder, `${++count}`, "seal.key");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function made(): string {
  const path = newPath();
  ensureLocalKey(path);
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
    ensureLocalKey(path);
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

  test("opens what it sealed with any JOSE library, and the other way round", async () => {
    const path = made();
    const context = { tenantId: "t", appId: "a", keyId: "k" };
    const sealer = openLocalKey(path);
    const [first] = JSON.parse(readFileSync(path, "utf8")).keys;
    const key = Buffer.from(first.key, "base64url");
    const { plaintext } = await compactDecrypt(await sealer.seal(new SecretValue("välue"), context), key);
    expect(Buffer.from(plaintext).toString("utf8")).toBe("välue");
    const theirs = (header: { alg: string; enc: string }) =>
      new CompactEncrypt(Buffer.from("välue"))
        .setProtectedHeader({ ...header, kid: first.kid, v: 1, ...context })
        .encrypt(key);
    const sealed = await theirs({ alg: "dir", enc: "A256GCM" });
    expect((await sealer.open(sealed, context)).reveal()).toBe("välue");
    // the same key, another way to use it
    const other = await theirs({ alg: "A256KW", enc: "A256GCM" });
    await expect(sealer.open(other, context)).rejects.toMatchObject({ code: "seal-key-wrong" });
  });

  test("has no wrapped key in what it seals, and opens nothing that has one", async () => {
    const context = { tenantId: "t", appId: "a", keyId: "k" };
    const sealer = openLocalKey(made());
    const [header, wrapped, ...rest] = (await sealer.seal(new SecretValue("v"), context)).split(".");
    expect(wrapped).toBe("");
    // RFC 7516 §5.2, step 10: with the key itself it must be empty
    const other = [header, "AAAA", ...rest].join(".");
    await expect(sealer.open(other, context)).rejects.toMatchObject({ code: "seal-key-wrong" });
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

  test("made by several processes at once is one key, and none of them fails", { timeout: 30_000 }, async () => {
    const path = newPath();
    const module = resolve(import.meta.dirname, "../../src/adapters/seal/local-key.ts");
    const script = `const { ensureLocalKey } = await import(${JSON.stringify(module)});
      process.stdin.once("data", () => { ensureLocalKey(${JSON.stringify(path)}); process.stdin.destroy(); });
      process.stdout.write("ready");`;
    const makers = [1, 2, 3, 4].map(() =>
      spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["pipe", "pipe", "inherit"] }),
    );
    await Promise.all(makers.map((one) => once(one.stdout, "data")));
    const ends = makers.map((one) => once(one, "close"));
    for (const one of makers) one.stdin.write("go");
    expect(await Promise.all(ends)).toEqual(makers.map(() => [0, null]));
    expect(readdirSync(join(path, ".."))).toEqual(["seal.key"]);
    expect(() => openLocalKey(path)).not.toThrow();
  });
});
