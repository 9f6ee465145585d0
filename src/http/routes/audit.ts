/** Who did what, and whether the trail of it is as it was written. */
import { z } from "zod";
import type { Tampering } from "../../core/audit/audit-verify.ts";
import { REASONS } from "../../core/reasons.ts";
import { parseInstant } from "../../core/time.ts";
import { exportTrail } from "../../engine/trail/export.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { count, id, instant, iso, maybe, named, namedIn, reason, scope, scopeOf } from "./shapes.ts";

const number = z.coerce.number().int().nonnegative().optional();

const list = tenantRoute({
  method: "GET",
  path: "/audit",
  role: "Reader",
  tag: "oversight",
  summary: "The trail, newest first; after a number, for who follows it, oldest first",
  query: z.strictObject({
    before: number.meta({ description: "only entries with a smaller number" }),
    after: number.meta({ description: "only entries with a greater number; they come oldest first" }),
    application: id.optional().meta({ description: "a client id: only entries about this application" }),
    action: id.optional().meta({ description: "only entries with this action" }),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  answer: z.strictObject({
    ...scope,
    earlier: count.nullable().meta({ description: "`before` of the page with what is earlier" }),
    later: count.nullable().meta({ description: "`after` of the page with what is later" }),
    actions: z.array(z.string()).meta({ description: "every action there is in the trail" }),
    items: z.array(
      z.strictObject({
        sequence: count,
        at: instant,
        actor: z.string(),
        action: z.string(),
        rotation: z.string().nullable(),
        appId: z.string().nullable(),
        application: z
          .strictObject(named)
          .nullable()
          .meta({ description: "as the last scan saw it; null where it saw none" }),
        keyId: z.string().nullable(),
        reason: reason.nullable(),
        why: z.string().nullable().meta({ description: "the reason in words" }),
        details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
      }),
    ),
  }),
  handle: async ({ tenant, query }) => {
    const { store, settings } = tenant.deps;
    const { before, after, application, action, limit } = query;
    const only = { appId: application?.toLowerCase(), action };
    const has = async (more: { readonly before: number } | { readonly after: number }) =>
      (await store.auditPage(settings.tenantId, { ...only, ...more, limit: 1 })).length > 0;
    const items = await store.auditPage(settings.tenantId, { ...only, before, after, limit });
    const [top, bottom] = after === undefined ? [items[0], items.at(-1)] : [items.at(-1), items[0]];
    // a page without entries lies where it was asked for
    const newest = top?.sequence ?? after ?? Math.max(0, (before ?? 1) - 1);
    const oldest = bottom?.sequence ?? newest + 1;
    return {
      ...(await scopeOf(tenant)),
      earlier: (await has({ before: oldest })) ? oldest : null,
      later: (await has({ after: newest })) ? newest : null,
      actions: [...(await store.auditActions(settings.tenantId))],
      items: items.map((one) => shown(tenant, one)),
    };
  },
});

type Entry = Awaited<ReturnType<Tenant["deps"]["store"]["auditPage"]>>[number];

function shown(tenant: Tenant, entry: Entry) {
  const { sequence, at, actor, action, rotation, appId, keyId, reason: code, details } = entry;
  return {
    sequence,
    at: iso(at) ?? "",
    actor,
    action,
    rotation,
    appId,
    application: appId === null ? null : namedIn(tenant, appId),
    keyId,
    reason: code,
    why: code === null ? null : REASONS[code],
    details: { ...details },
  };
}

const TAMPERING = [
  "edited",
  "removed",
  "inserted",
  "re-ordered",
  "unreadable",
  "signature",
  "key",
] as const satisfies readonly Tampering[];

const check = tenantRoute({
  method: "GET",
  path: "/audit/check",
  role: "Reader",
  tag: "oversight",
  summary: "Whether the trail is unbroken: goes on with the check, which begins at the first entry once a day",
  answer: z.strictObject({
    ...scope,
    total: count.meta({ description: "entries there are" }),
    underWay: count
      .nullable()
      .meta({ description: "how many of them were checked so far, where one has to ask again" }),
    last: z
      .strictObject({
        entries: count,
        since: maybe.meta({ description: "when the first entry was written" }),
        wholeAt: instant.meta({ description: "when it was checked from the first entry on" }),
        checkedAt: instant.meta({ description: "when what was new was checked" }),
      })
      .nullable()
      .meta({ description: "the last check that came to the end; null before the first one of this process" }),
    broken: z
      .strictObject({
        what: z.enum(TAMPERING),
        position: count.meta({ description: "its number in the chain, as nolapse audit verify has it" }),
        sequence: count.nullable().meta({ description: "its number in the list" }),
        recorded: z.string().nullable().meta({ description: "the hash that was sealed" }),
        found: z.string().nullable().meta({ description: "the hash of what is there; null where nothing is" }),
      })
      .nullable()
      .meta({ description: "the first entry that is not what was sealed" }),
  }),
  handle: async ({ tenant }) => {
    const { total, underWay, last, broken } = await tenant.parts.trail.look(tenant.deps);
    return {
      ...(await scopeOf(tenant)),
      total,
      underWay,
      last: last && {
        entries: last.entries,
        since: iso(last.since),
        wholeAt: iso(last.wholeAt) ?? "",
        checkedAt: iso(last.checkedAt) ?? "",
      },
      broken,
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

export const auditRoutes: readonly Route[] = [list, check, exported];
