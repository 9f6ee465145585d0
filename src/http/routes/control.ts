/** What a person decides: rotate now, cancel, stop, go on. Each goes into the trail with who he is. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import * as control from "../../engine/control.ts";
import { requirePrivilegesRead } from "../../engine/privileges.ts";
import { slotsNow } from "../../engine/rotate-many.ts";
import { actorOf } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf, seenBy } from "./own.ts";
import { count, id, reason, state, why } from "./shapes.ts";

const one = { params: z.looseObject({ id }) };

const rotate = tenantRoute({
  method: "POST",
  path: "/applications/{id}/rotate",
  role: "Operator",
  tag: "control",
  summary: "Renew what is due of an application now; with now also what is not due, though never past a safety rule",
  ...one,
  body: z.strictObject({ now: z.boolean().default(false) }),
  answer: z.strictObject({
    opened: count,
    rotations: z.array(z.strictObject({ id: z.string(), slot: z.string(), state })),
    refused: z.array(
      z.strictObject({ slot: z.string().nullable(), reason, sentence: z.string(), detail: z.string().nullable() }),
    ),
  }),
  handle: async ({ tenant, caller, params, body }) => {
    const { appId } = seenBy(tenant, caller, params.id);
    // what is begun rests on the directory as it is now, not as the last scan saw it
    const items = await slotsNow(tenant.deps, pictureOf(tenant), appId);
    if (items.length === 0) {
      throw new NolapseError("refused-by-rule", "no entry of the configuration says where its credential goes", {
        next: "add it under applications, with the targets that hold its secret",
      });
    }
    requirePrivilegesRead(pictureOf(tenant).scan);
    const asked = await control.askItems(tenant.deps, items, { now: body.now, actor: actorOf(caller) });
    for (const one of asked.rotations) await tenant.changed(one, "opened");
    control.unlessFailed(asked);
    return {
      opened: asked.opened,
      rotations: asked.rotations.map((one) => ({ id: one.id, slot: one.slot, state: one.state })),
      refused: asked.refused.map(({ slot, because, detail }) => ({
        slot,
        reason: because,
        sentence: REASONS[because],
        detail,
      })),
    };
  },
});

const cancel = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/cancel",
  role: "Operator",
  tag: "control",
  summary: "Give a rotation up; both credentials stay",
  ...one,
  body: z.strictObject({ reason: why }),
  answer: z.strictObject({ rotation: z.string(), state }),
  handle: async ({ tenant, caller, params, body }) => {
    const rotation = await control.cancel(tenant.deps, params.id, actorOf(caller), body.reason ?? null);
    await tenant.changed(rotation, "cancelled");
    return { rotation: rotation.id, state: rotation.state };
  },
});

const stop = tenantRoute({
  method: "POST",
  path: "/stop",
  role: "Operator",
  tag: "control",
  summary: "Stop all writing in the tenant; reading goes on, and sign-ins of applications are not touched",
  answer: z.strictObject({ stopped: z.literal(true) }),
  handle: async ({ tenant, caller }) => {
    await control.stop(tenant.deps, actorOf(caller));
    await tenant.turned();
    return { stopped: true as const };
  },
});

const resume = tenantRoute({
  method: "POST",
  path: "/resume",
  role: "Admin",
  tag: "control",
  summary: "Let writing go on after a stop, an open breaker, a scan that lost too much or a halt",
  answer: z.strictObject({
    resumed: count,
    forgotten: count,
    busy: z.array(z.string()),
    stillStopped: z.string().nullable(),
  }),
  handle: async ({ tenant, caller }) => {
    const { resumed, forgotten, busy, stillStopped } = await control.resume(tenant.deps, actorOf(caller));
    await tenant.turned();
    return { resumed, forgotten, busy: busy.map(({ id: its }) => its), stillStopped };
  },
});

export const controlRoutes: readonly Route[] = [rotate, cancel, stop, resume];
