/** A retired certificate's public part goes back for a time (`nolapse undo`), for whoever still holds its key. */
import { parseMarkedName } from "../../../core/credentials/marker.ts";
import { REPLICATION_WINDOW } from "../../../core/schedule/replication.ts";
import { plus } from "../../../core/time.ts";
import type { NewCertificate } from "../../../ports/certificates.ts";
import type { Unsettled } from "../../../ports/entra.ts";
import type { Claimed } from "../claimed.ts";
import { replaceList } from "./certificate-list.ts";
import { ledgerEntry } from "./issue.ts";
import { proofFor } from "./proof.ts";
import { removeGuarded } from "./remove.ts";

export async function undo(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const { undo, replacesCertificate: retired, replacesName } = rotation;
  if (undo === null || retired === null) return;
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  // there already: by a try whose answer was lost, or by somebody else
  const there = reading.entries.find((one) => one.certificate === retired.certificate);
  if (there !== undefined) return isBack(claimed, there.credential.keyId);
  const added: NewCertificate = {
    keyId: undo.keyId,
    displayName: parseMarkedName(replacesName ?? "").description,
    certificate: retired.certificate,
    start: retired.start,
    end: undo.until,
  };
  const before = reading.entries.map(({ credential }) => credential.keyId);
  const proof = await proofFor(claimed, reading, null);
  if (proof === null) {
    const outcome = await replaceList(claimed, reading, { added, removed: null, restored: [] });
    if (outcome === "later") return;
    if (outcome.outcome !== "applied") return isNot(claimed, outcome);
    claimed.wrote(outcome, before, { come: [undo.keyId] });
    return isBack(claimed, undo.keyId);
  }
  await claimed.mayAct();
  const outcome = await deps.certificates.addKey(rotation.holder, added, proof, signal);
  if (outcome.outcome !== "applied") return isNot(claimed, outcome);
  claimed.wrote(outcome, before, { come: [outcome.keyId] });
  return isBack(claimed, outcome.keyId);
}

/** Its time is over: the entry goes. */
export async function sweepUndo(claimed: Claimed): Promise<void> {
  const keyId = claimed.rotation.undo?.keyId ?? null;
  if (keyId === null || !(await removeGuarded(claimed, keyId, "undo"))) return;
  const at = await claimed.now();
  await claimed.record([{ type: "undo-swept", at }], { removed: [{ keyId, at }] });
}

async function isBack(claimed: Claimed, keyId: string): Promise<void> {
  const at = await claimed.now();
  await claimed.record([{ type: "undone", at, keyId }], { ledger: [ledgerEntry(claimed, { keyId, at })] });
}

/** A lost answer is given the time in which it would come to light, so that nothing is added twice. */
async function isNot(claimed: Claimed, { outcome, error }: Unsettled): Promise<void> {
  const { failure, notBefore } = await claimed.failure(error);
  const later = plus(failure.at, outcome === "unknown" ? REPLICATION_WINDOW : 0);
  await claimed.record([
    { type: "failed", at: failure.at, failure, notBefore: notBefore > later ? notBefore : later, verifying: false },
  ]);
}
