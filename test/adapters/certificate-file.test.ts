/** What only `certificate-file` can do or suffer; the suite for all targets is run in targets.test.ts, its pair of files in file-pair.test.ts. */
import { execFile, execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect, promisify } from "node:util";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { readPem, writePem } from "../../src/adapters/targets/certificate-text.ts";
import { createTarget, targetTypes } from "../../src/adapters/targets/registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { createDirectory } from "../../src/directory/index.ts";
import { consignment } from "../conformance/target.suite.ts";
import { graphAs, keys } from "../directory/entra.ts";
import { makeCertificate } from "../support/certificate-chain.ts";
import { needs } from "../support/needs.ts";

const rsa = await makeCertificate();
const chained = await makeCertificate({ algorithm: "ec", chain: 2 });
const ec = await makeCertificate({ algorithm: "ec" });
const PASSWORD = "correct horse battery staple";

/** A folder with some files, and a target over `app.pem`, or what the settings name. */
function place(files: Record<string, string | Uint8Array> = {}, settings: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const at = (name: string) => join(folder, name);
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content, { mode: 0o600 });
  const { path = "app.pem", key, ...others } = settings;
  const all = { type: "certificate-file", ...others, path: at(path), ...(key === undefined ? {} : { key: at(key) }) };
  const open = (password = PASSWORD) =>
    createTarget("billing", all, 60_000, null, { resolve: () => new SecretValue(password) });
  const snapshot = () => readdirSync(folder).map((name) => [name, readFileSync(at(name)).toString("hex")]);
  return { folder, at, open, target: open(), snapshot };
}

async function refusal(work: Promise<unknown> | undefined): Promise<NolapseError> {
  const thrown = await work?.then(
    () => "it was done",
    (error: unknown) => error,
  );
  expect(thrown).toMatchObject({ name: "NolapseError" });
  const said = inspect(thrown, { depth: 9 }) + (thrown as Error).stack;
  for (const line of [...rsa.reveal().split("\n"), ...chained.reveal().split("\n"), ...ec.reveal().split("\n")]) {
    if (!line.startsWith("-----") && line !== "") expect(said).not.toContain(line);
  }
  expect(said).not.toContain(PASSWORD);
  return thrown as NolapseError;
}

const pemOf = (value: CertificateValue) => writePem(value).key + writePem(value).certificates;

describe("PEM in any spelling", () => {
  const value = fc.constantFrom(rsa, chained, ec);
  const between = fc.constantFrom("", "\n", "Bag Attributes\n    localKeyID: 01\n", "# made by hand -- keep\n\n");
  const spelling = fc.record({
    width: fc.integer({ min: 16, max: 120 }),
    end: fc.constantFrom("\n", "\r\n", "\r", " \n"),
    keyFirst: fc.boolean(),
    between,
    lastEnd: fc.boolean(),
  });
  type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

  function spelled(given: CertificateValue, { width, end, keyFirst, between: text, lastEnd }: Spelling): string {
    const { key, certificates } = writePem(given);
    const wrapped = (pem: string) =>
      pem.replaceAll(
        /(-----BEGIN [A-Z ]+-----\n)([\s\S]*?)(\n-----END)/g,
        (_, begin: string, body: string, stop: string) => {
          const lines = body.replaceAll("\n", "").match(new RegExp(`.{1,${width}}`, "g")) ?? [];
          return `${text}${begin}${lines.join("\n")}${stop}`;
        },
      );
    const parts = keyFirst ? [key, certificates] : [certificates, key];
    const whole = wrapped(parts.join("")).replaceAll("\n", end);
    return lastEnd ? whole : whole.trimEnd();
  }

  test("reads as the same credential from one file", () => {
    fc.assert(
      fc.property(value, spelling, (given, how) => {
        const text = spelled(given, how);
        const found = readPem(text, text);
        expect(found.state === "present" && found.value.reveal()).toBe(given.reveal());
      }),
    );
  });

  test("reads as the same credential from two", () => {
    fc.assert(
      fc.property(value, spelling, spelling, (given, one, other) => {
        const { key, certificates } = writePem(given);
        const text = (part: string, how: Spelling) => `${how.between}${part}`.replaceAll("\n", how.end);
        const found = readPem(text(key, one), text(certificates, other));
        expect(found.state === "present" && found.value.reveal()).toBe(given.reveal());
      }),
    );
  });

  test.each([
    ["PKCS #1", rsa, "pkcs1"],
    ["SEC 1", ec, "sec1"],
  ] as const)("reads a key in %s as the same key", (_, given, type) => {
    const { key, certificates } = writePem(given);
    const other = createPrivateKey(key).export({ format: "pem", type } as { format: "pem"; type: "sec1" }) as string;
    expect(other).not.toContain("BEGIN PRIVATE");
    const found = readPem(other, certificates);
    if (found.state !== "present") throw new Error(found.state);
    const same = (text: string) => createPrivateKey(text).equals(createPrivateKey(key));
    expect(same((found.value.key as SecretValue).reveal())).toBe(true);
    expect(found.value.certificate).toBe(given.certificate);
  });
});

describe("what is there already", () => {
  const { key, certificates } = writePem(rsa);
  const encrypted = createPrivateKey(key)
    .export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "x" })
    .toString();
  const legacy = createPrivateKey(key)
    .export({ format: "pem", type: "pkcs1", cipher: "aes-128-cbc", passphrase: "x" })
    .toString();

  test.each([
    ["something else", "root:x:0:0:root:/root:/bin/sh\n", /neither a certificate nor a key/],
    ["an encrypted key", encrypted + certificates, /key that is encrypted/],
    ["a key encrypted in the old way", legacy + certificates, /key that is encrypted/],
  ])("%s is refused by every method and stays", async (_, content, why) => {
    const { target, snapshot } = place({ "app.pem": content });
    const before = snapshot();
    for (const work of [target.preflight(), target.deliver(consignment(ec)), target.readBack?.()]) {
      expect(await refusal(work)).toMatchObject({ code: "target-failed", message: expect.stringMatching(why) });
    }
    expect(snapshot()).toEqual(before);
  });

  test.each([
    ["a certificate without its key", certificates, /no private key/],
    ["a key without a certificate", key, /no certificate/],
    ["another one's key", key + writePem(ec).certificates, /does not belong to its first certificate/],
    ["the certificate behind another one", key + writePem(ec).certificates + certificates, /first certificate/],
    ["several keys", key + pemOf(ec), /several private keys/],
    [
      "a key of no kind",
      `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${certificates}`,
      /cannot be read/,
    ],
    [
      "a certificate of no kind",
      `${key}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
      /cannot be read/,
    ],
  ])("%s is never called present, and may be overwritten", async (_, content, why) => {
    const { target } = place({ "app.pem": content });
    expect(await refusal(target.readBack?.())).toMatchObject({
      code: "target-failed",
      message: expect.stringMatching(why),
    });
    await target.preflight();
    await target.deliver(consignment(chained));
    expect(await target.readBack?.()).toMatchObject({ state: "present" });
  });

  test.each([
    ["app.pem", {}],
    ["app.pfx", { format: "pfx", path: "app.pfx" }],
  ] as const)("an empty %s is empty and is filled", async (name, settings) => {
    const { target, at } = place({ [name]: "" }, settings);
    await target.preflight();
    expect(await target.readBack?.()).toEqual({ state: "empty" });
    await target.deliver(consignment(ec));
    expect(statSync(at(name)).mode & 0o777).toBe(0o600);
  });

  test("a PFX that the password does not open is refused by every method and stays", async () => {
    const { open, snapshot } = place({}, { format: "pfx", path: "app.pfx", password: "env:P" });
    await open().deliver(consignment(rsa));
    const before = snapshot();
    const other = open("another password");
    for (const work of [other.preflight(), other.deliver(consignment(ec)), other.readBack?.()]) {
      const error = await refusal(work);
      expect(error.code).toBe("target-failed");
      expect(error.message).toMatch(/app\.pfx does not open with the configured password$/);
      expect(inspect(error)).not.toContain("another password");
    }
    expect(snapshot()).toEqual(before);
  });

  test("what a file was left waiting by a process that ended is removed", async () => {
    const { folder, target } = place({ "app.pem": pemOf(rsa), "app.pem.nolapse-0123456789ab": pemOf(ec) });
    await target.deliver(consignment(rsa));
    expect(readdirSync(folder)).toEqual(["app.pem"]);
  });
});

describe("what it will not take", () => {
  test.each([
    ["a client secret", new SecretValue("abc8Q~0123456789-_.~abcdefghijklmnopqrstu"), /not a certificate with its key/],
    [
      "a key that stays in a vault",
      new CertificateValue({ key: { reference: "vault/keys/a" }, certificate: rsa.certificate, chain: [] }),
      /never leaves its vault/,
    ],
    [
      "another one's key",
      new CertificateValue({ key: ec.key, certificate: rsa.certificate, chain: [] }),
      /does not belong to its certificate/,
    ],
  ])("%s", async (_, value, why) => {
    for (const settings of [{}, { key: "app.key" }, { format: "pfx" }]) {
      const { target, snapshot } = place({}, settings);
      expect(await refusal(target.deliver(consignment(value)))).toMatchObject({
        code: "target-failed",
        message: expect.stringMatching(why),
      });
      expect(snapshot()).toEqual([]);
    }
  });

  test("a certificate as the text of a bundle is one", async () => {
    const { target } = place();
    await target.deliver(consignment(new SecretValue(chained.reveal())));
    const copy = await target.readBack?.();
    expect(copy?.state === "present" && copy.value.reveal()).toBe(chained.reveal());
  });
});

describe("modes, owners and links", () => {
  test.each([0o600, 0o640, 0o400])("mode %o and the owner stay", async (mode) => {
    const { target, at } = place(
      { "app.key": writePem(rsa).key, "app.crt": writePem(rsa).certificates },
      { path: "app.crt", key: "app.key" },
    );
    for (const name of ["app.key", "app.crt"]) chmodSync(at(name), mode);
    const before = statSync(at("app.key"));
    await target.deliver(consignment(ec));
    for (const name of ["app.key", "app.crt"]) {
      const after = statSync(at(name));
      expect([after.mode & 0o777, after.uid, after.gid]).toEqual([mode, before.uid, before.gid]);
    }
  });

  test("new files: what holds a key is its owner's, a certificate may be read", async () => {
    const { target, at } = place({}, { path: "app.crt", key: "app.key" });
    await target.deliver(consignment(ec));
    expect([statSync(at("app.key")).mode & 0o777, statSync(at("app.crt")).mode & 0o777]).toEqual([0o600, 0o644]);
  });

  test("a key does not begin to live in a file that everybody may read", async () => {
    const { target, at } = place({ "app.pem": writePem(rsa).certificates });
    chmodSync(at("app.pem"), 0o644);
    for (const work of [target.preflight(), target.deliver(consignment(ec))]) {
      expect(await refusal(work)).toMatchObject({ code: "target-failed", next: `chmod o-r ${at("app.pem")}` });
    }
    // where one lives already, that was decided by somebody who knows the machine
    writeFileSync(at("app.pem"), pemOf(rsa));
    await target.deliver(consignment(ec));
    expect(statSync(at("app.pem")).mode & 0o777).toBe(0o644);
  });

  test("links stay links", async () => {
    const { target, at } = place({ "real.key": "", "real.crt": "" }, { path: "app.crt", key: "app.key" });
    for (const end of ["key", "crt"]) symlinkSync(at(`real.${end}`), at(`app.${end}`));
    await target.deliver(consignment(ec));
    expect([readlinkSync(at("app.key")), readlinkSync(at("app.crt"))]).toEqual([at("real.key"), at("real.crt")]);
    expect(readFileSync(at("real.key"), "utf8")).toBe(writePem(ec).key);
  });
});

test("OpenSSL finds key, certificate and chain in what was delivered", async (context) => {
  const openssl = needs(context, "openssl");
  const { target, at, folder } = place({}, { path: "app.crt", key: "app.key" });
  await target.deliver(consignment(chained));
  const run = (...args: string[]) => execFileSync(openssl, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  expect(run("pkey", "-in", "app.key", "-check", "-noout")).toContain("Key is valid");
  expect(run("x509", "-in", "app.crt", "-noout", "-pubkey")).toBe(run("pkey", "-in", "app.key", "-pubout"));
  writeFileSync(at("root.pem"), chained.chain.at(-1) ?? "");
  expect(run("verify", "-CAfile", "root.pem", "-untrusted", "app.crt", "app.crt")).toBe("app.crt: OK\n");
});

test.each(["identity", "msal"])("the unmodified client %s signs in with the file that was delivered", async (kind) => {
  const directory = await createDirectory({ keys, random: 4, scenario: "contoso", listen: { port: 0 } });
  onTestFinished(() => directory.close());
  const graph = await graphAs(directory);
  const { clientId } = directory.admin;
  const { target, at } = place();
  await target.deliver(consignment(rsa));
  const key = rsa.certificate.replaceAll(/-----.*-----|\n/g, "");
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key }];
  expect((await graph("PATCH", `/applications(appId='${clientId}')`, { keyCredentials })).status).toBe(204);
  const script = join(import.meta.dirname, "../directory/real-client.ts");
  const env = { PATH: process.env.PATH, ...directory.environment() };
  const { stdout } = await promisify(execFile)(process.execPath, [script, kind, clientId, at("app.pem")], { env });
  expect(JSON.parse(stdout)).toMatchObject({ signedIn: true, status: 200 });
});

describe("in the configuration", () => {
  function load(target: string) {
    const { folder } = place({
      "nolapse.yaml": `version: 1\ntenants: { t: { id: 3f6c0000-0000-4000-8000-000000000001 } }\ntargets:\n  app: { type: certificate-file, ${target} }\n`,
    });
    return { folder, config: () => loadConfig({ path: null, env: {}, cwd: folder, targetTypes }) };
  }

  test("both paths are relative to its file, and the reference stays one", () => {
    const { folder, config } = load("path: a/app.crt, key: b/app.key");
    expect(config().targets.app).toMatchObject({
      kinds: ["certificate"],
      settings: { format: "pem", path: join(folder, "a/app.crt"), key: join(folder, "b/app.key") },
    });
    const pfx = load("format: pfx, path: app.pfx, password: file:secret").config().targets.app;
    expect(pfx?.settings).toMatchObject({ password: "file:secret" });
  });

  test.each([
    ["format: pfx, path: app.pfx, key: app.key", /a pfx file holds its key/],
    ["path: app.pem, password: env:P", /password is for format: pfx/],
    ["path: app.pem, key: app.pem", /the same file/],
    ["path: app.pem, password: secret", /a reference/],
    ["path: app.pem, chain: false", /chain/],
  ])("%s is refused", (target, why) => {
    expect(load(target).config).toThrow(
      expect.objectContaining({ code: "config-invalid", message: expect.stringMatching(why) }),
    );
  });
});
