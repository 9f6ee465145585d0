/** Which one is next? Every application, what stops first on top. */
import { Button } from "@fluentui/react-components";
import { AddRegular, ArrowDownloadRegular } from "@fluentui/react-icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { Command } from "../frame/command.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { NEXT_VIEWS, type NextCode } from "../text/catalogue.ts";
import { counted, grouped } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import { type Filter, fileAddress, type List } from "./application-list.ts";
import { ChosenBar } from "./chosen-bar.tsx";
import { ListedApplications, Wanted } from "./listed-applications.tsx";
import { Pill } from "./pill.tsx";
import { countOf, useSelection } from "./selection.ts";

const FILTERS = ["q", "next", "kind", "type", "policy", "managed", "owner", "endsFrom", "endsTo", "sort"] as const;

function useFilter() {
  const search = useSearch({ from: "/framed/t/$tenant/applications" });
  const navigate = useNavigate();
  const { name: tenant } = useTenant();
  const filter = Object.fromEntries(FILTERS.flatMap((name) => (search[name] ? [[name, search[name]]] : []))) as Filter;
  const set = (more: Record<string, string | undefined>) =>
    void navigate({
      to: "/t/$tenant/applications",
      params: { tenant },
      search: { ...filter, ...more } as Record<string, string>,
      replace: true,
      resetScroll: false,
    });
  return { filter, set, tenant };
}

export function Applications() {
  const { filter, set, tenant } = useFilter();
  const navigate = useNavigate();
  // those that came by consent have a page of their own
  const wanted: Filter = { type: "application", ...filter };
  const [selection, choose] = useSelection(JSON.stringify([tenant, wanted]));
  // the same as long as nobody chooses: rows that are there stay as they are
  const chosen = useMemo(() => ({ selection, choose }), [selection, choose]);
  const isFiltered = Object.keys(filter).some((name) => name !== "sort");
  return (
    <div className="page">
      <div className="page-head">
        <h1>App registrations</h1>
        <div className="actions">
          <Command
            least="Operator"
            icon={<AddRegular />}
            onClick={() => void navigate({ to: "/t/$tenant/applications/new", params: { tenant } })}
          >
            Register
          </Command>
        </div>
      </div>
      <ListedApplications
        kind="registered"
        label="App registrations"
        tenant={tenant}
        filter={wanted}
        chosen={chosen}
        head={(first, density) =>
          countOf(selection, first.total) > 0 ? (
            <ChosenBar tenant={tenant} filter={wanted} total={first.total} selection={selection} choose={choose} />
          ) : (
            <Filters first={first} filter={filter} set={set}>
              {density}
              <Button
                as="a"
                appearance="subtle"
                icon={<ArrowDownloadRegular />}
                href={fileAddress(tenant, wanted)}
                aria-label="Download as CSV"
              />
            </Filters>
          )
        }
        empty={
          isFiltered ? (
            <>
              No application matches.{" "}
              <Button size="small" onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}>
                Clear filters
              </Button>
            </>
          ) : (
            "This tenant has no app registrations."
          )
        }
      />
    </div>
  );
}

interface FiltersProps {
  readonly first: List;
  readonly filter: Filter;
  readonly set: (more: Record<string, string | undefined>) => void;
  readonly children: ReactNode;
}

function Filters({ first, filter, set, children }: FiltersProps) {
  const { facets, total } = first;
  const next = Object.entries(facets.next).map(
    ([code, count]) => [code, `${NEXT_VIEWS[code as NextCode]} (${grouped(count)})`] as const,
  );
  const policies = Object.entries(facets.policy).map(
    ([name, count]) => [name, `${plainName(name)} (${grouped(count)})`] as const,
  );
  const kinds = Object.entries(facets.kind).map(([name, count]) => [name, `${name} (${grouped(count)})`] as const);
  return (
    <div className="filters">
      <Wanted
        wanted={filter.q ?? ""}
        set={(q) => set({ q: q === "" ? undefined : q })}
        placeholder="Name, client id or key id"
      />
      <Pill label="What happens next" options={next} value={filter.next} set={(value) => set({ next: value })} />
      <Pill label="Kind" options={kinds} value={filter.kind} set={(value) => set({ kind: value })} />
      <Pill label="Policy" options={policies} value={filter.policy} set={(value) => set({ policy: value })} />
      <Pill
        label="Order"
        options={SORTS}
        value={filter.sort ?? "signsInUntil"}
        set={(value) => set({ sort: value })}
        must
      />
      {filter.endsFrom === undefined && filter.endsTo === undefined ? null : (
        <Button size="small" shape="circular" onClick={() => set({ endsFrom: undefined, endsTo: undefined })}>
          Ends {filter.endsFrom ?? "…"} to {filter.endsTo ?? "…"} ×
        </Button>
      )}
      <span className="total faint" aria-live="polite">
        {counted(total, "application")}
      </span>
      {children}
    </div>
  );
}

const SORTS = [
  ["signsInUntil", "what stops first"],
  ["-signsInUntil", "what stops last"],
  ["displayName", "name"],
  ["next", "what happens first"],
] as const;
