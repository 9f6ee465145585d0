/** When the due items of a plan are done inside the limits: each one's own times, and the waves that they come in. */
import { CLEAN_AFTER } from "../../core/schedule/blast-radius.ts";
import { issueTimes, type Retirement, retirementTimes, type Start } from "../../core/schedule/plan-waves.ts";
import { mapped, those } from "../../core/slices.ts";
import { DAY, type EpochMs, latest, plus } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { inTurns } from "../turns.ts";
import type { PlanItem } from "./plan.ts";

/** What one day (in UTC, by its first instant) comes to. */
export interface IssueDay {
  readonly day: EpochMs;
  readonly count: number;
  /** Of them, beside the limits because they are urgent. */
  readonly urgent: number;
  /** Those of the days before included. */
  readonly total: number;
}

export interface RetireDay {
  readonly day: EpochMs;
  readonly count: number;
  /** Of them, before their own end, so in a wave. */
  readonly early: number;
  readonly total: number;
}

export interface Waves {
  readonly issues: readonly IssueDay[];
  readonly retirements: readonly RetireDay[];
  /** Replaced credentials that go only when a person removes them. */
  readonly kept: number;
  /** Of the due ones, those that a person must let begin; the times are for when he does at once. */
  readonly awaiting: number;
}

interface Scheduled {
  readonly items: readonly PlanItem[];
  readonly issuedBy: EpochMs | null;
  readonly retiredBy: EpochMs | null;
  readonly waves: Waves;
}

const NONE: Waves = { issues: [], retirements: [], kept: 0, awaiting: 0 };

/** When each due item can be issued and its old credential retired, the earliest end first, Nolapse's own last. */
export async function schedule(deps: Deps, items: readonly PlanItem[], now: EpochMs): Promise<Scheduled> {
  const { settings, store } = deps;
  const found = await inTurns(
    deps,
    those(items, (one) => one.status === "due"),
  );
  const due = found.sort(firstIn(deps));
  if (due.length === 0) return { items, issuedBy: null, retiredBy: null, waves: NONE };
  const tally = await store.tally(settings.tenantId, now);
  const verified = await store.rotations({ tenantId: settings.tenantId, states: ["verified"] });
  const soonClean = verified
    .flatMap(({ verifiedAt, leftover }) =>
      verifiedAt === null || leftover === true ? [] : [plus(verifiedAt, CLEAN_AFTER)],
    )
    .filter((at) => at > now);
  const pace = { ...settings, tally, cleanAt: soonClean };
  const starts = issueTimes(due.flatMap(dueOf), pace, now);
  const ends = retirementTimes(
    due.flatMap((item, index) => endingOf(deps, item, starts[index])),
    tally.earlyRetirements,
    settings.limits,
  );
  const times = new Map(due.map((item, index) => [item, { start: starts[index], end: ends[index] }]));
  // most are not due, and stay as they are
  const timed = (item: PlanItem): PlanItem => {
    const own = times.get(item);
    return own === undefined ? item : { ...item, startsAt: own.start?.at ?? null, retiresAt: own.end?.at ?? null };
  };
  return {
    items: await inTurns(deps, mapped(items, timed)),
    issuedBy: last(starts.map(({ at }) => at)),
    retiredBy: last(ends.flatMap(({ at }) => (at === null ? [] : [at]))),
    waves: {
      issues: issueDays(starts),
      retirements: retireDays(ends),
      kept: ends.filter(({ at }) => at === null).length,
      awaiting: due.filter(({ policy }) => settings.mode === "propose" || /issue|both/.test(policy?.approval ?? ""))
        .length,
    },
  };
}

function firstIn({ own }: Deps): (a: PlanItem, b: PlanItem) => number {
  const isOwn = (one: PlanItem) => Number(one.appId === own?.appId);
  return (a, b) => isOwn(a) - isOwn(b) || (a.credential?.end ?? 0) - (b.credential?.end ?? 0);
}

/** What is due has a policy and a forecast: that is what made it due. */
function dueOf({ policy, forecast }: PlanItem) {
  return policy === null || forecast === null ? [] : [{ policy, urgentAt: forecast.urgentAt }];
}

function endingOf({ settings }: Deps, item: PlanItem, start: Start | undefined) {
  const { policy, targets, consumersComplete, credential } = item;
  if (policy === null || start === undefined) return [];
  const verifiedAt = plus(start.at, settings.acceptance.over);
  const known = targets.map((name) => settings.targets[name]).filter((one) => one !== undefined);
  return [{ policy, targets: known, consumersComplete, verifiedAt, oldEnd: credential?.end ?? null }];
}

function last(instants: readonly EpochMs[]): EpochMs | null {
  return instants.reduce<EpochMs | null>((so, at) => (so === null ? at : latest(so, at)), null);
}

function issueDays(starts: readonly Start[]): readonly IssueDay[] {
  return byDay(starts, ({ urgent }) => urgent).map(({ marked, ...day }) => ({ ...day, urgent: marked }));
}

function retireDays(ends: readonly Retirement[]): readonly RetireDay[] {
  const timed = ends.flatMap(({ at, early }) => (at === null ? [] : [{ at, early }]));
  return byDay(timed, ({ early }) => early).map(({ marked, ...day }) => ({ ...day, early: marked }));
}

/** How many a day, and how many of those are marked; days without any are left out. */
function byDay<T extends { readonly at: EpochMs }>(all: readonly T[], isMarked: (one: T) => boolean) {
  const days = new Map<number, { count: number; marked: number }>();
  for (const one of all) {
    const day = one.at - (one.at % DAY);
    const known = days.get(day) ?? { count: 0, marked: 0 };
    days.set(day, { count: known.count + 1, marked: known.marked + Number(isMarked(one)) });
  }
  let total = 0;
  return [...days]
    .sort(([a], [b]) => a - b)
    .map(([day, { count, marked }]) => {
      total += count;
      return { day: day as EpochMs, count, marked, total };
    });
}
