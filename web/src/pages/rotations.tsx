/** What moves, what is stuck? */
import { Button, Tab, TabList } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type Answer, type ApiProblem, type Query, read } from "../api/client.ts";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { FiveProofs } from "../lines/five-proofs.tsx";
import { KIND_WORDS, STATE_WORDS } from "../text/catalogue.ts";
import { counted } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { capital, oldOneWords } from "../text/rotation.ts";

const LIST = "GET /api/v1/t/{tenant}/rotations";
type List = Answer<typeof LIST>;
type State = NonNullable<Query<typeof LIST>["state"]>;

const VIEWS: readonly (readonly [State | "all", string])[] = [
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
              <p className="faint">{counted(first.total, "rotation")}</p>
              {items.length === 0 ? (
                <Empty>{view === "open" ? "Nothing is moving." : "None."}</Empty>
              ) : (
                <List items={items} now={first.now} tenant={tenant} />
              )}
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
      <span>
        {isOver || one.dueAt === null ? (
          <>
            since <Time at={one.proofs.retired ?? one.updatedAt} now={now} form="short" far="short" />
          </>
        ) : (
          <>
            goes on <Time at={one.dueAt} now={now} far="only" />
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
