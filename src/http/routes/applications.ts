/** The list of applications and one application: what it has, what happens next, why, and its life line. */
import { z } from "zod";
import { lastLapse, lifeLine } from "../../core/pictures/life-line.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type EpochMs, formatInstant, plus } from "../../core/time.ts";
import { pauseOf } from "../../engine/rotation/unpaused.ts";
import { credentialsIn, explainIn, type Seen } from "../../engine/views/explain.ts";
import { type LifeFacts, lifeFacts } from "../../engine/views/life-facts.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { explained, explainJson } from "./explained.ts";
import { classOf, item, itemJson, over } from "./item.ts";
import { listRoutes } from "./items.ts";
import { heldOf, lifeRow, lifeRowJson } from "./life-rows.ts";
import { spanOf, spanQuery } from "./overview.ts";
import { pictureOf, seenBy } from "./own.ts";
import { proofsOf } from "./rotations.ts";
import { reloadText } from "./settings.ts";
import {
  heldJson,
  holderType,
  id,
  instant,
  iso,
  kind,
  maybe,
  paused,
  pausedJson,
  pausedRotation,
  proofs,
  reason,
  scope,
  scopeOf,
} from "./shapes.ts";

const mine = tenantRoute({
  method: "GET",
  path: "/mine",
  role: "Owner",
  tag: "applications",
  summary: "The applications that the directory lists you as an owner of",
  answer: z.strictObject({ ...scope, known: z.boolean(), items: z.array(z.strictObject(item)) }),
  handle: async ({ tenant, caller }) => {
    const picture = pictureOf(tenant);
    const owned = tenant.ownership?.ownedBy.get(caller.objectId.toLowerCase()) ?? [];
    const found = owned.flatMap((one) => picture.find(one) ?? []);
    const now = await tenant.deps.clock.now();
    return {
      ...(await scopeOf(tenant)),
      known: tenant.ownership !== null,
      items: found.map((one) => itemJson(tenant, one, now)),
    };
  },
});

const one = { params: z.looseObject({ id }) };

const credential = z.strictObject({
  keyId: z.string(),
  kind,
  name: z.string().nullable(),
  hint: z.string().nullable().meta({ description: "the first characters, as the directory shows them" }),
  owner: holderType,
  start: maybe,
  end: maybe,
  state: z.enum(["ok", "expiring", "expired", "not-yet-valid", "unknown"]),
  class: classOf,
  status: z.string(),
  reason,
  sentence: z.string(),
  origin: z.enum(["issued", "adopted", "orphan"]).nullable(),
});

const show = tenantRoute({
  method: "GET",
  path: "/applications/{id}",
  madeOf: "store",
  role: "Owner",
  tag: "applications",
  summary: "One application",
  ...one,
  answer: z.strictObject({
    ...scope,
    ...item,
    tenantId: z.string(),
    servicePrincipal: z.string().nullable(),
    servicePrincipalEnabled: z.boolean().nullable().meta({
      description: "false where nobody can sign in through it here; null where there is none",
    }),
    signInAudience: z.string().nullable(),
    tags: z.array(z.string()),
    privileges: z.array(z.string()),
    mode: z.enum(["observe", "propose", "enforce"]),
    lastSafeAt: maybe,
    paused: paused.nullable().meta({ description: "who holds the whole application; null where nobody does" }),
    lapse: z
      .strictObject({ from: instant, to: instant, over })
      .nullable()
      .meta({ description: "the last time within a year in which nothing signed it in, and which is over" }),
    adminCenter: z.string().nullable().meta({
      description: "its page in the Microsoft Entra admin center; null where the cloud is none of Microsoft's",
    }),
    credentials: z.array(credential),
    targets: z.array(
      z.strictObject({
        name: z.string(),
        type: z.string(),
        carriedBy: z.string().nullable(),
        reload: z.string().meta({ description: "how long the applications may take to read it again, at worst" }),
        written: z
          .strictObject({
            at: instant,
            version: z.string().nullable(),
            keyId: z.string().nullable(),
            thumbprint: z.string().nullable().meta({ description: "SHA-1 of a certificate, lower-case hex" }),
            rotation: z.string(),
            verifiedAt: maybe,
          })
          .nullable()
          .meta({ description: "the last value that a rotation has put there, by its receipt" }),
      }),
    ),
    rotations: z.array(
      z.strictObject({
        id: z.string(),
        state: z.string(),
        slot: z.string(),
        kind: z.string(),
        replacesKind: kind,
        plannedAt: instant,
        proofs,
        paused: pausedRotation.nullable(),
      }),
    ),
  }),
  handle: async ({ tenant, caller, params }) => {
    await tenant.painted();
    const portrait = seenBy(tenant, caller, params.id);
    const facts = await lifeFacts(tenant.deps, portrait);
    const { rotations } = facts;
    const credentials = credentialsIn(tenant.deps, ownOf(tenant, portrait), portrait.appId, 90 * DAY, facts);
    const principal = portrait.holders.find(({ type }) => type === "servicePrincipal");
    const main = portrait.holders.find(({ type }) => type === portrait.type);
    const names = [...new Set(credentials.flatMap(({ targets }) => targets))];
    const { settings } = tenant.deps;
    const now = await tenant.deps.clock.now();
    const held = await pauseOf(tenant.deps, portrait.appId);
    return {
      ...(await scopeOf(tenant)),
      paused: held === null ? null : heldJson(held),
      lapse: lapseOf(facts, portrait, now),
      ...itemJson(tenant, portrait, now),
      tenantId: settings.tenantId,
      servicePrincipal: principal?.objectId ?? null,
      servicePrincipalEnabled: principal?.enabled ?? null,
      signInAudience: main?.signInAudience ?? null,
      tags: [...(main?.tags ?? [])],
      privileges: [...(pictureOf(tenant).scan.privileges.held.get(portrait.appId) ?? [])],
      mode: settings.mode,
      lastSafeAt: iso(portrait.lastSafeAt),
      adminCenter: adminCenterOf(settings.authority, portrait),
      credentials: credentials.map(({ row, status, because, sentence, ledger }) => ({
        keyId: row.keyId,
        kind: row.kind,
        name: row.credentialName,
        hint: row.hint,
        owner: row.owner,
        start: iso(row.start),
        end: iso(row.end),
        state: row.state,
        class: row.class,
        status,
        reason: because,
        sentence,
        origin: ledger,
      })),
      targets: names.flatMap((name) => {
        const target = settings.targets[name];
        if (target === undefined) return [];
        const { type, carriedBy = null, reload } = target;
        return [{ name, type, carriedBy, reload: reloadText(reload), written: writtenTo(name, rotations) }];
      }),
      rotations: rotations.map((rotation) => ({
        id: rotation.id,
        state: rotation.state,
        slot: rotation.slot,
        kind: rotation.kind,
        replacesKind: rotation.replacesKind,
        plannedAt: formatInstant(rotation.plannedAt),
        proofs: proofsOf(rotation),
        paused: pausedJson(rotation),
      })),
    };
  },
});

/** The value a target got last, of all that rotations have put there. */
function writtenTo(target: string, rotations: readonly Rotation[]) {
  const receipts = rotations.flatMap(({ id: its, issued, deliveries, leftover }) =>
    // one that lets an old credential go has the proofs of another one, and has written nothing
    (leftover === true ? [] : deliveries).flatMap(({ target: there, receipt, verifiedAt }) =>
      there === target && receipt !== null ? [{ its, issued, receipt, verifiedAt }] : [],
    ),
  );
  const [last] = receipts.toSorted((a, b) => b.receipt.at - a.receipt.at);
  return last === undefined
    ? null
    : {
        at: formatInstant(last.receipt.at),
        version: last.receipt.version,
        keyId: last.issued?.keyId ?? null,
        thumbprint: last.issued?.certificate?.sha1 ?? null,
        rotation: last.its,
        verifiedAt: iso(last.verifiedAt),
      };
}

/** What its life line shows, else what a scan noted: what shows it can be gone by now. */
function lapseOf({ known, rotations, retirements }: LifeFacts, { lapsed }: Portrait, now: EpochMs) {
  const span = { from: plus(now, -365 * DAY), to: now, now };
  const shown = lastLapse(lifeLine(known, rotations, span, retirements).rows, now);
  if (shown !== null) return { from: formatInstant(shown.from), to: formatInstant(shown.to), over: null };
  if (lapsed?.to == null || lapsed.to < span.from) return null;
  return { from: formatInstant(lapsed.from), to: formatInstant(lapsed.to), over: lapsed.over ?? null };
}

/** By the login authority (learn.microsoft.com/entra/fundamentals/faq names the three). */
const ADMIN_CENTERS: Readonly<Record<string, string>> = {
  "https://login.microsoftonline.com": "https://entra.microsoft.com",
  "https://login.microsoftonline.us": "https://entra.microsoft.us",
  "https://login.chinacloudapi.cn": "https://entra.microsoftonline.cn",
};

/** Where a person looks at an application in Microsoft's own pages; null for a directory that has none. */
export function adminCenterOf(
  authority: string,
  { type, appId, objectId }: Pick<Portrait, "type" | "appId" | "objectId">,
): string | null {
  const center = ADMIN_CENTERS[authority];
  if (center === undefined) return null;
  return type === "application"
    ? `${center}/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/${appId}`
    : `${center}/#view/Microsoft_AAD_IAM/ManagedAppMenuBlade/~/Overview/objectId/${objectId}/appId/${appId}`;
}

/** What `nolapse explain` would say, from the last scan and the store as it is now. */
export async function explanationOf(tenant: Tenant, portrait: Portrait) {
  return explainIn(tenant.deps, ownOf(tenant, portrait), portrait.appId, 90 * DAY);
}

/** The last scan and its plan as far as they are about one application. */
function ownOf(tenant: Tenant, { holders, items }: Portrait): Seen {
  const { scan, plan, sharing } = pictureOf(tenant);
  return { scan: { ...scan, holders }, plan: { ...plan, items }, sharing };
}

const checks = tenantRoute({
  method: "GET",
  path: "/applications/{id}/checks",
  madeOf: "store",
  role: "Owner",
  tag: "applications",
  summary: "Every check and deadline with its reason: what nolapse explain says",
  ...one,
  answer: explained,
  handle: async ({ tenant, caller, params }) => {
    await tenant.painted();
    return {
      ...(await scopeOf(tenant)),
      ...explainJson(await explanationOf(tenant, seenBy(tenant, caller, params.id))),
    };
  },
});

const life = tenantRoute({
  method: "GET",
  path: "/applications/{id}/life-line",
  madeOf: "store",
  role: "Owner",
  tag: "applications",
  summary:
    "The life of each credential as segments to draw, from issue to retirement, and the successors that are forecast",
  ...one,
  query: z.strictObject(spanQuery),
  answer: z.strictObject({
    ...scope,
    from: instant,
    to: instant,
    zone: z.string(),
    rows: z.array(z.strictObject(lifeRow)),
    successors: z.array(z.strictObject({ from: instant, to: instant, overlapUntil: instant })),
  }),
  handle: async ({ tenant, caller, params, query }) => {
    await tenant.painted();
    const portrait = seenBy(tenant, caller, params.id);
    const { deps } = tenant;
    const now = await deps.clock.now();
    const { from, to } = spanOf(query, now, [365 * DAY, 365 * DAY]);
    const { known, rotations, retirements } = await lifeFacts(deps, portrait);
    const drawn = lifeLine(known, rotations, { from, to, now }, retirements);
    return {
      ...(await scopeOf(tenant)),
      from: formatInstant(from),
      to: formatInstant(to),
      zone: deps.settings.timeZone,
      rows: drawn.rows.map((one) => lifeRowJson(one, { from, to }, heldOf(one, portrait.outlook, rotations))),
      successors: drawn.successors.map((one) => ({
        from: formatInstant(one.from),
        to: formatInstant(one.to),
        overlapUntil: formatInstant(one.overlapUntil),
      })),
    };
  },
});

export const applicationRoutes: readonly Route[] = [...listRoutes, mine, show, checks, life];
