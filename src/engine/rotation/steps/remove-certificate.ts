import type { RemoveCredentialOutcome } from "../../../ports/entra.ts";
import type { Claimed } from "../claimed.ts";
import { replaceList } from "./certificate-list.ts";
import { proofFor } from "./proof.ts";

/**
 * Takes one certificate out: by proof of possession with another one that stays, else by replacing the list; `later` while
 * the list has not been seen still. `lastLook` is asked right before the request, and throws where it may not be made any more.
 */
export async function removeCertificate(
  claimed: Claimed,
  keyId: string,
  lastLook: () => Promise<void>,
): Promise<RemoveCredentialOutcome | "later"> {
  const { rotation, deps, signal } = claimed;
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  const proof = await proofFor(claimed, reading, keyId);
  if (proof !== null) {
    await lastLook();
    return deps.certificates.removeKey(rotation.holder, keyId, proof, signal);
  }
  if (!reading.entries.some(({ credential }) => credential.keyId === keyId)) return { outcome: "no-such-credential" };
  return replaceList(claimed, reading, { added: null, removed: keyId, restored: [] }, { lastLook });
}
