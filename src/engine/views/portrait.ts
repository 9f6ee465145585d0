/** One application as a scan, its plan and its rotations show it: what lists, pages and counts say of it is made of this. */
import { signsIn } from "../../core/credentials/certificate-remarks.ts";
import { type Class, classify } from "../../core/credentials/classify.ts";
import { type Credential, endOf, type Holder } from "../../core/credentials/credential.ts";
import { type Lapsed, worksAfter } from "../../core/pictures/gaps.ts";
import type { Segment } from "../../core/pictures/life-line.ts";
import { isCovered, type Outlook, outlookOf, type PlannedSlot, type Standing } from "../../core/pictures/outlook.ts";
import { type SmallFacts, sameLineBetween, smallLine } from "../../core/pictures/small-line.ts";
import { policyFor } from "../../core/policy/policy-choice.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, earliest, epochMs, latest } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { retirements } from "../facts.ts";
import type { PlanItem } from "../plan/plan.ts";

/** One application: its registration, its service principal, or both; they sign the same client id in. */
export interface Portrait {
  /** Of the registration, else of the service principal. */
  readonly objectId: string;
  readonly appId: string;
  readonly displayName: string;
  /** In lower case, for searches. */
  readonly searchName: string;
  readonly type: Holder["type"];
  readonly holders: readonly Holder[];
  readonly items: readonly PlanItem[];
  readonly open: readonly Rotation[];
  readonly outlook: Outlook;
  readonly policy: string;
  readonly bound: boolean;
  readonly secrets: number;
  readonly certificates: number;
  /** The earliest last safe moment among its bound credentials. */
  readonly lastSafeAt: EpochMs | null;
  /** Something of it is past its renewal time and not renewed yet, since then where that is known; null where nothing is. */
  readonly debt: { readonly since: EpochMs | null } | null;
  /** The last time in which a scan saw that nothing signed it in; null where none did. */
  readonly lapsed: Lapsed | null;
  /** Of its credentials that have not ended the one that ends next, what signs in before what does not; null where none is left. */
  readonly endsNext: { readonly class: Class; readonly hint: string | null } | null;
}

/** What was noted of an application, and when a scan saw it last. */
export interface Noted {
  readonly lapse: Lapsed;
  readonly seenAt: EpochMs;
}

export function portraitOf(
  deps: Deps,
  now: EpochMs,
  holders: readonly Holder[],
  items: readonly PlanItem[],
  open: readonly Rotation[],
  noted: Noted | null,
): Portrait {
  const [first] = holders;
  if (first === undefined) throw new TypeError("a portrait of nothing");
  const main = holders.find(({ type }) => type === "application") ?? first;
  const credentials = holders.flatMap((holder) => holder.credentials.map((one) => ({ holder, one })));
  const slots = items.filter(({ slot }) => slot !== null);
  const standings = credentials.map(({ holder, one }) => standingOf(deps, holder, one));
  const outlook = outlookOf({
    mode: deps.settings.mode,
    own: deps.own?.appId ?? null,
    now,
    credentials: standings,
    slots: slots.map(plannedSlot),
    // a leftover that goes says nothing of what signs in, and is followed by nothing
    rotations: open.filter(({ leftover }) => leftover !== true),
    retirements: retirements(deps, open),
  });
  const safe = slots.flatMap(({ forecast }) => (forecast === null ? [] : [forecast.lastSafeAt]));
  return {
    objectId: main.objectId,
    appId: main.appId,
    displayName: main.displayName,
    searchName: main.displayName.toLowerCase(),
    type: main.type,
    holders,
    items,
    open,
    outlook,
    policy: policyFor(deps.settings, main).name,
    bound: slots.length > 0,
    secrets: credentials.filter(({ one }) => one.kind === "secret").length,
    certificates: credentials.filter(({ one }) => one.kind === "certificate").length,
    lastSafeAt: safe.length === 0 ? null : (Math.min(...safe) as EpochMs),
    debt: debtOf(slots, now),
    lapsed: noted && lapsedOf(noted, standings, now),
    endsNext: endsNextOf(deps, credentials, now),
  };
}

function endsNextOf(
  { settings }: Deps,
  credentials: readonly { readonly holder: Holder; readonly one: Credential }[],
  now: EpochMs,
): Portrait["endsNext"] {
  const NEVER = Number.POSITIVE_INFINITY;
  const left = credentials
    .map(({ holder, one }) => ({ holder, one, end: endOf(one) ?? NEVER, signsIn: signsIn(holder, one) }))
    .filter(({ end }) => end > now);
  const [first] = left.sort((a, b) => Number(b.signsIn) - Number(a.signsIn) || (a.end < b.end ? -1 : 1));
  return first === undefined
    ? null
    : { class: classify(first.holder, first.one, settings.tenantId).class, hint: first.one.hint };
}

/** What cannot be renewed is no debt before its time; where nobody knows its time, it is one. */
function debtOf(slots: readonly PlanItem[], now: EpochMs): Portrait["debt"] {
  const owed = slots.filter(
    ({ status, forecast }) =>
      status === "due" || (status === "cannot" && (forecast === null || forecast.rotateAt <= now)),
  );
  if (owed.length === 0) return null;
  const since = owed.flatMap(({ forecast }) => (forecast === null ? [] : [forecast.rotateAt]));
  return { since: since.length === 0 ? null : earliest(...since) };
}

/** What signs it in again since the last scan ends what that noted without an end. */
function lapsedOf({ lapse, seenAt }: Noted, standings: readonly Standing[], now: EpochMs): Lapsed {
  if (lapse.to !== null) return lapse;
  const starts = standings.flatMap((one) => {
    const at = one.signsIn ? worksAfter({ from: one.start, to: one.end }, latest(lapse.from, seenAt), now) : null;
    return at === null ? [] : [at];
  });
  return starts.length === 0 ? lapse : { ...lapse, to: earliest(...starts) };
}

function standingOf({ settings }: Deps, holder: Holder, one: Credential): Standing {
  return {
    keyId: one.keyId,
    start: one.start,
    end: endOf(one),
    signsIn: signsIn(holder, one),
    never: classify(holder, one, settings.tenantId).reason,
  };
}

function plannedSlot({ status, because, credential, forecast, startsAt }: PlanItem): PlannedSlot {
  return { status, because, keyId: credential?.keyId ?? null, forecast, startsAt };
}

/** What an application adds to the timeline of its tenant: instants of ends and of renewals that are planned. */
export interface Times {
  /** Ends at which no other credential of the application works. */
  readonly endsLast: readonly EpochMs[];
  readonly endsCovered: readonly EpochMs[];
  /** Of the first, those that no plan and nobody else covers. */
  readonly remains: readonly EpochMs[];
  readonly planned: readonly EpochMs[];
  /** When the last one ended of an application that nobody has handed to Nolapse. */
  readonly ended: readonly EpochMs[];
}

export function timesOf({ holders, outlook }: Portrait): Times {
  const NEVER = Number.POSITIVE_INFINITY;
  const spans = holders.flatMap((holder) =>
    holder.credentials.flatMap((one) =>
      signsIn(holder, one) ? [{ at: endOf(one) ?? NEVER, start: one.start ?? 0 }] : [],
    ),
  );
  const until = outlook.signsInUntil ?? NEVER;
  // of several that end together one is the last; what does not work yet moves no end that lists show
  const isLast = (one: (typeof spans)[number], place: number) =>
    one.at <= until &&
    !spans.some(
      (other, its) =>
        other.start <= one.at && other.at <= until && (other.at > one.at || (other.at === one.at && its > place)),
    );
  const ends = spans.map((one, place) => ({ at: one.at, last: isLast(one, place) })).filter(({ at }) => at < NEVER);
  const atOf = (last: boolean) => ends.flatMap((one) => (one.last === last ? [epochMs(one.at)] : []));
  const last = atOf(true);
  const { code, at } = outlook.next;
  return {
    endsLast: last,
    endsCovered: atOf(false),
    remains: isCovered(outlook) ? [] : last,
    planned: code === "renews" && at !== null ? [at] : [],
    ended: code === "ended" && at !== null ? [at] : [],
  };
}

/** The small life line of a list's row, at an instant. */
export function lineOf(portrait: Portrait, now: EpochMs): readonly Segment[] {
  return smallLine(smallFacts(portrait), now);
}

/** How long it stays that line, as {@link sameLineBetween} says. */
export function lineLasts(portrait: Portrait, now: EpochMs): ReturnType<typeof sameLineBetween> {
  return sameLineBetween(smallFacts(portrait), now);
}

function smallFacts({ holders, outlook }: Portrait): SmallFacts {
  const spans = holders.flatMap((holder) =>
    holder.credentials.flatMap((one) => (signsIn(holder, one) ? [{ from: one.start, to: endOf(one) }] : [])),
  );
  return { spans, covered: isCovered(outlook) };
}
