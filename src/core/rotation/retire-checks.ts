/** The checks of when the old credential may go: by its own end, after an overlap, or by evidence (design §4.4). */

import type { TargetSettings } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import { type EpochMs, earliest } from "../time.ts";
import { PROOF_LASTS } from "./retire-guard.ts";
import { retirement } from "./retirement.ts";
import { type Check, doStep, type Situation, type Verdict, wait } from "./verdict.ts";

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
    if (!early || evidence === undefined || (readAt !== null && now - readAt <= PROOF_LASTS)) return null;
    return doStep({ step: "read-uses" }, "uses-due");
  },
};

function known(targets: Situation["facts"]["targets"]): TargetSettings[] {
  return targets.filter((one) => one !== null);
}
