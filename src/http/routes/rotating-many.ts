/** Rotate for all that is chosen of a list: first what would come of it, then one request for all. */

import { z } from "zod";
import { advice, tenantNamed } from "../../core/commands.ts";
import { asThrown } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import {
  askMany,
  type Foreseen,
  faultOf,
  foreseeMany,
  type OneAsked,
  rotationsOf,
} from "../../engine/commands/rotate-many.ts";
import { preflightOf } from "../../engine/views/preflight-target.ts";
import { actorOf } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import { checkJson, checks } from "./oversight.ts";
import { pictureOf, seenBy } from "./own.ts";
import { chosenOf, membersOf, selection } from "./selecting.ts";
import { count, id, iso, maybe, reason, scope, scopeOf, state } from "./shapes.ts";

const asked = selection.extend({ now: z.boolean().default(false) });

const named = { objectId: z.string(), appId: z.string(), displayName: z.string(), slot: z.string().nullable() };

const refusedShape = z.strictObject({
  ...named,
  reason: reason.nullable().meta({ description: "null where it could not be asked for" }),
  sentence: z.string(),
  detail: z.string().nullable(),
});

const foresee = tenantRoute({
  method: "POST",
  path: "/applications/rotate/check",
  role: "Operator",
  tag: "control",
  summary:
    "What rotating all that is chosen would come to: which can, which cannot and why, the writes, and when it is over",
  rate: 60,
  body: asked,
  answer: z.strictObject({
    ...scope,
    applications: count,
    members: z.string().meta({ description: "which they are: sent with the word, it is for no others" }),
    opens: count,
    open: count.meta({ description: "are under way already" }),
    refused: count,
    twoPersons: count.meta({
      description: "of those that open: two persons must approve, as the application is privileged",
    }),
    reasons: z.record(z.string(), count).meta({ description: "of those that are refused" }),
    blocked: z
      .strictObject({ code: z.string(), detail: z.string(), next: z.string().nullable() })
      .nullable()
      .meta({ description: "why nothing at all would be begun now" }),
    held: z
      .array(z.strictObject({ reason, sentence: z.string() }))
      .meta({ description: "what holds writing back: what is opened waits for it" }),
    writes: z.strictObject({ issues: count, deliveries: count, removals: count }),
    issuedBy: maybe,
    retiredBy: maybe,
    items: z.array(
      z.strictObject({
        ...named,
        outcome: z.enum(["opens", "open", "refused"]),
        reason,
        sentence: z.string(),
        detail: z.string().nullable(),
        startsAt: maybe,
        waitsFor: z
          .array(z.enum(["issue", "retire"]))
          .meta({ description: "the parts that a person must still let begin once it was asked for" }),
      }),
    ),
  }),
  handle: async ({ tenant, caller, body }) => {
    await tenant.painted();
    const chosen = await chosenOf(tenant, caller, body);
    const seen = await foreseeMany(tenant.deps, pictureOf(tenant), chosen, body.now);
    const of = (outcome: Foreseen["outcome"]) => seen.slots.filter((one) => one.outcome === outcome);
    const reasons: Record<string, number> = {};
    for (const { because } of of("refused")) reasons[because] = (reasons[because] ?? 0) + 1;
    return {
      ...(await scopeOf(tenant)),
      applications: chosen.length,
      members: membersOf(chosen),
      opens: of("opens").length,
      open: of("open").length,
      refused: of("refused").length,
      twoPersons: of("opens").filter(({ twoPersons }) => twoPersons).length,
      reasons,
      blocked: seen.refused && { code: seen.refused.code, detail: seen.refused.message, next: seen.refused.next },
      held: seen.held.map((code) => ({ reason: code, sentence: REASONS[code] })),
      writes: { ...seen.writes },
      issuedBy: iso(seen.issuedBy),
      retiredBy: iso(seen.retiredBy),
      items: seen.slots.map(foreseenJson),
    };
  },
});

function foreseenJson({ portrait, slot, outcome, because, detail, startsAt, waitsFor }: Foreseen) {
  const { objectId, appId, displayName } = portrait;
  const named = { objectId, appId, displayName, slot };
  return {
    ...named,
    outcome,
    reason: because,
    sentence: REASONS[because],
    detail,
    startsAt: iso(startsAt),
    waitsFor: [...waitsFor],
  };
}

/** Each look asks the directory and the places. */
const preflight = tenantRoute({
  method: "POST",
  path: "/applications/{id}/rotate/preflight",
  role: "Operator",
  tag: "control",
  summary:
    "Tries now what a rotation of an application needs: that Nolapse may write to the directory, and that each of its targets is there and could be written; nothing is changed",
  rate: 20,
  params: z.looseObject({ id }),
  body: z.strictObject({}),
  answer: z.strictObject({
    ...scope,
    checks,
    slots: z
      .array(z.strictObject({ slot: z.string().nullable(), targets: z.array(z.string()) }))
      .meta({ description: "which of the targets each needs: one that fails keeps no other slot back" }),
  }),
  handle: async ({ tenant, caller, params, signal }) => {
    const { items } = seenBy(tenant, caller, params.id);
    const found = await preflightOf(tenant.deps, tenant.parts.diagnosis, items, signal);
    const slots = items.map(({ slot, targets }) => ({ slot, targets: [...targets] }));
    return { ...(await scopeOf(tenant)), checks: found.map(checkJson), slots };
  },
});

const rotate = tenantRoute({
  method: "POST",
  path: "/applications/rotate",
  role: "Operator",
  tag: "control",
  summary: "Renew all that is chosen, each as it would be alone; each is answered for itself",
  rate: 20,
  body: asked,
  answer: z.strictObject({
    opened: count,
    rotations: z.array(z.strictObject({ ...named, id: z.string(), state })),
    refused: z.array(refusedShape),
  }),
  isRefusal: ({ rotations }) => rotations.length === 0,
  handle: async ({ tenant, caller, body }) => {
    await tenant.painted();
    const chosen = await chosenOf(tenant, caller, body);
    const done = await askMany(tenant.deps, pictureOf(tenant), chosen, { now: body.now, actor: actorOf(caller) });
    for (const one of rotationsOf(done)) await tenant.changed(one, "opened");
    const fault = faultOf(done);
    if (fault !== null) throw asThrown(fault);
    return {
      opened: done.reduce((so, one) => so + ("asked" in one ? one.asked.opened : 0), 0),
      rotations: rotationsOf(done).map(({ id, slot, state: its, holder, displayName }) => ({
        ...{ id, slot, state: its, displayName },
        ...{ objectId: holder.objectId, appId: holder.appId },
      })),
      refused: done.flatMap((one) => refusedJson(one, tenantNamed(tenant.deps.settings))),
    };
  },
});

/** What failed has no detail but what to do next, which names the tenant where that must be said. */
function refusedJson(one: OneAsked, tenant: string | undefined): z.input<typeof refusedShape>[] {
  const then = (next: string | null) => advice(tenant, next);
  const { objectId, appId, displayName } = one.portrait;
  const named = { objectId, appId, displayName };
  if ("failed" in one) {
    const { message, next } = one.failed;
    return [{ ...named, slot: null, reason: null, sentence: message, detail: then(next) }];
  }
  const { rotations, refused, failed } = one.asked;
  const said = [
    ...refused.map(({ slot, because, detail }) => ({
      ...named,
      ...{ slot, reason: because, sentence: REASONS[because], detail },
    })),
    ...failed.map(({ item: { slot }, error: { message, next } }) => ({
      ...named,
      ...{ slot, reason: null, sentence: message, detail: then(next) },
    })),
  ];
  if (rotations.length + said.length > 0) return said;
  const bare = { slot: null, reason: "not-bound" as const, sentence: REASONS["not-bound"], detail: null };
  return [{ ...named, ...bare }];
}

export const rotatingManyRoutes: readonly Route[] = [foresee, preflight, rotate];
