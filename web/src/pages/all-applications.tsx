/** Which one is next, in whichever tenant? Each tenant's list in its own order, read as far as the common one is looked at. */
import { Button } from "@fluentui/react-components";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Told } from "../api/ask-each.ts";
import { type Answer, read } from "../api/client.ts";
import { LIST } from "../api/list-page.ts";
import { ApplicationLink } from "../frame/application-link.tsx";
import { type Column, Columned } from "../frame/columned.tsx";
import { InTenant, Partly, TenantLink } from "../frame/each-tenant.tsx";
import { useMerged } from "../frame/merged-pages.ts";
import { useSession } from "../frame/session.tsx";
import { Empty, Shown } from "../frame/states.tsx";
import { NEXT_VIEWS, type NextCode } from "../text/catalogue.ts";
import { counted, grouped } from "../text/dates.ts";
import type { Filter, List } from "./application-list.ts";
import { Owners, Until } from "./application-rows.tsx";
import { Wanted } from "./listed-applications.tsx";
import { NextPhrase } from "./next.tsx";
import { Pill } from "./pill.tsx";

type Item = Answer<typeof LIST>["items"][number];
type Page = readonly Told<List>[];

/** Rows of each tenant that are read at a time. */
const ROWS = 50;

export function AllApplications() {
  const { tenants } = useSession().me;
  const { q, next } = useSearch({ from: "/framed/all/applications" });
  const navigate = useNavigate();
  const filter: Filter = { type: "application", q, next: next as NextCode | undefined };
  const set = (more: Record<string, string | undefined>) =>
    void navigate({ to: "/all/applications", search: { q, next, ...more }, replace: true, resetScroll: false });
  const asked = useMerged<Item, List>({
    key: [LIST, filter],
    tenants,
    ask: (tenant, cursor, signal) =>
      read(LIST, { params: { tenant }, query: { ...filter, limit: ROWS, cursor } }, signal),
    order: untilOf,
  });
  return (
    <div className="page">
      <h1>App registrations of all tenants</h1>
      <Shown asked={asked} rows={12}>
        {({ first, latest, rows, total }) => (
          <>
            <Partly told={latest} />
            <div className="filters">
              <Wanted
                wanted={q ?? ""}
                set={(text) => set({ q: text === "" ? undefined : text })}
                placeholder="Name, client id or key id"
              />
              <Pill
                label="What happens next"
                options={optionsOf(first)}
                value={next}
                set={(value) => set({ next: value })}
              />
              <span className="total faint" aria-live="polite">
                {counted(total, "application")}, what stops first on top
              </span>
            </div>
            {rows.length === 0 ? (
              <Empty>No application matches.</Empty>
            ) : (
              <Columned
                label="App registrations"
                columns={COLUMNS}
                items={rows}
                keyOf={({ tenant, item }) => `${tenant} ${item.objectId}`}
              />
            )}
            {asked.hasNextPage ? (
              <p>
                <Button onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
                  Show more of {grouped(total)}
                </Button>
              </p>
            ) : null}
          </>
        )}
      </Shown>
    </div>
  );
}

/** What never stops, or has stopped already, is last, as each tenant has it. */
function untilOf({ signsInUntil }: Item): number {
  return signsInUntil === null ? Number.POSITIVE_INFINITY : Date.parse(signsInUntil);
}

function optionsOf(first: Page) {
  const counts = new Map<string, number>();
  for (const [code, count] of first.flatMap(({ answer }) => Object.entries(answer?.facets.next ?? {})))
    counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts].map(([code, count]) => [code, `${NEXT_VIEWS[code as NextCode]} (${grouped(count)})`] as const);
}

interface Row {
  readonly tenant: string;
  readonly item: Item;
}

const COLUMNS: readonly [Column<Row>, ...Column<Row>[]] = [
  { head: "Display name", cell: ({ tenant, item }) => <ApplicationLink tenant={tenant} application={item} /> },
  { head: "Tenant", cell: ({ tenant }) => <TenantLink name={tenant} /> },
  {
    head: "What happens next",
    cell: ({ tenant, item }) => (
      <InTenant name={tenant}>
        <NextPhrase next={item.next} />
      </InTenant>
    ),
  },
  {
    head: "Signs in until",
    cell: ({ tenant, item }) => (
      <InTenant name={tenant}>
        <Until at={item.signsInUntil} />
      </InTenant>
    ),
  },
  { head: "Owner", cell: ({ item }) => <Owners owners={item.owners} /> },
];
