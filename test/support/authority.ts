/** Certification authorities for tests, made by other code than the issuers', and how they sign a request badly when asked to. */
import "reflect-metadata";
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const P384 = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
const SIGN_CERTIFICATES = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;

export interface TestAuthority {
  readonly pem: string;
  readonly key: KeyObject;
  /** PKCS #8 PEM. */
  readonly keyPem: string;
}

export interface AuthorityParts {
  readonly name?: x509.JsonNameParams;
  readonly from?: string;
  readonly to?: string;
  readonly ca?: boolean;
  readonly type?: "rsa" | "ec";
  readonly key?: KeyObject;
  readonly parent?: TestAuthority;
}

let serial = 1;

export async function createAuthority(parts: AuthorityParts = {}): Promise<TestAuthority> {
  const type = parts.type ?? "rsa";
  const key = parts.key ?? generateKey(type);
  const own = algorithmOf(key);
  const signer = parts.parent?.key ?? key;
  const publicKey = createPublicKey(key).toCryptoKey(own, true, ["verify"]);
  const name = new x509.Name(parts.name ?? [{ O: ["Contoso Ltd"] }, { CN: ["Contoso Test CA"] }]);
  const parent = parts.parent === undefined ? null : new x509.X509Certificate(parts.parent.pem);
  serial += 1;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, "0"),
    subject: name,
    issuer: parent?.subjectName ?? name,
    notBefore: new Date(parts.from ?? "2025-01-01T00:00:00Z"),
    notAfter: new Date(parts.to ?? "2045-01-01T00:00:00Z"),
    publicKey,
    signingKey: signer.toCryptoKey(algorithmOf(signer), false, ["sign"]),
    signingAlgorithm: algorithmOf(signer),
    extensions: [
      new x509.BasicConstraintsExtension(parts.ca ?? true, undefined, true),
      new x509.KeyUsagesExtension((parts.ca ?? true) ? SIGN_CERTIFICATES : x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      ...(parent === null ? [] : [await x509.AuthorityKeyIdentifierExtension.create(parent.publicKey)]),
    ],
  });
  return {
    pem: `${certificate.toString("pem")}\n`,
    key,
    keyPem: key.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

export function authorityFrom(pem: string, keyPem: string): TestAuthority {
  return { pem, keyPem, key: createPrivateKey(keyPem) };
}

/** How a signing command can be wrong. */
export interface Slips {
  readonly ca?: boolean;
  readonly sha1?: boolean;
  readonly otherKey?: "rsa" | "ec";
  readonly from?: number;
  readonly to?: number;
}

/** Signs a PKCS #10 request as a real authority does: only after its proof of possession was checked. */
export async function signPkcs10(
  authority: TestAuthority,
  request: string,
  span: { readonly from: number; readonly to: number },
  slips: Slips = {},
): Promise<string> {
  const csr = new x509.Pkcs10CertificateRequest(request);
  if (!(await csr.verify())) throw new Error("the request is not signed by its own key");
  const signing = slips.sha1 === true ? { ...algorithmOf(authority.key), hash: "SHA-1" } : algorithmOf(authority.key);
  const other = slips.otherKey === undefined ? null : generateKey(slips.otherKey);
  const requested = csr.getExtension("2.5.29.37");
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `5a${Buffer.from(csr.signature).subarray(0, 12).toString("hex")}`,
    subject: csr.subjectName,
    issuer: new x509.X509Certificate(authority.pem).subjectName,
    notBefore: new Date(slips.from ?? span.from),
    notAfter: new Date(slips.to ?? span.to),
    publicKey:
      other === null ? csr.publicKey : createPublicKey(other).toCryptoKey(algorithmOf(other), true, ["verify"]),
    signingKey: authority.key.toCryptoKey(signing, false, ["sign"]),
    signingAlgorithm: signing,
    extensions: [
      new x509.BasicConstraintsExtension(slips.ca ?? false, undefined, true),
      ...(requested === null ? [] : [requested]),
      await x509.SubjectKeyIdentifierExtension.create(csr.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(new x509.X509Certificate(authority.pem).publicKey),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

function generateKey(type: "rsa" | "ec"): KeyObject {
  return type === "rsa"
    ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
    : generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey;
}

function algorithmOf(key: KeyObject) {
  if (key.asymmetricKeyType === "ed25519") return { name: "Ed25519" };
  return key.asymmetricKeyType === "ec" ? P384 : RS256;
}
