/** What will happen, and what waits for me? */
import { Button, Checkbox, Tab, TabList } from "@fluentui/react-components";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { ApproveManyDialog } from "../dialogs/decide.tsx";
import { useRefusal } from "../frame/session.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { counted } from "../text/dates.ts";
import { CannotByReason } from "./plan-cannot.tsx";
import { PlanRow } from "./plan-row.tsx";
import { RevealRequests } from "./reveal-requests.tsx";

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
    tenant === "" ? null : { params: { tenant }, query: { tab, limit: tab === "cannot" ? 1 : 200 } },
  );
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
        {(plan) => (
          <>
            <Incomplete coverage={plan.coverage} />
            {plan.total === 0 ? null : (
              <p>
                <strong>{sentenceOf(plan)}</strong>
              </p>
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
                empty={
                  overview?.mode === "observe" && tab === "next" ? "Nothing is planned: writing is off." : EMPTY[tab]
                }
              />
            )}
            {plan.next === null || plan.tab === "cannot" ? null : (
              <p className="faint">The first {plan.items.length} are shown.</p>
            )}
          </>
        )}
      </Shown>
    </div>
  );
}

const EMPTY: Readonly<Record<TabName, string>> = {
  waiting: "No rotation waits for you.",
  next: "Nothing is planned in the next 30 days.",
  cannot: "Everything that ends can be renewed.",
};

function sentenceOf({ tab, total, mends }: PlanAnswer): string {
  const many = counted(total, tab === "cannot" ? "credential" : "rotation");
  if (tab === "waiting") return `${many} ${total === 1 ? "waits" : "wait"} for a person.`;
  if (tab === "next") return `${many} in the next 30 days.`;
  const reasons = mends.length === 1 ? "" : `, for ${counted(mends.length, "reason")}`;
  return `${many} cannot be renewed as things are${reasons}.`;
}

function Rows({ plan, tenant, empty }: { readonly plan: PlanAnswer; readonly tenant: string; readonly empty: string }) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  const refusal = useRefusal("Operator");
  const open = plan.items.flatMap(({ rotation }) => (rotation === null ? [] : [rotation]));
  const ids = chosen.filter((id) => open.includes(id));
  const choose = (id: string, on: boolean) => setChosen(on ? [...ids, id] : ids.filter((one) => one !== id));
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
