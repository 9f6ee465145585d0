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
import { counted, grouped } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { plainName } from "../text/names.ts";
import { capital } from "../text/rotation.ts";
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
            {plan.total === 0 ? null : (
              <p>
                <strong>{sentenceOf(plan)}</strong>
              </p>
            )}
            {plan.tab === "cannot" ? <Reasons plan={plan} /> : null}
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

/** Why, the most frequent first: one thing to mend often settles many. */
function Reasons({ plan }: { readonly plan: PlanAnswer }) {
  const sentences = new Map(plan.items.map(({ reason, sentence }) => [reason as string, sentence]));
  const reasons = Object.entries(plan.reasons).toSorted(([, a], [, b]) => b - a);
  if (reasons.length < 2) return null;
  return (
    <ul className="plain">
      {reasons.map(([reason, count]) => (
        <li key={reason}>
          {grouped(count)}: {sentences.get(reason) ?? reason}
        </li>
      ))}
    </ul>
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

const PARTS = { issue: "a new credential", retire: "the old one goes" } as const;

function keyWords({ keyId, slot }: PlanAnswer["items"][number]): string {
  return [...(keyId === null ? [] : [`key id ${keyId.slice(0, 8)}`]), ...(slot === null ? [] : [`slot ${slot}`])].join(
    ", ",
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

/** What the date of a row is: an end that is past is not to come. */
function dateWord(tab: TabName, at: string | null, now: string): string {
  const [, word] = DATES[tab];
  return tab === "cannot" && at !== null && Date.parse(at) <= Date.parse(now) ? "ended" : word;
}

function Row({ one, plan, tenant, chosen, choose }: RowProps) {
  const [date] = DATES[plan.tab];
  const word = dateWord(plan.tab, one[date], plan.now);
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
        <span className="two faint">{plan.tab === "cannot" ? keyWords(one) : PARTS[one.what]}</span>
      </span>
      <span className="grow">
        {capital(one.sentence)}
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
