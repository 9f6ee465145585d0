/**
 * Until when an application signs in, and what happens next: one phrase of a closed list, for lists, pages and sentences alike. Pure;
 * made from the same plan and rotations that the engine acts by.
 */
import { unapproved } from "../policy/approval.ts";
import type { Mode } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import { heldBecause } from "../rotation/application-pause.ts";
import { type Asking, asksPerson } from "../rotation/own-credential.ts";
import type { Rotation } from "../rotation/rotation.ts";
import type { Forecast } from "../schedule/forecast.ts";
import { type EpochMs, earliest, latest } from "../time.ts";

/** What happens next to an application. */
export const NEXT = {
  stops: "it stops unless somebody acts",
  renewing: "it is being renewed now",
  "waits-for-approval": "its renewal waits for a person's approval",
  renews: "it is renewed by itself",
  overlap: "old and new both work",
  "not-managed": "nobody has told Nolapse where its credentials go",
  "renewed-elsewhere": "its platform or another tool renews it",
  "nothing-to-renew": "it has no credential that ends",
  ended: "all its credentials have ended",
} as const;

export type NextCode = keyof typeof NEXT;

/** One credential as far as the outlook goes. */
export interface Standing {
  readonly keyId: string;
  readonly start: EpochMs | null;
  readonly end: EpochMs | null;
  /** It signs a client in: neither SAML signing nor encryption. */
  readonly signsIn: boolean;
  /** Why nothing of its kind is ever rotated; null for what could be. */
  readonly never: ReasonCode | null;
}

/** One slot of the application in the plan. */
export interface PlannedSlot {
  readonly status: "due" | "later" | "in-progress" | "cannot";
  readonly because: ReasonCode;
  readonly keyId: string | null;
  readonly forecast: Forecast | null;
  readonly startsAt: EpochMs | null;
}

export interface Circumstances {
  readonly mode: Mode;
  /** The client id of Nolapse's own application, where its credential is replaced, too. */
  readonly own: string | null;
  readonly now: EpochMs;
  readonly credentials: readonly Standing[];
  /** Of bound slots only. */
  readonly slots: readonly PlannedSlot[];
  /** Those that are not finished. */
  readonly rotations: readonly Rotation[];
  /** When the old credential of a verified one goes by itself, by the rotation's id; null where it does not. */
  readonly retirements: ReadonlyMap<string, EpochMs | null>;
}

export interface Outlook {
  /** The end of the last credential that works now; null where none does, or one has no end. */
  readonly signsInUntil: EpochMs | null;
  /** Whether anything signs it in now. */
  readonly signsIn: boolean;
  readonly next: {
    readonly code: NextCode;
    /** Of `ended` it is past: when the last one ended. */
    readonly at: EpochMs | null;
    readonly reason: ReasonCode | null;
    readonly rotation: string | null;
  };
}

export function outlookOf(around: Circumstances): Outlook {
  const { credentials, now } = around;
  const clients = credentials.filter((one) => one.signsIn);
  const live = clients.filter(({ start, end }) => (start === null || start <= now) && (end === null || end > now));
  const endless = live.some(({ end }) => end === null);
  const last = live.reduce<EpochMs | null>(
    (so, { end }) => (end !== null && (so === null || end > so) ? end : so),
    null,
  );
  const signsInUntil = endless ? null : last;
  return {
    signsInUntil,
    signsIn: live.length > 0,
    next: nextOf(around, clients, live.length > 0, endless, signsInUntil),
  };
}

function nextOf(
  { mode, own, slots, rotations, retirements, now }: Circumstances,
  clients: readonly Standing[],
  signsIn: boolean,
  endless: boolean,
  until: EpochMs | null,
): Outlook["next"] {
  const say = (code: NextCode, at: EpochMs | null, reason: ReasonCode | null, rotation: string | null = null) => ({
    code,
    at,
    reason,
    rotation,
  });
  const halted = rotations.find(({ state }) => state === "halted");
  if (halted !== undefined) return say("stops", until, halted.haltReason ?? halted.reason, halted.id);
  const cannot = slots.find(({ status }) => status === "cannot");
  if (cannot !== undefined) {
    // bound or not, whoever made it renews it; once it has ended, the plan finds nothing to replace, and still it is not ours
    const because = ELSEWHERE.includes(cannot.because) ? cannot.because : renewedElsewhere(clients);
    if (because !== null) return say("renewed-elsewhere", until, because);
    // what waits in overlap is held with its application
    const held = cannot.because === "application-paused" ? rotations[0]?.id : undefined;
    return say("stops", until, cannot.because, held);
  }
  // of several slots the one that a person holds is what somebody must know of
  const inOrder = rotations.toSorted((a, b) => Number(b.paused !== undefined) - Number(a.paused !== undefined));
  const moving = inOrder.find(({ state }) => state !== "verified");
  if (moving !== undefined) return underWay(moving, { mode, own }, until, say);
  const overlap = inOrder.find(({ state }) => state === "verified");
  if (overlap !== undefined) {
    const because = overlap.paused === undefined ? overlap.reason : heldBecause(overlap.paused);
    return say("overlap", overlapEnd(overlap, retirements), because, overlap.id);
  }
  if (slots.length > 0) return planned(slots, mode, until, say);
  if (clients.length === 0 || (endless && signsIn)) return say("nothing-to-renew", null, null);
  const elsewhere = clients.find(({ never }) => ELSEWHERE.some((one) => one === never));
  if (elsewhere !== undefined) return say("renewed-elsewhere", until, elsewhere.never);
  return signsIn ? say("not-managed", until, "not-bound") : say("ended", lastEnd(clients, now), "expired");
}

/** Until when both work: until the old one goes, or ends before that; null where it does neither. */
export function overlapEnd(
  { id, replacesEnd }: Pick<Rotation, "id" | "replacesEnd">,
  retirements: Circumstances["retirements"],
): EpochMs | null {
  const goes = retirements.get(id) ?? null;
  return goes === null || replacesEnd === null ? (goes ?? replacesEnd) : earliest(goes, replacesEnd);
}

function lastEnd(clients: readonly Standing[], now: EpochMs): EpochMs | null {
  const past = clients.flatMap(({ end }) => (end !== null && end <= now ? [end] : []));
  return past.length === 0 ? null : latest(...(past as [EpochMs, ...EpochMs[]]));
}

/** Why others renew all of them; null where one of them, or none, is theirs. */
function renewedElsewhere(clients: readonly Standing[]): ReasonCode | null {
  const reasons = clients.map(({ never }) => never);
  return reasons.every((one) => one !== null && ELSEWHERE.includes(one)) ? (reasons[0] ?? null) : null;
}

const ELSEWHERE: readonly ReasonCode[] = ["platform-managed", "managed-elsewhere", "first-party", "property-locked"];

type Say = (code: NextCode, at: EpochMs | null, reason: ReasonCode | null, rotation?: string | null) => Outlook["next"];

function underWay(rotation: Rotation, asking: Asking, until: EpochMs | null, say: Say): Outlook["next"] {
  const { mode } = asking;
  if (mode === "observe") return say("stops", until, "mode-observe", rotation.id);
  if (rotation.paused !== undefined) return say("stops", until, heldBecause(rotation.paused), rotation.id);
  if (rotation.state === "planned" && awaitsIssue(rotation, asking)) {
    const isRefused = rotation.refusals?.issue !== undefined;
    const because = mode === "propose" && !isRefused ? "mode-propose" : unapproved(rotation.refusals, "issue");
    return say("waits-for-approval", until, because, rotation.id);
  }
  return say("renewing", rotation.dueAt, rotation.reason, rotation.id);
}

/** Whether a person must let it begin. */
export function awaitsIssue(rotation: Pick<Rotation, "approvals" | "policy" | "holder">, asking: Asking): boolean {
  return rotation.approvals.issue === null && asksPerson(rotation, "issue", asking);
}

function planned(slots: readonly PlannedSlot[], mode: Mode, until: EpochMs | null, say: Say): Outlook["next"] {
  if (mode === "observe") return say("stops", until, "mode-observe");
  const times = slots.flatMap((one) => {
    const at = one.startsAt ?? one.forecast?.rotateAt ?? null;
    return at === null ? [] : [{ at, because: one.because }];
  });
  const first = times.sort((a, b) => a.at - b.at)[0];
  return first === undefined
    ? say("nothing-to-renew", null, slots[0]?.because ?? null)
    : say("renews", first.at, first.because);
}

/** Whether its credentials are replaced in time as things stand, so that their ends stop nothing. */
export function isCovered({ next }: Outlook): boolean {
  return ["renewing", "renews", "overlap", "renewed-elsewhere", "waits-for-approval"].includes(next.code);
}
