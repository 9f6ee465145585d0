/**
 * The life of each credential of an application as segments to draw: what worked, what is on record, what is only forecast.
 * Pure; the page draws exactly this and `explain` says it, so that they cannot differ.
 */
import type { CertificateFacts } from "../credentials/certificate.ts";
import type { Credential, Kind } from "../credentials/credential.ts";
import type { Assurance } from "../credentials/sign-in.ts";
import type { Policy } from "../policy/policy.ts";
import type { ReasonCode } from "../reasons.ts";
import { hasMade } from "../rotation/leftover.ts";
import type { Rotation } from "../rotation/rotation.ts";
import type { Forecast } from "../schedule/forecast.ts";
import { type EpochMs, earliest, latest, plus } from "../time.ts";
import { type Circumstances, overlapEnd } from "./outlook.ts";

/** Happened; on record in the directory; forecast by our plan. */
export type Tense = "happened" | "recorded" | "forecast";

export type SegmentWhat =
  /** It signed in, or could have. */
  | "worked"
  /** The directory lets it sign in until here. */
  | "valid"
  /** Both generations sign in. */
  | "overlap"
  /** It was removed before its own end, which would have been here; as a forecast: it is to be. */
  | "removed"
  /** It has ended and another one works. */
  | "ended"
  /** Nothing signed the application in. */
  | "lapse";

export interface Segment {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly tense: Tense;
  readonly what: SegmentWhat;
}

/** What is known of one credential, listed or removed. */
export interface Known {
  readonly keyId: string;
  readonly kind: Kind;
  readonly name: string | null;
  readonly hint: string | null;
  readonly thumbprint: string | null;
  readonly start: EpochMs | null;
  readonly end: EpochMs | null;
  readonly removedAt: EpochMs | null;
  readonly origin: "ours" | "adopted" | "foreign";
  readonly current: boolean;
  readonly signsIn: boolean;
  readonly forecast: Forecast | null;
  readonly policy: Policy | null;
  readonly reason: ReasonCode | null;
  /** A plan replaces it in time. */
  readonly renewed: boolean;
}

export interface LifeLineRow extends Known {
  readonly segments: readonly Segment[];
  readonly proofs: Proofs | null;
  /** At how many places its value is, and how strong the proof is that it works there; null where no rotation of ours made it. */
  readonly copies: number | null;
  readonly assurance: Assurance | null;
  readonly rotation: string | null;
  /** When a plan removes it before its own end; null where none does, and once it is gone. */
  readonly goesAt: EpochMs | null;
}

/** When each step of the rotation that issued it was proven. */
export interface Proofs {
  readonly issued: EpochMs | null;
  readonly accepted: EpochMs | null;
  readonly delivered: EpochMs | null;
  readonly verified: EpochMs | null;
  readonly retired: EpochMs | null;
}

export interface Successor {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Until when it and the one before both work. */
  readonly overlapUntil: EpochMs;
}

export interface LifeLine {
  readonly rows: readonly LifeLineRow[];
  readonly successors: readonly Successor[];
}

export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly now: EpochMs;
}

/** So many successors are forecast at most: a short lifetime over a long span needs no more to be understood. */
const MOST_SUCCESSORS = 100;

/** `retirements`: as in {@link Circumstances}. */
export function lifeLine(
  known: readonly Known[],
  rotations: readonly Rotation[],
  span: Span,
  retirements: Circumstances["retirements"] = new Map(),
): LifeLine {
  const rows = known.map((one): LifeLineRow => {
    const made = rotations.find((rotation) => hasMade(rotation, one.keyId));
    const takes = rotations.find(({ replaces, state }) => replaces === one.keyId && state !== "cancelled");
    const next = nextOf(one, rotations, span.now);
    const both = overlapOf(made, takes, one, retirements) ?? next;
    const goesAt = removalOf(
      one,
      takes === undefined || next !== null ? next?.to : retirements.get(takes.id),
      span.now,
    );
    const segments = segmentsOf(one, known, { both, goesAt }, span.now);
    return {
      ...one,
      segments: segments.filter(({ from, to }) => to > span.from && from < span.to && to > from),
      proofs: made === undefined ? null : proofsOf(made),
      copies: made?.deliveries.length ?? null,
      assurance: made?.assurance ?? null,
      rotation: made?.id ?? takes?.id ?? null,
      goesAt,
    };
  });
  return { rows: rows.sort(byInterest), successors: successorsOf(known, rotations, span) };
}

/** Current ones, other valid ones, those not yet valid, removed ones by how lately, ended leftovers. */
function byInterest(a: LifeLineRow, b: LifeLineRow): number {
  const rank = ({ current, removedAt, segments }: LifeLineRow) => {
    if (removedAt !== null) return 3;
    if (segments.some(({ what }) => what === "ended" || what === "lapse")) return 4;
    return current ? 0 : segments.some(({ what }) => what === "worked") ? 1 : 2;
  };
  return rank(a) - rank(b) || (b.removedAt ?? b.end ?? 0) - (a.removedAt ?? a.end ?? 0);
}

/** An end so far away that nothing drawn reaches it. */
const NEVER = 8_640_000_000_000_000 as EpochMs;

function segmentsOf(
  one: Known,
  all: readonly Known[],
  { both, goesAt }: { readonly both: Both | null; readonly goesAt: EpochMs | null },
  now: EpochMs,
): Segment[] {
  const start = one.start ?? (0 as EpochMs);
  const end = one.end ?? NEVER;
  const stops = one.removedAt === null ? end : earliest(end, one.removedAt);
  const segments: Segment[] = [];
  const put = (from: EpochMs, to: EpochMs, tense: Tense, what: SegmentWhat) => {
    if (to > from) segments.push({ from, to, tense, what });
  };
  put(start, earliest(stops, now), "happened", "worked");
  put(latest(start, now), goesAt ?? stops, "recorded", "valid");
  if (both !== null) {
    put(both.from, earliest(both.to, now), "happened", "overlap");
    put(latest(both.from, now), both.to, "forecast", "overlap");
  }
  if (goesAt !== null) put(goesAt, stops, "forecast", "removed");
  if (one.removedAt !== null) put(one.removedAt, end, "recorded", "removed");
  else if (end < now) put(end, now, "happened", "ended");
  return one.signsIn ? [...segments, ...lapsesAfter(one, all, end, now)] : segments;
}

/** In which both a credential and its successor work. */
interface Both {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** When a plan removes it, where that is before its own end. What is due at once goes no earlier than now. */
function removalOf({ end, removedAt }: Known, at: EpochMs | null | undefined, now: EpochMs): EpochMs | null {
  if (removedAt !== null || at == null || (end !== null && end <= now)) return null;
  const goes = latest(at, now);
  return end === null || goes < end ? goes : null;
}

/** The time in which both of a rotation's credentials work, as far as it is this credential's. */
function overlapOf(
  made: Rotation | undefined,
  takes: Rotation | undefined,
  { end, removedAt }: Known,
  retirements: Circumstances["retirements"],
) {
  const stops = earliest(end ?? NEVER, removedAt ?? NEVER);
  const rotation = takes ?? made;
  const from = rotation?.issued?.at ?? null;
  if (rotation === undefined || from === null) return null;
  const to = rotation.removedAt ?? overlapEnd(rotation, retirements) ?? end ?? stops;
  return to > from ? { from, to: rotation === takes ? earliest(to, stops) : to } : null;
}

/** The last time in which nothing signed the application in, as far as it is over and its rows say; null where there was none. */
export function lastLapse(rows: readonly Pick<LifeLineRow, "segments">[], now: EpochMs): Segment | null {
  const over = rows.flatMap(({ segments }) => segments.filter(({ what, to }) => what === "lapse" && to < now));
  return over.reduce<Segment | null>((so, one) => (so === null || one.to > so.to ? one : so), null);
}

/** From its end to the next start, where nothing else signed the application in. */
function lapsesAfter(one: Known, all: readonly Known[], end: EpochMs, now: EpochMs): Segment[] {
  const stops = one.removedAt === null ? end : earliest(end, one.removedAt);
  if (stops >= now) return [];
  const others = all.filter((other) => other !== one && other.signsIn);
  const lasts = ({ end: its, removedAt }: Known) => earliest(its ?? NEVER, removedAt ?? NEVER);
  if (others.some((other) => (other.start ?? 0) <= stops && lasts(other) > stops)) return [];
  const next = others.flatMap(({ start }) => (start !== null && start > stops && start < now ? [start] : []));
  return [{ from: stops, to: next.length === 0 ? now : earliest(...next), tense: "happened", what: "lapse" }];
}

function proofsOf({ issued, acceptedAt, deliveries, verifiedAt, retiredAt }: Rotation): Proofs {
  const receipts = deliveries.map(({ receipt }) => receipt?.at ?? null);
  const all = receipts.length > 0 && receipts.every((at) => at !== null);
  return {
    issued: issued?.at ?? null,
    accepted: acceptedAt,
    delivered: all ? latest(...(receipts as EpochMs[])) : null,
    verified: verifiedAt,
    retired: retiredAt,
  };
}

/** The overlap with the first successor, of a credential that a plan replaces and whose successor is not there yet. */
function nextOf(one: Known, rotations: readonly Rotation[], now: EpochMs): Both | null {
  const { current, forecast, policy, end, renewed, keyId } = one;
  const isTaken = rotations.some(
    ({ replaces, issued, state }) => replaces === keyId && issued !== null && state !== "cancelled",
  );
  if (!current || !renewed || forecast === null || policy === null || end === null || isTaken) return null;
  const from = latest(forecast.rotateAt, now);
  return { from, to: latest(from, goesBefore(policy, from, end)) };
}

/** When the one before goes, of a successor from this instant on. */
function goesBefore({ retire, overlap }: Policy, from: EpochMs, end: EpochMs): EpochMs {
  return retire === "after-overlap" ? earliest(end, plus(from, overlap)) : end;
}

/** One after another from each current credential that a plan replaces, to the end of the span. */
function successorsOf(known: readonly Known[], rotations: readonly Rotation[], { to, now }: Span): Successor[] {
  const found: Successor[] = [];
  for (const one of known) {
    const { policy, end } = one;
    const next = nextOf(one, rotations, now);
    if (next === null || policy === null || end === null) continue;
    let from = next.from;
    let before = end;
    while (from < to && found.length < MOST_SUCCESSORS) {
      const ends = plus(from, policy.lifetime);
      found.push({ from, to: ends, overlapUntil: latest(from, goesBefore(policy, from, before)) });
      before = ends;
      from = latest(plus(ends, -policy.renewBefore), plus(from, 1));
    }
  }
  return found.sort((a, b) => a.from - b.from);
}

const SHA1 = /^[0-9a-f]{40}$/;

/**
 * SHA-1 of a certificate as the portals show it, where anything says it. An identifier of another length is none: of a certificate that
 * signs SAML tokens it often is a SHA-256 (learn.microsoft.com/graph/application-saml-sso-configure-api).
 */
export function thumbprintOf({ kind, certificate, customKeyIdentifier }: Credential): string | null {
  if (kind !== "certificate") return null;
  const facts: CertificateFacts | null = certificate === "unreadable" ? null : certificate;
  return facts?.sha1 ?? (SHA1.test(customKeyIdentifier ?? "") ? customKeyIdentifier : null);
}
