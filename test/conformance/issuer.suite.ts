/** What every implementation of the port `Issuer` does. */
import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { KeySize } from "../../src/core/credentials/certificate.ts";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, HOUR, plus } from "../../src/core/time.ts";
import type { CertificateRequest, IssuedCertificate, Issuer } from "../../src/ports/issuer.ts";
import { NOW } from "../core/make.ts";
import { needs } from "../support/needs.ts";

export interface IssuerBench {
  readonly issuer: Issuer;
  /** The root that its certificates lead to, PEM; null when each is its own. */
  readonly root: string | null;
  close(): void;
}

export function certificateRequest(parts: Partial<CertificateRequest> = {}): CertificateRequest {
  return { commonName: "Billing API", keySize: 2048, notBefore: NOW, notAfter: plus(NOW, 180 * DAY), ...parts };
}

/** What owners call their applications, and what is left of it: as the common name, and as RFC 4514 writes that. */
const NAMES: readonly [string, string][] = [
  ["Billing API", "CN=Billing API"],
  ["Billing, CN=Global Admin+O=Contoso", "CN=Billing\\, CN=Global Admin\\+O=Contoso"],
  ['#1 "quoted" <x>; \\ /O=Contoso', 'CN=\\#1 \\"quoted\\" \\<x\\>\\; \\\\ /O=Contoso'],
  ["Grüße 日本 🔑", "CN=Grüße 日本 🔑"],
  ["two\nlines\u0000and\u202eback\u001b[31m", "CN=two lines and back [31m"],
  ["  \t ", "CN=Nolapse"],
  [`${"x".repeat(63)}🔑🔑`, `CN=${"x".repeat(63)}🔑`],
];

export function issuerSuite(name: string, open: () => Promise<IssuerBench>): void {
  describe(`issuer: ${name}`, () => {
    let bench: IssuerBench;
    beforeAll(async () => {
      bench = await open();
    });
    afterAll(() => bench.close());
    const issue = (parts: Partial<CertificateRequest> = {}) => bench.issuer.issue(certificateRequest(parts));

    it.each<KeySize>([2048, 3072])(
      "makes an RSA key of %i bits and the certificate that belongs to it",
      async (keySize) => {
        const { value, facts } = await issue({ keySize });
        const read = new X509Certificate(value.certificate);
        expect(read.checkPrivateKey(keyOf(value))).toBe(true);
        expect(facts).toMatchObject({ algorithm: "rsa", bits: keySize, subject: "CN=Billing API" });
        expect(facts.digest).toMatch(/^sha(256|384|512)$/);
        expect(facts.sha1).toBe(read.fingerprint.replaceAll(":", "").toLowerCase());
        expect(facts.sha256).toBe(read.fingerprint256.replaceAll(":", "").toLowerCase());
        expect(facts.notBefore).toBe(read.validFromDate.getTime());
        expect(facts.notAfter).toBe(read.validToDate.getTime());
      },
    );

    it("makes a certificate for signing in as a client, and for nothing else", async () => {
      const { value } = await issue();
      const read = new X509Certificate(value.certificate);
      expect(read.ca).toBe(false);
      expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    });

    it("spans what was asked for, or less", async () => {
      const { facts } = await issue({ notBefore: epochMs(NOW + 123), notAfter: epochMs(NOW + 30 * DAY + 789) });
      expect(facts.notAfter).toBeLessThanOrEqual(NOW + 30 * DAY + 789);
      expect(facts.notBefore).toBeGreaterThanOrEqual(NOW - HOUR);
      expect(facts.notBefore).toBeLessThanOrEqual(NOW + HOUR);
      expect(facts.notAfter).toBeGreaterThan(NOW + 29 * DAY);
    });

    it("never makes the same one twice", async () => {
      const made = [await issue(), await issue(), await issue()];
      expect(new Set(made.map(({ facts }) => facts.sha256)).size).toBe(3);
      expect(new Set(made.map(({ value }) => new X509Certificate(value.certificate).serialNumber)).size).toBe(3);
      expect(new Set(made.map(({ value }) => keyOf(value).export({ type: "pkcs1", format: "pem" }))).size).toBe(3);
    });

    it.each(NAMES)("takes the name %j and cannot be led astray by it", async (commonName, subject) => {
      const { facts } = await issue({ commonName });
      expect(facts.subject).toBe(subject);
    });

    it("gives the chain in order, up to the root", async () => {
      const { value } = await issue();
      const chain = [value.certificate, ...value.chain].map((pem) => new X509Certificate(pem));
      for (const [index, below] of chain.entries()) {
        const root = bench.root === null ? below : new X509Certificate(bench.root);
        const above = chain[index + 1] ?? root;
        expect(below.issuer).toBe(above.subject);
        expect(below.verify(above.publicKey), `certificate ${index + 1} of ${chain.length}`).toBe(true);
      }
    });

    it("gives a value that comes back whole from its bundle, and prints nothing of its key", async () => {
      const made = await issue();
      expect(CertificateValue.fromBundle(made.value.reveal())?.reveal()).toBe(made.value.reveal());
      const printed = `${inspect(made, { depth: 9, showHidden: true })} ${JSON.stringify(made)} ${made.value}`;
      expect(printed).not.toContain("PRIVATE");
    });

    it("refuses an end that is not after the start", async () => {
      await expect(issue({ notAfter: NOW })).rejects.toMatchObject({ code: "issuer-refused" });
    });

    it("stops when it is called off", async () => {
      const called = bench.issuer.issue(certificateRequest(), AbortSignal.abort());
      await expect(called).rejects.toMatchObject({
        code: "issuer-failed",
        message: expect.stringContaining("called off"),
      });
    });

    it("satisfies openssl", async (context) => {
      verifyWithOpenssl(needs(context, "openssl"), await issue(), bench.root);
    });
  });
}

/** Has openssl verify chain and purpose strictly, and print what the certificate is. */
function verifyWithOpenssl(openssl: string, { value }: IssuedCertificate, root: string | null): void {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-issuer-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const leaf = file("leaf.pem", value.certificate);
  const trust = ["-CAfile", file("root.pem", root ?? value.certificate), "-no-CApath", "-attime", `${NOW / 1000 + 60}`];
  const between = value.chain.length === 0 ? [] : ["-untrusted", file("chain.pem", value.chain.join(""))];
  const strict = root === null ? [] : ["-x509_strict"];
  const run = (...args: string[]) => execFileSync(openssl, args, { encoding: "utf8", stdio: "pipe" });
  expect(run("verify", ...trust, ...between, ...strict, "-purpose", "sslclient", leaf)).toMatch(/: OK$/m);
  const text = run("x509", "-in", leaf, "-noout", "-text");
  expect(text).toMatch(/Signature Algorithm: (sha256WithRSAEncryption|ecdsa-with-SHA384)/);
  expect(text).toContain("CA:FALSE");
  expect(text).toContain("TLS Web Client Authentication");
  expect(text).toContain("X509v3 Subject Key Identifier");
  const key = file("key.pem", value.key instanceof SecretValue ? value.key.reveal() : "");
  expect(run("pkey", "-in", key, "-pubout")).toBe(run("x509", "-in", leaf, "-noout", "-pubkey"));
}

function keyOf({ key }: CertificateValue) {
  if (!(key instanceof SecretValue)) throw new Error("the key is not here");
  return createPrivateKey(key.reveal());
}
