/** Whether Nolapse itself is well. */
import { z } from "zod";
import { doctor } from "../../engine/doctor.ts";
import { type Route, tenantRoute } from "../route.ts";
import { scope, scopeOf } from "./shapes.ts";

const health = tenantRoute({
  method: "GET",
  path: "/health",
  rate: 20,
  role: "Reader",
  tag: "oversight",
  summary: "What nolapse doctor says: each thing Nolapse needs, and the line that mends it",
  answer: z.strictObject({
    ...scope,
    clientId: z.string().nullable(),
    permissions: z.array(z.string()),
    checks: z.array(
      z.strictObject({
        area: z.string(),
        name: z.string(),
        state: z.enum(["ok", "warn", "failed"]),
        says: z.string(),
        fix: z.string().nullable(),
      }),
    ),
  }),
  handle: async ({ tenant, signal }) => {
    const { diagnosis, localChecks, asksOwners, share } = tenant.parts;
    const report = await doctor(tenant.deps, { diagnosis, local: await localChecks(), asksOwners, share }, signal);
    return {
      ...(await scopeOf(tenant)),
      clientId: report.clientId,
      permissions: [...report.permissions],
      checks: report.checks.map(({ area, name, state, says, fix }) => ({ area, name, state, says, fix })),
    };
  },
});

export const oversightRoutes: readonly Route[] = [health];
