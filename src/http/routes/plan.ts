/** What will happen, what waits for a person, what cannot be renewed and why. */
import { z } from "zod";
import { asksApproval, unapprovedBecause } from "../../core/pictures/rotation-groups.ts";
import { mendOf } from "../../core/policy/mends.ts";
import { REASONS } from "../../core/reasons.ts";
import { approvalDetail } from "../../core/rotation/own-credential.ts";
import { DAY, plus } from "../../core/time.ts";
import { forecastOf } from "../../engine/facts.ts";
import type { PlanItem } from "../../engine/plan/plan.ts";
import { UNFINISHED } from "../../engine/views/picture.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { pageOf } from "./filtering.ts";
import { pictureOf } from "./own.ts";
import { count, iso, maybe, reason, scope, scopeOf } from "./shapes.ts";

const item = z.strictObject({
  appId: z.string(),
  objectId: z.string().nullable(),
  displayName: z.string(),
  slot: z.string().nullable(),
  keyId: z.string().nullable(),
  what: z.enum(["issue", "retire"]),
  status: z.enum(["due", "later", "in-progress", "cannot"]),
  reason,
  sentence: z.string(),
  detail: z.string().nullable(),
  plannedAt: maybe,
  decideBy: maybe.meta({ description: "after this it is urgent; null of a removal, which never is" }),
  lastSafeAt: maybe,
  end: maybe,
  targets: z.array(z.string()),
  rotation: z.string().nullable(),
  policy: z.string().nullable(),
});

type Row = z.input<typeof item>;

/** `objectId`: of the application, which is known where the credential is not. */
function rowOf(one: PlanItem & { readonly objectId: string }): Row {
  return {
    appId: one.appId,
    objectId: one.holder?.objectId ?? one.objectId,
    displayName: one.displayName,
    slot: one.slot,
    keyId: one.credential?.keyId ?? null,
    what: "issue",
    status: one.status,
    reason: one.because,
    sentence: REASONS[one.because],
    detail: one.detail,
    plannedAt: iso(one.startsAt ?? one.forecast?.rotateAt),
    decideBy: iso(one.forecast?.urgentAt),
    lastSafeAt: iso(one.forecast?.lastSafeAt),
    end: iso(one.credential?.end),
    targets: [...one.targets],
    rotation: one.rotation?.id ?? null,
    policy: one.policy?.name ?? null,
  };
}

type WaitingRow = Row & { readonly rotation: string };

/** Rotations that a person must let begin, or let end. */
export async function waitingRows({ deps }: Pick<Tenant, "deps">): Promise<WaitingRow[]> {
  const { settings, store } = deps;
  const now = await deps.clock.now();
  const open = await store.rotations({ tenantId: settings.tenantId, states: UNFINISHED });
  return open.flatMap((one): WaitingRow[] => {
    const part = asksApproval(one, { mode: settings.mode, own: deps.own?.appId ?? null });
    if (part === null) return [];
    // a removal that nobody decides leaves the old one to its own end, and stops nothing
    const ends = part === "issue" ? forecastOf(deps, one, now) : null;
    const because = unapprovedBecause(one, part, settings.mode);
    return [
      {
        appId: one.holder.appId,
        objectId: one.holder.objectId,
        displayName: one.displayName,
        slot: one.slot,
        keyId: one.replaces,
        what: part,
        status: "in-progress",
        reason: because,
        sentence: REASONS[because],
        detail: approvalDetail(one, part),
        plannedAt: iso(one.plannedAt),
        decideBy: iso(ends?.urgentAt),
        lastSafeAt: iso(ends?.lastSafeAt),
        end: iso(one.replacesEnd),
        targets: one.deliveries.map(({ target }) => target),
        rotation: one.id,
        policy: one.policy.name,
      },
    ];
  });
}

/** What somebody here can mend first, and of that what settles most. */
function mendsOf(rows: readonly Row[]) {
  const groups = Object.entries(Object.groupBy(rows, (row) => row.reason)).map(([, of = []]) => {
    const [first] = of;
    if (first === undefined) throw new TypeError("a group of nothing");
    const { text, by } = mendOf(first.reason);
    return {
      reason: first.reason,
      sentence: first.sentence,
      mend: text,
      by,
      credentials: of.length,
      applications: new Set(of.map(({ appId }) => appId)).size,
    };
  });
  return groups.sort(
    (a, b) =>
      Number(a.by === "others") - Number(b.by === "others") ||
      b.applications - a.applications ||
      (a.reason < b.reason ? -1 : 1),
  );
}

const URGENT: readonly Row["reason"][] = ["urgent", "last-safe-passed"];

/** How many begin on each day; days without any are left out. */
function loadOf(rows: readonly Row[]) {
  const days = Object.groupBy(rows, ({ plannedAt }) => plannedAt?.slice(0, 10) ?? "");
  return Object.entries(days).flatMap(([day, of = []]) =>
    day === "" ? [] : [{ day, issues: of.length, urgent: of.filter(({ reason: its }) => URGENT.includes(its)).length }],
  );
}

const plan = tenantRoute({
  method: "GET",
  path: "/plan",
  madeOf: "store",
  role: "Reader",
  tag: "plan",
  summary: "What waits for a person, what comes in the next 30 days, what cannot be renewed",
  query: z.strictObject({
    tab: z.enum(["waiting", "next", "cannot"]).default("waiting"),
    reason: reason.optional().meta({ description: "only rows with this reason; the counts stay those of all" }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: z
      .string()
      .regex(/^\d{1,7}$/)
      .optional(),
  }),
  answer: z.strictObject({
    ...scope,
    tab: z.enum(["waiting", "next", "cannot"]),
    total: count,
    reasons: z.record(z.string(), count),
    mends: z
      .array(
        z.strictObject({
          reason,
          sentence: z.string(),
          mend: z.string(),
          by: z
            .enum(["you", "others"])
            .meta({ description: "who does it: whoever looks after Nolapse, or somebody else" }),
          credentials: count,
          applications: count,
        }),
      )
      .meta({ description: "of what cannot be renewed: each reason, and the one thing to do about it" }),
    next: z.string().nullable(),
    issuedBy: maybe,
    retiredBy: maybe,
    decideBy: maybe.meta({ description: "when the first of those that wait for a person becomes urgent" }),
    load: z
      .array(z.strictObject({ day: z.iso.date(), issues: count, urgent: count }))
      .meta({ description: "of the tab next: how many begin on each day (UTC), and how many of them urgently" }),
    items: z.array(item),
  }),
  handle: async ({ tenant, query }) => {
    await tenant.painted();
    const picture = pictureOf(tenant);
    const now = await tenant.deps.clock.now();
    // what a rotation replaces lives out its time, and needs nothing more
    const planned = (fact: "bound" | "cannot") =>
      picture.listing
        .having(fact)
        .flatMap(({ objectId, items, open }) =>
          items
            .filter(
              ({ slot, credential }) => slot !== null || !open.some(({ replaces }) => replaces === credential?.keyId),
            )
            .map((one) => ({ ...one, objectId })),
        );
    const soon = plus(now, 30 * DAY);
    const at = (one: PlanItem) => one.startsAt ?? one.forecast?.rotateAt ?? null;
    const rows =
      query.tab === "waiting"
        ? await waitingRows(tenant)
        : query.tab === "next"
          ? planned("bound")
              .filter((one) => one.slot !== null && ["due", "later"].includes(one.status) && (at(one) ?? soon) < soon)
              .map(rowOf)
          : planned("cannot")
              .filter(({ status }) => status === "cannot")
              .map(rowOf);
    const by = (one: Row) => (query.tab === "cannot" ? one.end : one.plannedAt) ?? "9999";
    rows.sort((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0));
    const reasons: Record<string, number> = {};
    for (const row of rows) reasons[row.reason] = (reasons[row.reason] ?? 0) + 1;
    const shown = query.reason === undefined ? rows : rows.filter((row) => row.reason === query.reason);
    const page = pageOf(shown, query);
    const { issuedBy, retiredBy } = picture.plan;
    const decided = rows.flatMap(({ decideBy }) => decideBy ?? []).sort();
    return {
      ...(await scopeOf(tenant)),
      tab: query.tab,
      total: rows.length,
      reasons,
      mends: query.tab === "cannot" ? mendsOf(rows) : [],
      next: page.next,
      issuedBy: iso(issuedBy),
      retiredBy: iso(retiredBy),
      decideBy: query.tab === "waiting" ? (decided[0] ?? null) : null,
      load: query.tab === "next" ? loadOf(rows) : [],
      items: [...page.items],
    };
  },
});

export const planRoutes: readonly Route[] = [plan];
