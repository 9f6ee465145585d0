/** What the timeline counts in a week is what the list of that week shows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Instants } from "../../src/core/pictures/instants.ts";
import { timeline } from "../../src/core/pictures/timeline.ts";
import { atOnce } from "../../src/core/slices.ts";
import { addDays, DAY, epochMs, HOUR, plus } from "../../src/core/time.ts";
import { Listing } from "../../src/engine/views/listing.ts";
import { portraitOf } from "../../src/engine/views/portrait.ts";
import { wantedOf } from "../../src/http/routes/filtering.ts";
import { holder, secret } from "../core/make.ts";
import { START, Workbench } from "../support/workbench.ts";

const hours = (least: number, most: number) => fc.integer({ min: least * 24, max: most * 24 });
/** Hours from now at which one begins, and at which it ends, if it does. */
const span = fc.tuple(fc.oneof(hours(-400, 0), hours(1, 9)), fc.option(hours(-90, 90), { freq: 9 }));

test("each week to come lists as many applications as it counts last ends, in the tenant's zone, and no other ones", () => {
  const deps = new Workbench().deps();
  fc.assert(
    fc.property(
      fc.array(fc.array(span, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom("UTC", "Europe/Amsterdam", "Pacific/Auckland", "America/Los_Angeles", "Africa/Cairo"),
      fc.constantFrom("week" as const, "month" as const),
      (applications, zone, size) => {
        const portraits = applications.map((spans, number) => {
          const [appId, objectId] = [`a${number}`, `b${number}`];
          // one of them has begun: what only begins later signs nobody in
          const credentials = [[-400 * 24, 1] as const, ...spans].map(([from, to], place) =>
            secret(`c${number}-${place}`, {
              start: plus(START, from * HOUR),
              end: to === null ? null : plus(START, to * HOUR),
            }),
          );
          return portraitOf(deps, START, [holder({ appId, objectId, displayName: appId, credentials })], [], [], null);
        });
        const listing = atOnce(Listing.of(portraits));
        const facts = { ...listing.times, renewed: new Instants() };
        const bins = timeline(facts, { from: plus(START, 8 * DAY), to: plus(START, 91 * DAY), zone, size });
        // the day before the next one begins is its last
        for (const [place, next] of bins.slice(1).entries()) {
          const { day, endsLast, from, to } = bins[place] ?? next;
          if (from <= START) continue;
          const found = listing.find(wantedOf({ endsFrom: day, endsTo: addDays(next.day, -1) }, zone, START), null);
          expect([day, found.total]).toEqual([day, endsLast]);
          const ends = listing
            .page(found, "signsInUntil", false, 0, 99)
            .map(({ outlook }) => outlook.signsInUntil ?? 0);
          expect(ends.every((at) => at >= from && at < to)).toBe(true);
        }
        const all = listing.times.endsLast.between(epochMs(0), epochMs(8e15));
        const covered = listing.times.endsCovered.between(epochMs(0), epochMs(8e15));
        expect(all + covered).toBe(applications.flat().filter(([, to]) => to !== null).length + applications.length);
      },
    ),
  );
});

test("the first and the last day that can be written are no fault", () => {
  expect(
    wantedOf({ endsFrom: "0000-01-01", endsTo: "9999-12-31" }, "Europe/Amsterdam", START).endsBefore,
  ).toBeUndefined();
});
