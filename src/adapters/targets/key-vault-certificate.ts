/** A certificate as Key Vault imports it and gives it back: as a secret of the same name, in PEM or in PKCS#12. */
import { createPrivateKey, randomBytes } from "node:crypto";
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { VaultImport, VaultSecret } from "../../ports/key-vault.ts";
import { derOf, isOwn, joined, type Reading, readPem } from "./certificate-text.ts";

export const FORMATS = ["pem", "pfx"] as const;
const PEM_TYPE = "application/x-pem-file";

/** `wanted`: a format, or the content type of what is there; what says nothing is PKCS#12, as Azure's services take it. */
export async function importOf(value: CertificateValue, wanted: string | null, appId: string): Promise<VaultImport> {
  if (wanted === "pem" || wanted === PEM_TYPE) return { format: "pem", text: new SecretValue(value.reveal()) };
  const { writePfx } = await import("./pfx.ts");
  const { key, certificates } = derOf(value);
  const password = new SecretValue(randomBytes(24).toString("base64url"));
  return { format: "pfx", bytes: writePfx(key, certificates, password.reveal(), appId), password };
}

/** The certificate in a secret that belongs to one. Key Vault gives PKCS#12 in base64 and without a password. */
export async function readingOf({ value, contentType }: Pick<VaultSecret, "value" | "contentType">): Promise<Reading> {
  const text = value.reveal();
  if (contentType === PEM_TYPE || text.includes("-----BEGIN ")) return spelt(readPem(text, text));
  // what reads PKCS#12 takes a while to load, and few need it
  const { readPfx, PfxProblem } = await import("./pfx.ts");
  try {
    const { keys, certificates } = readPfx(Buffer.from(text, "base64"), "");
    const [key, ...more] = keys;
    if (key === undefined || more.length > 0) {
      return { state: "broken", why: "holds no private key, or several", next: "import it with its one private key" };
    }
    return joined(plainKey(key), ownFirst(key, certificates));
  } catch (thrown) {
    if (!(thrown instanceof PfxProblem)) throw thrown;
    return { state: "foreign", why: `holds a certificate that ${thrown.message}`, next: thrown.next };
  }
}

/** PKCS#12 has no order, so the key's own certificate may stand anywhere. */
function ownFirst(key: Uint8Array, certificates: readonly Uint8Array[]): readonly Uint8Array[] {
  const own = certificates.filter((one) => isOwn(key, one) === true);
  return [...own, ...certificates.filter((one) => !own.includes(one))];
}

/** The key in the one spelling that was delivered: the vault's may carry attributes (PKCS #8 allows them). */
function spelt(reading: Reading): Reading {
  if (reading.state !== "present") return reading;
  const { key, certificates } = derOf(reading.value);
  return joined(plainKey(key), certificates);
}

function plainKey(pkcs8: Uint8Array): Uint8Array {
  try {
    return createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" }).export({
      format: "der",
      type: "pkcs8",
    });
  } catch {
    // the library's own error could say something of the key; whoever reads the copy finds that it cannot be read
    return pkcs8;
  }
}
