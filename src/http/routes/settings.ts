/** What the configuration says: targets and policies, and what they are about. No reference, and nothing behind one, is shown. */
import { z } from "zod";
import { type EpochMs, formatDuration, formatInstant } from "../../core/time.ts";
import { goneEntries, type Held, heldByPolicy } from "../../engine/policies-held.ts";
import { preflightTarget, type Tried } from "../../engine/preflight-target.ts";
import { type Route, tenantRoute } from "../route.ts";
import { count, instant, iso, kind, maybe, named, namedIn, scope, scopeOf } from "./shapes.ts";

const preflight = z
  .strictObject({ at: instant, failed: z.string().nullable(), next: z.string().nullable() })
  .meta({ description: "whether it is there and could be written; failed says why not" });

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
        readBack: z.boolean().meta({ description: "whether what lies there can be read, and signed in with" }),
        reload: z.string(),
        carriedBy: z.string().nullable(),
        applications: z.array(
          z.strictObject({
            appId: z.string(),
            application: z.strictObject(named).nullable().meta({ description: "null where no scan saw it" }),
          }),
        ),
        lastPreflight: preflight
          .nullable()
          .meta({ description: "by a rotation, or asked for since the server was started, whichever was later" }),
        lastVerified: maybe,
      }),
    ),
  }),
  handle: async ({ tenant }) => {
    const { settings, store, targets: places } = tenant.deps;
    const rotations = await store.rotations({ tenantId: settings.tenantId });
    const [verified, passed] = [new Map<string, EpochMs>(), new Map<string, EpochMs>()];
    for (const { deliveries, preflightAt } of rotations) {
      for (const { target, verifiedAt } of deliveries) {
        keepLater(verified, target, verifiedAt);
        keepLater(passed, target, preflightAt);
      }
    }
    return {
      ...(await scopeOf(tenant)),
      items: Object.values(settings.targets).map(({ name, type, kinds, reload, carriedBy = null }) => ({
        name,
        type,
        kinds: [...kinds],
        readBack: places.get(name)?.readBack !== undefined,
        reload: typeof reload === "number" ? formatDuration(reload) : reload,
        carriedBy,
        applications: settings.bindings
          .filter(({ slots }) => slots.some((one) => one.targets.includes(name)))
          .map(({ appId }) => ({ appId, application: namedIn(tenant, appId) })),
        // a place that only a person can reach is never tried
        lastPreflight: carriedBy === null ? lastPreflight(passed.get(name) ?? null, tenant.triedLast(name)) : null,
        lastVerified: iso(verified.get(name)),
      })),
    };
  },
});

function keepLater(known: Map<string, EpochMs>, name: string, at: EpochMs | null): void {
  if (at !== null && at > (known.get(name) ?? 0)) known.set(name, at);
}

function lastPreflight(passed: EpochMs | null, tried: Tried | null): z.input<typeof preflight> | null {
  if (tried !== null && tried.at >= (passed ?? 0)) return shown(tried);
  return passed === null ? null : shown({ at: passed, error: null });
}

const shown = ({ at, error }: Tried) => ({
  at: formatInstant(at),
  failed: error?.message ?? null,
  next: error?.next ?? null,
});

const tryTarget = tenantRoute({
  method: "POST",
  path: "/targets/preflight",
  rate: 20,
  role: "Operator",
  tag: "settings",
  summary: "Asks now whether a target is there and could be written; nothing is changed there",
  body: z.strictObject({ target: z.string().min(1).max(200) }),
  answer: preflight,
  handle: async ({ tenant, body, signal }) => {
    const tried = await preflightTarget(tenant.deps, body.target, signal);
    tenant.tried(body.target, tried);
    return shown(tried);
  },
});

const policies = tenantRoute({
  method: "GET",
  path: "/policies",
  madeOf: "listing",
  role: "Reader",
  tag: "settings",
  summary: "The rules, how many applications each holds for, and entries whose application is gone",
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
        applications: count.meta({ description: "registrations it is for, and what else it renews" }),
        managed: count.meta({ description: "those of them that are renewed by it" }),
      }),
    ),
    gone: z
      .array(
        z.strictObject({
          appId: z.string(),
          displayName: z.string().nullable().meta({ description: "as its last rotation has it" }),
          policy: z.string().nullable(),
          targets: z.array(z.string()),
        }),
      )
      .meta({
        description: "entries of the configuration whose application the last scan did not see, where it saw all",
      }),
  }),
  handle: async ({ tenant }) => {
    const { deps, picture } = tenant;
    const held = picture?.keep("policies held", () => heldByPolicy(deps, picture)) ?? new Map<string, Held>();
    return {
      ...(await scopeOf(tenant)),
      items: Object.values(deps.settings.policies).map((one) => ({
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
        ...(held.get(one.name) ?? { applications: 0, managed: 0 }),
      })),
      gone:
        picture === null
          ? []
          : (await goneEntries(deps, picture)).map((one) => ({ ...one, targets: [...one.targets] })),
    };
  },
});

export const settingsRoutes: readonly Route[] = [targets, tryTarget, policies];
