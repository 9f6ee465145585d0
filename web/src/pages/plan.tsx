/** What will happen, and what waits for me? */
import { Button, Checkbox, Tab, TabList } from "@fluentui/react-components";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { ApproveManyDialog } from "../dialogs/decide.tsx";
import { useRefusal } from "../frame/session.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { grouped } from "../text/dates.ts";
import { finishSentence, planSentence } from "../text/plan.ts";
import { CannotByReason } from "./plan-cannot.tsx";
import { PlanRow } from "./plan-row.tsx";
import { RevealRequests } from "./reveal-requests.tsx";

const TABS = { waiting: "Waiting for you", next: "Next 30 days", cannot: "Cannot be renewed" } as const;
type TabName = keyof typeof TABS;
const PLAN = "GET /api/v1/t/{tenant}/plan";
type PlanAnswer = Answer<typeof PLAN>;
/** So many are approved at once at most. */
const MOST = 200;

const LoadChart = lazy(() => import("../lines/load-chart.tsx").then((one) => ({ default: one.LoadChart })));

/** A page at a time; of what cannot be renewed the counts alone, which has pages of its own for each reason. */
function usePlan(tenant: string, tab: TabName) {
  const limit = tab === "cannot" ? 1 : MOST;
  return useInfiniteQuery<PlanAnswer, ApiProblem, { pages: PlanAnswer[] }, readonly unknown[], string | undefined>({
    queryKey: [PLAN, tenant, tab],
    queryFn: ({ pageParam, signal }) =>
      read(PLAN, { params: { tenant }, query: { tab, limit, cursor: pageParam } }, signal),
    initialPageParam: undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: tenant !== "",
  });
}

export function Plan() {
  const search = useSearch({ from: "/framed/t/$tenant/plan" });
  const navigate = useNavigate();
  const { name: tenant, overview, zone } = useTenant();
  const tab: TabName = search.tab !== undefined && search.tab in TABS ? (search.tab as TabName) : "waiting";
  const asked = usePlan(tenant, tab);
  const show = (search: Record<string, string>) =>
    void navigate({ to: "/t/$tenant/plan", params: { tenant }, search, replace: true, resetScroll: false });
  return (
    <div className="page">
      <h1>Plan and approvals</h1>
      <TabList
        selectedValue={tab}
        aria-label="Parts of the plan"
        className="scrolled-tabs"
        onTabSelect={(_, { value }) => show({ tab: String(value) })}
      >
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Tab key={name} value={name}>
            {TABS[name]}
          </Tab>
        ))}
      </TabList>
      <Shown asked={asked} rows={8}>
        {({ pages }) => {
          const [first] = pages;
          if (first === undefined) return null;
          const plan = { ...first, items: pages.flatMap(({ items }) => items) };
          const finish = finishSentence(plan, zone);
          return (
            <>
              <Incomplete coverage={plan.coverage} />
              {plan.total === 0 ? null : (
                <p>
                  <strong>{planSentence(plan, zone)}</strong>
                  {finish === null ? null : <span className="two">{finish}</span>}
                </p>
              )}
              {plan.load.length < 2 ? null : (
                <section className="card" aria-label="By day">
                  <Suspense>
                    <LoadChart load={plan.load} />
                  </Suspense>
                </section>
              )}
              {plan.tab === "waiting" ? <RevealRequests tenant={tenant} /> : null}
              {plan.tab === "cannot" && plan.total > 0 ? (
                <CannotByReason
                  mends={plan.mends}
                  tenant={tenant}
                  open={search.reason}
                  setOpen={(reason) => show({ tab, reason })}
                />
              ) : (
                <Rows
                  plan={plan}
                  tenant={tenant}
                  empty={overview?.mode === "observe" && tab === "next" ? <WritingOff tenant={tenant} /> : EMPTY[tab]}
                />
              )}
              {!asked.hasNextPage || plan.tab === "cannot" ? null : (
                <p>
                  <Button onClick={() => void asked.fetchNextPage()} disabled={asked.isFetchingNextPage}>
                    Show more of {grouped(plan.total)}
                  </Button>
                </p>
              )}
            </>
          );
        }}
      </Shown>
    </div>
  );
}

/** Nobody has to take it on trust: it can be lived through before anything is written. */
function WritingOff({ tenant }: { readonly tenant: string }) {
  return (
    <>
      Nothing is planned: writing is off.{" "}
      <Link className="link" to="/t/$tenant/rehearsals" params={{ tenant }}>
        Rehearse first
      </Link>
    </>
  );
}

const EMPTY: Readonly<Record<TabName, string>> = {
  waiting: "No rotation waits for you.",
  next: "Nothing is planned in the next 30 days.",
  cannot: "Everything that ends can be renewed.",
};

function Rows({
  plan,
  tenant,
  empty,
}: {
  readonly plan: PlanAnswer;
  readonly tenant: string;
  readonly empty: ReactNode;
}) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  const role = useRefusal("Operator");
  const open = plan.items.flatMap(({ rotation }) => (rotation === null ? [] : [rotation]));
  const ids = chosen.filter((id) => open.includes(id));
  const choose = (id: string, on: boolean) => setChosen(on ? [...ids, id] : ids.filter((one) => one !== id));
  const refusal = role ?? (ids.length > MOST ? `At most ${MOST} at once.` : null);
  const isWaiting = plan.tab === "waiting";
  return (
    <section className="card">
      {isWaiting && open.length > 0 ? (
        <div className="card-head">
          <Checkbox
            label="All"
            checked={ids.length === open.length ? true : ids.length > 0 ? "mixed" : false}
            onChange={(_, { checked }) => setChosen(checked === true ? open : [])}
          />
          <Button
            appearance="primary"
            title={refusal ?? undefined}
            disabledFocusable={refusal !== null || ids.length === 0}
            onClick={() => setAsking(true)}
          >
            {ids.length === 0 ? "Approve" : `Approve ${ids.length}`}
          </Button>
        </div>
      ) : null}
      {asking ? (
        <ApproveManyDialog
          tenant={tenant}
          items={plan.items.filter(({ rotation }) => rotation !== null && ids.includes(rotation))}
          close={() => setAsking(false)}
        />
      ) : null}
      {plan.items.length === 0 ? <Empty>{empty}</Empty> : null}
      <ul className="rows">
        {plan.items.map((one) => (
          <PlanRow
            key={`${one.appId} ${one.slot} ${one.keyId} ${one.what}`}
            one={one}
            tab={plan.tab}
            now={plan.now}
            tenant={tenant}
            chosen={isWaiting && one.rotation !== null ? ids.includes(one.rotation) : null}
            choose={choose}
          />
        ))}
      </ul>
    </section>
  );
}
