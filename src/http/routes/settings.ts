/** What the configuration says: targets and policies, and what they are about. No reference, and nothing behind one, is shown. */
import { z } from "zod";
import type { TargetSettings } from "../../core/policy/settings.ts";
import { formatDuration } from "../../core/time.ts";
import { type Route, tenantRoute } from "../route.ts";
import { count, iso, kind, maybe, scope, scopeOf } from "./shapes.ts";

/** How long applications may take to read a target again, as the configuration writes it. */
export function reloadText(reload: TargetSettings["reload"]): string {
  return typeof reload === "number" ? formatDuration(reload) : reload;
}

const targets = tenantRoute({
  method: "GET",
  path: "/targets",
  madeOf: "store",
  role: "Reader",
  tag: "settings",
  summary: "The places that values are delivered to",
  answer: z.strictObject({
    ...scope,
    items: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        kinds: z.array(kind),
        reload: z.string(),
        carriedBy: z.string().nullable(),
        applications: z.array(z.string()).meta({ description: "client ids" }),
        lastVerified: maybe,
      }),
    ),
  }),
  handle: async ({ tenant }) => {
    const { settings, store } = tenant.deps;
    const rotations = await store.rotations({ tenantId: settings.tenantId });
    const verified = new Map<string, number>();
    for (const { target, verifiedAt } of rotations.flatMap(({ deliveries }) => deliveries)) {
      if (verifiedAt !== null) verified.set(target, Math.max(verifiedAt, verified.get(target) ?? 0));
    }
    return {
      ...(await scopeOf(tenant)),
      items: Object.values(settings.targets).map(({ name, type, kinds, reload, carriedBy = null }) => ({
        name,
        type,
        kinds: [...kinds],
        reload: reloadText(reload),
        carriedBy,
        applications: settings.bindings
          .filter(({ slots }) => slots.some((one) => one.targets.includes(name)))
          .map(({ appId }) => appId),
        lastVerified: iso(verified.get(name) as never),
      })),
    };
  },
});

const policies = tenantRoute({
  method: "GET",
  path: "/policies",
  madeOf: "listing",
  role: "Reader",
  tag: "settings",
  summary: "The rules, and how many applications each holds for",
  answer: z.strictObject({
    ...scope,
    items: z.array(
      z.strictObject({
        name: z.string(),
        kind: kind.nullable(),
        lifetime: z.string(),
        maxAge: z.string(),
        renewBefore: z.string(),
        overlap: z.string(),
        retire: z.string(),
        approval: z.string(),
        custody: z.string(),
        probe: z.string(),
        priority: z.int(),
        applications: count,
      }),
    ),
  }),
  handle: async ({ tenant }) => {
    const counts = tenant.picture?.listing.countsOf("policy") ?? new Map<string, number>();
    return {
      ...(await scopeOf(tenant)),
      items: Object.values(tenant.deps.settings.policies).map((one) => ({
        name: one.name,
        kind: one.kind,
        lifetime: formatDuration(one.lifetime),
        maxAge: formatDuration(one.maxAge),
        renewBefore: formatDuration(one.renewBefore),
        overlap: formatDuration(one.overlap),
        retire: one.retire,
        approval: one.approval,
        custody: one.custody,
        probe: one.probe,
        priority: one.priority,
        applications: counts.get(one.name) ?? 0,
      })),
    };
  },
});

export const settingsRoutes: readonly Route[] = [targets, policies];
