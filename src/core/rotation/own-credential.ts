/**
 * The credential that Nolapse itself signs in with (design §4.7): replaced last, alone, by approved steps, and the old one
 * goes only after a fresh process has read the directory with the new one. Losing it would lose everything else.
 */
import type { ApprovedPart } from "../policy/approval.ts";
import type { Mode } from "../policy/settings.ts";
import { plus } from "../time.ts";
import { PROOF_LASTS } from "./retire-guard.ts";
import type { Rotation } from "./rotation.ts";
import { type Check, doStep, type Facts, wait } from "./verdict.ts";

/** Whether a person must approve; for Nolapse's own credential both, whatever the policy says. */
export function needsApproval({ policy }: Rotation, { own }: Facts, what: "issue" | "retire"): boolean {
  return own?.isThis === true || policy.approval === what || policy.approval === "both";
}

/** What decides whether a person is asked: the mode, and which application is Nolapse's own, by its client id; null where none is. */
export interface Asking {
  readonly mode: Mode;
  readonly own: string | null;
}

/** Whether a person must let this part begin, approved or not: as the mode and the policy say, and of Nolapse's own credential always. */
export function asksPerson(
  { policy, holder }: Pick<Rotation, "policy"> & { readonly holder: Pick<Rotation["holder"], "appId"> },
  part: ApprovedPart,
  { mode, own }: Asking,
): boolean {
  if (part === "issue" && mode === "propose") return true;
  return holder.appId === own || policy.approval === part || policy.approval === "both";
}

/** What a person should know who finds it waiting for an approval: who has spoken, and that another one must. */
export function approvalDetail(
  { approvers = [], privileges = [], refusals = {} }: Rotation,
  part: ApprovedPart,
): string | null {
  const no = refusals[part];
  if (no !== undefined) return `refused by ${no.actor}: ${no.why}`;
  if (privileges.length === 0) return null;
  const said = approvers.filter((one) => one.part === part).map((one) => one.actor);
  const so = said.length === 0 ? "nobody has approved yet" : `approved by ${said.join(", ")}; another person must`;
  return `privileged by ${privileges.join(", ")}: ${so}`;
}

/** Past its urgent time it no longer waits for others: without it none of them could go on. */
export const ownLast: Check = {
  name: "own-credential-last",
  judge: ({ facts: { own }, urgent }) =>
    own?.isThis === true && own.isOtherBusy && !urgent ? wait(null, "own-last") : null,
};

export const ownAlone: Check = {
  name: "own-credential-alone",
  judge: ({ facts: { own }, urgent }) =>
    own?.isThis === false && own.isOtherBusy && !urgent ? wait(null, "own-under-way") : null,
};

export const ownProof: Check = {
  name: "own-credential-proof",
  judge: ({ rotation: { ownProof: proof }, facts: { own }, now }) => {
    if (own?.isThis !== true) return null;
    // a proof made long ago says nothing of the file as it is now
    const isOld = proof == null || proof.at > now || now - proof.at >= PROOF_LASTS;
    if (isOld) return doStep({ step: "prove-own" }, "own-proof");
    if (proof.proven) return null;
    return wait(plus(proof.at, PROOF_LASTS), own.source === "environment" ? "own-environment" : "own-stale");
  },
};

/** Whether a rotation of another application is one that Nolapse's own must wait for: begun, or about to be. */
export function isUnderWay({ state, policy, approvals }: Rotation, mode: "observe" | "propose" | "enforce"): boolean {
  if (state === "issued" || state === "accepted" || state === "delivered") return true;
  if (state !== "planned") return false;
  // what nobody has started could hold it up for ever
  const byPerson = mode === "propose" || policy.approval === "issue" || policy.approval === "both";
  return !byPerson || approvals.issue !== null;
}
