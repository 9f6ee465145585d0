/** Rows of the list that are written once: what they say is what would be said anew, at every instant and whoever owns them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SMALL_HALF } from "../../src/core/pictures/small-line.ts";
import { DAY, epochMs } from "../../src/core/time.ts";
import type { Ownership } from "../../src/engine/ownership.ts";
import type { Portrait } from "../../src/engine/portrait.ts";
import { itemJson, itemsText } from "../../src/http/routes/item.ts";
import { holder, NOW, secret } from "../core/make.ts";
import { HOSTILE } from "./stage.ts";

function portraitOf(displayName: string, spans: readonly (readonly [number | null, number | null])[]): Portrait {
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
  };
}

const known: Ownership = {
  ownersOf: new Map([["o", [{ id: "somebody", name: "Zoë \u{1f600}", type: "person" }]]]),
  ownedBy: new Map([["somebody", ["o"]]]),
};
const read = (text: string) => JSON.parse(`[${text}]`);

test("a row that was written says what it would say anew, whatever the time and whoever its owners are", () => {
  const near = fc.integer({ min: -3, max: 3 });
  const moment = fc.option(
    fc.tuple(fc.constantFrom(-SMALL_HALF, 0, SMALL_HALF), near).map(([by, ms]) => NOW + by + ms),
  );
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(HOSTILE, '"line":[', '"from":"now"', "\u2028é\ud800"),
  );
  const portrait = fc
    .tuple(name, fc.array(fc.tuple(moment, moment), { maxLength: 3 }))
    .map(([its, spans]) => portraitOf(its, spans));
  const asked = fc.array(fc.tuple(near, fc.constantFrom(null, known)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(portrait, { maxLength: 3 }), asked, (all, times) => {
      for (const [by, ownership] of times) {
        const now = epochMs(NOW + by);
        const { text } = itemsText({ ownership }, all, now);
        expect(text).toMatch(/^[ -~]*$/);
        const anew = all.map((one) => itemJson({ ownership }, one, now));
        expect(read(text)).toEqual(read(anew.map((one) => JSON.stringify(one)).join(",")));
      }
    }),
  );
});

test("time alone makes no other row, as long as its line has the same parts; another owner or name does", () => {
  const one = portraitOf("api", [[NOW - 10 * DAY, NOW + DAY]]);
  const tag = (portrait: Portrait, now: number, ownership: Ownership | null = known) =>
    itemsText({ ownership }, [portrait], epochMs(now)).tag;
  expect(tag(one, NOW + 5_000)).toBe(tag(one, NOW));
  expect(tag(one, NOW + 2 * DAY)).not.toBe(tag(one, NOW));
  expect(tag(one, NOW, null)).not.toBe(tag(one, NOW));
  expect(tag({ ...one, displayName: "apis" }, NOW)).not.toBe(tag(one, NOW));
});
