/** Does anything stop, and when? */
import { Button } from "@fluentui/react-components";
import { ErrorCircleFilled, WarningFilled } from "@fluentui/react-icons";
import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { useAnswer } from "../api/queries.ts";
import { ApplicationLink } from "../frame/application-link.tsx";
import { ScanAgain } from "../frame/scan-again.tsx";
import { Empty, Incomplete, Shown } from "../frame/states.tsx";
import { type Overview as OverviewAnswer, useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import { debtWords, endedSentence, endsWords, lapsesWords, overviewSentence } from "../text/catalogue.ts";
import { dayOf, grouped, written } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";
import { NextPhrase } from "./next.tsx";
import { Ends } from "./overview-ends.tsx";
import "./overview.css";

export function Overview() {
  const { name: tenant } = useTenant();
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
                <Figures overview={overview} tenant={tenant} />
                <Ends overview={overview} />
                <div className="columns">
                  <NeedsPerson overview={overview} tenant={tenant} />
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
        <h1>{overviewSentence(overview)}</h1>
        {first === null ? null : (
          <p>
            The first is <ApplicationLink tenant={tenant} application={first} />
            {first.at === null ? "." : ", on "}
            {first.at === null ? null : <Time at={first.at} now={overview.now} />}
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
        <Button as="a" href={`/api/v1/t/${encodeURIComponent(tenant)}/forecast.ics`}>
          Calendar
        </Button>
      </div>
    </div>
  );
}

function Figures({ overview, tenant }: { readonly overview: OverviewAnswer; readonly tenant: string }) {
  const { figures, now } = overview;
  const day = (days: number) => dayOf(Date.parse(now) + days * 86_400_000, overview.zone);
  const params = { tenant };
  return (
    <dl className="card figures">
      <div>
        <dt>Last credential ends within 30 days</dt>
        <dd>
          <Link
            className="figure link"
            to="/t/$tenant/applications"
            params={params}
            search={{ endsFrom: day(0), endsTo: day(30), type: "any" }}
          >
            {grouped(figures.endIn30Days)}
          </Link>
          <span className="two">{endsWords(figures)}</span>
        </dd>
      </div>
      <div>
        <dt>Rotation debt</dt>
        <dd>
          <Link className="figure link" to="/t/$tenant/plan" params={params} search={{ tab: "cannot" }}>
            {grouped(figures.debt)}
          </Link>
          <span className="two">{debtWords(figures)}</span>
        </dd>
      </div>
      <div>
        <dt>Rotations running</dt>
        <dd>
          <Link className="figure link" to="/t/$tenant/rotations" params={params} search={{}}>
            {grouped(figures.running)}
          </Link>
          <span className={figures.halted > 0 ? "two ended" : "two"}>{grouped(figures.halted)} halted</span>
        </dd>
      </div>
      {figures.lapses === null ? (
        <div>
          <dt>Lapses</dt>
          <dd>
            <span className="figure">–</span>
            <span className="two">not looked for yet</span>
          </dd>
        </div>
      ) : (
        <div>
          <dt>Lapses since {written(Date.parse(figures.lapses.since), overview.zone, "plain")}</dt>
          <dd>
            <Link
              className="figure link"
              to="/t/$tenant/applications"
              params={params}
              search={{ lapsed: "true", type: "any" }}
            >
              {grouped(figures.lapses.count)}
            </Link>
            <span className="two">{lapsesWords(figures.lapses)}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

function NeedsPerson({ overview, tenant }: { readonly overview: OverviewAnswer; readonly tenant: string }) {
  return (
    <section className="card" aria-labelledby="needs">
      <div className="card-head">
        <h2 id="needs">Needs a person</h2>
        {overview.figures.waiting === 0 ? null : (
          <Link className="link" to="/t/$tenant/plan" params={{ tenant }} search={{ tab: "waiting" }}>
            {grouped(overview.figures.waiting)} for approval
          </Link>
        )}
      </div>
      {overview.needsPerson.length === 0 ? <Empty>Nothing waits for you.</Empty> : null}
      <ul className="rows">
        {overview.needsPerson.map(({ objectId, displayName, next, signsInUntil }) => (
          <li key={objectId}>
            {next.code === "stops" ? (
              <ErrorCircleFilled className="ended" aria-label="Stops" />
            ) : (
              <WarningFilled className="urgent" aria-label="Waits" />
            )}
            <span className="grow">
              <ApplicationLink tenant={tenant} application={{ objectId, displayName }} />
              <span className="two">{capital(next.because ?? next.sentence)}</span>
            </span>
            {signsInUntil === null ? null : (
              <span>
                <Time at={signsInUntil} now={overview.now} far="only" />
                <span className="two faint">
                  stops <Time at={signsInUntil} form="short" />
                </span>
              </span>
            )}
            <Way next={next} tenant={tenant} objectId={objectId} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Way({
  next,
  tenant,
  objectId,
}: {
  readonly next: OverviewAnswer["next"][number]["next"];
  readonly tenant: string;
  readonly objectId: string;
}) {
  const navigate = useNavigate();
  const { rotation } = next;
  return (
    <Button
      size="small"
      onClick={() =>
        void (rotation === null
          ? navigate({ to: "/t/$tenant/applications/$id", params: { tenant, id: objectId }, search: { tab: "checks" } })
          : navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation } }))
      }
    >
      {rotation === null ? "See why" : next.code === "waits-for-approval" ? "Review" : "Open rotation"}
    </Button>
  );
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
