/** The gate before each cloud's Graph: one for the whole process, because Graph counts an application in all its tenants together. */
import type { GraphGate } from "../adapters/graph/budget.ts";
import { processNow, sleep } from "../adapters/machine/clock.ts";
import type { TenantConfig } from "../config/load.ts";
import { NolapseError } from "../core/errors.ts";
import type { Deps } from "../engine/deps.ts";
import { stopped } from "../engine/facts.ts";

/** By Graph's address; rates run on the machine's time. */
const gates = new Map<string, GraphGate>();

/** What keeps a tenant's requests inside the configured share; a write that had to wait looks at the stop again. */
export async function composeBudget({ graphEndpoint, tenantId, share }: TenantConfig, depsOf: () => Deps) {
  const { GraphGate, Spender } = await import("../adapters/graph/budget.ts");
  const gate = gates.get(graphEndpoint) ?? new GraphGate({ processNow, sleep });
  gates.set(graphEndpoint, gate);
  const mayGo = async () => {
    const why = await stopped(depsOf(), tenantId);
    if (why !== null) throw new NolapseError("refused-by-stop", why, { next: "nolapse resume" });
  };
  return (clientId: string | null) => new Spender(gate, { tenantId, appId: clientId ?? "", share, mayGo });
}
