/** Reading certificates: good ones, odd ones, and what is none. */
import "reflect-metadata";
import { execFileSync } from "node:child_process";
import { createHash, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { certificateFacts } from "../../src/x509/facts.ts";
import { at } from "../core/make.ts";
import { needs } from "../support/needs.ts";

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

async function make(
  algorithm: Record<string, unknown>,
  name: x509.JsonNameParams = [{ CN: ["billing"] }],
  to = "2027-01-01T00:00:00Z",
): Promise<x509.X509Certificate> {
  const keys = (await webcrypto.subtle.generateKey(algorithm as never, true, [
    "sign",
    "verify",
  ])) as webcrypto.CryptoKeyPair;
  return x509.X509CertificateGenerator.create({
    serialNumber: "01",
    subject: new x509.Name(name),
    issuer: new x509.Name(name),
    notBefore: new Date("2026-01-01T00:00:00Z"),
    notAfter: new Date(to),
    signingAlgorithm: algorithm as never,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
  });
}

describe("certificateFacts", () => {
  let plain: x509.X509Certificate;
  beforeAll(async () => {
    plain = await make(RSA);
  });

  test("reads DER and PEM alike, also with text around it and others behind it", async () => {
    const der = new Uint8Array(plain.rawData);
    const facts = certificateFacts(der);
    expect(facts).toEqual({
      sha1: createHash("sha1").update(der).digest("hex"),
      sha256: createHash("sha256").update(der).digest("hex"),
      subject: "CN=billing",
      issuer: "CN=billing",
      notBefore: at("2026-01-01T00:00:00Z"),
      notAfter: at("2027-01-01T00:00:00Z"),
      algorithm: "rsa",
      bits: 2048,
      digest: "sha256",
    });
    const pem = plain.toString("pem");
    expect(certificateFacts(pem)).toEqual(facts);
    const other = await make({ name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" });
    expect(certificateFacts(`Certificate:\n  Data\n${pem}\n${other.toString("pem")}`)).toEqual(facts);
  });

  test.each<[string, Record<string, unknown>, object]>([
    ["RSA with SHA-1", { ...RSA, hash: "SHA-1" }, { algorithm: "rsa", bits: 2048, digest: "sha1" }],
    ["RSA 4096 with SHA-512", { ...RSA, modulusLength: 4096, hash: "SHA-512" }, { bits: 4096, digest: "sha512" }],
    ["RSA 1024", { ...RSA, modulusLength: 1024 }, { algorithm: "rsa", bits: 1024, digest: "sha256" }],
    ["RSA-PSS", { ...RSA, name: "RSA-PSS", saltLength: 32 }, { bits: 2048, digest: "sha256" }],
    [
      "P-256",
      { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
      { algorithm: "ec", bits: 256, digest: "sha256" },
    ],
    [
      "P-521",
      { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" },
      { algorithm: "ec", bits: 521, digest: "sha512" },
    ],
    ["Ed25519", { name: "Ed25519" }, { algorithm: "other", bits: null, digest: null }],
  ])("knows %s", async (_, algorithm, facts) => {
    expect(certificateFacts((await make(algorithm)).toString("pem"))).toMatchObject(facts);
  });

  test("reads ends beyond 2049, where the format of dates changes", async () => {
    const { rawData } = await make(RSA, undefined, "2060-06-01T12:34:56Z");
    expect(certificateFacts(new Uint8Array(rawData))?.notAfter).toBe(at("2060-06-01T12:34:56Z"));
  });

  const NAMES: readonly [string, x509.JsonNameParams, string][] = [
    [
      "of several parts, the last one first",
      [{ C: ["NL"] }, { O: ["Contoso"] }, { CN: ["billing"] }],
      "CN=billing,O=Contoso,C=NL",
    ],
    [
      "with signs that mean something",
      [{ CN: [{ utf8String: '#a, b + c = "d" <e>; f\\g ' }] }],
      'CN=\\#a\\, b \\+ c = \\"d\\" \\<e\\>\\; f\\\\g\\ ',
    ],
    ["with a line end", [{ CN: [{ utf8String: "a\nO=b" }] }], "CN=a\\0AO=b"],
    ["in other scripts", [{ CN: [{ utf8String: "Zürich 日本" }] }], "CN=Zürich 日本"],
    ["in an older encoding", [{ CN: [{ bmpString: "Zürich" }] }], "CN=Zürich"],
    ["that is empty", [], ""],
  ];

  test.each(NAMES)("writes a name %s", async (_, name, text) => {
    expect(certificateFacts((await make(RSA, name)).toString("pem"))).toMatchObject({ subject: text, issuer: text });
  });

  test("writes names as openssl writes them by RFC 2253", async (context) => {
    const openssl = needs(context, "openssl");
    const args = ["x509", "-noout", "-subject", "-nameopt", "RFC2253,-esc_msb,utf8"];
    for (const [, name, text] of NAMES) {
      const certificate = (await make(RSA, name)).toString("pem");
      const printed = execFileSync(openssl, args, { input: certificate, encoding: "utf8", stdio: "pipe" });
      expect(printed.replace(/\n$/, "")).toBe(`subject=${text}`);
    }
  });

  test("writes parts of several values with a plus sign", async () => {
    const name = new x509.Name([{ CN: ["a"], OU: ["b + c"] }, { DC: ["x"] }]);
    expect(certificateFacts((await make(RSA, name.toJSON())).toString("pem"))?.subject).toMatch(
      /^DC=x,(CN=a\+OU=b \\\+ c|OU=b \\\+ c\+CN=a)$/,
    );
  });

  test.each(["", "none", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"])(
    "takes %j for none",
    (text) => {
      expect(certificateFacts(text)).toBeNull();
      expect(certificateFacts(Buffer.from(text))).toBeNull();
    },
  );

  test("reads or refuses whatever it is given, and never throws", () => {
    const der = new Uint8Array(plain.rawData);
    const damage = fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(damage, fc.nat(der.length), (changes, length) => {
        const damaged = new Uint8Array(der);
        for (const [index, byte] of changes) damaged[index] = byte;
        for (const given of [damaged, damaged.subarray(0, length)]) {
          const facts = certificateFacts(given);
          if (facts === null) continue;
          expect(facts.sha256).toMatch(/^[0-9a-f]{64}$/);
          expect(Number.isFinite(facts.notBefore) && Number.isFinite(facts.notAfter)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
