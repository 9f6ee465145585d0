/** Certificates with their keys, made by other code than that under test. Keys are made once a process: they are slow. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { SecretValue } from "../../src/core/secret-value.ts";

/** What a certificate is made with; each its own key. */
export const ALGORITHMS = {
  rsa: rsa("RSASSA-PKCS1-v1_5", 2048, "SHA-256"),
  second: rsa("RSASSA-PKCS1-v1_5", 2048, "SHA-256"),
  rsa3072: rsa("RSASSA-PKCS1-v1_5", 3072, "SHA-384"),
  rsa512: rsa("RSASSA-PKCS1-v1_5", 512, "SHA-256"),
  sha1: rsa("RSASSA-PKCS1-v1_5", 2048, "SHA-1"),
  pss: { ...rsa("RSA-PSS", 2048, "SHA-512"), saltLength: 64 },
  ec: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  ec521: { name: "ECDSA", namedCurve: "P-521", hash: "SHA-512" },
  ed25519: { name: "Ed25519", hash: "SHA-512" },
} as const;

export type AlgorithmName = keyof typeof ALGORITHMS;

function rsa(name: string, modulusLength: number, hash: string) {
  return { name, modulusLength, hash, publicExponent: new Uint8Array([1, 0, 1]) };
}

const keyPairs = new Map<AlgorithmName, Promise<webcrypto.CryptoKeyPair>>();

function keyPair(name: AlgorithmName): Promise<webcrypto.CryptoKeyPair> {
  const made =
    keyPairs.get(name) ??
    (webcrypto.subtle.generateKey(ALGORITHMS[name], true, ["sign", "verify"]) as Promise<webcrypto.CryptoKeyPair>);
  keyPairs.set(name, made);
  return made;
}

export interface MadeCertificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly value: CertificateValue;
}

export interface Wanted {
  readonly subject?: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly algorithm?: AlgorithmName;
}

/** A self-signed certificate and its key. */
export async function makeCertificate({
  subject = "CN=billing",
  from,
  to,
  algorithm = "rsa",
}: Wanted): Promise<MadeCertificate> {
  const keys = await keyPair(algorithm);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: ALGORITHMS[algorithm],
    keys,
  });
  const pem = certificate.toString("pem");
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const key = new SecretValue(`-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`);
  return {
    der: Buffer.from(certificate.rawData),
    pem,
    value: new CertificateValue({ key, certificate: pem, chain: [] }),
  };
}
