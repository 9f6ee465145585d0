/** Every removal goes through here: fresh read, guard, brake, one request. */
import { NolapseError } from "../../core/errors.ts";
import { mayRemove, type RemovalPurpose } from "../../core/retire-guard.ts";
import type { Claimed } from "../claimed.ts";
import { noteUnknownMarks } from "../recognise.ts";

/** After so many refusals of the guard in a row a person must look. */
const REFUSALS_BEFORE_HALT = 5;

/**
 * Removes one key id if the guard allows it. True when it is gone as far as the directory says now; false when a fresh
 * look is needed later (a failure has been stored). The guard's refusal is stored as a halt.
 */
export async function removeGuarded(claimed: Claimed, keyId: string, purpose: RemovalPurpose): Promise<boolean> {
  const { rotation, deps, signal } = claimed;
  const { holder } = await deps.entra.read(rotation.holder, signal);
  const unknown = await noteUnknownMarks(deps, [holder]);
  const ledger = await deps.store.ledger(rotation.tenantId, rotation.holder.appId);
  const switches = await deps.store.switches(rotation.tenantId);
  const now = await claimed.now();
  const answer = mayRemove({
    purpose,
    keyId,
    rotation,
    holder,
    ledger: ledger.find((one) => one.keyId === keyId) ?? null,
    removalOff: switches.removalOff?.why ?? null,
    unknownAttempts: unknown,
    now,
  });
  if (!answer.allowed) {
    await claimed.fail(new NolapseError("refused-by-guard", `the retire guard says no: ${answer.why}`));
    if (claimed.rotation.failures >= REFUSALS_BEFORE_HALT) await claimed.halt("guard-refused");
    return false;
  }
  // gone already: by an earlier try whose outcome was lost, or by somebody else; the reads that follow prove it
  if (!holder.credentials.some((one) => one.keyId === keyId)) return true;
  await claimed.mayAct();
  const outcome = await deps.entra.removeSecret(rotation.holder, keyId, signal);
  if (outcome.outcome === "applied") return true;
  if (outcome.outcome === "no-such-credential") {
    // the read just showed it: within the replication window this means "not yet", never "done"
    await claimed.fail(new NolapseError("directory-refused", "the directory does not find the credential it lists"));
    return false;
  }
  await claimed.fail(outcome.error);
  return false;
}
