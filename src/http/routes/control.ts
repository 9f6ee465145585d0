/** What a person decides: rotate now, approve, cancel, stop, go on. Each goes into the trail with who he is. */
import { z } from "zod";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import { approve, missing } from "../../engine/approve.ts";
import * as control from "../../engine/control.ts";
import { retouch } from "../../engine/picture.ts";
import { actorOf, personOf } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import { pictureOf, seenBy } from "./own.ts";
import { count, id, reason, state } from "./shapes.ts";

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
    const fresh = await retouch(tenant.deps, pictureOf(tenant), appId, true);
    const items = (fresh?.items ?? []).filter(({ slot }) => slot !== null);
    if (items.length === 0) {
      throw new NolapseError("refused-by-rule", "no entry of the configuration says where its credential goes", {
        next: "add it under applications, with the targets that hold its secret",
      });
    }
    const asked = await control.askItems(tenant.deps, items, { now: body.now, actor: actorOf(caller) });
    for (const one of asked.rotations) await tenant.changed(one, "opened");
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

const part = z.enum(["issue", "retire", "both"]);
const left = z.array(z.enum(["issue", "retire"])).meta({ description: "what waits for another person" });

const approveOne = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/approve",
  role: "Operator",
  person: true,
  tag: "control",
  summary: "Let a rotation begin, or its old credential go; of a privileged application two different persons must",
  ...one,
  body: z.strictObject({ what: part }),
  answer: z.strictObject({ rotation: z.string(), left }),
  handle: async ({ tenant, caller, params, body }) => {
    const rotation = await approve(tenant.deps, params.id, body.what, personOf(caller));
    await tenant.changed(rotation, "approved");
    return { rotation: rotation.id, left: missing(tenant.deps, rotation, body.what) };
  },
});

const approveMany = tenantRoute({
  method: "POST",
  path: "/approvals",
  role: "Operator",
  person: true,
  tag: "control",
  summary: "The same for up to 200 rotations; each is answered for itself",
  body: z.strictObject({ ids: z.array(id).min(1).max(200), what: part }),
  answer: z.strictObject({
    done: z.array(z.strictObject({ rotation: z.string(), left })),
    refused: z.array(z.strictObject({ rotation: z.string(), code: z.string(), detail: z.string() })),
  }),
  handle: async ({ tenant, caller, body }) => {
    const person = personOf(caller);
    const done = [];
    const refused = [];
    for (const wanted of new Set(body.ids)) {
      try {
        const rotation = await approve(tenant.deps, wanted, body.what, person);
        await tenant.changed(rotation, "approved");
        done.push({ rotation: wanted, left: missing(tenant.deps, rotation, body.what) });
      } catch (thrown) {
        const { code, message } = asNolapseError(thrown);
        if (code === "unexpected" || code.startsWith("store-f")) throw thrown;
        refused.push({ rotation: wanted, code, detail: message });
      }
    }
    return { done, refused };
  },
});

const cancel = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/cancel",
  role: "Operator",
  tag: "control",
  summary: "Give a rotation up; both credentials stay",
  ...one,
  answer: z.strictObject({ rotation: z.string(), state }),
  handle: async ({ tenant, caller, params }) => {
    const rotation = await control.cancel(tenant.deps, params.id, actorOf(caller));
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

export const controlRoutes: readonly Route[] = [rotate, approveOne, approveMany, cancel, stop, resume];
