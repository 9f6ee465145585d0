/** Rows of the list that are written once: what they say is what would be said anew, at every instant and whoever owns them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { NEXT, type NextCode, type Outlook } from "../../src/core/pictures/outlook.ts";
import { SMALL_HALF } from "../../src/core/pictures/small-line.ts";
import { atOnce } from "../../src/core/slices.ts";
import { DAY, epochMs } from "../../src/core/time.ts";
import type { Ownership } from "../../src/engine/scan/ownership.ts";
import type { Portrait } from "../../src/engine/views/portrait.ts";
import { inAscii } from "../../src/http/ascii.ts";
import { item, itemJson } from "../../src/http/routes/item.ts";
import { type Numbered, rowsText, writeRows } from "../../src/http/rows.ts";
import { holder, NOW, secret } from "../core/make.ts";
import { HOSTILE } from "./stage-tenant.ts";

type Spans = readonly (readonly [number | null, number | null])[];

function portraitOf(displayName: string, spans: Spans, more: Partial<Portrait> = {}): Portrait {
  const at = (ms: number | null) => (ms === null ? null : epochMs(ms));
  const credentials = spans.map(([start, end], index) => secret(`key-${index}`, { start: at(start), end: at(end) }));
  const main = holder({ type: "application", objectId: "o", appId: "a", displayName, credentials });
  return {
    objectId: main.objectId,
    appId: main.appId,
    displayName,
    searchName: displayName.toLowerCase(),
    type: main.type,
    holders: [main],
    items: [],
    open: [],
    outlook: {
      signsIn: true,
      signsInUntil: null,
      next: { code: "renews", at: epochMs(NOW + DAY), reason: "lead-time-reached", rotation: null },
    },
    policy: "default",
    bound: true,
    secrets: spans.length,
    certificates: 0,
    lastSafeAt: null,
    debt: null,
    lapsed: null,
    endsNext: null,
    ...more,
  };
}

const known: Ownership = {
  ownersOf: new Map([
    [
      "o",
      [
        { id: "somebody", name: "Zoë \u{1f600}", type: "person" },
        { id: "something", name: null, type: "other" },
      ],
    ],
  ]),
  ownedBy: new Map([["somebody", ["o"]]]),
};
const elsewhere: Ownership = { ownersOf: new Map(), ownedBy: new Map() };

/** Each has its place as its number. */
function numbered(all: readonly Portrait[]): Numbered {
  return { all, at: (number) => all[number] as Portrait };
}

/** What a page of all of them says. */
function textOf(listing: Numbered, ownership: Ownership | null, now: number): string {
  const rows = rowsText(listing, ownership, [...listing.all.keys()], epochMs(now));
  const bytes = Buffer.alloc(rows.length + 2, "|");
  rows.writeTo(bytes, 1);
  expect([bytes.at(0), bytes.at(-1)]).toEqual([124, 124]);
  return bytes.toString("latin1", 1, rows.length + 1);
}

const schema = z.strictObject(item);

/** The same by the schema, each time anew. */
function anewOf(ownership: Ownership | null, shown: readonly Portrait[], now: number): string {
  const texts = shown.map((one) => {
    const { line, ...rest } = schema.parse(itemJson({ ownership }, one, epochMs(now)));
    return inAscii(JSON.stringify({ ...rest, line }));
  });
  return texts.join(",");
}

const near = fc.integer({ min: -3, max: 3 });
const moment = fc.option(fc.tuple(fc.constantFrom(-SMALL_HALF, 0, SMALL_HALF), near).map(([by, ms]) => NOW + by + ms));
const name = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(HOSTILE, '"line":[', '"from":"now"', "\u2028é\ud800"),
);
const outlook = fc.record({
  signsIn: fc.boolean(),
  signsInUntil: moment,
  next: fc.record({
    code: fc.constantFrom(...(Object.keys(NEXT) as NextCode[])),
    at: moment,
    reason: fc.constantFrom(null, "lead-time-reached", "expired"),
    rotation: fc.option(name),
  }),
}) as fc.Arbitrary<Outlook>;
const lapsed = fc.constantFrom(
  null,
  { from: epochMs(NOW - DAY), to: null },
  { from: epochMs(NOW - DAY), to: epochMs(NOW - 1) },
);
const portrait = fc
  .record({
    named: name,
    spans: fc.array(fc.tuple(moment, moment), { maxLength: 3 }),
    its: fc.record({
      outlook,
      policy: name,
      bound: fc.boolean(),
      objectId: fc.constantFrom("o", "p"),
      lapsed,
      endsNext: fc.option(fc.record({ class: fc.constantFrom("client-secret", "no-end"), hint: fc.option(name) })),
    }),
  })
  .map(({ named, spans, its }) => portraitOf(named, spans, its));
const asked = fc.array(fc.tuple(near, fc.constantFrom(null, known, elsewhere)), { minLength: 1, maxLength: 8 });

test("a row that was written says, to the byte, what it would say anew, whatever the time and whoever its owners are", () => {
  fc.assert(
    fc.property(fc.array(portrait, { maxLength: 3 }), asked, fc.boolean(), (all, times, isBefore) => {
      const listing = numbered(all);
      if (isBefore) atOnce(writeRows(listing, known, epochMs(NOW)));
      for (const [by, ownership] of times) {
        const text = textOf(listing, ownership, NOW + by);
        expect(text).toMatch(/^[ -~]*$/);
        expect(text).toBe(anewOf(ownership, all, NOW + by));
      }
    }),
  );
});

test("a service principal of another tenant, switched off, is written as one", () => {
  const main = holder({ type: "servicePrincipal", objectId: "o", homeTenantId: "elsewhere", enabled: false });
  const one = portraitOf("theirs", [], { type: "servicePrincipal", holders: [main] });
  expect(textOf(numbered([one]), null, NOW)).toBe(anewOf(null, [one], NOW));
  expect(textOf(numbered([one]), null, NOW)).toContain('"homeTenant":"elsewhere","enabled":false');
});

test("what was written ahead is not written again when it is asked for, and is when its owners are others", () => {
  let read = 0;
  const spans: Spans = [[NOW - 10 * DAY, NOW + DAY]];
  const one = Object.defineProperty({ ...portraitOf("api", spans) }, "displayName", {
    get: () => {
      read += 1;
      return "api";
    },
  });
  const listing = numbered([one]);
  atOnce(writeRows(listing, known, epochMs(NOW + 1)));
  expect(read).toBe(1);
  textOf(listing, known, NOW + 5_000);
  // somebody registered another application since: its own owners are the same
  textOf(listing, { ...known, ownersOf: new Map([...known.ownersOf, ["p", []]]) }, NOW + 5_001);
  expect(read).toBe(1);
  expect(textOf(listing, elsewhere, NOW + 5_002)).toContain('"owners":[]');
  expect(read).toBe(2);
  // its credential has ended: the line has other parts
  textOf(listing, elsewhere, NOW + 2 * DAY);
  expect(read).toBe(3);
});

test("an application that was seen anew is written anew, under the number that it has", () => {
  const all = [portraitOf("api", []), portraitOf("portal", [])];
  const listing = numbered(all);
  atOnce(writeRows(listing, null, epochMs(NOW)));
  all[1] = portraitOf("portal two", []);
  expect(textOf(listing, null, NOW)).toBe(anewOf(null, all, NOW));
});

test("applications that came after the list was written have rows of their own, however many they are", () => {
  const all = [portraitOf("api", [])];
  const listing = numbered(all);
  atOnce(writeRows(listing, known, epochMs(NOW)));
  for (let count = 0; count < 20; count += 1) {
    all.push(portraitOf(`later ${count}`, [[NOW - DAY, NOW + count * DAY]]));
    expect(textOf(listing, known, NOW + count)).toBe(anewOf(known, all, NOW + count));
  }
});

test("time alone makes no other row, as long as its line has the same parts; another owner or name does", () => {
  const one = portraitOf("api", [[NOW - 10 * DAY, NOW + DAY]]);
  const tag = (its: Portrait, now: number, ownership: Ownership | null = known) =>
    rowsText(numbered([its]), ownership, [0], epochMs(now)).tag;
  expect(tag(one, NOW + 5_000)).toBe(tag(one, NOW));
  expect(tag(one, NOW + 2 * DAY)).not.toBe(tag(one, NOW));
  expect(tag(one, NOW, null)).not.toBe(tag(one, NOW));
  expect(tag({ ...one, displayName: "apis" }, NOW)).not.toBe(tag(one, NOW));
});
