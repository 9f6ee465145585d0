/** What a request to Graph costs, and the answer when the budget is spent. */

import { isPersonal, unitsOf } from "../faults/throttle.ts";
import type { Request } from "../http/message.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";
import type { Caller } from "./graph-call.ts";
import { GraphError } from "./graph-error.ts";
import type { GraphRoute } from "./graph-route.ts";
import type { Matched } from "./routing.ts";

/** From this share of a limit on its use is told. */
const TOLD_FROM = 0.8;

/**
 * The headers that tell what the request with these query options costs. Where the fault plan asks for Graph's limits it is counted.
 * @throws GraphError 429 when a limit is reached.
 */
export function spend(
  services: Services,
  request: Request,
  { route, keys }: Matched<GraphRoute>,
  caller: Caller,
  options: URLSearchParams,
): Record<string, string> {
  const units = unitsOf(route.units ?? 1, options);
  const cost = { "x-ms-resource-unit": String(units) };
  const { limits } = services.faults.plan;
  if (limits === undefined) return cost;
  const write = route.operation !== "read";
  const counted = {
    units,
    write,
    report: route.report === true,
    selectsKeys: (options.get("$select") ?? "").split(",").some((name) => name.trim() === "keyCredentials"),
    personal: write && (isPersonal(written(services, route, keys[0], caller)) || makesPersonal(route, request)),
  };
  const metered = services.throttle.meter(caller, counted, limits.size, services.clock.now());
  if (!metered.allowed) {
    services.faults.meets("throttle");
    throw throttled(metered.scope, metered.information, metered.retryAfterMs);
  }
  return metered.used < TOLD_FROM ? cost : { ...cost, "x-ms-throttle-limit-percentage": metered.used.toFixed(2) };
}

/** The application a write is for. */
function written(
  { store }: Services,
  route: GraphRoute,
  key: string | Record<string, string> | undefined,
  caller: Caller,
): ObjectRecord | undefined {
  if (route.target !== "applications") return undefined;
  return typeof key === "string"
    ? store.find("applications", caller.tenantId, key)
    : store.applicationByAppId(key?.appId ?? "");
}

/** A creation names its audience in the body, which nobody has read yet. */
function makesPersonal({ method, path }: GraphRoute, { body }: Request): boolean {
  return method === "POST" && path === "/applications" && /"signInAudience"\s*:\s*"\w*Personal/.test(body);
}

export function throttled(scope: string, information: string, waitMs: number): GraphError {
  return new GraphError(429, "TooManyRequests", "Too many requests.", {
    headers: {
      "Retry-After": String(Math.max(1, Math.ceil(waitMs / 1000))),
      "x-ms-throttle-scope": scope,
      "x-ms-throttle-information": information,
    },
  });
}
