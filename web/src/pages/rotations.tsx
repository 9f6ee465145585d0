/** What moves, what is stuck? */
import { Button, Tab, TabList } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Coming, Time } from "../frame/time.tsx";
import { FiveProofs } from "../lines/five-proofs.tsx";
import { KIND_WORDS, STATE_WORDS } from "../text/catalogue.ts";
import { counted } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { capital, oldOneWords } from "../text/rotation.ts";

const LIST = "GET /api/v1/t/{tenant}/rotations";
type List = Answer<typeof LIST>;

type View = "open" | "halted" | "verified" | "retired" | "cancelled" | "all";

const VIEWS: readonly (readonly [View, string])[] = [
  ["open", "Open"],
  ["halted", "Halted"],
  ["verified", "In overlap"],
  ["retired", "Done"],
  ["cancelled", "Cancelled"],
  ["all", "All"],
];

export function Rotations() {
  const search = useSearch({ from: "/framed/t/$tenant/rotations" });
  const navigate = useNavigate();
  const { name: tenant } = useTenant();
  const view = VIEWS.find(([name]) => name === search.state)?.[0] ?? "open";
  const asked = useInfiniteQuery<List, ApiProblem, { pages: List[] }, readonly unknown[], string | undefined>({
    queryKey: [LIST, tenant, view],
    queryFn: ({ pageParam, signal }) =>
      read(
        LIST,
        { params: { tenant }, query: { state: view === "all" ? undefined : view, cursor: pageParam } },
        signal,
      ),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: tenant !== "",
  });
  return (
    <div className="page">
      <h1>Rotations</h1>
      <TabList
        selectedValue={view}
        aria-label="States"
        onTabSelect={(_, { value }) =>
          void navigate({
            to: "/t/$tenant/rotations",
            params: { tenant },
            search: { state: String(value) },
            replace: true,
          })
        }
      >
        {VIEWS.map(([name, label]) => (
          <Tab key={name} value={name}>
            {label}
          </Tab>
        ))}
      </TabList>
      <Shown asked={asked} rows={8}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          const [first] = pages;
          if (first === undefined) return null;
          return (
            <>
              <Incomplete coverage={first.coverage} />
              {items.length === 0 ? (
                <Empty>{view === "open" ? <Still /> : EMPTY[view]}</Empty>
              ) : (
                <p>{sentenceOf(view, first)}</p>
              )}
              {items.length === 0 ? null : <List items={items} now={first.now} tenant={tenant} />}
              {asked.hasNextPage ? (
                <Button onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
                  Show more
                </Button>
              ) : null}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

const EMPTY: Readonly<Record<Exclude<View, "open">, string>> = {
  halted: "Nothing is halted.",
  verified: "No old credential waits for the end of an overlap.",
  retired: "Nothing has been renewed yet.",
  cancelled: "Nothing was cancelled.",
  all: "Nothing has been renewed yet.",
};

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

function sentenceOf(view: View, { total }: List): string {
  const [many, is] = [counted(total, "rotation"), total === 1 ? "is" : "are"];
  switch (view) {
    case "open":
      return `${many} ${is} under way.`;
    case "halted":
      return `${many} ${is} halted, and ${total === 1 ? "needs" : "need"} a person.`;
    case "verified":
      return `${many} ${is} in overlap: old and new both work.`;
    case "retired":
      return `${many} ${is} done.`;
    case "cancelled":
      return `${many} ${total === 1 ? "was" : "were"} cancelled.`;
    default:
      return `${many} in all.`;
  }
}

function List({
  items,
  now,
  tenant,
}: {
  readonly items: List["items"];
  readonly now: string;
  readonly tenant: string;
}) {
  return (
    <section className="card">
      <ul className="rows">
        {items.map((one) => (
          <Row key={one.id} one={one} now={now} tenant={tenant} />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly one: List["items"][number];
  readonly now: string;
  readonly tenant: string;
}

function Row({ one, now, tenant }: RowProps) {
  const said = one.haltWhy ?? one.lastFailure?.message ?? null;
  const isOver = one.state === "retired" || one.state === "cancelled";
  const [word, at] = oldOneWords({ ...one, now });
  return (
    <li>
      <span className="grow">
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: one.id }}>
          <Name text={one.displayName} />
        </Link>
        <span className="two faint">
          {KIND_WORDS[one.kind] ?? one.kind}, slot {one.slot}
        </span>
      </span>
      <FiveProofs proven={one.proofs} state={one.state} />
      <span className={one.state === "halted" ? "ended grow" : "grow"}>
        {STATE_WORDS[one.state]}
        {said === null || isOver ? null : <span className="two faint">{capital(said)}</span>}
      </span>
      <span className="when">
        {isOver || one.dueAt === null ? (
          <>
            {one.dueAt === null && !isOver ? "since " : ""}
            <Time at={one.proofs.retired ?? one.updatedAt} form="dateTime" />
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
    </li>
  );
}
