/** What will happen, and what waits for me, in whichever tenant? */
import { Button, Tab, TabList } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { askEach, type Told } from "../api/ask-each.ts";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { InTenant, Partly } from "../frame/each-tenant.tsx";
import { useMerged } from "../frame/merged-pages.ts";
import { useSession } from "../frame/session.tsx";
import { Empty, Shown } from "../frame/states.tsx";
import { counted, grouped } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";
import { PlanRow } from "./plan-row.tsx";

const PLAN = "GET /api/v1/t/{tenant}/plan";
type Plan = Answer<typeof PLAN>;

const TABS = { waiting: "Waiting for a person", next: "Next 30 days", cannot: "Cannot be renewed" } as const;
type TabName = keyof typeof TABS;

export function AllPlan() {
  const search = useSearch({ from: "/framed/all/plan" });
  const navigate = useNavigate();
  const tab: TabName = search.tab !== undefined && search.tab in TABS ? (search.tab as TabName) : "waiting";
  return (
    <div className="page">
      <h1>Plan and approvals of all tenants</h1>
      <TabList
        selectedValue={tab}
        aria-label="Parts of the plan"
        className="scrolled-tabs"
        onTabSelect={(_, { value }) =>
          void navigate({ to: "/all/plan", search: { tab: String(value) }, replace: true, resetScroll: false })
        }
      >
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Tab key={name} value={name}>
            {TABS[name]}
          </Tab>
        ))}
      </TabList>
      {tab === "cannot" ? <Cannot /> : <Rows key={tab} tab={tab} />}
    </div>
  );
}

/** Rows of each tenant that are read at a time. */
const ROWS = 50;

function Rows({ tab }: { readonly tab: "waiting" | "next" }) {
  const { tenants } = useSession().me;
  const asked = useMerged<Plan["items"][number], Plan>({
    key: [PLAN, tab],
    tenants,
    ask: (tenant, cursor, signal) => read(PLAN, { params: { tenant }, query: { tab, limit: ROWS, cursor } }, signal),
    // what begins first is on top
    order: ({ plannedAt }) => Date.parse(plannedAt ?? "9999-12-31"),
  });
  return (
    <Shown asked={asked} rows={8}>
      {({ first, latest, rows, total }) => (
        <>
          <Partly told={latest} />
          {total === 0 ? null : (
            <p>
              <strong>
                {counted(total, "rotation")}
                {tab === "next" ? " in the next 30 days." : ` ${total === 1 ? "waits" : "wait"} for a person.`}
              </strong>
            </p>
          )}
          <section className="card">
            {rows.length === 0 ? <Empty>{tab === "next" ? "Nothing is planned." : "No rotation waits."}</Empty> : null}
            <ul className="rows">
              {rows.map(({ tenant, item }) => (
                <InTenant key={`${tenant} ${item.appId} ${item.slot} ${item.keyId} ${item.what}`} name={tenant}>
                  <PlanRow one={item} tab={tab} now={nowOf(first, tenant)} tenant={tenant} named />
                </InTenant>
              ))}
            </ul>
          </section>
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
  );
}

function nowOf(first: readonly Told<Plan>[], tenant: string): string {
  return first.find((one) => one.tenant === tenant)?.answer?.now ?? "";
}

/** By reason, with the one thing to do about it, and in which tenants that is. */
function Cannot() {
  const { tenants } = useSession().me;
  const asked = useQuery<readonly Told<Plan>[], ApiProblem>({
    queryKey: ["each", PLAN, "cannot", tenants],
    queryFn: ({ signal }) =>
      askEach(tenants, (tenant) => read(PLAN, { params: { tenant }, query: { tab: "cannot", limit: 1 } }, signal)),
  });
  return (
    <Shown asked={asked} rows={8}>
      {(told) => {
        const all = told.flatMap(({ tenant, answer }) => (answer?.mends ?? []).map((mend) => ({ ...mend, tenant })));
        const reasons = Object.entries(Object.groupBy(all, ({ reason }) => reason));
        return (
          <>
            <Partly told={told} />
            <section className="card">
              {reasons.length === 0 ? <Empty>Everything that ends can be renewed.</Empty> : null}
              <ul className="rows">
                {reasons.map(([reason, of = []]) => (
                  <li key={reason}>
                    <span className="grow">
                      <strong>{capital(of[0]?.sentence ?? reason)}</strong>
                      <span className="two faint mono">{reason}</span>
                    </span>
                    <span>
                      {of.map(({ tenant, applications }) => (
                        <span key={tenant} className="two">
                          <Link
                            className="link"
                            to="/t/$tenant/plan"
                            params={{ tenant }}
                            search={{ tab: "cannot", reason }}
                          >
                            {tenant}
                          </Link>
                          : {counted(applications, "application")}
                        </span>
                      ))}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          </>
        );
      }}
    </Shown>
  );
}
