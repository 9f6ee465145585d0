/** Who approved what: one person is enough, but for privileged applications, where two different ones are asked for. */

import type { ReasonCode } from "../reasons.ts";
import type { EpochMs } from "../time.ts";
import type { RetireRule } from "./policy.ts";

/** A person who asks for something. */
export interface Person {
  /** For the audit trail: `entra:ann@contoso.example`, `cli:ann`. */
  readonly actor: string;
  /** The object id the directory itself has confirmed for this sign-in; null: the name is only what the machine says. */
  readonly objectId: string | null;
}

/** What the configuration asks of approvals of privileged applications. */
export interface ApprovalRule {
  /** How many different persons: 2, or 1. */
  readonly persons: number;
  /** Whether a person whose sign-in the directory has not confirmed counts. */
  readonly unproven: boolean;
}

export const APPROVALS: ApprovalRule = { persons: 2, unproven: false };

export type ApprovedPart = "issue" | "retire";

/** One person's word on one part of a rotation. */
export interface Approved {
  readonly part: ApprovedPart;
  /** Tells persons apart: an object id, or a name nobody has confirmed. */
  readonly id: string;
  readonly actor: string;
}

/** A person's no to one part of a rotation; it stands until somebody approves the part after all. */
export interface Refused {
  readonly at: EpochMs;
  readonly actor: string;
  /** In the person's own words; never a value. */
  readonly why: string;
}

/** A person's word that the old credential shall go without waiting for its rule. */
export interface RemovalWord {
  readonly actor: string;
  readonly why: string;
  /** What the configuration said then, which the word overrules; what it says since was never told to whoever spoke. */
  readonly told: { readonly retire: RetireRule; readonly complete: boolean };
}

/** What a part waits for that is not approved: a person, or a person who has said no to think again. */
export function unapproved(
  refusals: Partial<Record<ApprovedPart, Refused>> | undefined,
  part: ApprovedPart,
): ReasonCode {
  if (refusals?.[part] !== undefined) return "approval-refused";
  return part === "issue" ? "approval-issue" : "approval-retire";
}

const UNPROVEN = "unproven ";

export function personId({ objectId, actor }: Person): string {
  return objectId === null ? `${UNPROVEN}${actor}` : objectId.toLowerCase();
}

/** Whether it is somebody whose sign-in the directory has confirmed. */
export function isProven({ id }: Pick<Approved, "id">): boolean {
  return !id.startsWith(UNPROVEN);
}

/** Whether as many different persons as are needed have approved this part. */
export function isEnough(approved: readonly Approved[], part: ApprovedPart, persons: number): boolean {
  return new Set(approved.filter((one) => one.part === part).map((one) => one.id)).size >= persons;
}
