/** What the configuration says: targets and policies, and what they are about. No reference, and nothing behind one, is shown. */
import { z } from "zod";
import type { TargetSettings } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, formatDuration, formatInstant } from "../../core/time.ts";
import { UNFINISHED } from "../../engine/views/picture.ts";
import { goneEntries, type Held, heldByPolicy } from "../../engine/views/policies-held.ts";
import { preflightTarget, type Tried } from "../../engine/views/preflight-target.ts";
import { type Route, tenantRoute } from "../route.ts";
import { count, instant, iso, kind, maybe, named, namedIn, scope, scopeOf } from "./shapes.ts";

const preflight = z
  .strictObject({ at: instant, failed: z.string().nullable(), next: z.string().nullable() })
  .meta({ description: "whether it is there and could be written; failed says why not" });

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
    const { tenantId } = settings;
    // of what is over only what made the value that lies there now: a tenant has years of the others
    const made = await store.issuances(tenantId);
    const rotations = [
      ...made.map((one) => one.rotation),
      ...(await store.rotations({ tenantId, states: UNFINISHED })),
    ];
    const verified = new Map<string, EpochMs>();
    const tries = new Map<string, Tried>();
    for (const rotation of rotations) {
      for (const { target, verifiedAt } of rotation.deliveries) {
        if (verifiedAt !== null && verifiedAt > (verified.get(target) ?? 0)) verified.set(target, verifiedAt);
        const tried = triedBy(rotation);
        if (tried !== null && tried.at > (tries.get(target)?.at ?? 0)) tries.set(target, tried);
      }
    }
    return {
      ...(await scopeOf(tenant)),
      items: Object.values(settings.targets).map(({ name, type, kinds, reload, carriedBy = null }) => ({
        name,
        type,
        kinds: [...kinds],
        readBack: places.get(name)?.readBack !== undefined,
        reload: reloadText(reload),
        carriedBy,
        applications: settings.bindings
          .filter(({ slots }) => slots.some((one) => one.targets.includes(name)))
          .map(({ appId }) => ({ appId, application: namedIn(tenant, appId) })),
        // a place that only a person can reach is never tried
        lastPreflight: carriedBy === null ? later(tries.get(name) ?? null, tenant.triedLast(name)) : null,
        lastVerified: iso(verified.get(name)),
      })),
    };
  },
});

const targetNames = tenantRoute({
  method: "GET",
  path: "/targets/names",
  role: "Reader",
  tag: "settings",
  summary: "The names and types of the targets alone, for who looks for one: no rotation is read for it",
  answer: z.strictObject({ items: z.array(z.strictObject({ name: z.string(), type: z.string() })) }),
  handle: async ({ tenant }) => ({
    items: Object.values(tenant.deps.settings.targets).map(({ name, type }) => ({ name, type })),
  }),
});

/** How the targets of a rotation were found by it; of several, which one has failed is not known. */
function triedBy({ state, preflightAt, lastFailure, deliveries }: Rotation): Tried | null {
  const isAboutIt =
    state === "planned" && deliveries.length === 1 && /^(target-|disk-full$)/.test(lastFailure?.code ?? "");
  if (lastFailure !== null && isAboutIt) return { at: lastFailure.at, error: lastFailure };
  return preflightAt === null ? null : { at: preflightAt, error: null };
}

function later(one: Tried | null, other: Tried | null): z.input<typeof preflight> | null {
  const last = other !== null && other.at >= (one?.at ?? 0) ? other : one;
  return last && shown(last);
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

const line = z.int().min(1).nullable();

const policies = tenantRoute({
  method: "GET",
  path: "/policies",
  madeOf: "listing",
  role: "Reader",
  tag: "settings",
  summary: "The rules, how many applications each holds for, and entries whose application is gone",
  answer: z.strictObject({
    ...scope,
    file: z.string().nullable().meta({ description: "the configuration file, without its folder" }),
    items: z.array(
      z.strictObject({
        name: z.string(),
        line: line.meta({ description: "where it stands in the file; null where it stands in none" }),
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
          line: line.meta({ description: "where the entry begins in the file" }),
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
      file: deps.settings.configuredIn ?? null,
      items: Object.values(deps.settings.policies).map((one) => ({
        name: one.name,
        line: deps.settings.policyLines?.[one.name] ?? null,
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

export const settingsRoutes: readonly Route[] = [targets, targetNames, tryTarget, policies];
