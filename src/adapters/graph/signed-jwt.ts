/** Compact JWTs signed with a certificate's private key, for Graph's proofs and the login authority's assertions. */
import { constants, createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";

/** RSASSA-PKCS1-v1_5 and RSASSA-PSS, both with SHA-256; PSS with a salt as long as the digest (RFC 7518 §3.3, §3.5). */
export type Algorithm = "RS256" | "PS256";

/** The certificate's thumbprint as JOSE headers carry it: base64url of the digest of its DER (RFC 7515 §4.1.7, §4.1.8). */
export function headerThumbprint(value: CertificateValue, digest: "sha1" | "sha256"): string {
  return createHash(digest).update(derOf(value.certificate)).digest("base64url");
}

/** The bytes of the first certificate of PEM text. @throws TypeError where there is none. */
function derOf(pem: string): Buffer {
  const text = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  if (text === undefined) throw new TypeError("there is no certificate in the text");
  return Buffer.from(text, "base64");
}

/**
 * Signs the claims. It is done at once, on this thread: a signature made aside would reorder a simulation.
 * @throws NolapseError `refused-by-rule` when the key is elsewhere or is no RSA key, which a person must mend.
 */
export function signedJwt(
  value: CertificateValue,
  header: { readonly alg: Algorithm } & Readonly<Record<string, string>>,
  claims: Readonly<Record<string, string | number>>,
): string {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${signature(rsaKeyOf(value), header.alg, text).toString("base64url")}`;
}

/**
 * Private keys read already, for no longer than the text they were read from is held: the first signature with a key object costs
 * as much again as the signature, because OpenSSL prepares its blinding then.
 */
const keys = new WeakMap<SecretValue, KeyObject>();

function rsaKeyOf({ key }: CertificateValue): KeyObject {
  if (!(key instanceof SecretValue)) throw unfit(`the private key stays at ${key.reference}`);
  const known = keys.get(key) ?? rsaKeyIn(key);
  keys.set(key, known);
  return known;
}

function rsaKeyIn(key: SecretValue): KeyObject {
  let read: KeyObject;
  try {
    read = createPrivateKey(key.reveal());
  } catch {
    throw unfit("the private key cannot be read"); // OpenSSL's own words say nothing more, and are not kept
  }
  if (read.asymmetricKeyType !== "rsa") throw unfit(`the private key is ${read.asymmetricKeyType}, not RSA`);
  return read;
}

function signature(key: KeyObject, algorithm: Algorithm, text: string): Buffer {
  const padding =
    algorithm === "RS256"
      ? { padding: constants.RSA_PKCS1_PADDING }
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  try {
    return sign("sha256", Buffer.from(text), { key, ...padding });
  } catch {
    throw unfit("the private key is too short to sign with");
  }
}

function unfit(why: string): NolapseError {
  return new NolapseError("refused-by-rule", `nothing can be signed with this certificate: ${why}`, {
    next: "use a certificate whose RSA key of 2048 bits or more is in the place it is read from",
  });
}
