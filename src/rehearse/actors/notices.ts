/**
 * What Nolapse tells people: for every application whose time is running out, the reason code that its plan, its halt or
 * its failures would show to whoever looks. A lapse nobody could avoid must stand here seven days before, where seven days
 * existed (issue 5).
 */
import { decide } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, formatInstant, HOUR, latest, plus } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import { addedTargets, gatherFacts } from "../../engine/facts.ts";
import { findingsOf } from "../../engine/notices/findings.ts";
import { makePlan, type PlanItem } from "../../engine/plan/plan.ts";
import type { Scan } from "../../engine/scan/discover.ts";
import type { TroubleSpan } from "./hands.ts";

/** How long before a lapse it must have been said. */
export const NOTICE: DurationMs = 7 * DAY;
/** Trouble that begins later than that must be said this soon: with the next scan, a look a day, and time to fail. */
const AT_LATEST: DurationMs = 48 * HOUR;

/** What needs no person: the ordinary course of a rotation. Anything else is a notice. */
const ORDINARY = new Set(
  "lead-time-reached age-reached not-due urgent asked-for outside-window ramp hourly-limit retire-wave backoff second-attempt acceptance-spread acceptance-silent overlap until-expiry retire-never successor-under-way absence-reads preflight-due issue-due probe-due deliver-due verify-due retire-due done unbounded-reload consumers-unknown no-evidence consumer-proof watched-attempt unknown-outcome not-bound no-slot".split(
    " ",
  ),
);

/** Trouble that was over so long before a lapse is no reason for it: whatever had failed could be tried again. */
const OVER: DurationMs = 3 * DAY;

export interface Notice {
  readonly at: EpochMs;
  readonly reason: string;
  /** It tells of a step that failed, not of a rule that holds it back. */
  readonly isFailure: boolean;
}

export class Notices {
  readonly #said = new Map<string, Notice[]>();

  /** Writes down what the plan and the rotations say now of these applications. */
  async look(deps: Deps, scan: Scan, appIds: ReadonlySet<string>, at: EpochMs): Promise<void> {
    const plan = await makePlan(deps, scan);
    const now = await deps.clock.now();
    for (const item of plan.items) {
      if (item.slot === null || !appIds.has(item.appId)) continue;
      for (const one of await reasonsOf(deps, item, now)) this.#note(item.appId, { at, ...one });
    }
    await this.#lookForUnserved(deps, appIds, at);
  }

  /** Places without the new credential stand in no plan, only in the digest. */
  async #lookForUnserved(deps: Deps, appIds: ReadonlySet<string>, now: EpochMs): Promise<void> {
    const states = ["verified", "cancelled"] as const;
    const proven = await deps.store.rotations({ tenantId: deps.settings.tenantId, states });
    if (!proven.some((one) => appIds.has(one.holder.appId) && addedTargets(deps, one).length > 0)) return;
    for (const { kind, appId } of await findingsOf(deps, [], now, { sealKeyAge: null, portal: null, broken: null })) {
      if (kind !== "not-served" || appId === null || !appIds.has(appId)) continue;
      this.#note(appId, { at: now, reason: kind, isFailure: false });
    }
  }

  /**
   * Why a lapse at `at` was not announced in time, or should not have happened; null when nobody could avoid it.
   * @param started when whoever is refused signed in for the first time.
   */
  unannounced(appId: string, at: EpochMs, trouble: TroubleSpan | null, started: EpochMs): string | null {
    const since = latest(trouble?.since ?? started, started);
    const isOver = trouble === null || trouble.until + OVER < at;
    const said = (this.#said.get(appId) ?? []).filter(({ isFailure }) => !(isFailure && isOver));
    const before = plus(at, -NOTICE);
    const due = latest(before, plus(since, AT_LATEST));
    // what began right before the lapse left no time to say anything
    if (due >= at) return null;
    const from = plus(due, -60 * DAY);
    if (said.some((one) => one.at <= due && one.at >= from)) return null;
    const first = said.find((one) => one.at >= from);
    return first === undefined ? "nobody was told" : `it was told only at ${formatInstant(first.at)} (${first.reason})`;
  }

  #note(appId: string, notice: Notice): void {
    const said = this.#said.get(appId) ?? [];
    this.#said.set(appId, said);
    said.push(notice);
  }
}

async function reasonsOf(deps: Deps, item: PlanItem, now: EpochMs): Promise<readonly Omit<Notice, "at">[]> {
  const rule = (reason: string) => (ORDINARY.has(reason) ? [] : [{ reason, isFailure: false }]);
  if (item.rotation === null) {
    // nothing is opened then: what is due says so, and the mode beside it
    if (item.status === "due" && deps.settings.mode === "observe") return rule("mode-observe");
    return item.status === "cannot" ? rule(item.because) : [];
  }
  const rotation: Rotation = item.rotation;
  const verdict = decide(rotation, await gatherFacts(deps, rotation, now), now);
  const { lastFailure, failures } = rotation;
  const failure = lastFailure === null || failures < 2 ? [] : [{ reason: lastFailure.code, isFailure: true }];
  return [...rule(verdict.because), ...failure];
}
