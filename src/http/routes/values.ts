/**
 * The answers of rotations that hold a value, and what follows on them. A value is opened for one answer, which nobody may keep, and noted in the trail
 * before.
 */
import { z } from "zod";
import { acknowledge, handOver } from "../../engine/values/hand-over.ts";
import { reveal } from "../../engine/values/show.ts";
import { actorOf, personOf } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import { id, iso, maybe, state } from "./shapes.ts";

const one = { params: z.looseObject({ id }) };
const target = z.string().max(200).optional().meta({ description: "which one, where several wait" });
const value = z.string().meta({ description: "shown once" });

const deliver = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/deliver",
  role: "Operator",
  tag: "values",
  summary: "Take the new value to a manual target: it is shown once, and is the person's from here on",
  ...one,
  body: z.strictObject({ target }),
  person: true,
  reveals: true,
  answer: z.strictObject({
    rotation: z.string(),
    keyId: z.string().nullable(),
    target: z.string(),
    to: z.string(),
    end: maybe,
    value,
  }),
  handle: async ({ tenant, caller, params, body }) => {
    const { actor } = personOf(caller);
    const given = await handOver(tenant.deps, params.id, { target: body.target ?? null, actor });
    await tenant.changed(given.rotation, "delivery-intended");
    return {
      rotation: given.rotation.id,
      keyId: given.rotation.issued?.keyId ?? null,
      target: given.target,
      to: given.to,
      end: iso(given.rotation.issued?.end),
      value: given.value.reveal(),
    };
  },
});

const delivered = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/delivered",
  role: "Operator",
  tag: "values",
  summary: "Say that the value is installed at its manual target",
  ...one,
  body: z.strictObject({ target }),
  answer: z.strictObject({ rotation: z.string(), target: z.string(), state }),
  handle: async ({ tenant, caller, params, body }) => {
    const given = await acknowledge(tenant.deps, params.id, { target: body.target ?? null, actor: actorOf(caller) });
    await tenant.changed(given.rotation, "delivered");
    return { rotation: given.rotation.id, target: given.target, state: given.rotation.state };
  },
});

const show = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/reveal",
  role: "Admin",
  tag: "values",
  summary: "Show a value that is still sealed here; of a privileged application it takes two persons",
  ...one,
  body: z.strictObject({
    reason: z.string().trim().min(10, "a reason of at least 10 characters").max(500),
    ticket: z.string().max(100).optional(),
  }),
  person: true,
  reveals: true,
  answer: z.strictObject({ rotation: z.string(), keyId: z.string().nullable(), value }),
  handle: async ({ tenant, caller, params, body }) => {
    const why = body.ticket === undefined ? body.reason : `${body.reason} (${body.ticket})`;
    const shown = await reveal(tenant.deps, params.id, why, personOf(caller).actor);
    return { rotation: shown.rotation.id, keyId: shown.rotation.issued?.keyId ?? null, value: shown.value.reveal() };
  },
});

export const valueRoutes: readonly Route[] = [deliver, delivered, show];
