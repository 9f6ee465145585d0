/** What certificates say of themselves, odd ones included: nothing an administrator uploads may stop a scan. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { certificateFrom, holderFrom } from "../../src/adapters/graph/map.ts";
import { DAY } from "../../src/core/time.ts";
import { certificateFacts as factsOf } from "../../src/x509/facts.ts";
import { type AlgorithmName, type MadeCertificate, makeCertificate } from "../support/certificates.ts";

const FROM = Date.UTC(2026, 0, 1);
const YEAR = 365 * DAY;
const make = (algorithm: AlgorithmName, to = FROM + YEAR) => makeCertificate({ from: FROM, to, algorithm });

describe("certificateFacts, of certificates made by other code", () => {
  it.each<[string, AlgorithmName, object]>([
    ["RSA 2048", "rsa", { algorithm: "rsa", bits: 2048, digest: "sha256" }],
    ["RSA 3072 with SHA-384", "rsa3072", { algorithm: "rsa", bits: 3072, digest: "sha384" }],
    ["RSA 512", "rsa512", { algorithm: "rsa", bits: 512, digest: "sha256" }],
    ["SHA-1", "sha1", { algorithm: "rsa", bits: 2048, digest: "sha1" }],
    ["a PSS signature", "pss", { algorithm: "rsa", bits: 2048, digest: "sha512" }],
    ["EC P-256", "ec", { algorithm: "ec", bits: 256, digest: "sha256" }],
    ["EC P-521", "ec521", { algorithm: "ec", bits: 521, digest: "sha512" }],
    ["Ed25519", "ed25519", { algorithm: "other", bits: null, digest: null }],
  ])("knows %s", async (_, algorithm, expected) => {
    const { der } = await make(algorithm);
    expect(factsOf(der)).toEqual({
      sha1: createHash("sha1").update(der).digest("hex"),
      sha256: createHash("sha256").update(der).digest("hex"),
      subject: "CN=billing",
      issuer: "CN=billing",
      notBefore: FROM,
      notAfter: FROM + YEAR,
      ...expected,
    });
  });

  it.each([
    ["expired", FROM - 2 * YEAR, FROM - YEAR],
    ["not yet valid", FROM + 10 * YEAR, FROM + 11 * YEAR],
    ["over two years", FROM, FROM + 30 * YEAR],
    ["of no end at all (RFC 5280 §4.1.2.5)", FROM, Date.UTC(9999, 11, 31, 23, 59, 59)],
    ["of one second", FROM, FROM + 1_000],
    ["of the last century", Date.UTC(1950, 0, 1), Date.UTC(1999, 0, 1)],
  ])("tells the period of one that is %s", async (_, from, to) => {
    const { der } = await makeCertificate({ from, to });
    expect(factsOf(der)).toMatchObject({ notBefore: from, notAfter: to });
  });

  it.each([
    ["several attributes, the most particular first", "C=NL, O=Contoso, CN=billing", "CN=billing,O=Contoso,C=NL"],
    ["what the standard escapes", 'CN=a\\, b \\+ c\\"', 'CN=a\\, b \\+ c\\"'],
    ["two attributes in one set", "O=Contoso, CN=billing+OU=money", "CN=billing+OU=money,O=Contoso"],
    ["letters of any script", "CN=Fakturering ÆØÅ 請求", "CN=Fakturering ÆØÅ 請求"],
    ["nothing", "", ""],
  ])("writes a name of %s", async (_, subject, expected) => {
    const { der } = await makeCertificate({ from: FROM, to: FROM + YEAR, subject });
    expect(factsOf(der)).toMatchObject({ subject: expected, issuer: expected });
  });

  it("gives nothing for anything else, and never throws", async () => {
    const { der } = await make("rsa");
    for (const bytes of [Buffer.alloc(0), Buffer.from("no"), der.subarray(0, 300), Buffer.alloc(64 * 1024, 0x30)]) {
      expect(factsOf(bytes)).toBeNull();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(der.length - 1), (noise, at) => {
        const spoilt = Buffer.concat([der.subarray(0, at), noise, der.subarray(at + noise.length)]);
        const facts = factsOf(spoilt);
        return facts === null || facts.sha256.length === 64;
      }),
      { numRuns: 500 },
    );
  });
});

describe("a keyCredential", () => {
  let made: MadeCertificate;
  beforeAll(async () => {
    made = await make("rsa");
  });
  const entry = (parts: object) => ({ keyId: "k", type: "AsymmetricX509Cert", usage: "Verify", ...parts });
  const base64 = () => made.der.toString("base64");

  it.each<[string, (der: string) => unknown, object | string | null]>([
    ["DER", (der) => der, { subject: "CN=billing" }],
    ["DER in lines", (der) => der.replace(/.{64}/g, "$&\r\n"), { subject: "CN=billing" }],
    ["PEM text", () => Buffer.from(made.pem).toString("base64"), { subject: "CN=billing" }],
    ["nothing", () => null, null],
    ["no member", () => undefined, null],
    ["an empty text", () => "", "unreadable"],
    ["other bytes", () => "bm90aGluZw==", "unreadable"],
    ["no base64", () => "-----not base64-----", "unreadable"],
    ["no text", () => 7, "unreadable"],
  ])("is read with %s as its key", (_, spell, expected) => {
    const { certificate } = certificateFrom(entry({ key: spell(base64()) }));
    if (typeof expected === "object" && expected !== null) expect(certificate).toMatchObject(expected);
    else expect(certificate).toBe(expected);
  });

  it("keeps its own period where that differs from its certificate's", () => {
    const read = certificateFrom(entry({ key: base64(), endDateTime: "2026-03-01T00:00:00.1234567Z" }));
    expect(read).toMatchObject({ start: null, end: Date.UTC(2026, 2, 1, 0, 0, 0, 123) });
    expect(read.certificate).toMatchObject({ notAfter: FROM + YEAR });
  });

  it("says the same on every object that holds the certificate, and twice on one", () => {
    const holder = (id: string) =>
      holderFrom("application", {
        id,
        appId: id,
        passwordCredentials: [],
        keyCredentials: [entry({ keyId: "a", key: base64() }), entry({ keyId: "b", key: base64() })],
      });
    const all = [holder("one"), holder("two")].flatMap(({ credentials }) => credentials);
    expect(all).toHaveLength(4);
    expect(new Set(all.map(({ certificate }) => (certificate as { sha256: string }).sha256)).size).toBe(1);
  });
});
