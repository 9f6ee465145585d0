// biome-ignore-all lint/a11y/useSemanticElements: rows stand where the scroll is, which table elements cannot
// biome-ignore-all lint/a11y/useFocusableInteractive: rows of a table, not of a grid, take no focus
/** Which one is next? Every application, what stops first on top. */
import { Button, Dropdown, Option, SearchBox } from "@fluentui/react-components";
import { AddRegular, CertificateRegular, KeyRegular } from "@fluentui/react-icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { type Answer, type ApiProblem, type Query, read } from "../api/client.ts";
import { Command } from "../frame/command.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { NEXT_VIEWS, type NextCode } from "../text/catalogue.ts";
import { counted, grouped } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { plainName } from "../text/names.ts";
import { NextPhrase } from "./next.tsx";

const LIST = "GET /api/v1/t/{tenant}/applications";
type List = Answer<typeof LIST>;
type Filter = Query<typeof LIST>;
const FILTERS = ["q", "next", "kind", "type", "policy", "managed", "owner", "endsFrom", "endsTo", "sort"] as const;
const PAGE = 200;
const ROW = 40;

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
  const asked = useInfiniteQuery<List, ApiProblem, { pages: List[] }, readonly unknown[], string | undefined>({
    queryKey: [LIST, tenant, filter],
    queryFn: ({ pageParam, signal }) =>
      read(LIST, { params: { tenant }, query: { ...filter, limit: PAGE, cursor: pageParam } }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: tenant !== "",
  });
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
      <Shown asked={asked} rows={12}>
        {({ pages }) => {
          const [first] = pages;
          if (first === undefined) return null;
          return (
            <>
              <Incomplete coverage={first.coverage} />
              <Filters first={first} filter={filter} set={set} />
              {first.total === 0 ? (
                <Empty>
                  {isFiltered ? "No application matches. " : "This tenant has no app registrations."}
                  {isFiltered ? (
                    <Button
                      size="small"
                      onClick={() => set(Object.fromEntries(FILTERS.map((name) => [name, undefined])))}
                    >
                      Clear filters
                    </Button>
                  ) : null}
                </Empty>
              ) : (
                <Rows
                  items={pages.flatMap(({ items }) => items)}
                  total={first.total}
                  now={first.now}
                  tenant={tenant}
                  more={() => {
                    if (asked.hasNextPage && !asked.isFetchingNextPage) void asked.fetchNextPage();
                  }}
                />
              )}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

interface FiltersProps {
  readonly first: List;
  readonly filter: Filter;
  readonly set: (more: Record<string, string | undefined>) => void;
}

function Filters({ first, filter, set }: FiltersProps) {
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
      <Wanted wanted={filter.q ?? ""} set={(q) => set({ q: q === "" ? undefined : q })} />
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
    </div>
  );
}

const SORTS = [
  ["signsInUntil", "what stops first"],
  ["-signsInUntil", "what stops last"],
  ["displayName", "name"],
  ["next", "what happens first"],
] as const;

function Wanted({ wanted, set }: { readonly wanted: string; readonly set: (wanted: string) => void }) {
  const [text, setText] = useState(wanted);
  useEffect(() => setText(wanted), [wanted]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed begins a search
  useEffect(() => {
    if (text === wanted) return;
    const timer = window.setTimeout(() => set(text), 250);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <SearchBox
      className="wanted"
      value={text}
      onChange={(_, { value }) => setText(value)}
      placeholder="Name, client id or key id"
      aria-label="Search by name, client id, object id or key id"
    />
  );
}

interface PillProps {
  readonly label: string;
  readonly options: readonly (readonly [string, string])[];
  readonly value: string | undefined;
  readonly set: (value: string | undefined) => void;
  readonly must?: true;
}

function Pill({ label, options, value, set, must }: PillProps) {
  const chosen = options.find(([name]) => name === value)?.[1] ?? value;
  return (
    <Dropdown
      className="pill"
      aria-label={label}
      value={`${label}: ${chosen ?? "any"}`}
      selectedOptions={[value ?? ""]}
      onOptionSelect={(_, { optionValue }) => set(optionValue === "" ? undefined : optionValue)}
    >
      {must ? null : <Option value="">any</Option>}
      {options.map(([name, text]) => (
        <Option key={name} value={name}>
          {text}
        </Option>
      ))}
    </Dropdown>
  );
}

interface RowsProps {
  readonly items: List["items"];
  readonly total: number;
  readonly now: string;
  readonly tenant: string;
  readonly more: () => void;
}

/** Only rows that are seen are drawn; the next page is asked for before its first row is. */
function Rows({ items, total, now, tenant, more }: RowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const seen = rows.getVirtualItems();
  const last = seen.at(-1)?.index ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks once for each stretch that comes into view
  useEffect(() => {
    if (last >= items.length - 20) more();
  }, [last, items.length]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="card virtual list" ref={scroller} tabIndex={0} aria-label="Applications">
      <div role="table" aria-rowcount={total + 1} aria-label="App registrations">
        <div role="row" className="list-row list-head" aria-rowindex={1}>
          {["Display name", "Client id", "Credentials", "What happens next", "Signs in until", "Owner"].map((head) => (
            <span key={head} role="columnheader" className={HIDE.includes(head) ? "hide-small" : undefined}>
              {head}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
          {seen.map(({ index, start }) => (
            <Row key={index} item={items[index]} index={index} top={start} now={now} tenant={tenant} />
          ))}
        </div>
      </div>
    </section>
  );
}

const HIDE = ["Client id", "Credentials", "Owner"];

interface RowProps {
  readonly item: List["items"][number] | undefined;
  readonly index: number;
  readonly top: number;
  readonly now: string;
  readonly tenant: string;
}

function Row({ item, index, top, now, tenant }: RowProps) {
  const place = { position: "absolute", top: 0, left: 0, right: 0, transform: `translateY(${top}px)` } as const;
  if (item === undefined) {
    return (
      <div role="row" className="list-row" style={place} aria-rowindex={index + 2}>
        <span role="cell" className="faint">
          …
        </span>
      </div>
    );
  }
  const { objectId, appId, displayName, secrets, certificates, next, signsInUntil, owners } = item;
  return (
    <div role="row" className="list-row" style={place} aria-rowindex={index + 2}>
      <span role="cell">
        <Link className="link" to="/t/$tenant/applications/$id" params={{ tenant, id: objectId }} search={{}}>
          <Name text={displayName} />
        </Link>
      </span>
      <span role="cell" className="mono hide-small">
        {appId.slice(0, 8)}…
      </span>
      <span role="cell" className="hide-small">
        {secrets > 0 ? (
          <>
            <KeyRegular aria-label="Client secrets" /> {secrets}{" "}
          </>
        ) : null}
        {certificates > 0 ? (
          <>
            <CertificateRegular aria-label="Certificates" /> {certificates}
          </>
        ) : null}
        {secrets + certificates === 0 ? <span className="faint">none</span> : null}
      </span>
      <span role="cell">
        <NextPhrase next={next} />
      </span>
      <span role="cell">
        <Time at={signsInUntil} now={now} far="short" />
      </span>
      <span role="cell" className="hide-small">
        <Owners owners={owners} />
      </span>
    </div>
  );
}

function Owners({ owners }: { readonly owners: List["items"][number]["owners"] }) {
  if (owners === null) return <span className="faint">not known</span>;
  const [first, ...others] = owners;
  if (first === undefined) return <span className="urgent">Nobody</span>;
  return (
    <>
      <Name text={first.name ?? first.id} />
      {others.length > 0 ? <span className="faint"> +{others.length}</span> : null}
    </>
  );
}
