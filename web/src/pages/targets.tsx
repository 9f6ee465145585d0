/** Can Nolapse write where it must? The places are those of the configuration; whether one could be written is asked for here. */
import { Button } from "@fluentui/react-components";
import { lazy, Suspense, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer, useChange } from "../api/queries.ts";
import { ApplicationLink } from "../parts/application-link.tsx";
import { type Column, Columned } from "../parts/columned.tsx";
import { Empty, Failure, Incomplete, Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useRefusal } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import { targetsSentence } from "../text/answers.ts";
import { reloadWords } from "../text/catalogue.ts";

const AddTargetDialog = lazy(() =>
  import("../dialogs/add-target.tsx").then((one) => ({ default: one.AddTargetDialog })),
);

type Target = Answer<"GET /api/v1/t/{tenant}/targets">["items"][number];

export function Targets() {
  const { name: tenant, zone } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/targets", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <h1>Targets</h1>
      <Shown asked={asked}>
        {({ items, coverage, now }) => (
          <>
            <Incomplete coverage={coverage} />
            {items.length === 0 ? (
              <Empty>
                No target yet. <AddOne />
              </Empty>
            ) : (
              <>
                <p>
                  <strong>{targetsSentence(items, { zone })}</strong> <AddOne />
                </p>
                <Columned label="Targets" columns={columnsOf(tenant, now)} items={items} keyOf={({ name }) => name} />
              </>
            )}
          </>
        )}
      </Shown>
    </div>
  );
}

/** Shows the lines for the configuration. */
function AddOne() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        Add one
      </Button>
      {open ? (
        <Suspense>
          <AddTargetDialog close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function columnsOf(tenant: string, now: string): readonly [Column<Target>, ...Column<Target>[]] {
  return [
    { head: "Name", mono: true, cell: ({ name }) => name },
    {
      head: "Kind",
      cell: ({ type, kinds, carriedBy }) => (
        <>
          {type}
          <span className="two faint">{carriedBy === null ? kinds.join(", ") : `carried by ${carriedBy}`}</span>
        </>
      ),
    },
    { head: "Applications", cell: ({ applications }) => <Applications applications={applications} tenant={tenant} /> },
    { head: "Read back", cell: ({ readBack }) => (readBack ? "yes" : "no") },
    { head: "Taken up", cell: ({ reload }) => <span className="one-line">{reloadWords(reload)}</span> },
    { head: "Last verified", cell: ({ lastVerified }) => <Time at={lastVerified} now={now} far="below" /> },
    { head: "Last preflight", cell: (one) => <Preflight one={one} tenant={tenant} now={now} /> },
  ];
}

function Applications({ applications, tenant }: Pick<Target, "applications"> & { readonly tenant: string }) {
  if (applications.length === 0) return <span className="faint">none</span>;
  return applications.map(({ appId, application }) => (
    <span key={appId} className="one-line">
      <ApplicationLink tenant={tenant} application={application} appId={appId} />
    </span>
  ));
}

interface PreflightProps {
  readonly one: Target;
  readonly tenant: string;
  readonly now: string;
}

/** When it was tried last and what came of it, and the word to try it now. */
function Preflight({ one: { name, carriedBy, lastPreflight }, tenant, now }: PreflightProps) {
  const change = useChange("POST /api/v1/t/{tenant}/targets/preflight");
  const refusal = useRefusal("Operator");
  // only a person can look there
  if (carriedBy !== null) return <span className="faint">–</span>;
  return (
    <>
      {lastPreflight === null ? (
        <span className="faint">never</span>
      ) : lastPreflight.failed === null ? (
        <Time at={lastPreflight.at} now={now} far="below" />
      ) : (
        <>
          <span className="ended">{lastPreflight.failed}</span>
          {lastPreflight.next === null ? null : <span className="two">Next: {lastPreflight.next}</span>}
          <span className="two faint">
            <Time at={lastPreflight.at} now={now} />
          </span>
        </>
      )}{" "}
      <Button
        size="small"
        aria-label={`Preflight now: ${name}`}
        title={refusal ?? undefined}
        disabledFocusable={refusal !== null || change.isPending}
        onClick={() => change.mutate({ params: { tenant }, body: { target: name } })}
      >
        Preflight now
      </Button>
      {change.error === null ? null : <Failure problem={change.error} />}
    </>
  );
}
