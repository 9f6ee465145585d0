/** One list out of those of all tenants, a page of each at a time: read only as far as the common list is looked at. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { askEach, type Told } from "../api/ask-each.ts";
import type { Answer, ApiProblem } from "../api/client.ts";
import { type Merged, merged, type Part } from "../text/merging.ts";

interface Paged<T> extends Pick<Answer<"GET /api/v1/t/{tenant}/overview">, "coverage"> {
  readonly items: readonly T[];
  /** The cursor of the next page. */
  readonly next: string | null;
  readonly total: number;
}

type Page<A> = readonly Told<A>[];
/** Which page of each tenant is asked for; of those that are left out none. */
type Wants = Readonly<Record<string, string | undefined>>;

interface Asking<A, T> {
  readonly key: readonly unknown[];
  readonly tenants: readonly string[];
  readonly ask: (tenant: string, cursor: string | undefined, signal: AbortSignal) => Promise<A>;
  /** What each tenant's own list is in the order of. */
  readonly order: (item: T) => number;
}

interface Common<T, A> {
  /** Each tenant's first answer, with what it says of all of its rows. */
  readonly first: Page<A>;
  /** What each said last: a later page that could not be read is told as well. */
  readonly latest: Page<A>;
  readonly rows: Merged<T>["rows"];
  readonly total: number;
}

export function useMerged<T, A extends Paged<T>>({ key, tenants, ask, order }: Asking<A, T>) {
  return useInfiniteQuery<Page<A>, ApiProblem, Common<T, A>, readonly unknown[], Wants>({
    queryKey: ["each", ...key, tenants],
    initialPageParam: Object.fromEntries(tenants.map((tenant) => [tenant, undefined])),
    queryFn: ({ pageParam, signal }) =>
      askEach(Object.keys(pageParam), (tenant) => ask(tenant, pageParam[tenant], signal)),
    getNextPageParam: (_, pages) => wantsOf(pages, order),
    select: ({ pages }) => ({
      first: pages[0] ?? [],
      latest: latestOf(pages),
      rows: merged(partsOf<T, A>(pages), order).rows,
      total: (pages[0] ?? []).reduce((so, { answer }) => so + (answer?.total ?? 0), 0),
    }),
  });
}

function latestOf<A>(pages: readonly Page<A>[]): Page<A> {
  return [...new Map(pages.flat().map((one) => [one.tenant, one])).values()];
}

function partsOf<T, A extends Paged<T>>(pages: readonly Page<A>[]): readonly Part<T>[] {
  return latestOf(pages).map(({ tenant, answer }) => ({
    tenant,
    items: pages.flat().flatMap((one) => (one.tenant === tenant ? (one.answer?.items ?? []) : [])),
    more: answer !== null && answer.next !== null,
  }));
}

function wantsOf<T, A extends Paged<T>>(pages: readonly Page<A>[], order: (item: T) => number): Wants | undefined {
  const { waiting } = merged(partsOf<T, A>(pages), order);
  const wants = latestOf(pages).flatMap(({ tenant, answer }) =>
    waiting.includes(tenant) && answer?.next != null ? [[tenant, answer.next] as const] : [],
  );
  return wants.length === 0 ? undefined : Object.fromEntries(wants);
}
