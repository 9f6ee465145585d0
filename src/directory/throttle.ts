/**
 * Graph's published limits as sliding windows on the directory's clock: reference limits §1 to §3. Off unless the fault plan
 * asks for a tenant size, because nobody tests throttling by accident.
 */
import type { Caller } from "./graph-call.ts";
import type { ObjectRecord } from "./state.ts";

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
  readonly #windows = new Map<string, { at: number; cost: number }[]>();

  /** Counts the request against every limit it touches; a refused one counts as well, as at Graph. */
  meter(caller: Caller, request: Request, size: TenantSize, now: number): Metered {
    let used = 0;
    let refusal: Metered | undefined;
    for (const limit of limitsOf(caller, request, size)) {
      const { sum, entries } = this.#count(limit, now);
      used = Math.max(used, sum / limit.most);
      if (sum <= limit.most || refusal !== undefined) continue;
      const kind = request.write ? "Write" : "Read";
      refusal = {
        allowed: false,
        retryAfterMs: untilFits(entries, limit, now),
        scope: `${limit.scope}/${kind}/${caller.appId}/${caller.tenantId}`,
        information: limit.information,
      };
    }
    return refusal ?? { allowed: true, used };
  }

  clear(): void {
    this.#windows.clear();
  }

  #count(limit: Limit, now: number): { sum: number; entries: { at: number; cost: number }[] } {
    const kept = (this.#windows.get(limit.key) ?? []).filter(({ at }) => at > now - limit.window && at <= now);
    kept.push({ at: now, cost: limit.cost });
    this.#windows.set(limit.key, kept);
    return { sum: kept.reduce((sum, { cost }) => sum + cost, 0), entries: kept };
  }
}

/** How long until so much of the window has passed that the request would fit, at least a second. */
function untilFits(entries: readonly { at: number; cost: number }[], limit: Limit, now: number): number {
  let over = entries.reduce((sum, { cost }) => sum + cost, 0) - limit.most;
  for (const { at, cost } of entries) {
    over -= cost;
    if (over <= 0) return Math.max(at + limit.window - now, SECOND);
  }
  return limit.window;
}

function limitsOf({ appId, tenantId }: Caller, request: Request, size: TenantSize): Limit[] {
  const both = `${appId} ${tenantId}`;
  const units = { cost: request.units, information: "ResourceUnitLimitExceeded" } as const;
  const one = { cost: 1, information: "WriteLimitExceeded" } as const;
  const limits: Limit[] = [
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
