import { CertificateValue } from "../../../core/credentials/certificate-value.ts";
import { isLive } from "../../../core/credentials/credential.ts";
import { SecretValue } from "../../../core/secret-value.ts";
import type { CertificateReading } from "../../../ports/certificates.ts";
import type { Claimed } from "../claimed.ts";
import { targetOf } from "./target.ts";

/**
 * A certificate with its key that is valid on the object now, to prove possession with (addKey and removeKey): the copy a
 * target holds, or the one still sealed. `except` is never used: what is being removed proves nothing about what stays.
 * Null when none is at hand. A target that cannot be read is an error: the way must not change by accident.
 */
export async function proofFor(
  claimed: Claimed,
  reading: CertificateReading,
  except: string | null,
): Promise<CertificateValue | null> {
  const now = await claimed.now();
  const usable = new Map(
    reading.entries.flatMap(({ credential, certificate, resendable }) =>
      resendable && certificate !== null && credential.keyId !== except && isLive(credential, now)
        ? [[certificate, credential.keyId] as const]
        : [],
    ),
  );
  for (const value of await heldCertificates(claimed)) {
    if (value.key instanceof SecretValue && usable.has(value.certificate)) return value;
  }
  return null;
}

async function heldCertificates(claimed: Claimed): Promise<CertificateValue[]> {
  const held: CertificateValue[] = [];
  for (const { target: name } of claimed.rotation.deliveries) {
    const copy = (await targetOf(claimed, name).readBack?.(claimed.signal)) ?? null;
    if (copy?.state === "present" && copy.value instanceof CertificateValue) held.push(copy.value);
  }
  const sealed = await sealedCertificate(claimed);
  return sealed === null ? held : [...held, sealed];
}

/** The certificate that this rotation has made, where it is kept; also when a later rotation's has taken its place since. */
async function sealedCertificate({ rotation, deps }: Claimed): Promise<CertificateValue | null> {
  if (rotation.acceptedAt === null) return null;
  const sealed = await deps.store.sealed(rotation.id);
  const made = rotation.attempts.find((one) => one.certificate !== null && one.certificate.sha256 === sealed?.keyId);
  if (sealed === null || made === undefined) return null;
  const context = { tenantId: rotation.tenantId, appId: rotation.holder.appId, keyId: sealed.keyId };
  return CertificateValue.from(await deps.sealer.open(sealed.sealed, context));
}
