/** The rows of what ends while something is renewed in between: each application once, whatever moves. */
import { expect, test } from "vitest";
import { atOnce } from "../../src/core/slices.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { Listing } from "../../src/engine/views/listing.ts";
import type { Portrait } from "../../src/engine/views/portrait.ts";
import { endingRows, stopsOf } from "../../src/http/routes/reports.ts";
import { holder, NOW, secret } from "../core/make.ts";

/** Ends so many days from now, or has ended. */
function portraitOf(number: number, days: number): Portrait {
  const appId = `a${String(number).padStart(5, "0")}`;
  const end = plus(NOW, days * DAY);
  const main = holder({ objectId: `o-${appId}`, appId, displayName: appId, credentials: [secret(appId, { end })] });
  return {
    ...{ objectId: main.objectId, appId, displayName: appId, searchName: appId, type: main.type, holders: [main] },
    ...{ items: [], open: [], policy: "default", bound: true, secrets: 1, certificates: 0 },
    outlook: {
      signsIn: days > 0,
      signsInUntil: days > 0 ? end : null,
      next: { code: "stops", at: end, reason: null, rotation: null },
    },
    ...{ lastSafeAt: null, debt: null, lapsed: null, endsNext: null },
  };
}

test("an application that is renewed while the file flows takes no other one out of it, and comes once", () => {
  const all = Array.from({ length: 1_200 }, (_, number) => portraitOf(number, number + 1));
  const listing = atOnce(Listing.of(all));
  const parts = endingRows(listing, NOW);
  const text: string[] = [parts.next().value ?? ""];
  listing.put(portraitOf(3, 5_000));
  for (const part of parts) text.push(part);
  expect(text.length).toBeGreaterThan(2);
  const ids = text
    .join("")
    .trimEnd()
    .split("\r\n")
    .map((row) => row.split(",")[2]);
  expect(ids).toEqual(all.map(({ appId }) => appId));
});

test("what cannot sign in any more is in no row of the file: the page says where the rest of it is", () => {
  const stopping = portraitOf(1_000, 5);
  const down = (many: number) => Array.from({ length: many }, (_, number) => portraitOf(number, -1));
  const partOf = (all: readonly Portrait[]) => stopsOf(atOnce(Listing.of(all)));
  expect(partOf([...down(501), stopping])).toMatchObject({
    total: 502,
    rest: expect.stringContaining("cannot sign in now under Needs a person in App registrations"),
  });
  expect(partOf([...down(500), stopping])).toMatchObject({ total: 501, rest: "in the CSV file" });
});
