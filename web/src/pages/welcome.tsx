/** The first page of a tenant that was never looked at: can Nolapse look, what it is doing, and where to go from there. */
import { Button, Spinner } from "@fluentui/react-components";
import { CheckmarkCircleFilled, CircleRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useAnswer } from "../api/queries.ts";
import { Lines } from "../dialogs/chosen-lines.tsx";
import { CheckRows } from "../parts/check-rows.tsx";
import { Copy } from "../parts/fact.tsx";
import { OctagonFilled } from "../parts/octagon.tsx";
import { Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useRead } from "../session/reading.ts";
import { type Overview, useTenant } from "../session/tenant.tsx";
import { counted } from "../text/dates.ts";
import { readWords } from "../text/stamp.ts";

/** Milliseconds; a scan is heard of as it ends, and this is for where the stream of events is lost. */
const EVERY = 10_000;

export function Welcome() {
  const { name: tenant } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/overview", tenant === "" ? null : { params: { tenant } }, EVERY);
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1>Welcome</h1>
          <p>Three steps; none of them writes to Entra ID.</p>
        </div>
      </div>
      <Shown asked={asked} rows={8}>
        {(overview) => (
          <>
            <Connect tenant={tenant} />
            <Look overview={overview} />
            <See overview={overview} tenant={tenant} />
          </>
        )}
      </Shown>
    </div>
  );
}

type State = "done" | "now" | "failed" | "later";

const GLYPHS: Readonly<Record<State, ReactNode>> = {
  done: <CheckmarkCircleFilled className="fine" aria-label="done" />,
  now: <Spinner size="tiny" aria-label="under way" />,
  failed: <OctagonFilled className="ended" aria-label="failed" />,
  later: <CircleRegular className="faint" aria-label="not yet" />,
};

function Step({
  state,
  title,
  children,
}: {
  readonly state: State;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="card" aria-current={state === "now" || state === "failed" ? "step" : undefined}>
      <div className="card-head">
        {GLYPHS[state]}
        <h2>{title}</h2>
      </div>
      {children}
    </section>
  );
}

function useHealth(tenant: string) {
  return useAnswer("GET /api/v1/t/{tenant}/health", tenant === "" ? null : { params: { tenant } });
}

function Connect({ tenant }: { readonly tenant: string }) {
  const asked = useHealth(tenant);
  const checks = asked.data?.checks ?? [];
  const wanting = checks.filter(({ state }) => state !== "ok");
  const state =
    asked.error !== null && asked.data === undefined
      ? "failed"
      : asked.data === undefined
        ? "now"
        : checks.some((one) => one.state === "failed")
          ? "failed"
          : "done";
  return (
    <Step state={state} title="1. Connect">
      <p>Nolapse signs in to Entra ID with what its configuration and environment give it.</p>
      <Shown asked={asked} rows={3}>
        {() => (
          <>
            <p>
              {wanting.length === 0
                ? `All ${counted(checks.length, "check")} are good.`
                : `${wanting.length} of ${counted(checks.length, "check")} ${wanting.length === 1 ? "wants" : "want"} something:`}
            </p>
            <CheckRows checks={wanting} />
          </>
        )}
      </Shown>
    </Step>
  );
}

function Look({ overview: { coverage } }: { readonly overview: Overview }) {
  const { scannedAt, applications, servicePrincipals, missed } = coverage;
  const read = useRead();
  const state = missed !== null ? "failed" : scannedAt === null ? "now" : "done";
  return (
    <Step state={state} title="2. Scan">
      {missed !== null ? (
        <>
          <p>
            The scan of <Time at={missed.at} form="dateTime" /> failed: {missed.why}. It is tried again by itself.
          </p>
          {missed.next === null ? null : <p className="mono">{missed.next}</p>}
        </>
      ) : scannedAt === null ? (
        <>
          <p>Reading applications and service principals. Reads only: nothing is written.</p>
          {read === null ? null : <p role="status">{readWords(read)} so far.</p>}
        </>
      ) : (
        <p>
          {counted(applications, "application")} and {counted(servicePrincipals, "service principal")} read,{" "}
          <Time at={scannedAt} form="dateTime" />.
        </p>
      )}
    </Step>
  );
}

function See({ overview, tenant }: { readonly overview: Overview; readonly tenant: string }) {
  const params = { tenant };
  const navigate = useNavigate();
  if (overview.coverage.scannedAt === null)
    return (
      <Step state="later" title="3. See">
        <p>What ends when, and what would stop. It opens when the scan is over.</p>
      </Step>
    );
  return (
    <Step state="done" title="3. See">
      <p>
        <strong>{overview.sentence.words}</strong>
      </p>
      <div className="actions">
        <Button appearance="primary" onClick={() => void navigate({ to: "/t/$tenant", params, search: {} })}>
          Look around
        </Button>
        <Button onClick={() => void navigate({ to: "/t/$tenant/rehearsals", params, search: {} })}>
          Rehearse the next two years
        </Button>
      </div>
      <Writing mode={overview.mode} tenant={tenant} />
    </Step>
  );
}

/** Which mode it is, and how it becomes another one: the file says so, and nothing else. */
function Writing({ mode, tenant }: { readonly mode: Overview["mode"]; readonly tenant: string }) {
  if (mode === "enforce") return <p>The mode is enforce: what is due is renewed by itself, within the policies.</p>;
  if (mode === "propose")
    return (
      <p>
        The mode is propose: each rotation waits for a person. To let Nolapse renew by itself, set{" "}
        <span className="mono">mode: enforce</span> in nolapse.yaml and send the process SIGHUP.
      </p>
    );
  return (
    <section aria-labelledby="let-renew">
      <h3 id="let-renew">Let Nolapse renew</h3>
      <p>
        The mode is observe: nothing is written. The configuration alone changes that. Let this be the mode in
        nolapse.yaml, in the entry of {tenant} under tenants, and send the process SIGHUP; each rotation waits for a
        person then. With <span className="mono">mode: enforce</span> what is due is renewed by itself.
      </p>
      <Lines label="Line for nolapse.yaml" text={"mode: propose\n"} />
      <Permissions tenant={tenant} />
    </section>
  );
}

/** What must be granted first. */
function Permissions({ tenant }: { readonly tenant: string }) {
  const asked = useHealth(tenant);
  const lacking = asked.data?.toWrite;
  if (lacking === undefined) return null;
  if (lacking === null) return <p>What permissions that takes is said once Nolapse signs in.</p>;
  if (lacking.length === 0) return <p>No permission for writing is missing.</p>;
  return (
    <>
      <p>Before that an administrator grants what is missing:</p>
      <ul className="rows">
        {lacking.map(({ permission, allows, fix }) => (
          <li key={permission}>
            <span className="grow">
              <strong className="mono">{permission}</strong>
              <span className="two">{allows}</span>
            </span>
            <span className="grow two mono">
              {fix} <Copy what={`The line that grants ${permission}`} text={fix} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
