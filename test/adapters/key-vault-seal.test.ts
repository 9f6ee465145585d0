/** Sealing with a key of Azure Key Vault, and values of the configuration that lie in a vault. */
import type { KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compactDecrypt, decodeProtectedHeader } from "jose";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { readVaultReference } from "../../src/adapters/key-vault/reference.ts";
import { ensureDigestKey, openKeyVaultSealer } from "../../src/adapters/seal/key-vault.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { sealerSuite } from "../conformance/sealer.suite.ts";
import { openVaultBench } from "../support/vault-bench.ts";

const bench = await openVaultBench();
const { vault } = bench;
const folder = mkdtempSync(join(tmpdir(), "nolapse-vault-seal-"));
afterAll(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  vault.faults = [];
});

let count = 0;
const CONTEXT = { tenantId: "tenant", appId: "app", keyId: "key" };
const VALUE = new SecretValue("the value");

async function options(state?: { gone: boolean }) {
  const name = `seal-${++count}`;
  vault.objects.addKey(name);
  const made = {
    vault: bench.client(state),
    key: `${vault.url}/keys/${name}`,
    digestPath: join(folder, name, "digest.key"),
  };
  await ensureDigestKey(made);
  return { ...made, name };
}

sealerSuite("key of a vault", async () => {
  const made = await options();
  return {
    sealer: openKeyVaultSealer(made),
    followsRolls: true,
    roll: async () => {
      vault.objects.addKey(made.name);
      return openKeyVaultSealer({ ...made, vault: bench.client() });
    },
    stranger: async () => openKeyVaultSealer(await options()),
  };
});

describe("a seal", () => {
  test("names the key with its version, and is a JWE that its private key opens by the standard", async () => {
    const made = await options();
    const sealed = await openKeyVaultSealer(made).seal(VALUE, CONTEXT);
    const [version] = vault.objects.versions("keys", made.name);
    const kid = `${made.key}/${version?.id}`;
    expect(decodeProtectedHeader(sealed)).toEqual({ alg: "RSA-OAEP-256", enc: "A256GCM", kid, v: 1, ...CONTEXT });
    const { plaintext } = await compactDecrypt(sealed, version?.key as KeyObject);
    expect(new TextDecoder().decode(plaintext)).toBe(VALUE.reveal());
  });

  test("takes one wrapping, and opening it one unwrapping and nothing else", async () => {
    const made = await options();
    const sealer = openKeyVaultSealer(made);
    vault.requests.length = 0;
    const sealed = await sealer.seal(VALUE, CONTEXT);
    const wrapping = vault.requests.splice(0).map((one) => one.split("/").findLast((part) => part !== ""));
    expect(wrapping).toEqual([made.name, "wrapkey"]);
    await sealer.open(sealed, CONTEXT);
    expect(vault.requests.map((one) => one.split("/").at(-1))).toEqual(["unwrapkey"]);
  });

  test("never sends us to another vault or key than the configuration names", async () => {
    const made = await options();
    const sealer = openKeyVaultSealer(made);
    const sealed = await sealer.seal(VALUE, CONTEXT);
    const [header = "", ...rest] = sealed.split(".");
    const read = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid: string };
    vault.requests.length = 0;
    const bad = [
      "https://evil.example/keys/a/1",
      `${made.key}/../other/1`,
      read.kid.replace(made.name, "seal-1"),
      made.key,
    ];
    for (const kid of bad) {
      const forged = [Buffer.from(JSON.stringify({ ...read, kid })).toString("base64url"), ...rest].join(".");
      await expect(sealer.open(forged, CONTEXT), kid).rejects.toMatchObject({ code: "seal-key-wrong" });
    }
    expect(vault.requests).toEqual([]);
  });
});

describe("a key that cannot be used now is never taken for a lost value", () => {
  test.each([
    [{ on: "POST unwrapkey", status: 503 }, "seal-key-unreachable"],
    [{ on: "POST unwrapkey", status: 0, instead: "reset" as const }, "seal-key-unreachable"],
    [{ on: "POST unwrapkey", status: 403, inner: "ForbiddenByRbac" }, "seal-key-forbidden"],
    [{ on: "POST unwrapkey", status: 403, inner: "KeyDisabled" }, "seal-key-forbidden"],
  ])("%j", async (fault, code) => {
    const sealer = openKeyVaultSealer(await options());
    const sealed = await sealer.seal(VALUE, CONTEXT);
    vault.faults = [fault];
    await expect(sealer.open(sealed, CONTEXT)).rejects.toMatchObject({ code, next: expect.stringMatching(/./) });
    vault.faults = [];
    expect((await sealer.open(sealed, CONTEXT)).reveal()).toBe(VALUE.reveal());
  });

  test("deleted, or its vault gone: missing", async () => {
    const state = { gone: false };
    const made = await options(state);
    const sealer = openKeyVaultSealer(made);
    const sealed = await sealer.seal(VALUE, CONTEXT);
    vault.objects.delete("keys", made.name);
    const missing = { code: "seal-key-missing" };
    await expect(sealer.open(sealed, CONTEXT)).rejects.toMatchObject(missing);
    await expect(sealer.seal(VALUE, CONTEXT)).rejects.toMatchObject(missing);
    state.gone = true;
    await expect(sealer.open(sealed, CONTEXT)).rejects.toMatchObject(missing);
  });
});

test("the digest key is made once, for its owner only, and holds nothing without the vault", async () => {
  const made = await options();
  expect(statSync(made.digestPath).mode & 0o777).toBe(0o600);
  const before = readFileSync(made.digestPath, "utf8");
  await ensureDigestKey(made);
  expect(readFileSync(made.digestPath, "utf8")).toBe(before);
  expect(Object.keys(JSON.parse(before))).toEqual(["version", "kid", "wrapped"]);
  writeFileSync(made.digestPath, "{}");
  await expect(openKeyVaultSealer(made).fingerprint(VALUE)).rejects.toMatchObject({ code: "seal-key-missing" });
});

describe("keyvault: in the configuration", () => {
  const read = (reference: string) => readVaultReference(reference, () => bench.client());

  test("gives the current value, or that of a version", async () => {
    vault.objects.setSecret("smtp", { value: "first" });
    vault.objects.setSecret("smtp", { value: "second" });
    const [first] = vault.objects.versions("secrets", "smtp");
    expect((await read(`keyvault:${vault.url}/secrets/smtp`)).reveal()).toBe("second");
    expect((await read(`keyvault:${vault.url}/secrets/smtp/${first?.id}`)).reveal()).toBe("first");
  });

  test("tells absent, forbidden and unreachable apart", async () => {
    const reference = `keyvault:${vault.url}/secrets/nothing`;
    await expect(read(reference)).rejects.toMatchObject({
      code: "config-reference",
      message: expect.stringContaining("has no value"),
    });
    vault.faults = [{ on: "GET secrets", status: 403, inner: "ForbiddenByRbac" }];
    await expect(read(reference)).rejects.toMatchObject({
      code: "config-reference",
      next: expect.stringContaining("az role assignment"),
    });
    vault.faults = [{ on: "GET secrets", status: 503 }];
    await expect(read(reference)).rejects.toMatchObject({ code: "target-failed" });
  });
});
