/** The list of applications, as JSON a page at a time and as a file of all of it. */
import { z } from "zod";
import { csvRow } from "../../core/csv.ts";
import { NEXT } from "../../core/pictures/outlook.ts";
import { REASONS } from "../../core/reasons.ts";
import { type EpochMs, formatInstant, MINUTE } from "../../core/time.ts";
import { VIEWS } from "../../engine/views/list-views.ts";
import type { Found, ViewCounts } from "../../engine/views/listing.ts";
import type { Picture } from "../../engine/views/picture.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import { unreadIn } from "../../engine/views/unread.ts";
import { type Route, tenantRoute, WrittenItems } from "../route.ts";
import { rowsText } from "../rows.ts";
import type { Tenant } from "../tenant.ts";
import { idList, listQuery, placeOf, type Query, sortOf, wantedOf } from "./filtering.ts";
import { item } from "./item.ts";
import { pictureOf } from "./own.ts";
import { count, holderType, instant, iso, named, scope, scopeOf } from "./shapes.ts";

type ViewShape = Record<keyof ViewCounts, typeof count>;

const list = tenantRoute({
  method: "GET",
  path: "/applications",
  madeOf: "listing",
  role: "Reader",
  tag: "applications",
  summary: "Applications, filtered, searched, sorted, a page at a time, with how many each filter would leave",
  query: listQuery,
  answer: z.strictObject({
    ...scope,
    total: count,
    facets: z.strictObject({
      next: z.record(z.string(), count),
      policy: z.record(z.string(), count),
      kind: z.record(z.string(), count),
      view: z.strictObject(Object.fromEntries(["all", ...VIEWS].map((name) => [name, count])) as ViewShape).meta({
        description: "how many each view would leave of what the other filters leave, whichever is asked for",
      }),
    }),
    next: z.string().nullable().meta({ description: "the cursor of the next page" }),
    unread: z
      .strictObject({
        total: count,
        items: z.array(
          z.strictObject({ ...named, appId: z.string(), type: holderType, seenAt: instant, code: z.string() }),
        ),
      })
      .meta({
        description:
          "with the first page: applications that earlier scans saw and the last one did not, since it could not read their list to its end, and why; none where more is asked than q and type, since of them nobody knows it",
      }),
    items: z.array(z.strictObject(item)),
  }),
  handle: async ({ tenant, query }) => {
    await tenant.painted();
    const picture = pictureOf(tenant);
    const now = await tenant.deps.clock.now();
    const { found, views } = foundIn(tenant, picture, query, now);
    const { from, next } = placeOf(query, found.total);
    const { sort, descending } = sortOf(query);
    const { listing } = picture;
    const shown = listing.numbers(found, sort, descending, from, query.limit);
    return new WrittenItems(
      {
        ...(await scopeOf(tenant)),
        total: found.total,
        facets: { ...found.facets, view: views },
        next,
        unread: unreadJson(tenant, picture, query),
      },
      rowsText(listing, tenant.ownership, shown, now),
    );
  },
});

interface Asked {
  readonly found: Found;
  readonly views: ViewCounts;
}

/** What a question leaves, kept until something changes, and for a minute at most: views hang on the present. */
function foundIn(tenant: Tenant, picture: Picture, query: Query, now: EpochMs): Asked {
  const { limit: _, cursor: __, sort: ___, ...filter } = query;
  return picture.keep(`list ${Math.floor(now / MINUTE)} ${JSON.stringify(filter)}`, () => {
    const found = picture.listing.find(wantedOf(filter, tenant.deps.settings.timeZone, now), tenant.ownership);
    return { found, views: picture.listing.views(found, now) };
  });
}

/** So many of them are named. */
const MOST_UNREAD = 200;

function unreadJson(tenant: Tenant, picture: Picture, { q, type, cursor, limit: _, sort: __, ...others }: Query) {
  const isAsked = cursor === undefined && Object.values(others).every((value) => value === undefined);
  const found = isAsked
    ? picture.keep(`unread ${JSON.stringify([q, type])}`, () => unreadIn(tenant.unread, { q, type }))
    : [];
  return {
    total: found.length,
    items: found.slice(0, MOST_UNREAD).map(({ seenAt, ...one }) => ({ ...one, seenAt: formatInstant(seenAt) })),
  };
}

const HEAD = [
  "display name",
  "client id",
  "object id",
  "type",
  "client secrets",
  "certificates",
  "signs in until",
  "what happens next",
  "at",
  "why",
  "policy",
  "managed",
  "owners",
  "could not sign in from",
  "until",
  "created",
  "class",
  "hint",
];

const file = tenantRoute({
  method: "GET",
  path: "/applications.csv",
  role: "Reader",
  tag: "applications",
  summary:
    "The same list as a file, all of it; where the scan did not see all, or the one after it failed, a line before the names of the columns says so; cells that a spreadsheet would take for a formula begin with an apostrophe",
  query: listQuery.omit({ limit: true, cursor: true }).extend({
    only: idList.optional().meta({ description: "object ids, with commas between: these alone" }),
    except: idList.optional().meta({ description: "object ids, with commas between: all but these" }),
  }),
  text: "text/csv",
  handle: async ({ tenant, query }) => {
    await tenant.painted();
    const picture = pictureOf(tenant);
    const { only, except, ...filter } = query;
    return {
      type: "text/csv; charset=utf-8",
      body: linesOf(tenant, picture, { ...filter, limit: PART }, chosenBy(only, except)),
      file: fileName(tenant, picture, "applications.csv"),
    };
  },
});

/** Rows that are written at a time, so that others are answered in between. */
const PART = 500;

type Chosen = (one: Portrait) => boolean;

function chosenBy(only: readonly string[] | undefined, except: readonly string[] | undefined): Chosen {
  const [wanted, left] = [only && new Set(only), new Set(except)];
  return ({ objectId }) => (wanted === undefined || wanted.has(objectId)) && !left.has(objectId);
}

/** What a file lacks; nothing where the last scan saw all, and none has failed since. */
export function shortOf({ missed }: Tenant, { scan: { scannedAt, coverage, failures } }: Picture): readonly string[] {
  const short: string[] = [];
  if (!coverage.complete) {
    const seen = `the scan of ${formatInstant(scannedAt)} saw ${coverage.applications} applications`;
    const why = failures.map(({ what, error }) => `${what}: ${error.message}`);
    short.push(`INCOMPLETE: ${[seen, ...why].join("; ")}`);
  }
  if (missed !== null) {
    const since = `this is what the scan of ${formatInstant(scannedAt)} saw`;
    short.push(`OUTDATED: ${since}; the one of ${formatInstant(missed.at)} failed: ${missed.error.message}`);
  }
  return short;
}

/** What a file of a tenant is called: its name says what it lacks. */
export function fileName(tenant: Tenant, picture: Picture, what: string): string {
  const { complete } = picture.scan.coverage;
  return `nolapse-${tenant.name}-${what.replace(".", `${complete ? "" : "-incomplete"}${tenant.missed === null ? "" : "-outdated"}.`)}`;
}

async function* linesOf(tenant: Tenant, picture: Picture, query: Query, chosen: Chosen): AsyncGenerator<string> {
  const { found } = foundIn(tenant, picture, query, await tenant.deps.clock.now());
  const { sort, descending } = sortOf(query);
  const rows = picture.listing.page(found, sort, descending, 0, found.total).filter(chosen);
  // a program that takes the first line for names of columns fails at this one, and takes no part of a tenant for all of it
  for (const line of shortOf(tenant, picture)) yield csvRow([line]);
  yield csvRow(HEAD);
  for (let from = 0; from < rows.length; from += PART) {
    yield rows
      .slice(from, from + PART)
      .map((one) => csvRow(cellsOf(tenant, one)))
      .join("");
  }
}

function cellsOf(tenant: Tenant, one: Portrait): readonly string[] {
  const { next, signsInUntil } = one.outlook;
  const owners = tenant.ownership?.ownersOf.get(one.objectId) ?? [];
  return [
    one.displayName,
    one.appId,
    one.objectId,
    one.type,
    String(one.secrets),
    String(one.certificates),
    iso(signsInUntil) ?? "",
    NEXT[next.code],
    next.at === null ? "" : formatInstant(next.at),
    next.reason === null ? "" : REASONS[next.reason],
    one.policy,
    one.bound ? "yes" : "no",
    tenant.ownership === null ? "not known" : owners.map(({ id, name }) => name ?? id).join("; "),
    iso(one.lapsed?.from ?? null) ?? "",
    iso(one.lapsed?.to ?? null) ?? "",
    iso(one.holders.find(({ objectId }) => objectId === one.objectId)?.createdAt) ?? "",
    one.endsNext?.class ?? "",
    one.endsNext?.hint ?? "",
  ];
}

export const listRoutes: readonly Route[] = [list, file];
