/** Lists of several tenants as one, each of which was read from its beginning as far as somebody has looked. Pure. */
import type { Told } from "../api/ask-each.ts";
import type { Answer } from "../api/client.ts";

/** What rows are in the order of, the least first. */
export type Key<T> = (item: T) => number | string;

export interface Part<T> {
  readonly tenant: string;
  /** In their order, from the first on. */
  readonly items: readonly T[];
  /** Whether the tenant has more of them. */
  readonly more: boolean;
}

export interface Merged<T> {
  readonly rows: readonly { readonly tenant: string; readonly item: T }[];
  /** Tenants whose next rows are needed before it is known what comes next; none where everything is there. */
  readonly waiting: readonly string[];
}

/** One list in the order of `key`, by which each part is in order already: as far as no row can be missing in it. */
export function merged<T>(parts: readonly Part<T>[], key: Key<T>, isDescending = false): Merged<T> {
  const keyAt = (items: readonly T[], at: number) => (at < items.length ? key(items[at] as T) : null);
  const [first, ...others] = parts;
  // nothing is compared where there is nothing to compare it with: it would be felt in a list of many thousands
  if (first !== undefined && others.length === 0)
    return {
      rows: first.items.map((item) => ({ tenant: first.tenant, item })),
      waiting: first.more ? [first.tenant] : [],
    };
  const heads = parts.map((part) => ({ ...part, at: 0, key: keyAt(part.items, 0) }));
  const rows: { tenant: string; item: T }[] = [];
  for (;;) {
    const waiting = heads.filter((head) => head.key === null && head.more);
    if (waiting.length > 0) return { rows, waiting: waiting.map(({ tenant }) => tenant) };
    let next: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.key === null) continue;
      if (next === undefined || isBefore(head.key, next.key, isDescending)) next = head;
    }
    if (next === undefined) return { rows, waiting: [] };
    rows.push({ tenant: next.tenant, item: next.items[next.at] as T });
    next.at += 1;
    next.key = keyAt(next.items, next.at);
  }
}

/** What is alike stays in the order of the tenants. */
function isBefore(one: number | string, other: number | string | null, isDescending: boolean): boolean {
  return other !== null && (isDescending ? one > other : one < other);
}

/** The rows of pages, one after the other; what a later page has again has moved to it, and is left out of the earlier one. */
export function once<T>(pages: readonly (readonly T[])[], idOf: (item: T) => string): readonly T[] {
  const later = new Set<string>();
  return pages
    .toReversed()
    .map((page) => {
      const own = page.filter((item) => !later.has(idOf(item)));
      for (const item of page) later.add(idOf(item));
      return own;
    })
    .toReversed()
    .flat();
}

export interface Paged<T> extends Pick<Answer<"GET /api/v1/t/{tenant}/overview">, "coverage" | "now"> {
  readonly items: readonly T[];
  /** The cursor of the next page. */
  readonly next: string | null;
  readonly total: number;
}

export type Page<A> = readonly Told<A>[];
/** Which page of each tenant is asked for; of those that are left out none. */
export type Wants = Readonly<Record<string, string | undefined>>;

/** How rows of several tenants become one list. */
export interface Way<T> {
  /** What each tenant's own list is in the order of. */
  readonly order: Key<T>;
  readonly isDescending?: boolean;
  /** Of a row, within its tenant. */
  readonly idOf: (item: T) => string;
}

/** A row with its tenant, and the server's now in what it was told with. */
export interface Row<T> {
  readonly tenant: string;
  readonly now: string;
  readonly item: T;
}

export interface Common<T, A> {
  /** What each said last: a later page that could not be read is told as well. */
  readonly told: Page<A>;
  /** The first answers, each of which tells of all of its tenant's rows. */
  readonly first: readonly { readonly tenant: string; readonly answer: A }[];
  readonly rows: readonly Row<T>[];
  readonly total: number;
  readonly wants: Wants | undefined;
}

/** What was read of each tenant, page by page, as one list. */
export function joined<T, A extends Paged<T>>(pages: readonly Page<A>[], way: Way<T>): Common<T, A> {
  if (pages.every((page) => page.length === 1)) return ofOne(pages, way.idOf);
  const told = [...new Map(pages.flat().map((one) => [one.tenant, one])).values()];
  const first = (pages[0] ?? []).flatMap(({ tenant, answer }) => (answer === null ? [] : [{ tenant, answer }]));
  const { rows, waiting } = mergedOn(pages, told, way);
  return {
    told,
    first,
    rows,
    total: first.reduce((so, { answer }) => so + answer.total, 0),
    wants: wantsOf(...told.filter(({ tenant }) => waiting.includes(tenant))),
  };
}

/** Pages of several tenants, as one list. */
interface Stand<T> {
  readonly pages: readonly unknown[];
  readonly rows: readonly Row<T>[];
  readonly waiting: readonly string[];
  /** Of each tenant: the ids of its rows, to which a list that goes on from this one adds, and the rows whose turn has not come. */
  readonly of: ReadonlyMap<string, { readonly ids: Set<string>; readonly rest: readonly T[] }>;
}

/** By their last page. */
const stands = new WeakMap<object, Stand<unknown>>();

/** As with one tenant, a page more costs what is in that page, as long as all before it are the same ones and it has none of their rows. */
function mergedOn<T, A extends Paged<T>>(pages: readonly Page<A>[], told: Page<A>, way: Way<T>): Stand<T> {
  const { order, isDescending, idOf } = way;
  const [last = [], former] = [pages.at(-1), pages.at(-2)];
  const known = former === undefined ? undefined : (stands.get(former) as Stand<T> | undefined);
  const fits = known?.pages.length === pages.length - 1 && known.pages.every((one, at) => one === pages[at]);
  const isOn = fits && last.every(({ tenant, answer }) => !answer?.items.some((one) => hasRow(known, tenant, one)));
  const answers = Map.groupBy(isOn ? last : pages.flat(), ({ tenant }) => tenant);
  const nows = new Map((pages[0] ?? []).map(({ tenant, answer }) => [tenant, answer?.now]));
  const parts = told.map(({ tenant, answer }) => {
    const before = isOn ? known.of.get(tenant) : undefined;
    const read = once(
      (answers.get(tenant) ?? []).map((one) => one.answer?.items ?? []),
      idOf,
    );
    const ids = before?.ids ?? new Set();
    for (const item of read) ids.add(idOf(item));
    return { tenant, ids, items: [...(before?.rest ?? []), ...read], more: answer !== null && answer.next !== null };
  });
  const { rows, waiting } = merged(parts, order, isDescending);
  const shown = Map.groupBy(rows, ({ tenant }) => tenant);
  const stand: Stand<T> = {
    pages,
    rows: (isOn ? known.rows : []).concat(rows.map((row) => ({ ...row, now: nows.get(row.tenant) ?? "" }))),
    waiting,
    of: new Map(
      parts.map(({ tenant, ids, items }) => [tenant, { ids, rest: items.slice(shown.get(tenant)?.length ?? 0) }]),
    ),
  };
  stands.set(last, stand);
  return stand;

  function hasRow(so: Stand<T>, tenant: string, item: T): boolean {
    return so.of.get(tenant)?.ids.has(idOf(item)) === true;
  }
}

/** Pages of one tenant, as one list. */
interface Read<T> {
  readonly pages: readonly unknown[];
  /** Of its rows; a list that goes on from this one adds to it. */
  readonly ids: Set<string>;
  readonly rows: readonly Row<T>[];
}

/** By their last page. */
const reads = new WeakMap<object, Read<unknown>>();

/**
 * Of one tenant, of which there may be a hundred thousand: a page more costs what is in that page, as long as all before it are the same ones
 * and it has none of their rows.
 */
function ofOne<T, A extends Paged<T>>(pages: readonly Page<A>[], idOf: Way<T>["idOf"]): Common<T, A> {
  const [first, last] = [pages[0], pages.at(-1)];
  const { rows } = readOn(pages, idOf);
  const answers = (first ?? []).flatMap(({ tenant, answer }) => (answer === null ? [] : [{ tenant, answer }]));
  return {
    told: last ?? [],
    first: answers,
    rows,
    total: answers[0]?.answer.total ?? 0,
    wants: wantsOf(...(last ?? [])),
  };
}

function readOn<T, A extends Paged<T>>(pages: readonly Page<A>[], idOf: Way<T>["idOf"]): Read<T> {
  const [last, former] = [pages.at(-1), pages.at(-2)];
  if (last === undefined) return { pages, ids: new Set(), rows: [] };
  const before = former === undefined ? undefined : (reads.get(former) as Read<T> | undefined);
  const fits = before?.pages.length === pages.length - 1 && before.pages.every((one, at) => one === pages[at]);
  const made = fits && !rowsIn(last).some(({ item }) => before.ids.has(idOf(item))) ? continued(before) : anew();
  reads.set(last, made);
  return made;

  function continued(so: Read<T>): Read<T> {
    const rows = last === undefined ? [] : rowsIn(last);
    for (const { item } of rows) so.ids.add(idOf(item));
    return { pages, ids: so.ids, rows: so.rows.concat(rows) };
  }

  function anew(): Read<T> {
    const rows = once(pages.map(rowsIn), ({ item }) => idOf(item));
    return { pages, ids: new Set(rows.map(({ item }) => idOf(item))), rows };
  }

  function rowsIn(page: Page<A>): readonly Row<T>[] {
    return page.flatMap(({ tenant, answer }) =>
      (answer?.items ?? []).map((item): Row<T> => ({ tenant, item, now: answer?.now ?? "" })),
    );
  }
}

/** What has to be asked for next of those that have more. */
export function wantsOf(...told: readonly (Told<Pick<Paged<unknown>, "next">> | undefined)[]): Wants | undefined {
  const wants = told.flatMap((one) => (one?.answer?.next == null ? [] : [[one.tenant, one.answer.next] as const]));
  return wants.length === 0 ? undefined : Object.fromEntries(wants);
}

/** How many of each name there are in all of them. */
export function summed<N extends string>(counts: readonly Readonly<Record<N, number>>[]): Readonly<Record<N, number>> {
  const sums = new Map<string, number>();
  for (const [name, count] of counts.flatMap((one) => Object.entries<number>(one)))
    sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums) as Record<N, number>;
}
