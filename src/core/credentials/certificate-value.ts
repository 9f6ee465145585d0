import { SecretValue } from "../secret-value.ts";

/** A private key that stays where it is, such as in a key vault; `reference` is the place's own name for it. */
export interface KeyReference {
  readonly reference: string;
}

const PRIVATE_KEY = /-----BEGIN PRIVATE KEY-----\r?\n[A-Za-z0-9+/=\r\n]+-----END PRIVATE KEY-----/;
const REFERENCE = /^key-reference: (?<reference>\S+)$/m;
const CERTIFICATES = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

/**
 * A certificate with its private key. Its text, as sealed and as fingerprinted, is one bundle in one spelling: the key as
 * PKCS #8 PEM, the certificate, its chain; so that two copies of the same credential are always the same text.
 */
export class CertificateValue extends SecretValue {
  /** The certificate itself, PEM. Public. */
  readonly certificate: string;
  /** The certificates between it and a root, PEM, nearest first. Public. */
  readonly chain: readonly string[];
  /** PKCS #8 PEM, or where the key is kept. */
  readonly key: SecretValue | KeyReference;

  /** @throws TypeError when a part is not PEM of its kind: adapters hand in what they have parsed. */
  constructor(parts: {
    readonly key: SecretValue | KeyReference;
    readonly certificate: string;
    readonly chain: readonly string[];
  }) {
    const [certificate, ...others] = certificatesIn(parts.certificate);
    if (certificate === undefined || others.length > 0) throw new TypeError("one certificate in PEM is needed");
    const chain = parts.chain.flatMap(certificatesIn);
    super([keyText(parts.key), certificate, ...chain].join("\n"));
    this.certificate = certificate;
    this.chain = chain;
    this.key = parts.key;
  }

  /** The certificate that an opened seal holds. @throws TypeError when the value is no bundle. */
  static from(value: SecretValue): CertificateValue {
    const found = value instanceof CertificateValue ? value : CertificateValue.fromBundle(value.reveal());
    if (found === null) throw new TypeError("the value is not a certificate with its key");
    return found;
  }

  /** Reads a bundle back; null when the text is none. The order of key and certificates in it does not matter. */
  static fromBundle(text: string): CertificateValue | null {
    const [certificate, ...chain] = certificatesIn(text);
    const pem = PRIVATE_KEY.exec(text)?.[0];
    const reference = REFERENCE.exec(text)?.groups?.reference;
    const key = pem !== undefined ? new SecretValue(oneSpelling(pem)) : reference === undefined ? null : { reference };
    return certificate === undefined || key === null ? null : new CertificateValue({ key, certificate, chain });
  }
}

function keyText(key: SecretValue | KeyReference): string {
  if (!(key instanceof SecretValue)) return `key-reference: ${key.reference}`;
  const pem = PRIVATE_KEY.exec(key.reveal())?.[0];
  if (pem === undefined) throw new TypeError("a private key in PKCS #8 PEM is needed");
  return oneSpelling(pem);
}

function certificatesIn(text: string): string[] {
  return [...text.matchAll(CERTIFICATES)].map(([pem]) => oneSpelling(pem));
}

/** A certificate's DER in base64, in the one spelling of PEM that {@link CertificateValue} uses. */
export function certificatePem(base64: string): string {
  return oneSpelling(`-----BEGIN CERTIFICATE-----\n${base64.replace(/\s+/g, "")}\n-----END CERTIFICATE-----`);
}

/** PEM as RFC 7468 writes it: lines of 64 characters, ended by a line feed; whoever wrote it. */
function oneSpelling(pem: string): string {
  const lines = pem.split(/\r?\n/);
  const body = lines.slice(1, -1).join("");
  return [lines[0], ...(body.match(/.{1,64}/g) ?? []), lines.at(-1), ""].join("\n");
}
