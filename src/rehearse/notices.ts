/**
 * What Nolapse tells people: for every application whose time is running out, the reason code that its plan, its halt or
 * its failures would show to whoever looks. A lapse nobody could avoid must stand here seven days before, where seven days
 * existed (issue 5).
 */
import { decide } from "../core/decide.ts";
import type { Rotation } from "../core/rotation.ts";
import { DAY, type DurationMs, type EpochMs, formatInstant, HOUR, plus } from "../core/time.ts";
import type { Deps } from "../engine/deps.ts";
import type { Scan } from "../engine/discover.ts";
import { gatherFacts } from "../engine/facts.ts";
import { makePlan, type PlanItem } from "../engine/plan.ts";

/** How long before a lapse it must have been said. */
export const NOTICE: DurationMs = 7 * DAY;
/** Trouble that begins later than that must be said this soon: with the next scan, a look a day, and time to fail. */
const AT_LATEST: DurationMs = 48 * HOUR;

/** What needs no person: the ordinary course of a rotation. Anything else is a notice. */
const ORDINARY = new Set(
  "lead-time-reached age-reached not-due urgent asked-for outside-window ramp hourly-limit retire-wave backoff second-attempt acceptance-spread overlap until-expiry retire-never successor-under-way absence-reads preflight-due issue-due probe-due deliver-due verify-due retire-due done unbounded-reload consumers-unknown no-evidence consumer-proof watched-attempt unknown-outcome not-bound".split(
    " ",
  ),
);

export interface Notice {
  readonly at: EpochMs;
  readonly reason: string;
}

export class Notices {
  readonly #said = new Map<string, Notice[]>();

  /** Writes down what the plan and the rotations say now of these applications. */
  async look(deps: Deps, scan: Scan, appIds: ReadonlySet<string>): Promise<void> {
    const plan = await makePlan(deps, scan);
    const now = await deps.clock.now();
    for (const item of plan.items) {
      if (item.slot === null || !appIds.has(item.appId)) continue;
      for (const reason of await reasonsOf(deps, item, now)) this.#note(item.appId, now, reason);
    }
  }

  /** Why a lapse at `at` of trouble that began at `since` was not announced in time; null when it was. */
  unannounced(appId: string, at: EpochMs, since: EpochMs | null): string | null {
    const said = this.#said.get(appId) ?? [];
    const before = plus(at, -NOTICE);
    const due = since === null ? before : (Math.max(before, since + AT_LATEST) as EpochMs);
    // trouble that began right before the lapse left no time to say anything
    if (since !== null && due >= at) return null;
    const from = plus(due, -60 * DAY);
    if (said.some((one) => one.at <= due && one.at >= from)) return null;
    const first = said.find((one) => one.at >= from);
    return first === undefined ? "nobody was told" : `it was told only at ${formatInstant(first.at)} (${first.reason})`;
  }

  #note(appId: string, at: EpochMs, reason: string): void {
    const said = this.#said.get(appId) ?? [];
    this.#said.set(appId, said);
    said.push({ at, reason });
  }
}

async function reasonsOf(deps: Deps, item: PlanItem, now: EpochMs): Promise<readonly string[]> {
  if (item.rotation === null) return item.status === "cannot" && !ORDINARY.has(item.because) ? [item.because] : [];
  const rotation: Rotation = item.rotation;
  const verdict = decide(rotation, await gatherFacts(deps, rotation, now), now);
  const failure = rotation.lastFailure === null || rotation.failures < 2 ? [] : [rotation.lastFailure.code];
  return [...(ORDINARY.has(verdict.because) ? [] : [verdict.because]), ...failure];
}
