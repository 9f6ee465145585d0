/** What a person decides: rotate now, cancel, stop, go on. Each goes into the trail with who he is. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { REASONS } from "../../core/reasons.ts";
import { cancel as giveUp } from "../../engine/commands/cancel.ts";
import { askEmergencyOf, type EmergencyAsked } from "../../engine/commands/emergency.ts";
import { continueRotation, pauseRotation } from "../../engine/commands/pause.ts";
import { continueApplication, pauseApplication } from "../../engine/commands/pause-application.ts";
import { askItems, unlessFailed } from "../../engine/commands/rotate.ts";
import { slotsNow } from "../../engine/commands/rotate-many.ts";
import { resume as resumeWriting, stop as stopWriting } from "../../engine/commands/stop.ts";
import { tryNow } from "../../engine/commands/try-now.ts";
import { requirePrivilegesRead } from "../../engine/scan/privileges.ts";
import { actorOf, personOf } from "../caller.ts";
import { inPatience } from "../patient-words.ts";
import { UnfitRequest } from "../problem.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf, seenBy } from "./own.ts";
import { count, heldJson, id, paused, pausedJson, pausedRotation, reason, state, stated, why } from "./shapes.ts";
import { placeOf } from "./subject.ts";

const one = { params: z.looseObject({ id }) };

const rotate = tenantRoute({
  method: "POST",
  path: "/applications/{id}/rotate",
  role: "Operator",
  tag: "control",
  summary:
    "Renew what is due of an application now; with now also what is not due, though never past a safety rule; with emergency a credential whose value has leaked, which goes as soon as its successor is verified (a person, with a reason)",
  ...one,
  body: z.strictObject({
    now: z.boolean().default(false),
    slots: z
      .array(z.string().max(200))
      .min(1)
      .optional()
      .meta({ description: "these alone; every slot of the application where it is left out" }),
    emergency: id.optional().meta({ description: "key id of the credential that has leaked" }),
    reason: stated.optional().meta({ description: "for the trail; taken with emergency alone, and needed there" }),
  }),
  answer: z.strictObject({
    opened: count,
    rotations: z.array(z.strictObject({ id: z.string(), slot: z.string(), state })),
    refused: z.array(
      z.strictObject({ slot: z.string().nullable(), reason, sentence: z.string(), detail: z.string().nullable() }),
    ),
  }),
  isRefusal: ({ rotations }) => rotations.length === 0,
  handle: async ({ tenant, caller, params, body }) => {
    const { appId } = seenBy(tenant, caller, params.id);
    if (body.emergency !== undefined && body.slots !== undefined) {
      throw new UnfitRequest([{ path: "body", message: "emergency is about a credential, and takes no slots" }]);
    }
    if ((body.emergency === undefined) !== (body.reason === undefined)) {
      throw new UnfitRequest([{ path: "body", message: "emergency takes a reason, and nothing else does" }]);
    }
    if (body.emergency !== undefined) {
      const asked = { keyId: body.emergency, why: body.reason ?? null, person: personOf(caller) };
      return hurried(tenant, appId, asked);
    }
    // what is begun rests on the directory as it is now, not as the last scan saw it
    const all = await slotsNow(tenant.deps, pictureOf(tenant), appId);
    const items = all.filter(({ slot }) => body.slots === undefined || body.slots.includes(slot ?? ""));
    const strange = (body.slots ?? []).find((slot) => !items.some((one) => one.slot === slot));
    if (strange !== undefined && all.length > 0) {
      throw new NolapseError("not-found", "the application has no such slot", {
        next: "name slots of its entry in the configuration",
      });
    }
    if (items.length === 0) {
      throw new NolapseError("refused-by-rule", "no entry of the configuration says where its credential goes", {
        next: "add it under applications, with the targets that hold its secret",
      });
    }
    requirePrivilegesRead(pictureOf(tenant).scan);
    const asked = await askItems(tenant.deps, items, { now: body.now, actor: actorOf(caller) });
    for (const one of asked.rotations) await tenant.changed(one, "opened");
    unlessFailed(asked);
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

/** One person's word for the new credential and for the end of the leaked one; the directory is read for it. */
async function hurried(tenant: Tenant, appId: string, asked: EmergencyAsked) {
  requirePrivilegesRead(pictureOf(tenant).scan);
  const { rotation, opened } = await askEmergencyOf(tenant.deps, await placeOf(tenant, appId), asked);
  await tenant.changed(rotation, opened ? "opened" : "emergency-asked");
  return {
    opened: opened ? 1 : 0,
    rotations: [{ id: rotation.id, slot: rotation.slot, state: rotation.state }],
    refused: [],
  };
}

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
    const rotation = await giveUp(tenant.deps, params.id, actorOf(caller), body.reason ?? null);
    await tenant.changed(rotation, "cancelled");
    return { rotation: rotation.id, state: rotation.state };
  },
});

const retry = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/try",
  role: "Operator",
  tag: "control",
  summary: "Try again now what has failed and waits, or was halted, on the word that its cause is mended",
  ...one,
  body: z.strictObject({ reason: why }),
  answer: z.strictObject({ rotation: z.string(), state }),
  handle: async ({ tenant, caller, params, body }) => {
    const asked = { actor: actorOf(caller), why: body.reason ?? null };
    const { rotation, what } = await tryNow(tenant.deps, params.id, asked);
    await tenant.changed(rotation, what);
    return { rotation: rotation.id, state: rotation.state };
  },
});

const pause = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/pause",
  role: "Operator",
  tag: "control",
  summary: "Hold one rotation: nothing more of it is done until somebody continues it; the old credential stays",
  ...one,
  body: z.strictObject({ reason: why }),
  answer: z.strictObject({ rotation: z.string(), state, paused: pausedRotation.nullable() }),
  handle: async ({ tenant, caller, params, body, signal, gone }) => {
    const asked = { actor: actorOf(caller), why: body.reason ?? null };
    const rotation = await inPatience({ tenant, signal, gone }, () => pauseRotation(tenant.deps, params.id, asked));
    await tenant.changed(rotation, "paused");
    return { rotation: rotation.id, state: rotation.state, paused: pausedJson(rotation) };
  },
});

const goOn = tenantRoute({
  method: "POST",
  path: "/rotations/{id}/continue",
  role: "Operator",
  tag: "control",
  summary: "Let a paused rotation go on at once, with every check before each step",
  ...one,
  body: z.strictObject({ reason: why }),
  answer: z.strictObject({ rotation: z.string(), state }),
  handle: async ({ tenant, caller, params, body, signal, gone }) => {
    const asked = { actor: actorOf(caller), why: body.reason ?? null };
    const rotation = await inPatience({ tenant, signal, gone }, () => continueRotation(tenant.deps, params.id, asked));
    await tenant.changed(rotation, "continued");
    return { rotation: rotation.id, state: rotation.state };
  },
});

const pauseWhole = tenantRoute({
  method: "POST",
  path: "/applications/{id}/pause",
  role: "Operator",
  tag: "control",
  summary:
    "Hold an application: nothing begins on it and nothing more is done of what has begun, until somebody continues it; every credential stays",
  ...one,
  body: z.strictObject({ reason: stated }),
  answer: z.strictObject({ appId: z.string(), paused }),
  handle: async ({ tenant, caller, params, body, signal, gone }) => {
    const { appId, objectId } = seenBy(tenant, caller, params.id);
    const asked = { actor: actorOf(caller), why: body.reason };
    const held = await inPatience({ tenant, signal, gone }, () => pauseApplication(tenant.deps, appId, asked));
    await tenant.held(appId, objectId, "paused");
    return { appId, paused: heldJson(held) };
  },
});

const goOnWhole = tenantRoute({
  method: "POST",
  path: "/applications/{id}/continue",
  role: "Operator",
  tag: "control",
  summary: "Let a paused application go on at once, with every check before each step",
  ...one,
  body: z.strictObject({ reason: why }),
  answer: z.strictObject({
    appId: z.string(),
    continued: z.boolean().meta({ description: "false where it was not paused" }),
  }),
  handle: async ({ tenant, caller, params, body, signal, gone }) => {
    const { appId, objectId } = seenBy(tenant, caller, params.id);
    const asked = { actor: actorOf(caller), why: body.reason ?? null };
    const held = await inPatience({ tenant, signal, gone }, () => continueApplication(tenant.deps, appId, asked));
    await tenant.held(appId, objectId, "continued");
    return { appId, continued: held !== null };
  },
});

const scan = tenantRoute({
  method: "POST",
  path: "/scan",
  role: "Operator",
  tag: "control",
  summary: "Look at the whole tenant now, and do what is due then; the pages follow when it is over",
  answer: z.strictObject({ asked: z.literal(true) }),
  handle: async ({ tenant, caller }) => {
    tenant.askScan();
    await tenant.note(actorOf(caller), "scan-asked", {});
    return { asked: true as const };
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
    await stopWriting(tenant.deps, actorOf(caller));
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
    const { resumed, forgotten, busy, stillStopped } = await resumeWriting(tenant.deps, actorOf(caller));
    await tenant.turned();
    return { resumed, forgotten, busy: busy.map(({ id: its }) => its), stillStopped };
  },
});

export const controlRoutes: readonly Route[] = [
  rotate,
  cancel,
  retry,
  pause,
  goOn,
  pauseWhole,
  goOnWhole,
  scan,
  stop,
  resume,
];
