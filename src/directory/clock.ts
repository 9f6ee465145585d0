import { performance } from "node:perf_hooks";

/**
 * The directory's own time, in epoch milliseconds. It can be set, advanced and frozen; running, it advances with a monotonic
 * source, so that a step of the machine's clock does not move the directory.
 *
 * This is the only file of the directory that reads the machine's clock.
 */
export class DirectoryClock {
  /** Bumped by every set, advance and freeze; who follows the clock waits for a greater one. */
  version = 1;
  frozen: boolean;
  #origin: number;
  #monotonicOrigin: number;
  readonly #waiters = new Set<() => void>();
  /** Called after each change by hand, so that the change can be kept. */
  onChange: () => void = () => {};

  constructor(options: { now?: string | number; frozen?: boolean } = {}) {
    this.#origin = options.now === undefined ? machineNow() : parseInstant(options.now);
    this.#monotonicOrigin = performance.now();
    this.frozen = options.frozen ?? false;
  }

  /** Epoch milliseconds, whole. */
  now(): number {
    if (this.frozen) return this.#origin;
    return this.#origin + Math.floor(performance.now() - this.#monotonicOrigin);
  }

  set(ms: number): void {
    this.change(ms, this.frozen);
  }

  advance(ms: number): void {
    this.change(this.now() + ms, this.frozen);
  }

  freeze(on: boolean): void {
    this.change(this.now(), on);
  }

  /** Sets time and frozenness as one change, hence one version. */
  change(ms: number, frozen: boolean): void {
    if (!Number.isFinite(ms) || Math.abs(ms) > MAX_INSTANT)
      throw new RangeError("the instant is outside the years 0001 to 9999");
    this.#origin = Math.floor(ms);
    this.#monotonicOrigin = performance.now();
    this.frozen = frozen;
    this.version += 1;
    this.onChange();
    for (const wake of [...this.#waiters]) wake();
  }

  /** Resolves when the version is greater than `after`, after `timeoutMs` of real time, or when `signal` aborts. */
  wait(after: number, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    if (this.version > after || signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        if (this.version <= after && !signal?.aborted && !expired) return;
        clearTimeout(timer);
        this.#waiters.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      let expired = false;
      const timer = setTimeout(() => {
        expired = true;
        done();
      }, timeoutMs);
      this.#waiters.add(done);
      signal?.addEventListener("abort", done);
    });
  }
}

/** 9999-12-31, the last day a DateTimeOffset of Graph can name; 2299 ends occur in real tenants. */
const MAX_INSTANT = 253_402_300_799_999;

/** The machine's clock in epoch milliseconds: for TLS certificates (their readers use the same clock) and for the clock's start. */
export function machineNow(): number {
  return Date.now();
}

/** Epoch milliseconds of an ISO 8601 instant or number; an instant without a zone is refused, because the local zone never matters here. */
export function parseInstant(value: string | number): number {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError("not an instant");
    return Math.floor(value);
  }
  const ms = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`not an ISO 8601 instant: ${value}`);
  return ms;
}

const DURATION = /^(-)?P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Adds an ISO 8601 duration (`P30D`, `PT10S`, `-P1M`) to an instant: years and months by the calendar in UTC, the rest by length. */
export function addDuration(ms: number, iso: string): number {
  const match = DURATION.exec(iso);
  if (match === null || iso.endsWith("P") || iso.endsWith("T"))
    throw new RangeError(`not an ISO 8601 duration: ${iso}`);
  const sign = match[1] === undefined ? 1 : -1;
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0) * sign);
  const calendar = addMonths(ms, (years ?? 0) * 12 + (months ?? 0));
  const dayMs = ((weeks ?? 0) * 7 + (days ?? 0)) * DAY;
  return calendar + dayMs + (hours ?? 0) * 3_600_000 + (minutes ?? 0) * 60_000 + Math.round((seconds ?? 0) * 1000);
}

/** Milliseconds of a day. */
export const DAY = 86_400_000;

/** Calendar months in UTC; the day is clamped to the target month, as .NET's AddYears and AddMonths do. */
export function addMonths(ms: number, months: number): number {
  if (months === 0) return ms;
  const from = new Date(ms);
  const target = new Date(ms);
  target.setUTCDate(1);
  target.setUTCMonth(from.getUTCMonth() + months);
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(from.getUTCDate(), last));
  return target.getTime();
}
