/** One list out of those of one tenant or of several, a page of each at a time: read only as far as the common list is looked at. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { askEach } from "../api/ask-each.ts";
import type { ApiProblem } from "../api/client.ts";
import { PAGE } from "../api/list-page.ts";
import { type Common, joined, type Page, type Paged, type Wants, type Way, wantsOf } from "../text/merging.ts";

interface Asking<A, T> extends Way<T> {
  readonly key: readonly unknown[];
  readonly tenants: readonly string[];
  readonly ask: (
    tenant: string,
    page: { limit: number; cursor: string | undefined },
    signal: AbortSignal,
  ) => Promise<A>;
}

/** Rows of each tenant that are asked for at a time: of several fewer, as a screen shows no more of them together. */
function limitOf(tenants: number): number {
  return Math.max(20, Math.ceil(PAGE / Math.max(1, tenants)));
}

/**
 * It costs a request for each tenant, and after that one for each tenant whose rows are used up. The server counts pages in rows: what moved
 * to a later page while one reads is told twice, and shown once, where it is now. What moved to a page that was read already is missing until
 * the list is asked for again: when its tenant says that something has changed, or, of several, when the window is looked at anew.
 */
export function useMerged<T, A extends Paged<T>>(asking: Asking<A, T>) {
  const { key, tenants, ask } = asking;
  const limit = limitOf(tenants.length);
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery<
    Page<A>,
    ApiProblem,
    { pages: Page<A>[] },
    readonly unknown[],
    Wants
  >({
    queryKey: ["each", ...key, tenants],
    // of another order or filter, but never of another tenant
    placeholderData: (former) =>
      former?.pages.every((page) => page.every(({ tenant }) => tenants.includes(tenant))) ? former : undefined,
    initialPageParam: Object.fromEntries(tenants.map((tenant) => [tenant, undefined])),
    queryFn: ({ pageParam, signal }) =>
      askEach(Object.keys(pageParam), (tenant) => ask(tenant, { limit, cursor: pageParam[tenant] }, signal)),
    // of one tenant the last page says it; to put all of them together for that would be felt in a long list
    getNextPageParam: ([last, ...others], pages) =>
      others.length === 0 && tenants.length === 1 ? wantsOf(last) : commonOf(pages, asking).wants,
  });
  const more = () => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  };
  const common = data && commonOf(data.pages, asking);
  return { data: common, error, refetch, hasNextPage, isFetchingNextPage, more };
}

/** Put together once for what was read so far: long lists are drawn, and their next page decided on, more often than that. */
const known = new WeakMap<readonly unknown[], Common<unknown, unknown>>();

function commonOf<T, A extends Paged<T>>(pages: readonly Page<A>[], asking: Asking<A, T>): Common<T, A> {
  const common = (known.get(pages) as Common<T, A> | undefined) ?? joined(pages, asking);
  known.set(pages, common);
  return common;
}
