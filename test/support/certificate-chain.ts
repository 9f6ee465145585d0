/** Real certificates with their keys, made when a test starts. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { SecretValue } from "../../src/core/secret-value.ts";

const ALGORITHMS = {
  rsa: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
  ec: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
} as const;

const FROM = new Date("2026-01-01T00:00:00Z");
const TO = new Date("2040-01-01T00:00:00Z");

export interface CertificateRequest {
  readonly algorithm?: keyof typeof ALGORITHMS;
  /** How many issuers stand above it; 0: it is signed by its own key. */
  readonly chain?: number;
  /** Its common name. */
  readonly name?: string;
}

/** A certificate as an issuer of ours would hand it over, its chain nearest first. */
export async function makeCertificate({ algorithm = "rsa", chain = 0, name = "billing" }: CertificateRequest = {}) {
  const signingAlgorithm = ALGORITHMS[algorithm];
  const keysOf = async () => webcrypto.subtle.generateKey(signingAlgorithm, true, ["sign", "verify"]);
  let issuer: { subject: string; keys: webcrypto.CryptoKeyPair } | null = null;
  const certificates: string[] = [];
  for (let height = chain; height >= 0; height--) {
    const subject = height === 0 ? `CN=${name}` : `CN=issuer ${height}`;
    const keys = await keysOf();
    const made: x509.X509Certificate = await x509.X509CertificateGenerator.create({
      serialNumber: `0${height + 1}`,
      subject,
      issuer: issuer?.subject ?? subject,
      notBefore: FROM,
      notAfter: TO,
      publicKey: keys.publicKey,
      signingKey: issuer?.keys.privateKey ?? keys.privateKey,
      signingAlgorithm,
      extensions: [new x509.BasicConstraintsExtension(height > 0, undefined, true)],
    });
    certificates.unshift(made.toString("pem"));
    issuer = { subject, keys };
  }
  const pkcs8 = await webcrypto.subtle.exportKey(
    "pkcs8",
    (issuer as { keys: webcrypto.CryptoKeyPair }).keys.privateKey,
  );
  const [certificate = "", ...above] = certificates;
  return new CertificateValue({
    key: new SecretValue(x509.PemConverter.encode(pkcs8, "PRIVATE KEY")),
    certificate,
    chain: above,
  });
}
