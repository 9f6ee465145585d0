/** PKCS#12 files against OpenSSL in both directions, and against what no file should be able to do. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import fc from "fast-check";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { derOf, writePem } from "../../src/adapters/targets/certificate-text.ts";
import { PfxProblem, readPfx, writePfx } from "../../src/adapters/targets/pfx.ts";
import { makeCertificate } from "../support/certificate-chain.ts";
import { needs } from "../support/needs.ts";

const rsa = await makeCertificate({ chain: 2 });
const ec = await makeCertificate({ algorithm: "ec" });
const PASSWORDS = ["plain", "with space", "pässwörd€", "😀 beyond the first plane", "long".repeat(60), ""];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** A folder with the certificate as PEM files and the password in a file, and OpenSSL to run in it. */
function workshop(context: TestContext, password: string) {
  const openssl = needs(context, "openssl");
  const folder = mkdtempSync(join(tmpdir(), "nolapse-pfx-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { key, certificates } = writePem(rsa);
  const file = (name: string) => join(folder, name);
  writeFileSync(file("key.pem"), key);
  writeFileSync(file("certificates.pem"), certificates);
  writeFileSync(file("password"), `${password}\n`);
  const run = (...args: string[]) => execFileSync(openssl, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  return { file, run };
}

function written(value = rsa, password = "plain"): Uint8Array {
  const { key, certificates } = derOf(value);
  return writePfx(key, certificates, password, "0b0e0000-0000-4000-8000-000000000002");
}

function expectSame(bytes: Uint8Array, password: string, value = rsa) {
  const { key, certificates } = derOf(value);
  const read = readPfx(bytes, password);
  expect(read.keys.map(hex)).toEqual([hex(key)]);
  expect(read.certificates.map(hex)).toEqual(certificates.map(hex));
}

describe("what we write", () => {
  test.for(PASSWORDS)("opens in OpenSSL with the password %j", (password, context) => {
    const { file, run } = workshop(context, password);
    writeFileSync(file("ours.pfx"), written(rsa, password));
    const read = (...more: string[]) =>
      run("pkcs12", "-in", "ours.pfx", "-nodes", "-passin", "file:password", ...more).replaceAll(
        /^(?!-----|[\w+/=]{4,}$).*\n/gm,
        "",
      );
    const { key, certificates } = writePem(rsa);
    expect(read("-nocerts")).toBe(key);
    expect(read("-nokeys")).toBe(certificates);
  });

  test("says to OpenSSL how it is protected, and whose certificate it is", (context) => {
    const { file, run } = workshop(context, "plain");
    writeFileSync(file("ours.pfx"), written());
    const said = run("pkcs12", "-in", "ours.pfx", "-nodes", "-passin", "file:password", "-clcerts", "-nokeys");
    expect(said).toContain("friendlyName: 0b0e0000-0000-4000-8000-000000000002");
    expect(said).toContain("localKeyID: ");
    expect(said).toContain("CN = billing");
    expect(said.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    const asn1 = run("asn1parse", "-inform", "DER", "-in", "ours.pfx", "-i");
    expect(asn1).toContain("sha256");
    const safe = readFileSync(file("ours.pfx")).toString("hex");
    // PBES2 and AES-256-CBC, once for the certificates and once for the key
    expect(safe.match(/06092a864886f70d01050d/g)).toHaveLength(2);
    expect(safe.match(/060960864801650304012a/g)).toHaveLength(2);
  });

  test.each(PASSWORDS)("is loaded by Node.js's TLS with the password %j", (passphrase) => {
    const pfx = Buffer.from(written(rsa, passphrase));
    expect(() => createSecureContext({ pfx, passphrase })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: `${passphrase}!` })).toThrow(/mac verify failure/);
  });

  test("is another file each time, with the same contents", () => {
    expect(hex(written())).not.toBe(hex(written()));
    expectSame(written(ec), "plain", ec);
  });
});

describe("what OpenSSL writes", () => {
  const EXPORTS = [
    ["as it does by default", []],
    ["as Windows and older versions do", ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"]],
    ["with SHA-512 and AES-128", ["-keypbe", "AES-128-CBC", "-certpbe", "AES-192-CBC", "-macalg", "sha512"]],
    ["with one round", ["-iter", "1", "-nomaciter"]],
    ["without a MAC", ["-nomac"]],
    ["with the key and certificates in the clear", ["-keypbe", "NONE", "-certpbe", "NONE"]],
  ] as const;
  const cases = EXPORTS.flatMap(([how, options]) => PASSWORDS.map((password) => ({ how, options, password })));

  test.for(cases)("$how, with the password $password, is read", ({ options, password }, context) => {
    const { file, run } = workshop(context, password);
    const from = ["-in", "certificates.pem", "-inkey", "key.pem", "-out", "theirs.pfx"];
    run("pkcs12", "-export", ...from, "-passout", "file:password", ...options);
    expectSame(readFileSync(file("theirs.pfx")), password);
  });

  test("with RC2 is refused with the way to write it again", (context) => {
    const { file, run } = workshop(context, "plain");
    const from = ["-in", "certificates.pem", "-inkey", "key.pem", "-out", "theirs.pfx"];
    run("pkcs12", "-export", "-legacy", ...from, "-passout", "file:password");
    expect(() => readPfx(readFileSync(file("theirs.pfx")), "plain")).toThrow(
      expect.objectContaining({ message: expect.stringContaining("RC2-40"), next: expect.stringContaining("-legacy") }),
    );
  });
});

describe("what does not open", () => {
  const refusal = (bytes: Uint8Array, password: string): PfxProblem => {
    try {
      readPfx(bytes, password);
    } catch (error) {
      expect(error).toBeInstanceOf(PfxProblem);
      return error as PfxProblem;
    }
    throw new Error("it was read");
  };

  test.each(["Plain", "plain ", "", "plain\0"])("a wrong password %j is called one, and is not quoted", (password) => {
    const { message, next } = refusal(written(), password);
    expect(message).toBe("does not open with the configured password");
    expect(next).toContain("password:");
  });

  test("a file that is none is called so", () => {
    const any = fc.uint8Array({ maxLength: 300 });
    fc.assert(fc.property(any, (bytes) => refusal(bytes, "x").message === "is not a PKCS#12 file"));
  });

  test("a file that was altered anywhere gives the same credential or none", () => {
    const whole = written(ec);
    const { key, certificates } = derOf(ec);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Uint8Array.from(whole);
        altered[at] = (altered[at] ?? 0) ^ change;
        try {
          const read = readPfx(altered, "plain");
          return (
            hex(read.keys[0] ?? whole) === hex(key) &&
            hex(read.certificates[0] ?? whole) === hex(certificates[0] ?? whole)
          );
        } catch (error) {
          return error instanceof PfxProblem;
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a truncated file is none", () => {
    const whole = written(ec);
    for (const length of [0, 1, 40, whole.length - 1]) {
      expect(refusal(whole.subarray(0, length), "plain").message).toBe("is not a PKCS#12 file");
    }
  });
});

test("any password opens what was written with it, and no other does", () => {
  const password = fc.string({ unit: "grapheme", maxLength: 24 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(password, password, (one, other) => {
      const bytes = written(ec, one);
      expectSame(bytes, one, ec);
      if (one !== other) expect(() => readPfx(bytes, other)).toThrow(PfxProblem);
    }),
    { numRuns: 15 },
  );
});
