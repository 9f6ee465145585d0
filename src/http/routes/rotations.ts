/** What is being replaced: the list, and one with its steps, proofs and checks. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import {
  byUrgency,
  groupOf,
  ROTATION_GROUPS,
  type RotationGroup,
  waitsFor,
} from "../../core/pictures/rotation-groups.ts";
import { isEnough } from "../../core/policy/approval.ts";
import { mendFor } from "../../core/policy/mends.ts";
import { REASONS } from "../../core/reasons.ts";
import { acceptanceProgress } from "../../core/rotation/acceptance.ts";
import { explain } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Facts } from "../../core/rotation/verdict.ts";
import { type EpochMs, epochMs, formatInstant } from "../../core/time.ts";
import { asks, missing } from "../../engine/commands/approve.ts";
import type { Deps } from "../../engine/deps.ts";
import { gatherFacts } from "../../engine/facts.ts";
import { rotationOf } from "../../engine/rotation/amend.ts";
import { UNFINISHED } from "../../engine/views/picture.ts";
import type { Caller } from "../caller.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { check, failure, judgedJson } from "./explained.ts";
import { maySee } from "./own.ts";
import {
  count,
  id,
  instant,
  iso,
  kind,
  maybe,
  pausedJson,
  pausedRotation,
  proofs,
  reason,
  STATES,
  scope,
  scopeOf,
  state,
} from "./shapes.ts";

export const summary = {
  id: z.string(),
  appId: z.string(),
  objectId: z.string(),
  displayName: z.string(),
  slot: z.string(),
  kind: z.string(),
  state,
  reason,
  why: z.string().meta({ description: "the reason in words" }),
  haltReason: reason.nullable(),
  haltWhy: z.string().nullable(),
  haltMend: z.string().nullable().meta({ description: "what lets it go on, where one thing does for that reason" }),
  replaces: z.string(),
  replacesKind: kind,
  replacesEnd: maybe,
  removedAt: maybe.meta({ description: "when the replaced one was removed" }),
  issued: z.string().nullable(),
  leftover: z
    .boolean()
    .meta({ description: "it makes nothing: it only lets an old credential go, and `issued` is what it rests on" }),
  proofs,
  plannedAt: instant,
  updatedAt: instant,
  dueAt: maybe,
  failures: count,
  lastFailure: failure.nullable(),
  privileged: z.boolean(),
  paused: pausedRotation.nullable().meta({ description: "who holds it, since when and why; null where nobody does" }),
  waitsFor: reason.nullable().meta({ description: "what only a person can do for it to go on" }),
  waitsWhy: z.string().nullable().meta({ description: "the same in words" }),
};

export function summaryOf(rotation: Rotation, deps: Deps) {
  const waits = waitsFor(rotation, aroundIn(deps));
  const { holder } = rotation;
  return {
    id: rotation.id,
    appId: holder.appId,
    objectId: holder.objectId,
    displayName: rotation.displayName,
    slot: rotation.slot,
    kind: rotation.kind,
    state: rotation.state,
    reason: rotation.reason,
    why: REASONS[rotation.reason],
    haltReason: rotation.haltReason,
    haltWhy: rotation.haltReason === null ? null : REASONS[rotation.haltReason],
    haltMend: rotation.haltReason === null ? null : mendFor(rotation.haltReason),
    replaces: rotation.replaces,
    replacesKind: rotation.replacesKind,
    replacesEnd: iso(rotation.replacesEnd),
    removedAt: iso(rotation.removedAt),
    issued: rotation.issued?.keyId ?? null,
    leftover: rotation.leftover === true,
    proofs: proofsOf(rotation),
    plannedAt: formatInstant(rotation.plannedAt),
    updatedAt: formatInstant(rotation.updatedAt),
    dueAt: iso(rotation.dueAt),
    failures: rotation.failures,
    lastFailure: rotation.lastFailure && { ...rotation.lastFailure, at: formatInstant(rotation.lastFailure.at) },
    privileged: (rotation.privileges ?? []).length > 0,
    paused: pausedJson(rotation),
    waitsFor: waits,
    waitsWhy: waits === null ? null : REASONS[waits],
  };
}

function aroundIn({ settings: { mode, targets }, own }: Deps) {
  return { mode, targets, own: own?.appId ?? null };
}

/** When each step was proven; delivered is the last of its targets. */
export function proofsOf({ issued, acceptedAt, deliveries, verifiedAt, retiredAt }: Rotation): z.input<typeof proofs> {
  const receipts = deliveries.flatMap(({ receipt }) => (receipt === null ? [] : [receipt.at]));
  const whole = receipts.length === deliveries.length && receipts.length > 0;
  return {
    issued: iso(issued?.at),
    accepted: iso(acceptedAt),
    delivered: whole ? iso(Math.max(...receipts) as (typeof receipts)[number]) : null,
    verified: iso(verifiedAt),
    retired: iso(retiredAt),
  };
}

/** The rotation of an address, where the caller may see its application. @throws NolapseError `not-found`. */
export async function rotationFor(tenant: Tenant, caller: Caller, wanted: string): Promise<Rotation> {
  const rotation = await rotationOf(tenant.deps, wanted);
  if (maySee(tenant, caller, tenant.picture?.find(rotation.holder.appId) ?? null)) return rotation;
  throw new NolapseError("not-found", `there is no rotation ${wanted}`, { next: "nolapse plan" });
}

/** Where a cursor says that the last page ended. */
function placeOf(cursor: string | undefined): { readonly plannedAt: EpochMs; readonly id: string } | null {
  const [, at, id = ""] = /^(\d+)_(.+)$/.exec(cursor ?? "") ?? [];
  return at === undefined ? null : { plannedAt: epochMs(Number(at)), id };
}

function cursorOf(place: { readonly plannedAt: EpochMs; readonly id: string } | null): string | null {
  return place && `${place.plannedAt}_${place.id}`;
}

const list = tenantRoute({
  method: "GET",
  path: "/rotations",
  madeOf: "store",
  role: "Reader",
  tag: "rotations",
  summary: "Rotations, newest first; by state",
  query: z.strictObject({
    state: z.enum([...STATES, "open"]).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z
      .string()
      .regex(/^\d{1,15}_[\w.~-]{1,100}$/)
      .optional(),
  }),
  answer: z.strictObject({
    ...scope,
    total: count,
    next: z.string().nullable(),
    items: z.array(z.strictObject(summary)),
  }),
  handle: async ({ tenant, query }) => {
    const { store, settings } = tenant.deps;
    const open = STATES.filter((one) => one !== "retired" && one !== "cancelled");
    const states = query.state === undefined ? undefined : query.state === "open" ? open : [query.state];
    const page = await store.rotationPage({
      tenantId: settings.tenantId,
      ...(states === undefined ? {} : { states }),
      limit: query.limit,
      after: placeOf(query.cursor),
    });
    const next = cursorOf(page.next);
    return {
      ...(await scopeOf(tenant)),
      total: page.total,
      next,
      items: page.items.map((one) => summaryOf(one, tenant.deps)),
    };
  },
});

/** So many of a group are shown before somebody asks for it alone. */
const SHOWN = 5;

const group = z.enum(ROTATION_GROUPS);

const grouped = tenantRoute({
  method: "GET",
  path: "/rotations/groups",
  madeOf: "store",
  role: "Reader",
  tag: "rotations",
  summary:
    "Rotations by what they wait for: for a person, under way, in overlap, finished; how many, and the first of each or more of one",
  query: z.strictObject({
    group: group.optional().meta({ description: "this one alone, a page at a time" }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z
      .string()
      .regex(/^(\d{1,7}|\d{1,15}_[\w.~-]{1,100})$/)
      .optional(),
  }),
  answer: z.strictObject({
    ...scope,
    groups: z.array(
      z.strictObject({
        group,
        total: count,
        next: z.string().nullable().meta({ description: "the cursor of the next page of this group" }),
        items: z.array(z.strictObject(summary)),
      }),
    ),
  }),
  handle: async ({ tenant, query }) => {
    const { store, settings } = tenant.deps;
    const { tenantId } = settings;
    const open = await store.rotations({ tenantId, states: UNFINISHED });
    const pageIn = async (one: RotationGroup) => {
      const wanted = query.group === undefined ? SHOWN : one === query.group ? query.limit : 0;
      const cursor = one === query.group ? query.cursor : undefined;
      if (one === "finished") return finishedPage(tenant, wanted, cursor);
      const all = open.filter((rotation) => groupOf(rotation, aroundIn(tenant.deps)) === one).sort(byUrgency(one));
      const from = Number(cursor ?? 0);
      const next = wanted > 0 && from + wanted < all.length ? String(from + wanted) : null;
      return { total: all.length, next, items: all.slice(from, from + wanted) };
    };
    const groups = [];
    for (const one of ROTATION_GROUPS) {
      const { items, ...rest } = await pageIn(one);
      groups.push({ group: one, ...rest, items: items.map((rotation) => summaryOf(rotation, tenant.deps)) });
    }
    return { ...(await scopeOf(tenant)), groups };
  },
});

/** Newest first, and never all of them: there are years of these. */
async function finishedPage({ deps: { store, settings } }: Tenant, limit: number, cursor: string | undefined) {
  const states = ["retired", "cancelled"] as const;
  const page = await store.rotationPage({ tenantId: settings.tenantId, states, limit, after: placeOf(cursor) });
  return { ...page, next: limit === 0 ? null : cursorOf(page.next) };
}

/** So much of what was done in one rotation is shown; one that fails for weeks has more. */
const EVENTS = 100;

const show = tenantRoute({
  method: "GET",
  path: "/rotations/{id}",
  madeOf: "store",
  role: "Owner",
  tag: "rotations",
  summary: "One rotation: what is proven, what it waits for and why, and who approved it",
  params: z.looseObject({ id }),
  answer: z.strictObject({
    ...scope,
    ...summary,
    verdict: z.enum(["do", "wait", "halt", "done"]),
    because: reason,
    sentence: z.string(),
    until: maybe,
    checks: z.array(check),
    policy: z.string(),
    targets: z.array(
      z.strictObject({
        name: z.string(),
        intendedAt: maybe,
        receipt: z.strictObject({ version: z.string().nullable(), at: instant }).nullable(),
        verifiedAt: maybe,
        assurance: z.string().nullable(),
        carriedBy: z.string().nullable(),
      }),
    ),
    hint: z.string().nullable().meta({ description: "the first characters of a new secret" }),
    acceptance: z.strictObject({ good: count, needed: count, endsAt: maybe }).nullable().meta({
      description: "sign-ins with the new value, and when the last of them is due; null where none is asked for",
    }),
    deadlines: z
      .strictObject({ urgent: instant, lastSafe: instant })
      .nullable()
      .meta({ description: "of the replaced one, while it is open" }),
    signIns: z.array(z.strictObject({ at: instant, outcome: z.string(), code: z.string().nullable() })),
    approvals: z.strictObject({
      issue: maybe,
      retire: maybe,
      missing: z.array(z.enum(["issue", "retire"])),
      by: z.array(z.strictObject({ part: z.enum(["issue", "retire"]), actor: z.string() })),
    }),
    startedBy: z.string().nullable().meta({ description: "whose word or rule opened it, as the trail has it" }),
    events: z
      .array(
        z.strictObject({
          sequence: count,
          at: instant,
          actor: z.string(),
          action: z.string(),
          reason: reason.nullable(),
          why: z.string().nullable().meta({ description: "the reason in words" }),
        }),
      )
      .meta({ description: `what was done, newest first; the last ${EVENTS} of it` }),
    safety: z.array(
      z.strictObject({ code: z.enum(["old-still-works", "new-is-proven", "nothing-unknown"]), ok: z.boolean() }),
    ),
  }),
  handle: async ({ tenant, caller, params }) => {
    const rotation = await rotationFor(tenant, caller, params.id);
    const { deps } = tenant;
    const now = await deps.clock.now();
    const facts = await gatherFacts(tenant.reading, rotation, now);
    const lines = (order: "oldest" | "newest", limit: number) =>
      deps.store.auditOf(deps.settings.tenantId, rotation.id, order, limit);
    const events = await lines("newest", EVENTS);
    const opening = events.length < EVENTS ? events.at(-1) : (await lines("oldest", 1))[0];
    const judged = { rotation, ...explain(rotation, facts, now) };
    const { verdict, because, until, checks } = judgedJson(judged);
    return {
      ...(await scopeOf(tenant)),
      ...summaryOf(rotation, deps),
      verdict,
      because,
      sentence: REASONS[because],
      until,
      checks,
      policy: rotation.policy.name,
      targets: rotation.deliveries.map(({ target, intendedAt, receipt, verifiedAt, assurance }) => ({
        name: target,
        intendedAt: iso(intendedAt),
        receipt: receipt && { version: receipt.version, at: formatInstant(receipt.at) },
        verifiedAt: iso(verifiedAt),
        assurance,
        carriedBy: deps.settings.targets[target]?.carriedBy ?? null,
      })),
      hint: rotation.issued?.hint ?? null,
      acceptance: acceptanceOf(rotation, facts),
      deadlines: deadlinesOf(rotation, facts),
      signIns: rotation.probes.map(({ at, outcome, code }) => ({
        at: formatInstant(at),
        outcome,
        code: code === null ? null : String(code),
      })),
      approvals: approvalsOf(tenant, rotation),
      startedBy: opening?.actor ?? null,
      events: events.map(({ sequence, at, actor, action, reason: code }) => ({
        ...{ sequence, at: formatInstant(at), actor, action },
        ...{ reason: code, why: code === null ? null : REASONS[code] },
      })),
      safety: safetyOf(rotation, now),
    };
  },
});

function acceptanceOf({ kind, probes, policy }: Rotation, facts: Facts) {
  // nobody signs in with a federated credential on its behalf
  const progress = kind === "federated" ? null : acceptanceProgress(facts.acceptance, policy.probe, probes);
  return progress && { ...progress, endsAt: iso(progress.endsAt) };
}

function deadlinesOf({ state }: Rotation, { forecast }: Facts) {
  if (forecast === null || state === "retired" || state === "cancelled") return null;
  return { urgent: formatInstant(forecast.urgentAt), lastSafe: formatInstant(forecast.lastSafeAt) };
}

function approvalsOf({ deps }: Tenant, rotation: Rotation) {
  const parts = (["issue", "retire"] as const).filter(
    (part) => rotation.approvals[part] === null && asks(deps, rotation, part),
  );
  return {
    issue: iso(rotation.approvals.issue),
    retire: iso(rotation.approvals.retire),
    missing: parts.filter(
      (part) => missing(deps, rotation, part).length > 0 || !isEnough(rotation.approvers ?? [], part, 1),
    ),
    by: (rotation.approvers ?? []).map(({ part, actor }) => ({ part, actor })),
  };
}

/** What holds if everything stopped at this moment; each can be false, and then says that a person is needed. */
function safetyOf({ removedAt, verifiedAt, attempts, replacesEnd, issued, haltReason }: Rotation, now: EpochMs) {
  // nothing signs in by an application that is not there any more
  const isOldThere = removedAt === null && (replacesEnd === null || replacesEnd > now) && haltReason !== "holder-gone";
  return [
    { code: "old-still-works" as const, ok: isOldThere },
    { code: "new-is-proven" as const, ok: issued !== null && verifiedAt !== null },
    {
      code: "nothing-unknown" as const,
      ok: !attempts.some(({ outcome }) => outcome === "open" || outcome === "unknown"),
    },
  ];
}

export const rotationRoutes: readonly Route[] = [list, grouped, show];
