/** A new client secret or certificate, straight to the targets of its slot: the choices, and the word that starts it. Nobody sees the value. */
import { z } from "zod";
import { isLive, type Kind } from "../../core/credentials/credential.ts";
import { parseMarkedName } from "../../core/credentials/marker.ts";
import { NolapseError } from "../../core/errors.ts";
import { mendFor } from "../../core/policy/mends.ts";
import { MAX_LIFETIME, MIN_LIFETIME } from "../../core/policy/policy.ts";
import { DAY, epochMs, formatInstant, MINUTE, parseInstant, plus } from "../../core/time.ts";
import {
  askCredential,
  CREDENTIAL_WARNINGS,
  type CredentialOptions,
  credentialOptions,
  type EndRange,
  endRange,
  groundWarnings,
  PRESET_NOTES,
  type Preset,
  presetsOf,
  type SlotNow,
} from "../../engine/commands/new-credential.ts";
import { requirePrivilegesRead } from "../../engine/scan/privileges.ts";
import { SHORTEST_SPAN, shownBlock } from "../../engine/values/shown-secret.ts";
import { retouch } from "../../engine/views/picture.ts";
import { actorOf, type Caller } from "../caller.ts";
import { UnfitRequest } from "../problem.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf, seenBy } from "./own.ts";
import { id, instant, iso, maybe, reason, scope, scopeOf, state } from "./shapes.ts";
import { groundOf, subjectOf } from "./subject.ts";

const one = { params: z.looseObject({ id }) };
const days = z
  .int()
  .min(MIN_LIFETIME / DAY)
  .max(MAX_LIFETIME / DAY);
/** Ours goes behind it, and Graph cuts what is longer together. */
export const description = z.string().trim().min(1).max(64).meta({ description: "its words before the marker" });

/** The slots of an application, on the object as it is now and not as the last scan saw it. */
async function slotsOf(tenant: Tenant, caller: Caller, wanted: string): Promise<readonly SlotNow[]> {
  const { appId } = seenBy(tenant, caller, wanted);
  const fresh = await retouch(tenant.deps, pictureOf(tenant), appId, true);
  if (fresh === null) return [];
  const ground = await groundOf(tenant, fresh);
  return fresh.items.flatMap((item) => {
    const objectId = item.holder?.objectId ?? fresh.objectId;
    const holder = fresh.holders.find((its) => its.objectId === objectId) ?? null;
    return item.slot === null ? [] : [{ ...ground, item, holder }];
  });
}

const preset = z.strictObject({
  days: z.int(),
  end: instant,
  recommended: z.boolean(),
  allowed: z.boolean(),
  why: z.string().nullable(),
  notes: z.array(z.enum(PRESET_NOTES)),
});
const custom = z
  .strictObject({ earliest: instant, latest: instant, why: z.string().nullable() })
  .meta({ description: "between which an exact end may lie, and who forbids a later one" });
const warnings = z.array(z.enum(CREDENTIAL_WARNINGS));

const slotShape = z.strictObject({
  slot: z.string(),
  blocked: z
    .strictObject({
      reason,
      why: z.string(),
      mend: z
        .string()
        .nullable()
        .meta({ description: "what takes it out of the way; what is typed stands in backticks" }),
    })
    .nullable(),
  description: z.string().meta({ description: "of the current one, without the marker" }),
  targets: z.array(z.strictObject({ name: z.string(), type: z.string() })),
  current: z.strictObject({ keyId: z.string(), name: z.string().nullable(), end: maybe, ours: z.boolean() }).nullable(),
  presets: z.array(preset),
  custom,
  warnings,
});

const options = tenantRoute({
  method: "GET",
  path: "/applications/{id}/secret-options",
  role: "Operator",
  tag: "secrets",
  summary:
    "How long a new client secret may last, where it goes, and what speaks against it: for each slot, and for one that is shown",
  ...one,
  answer: z.strictObject({
    ...scope,
    slots: z.array(slotShape),
    shown: z
      .strictObject({
        blocked: z.string().nullable(),
        privileged: z.boolean().meta({ description: "it is, or may be: no choice mends that" }),
        presets: z.array(preset),
        custom,
        warnings,
      })
      .meta({ description: "of a secret by hand, whose value an Admin sees once" }),
    graphEndpoint: z.string().meta({ description: "where Microsoft Graph is in the tenant's cloud, an origin" }),
  }),
  handle: async ({ tenant, caller, params }) => {
    const slots = await shownSlots(tenant, caller, params.id, "secret");
    const subject = await subjectOf(tenant, caller, params.id);
    const now = await tenant.deps.clock.now();
    return {
      ...(await scopeOf(tenant)),
      slots,
      shown: {
        blocked: shownBlock(subject),
        privileged: subject.privileges?.length !== 0,
        presets: presetsOf("secret", subject, null, now).map(presetJson),
        custom: rangeJson(endRange("secret", subject, plus(now, SHORTEST_SPAN), now)),
        warnings: await groundWarnings(tenant.deps, subject, now),
      },
      graphEndpoint: tenant.parts.graphEndpoint,
    };
  },
});

const certificateOptions = tenantRoute({
  method: "GET",
  path: "/applications/{id}/certificate-options",
  role: "Operator",
  tag: "secrets",
  summary: "How long a new certificate may last, where its key goes, and what speaks against it, for each slot",
  ...one,
  answer: z.strictObject({ ...scope, slots: z.array(slotShape) }),
  handle: async ({ tenant, caller, params }) => ({
    ...(await scopeOf(tenant)),
    slots: await shownSlots(tenant, caller, params.id, "certificate"),
  }),
});

async function shownSlots(tenant: Tenant, caller: Caller, wanted: string, kind: Kind) {
  const now = await tenant.deps.clock.now();
  const slots = [];
  for (const slot of await slotsOf(tenant, caller, wanted))
    slots.push(await slotJson(tenant, await credentialOptions(tenant.deps, kind, slot, now)));
  return slots;
}

/** What is recommended where the policy does not say otherwise; days. */
const RECOMMENDED = 180;

function presetJson({ lifetime, end, forbidden, notes }: Preset) {
  return {
    days: lifetime / DAY,
    end: formatInstant(end),
    recommended: lifetime / DAY === RECOMMENDED,
    allowed: forbidden === null,
    why: forbidden,
    notes: [...notes],
  };
}

/** In whole minutes inside the range: what a person types has no seconds. */
function rangeJson({ earliest, latest, why }: EndRange) {
  return {
    earliest: formatInstant(epochMs(Math.ceil(earliest / MINUTE) * MINUTE)),
    latest: formatInstant(epochMs(Math.floor(latest / MINUTE) * MINUTE)),
    why,
  };
}

async function slotJson({ deps }: Tenant, { item, blocked, presets, custom, warnings: said }: CredentialOptions) {
  const { credential, targets } = item;
  const ledger = await deps.store.ledger(deps.settings.tenantId, item.appId);
  const now = await deps.clock.now();
  const ours = ledger.some(({ keyId, origin }) => keyId === credential?.keyId && origin === "issued");
  return {
    slot: item.slot ?? "",
    blocked: blocked && { ...blocked, mend: mendFor(blocked.reason) },
    description: parseMarkedName(credential?.name ?? "").description,
    targets: targets.map((name) => ({ name, type: deps.settings.targets[name]?.type ?? "unknown" })),
    current:
      credential !== null && isLive(credential, now)
        ? { keyId: credential.keyId, name: credential.name, end: iso(credential.end), ours }
        : null,
    presets: presets.map(presetJson),
    custom: rangeJson(custom),
    warnings: [...said],
  };
}

const wanted = z.strictObject({
  slot: z.string().max(100).optional().meta({ description: "which one, where the application has several" }),
  days: days.optional(),
  end: instant.optional().meta({ description: "an exact end instead of days, at least 14 days and at most 730 away" }),
  description: description.optional(),
  keepOld: z.boolean().default(false).meta({ description: "the current one lives out its own end" }),
});
const opened = z.strictObject({ rotation: z.string(), slot: z.string(), state });

const create = tenantRoute({
  method: "POST",
  path: "/applications/{id}/secrets",
  role: "Operator",
  tag: "secrets",
  summary:
    "Make a new client secret and take it to its slot's targets; the answer is the rotation that does so, never the value",
  ...one,
  body: wanted,
  answer: opened,
  handle: ({ tenant, caller, params, body }) => begin(tenant, caller, params.id, "secret", body),
});

const createCertificate = tenantRoute({
  method: "POST",
  path: "/applications/{id}/certificates",
  role: "Operator",
  tag: "secrets",
  summary:
    "Make a new certificate and take it with its key to its slot's targets; the answer is the rotation that does so, never the key",
  ...one,
  body: wanted,
  answer: opened,
  handle: ({ tenant, caller, params, body }) => begin(tenant, caller, params.id, "certificate", body),
});

async function begin(tenant: Tenant, caller: Caller, which: string, kind: Kind, body: z.output<typeof wanted>) {
  const slots = await slotsOf(tenant, caller, which);
  const named = body.slot === undefined ? slots : slots.filter(({ item }) => item.slot === body.slot);
  const [slot, other] = named;
  if (slot === undefined || other !== undefined) throw noSlot(slots);
  requirePrivilegesRead(pictureOf(tenant).scan);
  const rotation = await askCredential(tenant.deps, slot, {
    kind,
    lasting: lastingOf(body),
    description: body.description ?? null,
    keepOld: body.keepOld,
    actor: actorOf(caller),
  });
  await tenant.changed(rotation, "opened");
  return { rotation: rotation.id, slot: rotation.slot, state: rotation.state };
}

/** @throws UnfitRequest unless exactly one of the two is given. */
export function lastingOf({
  days: length,
  end,
}: {
  readonly days?: number | undefined;
  readonly end?: string | undefined;
}) {
  const at = end === undefined ? null : parseInstant(end);
  if ((length === undefined) === (at === null)) {
    throw new UnfitRequest([{ path: "body", message: "either days or an end, and not both" }]);
  }
  return at === null ? { lifetime: (length ?? 0) * DAY } : { end: at };
}

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

export const secretRoutes: readonly Route[] = [options, create, certificateOptions, createCertificate];
