/** A new client secret, straight to the targets of its slot: the choices, and the word that starts it. Nobody sees the value. */
import { z } from "zod";
import { isLive } from "../../core/credentials/credential.ts";
import { parseMarkedName } from "../../core/credentials/marker.ts";
import { NolapseError } from "../../core/errors.ts";
import { MAX_LIFETIME, MIN_LIFETIME } from "../../core/policy/policy.ts";
import { DAY, formatInstant } from "../../core/time.ts";
import { askSecret, type SecretOptions, type SlotNow, secretOptions } from "../../engine/new-secret.ts";
import { retouch } from "../../engine/picture.ts";
import { requirePrivilegesRead } from "../../engine/privileges.ts";
import { actorOf, type Caller } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf, seenBy } from "./own.ts";
import { id, instant, iso, maybe, reason, scope, scopeOf, state } from "./shapes.ts";

const one = { params: z.looseObject({ id }) };
const days = z
  .int()
  .min(MIN_LIFETIME / DAY)
  .max(MAX_LIFETIME / DAY);

/** The slots of an application, on the object as it is now and not as the last scan saw it. */
async function slotsOf(tenant: Tenant, caller: Caller, wanted: string): Promise<readonly SlotNow[]> {
  const { appId } = seenBy(tenant, caller, wanted);
  const picture = pictureOf(tenant);
  const fresh = await retouch(tenant.deps, picture, appId, true);
  const { appPolicies } = picture.plan;
  return (fresh?.items ?? []).flatMap((item) => {
    const objectId = item.holder?.objectId ?? fresh?.objectId;
    const holder = fresh?.holders.find((its) => its.objectId === objectId) ?? null;
    return item.slot === null ? [] : [{ item, holder, appPolicies }];
  });
}

const options = tenantRoute({
  method: "GET",
  path: "/applications/{id}/secret-options",
  role: "Operator",
  tag: "secrets",
  summary: "How long a new client secret may last, where it goes, and what speaks against it, for each slot",
  ...one,
  answer: z.strictObject({
    ...scope,
    slots: z.array(
      z.strictObject({
        slot: z.string(),
        blocked: z.strictObject({ reason, why: z.string() }).nullable(),
        description: z.string().meta({ description: "of the current one, without the marker" }),
        targets: z.array(z.strictObject({ name: z.string(), type: z.string() })),
        current: z
          .strictObject({ keyId: z.string(), name: z.string().nullable(), end: maybe, ours: z.boolean() })
          .nullable(),
        presets: z.array(
          z.strictObject({
            days: z.int(),
            end: instant,
            recommended: z.boolean(),
            allowed: z.boolean(),
            why: z.string().nullable(),
            notes: z.array(z.enum(["short-of-policy", "over-a-year"])),
          }),
        ),
        warnings: z.array(
          z.enum(["many-secrets", "personal-accounts", "writing-paused", "policies-unread", "needs-approval"]),
        ),
      }),
    ),
  }),
  handle: async ({ tenant, caller, params }) => {
    const now = await tenant.deps.clock.now();
    const slots = [];
    for (const slot of await slotsOf(tenant, caller, params.id))
      slots.push(await shown(tenant, await secretOptions(tenant.deps, slot, now)));
    return { ...(await scopeOf(tenant)), slots };
  },
});

/** What is recommended where the policy does not say otherwise; days. */
const RECOMMENDED = 180;

async function shown({ deps }: Tenant, { item, blocked, presets, warnings }: SecretOptions) {
  const { credential, targets } = item;
  const ledger = await deps.store.ledger(deps.settings.tenantId, item.appId);
  const now = await deps.clock.now();
  const ours = ledger.some(({ keyId, origin }) => keyId === credential?.keyId && origin === "issued");
  return {
    slot: item.slot ?? "",
    blocked,
    description: parseMarkedName(credential?.name ?? "").description,
    targets: targets.map((name) => ({ name, type: deps.settings.targets[name]?.type ?? "unknown" })),
    current:
      credential !== null && isLive(credential, now)
        ? { keyId: credential.keyId, name: credential.name, end: iso(credential.end), ours }
        : null,
    presets: presets.map(({ lifetime, end, forbidden, notes }) => ({
      days: lifetime / DAY,
      end: formatInstant(end),
      recommended: lifetime / DAY === RECOMMENDED,
      allowed: forbidden === null,
      why: forbidden,
      notes: [...notes],
    })),
    warnings: [...warnings],
  };
}

const create = tenantRoute({
  method: "POST",
  path: "/applications/{id}/secrets",
  role: "Operator",
  tag: "secrets",
  summary:
    "Make a new client secret and take it to its slot's targets; the answer is the rotation that does so, never the value",
  ...one,
  body: z.strictObject({
    slot: z.string().max(100).optional().meta({ description: "which one, where the application has several" }),
    days,
    keepOld: z.boolean().default(false).meta({ description: "the current one lives out its own end" }),
  }),
  answer: z.strictObject({ rotation: z.string(), slot: z.string(), state }),
  handle: async ({ tenant, caller, params, body }) => {
    const slots = await slotsOf(tenant, caller, params.id);
    const named = body.slot === undefined ? slots : slots.filter(({ item }) => item.slot === body.slot);
    const [slot, other] = named;
    if (slot === undefined || other !== undefined) throw noSlot(slots);
    requirePrivilegesRead(pictureOf(tenant).scan);
    const asked = { lifetime: body.days * DAY, keepOld: body.keepOld, actor: actorOf(caller) };
    const rotation = await askSecret(tenant.deps, slot, asked);
    await tenant.changed(rotation, "opened");
    return { rotation: rotation.id, slot: rotation.slot, state: rotation.state };
  },
});

function noSlot(slots: readonly SlotNow[]): NolapseError {
  if (slots.length === 0) {
    return new NolapseError("refused-by-rule", "no entry of the configuration says where its credential goes", {
      next: "add it under applications, with the targets that hold its secret",
    });
  }
  return new NolapseError("usage", "the application has several slots, or none of that name", {
    next: `name one: ${slots.map(({ item }) => item.slot).join(", ")}`,
  });
}

export const secretRoutes: readonly Route[] = [options, create];
