/**
 * The applications of a tenant as lists ask for them: sorted, filtered, searched, counted. What they have in common is kept as sets, their
 * orders and their ends in order; one that changes is moved in each, so that no list is made anew because of it, and a question reads the
 * applications it shows and few others, however many there are.
 */
import { Bits } from "../../core/pictures/bits.ts";
import { IdSearch } from "../../core/pictures/id-search.ts";
import { Instants } from "../../core/pictures/instants.ts";
import { NameSearch } from "../../core/pictures/name-search.ts";
import { Order } from "../../core/pictures/order.ts";
import { isCovered, type NextCode } from "../../core/pictures/outlook.ts";
import { SOON } from "../../core/pictures/overview.ts";
import { each, type Slices } from "../../core/slices.ts";
import { type EpochMs, plus } from "../../core/time.ts";
import type { Ownership } from "../scan/ownership.ts";
import { NEXT_OF, VIEWS, type View } from "./list-views.ts";
import { type Portrait, timesOf } from "./portrait.ts";

/** What a list asks for; what is left out asks nothing. */
export interface Wanted {
  /** Part of the name, or the beginning of a client id, object id or key id. */
  readonly q?: string | undefined;
  readonly next?: NextCode | undefined;
  readonly kind?: "secret" | "certificate" | "none" | undefined;
  readonly type?: Portrait["type"] | undefined;
  readonly policy?: string | undefined;
  readonly managed?: boolean | undefined;
  /** An owner's object id, or `none`. */
  readonly owner?: string | undefined;
  /** Stops from here on, and before the second. */
  readonly endsFrom?: EpochMs | undefined;
  readonly endsBefore?: EpochMs | undefined;
  readonly lapsed?: boolean | undefined;
  /** What lies in it can hang on the present. */
  readonly view?: { readonly name: View; readonly now: EpochMs } | undefined;
}

/** How many each view would leave, and how many there are without one. */
export type ViewCounts = Readonly<Record<View | "all", number>>;

export interface Found {
  readonly numbers: Bits;
  readonly total: number;
  /** The same without the view that it asks for. */
  readonly inAnyView: Bits;
  readonly facets: Readonly<Record<"next" | "policy" | "kind", Readonly<Record<string, number>>>>;
  /** By its order: at which step of that every so many of them are, as far as pages were read. They are none after a change. */
  readonly steps: Map<string, { readonly changes: number; readonly at: number[] }>;
}

/** What its pages are made of. */
type Shown = Pick<Found, "numbers" | "total" | "steps">;

/** Of what was found, so many lie between two places whose step is kept. */
const BETWEEN = 256;

export type Sort = "signsInUntil" | "displayName" | "next";
const SORTS: readonly Sort[] = ["signsInUntil", "displayName", "next"];

/** Sorts after every instant. */
const NEVER = Number.MAX_SAFE_INTEGER;

/** Yes-or-no facts of an application that lists and counts ask for. */
const FACTS = {
  secret: ({ secrets }: Portrait) => secrets > 0,
  certificate: ({ certificates }: Portrait) => certificates > 0,
  none: ({ secrets, certificates }: Portrait) => secrets + certificates === 0,
  application: ({ type }: Portrait) => type === "application",
  servicePrincipal: ({ type }: Portrait) => type === "servicePrincipal",
  bound: ({ bound }: Portrait) => bound,
  /** It ends, and nothing replaces it in time. */
  stopping: ({ outlook }: Portrait) => !isCovered(outlook) && outlook.signsIn && outlook.signsInUntil !== null,
  /** Bound, so somebody relies on it, and nothing signs it in. */
  down: ({ outlook }: Portrait) => !outlook.signsIn && outlook.next.code === "stops",
  /** Past its renewal time and not renewed yet. */
  debt: ({ debt }: Portrait) => debt !== null,
  /** Something of it would be due, and nothing is done. */
  cannot: ({ items }: Portrait) => items.some(({ status }) => status === "cannot"),
  /** A scan saw that nothing signed it in any more. */
  lapsed: ({ lapsed }: Portrait) => lapsed !== null,
} as const;
export type Fact = keyof typeof FACTS;
const FACT_NAMES = Object.keys(FACTS) as readonly Fact[];

/** Instants of the tenant's timeline, for each thing that is counted. */
export type Times = Readonly<Record<keyof ReturnType<typeof timesOf>, Instants>>;

export class Listing {
  readonly #portraits: Portrait[];
  readonly #numberOf = new Map<string, number>();
  readonly #orders: Readonly<Record<Sort, Order>>;
  readonly #names = new NameSearch();
  readonly #ids = new IdSearch();
  readonly #all = new Bits();
  readonly #facts: Readonly<Record<Fact, Bits>>;
  readonly #next = new Map<string, Bits>();
  readonly #policy = new Map<string, Bits>();
  readonly #unowned = new WeakMap<Ownership, Bits>();
  readonly times: Times;
  /** How many applications were read for the questions so far. */
  read = 0;
  /** How often an order has changed. */
  #changes = 0;

  /** @param portraits is its own from here on: the orders compare by how the applications in it are. */
  private constructor(portraits: Portrait[], orders: Readonly<Record<Sort, Order>>, times: Times) {
    this.#portraits = portraits;
    const facts = FACT_NAMES.map((name) => [name, new Bits(portraits.length)]);
    this.#facts = Object.fromEntries(facts) as Record<Fact, Bits>;
    this.#orders = orders;
    this.times = times;
  }

  /** Of all applications of a tenant, in slices. */
  static *of(given: readonly Portrait[]): Slices<Listing> {
    const portraits = [...given];
    const listing = new Listing(portraits, yield* ordered(portraits), yield* timesOfAll(portraits));
    yield* each(portraits.entries(), ([number, one]) => {
      listing.#numberOf.set(one.appId, number);
      listing.#note(number, one, true);
    });
    return listing;
  }

  get all(): readonly Portrait[] {
    return this.#portraits;
  }

  get(appId: string): Portrait | null {
    return this.#portraits[this.#numberOf.get(appId) ?? -1] ?? null;
  }

  /** Takes in how an application is now; whether any list or count shows that. */
  put(portrait: Portrait): boolean {
    const known = this.#numberOf.get(portrait.appId);
    const former = known === undefined ? undefined : this.#portraits[known];
    const number = known ?? this.#portraits.length;
    if (former !== undefined && isListedAlike(former, portrait)) {
      this.#portraits[number] = portrait;
      return false;
    }
    if (former !== undefined) {
      // while they still compare as they did
      for (const sort of SORTS) this.#orders[sort].drop(number);
      this.#count(former, false);
      setOf(this.#next, former.outlook.next.code).put(number, false);
      setOf(this.#policy, former.policy).put(number, false);
    }
    this.#portraits[number] = portrait;
    this.#numberOf.set(portrait.appId, number);
    this.#note(number, portrait, true);
    this.#count(portrait, true);
    for (const sort of SORTS) this.#orders[sort].add(number);
    this.#changes += 1;
    return true;
  }

  /** What the question leaves, and how many of it each value of a facet has. */
  find(wanted: Wanted, ownership: Ownership | null): Found {
    const { view, ...others } = wanted;
    const inAnyView = this.#left(others, ownership);
    const numbers = view === undefined ? inAnyView : inAnyView.and(this.#viewed(view.name, view.now));
    const counts = (named: Iterable<readonly [string, Bits]>) =>
      Object.fromEntries(
        [...named].flatMap(([name, set]) => {
          const count = set.countWith(numbers);
          return count === 0 ? [] : [[name, count]];
        }),
      );
    const { secret, certificate, none } = this.#facts;
    return {
      numbers,
      total: numbers.count,
      inAnyView,
      facets: {
        next: counts(this.#next),
        policy: counts(this.#policy),
        kind: counts(Object.entries({ secret, certificate, none })),
      },
      steps: new Map(),
    };
  }

  /** How many of what a question leaves each view would, whichever it asks for. */
  views({ inAnyView }: Found, now: EpochMs): ViewCounts {
    const counts = VIEWS.map((name) => [name, this.#viewed(name, now).countWith(inAnyView)]);
    return { ...(Object.fromEntries(counts) as Record<View, number>), all: inAnyView.count };
  }

  /** A part of what was found, in an order. */
  page(found: Shown, sort: Sort, descending: boolean, from: number, limit: number): readonly Portrait[] {
    return this.numbers(found, sort, descending, from, limit).map((number) => this.#at(number));
  }

  /** The numbers of a part of what was found, in an order. An application keeps its number for as long as the listing is there. */
  numbers(found: Shown, sort: Sort, descending: boolean, from: number, limit: number): readonly number[] {
    const { numbers, total } = found;
    if (from >= total) return [];
    const order = this.#orders[sort];
    const last = order.count - 1;
    const shown: number[] = [];
    // where nothing is left out, its place is known
    if (total === order.count) {
      const end = Math.min(from + limit, total);
      for (let step = from; step < end; step += 1) shown.push(order.at(descending ? last - step : step));
      return shown;
    }
    const steps = this.#stepsOf(found, `${sort} ${descending}`);
    const near = Math.min(Math.floor(from / BETWEEN), steps.length - 1);
    let passed = Math.max(0, near) * BETWEEN;
    for (let step = steps[near] ?? 0; step <= last && shown.length < limit; step += 1) {
      const number = order.at(descending ? last - step : step);
      if (!numbers.has(number)) continue;
      if (passed === steps.length * BETWEEN) steps.push(step);
      passed += 1;
      if (passed > from) shown.push(number);
    }
    return shown;
  }

  /** The application of a number. */
  at(number: number): Portrait {
    return this.#at(number);
  }

  #stepsOf({ steps }: Shown, order: string): number[] {
    const known = steps.get(order);
    if (known?.changes === this.#changes) return known.at;
    const at: number[] = [];
    steps.set(order, { changes: this.#changes, at });
    return at;
  }

  /** The first few of those with a fact or with one of these outlooks, in an order. */
  first(of: Fact | readonly NextCode[], sort: Sort, limit: number): readonly Portrait[] {
    const numbers = typeof of === "string" ? this.#facts[of] : this.#having(of);
    return this.page({ numbers, total: numbers.count, steps: new Map() }, sort, false, 0, limit);
  }

  /** How many have a fact, or one of these outlooks. */
  count(of: Fact | readonly NextCode[]): number {
    return typeof of === "string"
      ? this.#facts[of].count
      : of.reduce((so, code) => so + (this.#next.get(code)?.count ?? 0), 0);
  }

  /** How many stop signing in from an instant on and before another; with a fact, only those that have it. */
  stopsBetween(from: EpochMs, to: EpochMs, fact?: Fact): number {
    const [first, last] = [this.#placeOf(from), this.#placeOf(to)];
    if (fact === undefined) return Math.max(0, last - first);
    let count = 0;
    for (let place = first; place < last; place += 1) {
      if (this.#facts[fact].has(this.#orders.signsInUntil.at(place))) count += 1;
    }
    return count;
  }

  /** Those with both facts, in no order. */
  both(one: Fact, other: Fact): readonly Portrait[] {
    return [...this.#facts[one].and(this.#facts[other])].map((number) => this.#at(number));
  }

  /** Those with a fact, in no order. */
  having(fact: Fact): readonly Portrait[] {
    return [...this.#facts[fact]].map((number) => this.#at(number));
  }

  #at(number: number): Portrait {
    this.read += 1;
    return this.#portraits[number] as Portrait;
  }

  #having(codes: readonly NextCode[]): Bits {
    return codes.reduce((so, code) => so.or(this.#next.get(code) ?? new Bits()), new Bits());
  }

  #left(wanted: Omit<Wanted, "view">, ownership: Ownership | null): Bits {
    const [first = this.#all, ...others] = this.#setsOf(wanted, ownership);
    return others.reduce((so, one) => so.and(one), first);
  }

  #viewed(view: View, now: EpochMs): Bits {
    if (view === "no-credential") return this.#facts.none;
    if (view === "ends-soon") return this.#endsWithin(plus(now, 1), plus(now, SOON + 1));
    const having = this.#having(NEXT_OF[view] ?? []);
    if (view !== "needs-person") return having;
    return having.or(this.#facts.stopping.and(this.#endsWithin(0 as EpochMs, plus(now, SOON + 1))));
  }

  #setsOf(wanted: Omit<Wanted, "view">, ownership: Ownership | null): readonly Bits[] {
    const { next, kind, type, policy, managed, owner } = wanted;
    const sets: Bits[] = [];
    if (kind !== undefined) sets.push(this.#facts[kind]);
    if (type !== undefined) sets.push(this.#facts[type]);
    if (next !== undefined) sets.push(this.#next.get(next) ?? new Bits());
    if (policy !== undefined) sets.push(this.#policy.get(policy) ?? new Bits());
    if (managed === true) sets.push(this.#facts.bound);
    if (managed === false) sets.push(this.#all.without(this.#facts.bound));
    if (wanted.lapsed === true) sets.push(this.#facts.lapsed);
    if (wanted.lapsed === false) sets.push(this.#all.without(this.#facts.lapsed));
    if (owner !== undefined) sets.push(this.#ownedBy(owner, ownership));
    if (wanted.endsFrom !== undefined || wanted.endsBefore !== undefined) {
      sets.push(this.#endsWithin(wanted.endsFrom ?? (0 as EpochMs), wanted.endsBefore));
    }
    const text = wanted.q?.trim().toLowerCase() ?? "";
    if (text !== "") sets.push(this.#searched(text));
    return sets;
  }

  #searched(text: string): Bits {
    const named = this.#names.find(text, (names) => {
      this.read += names;
    });
    return /^[0-9a-f-]+$/.test(text) ? named.or(this.#ids.find(text)) : named;
  }

  #endsWithin(from: EpochMs, before: EpochMs | undefined): Bits {
    const found = new Bits(this.#portraits.length);
    const order = this.#orders.signsInUntil;
    const last = this.#placeOf(before ?? NEVER);
    for (let place = this.#placeOf(from); place < last; place += 1) found.put(order.at(place), true);
    return found;
  }

  /** The first place in the order of their ends that is not before an instant. */
  #placeOf(at: number): number {
    return this.#orders.signsInUntil.placeOf((number) => until(this.#at(number)) < at);
  }

  #ownedBy(owner: string, ownership: Ownership | null): Bits {
    if (owner === "none") return this.#unownedOf(ownership);
    const found = new Bits();
    const owned = new Set(ownership?.ownedBy.get(owner.toLowerCase()) ?? []);
    for (const [number, { objectId }] of owned.size === 0 ? [] : this.#portraits.entries()) {
      if (owned.has(objectId)) found.put(number, true);
    }
    return found;
  }

  #unownedOf(ownership: Ownership | null): Bits {
    if (ownership === null) return this.#all;
    const known = this.#unowned.get(ownership);
    if (known !== undefined) return known;
    const found = new Bits(this.#portraits.length);
    for (const [number, { objectId }] of this.#portraits.entries()) {
      found.put(number, (ownership.ownersOf.get(objectId)?.length ?? 0) === 0);
    }
    this.#unowned.set(ownership, found);
    return found;
  }

  #note(number: number, portrait: Portrait, isThere: boolean): void {
    this.#all.put(number, isThere);
    for (const name of FACT_NAMES) this.#facts[name].put(number, FACTS[name](portrait));
    setOf(this.#next, portrait.outlook.next.code).put(number, true);
    setOf(this.#policy, portrait.policy).put(number, true);
    this.#names.put(number, portrait.searchName);
    const keys = portrait.holders.flatMap(({ credentials }) => credentials.map(({ keyId }) => keyId.toLowerCase()));
    this.#ids.put(number, [portrait.appId, portrait.objectId, ...keys]);
  }

  #count(portrait: Portrait, isThere: boolean): void {
    for (const [name, all] of Object.entries(timesOf(portrait))) {
      const instants = this.times[name as keyof Times];
      for (const at of all) isThere ? instants.add(at) : instants.drop(at);
    }
  }
}

/** Names are compared once; the other orders settle ties by their places. */
function* ordered(portraits: readonly Portrait[]): Slices<Readonly<Record<Sort, Order>>> {
  const numbers = [...portraits.keys()];
  const of = (number: number) => portraits[number] as Portrait;
  const byName = (a: number, b: number) => compareNames(of(a), of(b));
  const by = (key: (one: Portrait) => number) => (a: number, b: number) => key(of(a)) - key(of(b)) || byName(a, b);
  return {
    displayName: yield* Order.of(numbers, byName),
    signsInUntil: yield* Order.of(numbers, by(until)),
    next: yield* Order.of(
      numbers,
      // what has ended is no longer next
      by(({ outlook: { next } }) => (next.code === "ended" ? NEVER : (next.at ?? NEVER))),
    ),
  };
}

function* timesOfAll(portraits: readonly Portrait[]): Slices<Times> {
  const all: Record<keyof Times, EpochMs[]> = { endsLast: [], endsCovered: [], remains: [], planned: [], ended: [] };
  yield* each(portraits, (one) => {
    for (const [name, times] of Object.entries(timesOf(one))) all[name as keyof Times].push(...times);
  });
  const inOrder = function* (times: readonly EpochMs[]): Slices<Instants> {
    yield;
    return new Instants(times);
  };
  return {
    endsLast: yield* inOrder(all.endsLast),
    endsCovered: yield* inOrder(all.endsCovered),
    remains: yield* inOrder(all.remains),
    planned: yield* inOrder(all.planned),
    ended: yield* inOrder(all.ended),
  };
}

function until({ outlook }: Portrait): number {
  return outlook.signsInUntil ?? NEVER;
}

function compareNames(a: Portrait, b: Portrait): number {
  const [one, other] = [a.searchName, b.searchName];
  if (one !== other) return one < other ? -1 : 1;
  return a.appId < b.appId ? -1 : a.appId > b.appId ? 1 : 0;
}

function setOf(sets: Map<string, Bits>, name: string): Bits {
  const known = sets.get(name);
  if (known !== undefined) return known;
  const made = new Bits();
  sets.set(name, made);
  return made;
}

/** Whether two states of an application look the same in every list, filter, search and count. */
function isListedAlike(a: Portrait, b: Portrait): boolean {
  return listed(a) === listed(b);
}

function listed({ holders, items, ...its }: Portrait): string {
  const { objectId, displayName, type, outlook, policy, bound, lastSafeAt, debt, lapsed, endsNext } = its;
  const credentials = holders.flatMap((holder) =>
    holder.credentials.map(({ keyId, kind, start, end }) => [keyId, kind, start, end]),
  );
  const plan = items.map(({ slot, status, because }) => [slot, status, because]);
  const dates = [lastSafeAt, debt, lapsed, endsNext];
  return JSON.stringify([objectId, displayName, type, outlook, policy, bound, ...dates, credentials, plan]);
}
