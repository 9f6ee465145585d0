import { createHash, createPrivateKey, createPublicKey } from "node:crypto";
import { distinguishedName, writeCertificate } from "./certificate-writer.ts";
import type { RsaPrivateJwk } from "./keys.ts";

export interface CertificateRequest {
  /** Like `CN=billing`. */
  subject: string;
  /** Epoch milliseconds. */
  from: number;
  to: number;
}

/** A self-signed certificate over an RSA key. The signature is deterministic, so equal requests give equal bytes. */
export async function selfSignedCertificate(key: RsaPrivateJwk, request: CertificateRequest): Promise<Buffer> {
  const name = await distinguishedName(request.subject);
  const signingKey = createPrivateKey({ key, format: "jwk" });
  return writeCertificate({
    serial: createHash("sha256").update(JSON.stringify(request)).digest("hex").slice(0, 30).replace(/^./, "1"),
    subject: name,
    issuer: name,
    from: request.from,
    to: request.to,
    publicKey: createPublicKey(signingKey),
    signingKey,
  });
}
