/** What lets a credential be renewed that cannot be as things are: one thing to do for each reason, however many have it. Pure. */
import type { ReasonCode } from "../reasons.ts";

export interface Mend {
  /** In one or two sentences; what is typed stands in backticks. */
  readonly text: string;
  /** Who does it: whoever looks after Nolapse and its configuration, or somebody else, whom nobody here can replace. */
  readonly by: "you" | "others";
}

const you = (text: string): Mend => ({ text, by: "you" });
const others = (text: string): Mend => ({ text, by: "others" });

/** Of every reason for which the plan says that something cannot be renewed. */
export const MENDS = {
  "not-bound": you(
    "Add an entry with its client id and its targets under applications in the configuration, then `nolapse config check`. Until then it is renewed by hand.",
  ),
  "no-slot": you(
    "If something still signs in with it, give its entry a slot for it, with its targets; else let it end, or remove it.",
  ),
  "no-targets": you("Name in its entry where the value goes, then `nolapse config check`."),
  "which-credential": you(
    "Give its entry one slot for each credential that is in use, and name the current one of each; what nobody uses can be removed.",
  ),
  "no-live-credential": you(
    "Make one by hand, of the kind its targets hold, and put it where the application reads it. From then on Nolapse renews it.",
  ),
  "credential-gone": you("Name in its entry a credential that is there, by its name or its key id."),
  expired: you(
    "Find out whether anybody still needs the application. If so, make a new credential; if not, remove what has ended.",
  ),
  "no-end": you("Make one that ends, and remove the one that does not: only what ends is renewed."),
  "no-room": you("Remove the secret that nobody uses: an application for personal accounts holds two at most."),
  "target-kind": you("Bind it to a target that holds this kind of credential, or give it a policy of the other kind."),
  "lifetime-too-short": you("Give it a policy with a lifetime of 14 days or more."),
  "policy-forbids": you(
    "Let its policy make what the tenant's app management policy allows, another kind or a shorter lifetime; or ask whoever looks after that policy for an exception.",
  ),
  "privileged-by-hand": you(
    "Bind it to a target that Nolapse writes to: nobody carries the value of a privileged one.",
  ),
  "holder-gone": you(
    "If it is gone for good, take its entry out of the configuration; else correct the client id in it.",
  ),
  "application-paused": you(
    "Find out from whoever paused it whether it still must be. If not, `nolapse continue` with the client id lets it go on.",
  ),
  excluded: you("Nothing, where that is meant. Else take what matches it out of exclude in the configuration."),
  "saml-signing": you(
    "Renew it together with whoever receives the tokens: `nolapse saml` with the client id says what to do in which order.",
  ),
  encryption: others("Whoever sends encrypted tokens gets the new certificate first; then it is replaced by hand."),
  "first-party": others("Nothing: Microsoft renews it."),
  "property-locked": others("Its publisher renews it in the tenant it comes from."),
  "platform-managed": others("Nothing: its platform renews it."),
  "managed-elsewhere": others(
    "Nothing, as long as that tool does its work. To hand it to Nolapse, end it there first, and take its mark off the application.",
  ),
} as const satisfies Partial<Record<ReasonCode, Mend>>;

/** Of a reason that stands in the way of nothing else: where to read on. */
const READ_ON: Mend = you("`nolapse explain` with the client id says which check stands in the way.");

export function mendOf(reason: ReasonCode): Mend {
  return Object.hasOwn(MENDS, reason) ? MENDS[reason as keyof typeof MENDS] : READ_ON;
}

/** The words of that, where it is something of the reason's own. */
export function mendFor(reason: ReasonCode): string | null {
  return Object.hasOwn(MENDS, reason) ? mendOf(reason).text : null;
}
