/** What will happen, and what waits for a person, in a tenant or in all of them? */
import { Button, Checkbox, Tab } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { ApproveManyDialog } from "../../dialogs/decide.tsx";
import { InTenant, Seen, useTenants } from "../../parts/each-tenant.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { NextStart } from "../../parts/next-start.tsx";
import { ScrolledTabs } from "../../parts/scrolled-tabs.tsx";
import { ShowMore } from "../../parts/show-more.tsx";
import { Shown } from "../../parts/states.tsx";
import { useAddress } from "../../session/address.ts";
import { useRefusal } from "../../session/session.tsx";
import { useTenant } from "../../session/tenant.tsx";
import type { Row } from "../../text/merging.ts";
import { finishSentence, loadOf, mendsOf, planSentence } from "../../text/plan.ts";
import { RevealRequests } from "../rotations/reveal-requests.tsx";
import { CannotByReason } from "./plan-cannot.tsx";
import { type PlanAnswer, PlanRows, type TabName, usePlan } from "./plan-rows.tsx";

const TABS = { waiting: "Waiting for you", next: "Next 30 days", cannot: "Cannot be renewed" } as const;
/** So many are approved at once at most. */
const MOST = 200;

const LoadChart = lazy(() => import("../../lines/load-chart.tsx").then((one) => ({ default: one.LoadChart })));

export function Plan() {
  const [search, show] = useAddress();
  const { name: tenant, overview, zone } = useTenant();
  const { isAll } = useTenants();
  const tab: TabName = search.tab !== undefined && search.tab in TABS ? (search.tab as TabName) : "waiting";
  // of what cannot be renewed the counts alone, which has pages of its own for each reason
  const asked = usePlan(tab, tab === "cannot" ? 1 : undefined);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Plan and approvals{isAll ? " of all tenants" : ""}</h1>
        {isAll ? null : (
          <div className="actions">
            <MoreMenu command={["plan"]} />
          </div>
        )}
      </div>
      <ScrolledTabs
        selectedValue={tab}
        aria-label="Parts of the plan"
        onTabSelect={(_, { value }) => show({ tab: String(value) })}
      >
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Tab key={name} value={name}>
            {TABS[name]}
          </Tab>
        ))}
      </ScrolledTabs>
      <Shown asked={asked} rows={8}>
        {({ told, first, rows, total }) => {
          const [one] = first;
          if (one === undefined) return null;
          // while the next tab is asked for it is still the last one that is shown
          const { tab } = one.answer;
          const mends = mendsOf(first);
          const load = loadOf(first);
          // several tenants have no zone in common that an instant could be told in
          const plan = { ...one.answer, total, mends, ...(isAll ? { decideBy: null, issuedBy: null } : {}) };
          const finish = finishSentence(plan, zone);
          return (
            <>
              <Seen told={told} />
              <p>
                {total > 0 ? (
                  <strong>{planSentence(plan, zone)}</strong>
                ) : overview?.mode === "observe" && tab === "next" ? (
                  <WritingOff tenant={tenant} />
                ) : (
                  <strong>{EMPTY[tab]}</strong>
                )}
                {total > 0 || tab === "cannot" || overview?.mode === "observe" ? null : <NextStart />}
                {finish === null ? null : <span className="two">{finish}</span>}
              </p>
              {load.length < 2 ? null : (
                <section className="card" aria-label="By day">
                  <Suspense>
                    <LoadChart load={load} />
                  </Suspense>
                </section>
              )}
              {tab === "waiting"
                ? first.map((of) => (
                    <InTenant key={of.tenant} name={of.tenant}>
                      <RevealRequests tenant={of.tenant} named={isAll} />
                    </InTenant>
                  ))
                : null}
              {tab === "waiting" && !isAll ? (
                <Approving rows={rows} tenant={tenant}>
                  <ShowMore asked={asked} total={total} />
                </Approving>
              ) : total === 0 ? null : tab === "cannot" ? (
                <CannotByReason mends={mends} open={search.reason} setOpen={(reason) => show({ tab, reason })} />
              ) : (
                <section className="card">
                  <PlanRows rows={rows} tab={tab} />
                  <ShowMore asked={asked} total={total} />
                </section>
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
      <strong>Nothing is planned: writing is off.</strong>{" "}
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

interface ApprovingProps {
  readonly rows: readonly Row<PlanAnswer["items"][number]>[];
  readonly tenant: string;
  /** Below the rows. */
  readonly children: ReactNode;
}

/** Rows that wait for a person, with what approves many of them at once; what that came to is read when none is left, too. */
function Approving({ rows, tenant, children }: ApprovingProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [asking, setAsking] = useState(false);
  const role = useRefusal("Operator");
  const open = rows.flatMap(({ item: { rotation } }) => (rotation === null ? [] : [rotation]));
  const ids = chosen.filter((id) => open.includes(id));
  const choose = (id: string, on: boolean) => setChosen(on ? [...ids, id] : ids.filter((one) => one !== id));
  const refusal = role ?? (ids.length > MOST ? `At most ${MOST} at once.` : null);
  return (
    <>
      {rows.length === 0 ? null : (
        <section className="card">
          {open.length === 0 ? null : (
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
          )}
          <PlanRows rows={rows} tab="waiting" choosing={{ ids, choose }} />
          {children}
        </section>
      )}
      {asking ? (
        <ApproveManyDialog
          tenant={tenant}
          items={rows.flatMap(({ item }) => (item.rotation !== null && ids.includes(item.rotation) ? [item] : []))}
          close={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
