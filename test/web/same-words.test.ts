/** What the server's reports and the pages say alike: they share no code, so each is held to the other. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { plainName as ours } from "../../src/core/names.ts";
import { epochMs } from "../../src/core/time.ts";
import { countWords, dateWords, distanceWords, timeWords } from "../../src/core/time-words.ts";
import { counted, distance, written } from "../../web/src/text/dates.ts";
import { plainName as theirs } from "../../web/src/text/names.ts";

const zone = fc.constantFrom("UTC", "Europe/Amsterdam", "America/St_Johns", "Pacific/Tongatapu");
const instant = fc
  .integer({ min: Date.parse("1990-01-01T00:00:00Z"), max: Date.parse("2123-01-01T00:00:00Z") })
  .map(epochMs);

test("dates, times and distances", () => {
  fc.assert(
    fc.property(instant, instant, fc.integer({ min: -200_000_000, max: 200_000_000 }), zone, (at, now, near, zone) => {
      expect(dateWords(at, zone)).toBe(written(at, zone));
      expect(timeWords(at, zone)).toBe(written(at, zone, "dateTime"));
      expect(distanceWords(at, now, zone)).toBe(distance(at, now, zone));
      const close = epochMs(now + near);
      expect(distanceWords(close, now, zone)).toBe(distance(close, now, zone));
    }),
  );
});

test("counts", () => {
  fc.assert(
    fc.property(fc.nat(), (count) => {
      expect(countWords(count, "application")).toBe(counted(count, "application"));
    }),
  );
});

test("names", () => {
  const odd = fc.constantFrom("\u200d", "\u202e", "👩", "💻", "\ufe0f", "🏽", "a", " ", "\u3164", "\n", "\ud800");
  const name = fc.array(fc.oneof(odd, fc.string({ unit: "binary", maxLength: 1 }))).map((parts) => parts.join(""));
  fc.assert(
    fc.property(name, (name) => {
      expect(ours(name)).toBe(theirs(name));
    }),
  );
});
