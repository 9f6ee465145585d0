/** Would we live through the next two years with it? */
import { Button } from "@fluentui/react-components";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api/client.ts";
import { addressOf } from "../../api/client.ts";
import { useAnswer } from "../../api/queries.ts";
import { RehearseDialog } from "../../dialogs/rehearse.tsx";
import { StoppedChart } from "../../lines/stopped-chart.tsx";
import { OctagonFilled } from "../../parts/octagon.tsx";
import { Empty, Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { useRefusal } from "../../session/session.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { counted, grouped } from "../../text/dates.ts";
import { Name } from "../../text/name.tsx";
import { groupedNeeds, leadOf, steps, verdictOf } from "../../text/rehearsal.ts";
import { stated } from "../../text/rotation.ts";
import { FaultsMet } from "./faults.tsx";
import { type Figure, Figures } from "./figures.tsx";
import { Running } from "./running.tsx";

type One = Answer<"GET /api/v1/t/{tenant}/rehearsals/{id}">;
type Report = NonNullable<One["report"]>;

/** How often one that runs is looked at where the stream of events is lost; milliseconds. */
const EVERY = 3_000;

/** The last one, or how to begin. */
export function Rehearsals() {
  const { name: tenant } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/rehearsals", tenant === "" ? null : { params: { tenant } });
  return (
    <div className="page">
      <Shown asked={asked} rows={8}>
        {({ items: [latest, ...earlier] }) =>
          latest === undefined ? (
            <>
              <Head title="Rehearsal" tenant={tenant} />
              <Empty>No rehearsal yet. It takes some minutes, reads a copy, and writes nothing.</Empty>
            </>
          ) : (
            <>
              <OneRehearsal tenant={tenant} id={latest.id} />
              {earlier.length === 0 ? null : (
                <section className="card">
                  <div className="card-head">
                    <h2>Earlier ones</h2>
                  </div>
                  <ul className="rows">
                    {earlier.map((one) => (
                      <li key={one.id}>
                        <Link className="link grow" to="/t/$tenant/rehearsals/$id" params={{ tenant, id: one.id }}>
                          {counted(one.asked.days, "day")}, seed {one.asked.seed}
                        </Link>
                        <span className="faint">
                          copied <Time at={one.copiedAt} form="dateTime" />
                        </span>
                      </li>
                    ))}
                  </ul>
                </section>
              )}
            </>
          )
        }
      </Shown>
    </div>
  );
}

/** The one of the address. */
export function RehearsalPage() {
  const { id = "" } = useParams({ strict: false }) as { id?: string };
  const { name: tenant } = useTenant();
  return (
    <div className="page">
      <OneRehearsal tenant={tenant} id={id} />
    </div>
  );
}

function OneRehearsal({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  const [running, setRunning] = useState(true);
  const asking = tenant === "" ? null : { params: { tenant, id } };
  const asked = useAnswer("GET /api/v1/t/{tenant}/rehearsals/{id}", asking, running ? EVERY : undefined);
  const isRunning = asked.data === undefined || asked.data.state === "running";
  if (isRunning !== running) setRunning(isRunning);
  return (
    <Shown asked={asked} rows={8}>
      {(one) =>
        one.report === null ? (
          <Unfinished one={one} tenant={tenant} />
        ) : (
          <Report one={one} report={one.report} tenant={tenant} />
        )
      }
    </Shown>
  );
}

interface HeadProps {
  readonly title: string;
  readonly tenant: string;
  readonly bad?: boolean;
  readonly lead?: string;
  readonly report?: string;
}

function Head({ title, tenant, bad = false, lead, report }: HeadProps) {
  const refusal = useRefusal("Operator");
  const [asking, setAsking] = useState(false);
  return (
    <div className="page-head">
      <div>
        <h1>
          {bad ? <OctagonFilled className="ended" aria-label="bad" /> : null} {title}
        </h1>
        {lead === undefined ? null : <p>{lead}</p>}
      </div>
      <div className="actions">
        {report === undefined ? null : (
          <Button as="a" href={report} download>
            HTML report
          </Button>
        )}
        <Button
          appearance={report === undefined ? "primary" : "secondary"}
          disabledFocusable={refusal !== null}
          title={refusal ?? undefined}
          onClick={() => setAsking(true)}
        >
          {report === undefined ? "Rehearse…" : "Run again…"}
        </Button>
      </div>
      {asking ? <RehearseDialog tenant={tenant} close={() => setAsking(false)} /> : null}
    </div>
  );
}

function Unfinished({ one, tenant }: { readonly one: One; readonly tenant: string }) {
  if (one.state === "failed") {
    return (
      <>
        <Head title="The rehearsal came to nothing." tenant={tenant} bad />
        <p>{one.failure}</p>
        <p className="mono">{one.command}</p>
      </>
    );
  }
  return <Running one={one} tenant={tenant} />;
}

function Report({ one, report, tenant }: { readonly one: One; readonly report: Report; readonly tenant: string }) {
  const { zone } = useTenant();
  const { sentence, bad } = verdictOf(one, report);
  return (
    <>
      <Head
        title={sentence}
        bad={bad}
        lead={leadOf(tenant, report)}
        tenant={tenant}
        report={addressOf("GET /api/v1/t/{tenant}/rehearsals/{id}/report", { params: { tenant, id: one.id } })}
      />
      <Found report={report} />
      <div className="columns">
        <div className="stack">
          <section className="card" aria-labelledby="stopped">
            <div className="card-head">
              <h2 id="stopped">Applications that no longer sign in</h2>
            </div>
            <StoppedChart
              from={report.from}
              until={report.until}
              without={steps(report.without)}
              withIt={steps(report.with)}
              zone={zone}
            />
            <Stopped report={report} />
          </section>
          <FaultsMet faults={report.faults} />
        </div>
        <div className="stack">
          <Mend report={report} tenant={tenant} />
          <Again one={one} report={report} />
        </div>
      </div>
    </>
  );
}

function Found({ report }: { readonly report: Report }) {
  const lapses = report.with.filter(({ because }) => because === null).length;
  const figures: readonly Figure[] = [
    ["Lapses", grouped(lapses), `of ${counted(report.bound, "application")} looked after`],
    [
      "Rotations",
      grouped(report.rotations),
      `${counted(report.applicationYears < 1 ? 0 : Math.round(report.applicationYears), "application-year")}`,
    ],
    ["Sign-ins tried", grouped(report.signIns), "with the copy in use"],
    ["Faults of Nolapse", grouped(report.findings.length), `after ${counted(report.crashes, "crash", "crashes")}`],
    ["Busiest day", grouped(report.busiestDay.issues), "new credentials"],
  ];
  return <Figures figures={figures} />;
}

function Stopped({ report }: { readonly report: Report }) {
  const all = [
    ...report.without.map((one) => ({ ...one, saved: !report.with.some(({ appId }) => appId === one.appId) })),
  ];
  if (all.length === 0) return <Empty>No credential ends in this time.</Empty>;
  return (
    <details>
      <summary>As a table</summary>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Without Nolapse it stops on</th>
            <th scope="col">Application</th>
            <th scope="col">With it</th>
          </tr>
        </thead>
        <tbody>
          {all.map((one) => (
            <tr key={one.appId}>
              <td>
                <Time at={one.at} />
              </td>
              <td>
                <Name text={one.displayName} />
              </td>
              <td className={one.saved ? "fine" : "urgent"}>{one.saved ? "goes on" : "stops all the same"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Mend({ report, tenant }: { readonly report: Report; readonly tenant: string }) {
  const needs = groupedNeeds(report.people);
  return (
    <section className="card" aria-labelledby="mend">
      <div className="card-head">
        <h2 id="mend">What to mend first</h2>
      </div>
      {needs.length === 0 ? <Empty>Nothing needs a person.</Empty> : null}
      <ul className="rows">
        {needs.map(({ reason, sentence, count }) => (
          <li key={reason}>
            <strong className="number">{grouped(count)}</strong>
            <span className="grow">
              {stated(sentence)}
              <Link className="link two" to="/t/$tenant/plan" params={{ tenant }} search={{ tab: "cannot", reason }}>
                Which ones
              </Link>
            </span>
          </li>
        ))}
      </ul>
      {report.findings.map((one) => (
        <p key={one} className="ended">
          A fault of Nolapse itself: {one}
        </p>
      ))}
    </section>
  );
}

function Again({ one, report }: { readonly one: One; readonly report: Report }) {
  return (
    <section className="card" aria-labelledby="again">
      <div className="card-head">
        <h2 id="again">The same again</h2>
      </div>
      <p>The run is exact: the same copy and seed give the same story.</p>
      <p className="mono">{one.command}</p>
      <dl className="facts">
        <div>
          <dt>Copied</dt>
          <dd>
            <Time at={one.copiedAt} form="dateTime" />, {one.complete ? "a complete scan" : "of what could be read"}
          </dd>
        </div>
        <div>
          <dt>Story</dt>
          <dd className="mono">{report.storyHashes.map((hash) => hash.slice(0, 12)).join(", ")}</dd>
        </div>
      </dl>
    </section>
  );
}
