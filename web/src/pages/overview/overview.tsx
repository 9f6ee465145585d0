/** Does anything stop, and when? */
import { Link, Navigate } from "@tanstack/react-router";
import { useAnswer } from "../../api/queries.ts";
import { ApplicationLink } from "../../parts/application-link.tsx";
import { FirstStop } from "../../parts/first-stop.tsx";
import { MoreMenu } from "../../parts/more-menu.tsx";
import { NextPhrase } from "../../parts/next.tsx";
import { ScanAgain } from "../../parts/scan-again.tsx";
import { Empty, Incomplete, Shown } from "../../parts/states.tsx";
import { Time } from "../../parts/time.tsx";
import { type Overview as OverviewAnswer, useTenant } from "../../session/tenant.tsx";
import { endedSentence, lapsesWords } from "../../text/catalogue.ts";
import { thirtyDays, written } from "../../text/dates.ts";
import { Ends } from "./overview-ends.tsx";
import { Figures, NeedsPerson } from "./overview-parts.tsx";
import { ReportMenu } from "./report-menu.tsx";
import "./overview.css";

/** So many rotations of applications that are gone are shown; the page Rotations has all. */
const MOST_UNSEEN = 5;

export function Overview() {
  const { name: tenant, zone } = useTenant();
  const asked = useAnswer("GET /api/v1/t/{tenant}/overview", tenant === "" ? null : { params: { tenant } }, 60_000);
  // before anything is known the first page is the one that says what is being done about it
  if (asked.data?.tenant === tenant && asked.data.coverage.scannedAt === null)
    return <Navigate to="/t/$tenant/welcome" params={{ tenant }} replace />;
  return (
    <div className="page">
      {asked.data === undefined ? (
        <div className="page-head overview-head">
          <h1>Overview</h1>
        </div>
      ) : (
        <Sentence overview={asked.data} />
      )}
      <Shown asked={asked} rows={8}>
        {(overview) => (
          <>
            <Incomplete coverage={overview.coverage} />
            {overview.figures.holding === 0 && overview.coverage.complete ? (
              <Empty>
                No application has a credential.{" "}
                <Link className="link" to="/t/$tenant/applications/new" params={{ tenant }}>
                  Register one
                </Link>
              </Empty>
            ) : (
              <>
                <Figures
                  figures={overview.figures}
                  days={thirtyDays(overview)}
                  lapses={lapsesOf(overview, zone)}
                  tenant={tenant}
                />
                <Ends overview={overview} />
                <div className="columns">
                  <NeedsPerson
                    ones={overview.needsPerson.map((one) => ({ ...one, tenant, now: overview.now }))}
                    unseen={overview.unseen.slice(0, MOST_UNSEEN).map((one) => ({ ...one, tenant }))}
                    waiting={overview.figures.waiting}
                    tenant={tenant}
                    empty="Nothing waits for you."
                  />
                  <NowAndNext overview={overview} tenant={tenant} />
                </div>
              </>
            )}
          </>
        )}
      </Shown>
    </div>
  );
}

function Sentence({ overview }: { readonly overview: OverviewAnswer }) {
  const { first } = overview.sentence;
  const { name: tenant } = useTenant();
  const ended = endedSentence(overview.figures);
  return (
    <div className="page-head overview-head">
      <div>
        <h1>{overview.sentence.words}</h1>
        {first === null ? null : (
          <p>
            <FirstStop overview={overview} />
          </p>
        )}
        {ended === null ? null : (
          <p>
            {ended}{" "}
            <Link
              className="link"
              to="/t/$tenant/applications"
              params={{ tenant }}
              search={{ next: "ended", type: "any" }}
            >
              Show
            </Link>
          </p>
        )}
      </div>
      <div className="actions">
        {overview.coverage.complete && overview.coverage.missed === null ? (
          <ScanAgain scannedAt={overview.coverage.scannedAt} />
        ) : null}
        <ReportMenu tenant={tenant} />
        <MoreMenu command={["scan"]} />
      </div>
    </div>
  );
}

function lapsesOf({ figures: { lapses } }: OverviewAnswer, zone: string) {
  if (lapses === null) return { head: "Lapses", count: null, words: "not looked for yet" };
  const head = `Lapses since ${written(Date.parse(lapses.since), zone, "plain")}`;
  return { head, count: lapses.count, words: lapsesWords(lapses) };
}

function NowAndNext({ overview, tenant }: { readonly overview: OverviewAnswer; readonly tenant: string }) {
  return (
    <section className="card" aria-labelledby="now-next">
      <div className="card-head">
        <h2 id="now-next">Now and next</h2>
        <Link className="link" to="/t/$tenant/rotations" params={{ tenant }} search={{}}>
          Rotations
        </Link>
      </div>
      {overview.next.length === 0 ? <Empty>Nothing is planned.</Empty> : null}
      <ul className="rows">
        {overview.next.map(({ objectId, displayName, next }) => (
          <li key={objectId}>
            <span className="grow">
              <ApplicationLink tenant={tenant} application={{ objectId, displayName }} />
              <span className="two">
                <NextPhrase next={next} />
              </span>
            </span>
            {next.at === null || next.code === "renewing" ? null : <Time at={next.at} now={overview.now} far="only" />}
          </li>
        ))}
      </ul>
    </section>
  );
}
