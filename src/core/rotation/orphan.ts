/**
 * After a lost answer: is a credential that carries our marker the orphan of exactly this attempt? All conditions of
 * design §4.5 must hold; otherwise it is ambiguous and a person decides. A value that was lost is never missed: the
 * orphan is removed and a new attempt made.
 */
import type { Holder } from "../credentials/credential.ts";
import { parseMarkedName } from "../credentials/marker.ts";
import type { Attempt } from "./rotation.ts";

export interface OrphanFacts {
  readonly attempt: Attempt;
  readonly instance: string;
  readonly holder: Holder;
  /** Hints of the values that targets hold now, as far as they can be read; null: a target could not be read. */
  readonly heldByTarget: (hint: string) => boolean | null;
}

export type OrphanVerdict =
  | { readonly found: "nothing" }
  | { readonly found: "orphan"; readonly keyId: string }
  | { readonly found: "ambiguous"; readonly why: string; readonly keyIds: readonly string[] };

/** Key ids on the holder that carry the marker of this attempt. */
export function marked(holder: Holder, instance: string, attemptId: string): string[] {
  return holder.credentials
    .filter(({ name }) => {
      const marker = parseMarkedName(name ?? "").marker;
      return marker?.instance === instance && marker.attempt === attemptId;
    })
    .map(({ keyId }) => keyId);
}

/** Judges what one fresh read showed of an attempt whose outcome is unknown. */
export function judgeOrphan({ attempt, instance, holder, heldByTarget }: OrphanFacts): OrphanVerdict {
  const matches = marked(holder, instance, attempt.id);
  const keyId = matches[0];
  if (keyId === undefined) return { found: "nothing" };
  const why = whyAmbiguous(keyId, matches.length, { attempt, holder, heldByTarget });
  return why === null ? { found: "orphan", keyId } : { found: "ambiguous", why, keyIds: matches };
}

function whyAmbiguous(
  keyId: string,
  matches: number,
  { attempt, holder, heldByTarget }: Omit<OrphanFacts, "instance">,
): string | null {
  if (attempt.outcome !== "unknown" && attempt.outcome !== "open") return `the attempt is already ${attempt.outcome}`;
  if (matches > 1) return `${matches} credentials carry the same marker`;
  if (attempt.keyIdsBefore.includes(keyId)) return "it was there before the attempt";
  const credential = holder.credentials.find((one) => one.keyId === keyId);
  if (credential === undefined || credential.kind !== "secret") return "it is not a client secret";
  if (credential.end !== attempt.end) return "its end is not the one that was asked for";
  if (credential.hint === null) return null;
  const held = heldByTarget(credential.hint);
  if (held === null) return "a target could not be read to rule out that it holds it";
  return held ? "a target holds a value with its hint" : null;
}
