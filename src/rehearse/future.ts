/**
 * The future of a tenant: what a scan saw of it is put into a directory of its own, without a single value, and lives
 * through the coming years under the configured policies. What comes out says what rotates when, how much work a day is,
 * what needs a person, and what lapses without Nolapse and with it (design §6, `rehearse`).
 */
import type { Holder } from "../core/credentials/credential.ts";
import type { FaultKind } from "../core/fault-kinds.ts";
import type { TenantSettings } from "../core/policy/settings.ts";
import { REASONS, type ReasonCode } from "../core/reasons.ts";
import type { Rotation } from "../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, epochMs, plus } from "../core/time.ts";
import type { Plan, PlanItem } from "../engine/plan/plan.ts";
import { type FutureFault, faultsOf } from "./future-faults.ts";
import { type FutureLapse, withoutNolapse } from "./future-lapses.ts";
import { type FutureLeft, leftOut } from "./future-left.ts";
import { type FutureProgress, teller } from "./future-progress.ts";
import type { ApplicationPlan, PlaceFaults, WorldPlan } from "./plan/plan.ts";
import { GOOD_PLACES } from "./plan/plan.ts";
import { rehearse } from "./rehearse.ts";
import { isLapse, type Rehearsed } from "./report.ts";
import type { FaultRule, Ground } from "./stage/ground.ts";
import type { Call } from "./stage/story.ts";
import type { Watch } from "./watch/invariants.ts";

export interface FutureOptions {
  readonly plan: Plan;
  readonly holders: readonly Holder[];
  readonly settings: TenantSettings;
  readonly days: number;
  readonly seed: number;
  readonly runs: number;
  /** These from beginning to end; the usual weather of a directory where not given. */
  readonly faults?: readonly FaultRule[];
  /** Kinds of faults that are left out; none where not given. */
  readonly without?: readonly FaultKind[];
  /** A ground whose directory registers applications as they are described. */
  readonly ground: (options: GroundAsked) => Promise<Ground>;
  /** Told when a run begins, and at the end of each simulated day. */
  readonly progress?: (progress: FutureProgress) => void;
  /** Ends it early; what has been lived through is reported. */
  readonly stopped?: () => boolean;
}

export interface GroundAsked {
  readonly seed: number;
  readonly start: EpochMs;
  readonly describe: (displayName: string) => Described;
}

/** An application as the ground is to register it: names and dates only. */
export interface Described {
  readonly name: string;
  readonly appId: string;
  readonly secrets: readonly { readonly name: string | null; readonly end: EpochMs }[];
}

export interface FutureRotation {
  readonly appId: string;
  readonly displayName: string;
  readonly slot: string;
  readonly policy: string;
  readonly plannedAt: EpochMs;
  readonly issuedAt: EpochMs | null;
  readonly verifiedAt: EpochMs | null;
  readonly retiredAt: EpochMs | null;
  readonly state: Rotation["state"];
}

export interface FutureNeed {
  readonly appId: string;
  readonly displayName: string;
  /** By when somebody should have looked. */
  readonly by: EpochMs | null;
  readonly reason: ReasonCode;
  readonly sentence: string;
}

/** What one day of Nolapse's work comes to, in the first run. */
export interface FutureDay {
  readonly day: EpochMs;
  readonly issues: number;
  /** Requests that change something. */
  readonly writes: number;
  readonly requests: number;
}

export interface Future {
  readonly tenant: string;
  readonly from: EpochMs;
  /** Until when it was lived through; earlier than asked when it was stopped. */
  readonly until: EpochMs;
  readonly complete: boolean;
  readonly seeds: { readonly first: number; readonly runs: number };
  readonly applications: number;
  /** How many of them Nolapse rotates. */
  readonly bound: number;
  /** Why the others are not lived through, most first. */
  readonly leftOut: readonly FutureLeft[];
  readonly applicationYears: number;
  readonly rotations: readonly FutureRotation[];
  readonly days: readonly FutureDay[];
  /** New credentials a day that the configured limit allows; null without one. */
  readonly issuesPerDay: number | null;
  readonly people: readonly FutureNeed[];
  readonly without: readonly FutureLapse[];
  readonly with: readonly FutureLapse[];
  /** Breaks and orphans: faults of Nolapse itself. */
  readonly findings: readonly string[];
  readonly storyHashes: readonly string[];
  /** Sign-ins of its applications, and deaths of Nolapse in the middle of something, over all runs. */
  readonly signIns: number;
  readonly crashes: number;
  readonly faults: readonly FutureFault[];
}

/** What places do now and then that nothing is wrong with: no answer, and the old copy for some minutes after a write. */
const USUAL_PLACES: PlaceFaults = { ...GOOD_PLACES, fails: 0.02, stale: 0.05 };

/** Lives through the future of a tenant, `runs` times with different chances. */
export async function foresee(options: FutureOptions): Promise<Future> {
  const { plan, holders, settings, days, seed, runs } = options;
  const from = plan.madeAt;
  const horizon = plus(from, days * DAY);
  const bound = boundOf(plan.items, holders, from);
  const names = new Map(holders.map((one) => [one.appId, one.displayName]));
  const renewed = new Set(plan.items.flatMap((one) => (one.because === "platform-managed" ? [one.appId] : [])));
  const without = withoutNolapse(holders, from, horizon).filter((one) => !renewed.has(one.appId));
  const lived: { rehearsed: Rehearsed; until: EpochMs; rotations: readonly Rotation[]; days: readonly FutureDay[] }[] =
    [];
  for (let run = 0; run < runs && options.stopped?.() !== true; run += 1) {
    lived.push(await live(options, bound, { seed: seed + run, run, from, length: days * DAY, without }));
  }
  const until = lived.reduce(
    (least, one) => (one.until < least ? one.until : least),
    lived.length === 0 ? from : horizon,
  );
  const [first] = lived;
  const people = peopleOf(plan.items, bound, first?.rotations ?? [], from, horizon);
  return {
    tenant: plan.tenant,
    from,
    until,
    complete: until >= horizon && lived.length === runs,
    seeds: { first: seed, runs: lived.length },
    applications: new Set(holders.map((one) => one.appId)).size,
    bound: bound.length,
    leftOut: leftOut(plan.items, new Set(bound.map((one) => one.holder.appId)), names, from),
    applicationYears: lived.reduce((sum, one) => sum + one.rehearsed.report.applicationYears, 0),
    rotations: (first?.rotations ?? []).map(rotationOf).toSorted((a, b) => a.plannedAt - b.plannedAt),
    days: first?.days ?? [],
    issuesPerDay: settings.limits === null ? null : settings.limits.issuesPerHour * 24,
    people,
    without,
    with: withNolapse(
      without,
      bound,
      people,
      lived.map((one) => one.rehearsed),
      names,
    ),
    findings: lived.flatMap(({ rehearsed }) =>
      rehearsed.findings.filter((one) => one.kind === "break" || one.kind === "orphan").map((one) => one.what),
    ),
    storyHashes: lived.map((one) => one.rehearsed.report.storyHash),
    signIns: lived.reduce((sum, one) => sum + one.rehearsed.figures.signIns, 0),
    crashes: lived.reduce((sum, one) => sum + one.rehearsed.figures.crashes, 0),
    faults: faultsOf(lived.map((one) => one.rehearsed.figures.faults)),
  };
}

/** What Nolapse would rotate: an item of the plan with its credential, once for each application. */
interface Bound {
  readonly item: PlanItem;
  readonly holder: Holder;
  readonly end: EpochMs;
  readonly name: string;
}

function boundOf(items: readonly PlanItem[], holders: readonly Holder[], from: EpochMs): Bound[] {
  const found = new Map<string, Bound>();
  for (const item of items) {
    const holder = holders.find((one) => one.appId === item.appId && one.type === (item.holder?.type ?? "application"));
    const keyId = item.credential?.keyId ?? item.rotation?.replaces;
    const credential = holder?.credentials.find((one) => one.keyId === keyId);
    const end = credential?.end ?? null;
    if (item.slot === null || item.status === "cannot" || item.targets.length === 0) continue;
    if (holder === undefined || end === null || end <= from || found.has(item.appId)) continue;
    found.set(item.appId, { item, holder, end, name: uniqueName(holder, found) });
  }
  return [...found.values()];
}

function uniqueName(holder: Holder, taken: ReadonlyMap<string, Bound>): string {
  const same = [...taken.values()].some((one) => one.holder.displayName === holder.displayName);
  return same ? `${holder.displayName} (${holder.appId})` : holder.displayName;
}

interface Run {
  readonly seed: number;
  /** From 0. */
  readonly run: number;
  readonly from: EpochMs;
  readonly length: DurationMs;
  readonly without: readonly FutureLapse[];
}

async function live(options: FutureOptions, bound: readonly Bound[], { seed, run, from, length, without }: Run) {
  const { faults, stopped } = options;
  const tally = new Map<number, { issues: number; writes: number; requests: number }>();
  let watched: Watch | null = null;
  let until = from;
  const isBound = new Set(bound.map((one) => one.holder.appId));
  const left = without.filter((one) => !isBound.has(one.appId));
  const tell = teller(options, { run, from, bound: bound.length, without, left });
  tell({ at: from, done: 0, rotations: 0, finished: 0, signIns: 0, faults: 0, lapses: [] });
  const ground = await options.ground({ seed, start: from, describe: (name) => describe(bound, name, from) });
  try {
    const rehearsed = await rehearse(ground, {
      seed,
      duration: length,
      plan: worldOf(options, bound),
      ...(faults === undefined ? {} : { faults }),
      ...(options.without === undefined ? {} : { without: options.without }),
      progress: tell,
      observe: (call, at) => count(tally, call, at, from),
      enough: (watch) => {
        watched = watch;
        return stopped?.() ?? false;
      },
      ended: (at) => {
        until = at;
      },
    });
    const days = [...tally].toSorted(([a], [b]) => a - b).map(([day, sums]) => ({ day: epochMs(day), ...sums }));
    return { rehearsed, until, rotations: rotationsOf(watched), days };
  } finally {
    await ground.end();
  }
}

function rotationsOf(watch: Watch | null): readonly Rotation[] {
  return watch === null ? [] : [...watch.rotations.values()];
}

function describe(bound: readonly Bound[], name: string, from: EpochMs): Described {
  const one = bound.find((other) => other.name === name);
  if (one === undefined) throw new TypeError(`there is no application ${name}`);
  const others = one.holder.credentials.flatMap(({ keyId, kind, end, name: called }) =>
    kind === "secret" && keyId !== one.item.credential?.keyId && end !== null && end > from
      ? [{ name: called === currentName(one) ? `${called} (another)` : called, end }]
      : [],
  );
  return { name, appId: one.holder.appId, secrets: [{ name: currentName(one), end: one.end }, ...others] };
}

function currentName({ item }: Bound): string {
  return item.credential?.name ?? item.rotation?.replacesName ?? "without a name";
}

function worldOf({ settings, without, plan: { madeAt: from } }: FutureOptions, bound: readonly Bound[]): WorldPlan {
  const applications = bound.map((one): ApplicationPlan => {
    const { item, name, end } = one;
    const reloads = item.targets.map((target) => settings.targets[target]?.reload ?? "start");
    return {
      displayName: name,
      policy: item.policy?.name ?? item.rotation?.policy.name ?? "default",
      left: end - from,
      reloads,
      current: currentName(one),
      consumers: item.consumersComplete ? "complete" : "unknown",
    };
  });
  const { policies, choices, exclude, timeZone, acceptance } = settings;
  return {
    applications,
    limits: settings.limits,
    places: without?.includes("place") === true ? GOOD_PLACES : USUAL_PLACES,
    policies,
    settings: { choices, exclude, timeZone, acceptance },
  };
}

function count(
  tally: Map<number, { issues: number; writes: number; requests: number }>,
  { port, method }: Call,
  at: EpochMs,
  from: EpochMs,
): void {
  if (port !== "entra" && port !== "verifier") return;
  const day = from + Math.floor((at - from) / DAY) * DAY;
  const sums = tally.get(day) ?? { issues: 0, writes: 0, requests: 0 };
  tally.set(day, sums);
  sums.requests += 1;
  if (method === "addSecret") sums.issues += 1;
  if (port === "entra" && method !== "read" && method !== "page") sums.writes += 1;
}

function rotationOf(one: Rotation): FutureRotation {
  return {
    appId: one.holder.appId,
    displayName: one.displayName,
    slot: one.slot,
    policy: one.policy.name,
    plannedAt: one.plannedAt,
    issuedAt: one.issued?.at ?? null,
    verifiedAt: one.verifiedAt,
    retiredAt: one.retiredAt,
    state: one.state,
  };
}

/** Somebody else renews it, somebody has decided, or it has ended already. */
const NOBODY_IS_NEEDED = new Set<ReasonCode>(["platform-managed", "excluded", "expired"]);

/** What cannot go by itself: items the plan cannot do, approvals, and rotations that stand still at the end. */
function peopleOf(
  items: readonly PlanItem[],
  bound: readonly Bound[],
  rotations: readonly Rotation[],
  from: EpochMs,
  horizon: EpochMs,
): FutureNeed[] {
  const isBound = new Set(bound.map((one) => one.item.appId));
  const need = (one: { appId: string; displayName: string }, by: EpochMs | null, reason: ReasonCode): FutureNeed => ({
    appId: one.appId,
    displayName: one.displayName,
    by,
    reason,
    sentence: REASONS[reason],
  });
  const cannot = items
    .filter((item) => !isBound.has(item.appId))
    .filter(({ credential: it }) => it === null || it.end === null || (it.end > from && it.end <= horizon))
    .filter((item) => !NOBODY_IS_NEEDED.has(item.because))
    .map((item) => need(item, item.credential?.end ?? null, item.because));
  const asked = rotations.flatMap((one) => {
    const about = { appId: one.holder.appId, displayName: one.displayName };
    if (one.state === "halted" && one.haltReason !== null) return [need(about, one.replacesEnd, one.haltReason)];
    return one.policy.approval === "none" ? [] : [need(about, one.replacesEnd, "approval-issue")];
  });
  const all = [...cannot, ...asked].toSorted((a, b) => (a.by ?? horizon) - (b.by ?? horizon));
  // once for each application and reason, at its first date
  const keyOf = (one: FutureNeed) => `${one.appId} ${one.reason}`;
  return all.filter((one, index) => all.findIndex((other) => keyOf(other) === keyOf(one)) === index);
}

/** What still lapses: what Nolapse may not touch, each with its reason, and what went wrong in a run. */
function withNolapse(
  without: readonly FutureLapse[],
  bound: readonly Bound[],
  people: readonly FutureNeed[],
  runs: readonly Rehearsed[],
  names: ReadonlyMap<string, string>,
): FutureLapse[] {
  const isBound = new Set(bound.map((one) => one.holder.appId));
  const left = without
    .filter((one) => !isBound.has(one.appId))
    .map((one) => {
      const because = people.find((need) => need.appId === one.appId)?.reason ?? "not-bound";
      return { ...one, because, sentence: REASONS[because], runs: runs.length };
    });
  const lapsed = new Map<string, FutureLapse>();
  for (const { findings } of runs) {
    for (const { kind, at, about, what } of findings) {
      if (!isLapse({ kind }) || about === null) continue;
      const before = lapsed.get(about);
      const displayName = names.get(about) ?? about;
      const one = { appId: about, displayName, credentialName: null, at, because: null, sentence: what };
      lapsed.set(about, before === undefined ? { ...one, runs: 1 } : { ...before, runs: before.runs + 1 });
    }
  }
  return [...left, ...lapsed.values()].toSorted((a, b) => a.at - b.at);
}
