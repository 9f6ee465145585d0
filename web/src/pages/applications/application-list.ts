/** How a list of applications is asked for, and in which order several tenants' are one. */

import { type Answer, type Query, read } from "../../api/client.ts";
import { LIST } from "../../api/list-page.ts";
import { useTenants } from "../../parts/each-tenant.tsx";
import { useMerged } from "../../parts/merged-pages.ts";
import type { Key } from "../../text/merging.ts";
import { NOTHING, type Selection } from "./selection.ts";

export type List = Answer<typeof LIST>;
export type Item = List["items"][number];
export type Filter = Query<typeof LIST>;
/** As an address has it: where it says nothing of the type, registrations alone are meant. */
export type PageFilter = Omit<Filter, "type"> & { readonly type?: Filter["type"] | "any" };

/** What each order of the server goes by; what never comes, or has come already, is last. */
const ORDERS = {
  signsInUntil: ({ signsInUntil }) => instant(signsInUntil),
  displayName: ({ displayName }) => displayName.toLowerCase(),
  next: ({ next }) => instant(next.code === "ended" ? null : next.at),
} as const satisfies Record<string, Key<Item>>;

function instant(at: string | null): number {
  return at === null ? Number.POSITIVE_INFINITY : Date.parse(at);
}

export function useApplicationList(filter: Filter) {
  const { tenants } = useTenants();
  const sort = filter.sort ?? "signsInUntil";
  return useMerged<Item, List>({
    key: [LIST, filter],
    tenants,
    ask: (tenant, page, signal) => read(LIST, { params: { tenant }, query: { ...filter, ...page } }, signal),
    order: ORDERS[sort.replace("-", "") as keyof typeof ORDERS] ?? ORDERS.signsInUntil,
    isDescending: sort.startsWith("-"),
    idOf: ({ objectId }) => objectId,
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
