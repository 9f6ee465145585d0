/** What may be asked for about one credential: that Nolapse may retire it, that an old one goes now, that one has leaked. */
import { z } from "zod";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { formatInstant, MINUTE } from "../../core/time.ts";
import { adoptOf } from "../../engine/commands/adopt.ts";
import { isPrivileged } from "../../engine/commands/approve.ts";
import { askRemoval, foreseeRemoval, type RemovalPlace } from "../../engine/commands/ask-removal.ts";
import { foreseeEmergency } from "../../engine/commands/emergency.ts";
import { requirePrivilegesRead } from "../../engine/scan/privileges.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import { actorOf, personOf } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf, seenBy } from "./own.ts";
import { count, id, instant, iso, maybe, reason, scope, scopeOf, state, stated } from "./shapes.ts";
import { placeOf } from "./subject.ts";

const params = z.looseObject({ id, keyId: id });
const against = z.strictObject({ reason, sentence: z.string(), detail: z.string().nullable() });

const adopt = tenantRoute({
  method: "POST",
  path: "/applications/{id}/credentials/{keyId}/adopt",
  role: "Admin",
  tag: "control",
  summary:
    "Enter a credential that somebody else made into the ledger: the rotation that replaces it, or a person's word (…/remove), may retire it; removes nothing. Reads the list anew, and says so where it was adopted before",
  params,
  body: z.strictObject({ reason: stated }),
  answer: z.strictObject({
    keyId: z.string(),
    adoptedAt: instant,
    before: z.boolean().meta({ description: "it was adopted before, and nothing was done" }),
  }),
  handle: async ({ tenant, caller, params: { id: application, keyId }, body }) => {
    const { appId, objectId, holders } = seenBy(tenant, caller, application);
    const subject = { appId, holders, complete: pictureOf(tenant).scan.coverage.complete };
    const asked = { keyId, why: body.reason, actor: actorOf(caller) };
    const { credential, since, before } = await adoptOf(tenant.deps, subject, asked);
    if (!before) await tenant.touched(appId, objectId, "adopted");
    return { keyId: credential.keyId, adoptedAt: formatInstant(since), before };
  },
});

const removal = tenantRoute({
  method: "GET",
  path: "/applications/{id}/credentials/{keyId}/removal",
  role: "Operator",
  person: true,
  tag: "control",
  summary:
    "What removing an old credential now would come to: whether it can be, from when on, what it would wait for, and what the word would overrule. Reads the sign-in log",
  params,
  // pages of a log, which weigh more than most of what Graph is asked
  rate: 10,
  answer: z.strictObject({
    ...scope,
    rotation: z.string().nullable().meta({ description: "null where the word opens one, of a leftover" }),
    blocked: z.strictObject({ why: z.string(), next: z.string().nullable() }).nullable(),
    before: z.boolean().meta({ description: "it was asked for before, or is gone: nothing would be changed" }),
    at: maybe.meta({ description: "not before this instant: by then every declared consumer can have reloaded" }),
    waits: against.nullable().meta({ description: "what it would wait for beside the time" }),
    overrules: z.array(against).meta({ description: "each has to be named when it is asked for" }),
    privileged: z.boolean(),
  }),
  handle: async ({ tenant, caller, params: { id: application, keyId }, signal }) => {
    const place = removalPlace(tenant, seenBy(tenant, caller, application), keyId);
    const seen = await foreseeRemoval(tenant.deps, place, personOf(caller), signal);
    const { rotation, opens, refusal, before, at, waits, overrules } = seen;
    return {
      ...(await scopeOf(tenant)),
      rotation: opens ? null : rotation.id,
      blocked: refusal && { why: refusal.message, next: refusal.next },
      before,
      at: iso(at),
      waits: waits && againstJson(waits.because, waits.detail),
      overrules: overrules.map(({ code, detail }) => againstJson(code, detail)),
      privileged: isPrivileged(rotation),
    };
  },
});

function removalPlace(tenant: Tenant, { appId, holders }: Portrait, keyId: string): RemovalPlace {
  const { held } = pictureOf(tenant).scan.privileges;
  return { appId, keyId, holders, privileges: held.get(appId) ?? [] };
}

function againstJson(code: ReasonCode, detail: string | null) {
  return { reason: code, sentence: REASONS[code], detail };
}

const remove = tenantRoute({
  method: "POST",
  path: "/applications/{id}/credentials/{keyId}/remove",
  role: "Operator",
  person: true,
  tag: "control",
  summary:
    "Let an old credential go now, whose verified successor its rotation keeps it beside, or an adopted leftover that no rotation replaces: by a rotation's removal, behind every check that protects a declared consumer",
  params,
  rate: 10,
  body: z.strictObject({
    reason: stated,
    accepts: z
      .array(reason)
      .max(20)
      .default([])
      .meta({ description: "what GET …/removal says that the word overrules; with more than that nothing is done" }),
  }),
  answer: z.strictObject({ rotation: z.string(), state }),
  handle: async ({ tenant, caller, params: { id: application, keyId }, body, signal }) => {
    const place = removalPlace(tenant, seenBy(tenant, caller, application), keyId);
    requirePrivilegesRead(pictureOf(tenant).scan);
    const asked = { accepts: body.accepts, why: body.reason, person: personOf(caller) };
    const rotation = await askRemoval(tenant.deps, place, asked, signal);
    await tenant.changed(rotation, "removal-asked");
    return { rotation: rotation.id, state: rotation.state };
  },
});

const emergency = tenantRoute({
  method: "GET",
  path: "/applications/{id}/credentials/{keyId}/emergency",
  role: "Operator",
  tag: "control",
  summary:
    "What rotating it as leaked (POST …/rotate with emergency) would come to: where its successor goes, and who keeps failing until it reloads. Reads the object anew",
  params,
  answer: z.strictObject({
    ...scope,
    blocked: z.strictObject({ why: z.string(), next: z.string().nullable() }).nullable(),
    rotation: z.string().nullable().meta({ description: "the open one that would be hurried" }),
    minutes: count.meta({ description: "from the new secret to the end of the old one, where nothing fails" }),
    targets: z.array(
      z.strictObject({
        name: z.string(),
        reload: z.union([z.enum(["start", "hook"]), count]).meta({
          description: "when its consumer takes a new value: at its start, when it is told, or within milliseconds",
        }),
        carriedBy: z.string().nullable(),
      }),
    ),
    privileged: z.boolean(),
  }),
  handle: async ({ tenant, caller, params: { id: application, keyId } }) => {
    const { appId } = seenBy(tenant, caller, application);
    const { deps } = tenant;
    const seen = await foreseeEmergency(deps, await placeOf(tenant, appId), keyId);
    const { refusal, rotation, targets, privileged } = seen;
    return {
      ...(await scopeOf(tenant)),
      blocked: refusal && { why: refusal.message, next: refusal.next },
      rotation: rotation?.id ?? null,
      minutes: Math.ceil(deps.settings.acceptance.over / MINUTE) + 1,
      targets: targets.flatMap((name) => {
        const target = deps.settings.targets[name];
        return target === undefined ? [] : [{ name, reload: target.reload, carriedBy: target.carriedBy ?? null }];
      }),
      privileged,
    };
  },
});

export const credentialActRoutes: readonly Route[] = [adopt, removal, remove, emergency];
