/** What will happen, and what waits for me? */
import { Button, Checkbox, Tab, TabList } from "@fluentui/react-components";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { ApproveManyDialog } from "../dialogs/decide.tsx";
import { useRefusal } from "../frame/session.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { counted } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { plainName } from "../text/names.ts";
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
            {plan.tab === "waiting" ? <RevealRequests tenant={tenant} /> : null}
            <Rows
              plan={plan}
              tenant={tenant}
              empty={
                overview?.mode === "observe" && tab === "next" ? "Nothing is planned: writing is off." : EMPTY[tab]
              }
            />
            {plan.next === null ? null : <p className="faint">The first {plan.items.length} are shown.</p>}
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

function sentenceOf({ tab, total }: PlanAnswer): string {
  const many = counted(total, tab === "cannot" ? "credential" : "rotation");
  if (tab === "waiting") return `${many} ${total === 1 ? "waits" : "wait"} for a person.`;
  return tab === "next" ? `${many} in the next 30 days.` : `${many} cannot be renewed as things are.`;
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
          <Row
            key={`${one.appId} ${one.slot} ${one.keyId} ${one.what}`}
            one={one}
            plan={plan}
            tenant={tenant}
            chosen={isWaiting && one.rotation !== null ? ids.includes(one.rotation) : null}
            choose={choose}
          />
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly one: PlanAnswer["items"][number];
  readonly plan: PlanAnswer;
  readonly tenant: string;
  /** Null where there is nothing to choose. */
  readonly chosen: boolean | null;
  readonly choose: (id: string, on: boolean) => void;
}

const DATES = {
  waiting: ["decideBy", "decide by"],
  next: ["plannedAt", "planned for"],
  cannot: ["end", "ends"],
} as const;

function Row({ one, plan, tenant, chosen, choose }: RowProps) {
  const [date, word] = DATES[plan.tab];
  const { rotation } = one;
  return (
    <li>
      {chosen === null || rotation === null ? null : (
        <Checkbox
          aria-label={`Choose ${plainName(one.displayName)}`}
          checked={chosen}
          onChange={(_, { checked }) => choose(rotation, checked === true)}
        />
      )}
      <span className="grow">
        {one.objectId === null ? (
          <Name text={one.displayName} />
        ) : (
          <Link className="link" to="/t/$tenant/applications/$id" params={{ tenant, id: one.objectId }} search={{}}>
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
        <Time at={one[date]} now={plan.now} />
        <span className="two faint">{word}</span>
      </span>
      {rotation === null ? null : (
        <Link className="link" to="/t/$tenant/rotations/$id" params={{ tenant, id: rotation }}>
          Review
        </Link>
      )}
    </li>
  );
}
