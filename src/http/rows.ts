/**
 * Rows of the list of applications as text that is written once and put together with others to a page. Text by hand, from named properties
 * alone: to hold each row to the schema of `routes/item.ts` and write it from that takes five times as long, and a test holds the two to
 * the same words.
 *
 * A row stays as it is until its application or its owners are others, or its line has other parts; what moves with the present, the edges
 * of its line, is left open and written where the row lies in its page.
 */
import { hash } from "node:crypto";
import { NEXT } from "../core/pictures/outlook.ts";
import { SMALL_HALF } from "../core/pictures/small-line.ts";
import { REASONS } from "../core/reasons.ts";
import type { Slices } from "../core/slices.ts";
import { type EpochMs, formatInstant, plus } from "../core/time.ts";
import type { Listing } from "../engine/listing.ts";
import type { Ownership } from "../engine/ownership.ts";
import { lineLasts, lineOf, type Portrait } from "../engine/portrait.ts";
import { inAscii } from "./ascii.ts";

type Owners = ReturnType<Ownership["ownersOf"]["get"]> | null;

interface Row {
  /** The application as it was seen: one that has changed is another portrait. */
  readonly portrait: Portrait;
  /** Whose list was looked at last. */
  ownership: Ownership | null;
  /** ASCII, in one piece; an edge that was left open is as long as {@link OPEN}. */
  readonly text: string;
  /** Where edges are open, from its end: four times the place, and which edge. Many rows have the same ones. */
  readonly open: readonly number[];
  /** Tells it from any other row, whatever the present is. */
  readonly tag: string;
  /** As its text has them: null where they are not known, undefined where there are none. */
  readonly owners: Owners;
  /** It holds between the two, both left out. */
  readonly after: EpochMs;
  readonly before: EpochMs;
}

/** Where applications are found by their number. */
export type Numbered = Pick<Listing, "at" | "all">;

/** By the number of the application; about 900 bytes for each. */
const written = new WeakMap<Numbered, Row[]>();

/** Rows that are written before others have their turn: a millisecond of work at most. */
const AT_ONCE = 100;

/** What an open edge is called in the text of a row, as long as an instant with its milliseconds. */
const OPEN = ["first", "now", "last"].map((name) => name.padEnd("2026-03-01T09:12:44.000Z".length, "-"));
const LENGTH = OPEN[0]?.length ?? 0;

/** The three edges of all lines at an instant, in the order of {@link OPEN}. */
function edgesAt(now: EpochMs): readonly EpochMs[] {
  return [plus(now, -SMALL_HALF), now, plus(now, SMALL_HALF)];
}

/** Part of an answer that is ASCII text. */
export interface RowsText {
  /** Bytes, which are characters. */
  readonly length: number;
  /** Tells it from any other, whatever the present is. */
  readonly tag: string;
  /** Puts it at a place of a buffer that has room for it. */
  writeTo(into: Buffer, at: number): void;
}

/** The rows of a page, by the numbers of its applications, with commas between, at an instant. */
export function rowsText(
  listing: Numbered,
  ownership: Ownership | null,
  shown: readonly number[],
  now: EpochMs,
): RowsText {
  const edges = edgesAt(now);
  const instants = edges.map(formatInstant);
  const known = rowsOf(listing);
  const rows = shown.map((number) => rowOf(known, number, listing.at(number), ownership, now, edges));
  let [length, tag] = [Math.max(0, rows.length - 1), ""];
  for (const row of rows) {
    length += row.text.length;
    tag += row.tag;
  }
  if (instants.every((one) => one.length === LENGTH)) return new InPlace(rows, instants, length, tag);
  // where the present has no milliseconds, an edge is shorter than its place
  const text = rows.map((row) => closed(row, instants)).join(",");
  return { length: text.length, tag, writeTo: (into, at) => void into.write(text, at, "latin1") };
}

class InPlace implements RowsText {
  readonly #rows: readonly Row[];
  readonly #instants: readonly Buffer[];
  readonly length: number;
  readonly tag: string;

  constructor(rows: readonly Row[], instants: readonly string[], length: number, tag: string) {
    this.#rows = rows;
    this.#instants = instants.map((one) => Buffer.from(one, "latin1"));
    this.length = length;
    this.tag = tag;
  }

  writeTo(into: Buffer, at: number): void {
    let end = at;
    for (const { text, open } of this.#rows) {
      if (end !== at) into[end++] = COMMA;
      end += into.write(text, end, "latin1");
      for (const edge of open) into.set(this.#instants[edge & 3] as Buffer, end - (edge >>> 2));
    }
  }
}

const COMMA = 44;

/** The text of a row with its edges. */
function closed({ text, open }: Row, instants: readonly string[]): string {
  let [made, from] = ["", 0];
  for (const edge of open) {
    const place = text.length - (edge >>> 2);
    made += text.slice(from, place) + instants[edge & 3];
    from = place + LENGTH;
  }
  return made + text.slice(from);
}

/** Writes the rows of all that have none, so that who looks at a part of the list for the first time does not wait for it. In slices. */
export function* writeRows(listing: Numbered, ownership: Ownership | null, now: EpochMs): Slices<void> {
  const edges = edgesAt(now);
  const known = rowsOf(listing);
  for (let number = 0; number < listing.all.length; number += 1) {
    if (number % AT_ONCE === 0) yield;
    rowOf(known, number, listing.at(number), ownership, now, edges);
  }
}

function rowsOf(listing: Numbered): Row[] {
  const known = written.get(listing);
  if (known !== undefined) return known;
  const made: Row[] = [];
  written.set(listing, made);
  return made;
}

function rowOf(
  known: Row[],
  number: number,
  portrait: Portrait,
  ownership: Ownership | null,
  now: EpochMs,
  edges: readonly EpochMs[],
): Row {
  const row = known[number];
  const holds = row?.portrait === portrait && row.after < now && now < row.before;
  if (holds && row.ownership === ownership) return row;
  const owners = ownership === null ? null : ownership.ownersOf.get(portrait.objectId);
  if (holds && row.owners === owners) {
    row.ownership = ownership;
    return row;
  }
  const made = { portrait, ownership, ...write(portrait, owners, now, edges) };
  known[number] = made;
  return made;
}

const quoted = (text: string) => inAscii(JSON.stringify(text));
const quotedOrNull = (text: string | null | undefined) => (text == null ? "null" : quoted(text));
const instantOrNull = (at: EpochMs | null) => (at === null ? "null" : `"${formatInstant(at)}"`);

function write(
  portrait: Portrait,
  owners: Owners,
  now: EpochMs,
  edges: readonly EpochMs[],
): Omit<Row, "portrait" | "ownership"> {
  const { segments, open } = lineText(portrait, now, edges);
  const text = `${factsText(portrait, owners)}${outlookText(portrait)},"line":[${segments}]}`;
  const bytes = text.length <= scratch.length ? scratch : Buffer.allocUnsafe(text.length);
  const its = bytes.subarray(0, bytes.write(text, "latin1"));
  return {
    // in one piece: pieces of pieces take several times the room, and are put together each time
    text: its.toString("latin1"),
    open: alike(open.map(({ place, edge }) => (segments.length - place + 2) * 4 + edge)),
    tag: hash("sha256", its, "base64url").slice(0, 16),
    owners,
    ...lineLasts(portrait, now),
  };
}

/** What most rows fit in. */
const scratch = Buffer.allocUnsafe(16 * 1024);

/** What it is, up to its outlook. */
function factsText({ objectId, appId, displayName, type, holders, ...its }: Portrait, owners: Owners): string {
  const main = holders.find((one) => one.objectId === objectId);
  const listed = owners?.map(({ id, name, type: what }) => {
    return `{"id":${quoted(id)},"name":${quotedOrNull(name)},"type":${quoted(what)}}`;
  });
  return (
    `{"objectId":${quoted(objectId)},"appId":${quoted(appId)},"displayName":${quoted(displayName)},"type":"${type}"` +
    `,"secrets":${its.secrets},"certificates":${its.certificates},"policy":${quoted(its.policy)},"managed":${its.bound}` +
    `,"owners":${owners === null ? "null" : `[${listed ?? ""}]`}` +
    `,"homeTenant":${quotedOrNull(main?.homeTenantId)},"enabled":${main?.enabled ?? true}` +
    `,"lapsed":${lapsedText(its)}`
  );
}

function lapsedText({ lapsed }: Pick<Portrait, "lapsed">): string {
  return lapsed === null ? "null" : `{"from":"${formatInstant(lapsed.from)}","to":${instantOrNull(lapsed.to)}}`;
}

function outlookText({ outlook: { signsIn, signsInUntil, next } }: Portrait): string {
  return (
    `,"signsIn":${signsIn},"signsInUntil":${instantOrNull(signsInUntil)}` +
    `,"next":{"code":"${next.code}","sentence":${quoted(NEXT[next.code])},"at":${instantOrNull(next.at)}` +
    `,"reason":${quotedOrNull(next.reason)},"because":${quotedOrNull(next.reason && REASONS[next.reason])}` +
    `,"rotation":${quotedOrNull(next.rotation)}}`
  );
}

interface Opened {
  readonly place: number;
  readonly edge: number;
}

/** The parts of its line with commas between, and where edges are open in that. */
function lineText(portrait: Portrait, now: EpochMs, edges: readonly EpochMs[]) {
  const open: Opened[] = [];
  let segments = "";
  const put = (at: EpochMs) => {
    const edge = edges.indexOf(at);
    if (edge >= 0) open.push({ place: segments.length, edge });
    segments += OPEN[edge] ?? formatInstant(at);
  };
  for (const { from, to, tense, what } of lineOf(portrait, now)) {
    segments += segments === "" ? '{"from":"' : ',{"from":"';
    put(from);
    segments += '","to":"';
    put(to);
    segments += `","tense":"${tense}","what":"${what}"}`;
  }
  return { segments, open };
}

const patterns = new Map<string, readonly number[]>();
/** So many are kept; lines have few forms. */
const MOST_PATTERNS = 4_096;

/** The same one of all that say the same. */
function alike(open: readonly number[]): readonly number[] {
  const key = open.join();
  const known = patterns.get(key);
  if (known !== undefined) return known;
  if (patterns.size === MOST_PATTERNS) patterns.clear();
  patterns.set(key, open);
  return open;
}
