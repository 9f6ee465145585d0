/** What stops, what needs a person, what is under way; the timeline; what changes as it changes. */
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { overviewOf, overviewWords, SOON } from "../../core/pictures/overview.ts";
import { MOST_BINS, timeline } from "../../core/pictures/timeline.ts";
import { REASONS } from "../../core/reasons.ts";
import type { RotationState } from "../../core/rotation/rotation.ts";
import { DAY, type EpochMs, epochMs, formatInstant, MINUTE, parseInstant, plus } from "../../core/time.ts";
import { lossOf } from "../../engine/facts.ts";
import { waitingReveals } from "../../engine/values/reveal-request.ts";
import type { Listing } from "../../engine/views/listing.ts";
import { type Picture, UNFINISHED } from "../../engine/views/picture.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import type { Told } from "../events.ts";
import { follow } from "../follow.ts";
import { mayAll } from "../roles.ts";
import { type Route, route, tenantRoute } from "../route.ts";
import { DEBT_TOLD, type Tenant } from "../tenant.ts";
import { maySee, pictureOf } from "./own.ts";
import { unseen, unseenIn } from "./past.ts";
import { count, instant, iso, maybe, outlook, outlookJson, reason, scope, scopeOf } from "./shapes.ts";

const named = { objectId: z.string(), displayName: z.string() };

const sentence = z.strictObject({
  code: z.enum(["not-scanned", "incomplete", "now", "past-last-safe", "soon", "later", "nothing"]),
  words: z.string(),
  count,
  first: z.strictObject({ ...named, at: maybe }).nullable(),
  later: count,
});

const switches = z.strictObject({
  stopped: z.strictObject({ at: instant, by: z.string() }).nullable(),
  removalOff: z.strictObject({ at: instant, why: z.string() }).nullable(),
  breaker: z.strictObject({ at: instant, why: z.string() }).nullable(),
  brake: z.string().nullable().meta({ description: "what stops it from outside: the stop file or NOLAPSE_STOP" }),
  loss: z.string().nullable().meta({ description: "what the last scan no longer saw, where that holds writing back" }),
});

export async function switchesOf({ deps }: Tenant): Promise<z.input<typeof switches>> {
  const { tenantId } = deps.settings;
  const { stopped, removalOff, breaker } = await deps.store.switches(tenantId);
  const at = <T extends { readonly at: EpochMs }>(one: T | null) => one && { ...one, at: formatInstant(one.at) };
  return {
    stopped: at(stopped),
    removalOff: at(removalOff),
    breaker: at(breaker),
    brake: await deps.brake.pulled(),
    loss: lossOf(await deps.store.lastScan(tenantId)),
  };
}

function sentenceOf(
  { picture, missed, deps }: Pick<Tenant, "picture" | "missed" | "deps">,
  now: EpochMs,
): z.input<typeof sentence> {
  const around = { missed: missed !== null, now, zone: deps.settings.timeZone };
  if (picture === null) {
    const nothing = { code: "not-scanned", count: 0, first: null, later: 0 } as const;
    return { ...nothing, words: overviewWords(nothing, around) };
  }
  const { listing, scan } = picture;
  const soon = plus(now, SOON);
  const stopping = listing.count("stopping");
  const near = listing.stopsBetween(epochMs(0), plus(soon, 1), "stopping");
  // of those that stop later the first one is enough: the others are counted
  const told = [...listing.first("down", "signsInUntil", MANY), ...listing.first("stopping", "signsInUntil", near + 1)];
  const late = listing.both("stopping", "bound").filter((one) => !told.includes(one));
  const judged = [...told, ...late];
  const left = stopping - judged.filter(({ outlook: { signsIn } }) => signsIn).length;
  const said = overviewOf(judged, scan.coverage.complete, now, left);
  const { first } = said;
  return {
    ...said,
    words: overviewWords(said, around),
    first: first === null ? null : { ...first, at: iso(first.at) },
  };
}

/** More than any tenant has. */
const MANY = 1e9;

/** So many of what needs a person, and of what comes next, are on the first page. */
const SHOWN = 5;
/** So many of what goes on and comes next. */
const COMING = 4;

const overview = tenantRoute({
  method: "GET",
  path: "/overview",
  madeOf: "store",
  role: "Reader",
  tag: "overview",
  summary: "Does anything stop, and when; what needs a person; what is under way",
  answer: z.strictObject({
    ...scope,
    tenant: z.string(),
    mode: z.enum(["observe", "propose", "enforce"]),
    zone: z.string(),
    switches,
    sentence,
    figures: z.strictObject({
      endIn30Days: count.meta({ description: "applications whose last credential ends in 30 days if nobody acts" }),
      stopIn30Days: count.meta({ description: "those of them that nothing and nobody is known to renew" }),
      endedIn30Days: count.meta({
        description: "applications not handed to Nolapse whose last credential has ended in the last 30 days",
      }),
      debt: count.meta({ description: "applications that are past their renewal time and not renewed yet" }),
      debtLately: count.meta({
        description: "applications that came past it in the last 7 days, also those whose renewal has begun since",
      }),
      debtLeft: count.meta({ description: "applications that were past it until a renewal began in the last 7 days" }),
      running: count,
      halted: count,
      waiting: count,
      holding: count.meta({ description: "applications that have a credential" }),
      lapses: z.strictObject({ count, managed: count, since: instant }).nullable().meta({
        description:
          "applications whose last credential ended, and nothing followed in time, since the first scan that looked for it; and those of them that are handed to Nolapse; null before it",
      }),
      stopping: count.meta({ description: "applications that stop, or have stopped, unless somebody acts" }),
    }),
    needsPerson: z.array(z.strictObject({ ...named, ...outlook })),
    unseen,
    next: z.array(z.strictObject({ ...named, ...outlook })),
  }),
  handle: async ({ tenant }) => {
    await tenant.painted();
    const { picture, deps } = tenant;
    const now = await deps.clock.now();
    const counted = picture && countedOf(tenant, picture, now);
    // who asks to see a value waits for a person as well
    const asked = (await waitingReveals(deps)).filter((one) => one.state === "asked");
    const show = ({ objectId, displayName, outlook: its }: Portrait) => ({
      objectId,
      displayName,
      ...outlookJson(its),
    });
    return {
      ...(await scopeOf(tenant)),
      tenant: tenant.name,
      mode: deps.settings.mode,
      zone: deps.settings.timeZone,
      switches: await switchesOf(tenant),
      sentence: counted?.sentence ?? sentenceOf(tenant, now),
      figures: {
        endIn30Days: counted?.endIn30Days ?? 0,
        stopIn30Days: counted?.stopIn30Days ?? 0,
        endedIn30Days: counted?.endedIn30Days ?? 0,
        debt: counted?.debt ?? 0,
        debtLately: counted?.debtLately ?? 0,
        debtLeft: counted?.debtLeft ?? 0,
        running: await rotationsIn(tenant, RUNNING),
        halted: await rotationsIn(tenant, ["halted"]),
        waiting: (counted?.waiting ?? 0) + asked.length,
        holding: counted?.holding ?? 0,
        stopping: counted?.stopping ?? 0,
        lapses: counted?.lapses ?? null,
      },
      needsPerson: (counted?.needsPerson ?? []).map(show),
      unseen: await unseenIn(tenant),
      next: (counted?.next ?? []).map(show),
    };
  },
});

/** What goes on by itself, or waits for a word. */
export const RUNNING = UNFINISHED.filter((state) => state !== "halted");

/** How many there are in these states; counted by an index: no rotation is read for a number. */
export async function rotationsIn({ deps }: Tenant, states: readonly RotationState[]): Promise<number> {
  const { tenantId } = deps.settings;
  return (await deps.store.rotationPage({ tenantId, states, limit: 0, after: null })).total;
}

/** What the first page says of the whole tenant; for a minute the same. */
export function countedOf(tenant: Tenant, picture: Picture, now: EpochMs) {
  return picture.keep(`overview ${Math.floor(now / MINUTE)}`, () => countAll(tenant, picture, now));
}

function countAll(tenant: Tenant, picture: Picture, now: EpochMs) {
  const { debts } = tenant;
  const { listing, watchedSince } = picture;
  const owing = listing.having("debt");
  const { came, left } = debts?.between(plus(now, -DEBT_TOLD), now, owing) ?? { came: 0, left: 0 };
  return {
    sentence: sentenceOf(tenant, now),
    // after now, and up to the last instant of the thirtieth day
    endIn30Days: listing.stopsBetween(plus(now, 1), plus(now, SOON + 1)),
    stopIn30Days: listing.stopsBetween(plus(now, 1), plus(now, SOON + 1), "stopping"),
    endedIn30Days: listing.times.ended.between(plus(now, -SOON), plus(now, 1)),
    debt: owing.length,
    debtLately: came,
    debtLeft: left,
    waiting: listing.count(["waits-for-approval"]),
    holding: listing.all.length - listing.count("none"),
    stopping: listing.count(["stops"]),
    lapses:
      watchedSince === null
        ? null
        : {
            count: listing.count("lapsed"),
            managed: listing.both("lapsed", "bound").length,
            since: formatInstant(watchedSince),
          },
    needsPerson: needingPerson(listing, now),
    next: listing.first(["renewing", "renews", "overlap"], "next", COMING),
  };
}

/** What Nolapse cannot go on with; where that is little, also what ends soon and nobody has handed to it: the sentence counts it. */
function needingPerson(listing: Listing, now: EpochMs): readonly Portrait[] {
  // what has stopped stops at no instant any more, and would come after all that still works
  const down = listing.first("down", "displayName", SHOWN);
  const waiting = listing
    .first(["stops", "waits-for-approval"], "signsInUntil", SHOWN)
    .filter((one) => !down.includes(one));
  const held = [...down, ...waiting];
  const ending = listing
    .first("stopping", "signsInUntil", SHOWN)
    .filter((one) => !held.includes(one) && (one.outlook.signsInUntil ?? now) <= plus(now, SOON));
  return [...held, ...ending].slice(0, SHOWN);
}

const moment = z.string().refine((text) => parseInstant(text) !== null, "an instant, 2026-03-01T00:00:00Z");

/** A span of a query with its defaults. @throws NolapseError `usage` where it ends before it begins. */
export function spanOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: EpochMs,
  [before, after]: readonly [number, number],
): { readonly from: EpochMs; readonly to: EpochMs } {
  const from = (query.from === undefined ? null : parseInstant(query.from)) ?? plus(now, -before);
  const to = (query.to === undefined ? null : parseInstant(query.to)) ?? plus(now, after);
  if (to > from && to - from <= 20 * 366 * DAY) return { from, to };
  throw new NolapseError("usage", "the span ends before it begins, or is longer than 20 years", {
    next: "correct from and to",
  });
}

export const spanQuery = { from: moment.optional(), to: moment.optional() };

const ends = tenantRoute({
  method: "GET",
  path: "/timeline",
  madeOf: "listing",
  role: "Reader",
  tag: "overview",
  summary: `What ends when, week by week or month by month; at most ${MOST_BINS} bins`,
  query: z.strictObject({ ...spanQuery, bin: z.enum(["week", "month"]).default("week") }),
  answer: z.strictObject({
    ...scope,
    from: instant,
    to: instant,
    zone: z.string(),
    bins: z.array(
      z.strictObject({
        day: z.iso.date(),
        endsLast: count,
        endsCovered: count,
        renewed: count,
        planned: count,
        remains: count,
        ended: count.meta({
          description: "of the one that is under way: what has ended in it already; its other ends are those to come",
        }),
      }),
    ),
    totals: z.strictObject({ endsLast: count, endsCovered: count, renewed: count, planned: count, remains: count }),
  }),
  handle: async ({ tenant, query }) => {
    await tenant.painted();
    const { deps } = tenant;
    // by whole days, so that who looks again gets what is there already
    const now = await deps.clock.now();
    const today = Math.floor(now / DAY);
    const { from, to } = spanOf(query, epochMs(today * DAY), [91 * DAY, 730 * DAY]);
    const { timeZone: zone } = deps.settings;
    const facts = { ...pictureOf(tenant).listing.times, renewed: tenant.renewed };
    const bins = timeline(facts, { from, to, zone, size: query.bin, now });
    const sum = (of: "endsLast" | "endsCovered" | "renewed" | "planned" | "remains") =>
      bins.reduce((so, bin) => so + bin[of], 0);
    return {
      ...(await scopeOf(tenant)),
      from: formatInstant(from),
      to: formatInstant(to),
      zone,
      bins: bins.map(({ from: _, to: __, ...bin }) => bin),
      totals: {
        endsLast: sum("endsLast"),
        endsCovered: sum("endsCovered"),
        renewed: sum("renewed"),
        planned: sum("planned"),
        remains: sum("remains"),
      },
    };
  },
});

const events = tenantRoute({
  method: "GET",
  path: "/events",
  role: "Owner",
  tag: "overview",
  summary: "What changes, as server-sent events: ids and states, never a value",
  query: z.strictObject({ after: z.coerce.number().int().nonnegative().optional() }),
  text: "text/event-stream",
  handle: async ({ tenant, caller, session, house, query }) => {
    const isFor = (told: Told) => {
      if (told.tenant !== tenant.name || told.application === undefined) return told.tenant === tenant.name;
      const open = house.current(tenant.name);
      return open !== null && maySee(open, caller, open.picture?.find(told.application) ?? null);
    };
    const { events: all, sessions } = house.parts;
    return follow(all, query.after ?? null, {
      tenant: tenant.name,
      isFor: mayAll(caller.role, "Reader") ? null : isFor,
      goesOn: () => session === null || sessions.goesOn(session),
    });
  },
});

const tenants = route({
  method: "GET",
  path: "/api/v1/tenants",
  role: "Reader",
  tag: "overview",
  summary: "All tenants, each with its sentence",
  answer: z.strictObject({
    tenants: z.array(
      z.strictObject({
        name: z.string(),
        tenantId: z.string(),
        mode: z.string(),
        ...scope,
        sentence,
        stopped: z.boolean(),
      }),
    ),
  }),
  handle: async ({ house }) => {
    const found = [];
    for (const { name } of house.tenants()) {
      found.push(
        await house.within(name, async (tenant) => {
          const { tenantId, mode } = tenant.deps.settings;
          const now = await tenant.deps.clock.now();
          const { stopped } = await switchesOf(tenant);
          const said = sentenceOf(tenant, now);
          return { name, tenantId, mode, ...(await scopeOf(tenant)), sentence: said, stopped: stopped !== null };
        }),
      );
    }
    return { tenants: found };
  },
});

const reasons = route({
  method: "GET",
  path: "/api/v1/reasons",
  role: "Owner",
  tag: "overview",
  summary: "The reason codes with their sentences",
  answer: z.strictObject({ reasons: z.array(z.strictObject({ code: reason, sentence: z.string() })) }),
  handle: async () => ({
    reasons: (Object.keys(REASONS) as (keyof typeof REASONS)[]).map((code) => ({ code, sentence: REASONS[code] })),
  }),
});

export const overviewRoutes: readonly Route[] = [tenants, reasons, overview, ends, events];
