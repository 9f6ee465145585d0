/** The value of a privileged application takes two persons: one asks to see it, another one approves, and who asked sees it once. */
import { z } from "zod";
import { formatInstant } from "../../core/time.ts";
import { rotationOf } from "../../engine/rotation/amend.ts";
import {
  approveReveal,
  askReveal,
  type RevealRequest,
  refuseReveal,
  showApproved,
  waitingReveals,
} from "../../engine/values/reveal-request.ts";
import { actorOf, type Caller } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { id, instant, scope, scopeOf, why } from "./shapes.ts";

const one = { params: z.looseObject({ id }) };

const request = z.strictObject({
  request: z.string().meta({ description: "names it in /reveal-requests" }),
  rotation: z.string(),
  application: z.string(),
  displayName: z.string(),
  keyId: z.string(),
  privileges: z.array(z.string()).meta({ description: "what makes the application privileged" }),
  by: z.string().meta({ description: "who asks to see it" }),
  reason: z.string(),
  state: z.enum(["asked", "approved"]),
  approvedBy: z.string().nullable(),
  askedAt: instant,
  until: instant.meta({ description: "who has not approved it by then, or seen it, is too late" }),
  mine: z.boolean().meta({ description: "you have asked: somebody else approves, and you alone see it" }),
});

function requestJson(one: RevealRequest, caller: Caller) {
  return {
    request: one.id,
    rotation: one.rotation,
    application: one.holder.objectId,
    displayName: one.displayName,
    keyId: one.keyId,
    privileges: [...one.privileges],
    by: one.actor,
    reason: one.why,
    state: one.state === "approved" ? ("approved" as const) : ("asked" as const),
    approvedBy: one.approver?.actor ?? null,
    askedAt: formatInstant(one.askedAt),
    until: formatInstant(one.until),
    mine: one.person === caller.objectId.toLowerCase(),
  };
}

function personOf(caller: Caller) {
  return { actor: actorOf(caller), objectId: caller.objectId };
}

/** Everybody's list of what waits is another one now. */
async function told(tenant: Tenant, { rotation }: Pick<RevealRequest, "rotation">): Promise<void> {
  await tenant.changed(await rotationOf(tenant.deps, rotation), "reveal");
}

const ask = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/reveal-requests",
  role: "Admin",
  person: true,
  tag: "values",
  summary: "Ask to see a value of a privileged application that is still sealed here; another Admin must approve",
  ...one,
  body: z.strictObject({
    reason: z.string().trim().min(10, "a reason of at least 10 characters").max(500),
    ticket: z.string().max(100).optional(),
  }),
  answer: request,
  handle: async ({ tenant, caller, params, body }) => {
    const because = body.ticket === undefined ? body.reason : `${body.reason} (${body.ticket})`;
    const asked = await askReveal(tenant.deps, params.id, because, personOf(caller));
    await told(tenant, asked);
    return requestJson(asked, caller);
  },
});

const list = tenantRoute({
  method: "GET",
  path: "/reveal-requests",
  role: "Reader",
  tag: "values",
  summary: "Who asks to see which value, why, and whether another person has approved; never the value",
  answer: z.strictObject({ ...scope, items: z.array(request) }),
  handle: async ({ tenant, caller }) => ({
    ...(await scopeOf(tenant)),
    items: (await waitingReveals(tenant.deps)).map((its) => requestJson(its, caller)),
  }),
});

const approve = tenantRoute({
  method: "POST",
  path: "/reveal-requests/{id}/approve",
  role: "Admin",
  person: true,
  tag: "values",
  summary: "Let another Admin see the value he asks for, once and within a quarter of an hour; never your own request",
  ...one,
  answer: request,
  handle: async ({ tenant, caller, params }) => {
    const approved = await approveReveal(tenant.deps, params.id, personOf(caller));
    await told(tenant, approved);
    return requestJson(approved, caller);
  },
});

const refuse = tenantRoute({
  method: "POST",
  path: "/reveal-requests/{id}/refuse",
  role: "Admin",
  person: true,
  tag: "values",
  summary: "Say no to it, or take your own back; also after a yes, until the value was shown",
  ...one,
  body: z.strictObject({ reason: why }),
  answer: z.strictObject({ request: z.string(), state: z.literal("refused") }),
  handle: async ({ tenant, caller, params, body }) => {
    const refused = await refuseReveal(tenant.deps, params.id, personOf(caller), body.reason ?? null);
    await told(tenant, refused);
    return { request: refused.id, state: "refused" as const };
  },
});

const show = tenantRoute({
  method: "POST",
  path: "/reveal-requests/{id}/show",
  role: "Admin",
  person: true,
  reveals: true,
  tag: "values",
  summary: "See the value you asked for, once, after another Admin has approved",
  ...one,
  answer: z.strictObject({
    rotation: z.string(),
    keyId: z.string(),
    value: z.string().meta({ description: "shown once" }),
  }),
  handle: async ({ tenant, caller, params }) => {
    const shown = await showApproved(tenant.deps, params.id, personOf(caller));
    await tenant.changed(shown.rotation, "reveal");
    return { rotation: shown.rotation.id, keyId: shown.keyId, value: shown.value.reveal() };
  },
});

export const revealRoutes: readonly Route[] = [ask, list, approve, refuse, show];
