/** Who did what, and whether Nolapse itself is well. */
import { z } from "zod";
import { REASONS } from "../../core/reasons.ts";
import { parseInstant } from "../../core/time.ts";
import { doctor } from "../../engine/doctor.ts";
import { exportTrail } from "../../engine/export-trail.ts";
import { type Route, tenantRoute } from "../route.ts";
import { count, instant, iso, reason, scope, scopeOf } from "./shapes.ts";

const audit = tenantRoute({
  method: "GET",
  path: "/audit",
  role: "Reader",
  tag: "oversight",
  summary: "The trail, oldest first, a page after a number",
  query: z.strictObject({
    after: z.coerce.number().int().nonnegative().default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  answer: z.strictObject({
    ...scope,
    next: count.nullable(),
    items: z.array(
      z.strictObject({
        sequence: count,
        at: instant,
        actor: z.string(),
        action: z.string(),
        rotation: z.string().nullable(),
        appId: z.string().nullable(),
        keyId: z.string().nullable(),
        reason: reason.nullable(),
        why: z.string().nullable().meta({ description: "the reason in words" }),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
    ),
  }),
  handle: async ({ tenant, query }) => {
    const { store, settings } = tenant.deps;
    const found = await store.auditTrail(settings.tenantId, query.after, query.limit);
    return {
      ...(await scopeOf(tenant)),
      next: found.length < query.limit ? null : (found.at(-1)?.sequence ?? null),
      items: found.map(({ sequence, at, actor, action, rotation, appId, keyId, reason: why, details }) => ({
        sequence,
        at: iso(at) ?? "",
        actor,
        action,
        rotation,
        appId,
        keyId,
        reason: why,
        why: why === null ? null : REASONS[why],
        details: { ...details },
      })),
    };
  },
});

const exported = tenantRoute({
  method: "GET",
  path: "/audit/export",
  rate: 20,
  role: "Reader",
  tag: "oversight",
  summary: "The sealed trail as JSON lines, which nolapse audit verify checks",
  query: z.strictObject({
    since: z
      .string()
      .refine((text) => parseInstant(text) !== null, "an instant, 2026-03-01T00:00:00Z")
      .optional(),
  }),
  text: "application/x-ndjson",
  handle: async ({ tenant, query }) => {
    const lines = [];
    for await (const line of exportTrail(tenant.deps, query.since === undefined ? null : parseInstant(query.since))) {
      lines.push(`${JSON.stringify(line)}\n`);
    }
    return { type: "application/x-ndjson", body: lines.join(""), file: `nolapse-audit-${tenant.name}.jsonl` };
  },
});

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

export const oversightRoutes: readonly Route[] = [audit, exported, health];
