/** The first page to take along: a page to print, what ends as rows, and what stops or must be decided as a calendar. */

import { signsIn } from "../../core/credentials/certificate-remarks.ts";
import { endOf } from "../../core/credentials/credential.ts";
import { csvRow } from "../../core/csv.ts";
import { calendar, type Dated, MOST_DATED } from "../../core/pictures/calendar.ts";
import { NEXT } from "../../core/pictures/outlook.ts";
import { type Reported, type ReportedPart, reportPage } from "../../core/pictures/report.ts";
import { REASONS } from "../../core/reasons.ts";
import { type EpochMs, formatInstant, parseInstant } from "../../core/time.ts";
import { countWords, dateWords, timeWords } from "../../core/time-words.ts";
import type { Listing } from "../../engine/views/listing.ts";
import type { Picture } from "../../engine/views/picture.ts";
import { type Portrait, timesOf } from "../../engine/views/portrait.ts";
import { type Route, tenantRoute } from "../route.ts";
import type { Tenant } from "../tenant.ts";
import { fileName, shortOf } from "./items.ts";
import { countedOf, RUNNING, rotationsIn } from "./overview.ts";
import { pictureOf } from "./own.ts";
import { waitingRows } from "./plan.ts";
import { iso } from "./shapes.ts";

/** Rows of each part of the page: nobody prints more. */
const MOST = 500;

/** What happens next, and why. */
function whyOf({ outlook: { next } }: Portrait): string {
  return next.reason === null ? NEXT[next.code] : `${NEXT[next.code]}: ${REASONS[next.reason]}`;
}

function reported(portrait: Portrait, at: EpochMs | null): Reported {
  return { displayName: portrait.displayName, appId: portrait.appId, at, why: whyOf(portrait) };
}

/** What ends from now on is in the file. */
const IN_FILE = "in the CSV file";
/** What has stopped ends no more. */
const OR_DOWN =
  "those that cannot sign in now under Needs a person in App registrations and Enterprise applications, the others in the CSV file";

/** What has stopped, then what stops, by when. */
export function stopsOf(listing: Listing): ReportedPart {
  const down = listing.first("down", "displayName", MOST);
  const stopping = listing.first("stopping", "signsInUntil", MOST - down.length);
  return {
    first: [
      ...down.map((one) => reported(one, null)),
      ...stopping.map((one) => reported(one, one.outlook.signsInUntil)),
    ],
    total: listing.count("down") + listing.count("stopping"),
    rest: listing.count("down") > down.length ? OR_DOWN : IN_FILE,
  };
}

function renewedOf({ listing }: Picture): ReportedPart {
  const codes = ["renewing", "renews", "overlap"] as const;
  const first = listing.first(codes, "next", MOST).map((one) => reported(one, one.outlook.next.at));
  return { first, total: listing.count(codes), rest: IN_FILE };
}

interface Decision extends Reported {
  readonly id: string;
  readonly decideBy: EpochMs | null;
}

/** What a person must let begin or end, the first to decide first. */
async function decisionsOf(tenant: Tenant): Promise<readonly Decision[]> {
  const never = Number.POSITIVE_INFINITY;
  const rows = await waitingRows(tenant);
  return rows
    .map((one) => {
      const decideBy = one.decideBy === null ? null : parseInstant(one.decideBy);
      const { displayName, appId } = one;
      const why = one.detail === null ? one.sentence : `${one.sentence}: ${one.detail}`;
      return { displayName, appId, at: decideBy, decideBy, why, id: `${one.what}-${one.rotation}` };
    })
    .sort((a, b) => (a.decideBy ?? never) - (b.decideBy ?? never));
}

/** What was seen of the tenant, a sentence each. */
function scopeWords(tenant: Tenant, picture: Picture): readonly string[] {
  const { scannedAt, coverage } = picture.scan;
  const { timeZone } = tenant.deps.settings;
  const all = `${countWords(coverage.applications, "application")} and ${countWords(coverage.servicePrincipals, "service principal")}`;
  const seen = `The scan of ${timeWords(scannedAt, timeZone)} read ${coverage.complete ? "all" : "only"} ${all}.`;
  return [seen, ...shortOf(tenant, picture).map((one) => `${one}.`)];
}

const page = tenantRoute({
  method: "GET",
  path: "/report.html",
  role: "Reader",
  tag: "overview",
  summary: `The first page as one HTML document without a script: what stops and why, what must be decided, what is renewed when; at most ${MOST} rows each`,
  text: "text/html",
  handle: async ({ tenant }) => {
    await tenant.painted();
    const picture = pictureOf(tenant);
    const { settings, clock } = tenant.deps;
    const now = await clock.now();
    const { sentence, endIn30Days, debt, lapses } = countedOf(tenant, picture, now);
    const decisions = await decisionsOf(tenant);
    const since = lapses === null ? null : parseInstant(lapses.since);
    const body = reportPage({
      tenant: tenant.name,
      zone: settings.timeZone,
      now,
      sentence: sentence.words,
      scope: scopeWords(tenant, picture),
      complete: picture.scan.coverage.complete,
      figures: [
        { head: "Last credential ends within 30 days", count: endIn30Days },
        { head: "Rotation debt: past their renewal time", count: debt },
        { head: "Rotations running", count: await rotationsIn(tenant, RUNNING) },
        {
          head: since === null ? "Lapses" : `Lapses since ${dateWords(since, settings.timeZone)}`,
          count: lapses?.count ?? null,
        },
      ],
      stops: stopsOf(picture.listing),
      decisions: {
        first: decisions.slice(0, MOST),
        total: decisions.length,
        rest: "on the page Plan and approvals",
      },
      renewed: renewedOf(picture),
    });
    return { type: "text/html; charset=utf-8", body, file: fileName(tenant, picture, "report.html") };
  },
});

const HEAD = [
  "ends",
  "display name",
  "client id",
  "object id",
  "kind",
  "name",
  "key id",
  "hint",
  "the application's last",
  "what happens next",
  "at",
  "why",
];

/** Applications whose rows are written at a time, so that others are answered in between. */
const PART = 500;

const file = tenantRoute({
  method: "GET",
  path: "/report.csv",
  role: "Reader",
  tag: "overview",
  summary:
    "Every credential that signs in and ends, by when its application stops; the first line says what was seen, the second names the columns; cells that a spreadsheet would take for a formula begin with an apostrophe",
  text: "text/csv",
  handle: async ({ tenant }) => {
    await tenant.painted();
    const picture = pictureOf(tenant);
    const now = await tenant.deps.clock.now();
    return {
      type: "text/csv; charset=utf-8",
      body: linesOf(tenant, picture, now),
      file: fileName(tenant, picture, "ends.csv"),
    };
  },
});

async function* linesOf(tenant: Tenant, picture: Picture, now: EpochMs): AsyncGenerator<string> {
  const { scannedAt, coverage } = picture.scan;
  const [
    short = `COMPLETE: the scan of ${formatInstant(scannedAt)} saw all ${coverage.applications} applications`,
    ...rest
  ] = shortOf(tenant, picture);
  yield csvRow([[short, ...rest].join("; ")]);
  yield csvRow(HEAD);
  yield* endingRows(picture.listing, now);
}

/** A part of the rows at a time, by when applications stop: all of them as they were when the first part was asked for. */
export function* endingRows(listing: Listing, now: EpochMs): Generator<string> {
  const found = listing.find({}, null);
  // an application that is renewed meanwhile moves in the order, and others with it
  const all = listing.page(found, "signsInUntil", false, 0, found.total);
  for (let from = 0; from < all.length; from += PART) {
    yield all
      .slice(from, from + PART)
      .flatMap((one) => endsOf(one, now))
      .join("");
  }
}

/** A row for each of its credentials that ends from now on, the first end first. */
function endsOf(portrait: Portrait, now: EpochMs): readonly string[] {
  const { displayName, appId, holders, outlook } = portrait;
  const last = timesOf(portrait).endsLast;
  return holders
    .flatMap((holder) => holder.credentials.map((one) => ({ holder, one, end: endOf(one) })))
    .filter(({ holder, one, end }) => end !== null && end > now && signsIn(holder, one))
    .sort((a, b) => (a.end ?? 0) - (b.end ?? 0))
    .map(({ holder, one, end }) =>
      csvRow([
        iso(end) ?? "",
        displayName,
        appId,
        holder.objectId,
        one.kind,
        one.name ?? "",
        one.keyId,
        one.hint ?? "",
        end !== null && last.includes(end) ? "yes" : "no",
        NEXT[outlook.next.code],
        iso(outlook.next.at) ?? "",
        outlook.next.reason === null ? "" : REASONS[outlook.next.reason],
      ]),
    );
}

const dates = tenantRoute({
  method: "GET",
  path: "/forecast.ics",
  role: "Reader",
  tag: "overview",
  summary: `What stops unless somebody acts, and until when decisions are wanted, as a calendar of at most ${MOST_DATED} entries`,
  text: "text/calendar",
  handle: async ({ tenant }) => {
    await tenant.painted();
    const picture = pictureOf(tenant);
    const { clock, settings } = tenant.deps;
    const stopping = picture.listing.first("stopping", "signsInUntil", MOST_DATED);
    const ends = stopping.flatMap((one): Dated[] => {
      const { displayName, appId, outlook } = one;
      const at = outlook.signsInUntil;
      if (at === null) return [];
      return [{ uid: appId, at, summary: `${displayName} stops`, description: `${whyOf(one)} (client id ${appId})` }];
    });
    const decisions = (await decisionsOf(tenant)).flatMap(({ displayName, appId, id, decideBy, why }): Dated[] =>
      decideBy === null
        ? []
        : [{ uid: id, at: decideBy, summary: `Decide on ${displayName}`, description: `${why} (client id ${appId})` }],
    );
    return {
      type: "text/calendar; charset=utf-8",
      body: calendar([...ends, ...decisions], {
        tenant: tenant.name,
        tenantId: settings.tenantId,
        now: await clock.now(),
        short: shortOf(tenant, picture),
      }),
      file: `nolapse-${tenant.name}.ics`,
    };
  },
});

export const reportRoutes: readonly Route[] = [page, file, dates];
