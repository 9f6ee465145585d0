/** The directory's own certificates, read by those who did not write them: Node.js, a library, openssl. */
import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { distinguishedName, objectId } from "../../src/directory/keys/certificate-writer.ts";
import { createTlsIdentity, LEAF_ADDRESSES, LEAF_NAMES } from "../../src/directory/keys/local-authority.ts";
import { selfSignedCertificate } from "../../src/directory/keys/self-signed.ts";
import { keys } from "./entra.ts";

const from = Date.UTC(2024, 0, 31, 12, 30, 15);

test("a name is the bytes the library makes of it, whoever writes it", async () => {
  const chars = fc.constantFrom(..."aZ09 '()+,-./:=?@*_&[]#\"<>;\\éßЖ中".split(""));
  const text = fc.oneof(
    fc.string({ unit: chars, minLength: 1, maxLength: 20 }),
    fc.string({ minLength: 1, maxLength: 80 }),
  );
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      let known: Buffer | undefined;
      try {
        known = Buffer.from(new x509.Name(`CN=${value}`).toArrayBuffer());
      } catch {
        // what is no name to the library is none here
        await expect(distinguishedName(`CN=${value}`)).rejects.toThrow();
        return;
      }
      expect((await distinguishedName(`CN=${value}`)).toString("hex"), value).toBe(known.toString("hex"));
    }),
    { numRuns: 2000 },
  );
  const whole = "CN=Billing, OU=Web+L=Here, O=Contoso\\, Ltd";
  expect((await distinguishedName(whole)).equals(Buffer.from(new x509.Name(whole).toArrayBuffer()))).toBe(true);
});

test("object identifiers have as many bytes as their numbers need", () => {
  expect(objectId("2.5.4.3").toString("hex")).toBe("0603550403");
  expect(objectId("1.2.840.113549.1.1.11").toString("hex")).toBe("06092a864886f70d01010b");
});

test("a self-signed certificate says what was asked, is signed, and is the same bytes again", async () => {
  const to = Date.UTC(2049, 11, 31, 23, 59, 59);
  for (const end of [to, to + 1000]) {
    const request = { subject: "CN=billing", from, to: end };
    const der = await selfSignedCertificate(keys.signing, request);
    const read = new X509Certificate(der);
    const publicKey = createPublicKey(createPrivateKey({ key: keys.signing, format: "jwk" }));
    expect(read.verify(publicKey)).toBe(true);
    expect([read.subject, read.issuer]).toEqual(["CN=billing", "CN=billing"]);
    expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([from, end]);
    expect(new x509.X509Certificate(new Uint8Array(der)).extensions).toEqual([]);
    expect((await selfSignedCertificate(keys.signing, request)).equals(der)).toBe(true);
  }
});

test("the leaf is for every name, under an authority that signs nothing but leafs; openssl finds nothing wrong", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const identity of [await createTlsIdentity(folder), await createTlsIdentity(folder)]) {
    const [leaf, authority] = identity.certificate
      .split(/(?<=-----END CERTIFICATE-----\n)/)
      .map((pem) => new X509Certificate(pem));
    if (leaf === undefined || authority === undefined) throw new Error("there are not two certificates");
    expect(leaf.verify(authority.publicKey) && leaf.checkIssued(authority)).toBe(true);
    expect([authority.ca, leaf.ca]).toEqual([true, false]);
    for (const name of LEAF_NAMES) expect(leaf.checkHost(name)).toBe(name);
    for (const address of LEAF_ADDRESSES) expect(leaf.checkIP(address)).toBeDefined();
    const read = new x509.X509Certificate(leaf.toString());
    expect(read.getExtension(x509.KeyUsagesExtension)?.usages).toBe(x509.KeyUsageFlags.digitalSignature);
    expect(read.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual([x509.ExtendedKeyUsage.serverAuth]);
    const of = new x509.X509Certificate(authority.toString());
    const { keyCertSign, cRLSign } = x509.KeyUsageFlags;
    expect(of.getExtension(x509.KeyUsagesExtension)?.usages).toBe(keyCertSign | cRLSign);
    expect(of.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: true, pathLength: 0, critical: true });
    expect(read.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(
      of.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    );
    writeFileSync(join(folder, "leaf.pem"), leaf.toString());
    const args = [
      "verify",
      "-x509_strict",
      "-purpose",
      "sslserver",
      "-CAfile",
      join(folder, "ca.pem"),
      join(folder, "leaf.pem"),
    ];
    const { stdout, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
    expect(stdout, stderr).toContain("leaf.pem: OK");
  }
});
