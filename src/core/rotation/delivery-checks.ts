/** The checks on deliveries: what is written next, what is proven next, and what only a person can bring or show. */

import { command } from "../commands.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../time.ts";
import { PROOF_LASTS } from "./retire-guard.ts";
import type { Delivery } from "./rotation.ts";
import { type Check, doStep, type Situation, type Verdict, wait } from "./verdict.ts";

export const deliver: Check = {
  name: "deliver",
  judge: ({ rotation, facts, urgent }) => {
    const open = rotation.deliveries.filter((one) => one.receipt === null);
    const next = open.find((one) => carrierOf(facts, one) === null);
    if (next !== undefined) return doStep({ step: "deliver", target: next.target }, "deliver-due");
    if (open.length === 0) return null;
    const isTaken = open.every((one) => one.intendedAt !== null);
    if (urgent) return wait(null, "person-urgent", command(facts.tenant, isTaken ? "delivered" : "deliver"));
    return wait(null, isTaken ? "person-installs" : "person-takes");
  },
};

/** Places that were bound since: looked at as any other before they are written to, when those that were known have the new value. */
export const added: Check = {
  name: "targets-added",
  judge: ({ facts }) => (facts.added === undefined ? null : doStep({ step: "preflight" }, "preflight-due")),
};

export const verify: Check = {
  name: "verify",
  judge: (situation) => proveNext(situation, ({ verifiedAt }) => verifiedAt === null),
};

/** Who carries the value to this target; null where Nolapse writes it. */
function carrierOf({ targets }: Situation["facts"], { target }: Delivery): string | null {
  return targets.find((one) => one?.name === target)?.carriedBy ?? null;
}

/** The sign-in log comes minutes late and reads of it are few: on the first day so often, then so often. */
const LOOK_FIRST = 15 * MINUTE;
const LOOK_LATER = 6 * HOUR;

/** When the log may be read again for a sign-in that a person's work should have brought. */
function nextLook({ lookedAt, receipt }: Delivery): EpochMs | null {
  if (lookedAt === undefined) return null;
  return plus(lookedAt, receipt !== null && lookedAt < receipt.at + DAY ? LOOK_FIRST : LOOK_LATER);
}

/** The next copy to prove; a sign-in by somebody else cannot be made to happen, only looked for. */
function proveNext({ rotation, facts, now }: Situation, isOpen: (delivery: Delivery) => boolean): Verdict | null {
  const open = rotation.deliveries.filter(isOpen);
  // the one whose proof is oldest first: while that one fails, the others are not proven anew in vain
  const oldestFirst = open.toSorted((a, b) => (a.verifiedAt ?? 0) - (b.verifiedAt ?? 0));
  const looks = oldestFirst.map((delivery) => ({
    delivery,
    at: carrierOf(facts, delivery) === null ? null : nextLook(delivery),
  }));
  const due = looks.find(({ at }) => at === null || at <= now);
  if (due !== undefined) return doStep({ step: "verify", target: due.delivery.target }, "verify-due");
  const soonest = looks.flatMap(({ at }) => (at === null ? [] : [at])).sort((a, b) => a - b)[0];
  return soonest === undefined ? null : wait(soonest, "person-proof");
}

/** Right before the removal every copy is proven again (invariant 1). What a clock that was ahead has proven is no proof by this one. */
export const proof: Check = {
  name: "proof",
  judge: (situation) =>
    proveNext(
      situation,
      ({ verifiedAt }) => verifiedAt === null || verifiedAt > situation.now || situation.now - verifiedAt > PROOF_LASTS,
    ),
};
