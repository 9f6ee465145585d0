/** Which one is next? Every application of a tenant, or of all of them, what stops first on top. */
import { Button } from "@fluentui/react-components";
import { AddRegular, ArrowDownloadRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { Command } from "../../parts/command.tsx";
import { useEach, useTenants } from "../../parts/each-tenant.tsx";
import { FirstStop } from "../../parts/first-stop.tsx";
import { type Search, useAddress } from "../../session/address.ts";
import { useTenant } from "../../session/tenant.tsx";
import { allSentence } from "../../text/all-tenants.ts";
import { FIRST_HEADS, HEADS } from "./application-columns.tsx";
import { type Filter, fileAddress, type PageFilter } from "./application-list.ts";
import { ChosenBar } from "./chosen-bar.tsx";
import { ColumnMenu, useColumns } from "./column-menu.tsx";
import { Filters } from "./list-filters.tsx";
import { ListedApplications } from "./listed-applications.tsx";
import { countOf, useSelection } from "./selection.ts";
import { ViewTabs } from "./view-tabs.tsx";

const FILTERS = [
  "q",
  "view",
  "next",
  "kind",
  "type",
  "policy",
  "managed",
  "lapsed",
  "owner",
  "endsFrom",
  "endsTo",
  "sort",
] as const;

function useFilter() {
  const [search, show] = useAddress();
  const said = Object.fromEntries(FILTERS.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
  const filter = said as PageFilter;
  const set = (more: Search) => show({ ...said, ...more });
  return { filter, set };
}

export function Applications() {
  const { filter, set } = useFilter();
  const { name: tenant, overview } = useTenant();
  const { isAll } = useTenants();
  const { type = "application", ...others } = filter;
  // those that came by consent have a page of their own, but where an address asks for both
  const wanted: Filter = type === "any" ? others : { type, ...others };
  const [selection, choose] = useSelection(JSON.stringify([tenant, wanted]));
  // the same as long as nobody chooses: rows that are there stay as they are
  const chosen = useMemo(() => ({ selection, choose }), [selection, choose]);
  const isLapsed = filter.lapsed === "true";
  // the tenant's name needs the room
  const first = isAll ? FIRST_HEADS.filter((head) => head !== "Client id") : FIRST_HEADS;
  const columns = useColumns(HEADS, first);
  const isFiltered = Object.keys(filter).some((name) => name !== "sort");
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>App registrations{isAll ? " of all tenants" : ""}</h1>
          {isAll ? <OfAll /> : null}
          {overview === null ? null : (
            <p>
              <strong>{overview.sentence.words}</strong> <FirstStop overview={overview} />
            </p>
          )}
        </div>
        {isAll ? null : <Register tenant={tenant} />}
      </div>
      <ListedApplications
        kind={isLapsed ? "lapsed" : "registered"}
        {...(isLapsed ? {} : { shown: columns?.shown ?? first })}
        label="App registrations"
        filter={wanted}
        // what is done to many is done in one tenant
        {...(isAll ? {} : { chosen })}
        head={(list, density) => (
          <>
            <ViewTabs counts={list.facets.view} view={filter.view} set={(view) => set({ view })} />
            {countOf(selection, list.total) > 0 ? (
              <ChosenBar tenant={tenant} filter={wanted} total={list.total} selection={selection} choose={choose} />
            ) : (
              <Filters list={list} filter={filter} set={set}>
                {isLapsed || columns === null ? null : <ColumnMenu all={HEADS} {...columns} />}
                {density}
                {isAll ? null : (
                  <Button
                    as="a"
                    appearance="subtle"
                    icon={<ArrowDownloadRegular />}
                    href={fileAddress(tenant, wanted)}
                    aria-label="Download as CSV"
                  />
                )}
              </Filters>
            )}
          </>
        )}
        empty={
          isFiltered ? (
            <>
              No application matches.{" "}
              <Button size="small" onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}>
                Clear filters
              </Button>
            </>
          ) : (
            `${isAll ? "No tenant has" : "This tenant has no"} app registrations.`
          )
        }
      />
    </div>
  );
}

/** What it comes to in all of them, as on their first page. */
function OfAll() {
  const told = useEach("GET /api/v1/t/{tenant}/overview").data;
  if (told === undefined) return null;
  return (
    <p>
      <strong>{allSentence(told.map(({ answer }) => answer?.sentence ?? null))}</strong>
    </p>
  );
}

function Register({ tenant }: { readonly tenant: string }) {
  const navigate = useNavigate();
  return (
    <div className="actions">
      <Command
        least="Operator"
        icon={<AddRegular />}
        onClick={() => void navigate({ to: "/t/$tenant/applications/new", params: { tenant } })}
      >
        Register
      </Command>
    </div>
  );
}
