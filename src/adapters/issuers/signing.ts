/** Makes and signs certificates and requests for them: one template, RFC 5280, for a client that signs in with its key. */
import "reflect-metadata";
import { createPublicKey, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { type EpochMs, epochMs, SECOND } from "../../core/time.ts";
import type { CertificateRequest, IssuedCertificate } from "../../ports/issuer.ts";
import { certificateFacts } from "../../x509/facts.ts";
import { refused } from "./failures.ts";

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** The longest common name, in characters (RFC 5280, ub-common-name). */
const LONGEST_NAME = 64;

/**
 * The application's name as a common name. Owners write it, so whatever is not for reading (control and format
 * characters, halves of surrogate pairs) goes; it is cut to 64 characters.
 */
export function commonNameOf(name: string): string {
  const readable = name.replace(/[\p{C}\s]+/gu, " ").trim();
  const cut = [...readable].slice(0, LONGEST_NAME).join("").trim();
  return cut === "" ? "Nolapse" : cut;
}

export interface Span {
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
}

/** What was asked for, in the whole seconds that certificates know. @throws NolapseError `issuer-refused`. */
export function spanOf(issuer: string, { notBefore, notAfter }: Span): Span {
  const span = { notBefore: wholeSeconds(notBefore), notAfter: wholeSeconds(notAfter) };
  if (span.notAfter <= span.notBefore) {
    throw refused(issuer, "a certificate cannot end before it begins", "correct the policy's lifetime");
  }
  return span;
}

function wholeSeconds(at: EpochMs): EpochMs {
  return epochMs(Math.floor(at / SECOND) * SECOND);
}

/** Who signs: the authority's certificate and key; null when the certificate signs itself. */
export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly key: KeyObject;
}

/**
 * Signs a certificate for the key, PEM.
 * @param serial 16 random bytes; made positive and of full length, as RFC 5280 §4.1.2.2 wants it.
 */
export async function signCertificate(
  key: KeyObject,
  request: Pick<CertificateRequest, "commonName"> & Span,
  serial: Uint8Array,
  authority: Authority | null,
): Promise<string> {
  const publicKey = createPublicKey(key).toCryptoKey(RS256, true, ["verify"]);
  const signer = signerOf(authority?.key ?? key);
  const subject = subjectOf(request.commonName);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: positive(serial).toString("hex"),
    subject,
    issuer: authority?.certificate.subjectName ?? subject,
    notBefore: new Date(request.notBefore),
    notAfter: new Date(request.notAfter),
    publicKey,
    signingKey: signer.key,
    signingAlgorithm: signer.algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([CLIENT_AUTH]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      ...(authority === null ? [] : [await authorityKeyIdentifier(authority.certificate)]),
    ],
  });
  return certificate.toString("pem");
}

/** A PKCS #10 request for the key, PEM; signed by it, so that the authority sees that we hold it. */
export async function signRequest(key: KeyObject, commonName: string): Promise<string> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subjectOf(commonName),
    keys: {
      privateKey: key.toCryptoKey(RS256, false, ["sign"]),
      publicKey: createPublicKey(key).toCryptoKey(RS256, true, ["verify"]),
    },
    signingAlgorithm: RS256,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([CLIENT_AUTH]),
    ],
  });
  return `${request.toString("pem")}\n`;
}

/** A certificate and its key, as the port gives them. @throws TypeError for what is no certificate. */
export function issued(key: KeyObject, certificate: string, chain: readonly string[]): IssuedCertificate {
  const facts = certificateFacts(certificate);
  if (facts === null) throw new TypeError("what was signed is no certificate");
  const pem = new SecretValue(key.export({ type: "pkcs8", format: "pem" }) as string);
  return { value: new CertificateValue({ key: pem, certificate, chain }), facts };
}

/** Said as a value of its own type, never as text that would have to be parsed: so no name can add a part to it. */
function subjectOf(commonName: string): x509.Name {
  return new x509.Name([{ CN: [{ utf8String: commonNameOf(commonName) }] }]);
}

function positive(serial: Uint8Array): Buffer {
  const bytes = Buffer.from(serial);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

async function authorityKeyIdentifier(certificate: x509.X509Certificate) {
  const own = certificate.getExtension(x509.SubjectKeyIdentifierExtension);
  if (own === null) return x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey);
  return new x509.AuthorityKeyIdentifierExtension(own.keyId);
}

const CURVES: Readonly<Record<string, { readonly namedCurve: string; readonly hash: string }>> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

/** Whether an authority's key is of a kind that can sign here: RSA, or one of the three curves everybody verifies. */
export function canSign(key: KeyObject): boolean {
  if (key.asymmetricKeyType === "rsa") return true;
  return key.asymmetricKeyType === "ec" && CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""] !== undefined;
}

function signerOf(key: KeyObject) {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""];
  if (curve === undefined) return { key: key.toCryptoKey(RS256, false, ["sign"]), algorithm: RS256 };
  const algorithm = { name: "ECDSA", ...curve };
  return { key: key.toCryptoKey(algorithm, false, ["sign"]), algorithm };
}
