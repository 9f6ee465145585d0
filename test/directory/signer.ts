/** A client's own key and certificate, and what it signs with them; made by other code than the directory's. */
import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { CompactSign } from "jose";

const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};

export interface ClientKey {
  readonly der: Buffer;
  readonly pem: string;
  readonly privatePem: string;
  readonly sha1: Buffer;
  readonly sha256: Buffer;
  /** Signs claims as a compact JWS. */
  sign(header: Record<string, unknown> & { alg: string }, claims: Record<string, unknown>): Promise<string>;
}

/** The same pair for another digest: WebCrypto binds a key to one. */
async function signedWith(keys: webcrypto.CryptoKeyPair, digest: string): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { ...RSA, hash: digest };
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  const privateKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]);
  const spki = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  return { privateKey, publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]) };
}

/** @param digest what its certificate is signed with; the key itself signs with SHA-256 */
export async function createClientKey(
  subject: string,
  from: number,
  to: number,
  digest: "SHA-1" | "SHA-256" = "SHA-256",
): Promise<ClientKey> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: { ...RSA, hash: digest },
    keys: await signedWith(keys, digest),
  });
  const der = Buffer.from(certificate.rawData);
  const jwk = await webcrypto.subtle.exportKey("jwk", keys.privateKey);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    der,
    pem: certificate.toString("pem"),
    privatePem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`,
    sha1: createHash("sha1").update(der).digest(),
    sha256: createHash("sha256").update(der).digest(),
    async sign(header, claims) {
      const { alg: _, key_ops: __, ...bare } = jwk as Record<string, unknown>;
      return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ typ: "JWT", ...header })
        .sign({ ...bare, alg: header.alg } as never);
    },
  };
}
