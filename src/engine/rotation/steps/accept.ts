/** Acceptance (design §4.1): the login authority honours the new value, or the new credential is withdrawn. */
import { judgeAcceptance } from "../../../core/rotation/acceptance.ts";
import type { Claimed } from "../claimed.ts";
import { removeGuarded } from "./remove.ts";
import { sealedValue, signInOf } from "./value.ts";

/** An hour later the second try; a third is never made (design §4.1). */
const SECOND_TRY_AFTER = 3_600_000;

/** One token request with the new value. */
export async function probe(claimed: Claimed): Promise<void> {
  const value = await sealedValue(claimed);
  const probe = await claimed.deps.verifier.probe(signInOf(claimed), value, claimed.signal);
  claimed.later([{ type: "probed", at: probe.at, probe }]);
}

/** Stores what the probes have proven. */
export async function accept(claimed: Claimed): Promise<void> {
  const { rotation, deps } = claimed;
  const at = await claimed.now();
  const { probes, probingSince, policy } = rotation;
  const answer = judgeAcceptance(deps.settings.acceptance, policy.probe, probes, probingSince, at);
  if (answer.verdict === "accepted") claimed.later([{ type: "accepted", at, assurance: answer.assurance }]);
}

/** Takes back a credential that was never accepted and that no consumer has received. */
export async function withdraw(claimed: Claimed): Promise<void> {
  const issued = claimed.rotation.issued;
  if (issued === null) return;
  if (claimed.rotation.withdrawIntendedAt === null) {
    await claimed.record([{ type: "withdraw-intended", at: await claimed.now() }]);
  }
  const gone = await removeGuarded(claimed, issued.keyId, "withdraw");
  if (!gone) return;
  const at = await claimed.now();
  await claimed.record([{ type: "withdrawn", at, notBefore: (at + SECOND_TRY_AFTER) as typeof at }], {
    erase: true,
    removed: [{ keyId: issued.keyId, at }],
  });
}
