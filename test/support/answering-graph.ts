/** The manager's way to Graph where an answering server is both login authority and Graph, at an instant that stands still. */
import { createGraphDirectory, type GraphDirectory } from "../../src/adapters/graph/directory.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { EpochMs } from "../../src/core/time.ts";
import type { Clock } from "../../src/ports/clock.ts";

export const clockAt = (now: EpochMs): Clock => ({
  now: async () => now,
  processNow: () => 0,
  wait: async () => {},
  frozen: async () => false,
});

/** What it signs in with: nothing that leaves may hold it but the token request. */
export const OWN_SECRET = "own8Q~canary-of-the-client-secret-of-nolapse";

/** `timeout`: milliseconds of one request; by default so short that an answer which never comes holds no test up. */
export function graphAt(origin: string, clock: Clock, timeout = 300): GraphDirectory {
  return createGraphDirectory({
    tenantId: "tenant",
    authority: origin,
    graphEndpoint: origin,
    auth: { method: "plain", clientId: "nolapse-id", secret: new SecretValue(OWN_SECRET) },
    clock,
    version: "1.2.3",
    timeout,
  });
}
