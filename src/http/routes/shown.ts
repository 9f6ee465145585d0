/**
 * Client secrets that are made to be seen once, by an Admin and with his own rights: the one answer of a new secret that holds its value,
 * and what becomes of the sealed copy until he says that it is stored.
 */
import { z } from "zod";
import { parseMarkedName } from "../../core/credentials/marker.ts";
import { MAX_LIFETIME } from "../../core/policy/policy.ts";
import { DAY, formatInstant, parseInstant } from "../../core/time.ts";
import {
  dropShown,
  keepShown,
  makeShown,
  type Shown,
  showAgain,
  waitingFor,
} from "../../engine/values/shown-secret.ts";
import { actorOf, type Caller } from "../caller.ts";
import { handOf, handOrNone } from "../own-rights.ts";
import { type Route, tenantRoute } from "../route.ts";
import { description, lastingOf } from "./secrets.ts";
import { id, instant, iso, maybe, scope, scopeOf } from "./shapes.ts";
import { subjectOf } from "./subject.ts";

const one = { params: z.looseObject({ id }) };
const until = instant.meta({ description: "who has not said by then that it is stored finds it removed" });

const answer = z.strictObject({
  secret: z.string().meta({ description: "names it in /shown-secrets" }),
  application: z.string(),
  keyId: z.string().nullable(),
  description: z.string().meta({ description: "without the marker" }),
  end: instant,
  until,
  value: z.string().meta({ description: "shown to who asked, until it is stored" }),
});

function shownJson({ secret, value }: Shown) {
  return {
    secret: secret.id,
    application: secret.holder.objectId,
    keyId: secret.keyId,
    description: parseMarkedName(secret.name).description,
    end: formatInstant(secret.end),
    until: formatInstant(secret.until),
    value: value.reveal(),
  };
}

function personOf(caller: Caller) {
  return { actor: actorOf(caller), objectId: caller.objectId };
}

const make = tenantRoute({
  method: "POST",
  path: "/applications/{id}/shown-secrets",
  role: "Admin",
  tag: "secrets",
  summary: "Make a client secret with your own rights and see its value once; refused for privileged applications",
  ...one,
  body: z.strictObject({
    description,
    days: z
      .int()
      .min(1)
      .max(MAX_LIFETIME / DAY)
      .optional(),
    start: instant.optional().meta({ description: "with an exact end: valid from then on only" }),
    end: instant.optional().meta({ description: "an exact end instead of days, at most 730 days after it begins" }),
    reason: z.string().trim().min(10, "a reason of at least 10 characters").max(500),
    ticket: z.string().max(100).optional(),
  }),
  person: true,
  reveals: true,
  answer,
  handle: async ({ tenant, caller, params, body, session }) => {
    const hand = await handOf(tenant, session);
    const subject = await subjectOf(tenant, caller, params.id);
    const lasting = lastingOf(body);
    const start = body.start === undefined ? null : parseInstant(body.start);
    const shown = await makeShown(tenant.deps, hand, subject, {
      description: body.description,
      lasting: "end" in lasting ? { ...lasting, start } : lasting,
      why: body.ticket === undefined ? body.reason : `${body.reason} (${body.ticket})`,
      person: personOf(caller),
    });
    await tenant.touched(shown.secret.holder.appId, shown.secret.holder.objectId, "shown-issued");
    return shownJson(shown);
  },
});

const waiting = tenantRoute({
  method: "GET",
  path: "/shown-secrets",
  role: "Admin",
  tag: "secrets",
  summary: "The secrets whose value waits for you to say that it is stored; never the value",
  answer: z.strictObject({
    ...scope,
    items: z.array(
      z.strictObject({
        secret: z.string(),
        application: z.string(),
        displayName: z.string(),
        keyId: z.string().nullable(),
        end: maybe,
        until,
      }),
    ),
  }),
  handle: async ({ tenant, caller }) => ({
    ...(await scopeOf(tenant)),
    items: (await waitingFor(tenant.deps, personOf(caller))).map((its) => ({
      secret: its.id,
      application: its.holder.objectId,
      displayName: its.displayName,
      keyId: its.keyId,
      end: iso(its.end),
      until: formatInstant(its.until),
    })),
  }),
});

const again = tenantRoute({
  method: "POST",
  path: "/shown-secrets/{id}/show",
  role: "Admin",
  tag: "secrets",
  summary: "Show the value again to who asked for it, as long as he has not said that it is stored",
  ...one,
  person: true,
  reveals: true,
  answer,
  handle: async ({ tenant, caller, params }) => shownJson(await showAgain(tenant.deps, params.id, personOf(caller))),
});

const settled = z.strictObject({ secret: z.string(), state: z.enum(["kept", "lapsed", "removed"]) });

const keep = tenantRoute({
  method: "POST",
  path: "/shown-secrets/{id}/keep",
  role: "Admin",
  tag: "secrets",
  summary: "Say that you have stored the value: it is erased here, and shown to nobody any more",
  ...one,
  person: true,
  answer: settled,
  handle: async ({ tenant, caller, params }) => {
    const { id: secret, holder } = await keepShown(tenant.deps, params.id, personOf(caller));
    await tenant.touched(holder.appId, holder.objectId, "shown-kept");
    return { secret, state: "kept" as const };
  },
});

const drop = tenantRoute({
  method: "POST",
  path: "/shown-secrets/{id}/drop",
  role: "Admin",
  tag: "secrets",
  summary: "Remove a secret whose value you have not stored: nobody can show it again",
  ...one,
  person: true,
  answer: settled,
  handle: async ({ tenant, caller, params, session }) => {
    const hand = await handOrNone(tenant, session);
    const { id: secret, holder, state } = await dropShown(tenant.deps, hand, params.id, personOf(caller));
    await tenant.touched(holder.appId, holder.objectId, "shown-removed");
    return { secret, state: state === "removed" ? ("removed" as const) : ("lapsed" as const) };
  },
});

export const shownRoutes: readonly Route[] = [make, waiting, again, keep, drop];
