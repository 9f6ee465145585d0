/** One rotation in hand: what a step may do with it, and how what it proved is stored before anything else happens. */

import { advice, tenantNamed } from "../../core/commands.ts";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import type { TargetSettings } from "../../core/policy/settings.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { applyEvent, mayCome } from "../../core/rotation/apply-event.ts";
import type { Failure, Rotation, RotationEvent, Tried } from "../../core/rotation/rotation.ts";
import type { Step } from "../../core/rotation/verdict.ts";
import { forecast } from "../../core/schedule/forecast.ts";
import { retryDelay } from "../../core/schedule/retry.ts";
import { type EpochMs, plus } from "../../core/time.ts";
import type { Answered } from "../../ports/entra.ts";
import type { AuditEntry, Change, Claim, SlotRecord, Tally, Written } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { stopped, targetSettings } from "../facts.ts";
import { auditLine } from "../trail/audit.ts";

/** What goes to the store in the same transaction as an event. */
export type Extra = Omit<Change, "rotation" | "audit"> & { readonly note?: AuditEntry["details"] };

/** What was proven and not stored yet. */
interface Pending {
  readonly rotation: Rotation;
  readonly audit: readonly AuditEntry[];
  readonly change: Omit<Extra, "note">;
  readonly seen: readonly (readonly [Rotation, RotationEvent])[];
}

/** What the limits left room for when the step was decided is taken by another process: nothing was stored, or done. */
export class NoRoom extends Error {}

/** The events that ramp, hourly limit and waves count: after each of them something is created or removed. */
const COUNTED: ReadonlySet<RotationEvent["type"]> = new Set(["issue-intended", "retire-intended"]);

export class Claimed {
  readonly deps: Deps;
  readonly signal: AbortSignal | undefined;
  #claim: Claim;
  #rotation: Rotation;
  #written: Written | undefined;
  #mayStill: ((tally: Tally) => boolean) | null = null;
  #step: Step | null = null;
  #pending: Pending | null = null;

  constructor(deps: Deps, claim: Claim, signal?: AbortSignal) {
    this.deps = deps;
    this.signal = signal;
    this.#claim = claim;
    this.#rotation = claim.rotation;
  }

  get rotation(): Rotation {
    return this.#rotation;
  }

  /** Domain time. */
  now(): Promise<EpochMs> {
    return this.deps.clock.now(this.signal);
  }

  /**
   * Notes a write that the directory answered as done; the next event that is stored carries it into the audit trail.
   * `before` are the key ids on the object, `change` what came and went.
   */
  wrote(
    { request = null }: Answered,
    before: readonly string[],
    { come = [], gone = [] }: { readonly come?: readonly string[]; readonly gone?: readonly string[] },
  ): void {
    const kept = before.filter((keyId) => !gone.includes(keyId));
    this.#written = { request, before, after: [...kept, ...come.filter((keyId) => !kept.includes(keyId))] };
  }

  /** The step that is taken from here on; its failures are noted as its own. */
  takes(step: Step): void {
    this.#step = step;
  }

  /** What is counted may only be stored while this holds of the numbers; with null they are not asked. */
  countedWhile(holds: ((tally: Tally) => boolean) | null): void {
    this.#mayStill = holds;
  }

  /**
   * Applies the events in order, and stores them together with what is recorded next, or by {@link flush}: for what a look has
   * proven, where nothing is done outside before that. Who dies meanwhile looks again. The facts of the next decision are read
   * without it; the slot alone is told to them.
   */
  later(events: readonly RotationEvent[], extra: Extra = {}): void {
    this.#pending = this.#applied(events, extra);
    this.#rotation = this.#pending.rotation;
  }

  /** The slot's new record, where it is not stored yet. */
  get slotMoved(): SlotRecord | undefined {
    return this.#pending?.change.slot;
  }

  /** Stores what was left for later. */
  async flush(): Promise<void> {
    if (this.#pending !== null) await this.record([]);
  }

  /**
   * Applies the events in order and stores the result in one transaction under the lease's fence, with one audit line
   * each. @throws NolapseError `lease-lost` when somebody else has taken over, {@link NoRoom} when somebody else has taken the
   * room that a limit left: then nothing is stored.
   */
  async record(events: readonly RotationEvent[], extra: Extra = {}): Promise<void> {
    const { rotation, audit, change, seen } = this.#applied(events, extra);
    const counted = events.find(({ type }) => COUNTED.has(type));
    const holds = counted === undefined ? null : this.#mayStill;
    const of = counted?.type === "issue-intended" ? "issues" : "retirements";
    const provided =
      counted === undefined || holds === null ? {} : { provided: { at: counted.at, of, holds } as const };
    if (!(await this.deps.store.commit(this.#claim, { ...change, ...provided, rotation, audit }))) throw new NoRoom();
    if (audit.length > 0) this.#written = undefined;
    this.#pending = null;
    this.#rotation = rotation;
    this.#claim = { ...this.#claim, rotation };
    for (const [after, event] of seen) this.deps.observe?.(after, event);
  }

  /** What was left for later, and these events behind it. */
  #applied(events: readonly RotationEvent[], { note, ...extra }: Extra): Pending {
    let rotation = this.#rotation;
    const audit = [...(this.#pending?.audit ?? [])];
    const seen = [...(this.#pending?.seen ?? [])];
    for (const event of events) {
      const before = rotation;
      rotation = applyEvent(before, event);
      seen.push([rotation, event]);
      const line = auditLine(before, event, rotation, note ?? {});
      if (line !== null) audit.push(audit.length === 0 ? this.#withWrite(line) : line);
    }
    return { rotation, audit, seen, change: { ...this.#pending?.change, ...extra } };
  }

  /** The settings of the rotation's targets as configured now; null where one is no longer bound to this slot. */
  targetSettings(): readonly (TargetSettings | null)[] {
    return targetSettings(this.deps, this.#rotation);
  }

  /** What a failure is noted as, and when the step is tried again. */
  async failure(thrown: unknown): Promise<{ failure: Failure; notBefore: EpochMs }> {
    const error = asNolapseError(thrown);
    const at = await this.now();
    const failure = {
      code: error.code,
      message: error.message,
      next: advice(tenantNamed(this.deps.settings), error.next),
      at,
    };
    return { failure, notBefore: plus(at, this.#delay(error, at)) };
  }

  /**
   * Stores a failed try, before anything else can fail: the state stays, the next try comes later. `untouched`: the directory has said that
   * it did not do what was asked.
   */
  async fail(thrown: unknown, { verifying = false, untouched = false } = {}): Promise<void> {
    const { failure, notBefore } = await this.failure(thrown);
    const step = triedStep(this.#step);
    const target = placeOf(this.#step);
    const refused = untouched && step === "retire" ? { refused: true as const } : {};
    const about = { ...(step === null ? {} : { step }), ...(target === null ? {} : { target }), ...refused };
    await this.record([{ type: "failed", at: failure.at, failure, notBefore, verifying, ...about }]);
  }

  /** Stores that no retry can mend this; the old credential stays where it is. Nothing for one that has ended already. */
  async halt(reason: ReasonCode): Promise<void> {
    if (!mayCome(this.#rotation.state, "halted")) return;
    await this.record([{ type: "halted", at: await this.now(), reason }]);
  }

  /** Looked at right before every effect outside. @throws NolapseError `refused-by-stop`. */
  async mayAct(): Promise<void> {
    const why = await stopped(this.deps, this.#rotation.tenantId);
    if (why !== null) throw new NolapseError("refused-by-stop", why, { next: "nolapse resume" });
  }

  #isUrgent(at: EpochMs): boolean {
    const { replaces, replacesEnd, policy, state, emergency } = this.#rotation;
    if (emergency !== undefined || PROVEN.has(state)) return emergency !== undefined;
    const targets = this.targetSettings().filter((one) => one !== null);
    const due = forecast({ keyId: replaces, start: null, end: replacesEnd }, policy, targets, at);
    return due !== null && at >= due.urgentAt;
  }

  #withWrite(line: AuditEntry): AuditEntry {
    return this.#written === undefined ? line : { ...line, written: this.#written };
  }

  #delay(error: NolapseError, at: EpochMs): number {
    const { failures, tried, deliveries, id } = this.#rotation;
    const pace = this.#isUrgent(at) ? "urgent" : "normal";
    const before = tried !== undefined && tried.step === triedStep(this.#step) ? tried.failures : 0;
    const place = deliveries.find(({ target }) => target === placeOf(this.#step))?.failures ?? 0;
    return retryDelay(Math.max(failures, before, place) + 1, id, pace, error.retryAfter);
  }
}

/** What is proven does not lapse with the old credential: from there on only a leak makes haste. */
const PROVEN: ReadonlySet<Rotation["state"]> = new Set(["verified", "retired"]);

/** A step that is prepared anew before each try: the preflight before an issue, the proofs before a removal. */
function triedStep(taken: Step | null): Tried["step"] | null {
  return taken?.step === "issue" || taken?.step === "retire" ? taken.step : null;
}

/** The place that a step is about. */
function placeOf(taken: Step | null): string | null {
  return taken?.step === "deliver" || taken?.step === "verify" ? taken.target : null;
}
