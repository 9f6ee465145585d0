/** What the steps of a rotation say: the fact that each proves, and of the one that runs how far it is. */
import type { Answer } from "../api/client.ts";
import { isHeld } from "./catalogue.ts";
import { counted, written } from "./dates.ts";
import { plainName } from "./names.ts";
import type { Proof } from "./proofs.ts";

type Shown = Answer<"GET /api/v1/t/{tenant}/rotations/{id}">;

interface StepWords {
  readonly name: string;
  /** What is proven by it. */
  readonly fact: string;
  /** While it is still to be proven. */
  readonly coming: string;
}

export const STEP_WORDS: Readonly<Record<Proof, StepWords>> = {
  issued: {
    name: "Issued",
    fact: "The new credential is in the directory, and sealed here first.",
    coming: "To be issued",
  },
  accepted: {
    name: "Accepted",
    fact: "The token endpoint takes it, several times over.",
    coming: "To be accepted by the token endpoint",
  },
  delivered: {
    name: "Delivered",
    fact: "Every target has the value, and a receipt says so.",
    coming: "To be delivered to every target",
  },
  verified: {
    name: "Verified",
    fact: "The copy read back from each target signs in.",
    coming: "To be verified: the copy read back from each target must sign in",
  },
  retired: {
    name: "Retired",
    fact: "After the overlap the old one goes.",
    coming: "To be retired: the old one goes after the overlap",
  },
};

type Facts = Pick<Shown, "acceptance" | "targets" | "until" | "sentence" | "because" | "removedAt" | "kind">;

/** How far the step that runs is; null where only its own words say something. */
export function stepProgress(proof: Proof, rotation: Facts, zone: string): string | null {
  const { acceptance, targets, until, sentence, removedAt } = rotation;
  if (proof === "accepted" && acceptance !== null) return acceptanceProgress(acceptance, rotation.kind, zone);
  if (proof === "delivered") {
    const done = targets.filter(({ receipt }) => receipt !== null).length;
    return `${done} of ${counted(targets.length, "target")} ${done === 1 ? "has" : "have"} it. ${capital(sentence)}.`;
  }
  if (proof === "verified") {
    const done = targets.filter(({ verifiedAt }) => verifiedAt !== null).length;
    return `${done} of ${counted(targets.length, "target")} verified. ${capital(sentence)}.`;
  }
  if (proof === "retired" && removedAt === null && rotation.because === "overlap" && until !== null) {
    return `Both work until ${written(Date.parse(until), zone, "dateTime")}; then the old one goes.`;
  }
  return `${capital(sentence)}.`;
}

type Sentence = Pick<Shown, "acceptance" | "because" | "sentence" | "kind" | "proofs" | "until">;

/** How far it is, in one sentence; what it waits for stands beside it with its time, see {@link untilWords}. */
export function headSentence({ acceptance, because, sentence, kind, proofs }: Sentence): string {
  if (because === "acceptance-spread" && acceptance !== null) {
    return `${acceptance.good} of ${counted(acceptance.needed, "sign-in")} with the new ${kind}, spread over time.`;
  }
  if (isHeld(because) && proofs.verified !== null)
    return "Old and new both work. It is paused: nothing is removed until it goes on.";
  return because === "overlap" ? "Old and new both work." : `${capital(sentence)}.`;
}

/** What the instant is that it waits for. */
export function untilWords({ because }: Pick<Shown, "because">): string {
  if (because === "acceptance-spread") return "The next one follows";
  if (because === "removal-asked") return "The old one goes";
  return because === "overlap" ? "The overlap ends" : "It goes on";
}

/** "1 of 4 sign-ins with the new secret; the last one is due Sat 28 Nov 2026, 09:04." */
function acceptanceProgress(
  { good, needed, endsAt }: NonNullable<Shown["acceptance"]>,
  kind: string,
  zone: string,
): string {
  const many = `${good} of ${counted(needed, "sign-in")} with the new ${kind}`;
  if (endsAt === null || needed === 1) return `${many}.`;
  return `${many}; they are spread over time, and the last is due ${written(Date.parse(endsAt), zone, "dateTimeSeconds")}.`;
}

/** What an application gets by it, behind its name; by that of a leftover nothing: an old credential goes. */
export function titleWords(
  { leftover, state, kind, replacesKind }: Pick<Shown, "leftover" | "state" | "kind" | "replacesKind">,
  words: Readonly<Record<string, string>>,
): string {
  const isOver = state === "retired";
  if (leftover) return `${isOver ? "has let" : "lets"} an old ${words[replacesKind] ?? replacesKind} go`;
  return `${isOver ? "got" : "gets"} a new ${words[kind] ?? kind}`;
}

/** Where what an old credential is followed by was made by another rotation, it is no new one. */
function followerWords({ leftover }: Pick<Shown, "leftover">): "current" | "new" {
  return leftover ? "current" : "new";
}

/** What holds where a rotation stops, and what held once it is over. */
const SAFETY = {
  "old-still-works": ["The old credential still works: nothing stops.", "The old credential no longer works."],
  "new-is-proven": ["The new one is proven at its targets.", "The new one is not proven yet."],
  "nothing-unknown": [
    "Nothing is left behind: each answer of the directory is known.",
    "An answer of the directory was lost; Nolapse is finding out by its mark.",
  ],
} as const;

/** What holds, or does not, where a rotation stops. */
export function safetyWords(
  { code, ok }: { readonly code: keyof typeof SAFETY; readonly ok: boolean },
  rotation: Pick<Shown, "leftover">,
): string {
  return SAFETY[code][ok ? 0 : 1].replace("The new one", `The ${followerWords(rotation)} one`);
}

/** The outcome of one that is over, a statement each. */
export function outcomeOf({
  leftover,
  state,
  replacesEnd,
  removedAt,
  issued,
  targets,
  now,
}: Pick<Shown, "leftover" | "state" | "replacesEnd" | "removedAt" | "issued" | "targets" | "now">): readonly string[] {
  const follower = `The ${followerWords({ leftover })} credential`;
  const hasEnded = replacesEnd !== null && Date.parse(replacesEnd) <= Date.parse(now);
  if (state === "cancelled") {
    return [
      issued === null ? "No new credential was made." : `${follower} stays as it is.`,
      hasEnded ? "The old one was left alone, and has ended since." : "The old one was left alone, and works.",
    ];
  }
  const proven = targets.filter(({ verifiedAt }) => verifiedAt !== null).length;
  return [
    targets.length === 0
      ? "What took over was proven before the old one went."
      : `${follower} was proven at ${proven} of ${counted(targets.length, "target")} before the old one went.`,
    removedAt === null ? "The old one is gone from the directory." : "The old one was removed, and seen absent since.",
  ];
}

/** What to call the end of the old one, and when that is: it ends, has ended, or was removed before. */
export function oldOneWords({
  replacesEnd,
  removedAt,
  now,
}: Pick<Shown, "replacesEnd" | "removedAt" | "now">): readonly [word: string, at: string | null] {
  if (removedAt !== null) return ["Old one removed", removedAt];
  const hasEnded = replacesEnd !== null && Date.parse(replacesEnd) <= Date.parse(now);
  return [hasEnded ? "Old one ended" : "Old one ends", replacesEnd];
}

/** A sentence of the server with its first letter large. */
export function capital(sentence: string): string {
  return `${sentence[0]?.toUpperCase() ?? ""}${sentence.slice(1)}`;
}

/** What the server said, with its full stop. */
export function ended(words: string): string {
  return /[.!?:]$/.test(words) ? words : `${words}.`;
}

/** Whether it is to be typed as it stands. */
export function isCommand(words: string): boolean {
  return /^(az|curl|nolapse) /.test(words);
}

/** What the server said as a sentence of its own: of a word that is a name, as of a file or a command, the first letter stays as it is. */
export function stated(words: string): string {
  return ended(/^[a-z]+[ ,']/.test(words) && !isCommand(words) ? capital(words) : words);
}

/** Whether it waits for somebody's word now; the same is true of the plan. What is wanted later can be said ahead. */
export function waitsForApproval({ waitsFor }: Pick<Shown, "waitsFor">): boolean {
  return waitsFor !== null && APPROVALS.includes(waitsFor);
}

const APPROVALS: readonly string[] = [
  "approval-issue",
  "approval-retire",
  "approval-refused",
  "mode-propose",
] satisfies NonNullable<Shown["waitsFor"]>[];

/** What a yes to the removal of the old one lets happen, and what has to be proven before. */
export function removalWords({
  displayName,
  leftover,
  proofs,
}: Pick<Shown, "displayName" | "leftover" | "proofs">): string {
  const of = `credential of ${plainName(displayName)}`;
  if (leftover) return `Nolapse removes the leftover ${of} once every check holds. Nothing is made in its place.`;
  return proofs.verified === null
    ? `The new one is not verified yet. Once it is, and every check holds, Nolapse removes the old ${of}.`
    : `Nolapse removes the old ${of} once every check holds. The new one is verified.`;
}

/** What giving a rotation up comes to: once the new credential is proven, that the old one is not removed. */
const GIVEN_UP = {
  before: {
    title: "Cancel this rotation?",
    verb: "Cancel rotation",
    words: "Nolapse gives it up. Both credentials stay as they are, and the next plan takes up what is due.",
  },
  gone: {
    title: "Cancel this rotation?",
    verb: "Cancel rotation",
    words:
      "Nolapse gives it up. Its application is no longer in the directory: nothing of it signs in, and nothing is left to renew.",
  },
  verified: {
    title: "Keep both credentials?",
    verb: "Keep both",
    words:
      "The new one is proven and stays in use. The old one is not removed: it signs in until it ends by itself, or until a person removes it.",
  },
} as const;

export function givenUpWords({ state, haltReason }: GivenUp) {
  if (haltReason === "holder-gone") return GIVEN_UP.gone;
  return GIVEN_UP[state === "verified" ? "verified" : "before"];
}

interface GivenUp {
  readonly state: string;
  readonly haltReason?: string | null;
}

interface Holdable {
  readonly id: string;
  readonly state: string;
  readonly slot: string;
  readonly paused: object | null;
}

/** What holds each rotation of an application, or lets it go on: none of what is over, and none of what has halted by itself. */
export function heldActs<T extends Holdable>(rotations: readonly T[]) {
  const open = rotations.filter(({ state }) => !["retired", "cancelled", "halted"].includes(state));
  return open.map((rotation) => {
    const act = rotation.paused === null ? ("pause" as const) : ("continue" as const);
    const which = open.length === 1 ? "its rotation" : `the rotation of slot ${rotation.slot}`;
    return { rotation, act, words: `${act === "pause" ? "Pause" : "Continue"} ${which}` };
  });
}

/** What can be asked of a rotation that a list names, by its word. `now`: the server's. */
export function listedActs(
  rotation: Pick<Shown, "id" | "state" | "paused" | "lastFailure" | "dueAt">,
  now: string,
): readonly (readonly [act: "try" | "pause" | "continue" | "cancel", words: string])[] {
  const { state, paused, lastFailure, dueAt } = rotation;
  if (state === "retired" || state === "cancelled") return [];
  const waits = lastFailure !== null && paused === null && dueAt !== null && Date.parse(dueAt) > Date.parse(now);
  return [
    ...(state === "halted" ? [["try", "Try again"] as const] : waits ? [["try", "Try now"] as const] : []),
    // what is held with its application goes on with it
    ...(state === "halted" || paused?.application === true
      ? []
      : [paused === null ? (["pause", "Pause"] as const) : (["continue", "Continue"] as const)]),
    ["cancel", givenUpWords({ state }).verb],
  ];
}
