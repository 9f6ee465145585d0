/** What will happen, and what waits for me? */
import { Tab, TabList } from "@fluentui/react-components";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { counted } from "../text/dates.ts";
import { Name } from "../text/name.tsx";

const TABS = { waiting: "Waiting for you", next: "Next 30 days", cannot: "Cannot be renewed" } as const;
type TabName = keyof typeof TABS;
type PlanAnswer = Answer<"GET /api/v1/t/{tenant}/plan">;

export function Plan() {
  const search = useSearch({ from: "/framed/t/$tenant/plan" });
  const navigate = useNavigate();
  const { name: tenant, overview } = useTenant();
  const tab: TabName = search.tab !== undefined && search.tab in TABS ? (search.tab as TabName) : "waiting";
  const asked = useAnswer(
    "GET /api/v1/t/{tenant}/plan",
    tenant === "" ? null : { params: { tenant }, query: { tab, limit: 200 } },
  );
  return (
    <div className="page">
      <h1>Plan and approvals</h1>
      <TabList
        selectedValue={tab}
        aria-label="Parts of the plan"
        onTabSelect={(_, { value }) =>
          void navigate({ to: "/t/$tenant/plan", params: { tenant }, search: { tab: String(value) }, replace: true })
        }
      >
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Tab key={name} value={name}>
            {TABS[name]}
          </Tab>
        ))}
      </TabList>
      <Shown asked={asked} rows={8}>
        {(plan) => (
          <>
            <Incomplete coverage={plan.coverage} />
            <p>
              <strong>{sentenceOf(plan)}</strong>
            </p>
            {plan.items.length === 0 ? (
              <Empty>
                {overview?.mode === "observe" && tab === "next" ? "Nothing is planned: writing is off." : EMPTY[tab]}
              </Empty>
            ) : (
              <Rows plan={plan} tenant={tenant} />
            )}
            {plan.next === null ? null : <p className="faint">The first {plan.items.length} are shown.</p>}
          </>
        )}
      </Shown>
    </div>
  );
}

const EMPTY: Readonly<Record<TabName, string>> = {
  waiting: "Nothing waits for you.",
  next: "Nothing is planned in the next 30 days.",
  cannot: "Everything that ends can be renewed.",
};

function sentenceOf({ tab, total }: PlanAnswer): string {
  const many = counted(total, tab === "cannot" ? "credential" : "rotation");
  if (tab === "waiting") return `${many} ${total === 1 ? "waits" : "wait"} for a person.`;
  return tab === "next" ? `${many} in the next 30 days.` : `${many} cannot be renewed as things are.`;
}

function Rows({ plan, tenant }: { readonly plan: PlanAnswer; readonly tenant: string }) {
  return (
    <section className="card">
      <ul className="rows">
        {plan.items.map((one) => (
          <li key={`${one.appId} ${one.slot} ${one.keyId} ${one.what}`}>
            <span className="grow">
              {one.objectId === null ? (
                <Name text={one.displayName} />
              ) : (
                <Link
                  className="link"
                  to="/t/$tenant/applications/$id"
                  params={{ tenant, id: one.objectId }}
                  search={{}}
                >
                  <Name text={one.displayName} />
                </Link>
              )}
              <span className="two faint">{one.what === "issue" ? "a new credential" : "the old one goes"}</span>
            </span>
            <span className="grow">
              {one.sentence}
              {one.detail === null ? null : <span className="two faint">{one.detail}</span>}
            </span>
            <span>
              <Time
                at={plan.tab === "waiting" ? one.decideBy : plan.tab === "cannot" ? one.end : one.plannedAt}
                now={plan.now}
              />
              <span className="two faint">
                {plan.tab === "waiting" ? "decide by" : plan.tab === "cannot" ? "ends" : "planned for"}
              </span>
            </span>
            {one.rotation === null ? null : (
              <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: one.rotation }}>
                Review
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
