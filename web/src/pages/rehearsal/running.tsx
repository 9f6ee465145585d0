/** A rehearsal that goes on: the simulated date, what it has come to, and the chart that grows. Figures that change are not read aloud. */
import { Button, ProgressBar } from "@fluentui/react-components";
import type { Answer } from "../../api/client.ts";
import { useChange } from "../../api/queries.ts";
import { momentOf } from "../../lines/scale.ts";
import { StoppedChart } from "../../lines/stopped-chart.tsx";
import { Failure } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { useRefusal } from "../../session/session.tsx";
import { useTenant } from "../../session/tenant.tsx";
import { counted, grouped } from "../../text/dates.ts";
import { byWeeks } from "../../text/rehearsal.ts";
import { Figures } from "./figures.tsx";

type One = Answer<"GET /api/v1/t/{tenant}/rehearsals/{id}">;
type Now = NonNullable<One["progress"]["now"]>;

export function Running({ one, tenant }: { readonly one: One; readonly tenant: string }) {
  const refusal = useRefusal("Operator");
  const stop = useChange("POST /api/v1/t/{tenant}/rehearsals/{id}/stop");
  const { progress, asked, id } = one;
  const isStopping = stop.isPending || stop.isSuccess;
  return (
    <>
      <div className="page-head">
        <div>
          <h1>Rehearsing {counted(asked.days, "day")}</h1>
          <p>A copy lives through them; nothing is written to the tenant. You can leave this page: it goes on.</p>
        </div>
        <Button
          disabledFocusable={refusal !== null || isStopping}
          title={refusal ?? undefined}
          onClick={() => stop.mutate({ params: { tenant, id }, body: {} })}
        >
          {isStopping ? "Stopping…" : "Stop here"}
        </Button>
      </div>
      {stop.error === null ? null : <Failure problem={stop.error} />}
      <section className="card" aria-label="Progress">
        <ProgressBar value={progress.share} aria-label="How much of it is lived through" />
        <p>
          {grouped(progress.simulated)} of {counted(progress.total, "day")}
          {progress.now === null ? ", the copy is being made" : runOf(progress.now.run, asked.runs)}
        </p>
      </section>
      {progress.now === null ? null : <SoFar now={progress.now} days={asked.days} />}
    </>
  );
}

const runOf = (run: number, runs: number) => (runs === 1 ? "" : `, run ${run} of ${runs}`);

function SoFar({ now, days }: { readonly now: Now; readonly days: number }) {
  const { zone } = useTenant();
  const { from, at, bound, rotations, finished, signIns, faults } = now;
  const until = new Date(momentOf(from) + days * 86_400_000).toISOString();
  return (
    <>
      <Figures
        figures={[
          ["Simulated date", <Time key="at" at={at} form="plain" />, "in the copy"],
          ["Applications", grouped(bound), "looked after"],
          ["Rotations finished", grouped(finished), `of ${grouped(rotations)} begun`],
          ["Sign-ins tried", grouped(signIns), "with the copy in use"],
          ["Faults met", grouped(faults), "of the kinds chosen"],
        ]}
      />
      <section className="card" aria-labelledby="stopped">
        <div className="card-head">
          <h2 id="stopped">Applications that no longer sign in, so far</h2>
        </div>
        <StoppedChart from={from} until={until} now={at} {...byWeeks(now)} zone={zone} />
      </section>
    </>
  );
}
