/** Whether Nolapse itself is well. */
import { z } from "zod";
import { type DoctorCheck, doctor, lackingToWrite } from "../../engine/views/doctor.ts";
import { type Route, tenantRoute } from "../route.ts";
import { scope, scopeOf } from "./shapes.ts";

export const checks = z.array(
  z.strictObject({
    area: z.string(),
    name: z.string(),
    state: z.enum(["ok", "warn", "failed"]),
    says: z.string(),
    fix: z.string().nullable(),
  }),
);

export const checkJson = ({ area, name, state, says, fix }: DoctorCheck) => ({ area, name, state, says, fix });

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
    checks,
    toWrite: z
      .array(z.strictObject({ permission: z.string(), allows: z.string(), fix: z.string() }))
      .nullable()
      .meta({
        description: "in mode observe: what writing takes that is not granted yet; null where that is not known",
      }),
  }),
  handle: async ({ tenant, signal }) => {
    const { diagnosis, localChecks, asksOwners, share } = tenant.parts;
    const report = await doctor(tenant.deps, { diagnosis, local: await localChecks(), asksOwners, share }, signal);
    return {
      ...(await scopeOf(tenant)),
      clientId: report.clientId,
      permissions: [...report.permissions],
      checks: report.checks.map(checkJson),
      toWrite: lackingToWrite(tenant.deps, report, diagnosis),
    };
  },
});

export const oversightRoutes: readonly Route[] = [health];
