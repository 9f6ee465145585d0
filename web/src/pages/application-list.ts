/** Asks for applications a page at a time, and again where something has changed. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type Answer, type ApiProblem, type Query, read } from "../api/client.ts";
import { LIST, PAGE } from "../api/list-page.ts";
import { NOTHING, type Selection } from "./selection.ts";

export type List = Answer<typeof LIST>;
export type Filter = Query<typeof LIST>;
/** As an address has it: where it says nothing of the type, registrations alone are meant. */
export type PageFilter = Omit<Filter, "type"> & { readonly type?: Filter["type"] | "any" };

export function useApplicationList(tenant: string, filter: Filter) {
  return useInfiniteQuery<List, ApiProblem, { pages: List[] }, readonly unknown[], string | undefined>({
    queryKey: [LIST, tenant, filter],
    queryFn: ({ pageParam, signal }) =>
      read(LIST, { params: { tenant }, query: { ...filter, limit: PAGE, cursor: pageParam } }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: tenant !== "",
  });
}

/** Where the list is a file, with the same filters; of what is chosen alone where something is. */
export function fileAddress(tenant: string, filter: Filter, { all, ids }: Selection = NOTHING): string {
  const said = Object.entries(filter).filter(
    ([name, value]) => value !== undefined && name !== "limit" && name !== "cursor",
  );
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)]));
  if (ids.length > 0) search.set(all ? "except" : "only", ids.join(","));
  return `/api/v1/t/${encodeURIComponent(tenant)}/applications.csv?${search}`;
}
