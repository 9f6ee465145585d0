/** The listing against a plain look at every application, through any changes; and that what it reads does not grow with the tenant. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isCovered, NEXT, type NextCode } from "../../src/core/pictures/outlook.ts";
import { SOON } from "../../src/core/pictures/overview.ts";
import { atOnce } from "../../src/core/slices.ts";
import { type EpochMs, epochMs } from "../../src/core/time.ts";
import type { Ownership } from "../../src/engine/scan/ownership.ts";
import { VIEWS, type View } from "../../src/engine/views/list-views.ts";
import { Listing, type Sort, type Wanted } from "../../src/engine/views/listing.ts";
import { type Portrait, timesOf } from "../../src/engine/views/portrait.ts";
import { holder, secret } from "../core/make.ts";

const CODES = Object.keys(NEXT) as NextCode[];

interface Made {
  readonly number: number;
  readonly name: string;
  readonly next: NextCode;
  readonly until: number | null;
  readonly secrets: number;
  readonly policy: string;
  readonly bound: boolean;
}

function portraitOf({ number, name, next, until, secrets, policy, bound }: Made): Portrait {
  const hex = number.toString(16).padStart(8, "0");
  const [appId, objectId] = [`a${hex}`, `b${hex}`];
  const credentials = Array.from({ length: secrets }, (_, index) =>
    secret(`C${hex}-${index}`, { start: epochMs(0), end: until === null ? null : epochMs(until + index) }),
  );
  const type = number % 2 === 0 ? ("servicePrincipal" as const) : ("application" as const);
  const at = until === null ? null : epochMs(until);
  return {
    objectId,
    appId,
    displayName: name,
    searchName: name.toLowerCase(),
    type,
    holders: [holder({ type, objectId, appId, displayName: name, credentials })],
    items: [],
    open: [],
    outlook: { signsIn: until !== null, signsInUntil: at, next: { code: next, at, reason: null, rotation: null } },
    policy,
    bound,
    secrets,
    certificates: 0,
    lastSafeAt: null,
    debt: null,
    lapsed: null,
    endsNext: null,
  };
}

/** After some ends and before others. */
const NOW = epochMs(10);

const made = fc.record({
  number: fc.nat(11),
  name: fc.string({ unit: fc.constantFrom(..."aB c1"), maxLength: 6 }),
  next: fc.constantFrom(...CODES),
  until: fc.option(fc.oneof(fc.nat(20), fc.constantFrom(10 + SOON, 11 + SOON))),
  secrets: fc.nat(2),
  policy: fc.constantFrom("one", "two"),
  bound: fc.boolean(),
});

const wanted: fc.Arbitrary<Wanted> = fc.record(
  {
    q: fc.oneof(
      fc.string({ unit: fc.constantFrom(..."ab c1"), maxLength: 3 }),
      fc.constantFrom("a0000", "b000", "c00000001-0"),
    ),
    next: fc.constantFrom(...CODES),
    kind: fc.constantFrom("secret", "certificate", "none"),
    type: fc.constantFrom("application", "servicePrincipal"),
    policy: fc.constantFrom("one", "two", "no such"),
    managed: fc.boolean(),
    owner: fc.constantFrom("none", "Somebody"),
    view: fc.record({ name: fc.constantFrom(...VIEWS), now: fc.constant(NOW) }),
    endsFrom: fc.nat(20).map(epochMs),
    endsBefore: fc.nat(20).map(epochMs),
  },
  { requiredKeys: [] },
);

const ownership: Ownership = {
  ownersOf: new Map([["b00000001", [{ id: "somebody", name: null, type: "person" }]]]),
  ownedBy: new Map([["somebody", ["b00000001"]]]),
};

/** The same question, asked of each application in turn. */
function isWanted(
  one: Portrait,
  { q = "", next, kind, type, policy, managed, owner, view, endsFrom, endsBefore }: Wanted,
): boolean {
  const text = q.trim().toLowerCase();
  const ids = [
    one.appId,
    one.objectId,
    ...one.holders.flatMap(({ credentials }) => credentials.map(({ keyId }) => keyId.toLowerCase())),
  ];
  const until = one.outlook.signsInUntil;
  return [
    one.searchName.includes(text) || (/^[0-9a-f-]+$/.test(text) && ids.some((id) => id.startsWith(text))),
    next === undefined || one.outlook.next.code === next,
    kind === undefined || (kind === "none" ? one.secrets === 0 : kind === "secret" && one.secrets > 0),
    type === undefined || one.type === type,
    policy === undefined || one.policy === policy,
    managed === undefined || one.bound === managed,
    owner === undefined || (owner === "none") === (one.objectId !== "b00000001"),
    view === undefined || isIn(view.name, one),
    endsFrom === undefined || (until !== null && until >= endsFrom),
    endsBefore === undefined || (until !== null && until < endsBefore),
  ].every((holds) => holds);
}

function isIn(view: View, { outlook, secrets }: Portrait): boolean {
  const { next, signsIn, signsInUntil } = outlook;
  if (view === "needs-person") {
    const isSoon = signsIn && signsInUntil !== null && signsInUntil <= NOW + SOON && !isCovered(outlook);
    return isSoon || next.code === "stops" || next.code === "waits-for-approval";
  }
  if (view === "ends-soon") return signsInUntil !== null && signsInUntil > NOW && signsInUntil <= NOW + SOON;
  return view === "no-credential" ? secrets === 0 : next.code === view;
}

const last = (at: EpochMs | null) => at ?? Number.MAX_SAFE_INTEGER;
const KEYS: Record<Sort, (one: Portrait) => number> = {
  signsInUntil: ({ outlook }) => last(outlook.signsInUntil),
  next: ({ outlook }) => last(outlook.next.at),
  displayName: () => 0,
};

function sorted(all: readonly Portrait[], sort: Sort, descending: boolean): readonly Portrait[] {
  const name = ({ searchName, appId }: Portrait) => `${searchName}\0${appId}`;
  const order = all.toSorted((a, b) => KEYS[sort](a) - KEYS[sort](b) || (name(a) < name(b) ? -1 : 1));
  return descending ? order.toReversed() : order;
}

test("a list is what a look at every application gives, whatever has changed since it was made", () => {
  const asked = fc.record({
    sort: fc.constantFrom<Sort>("signsInUntil", "displayName", "next"),
    descending: fc.boolean(),
    from: fc.nat(5),
    limit: fc.integer({ min: 1, max: 5 }),
    wanted,
  });
  const given = fc.uniqueArray(made, { selector: ({ number }) => number, maxLength: 12 });
  fc.assert(
    fc.property(
      given,
      fc.array(made, { maxLength: 20 }),
      asked,
      (all, changes, { sort, descending, from, limit, wanted: what }) => {
        const now = new Map(all.map((one) => [one.number, portraitOf(one)]));
        const listing = atOnce(Listing.of([...now.values()]));
        for (const one of changes) {
          now.set(one.number, portraitOf(one));
          listing.put(portraitOf(one));
        }
        const left = sorted(
          [...now.values()].filter((one) => isWanted(one, what)),
          sort,
          descending,
        );
        const found = listing.find(what, ownership);
        expect(found.total).toBe(left.length);
        expect(listing.page(found, sort, descending, from, limit)).toEqual(left.slice(from, from + limit));
        for (const code of CODES) {
          expect(found.facets.next[code] ?? 0).toBe(left.filter(({ outlook }) => outlook.next.code === code).length);
        }
        expect(found.facets.kind.none ?? 0).toBe(left.filter(({ secrets }) => secrets === 0).length);
        const { view: _, ...others } = what;
        const without = [...now.values()].filter((one) => isWanted(one, others));
        const counts = VIEWS.map((view) => [view, without.filter((one) => isIn(view, one)).length]);
        expect(listing.views(found, NOW)).toEqual({ all: without.length, ...Object.fromEntries(counts) });
        const times = [...now.values()].map(timesOf);
        for (const name of ["endsLast", "endsCovered", "remains", "planned"] as const) {
          const instants = times.flatMap((one) => one[name]);
          expect(listing.times[name].between(3, 12), name).toBe(instants.filter((at) => at >= 3 && at < 12).length);
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** Applications whose names and ends are spread as in a large tenant. */
function tenantOf(size: number): Listing {
  const names = ["Billing", "Payroll", "Fleet", "Orders"];
  const portraits = Array.from({ length: size }, (_, number) =>
    portraitOf({
      number,
      name: `${names[number % 4]} ${number}`,
      next: CODES[number % CODES.length] as NextCode,
      until: (number * 7919) % size,
      secrets: 1,
      policy: "one",
      bound: false,
    }),
  );
  return atOnce(Listing.of(portraits));
}

/** How many applications are read to show a page of fifty. */
function readFor(listing: Listing, what: Wanted, from: number, sort: Sort = "signsInUntil"): number {
  const before = listing.read;
  const found = listing.find(what, null);
  expect(found.total).toBeGreaterThan(0);
  listing.page(found, sort, false, from, 50);
  return listing.read - before;
}

test("a page reads what it shows, in a tenant of a thousand as in one of fifty thousand", () => {
  const [small, large] = [tenantOf(1_000), tenantOf(50_000)];
  const both = (what: Wanted, at: (size: number) => number, sort?: Sort) => [
    readFor(small, what, at(1_000), sort),
    readFor(large, what, at(50_000), sort),
  ];
  expect(both({}, () => 0)).toEqual([50, 50]);
  expect(both({}, (size) => size - 60)).toEqual([50, 50]);
  expect(both({ next: "renews", kind: "secret", type: "application" }, () => 0, "displayName")).toEqual([50, 50]);
  // the ends of a range are found by halving: some applications more in a tenant of twice the size, and no more
  const [few, more] = both({ endsFrom: epochMs(100), endsBefore: epochMs(200) }, () => 0);
  expect(more).toBeLessThan((few ?? 0) + 2 * Math.log2(50) + 2);
  // a name that few have is looked for among those that have its letters
  expect(both({ q: "payroll 77" }, () => 0).every((read) => read < 700)).toBe(true);
  expect(readFor(large, { q: "a000000ff" }, 0)).toBe(1);
});

test("how many each view leaves of a search is counted from what was found, and nothing is searched again", () => {
  const listing = tenantOf(50_000);
  const found = listing.find({ q: "payroll 7", view: { name: "needs-person", now: NOW } }, null);
  const before = listing.read;
  expect(listing.views(found, NOW)).toMatchObject({ "needs-person": found.total });
  // the ends of the next 30 days, which two of the views ask for, are found by halving
  expect(listing.read - before).toBeLessThan(2 * (2 * Math.log2(50_000) + 2));
});

test("a change moves one application, and reads no others but by halving", () => {
  const listing = tenantOf(50_000);
  const change = { number: 7, name: "Zebra", next: "stops", until: 3, secrets: 2, policy: "two", bound: true } as const;
  expect(listing.put(portraitOf(change))).toBe(true);
  expect(listing.put(portraitOf(change))).toBe(false);
  expect(listing.find({ q: "zebra", policy: "two" }, null).total).toBe(1);
  expect(listing.find({}, null).total).toBe(50_000);
});

test("parts of a long filter are the same in whatever order they are read, and after a change in between", () => {
  const listing = tenantOf(3_000);
  const what: Wanted = { type: "application" };
  const whole = (sort: Sort, descending: boolean) =>
    sorted(
      listing.all.filter((one) => isWanted(one, what)),
      sort,
      descending,
    );
  const found = listing.find(what, null);
  const isAsWhole = (of: typeof found, sort: Sort, descending: boolean) => {
    const all = whole(sort, descending);
    for (const from of [1_200, 0, 255, 256, 1_490, 257, 700, 511, 512, 1_200]) {
      expect(listing.page(of, sort, descending, from, 20)).toEqual(all.slice(from, from + 20));
    }
  };
  isAsWhole(found, "signsInUntil", false);
  isAsWhole(found, "displayName", true);
  // one of them goes to another place in each order, and is still one of them
  const change = { number: 7, name: "Aa", next: "stops", until: 1, secrets: 2, policy: "two", bound: true } as const;
  expect(listing.put(portraitOf(change))).toBe(true);
  isAsWhole(found, "signsInUntil", false);
  isAsWhole(found, "displayName", true);
  isAsWhole(listing.find(what, null), "signsInUntil", true);
});
