/**
 * Graph's published limits as sliding windows on the directory's clock: reference limits §1 to §3. Off unless the fault plan
 * asks for a tenant size, because nobody tests throttling by accident.
 */
import type { Caller } from "../graph/graph-call.ts";
import type { ObjectRecord } from "../state/state.ts";

export type TenantSize = "S" | "M" | "L";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Resource units of one application in one tenant, in ten seconds. */
const UNITS: Readonly<Record<TenantSize, number>> = { S: 3500, M: 5000, L: 8000 };

/** What one request costs and counts towards. */
export interface Request {
  readonly units: number;
  readonly write: boolean;
  readonly report: boolean;
  /** `$select=keyCredentials`, which has a limit of its own. */
  readonly selectsKeys: boolean;
  /** The write is to an application for personal accounts. */
  readonly personal: boolean;
}

interface Limit {
  readonly key: string;
  readonly cost: number;
  readonly most: number;
  readonly window: number;
  readonly scope: "Tenant_Application" | "Tenant" | "Application";
  readonly information: "ResourceUnitLimitExceeded" | "WriteLimitExceeded" | "CPULimitExceeded";
}

/** What the meter says: go on, with how much of the tightest limit is used; or wait. */
export type Metered =
  | { readonly allowed: true; readonly used: number }
  | { readonly allowed: false; readonly retryAfterMs: number; readonly scope: string; readonly information: string };

export class Throttle {
  readonly #windows = new Map<string, SlidingWindow>();

  /** Counts the request against every limit it touches; a refused one counts as well, as at Graph. */
  meter(caller: Caller, request: Request, size: TenantSize, now: number): Metered {
    let used = 0;
    let refusal: Metered | undefined;
    for (const limit of limitsOf(caller, request, size)) {
      const { sum, window } = this.#count(limit, now);
      used = Math.max(used, sum / limit.most);
      if (sum <= limit.most || refusal !== undefined) continue;
      const kind = request.write ? "Write" : "Read";
      refusal = {
        allowed: false,
        retryAfterMs: window.untilFits(limit, now),
        scope: `${limit.scope}/${kind}/${caller.appId}/${caller.tenantId}`,
        information: limit.information,
      };
    }
    return refusal ?? { allowed: true, used };
  }

  clear(): void {
    this.#windows.clear();
  }

  #count(limit: Limit, now: number): { sum: number; window: SlidingWindow } {
    const window = this.#windows.get(limit.key) ?? new SlidingWindow();
    this.#windows.set(limit.key, window);
    return { sum: window.add(now, limit.cost, limit.window), window };
  }
}

/** What was spent in the last so many milliseconds: a sum that is kept, because windows hold tens of thousands of requests. */
class SlidingWindow {
  #entries: { at: number; cost: number }[] = [];
  #first = 0;
  #sum = 0;

  add(now: number, cost: number, length: number): number {
    // a clock that was set back has left entries of a time to come
    const last = this.#entries.at(-1);
    if (last !== undefined && last.at > now) {
      this.#entries = this.#entries.slice(this.#first).filter(({ at }) => at <= now);
      this.#first = 0;
      this.#sum = this.#entries.reduce((sum, one) => sum + one.cost, 0);
    }
    for (let entry = this.#entries[this.#first]; entry !== undefined && entry.at <= now - length; ) {
      this.#sum -= entry.cost;
      this.#first += 1;
      entry = this.#entries[this.#first];
    }
    if (this.#first > 1000 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    this.#entries.push({ at: now, cost });
    this.#sum += cost;
    return this.#sum;
  }

  /** How long until so much of the window has passed that the last request would fit, at least a second. */
  untilFits(limit: Limit, now: number): number {
    let over = this.#sum - limit.most;
    for (let index = this.#first; index < this.#entries.length; index += 1) {
      const { at, cost } = this.#entries[index] ?? { at: now, cost: 0 };
      over -= cost;
      if (over <= 0) return Math.max(at + limit.window - now, SECOND);
    }
    return limit.window;
  }
}

function limitsOf({ appId, tenantId }: Caller, request: Request, size: TenantSize): Limit[] {
  const both = `${appId} ${tenantId}`;
  const units = { cost: request.units, information: "ResourceUnitLimitExceeded" } as const;
  const one = { cost: 1, information: "WriteLimitExceeded" } as const;
  const limits: Limit[] = [
    { ...units, cost: 1, key: `requests ${appId}`, most: 130_000, window: 10 * SECOND, scope: "Application" },
    { ...units, key: `units ${both}`, most: UNITS[size], window: 10 * SECOND, scope: "Tenant_Application" },
    { ...units, key: `units ${appId}`, most: 150_000, window: 20 * SECOND, scope: "Application" },
  ];
  if (request.write) {
    limits.push(
      { ...one, key: `writes ${both}`, most: 3000, window: 150 * SECOND, scope: "Tenant_Application" },
      { ...one, key: `writes ${appId}`, most: 35_000, window: 5 * MINUTE, scope: "Application" },
      { ...one, key: `writes of ${tenantId}`, most: 18_000, window: 5 * MINUTE, scope: "Tenant" },
    );
  }
  if (request.personal)
    limits.push({ ...one, key: `personal ${appId}`, most: 60, window: MINUTE, scope: "Application" });
  if (request.selectsKeys) {
    limits.push({ ...units, cost: 1, key: `keys ${tenantId}`, most: 150, window: MINUTE, scope: "Tenant" });
  }
  if (request.report) {
    limits.push(
      { ...units, cost: 1, key: `reports ${both}`, most: 5, window: 10 * SECOND, scope: "Tenant_Application" },
      { ...units, cost: 1, key: `reports ${appId}`, most: 122, window: 10 * SECOND, scope: "Application" },
    );
  }
  return limits;
}

/** What a request costs: its base, one less with `$select` or a small `$top`, one more with `$expand`, at least one. */
export function unitsOf(base: number, options: URLSearchParams): number {
  const top = Number(options.get("$top") ?? Number.NaN);
  const less = (options.has("$select") ? 1 : 0) + (top < 20 ? 1 : 0);
  return Math.max(1, base - less + (options.has("$expand") ? 1 : 0));
}

export function isPersonal(record: ObjectRecord | undefined): boolean {
  return String(record?.entity.signInAudience ?? "").includes("PersonalMicrosoftAccount");
}
