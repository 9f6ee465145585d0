/** Chains of certificates: whether each one was signed by the next. */
import type { X509Certificate } from "node:crypto";
import { publicKeyOf } from "../../x509/facts.ts";

const CERTIFICATES = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

/** The certificates in a text, PEM, in their order; other text between them is passed over. */
export function certificatesIn(text: string): string[] {
  return [...text.matchAll(CERTIFICATES)].map(([pem]) => pem);
}

/** What is wrong with the order, as a sentence; null when every certificate was signed by the CA that follows it. */
export function disorder(chain: readonly X509Certificate[]): string | null {
  for (const [index, below] of chain.slice(0, -1).entries()) {
    const above = chain[index + 1];
    if (above === undefined) break;
    if (!signedBy(below, above)) {
      return `certificate ${index + 2} of ${chain.length} did not sign the one before it`;
    }
    if (!above.ca) return `certificate ${index + 2} of ${chain.length} is not that of a CA`;
  }
  return null;
}

/** Whether the issuer's name and key fit. Dates are not looked at. */
export function signedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  const key = publicKeyOf(authority);
  return key !== null && certificate.checkIssued(authority) && certificate.verify(key);
}
