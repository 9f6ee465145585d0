/** The checks of when the old credential may go: by its own end, after an overlap, or by evidence (design §4.4). */

import { command } from "../commands.ts";
import type { TargetSettings } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import { type EpochMs, earliest } from "../time.ts";
import { PROOF_LASTS } from "./retire-guard.ts";
import { retirement } from "./retirement.ts";
import { type Check, doStep, type Situation, type Verdict, wait } from "./verdict.ts";

/**
 * What lies in a place that was bound later, or is another slot's, is a copy of the old one, as far as anybody knows: it stays as long as it
 * signs in, unless it leaked. The next rotation of the slot serves all its places, and this one then rests on it.
 */
export const served: Check = {
  name: "targets-served",
  judge: ({ rotation, facts: { added, shared, tenant }, now }) => {
    const { emergency, replacesEnd, holder } = rotation;
    if (emergency !== undefined || (replacesEnd !== null && replacesEnd <= now)) return null;
    if (shared !== undefined) return wait(null, "slot-shared", shared);
    if (added === undefined) return null;
    const next = command(tenant, `rotate ${holder.appId} --now`);
    return wait(null, "target-added", `${added.join(", ")}; ${next} delivers to all places of the slot`);
  },
};

export const retireTime: Check = {
  name: "retire-time",
  judge: ({ rotation, facts, now }) => {
    const { at, because, detail, evidence } = retirement(rotation, known(facts.targets), facts.asked);
    if (evidence !== undefined && (at === null || now < at))
      return awaitEvidence(at, evidence.next, because, detail, now);
    if (at === null) return wait(null, because, detail);
    const isKept = facts.own?.isThis === true && facts.own.source === "environment";
    return now < at ? wait(at, isKept ? "own-environment" : because, detail) : null;
  },
};

/** Until the evidence is enough or the old one has ended, log and report are looked at again. */
function awaitEvidence(
  at: EpochMs | null,
  next: EpochMs | null,
  because: ReasonCode,
  detail: string | null,
  now: EpochMs,
): Verdict {
  if (next === null || now >= next) return doStep({ step: "read-uses" }, "uses-due");
  return wait(at === null ? next : earliest(at, next), because, detail);
}

/** Evidence is as fresh as any other proof when the old one goes. */
export const uses: Check = {
  name: "uses",
  judge: ({ rotation, facts, now }) => {
    const { early, evidence } = retirement(rotation, known(facts.targets), facts.asked);
    const readAt = rotation.uses?.readAt ?? null;
    if (!early || evidence === undefined || (readAt !== null && readAt <= now && now - readAt <= PROOF_LASTS))
      return null;
    return doStep({ step: "read-uses" }, "uses-due");
  },
};

function known(targets: Situation["facts"]["targets"]): TargetSettings[] {
  return targets.filter((one) => one !== null);
}
