import "reflect-metadata";
import { createHash, createPrivateKey, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { RsaPrivateJwk } from "./keys.ts";

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

export interface CertificateRequest {
  /** Like `CN=billing`. */
  subject: string;
  /** Epoch milliseconds. */
  from: number;
  to: number;
}

/** A self-signed certificate over an RSA key. The signature is deterministic, so equal requests give equal bytes. */
export async function selfSignedCertificate(key: RsaPrivateJwk, request: CertificateRequest): Promise<Buffer> {
  const pkcs8 = createPrivateKey({ key, format: "jwk" }).export({ type: "pkcs8", format: "der" });
  const signing = await webcrypto.subtle.importKey("pkcs8", new Uint8Array(pkcs8), RS256, true, ["sign"]);
  const publicJwk = { kty: "RSA", n: key.n, e: key.e };
  const publicKey = await webcrypto.subtle.importKey("jwk", publicJwk, RS256, true, ["verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 30).replace(/^./, "1"),
    subject: request.subject,
    issuer: request.subject,
    notBefore: new Date(request.from),
    notAfter: new Date(request.to),
    signingAlgorithm: RS256,
    publicKey,
    signingKey: signing,
  });
  return Buffer.from(certificate.rawData);
}
