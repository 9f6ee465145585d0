/** The certificate an application of a site signs in with: planted, read from its files, and used, by code of the test's own. */
import { constants, createHash, createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Directory, SeededApplication } from "../../src/directory/index.ts";
import { graphAs } from "../directory/entra.ts";
import { createClientKey } from "../directory/signer.ts";

const DAY = 86_400_000;

/** One file for certificate and key, or two. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Gives the application a certificate that ends in ten days, and writes it to its files. */
export async function plantCertificate(
  directory: Directory,
  { id, name }: SeededApplication,
  files: CertificateFiles,
): Promise<void> {
  const now = directory.clock.now();
  const key = await createClientKey(`CN=${name}`, now - 300 * DAY, now + 10 * DAY);
  const entry = { type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64"), displayName: name };
  const graph = await graphAs(directory);
  const { status } = await graph("PATCH", `/applications/${id}`, { keyCredentials: [entry] });
  if (status !== 204) throw new Error(`planting a certificate was answered ${status}`);
  writeFileSync(files.certificate, key.pem);
  writeFileSync(files.key, key.privatePem, { mode: 0o600 });
}

/** The parts of a token request that say who asks, from the files as they are now; null where there are none yet. */
export function assertionFrom(
  files: CertificateFiles,
  { appId, endpoint, now }: { readonly appId: string; readonly endpoint: string; readonly now: number },
): Record<string, string> | null {
  if (!existsSync(files.certificate)) return null;
  const certificate = new X509Certificate(readFileSync(files.certificate));
  const key = createPrivateKey(readFileSync(files.key));
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = {
    alg: "PS256",
    typ: "JWT",
    "x5t#S256": createHash("sha256").update(certificate.raw).digest("base64url"),
  };
  const seconds = Math.floor(now / 1000);
  const claims = { aud: endpoint, iss: appId, sub: appId, jti: randomUUID(), nbf: seconds, exp: seconds + 600 };
  const signed = `${part(header)}.${part(claims)}`;
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature = sign("sha256", Buffer.from(signed), { key, ...padding }).toString("base64url");
  return {
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: `${signed}.${signature}`,
  };
}

/** The algorithm of an RSA key in PKCS #8, and what follows it: the beginning of the key itself. */
const PKCS8 = Buffer.from("300d06092a864886f70d0101010500048204", "hex");

/** Files below a folder, but for those named, in which a private key lies open: as PEM, as base64, or as bytes. */
export function openKeys(folder: string, allowed: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => !allowed.includes(path) && statSync(path).isFile())
    .filter((path) => {
      const bytes = readFileSync(path);
      const text = bytes.toString("latin1");
      // a key's first nine bytes vary only in its length; three of them are four letters
      return bytes.includes(PKCS8) || /PRIVATE KEY-|IBADANBgkqhkiG9w0BAQEFAASC|0gEAMA0GCSqGSIb3DQEBAQUABIIE/.test(text);
    });
}
