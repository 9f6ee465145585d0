/** What moves, what is stuck? In groups: what waits for a person on top, and what goes on by itself below it. */
import { Button, CounterBadge, Tab, TabList } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Coming, Time } from "../frame/time.tsx";
import { FiveProofs } from "../lines/five-proofs.tsx";
import { KIND_WORDS, STATE_WORDS } from "../text/catalogue.ts";
import { grouped } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { capital, oldOneWords } from "../text/rotation.ts";
import { GROUP_EMPTY, GROUP_MEANS, GROUP_WORDS, groupIn, groupsSentence } from "../text/rotation-groups.ts";
import { PausedTag } from "./paused-tag.tsx";
import "./groups.css";

const GROUPS = "GET /api/v1/t/{tenant}/rotations/groups";
type Groups = Answer<typeof GROUPS>;
type Group = Groups["groups"][number];

export function Rotations() {
  const search = useSearch({ from: "/framed/t/$tenant/rotations" });
  const navigate = useNavigate();
  const { name: tenant } = useTenant();
  const only = groupIn(search.state);
  const asked = useAnswer(GROUPS, tenant === "" ? null : { params: { tenant } });
  const show = (state: string | undefined) =>
    void navigate({ to: "/t/$tenant/rotations", params: { tenant }, search: { state }, replace: true });
  return (
    <div className="page">
      <h1>Rotations</h1>
      <Shown asked={asked} rows={8}>
        {({ groups, coverage, now }) => (
          <>
            <Incomplete coverage={coverage} />
            <p>
              {groups.every(({ group, total }) => group === "finished" || total === 0) ? (
                <Still />
              ) : (
                <strong>{groupsSentence(groups)}</strong>
              )}
            </p>
            <TabList
              className="scrolled-tabs"
              selectedValue={only ?? "all"}
              aria-label="Groups of rotations"
              onTabSelect={(_, { value }) => show(value === "all" ? undefined : String(value))}
            >
              <Tab value="all">All</Tab>
              {groups.map(({ group, total }) => (
                <Tab key={group} value={group}>
                  {GROUP_WORDS[group]} ({grouped(total)})
                </Tab>
              ))}
            </TabList>
            {only === null ? (
              <AllGroups groups={groups} now={now} tenant={tenant} show={show} />
            ) : (
              <OneGroup key={only} group={only} tenant={tenant} />
            )}
          </>
        )}
      </Shown>
    </div>
  );
}

interface AllProps {
  readonly groups: readonly Group[];
  readonly now: string;
  readonly tenant: string;
  readonly show: (state: string | undefined) => void;
}

function AllGroups({ groups, now, tenant, show }: AllProps) {
  return groups
    .filter(({ group, total }) => total > 0 || group === "waits")
    .map(({ group, total, items }) => (
      <section key={group} className="card" aria-labelledby={`group-${group}`}>
        <Head group={group} total={total} />
        {total === 0 ? <Empty>{GROUP_EMPTY[group]}</Empty> : <List items={items} now={now} tenant={tenant} />}
        {total <= items.length ? null : (
          <p className="rows-more">
            <Button size="small" onClick={() => show(group)}>
              Show all {grouped(total)}
            </Button>
          </p>
        )}
      </section>
    ));
}

export function Head({ group, total }: Pick<Group, "group" | "total">) {
  return (
    <div className="card-head">
      <h2 id={`group-${group}`}>
        {GROUP_WORDS[group]}{" "}
        <CounterBadge
          count={total}
          showZero
          overflowCount={99_999}
          appearance="filled"
          color={group === "waits" && total > 0 ? "important" : "informative"}
        />
      </h2>
      {total === 0 ? null : <span className="faint">{GROUP_MEANS[group]}</span>}
    </div>
  );
}

/** One group alone, a page at a time. */
function OneGroup({ group, tenant }: { readonly group: Group["group"]; readonly tenant: string }) {
  const asked = useInfiniteQuery<Groups, ApiProblem, { pages: Groups[] }, readonly unknown[], string | undefined>({
    queryKey: [GROUPS, tenant, group],
    queryFn: ({ pageParam, signal }) =>
      read(GROUPS, { params: { tenant }, query: { group, cursor: pageParam } }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => ofGroup(last, group)?.next ?? undefined,
    enabled: tenant !== "",
  });
  return (
    <Shown asked={asked} rows={8}>
      {({ pages }) => {
        const [first] = pages;
        const items = pages.flatMap((page) => ofGroup(page, group)?.items ?? []);
        if (first === undefined) return null;
        return (
          <section className="card" aria-labelledby={`group-${group}`}>
            <Head group={group} total={ofGroup(first, group)?.total ?? 0} />
            {items.length === 0 ? (
              <Empty>{GROUP_EMPTY[group]}</Empty>
            ) : (
              <List items={items} now={first.now} tenant={tenant} />
            )}
            {asked.hasNextPage ? (
              <p className="rows-more">
                <Button size="small" onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
                  Show more
                </Button>
              </p>
            ) : null}
          </section>
        );
      }}
    </Shown>
  );
}

function ofGroup({ groups }: Groups, group: Group["group"]): Group | undefined {
  return groups.find((one) => one.group === group);
}

/** Nothing moves: what does next, and when. */
function Still() {
  const { overview } = useTenant();
  const next = overview?.next.find((one) => one.next.code === "renews" && one.next.at !== null);
  if (overview === null || next === undefined) return "Nothing is moving.";
  return (
    <>
      Nothing is moving. The next one starts <Time at={next.next.at} now={overview.now} form="dateTime" />:{" "}
      <Name text={next.displayName} />.
    </>
  );
}

interface ListProps {
  readonly items: Group["items"];
  readonly now: string;
  readonly tenant: string;
}

function List({ items, now, tenant }: ListProps) {
  return (
    <ul className="rows rotations">
      {items.map((one) => (
        <Row key={one.id} one={one} now={now} tenant={tenant} />
      ))}
    </ul>
  );
}

interface RowProps {
  readonly one: Group["items"][number];
  readonly now: string;
  readonly tenant: string;
  /** Whether the tenant is named: in a list of several. */
  readonly named?: boolean;
}

export function Row({ one, now, tenant, named = false }: RowProps) {
  const isOver = one.state === "retired" || one.state === "cancelled";
  const said = isOver || one.paused !== null ? null : (one.waitsWhy ?? one.lastFailure?.message ?? null);
  return (
    <li>
      <span className="grow">
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: one.id }}>
          <Name text={one.displayName} />
        </Link>
        <span className="two faint">
          {one.leftover ? "an old one goes" : (KIND_WORDS[one.kind] ?? one.kind)}, slot {one.slot}
          {named ? `, ${tenant}` : null}
        </span>
      </span>
      <FiveProofs proven={one.proofs} state={one.state} />
      <span className={one.state === "halted" ? "ended grow" : "grow"}>
        {STATE_WORDS[one.state]}
        {said === null ? null : <span className="two faint">{capital(said)}</span>}
        {one.paused === null ? null : (
          <span className="two">
            <PausedTag rotation={one} />
          </span>
        )}
      </span>
      <When one={one} now={now} />
    </li>
  );
}

/** What the instant of a row is: a person's part has no time of its own, and what is over has ended. */
function When({ one, now }: Pick<RowProps, "one" | "now">) {
  const isOver = one.state === "retired" || one.state === "cancelled";
  const [word, at] = oldOneWords({ ...one, now });
  return (
    <span className="when">
      {isOver ? (
        <Time at={one.proofs.retired ?? one.updatedAt} form="dateTime" />
      ) : one.waitsFor !== null || one.dueAt === null ? (
        <>
          since <Time at={one.updatedAt} form="dateTime" />
        </>
      ) : one.state === "verified" ? (
        <>
          until <Time at={one.dueAt} now={now} />
        </>
      ) : (
        <>
          goes on <Coming at={one.dueAt} now={now} />
        </>
      )}
      {at === null ? null : (
        <span className="two faint">
          {word.toLowerCase()} <Time at={at} form="short" />
        </span>
      )}
    </span>
  );
}
