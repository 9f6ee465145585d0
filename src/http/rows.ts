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
import type { Ownership } from "../engine/scan/ownership.ts";
import type { Listing } from "../engine/views/listing.ts";
import { lineLasts, lineOf, type Portrait } from "../engine/views/portrait.ts";
import { inAscii } from "./ascii.ts";

type Owners = ReturnType<Ownership["ownersOf"]["get"]> | null;

interface Row {
  /** The application as it was seen: one that has changed is another portrait. */
  readonly portrait: Portrait;
  /** ASCII, in one piece; an edge that was left open is as long as {@link OPEN}. */
  readonly text: string;
  /** Where edges are open, from its end: four times the place, and which edge. Many rows have the same ones. */
  readonly open: readonly number[];
  /** As its text has them: null where they are not known, undefined where there are none. */
  readonly owners: Owners;
}

/** Where applications are found by their number. */
export type Numbered = Pick<Listing, "at" | "all">;

/** Bytes of what {@link Written} says of a row in numbers. */
const STRIDE = 32;

/**
 * The rows of a listing, by the numbers of its applications; about 900 bytes for each. What has to be asked of a row before it is shown lies
 * side by side in numbers: on a page from anywhere in a long list, to follow a pointer for each costs more than all else about a row.
 */
class Written {
  readonly #rows: (Row | undefined)[];
  /** Of each row four: it holds between the first two, both left out. */
  #instants = new Float64Array();
  /** The same memory, of each row eight: from the fifth on its tag in two, whose list was looked at last, and how long its text is. */
  #numbers = new Int32Array();
  #ownership: Ownership | null = null;
  /** Counts whose list was looked at. */
  #looks = 0;

  constructor(size: number) {
    this.#rows = new Array(size);
    this.#room(size);
  }

  /** The row of an application at an instant, written anew where it is another than before. */
  row(number: number, portrait: Portrait, ownership: Ownership | null, now: EpochMs, edges: readonly EpochMs[]): Row {
    if (ownership !== this.#ownership) {
      this.#ownership = ownership;
      this.#looks += 1;
    }
    const row = this.#rows[number];
    const [instants, numbers] = [number * 4, number * 8];
    const holds =
      row?.portrait === portrait &&
      (this.#instants[instants] as number) < now &&
      now < (this.#instants[instants + 1] as number);
    if (holds && this.#numbers[numbers + 6] === this.#looks) return row;
    const owners = ownership === null ? null : ownership.ownersOf.get(portrait.objectId);
    if (holds && row.owners === owners) {
      this.#numbers[numbers + 6] = this.#looks;
      return row;
    }
    const { text, open, tag } = write(portrait, owners, now, edges);
    const { after, before } = lineLasts(portrait, now);
    const made = { portrait, text, open, owners };
    if (number * STRIDE >= this.#instants.byteLength) this.#room(2 * (number + 1));
    this.#rows[number] = made;
    this.#instants.set([after, before], instants);
    this.#numbers.set([tag.readInt32LE(0), tag.readInt32LE(4), this.#looks, text.length], numbers + 4);
    return made;
  }

  /** Bytes of its text. */
  lengthOf(number: number): number {
    return this.#numbers[number * 8 + 7] as number;
  }

  /** Two numbers that tell it from any other row, whatever the present is. */
  tagTo(into: Int32Array, at: number, number: number): void {
    into[at] = this.#numbers[number * 8 + 4] as number;
    into[at + 1] = this.#numbers[number * 8 + 5] as number;
  }

  #room(size: number): void {
    const memory = new ArrayBuffer(size * STRIDE);
    const numbers = new Int32Array(memory);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#instants = new Float64Array(memory);
  }
}

const written = new WeakMap<Numbered, Written>();

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
  const known = writtenOf(listing);
  const tags = new Int32Array(2 * shown.length);
  let length = Math.max(0, shown.length - 1);
  const rows = shown.map((number, place) => {
    const row = known.row(number, listing.at(number), ownership, now, edges);
    length += known.lengthOf(number);
    known.tagTo(tags, 2 * place, number);
    return row;
  });
  const tag = Buffer.from(tags.buffer).toString("base64url");
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
  const known = writtenOf(listing);
  for (let number = 0; number < listing.all.length; number += 1) {
    if (number % AT_ONCE === 0) yield;
    known.row(number, listing.at(number), ownership, now, edges);
  }
}

function writtenOf(listing: Numbered): Written {
  const known = written.get(listing);
  if (known !== undefined) return known;
  const made = new Written(listing.all.length);
  written.set(listing, made);
  return made;
}

const quoted = (text: string) => inAscii(JSON.stringify(text));
const quotedOrNull = (text: string | null | undefined) => (text == null ? "null" : quoted(text));
const instantOrNull = (at: EpochMs | null) => (at === null ? "null" : `"${formatInstant(at)}"`);

function write(portrait: Portrait, owners: Owners, now: EpochMs, edges: readonly EpochMs[]) {
  const { segments, open } = lineText(portrait, now, edges);
  const text = `${factsText(portrait, owners)}${outlookText(portrait)},"line":[${segments}]}`;
  const bytes = text.length <= scratch.length ? scratch : Buffer.allocUnsafe(text.length);
  const its = bytes.subarray(0, bytes.write(text, "latin1"));
  return {
    // in one piece: pieces of pieces take several times the room, and are put together each time
    text: its.toString("latin1"),
    open: alike(open.map(({ place, edge }) => (segments.length - place + 2) * 4 + edge)),
    tag: hash("sha256", its, "buffer"),
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
    `,"createdAt":${instantOrNull(main?.createdAt ?? null)}` +
    `,"class":${quotedOrNull(its.endsNext?.class)},"hint":${quotedOrNull(its.endsNext?.hint)}` +
    `,"lapsed":${lapsedText(its)}`
  );
}

function lapsedText({ lapsed }: Pick<Portrait, "lapsed">): string {
  if (lapsed === null) return "null";
  const { from, to, over = null } = lapsed;
  return `{"from":"${formatInstant(from)}","to":${instantOrNull(to)},"over":${JSON.stringify(over)}}`;
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
