/** The `key` of a keyCredential: base64, also wrapped in lines, of DER or of PEM text (the Azure CLI sends the one, Terraform the other). */
import type { CertificateFacts } from "../../core/credentials/certificate.ts";
import { certificatePem } from "../../core/credentials/certificate-value.ts";
import { certificateFacts, readCertificate } from "../../x509/facts.ts";

/** What it says of itself; `unreadable` when it is no certificate, null where the directory did not send it. Never throws. */
export function factsOfKey(key: unknown): CertificateFacts | "unreadable" | null {
  if (key === null || key === undefined) return null;
  const bytes = bytesOf(key);
  return (bytes === null ? null : certificateFacts(bytes)) ?? "unreadable";
}

/** The public part in the one spelling of PEM; null where `key` is absent or no certificate. */
export function pemOfKey(key: unknown): string | null {
  const bytes = bytesOf(key);
  const read = bytes === null ? null : readCertificate(bytes);
  return read === null ? null : certificatePem(read.raw.toString("base64"));
}

function bytesOf(key: unknown): Buffer | null {
  return typeof key === "string" ? Buffer.from(key.replace(/\s+/g, ""), "base64") : null;
}
