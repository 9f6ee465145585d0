/** Does anything stop, and when? */
import { Button, Toolbar, ToolbarRadioButton, ToolbarRadioGroup } from "@fluentui/react-components";
import { ErrorCircleFilled, WarningFilled } from "@fluentui/react-icons";
import { Link, Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useAnswer } from "../api/queries.ts";
import { Empty, Incomplete, Loading, Shown } from "../frame/states.tsx";
import { type Overview as OverviewAnswer, useTenant } from "../frame/tenant.tsx";
import { Time } from "../frame/time.tsx";
import type { Stretch } from "../lines/tenant-timeline.tsx";
import { daysOf } from "../lines/timeline.ts";
import { endedSentence, endsWords, overviewSentence } from "../text/catalogue.ts";
import { counted, grouped, written } from "../text/dates.ts";
import { Name } from "../text/name.tsx";
import { capital } from "../text/rotation.ts";
import { NextPhrase } from "./next.tsx";
import "./overview.css";

const TenantTimeline = lazy(() =>
  import("../lines/tenant-timeline.tsx").then((one) => ({ default: one.TenantTimeline })),
);

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
            <Figures overview={overview} tenant={tenant} />
            <Ends tenant={tenant} />
            <div className="columns">
              <NeedsPerson overview={overview} tenant={tenant} />
              <NowAndNext overview={overview} tenant={tenant} />
            </div>
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
            The first is{" "}
            <Link className="link" to="/t/$tenant/applications/$id" params={{ tenant, id: first.objectId }} search={{}}>
              <Name text={first.displayName} />
            </Link>
            {first.at === null ? "." : ", on "}
            {first.at === null ? null : <Time at={first.at} now={overview.now} />}
          </p>
        )}
        {ended === null ? null : (
          <p>
            {ended}{" "}
            <Link className="link" to="/t/$tenant/applications" params={{ tenant }} search={{ next: "ended" }}>
              Show
            </Link>
          </p>
        )}
      </div>
      <Button as="a" href={`/api/v1/t/${encodeURIComponent(tenant)}/forecast.ics`}>
        Calendar
      </Button>
    </div>
  );
}

function Figures({ overview, tenant }: { readonly overview: OverviewAnswer; readonly tenant: string }) {
  const { figures, now } = overview;
  const until = new Date(Date.parse(now) + 30 * 86_400_000).toISOString().slice(0, 10);
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
            search={{ endsFrom: now.slice(0, 10), endsTo: until }}
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
          <span className="two">past their renewal time</span>
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
      <div>
        <dt>Wait for a person</dt>
        <dd>
          <Link className="figure link" to="/t/$tenant/plan" params={params} search={{ tab: "waiting" }}>
            {grouped(figures.waiting)}
          </Link>
          <span className="two">approvals</span>
        </dd>
      </div>
    </dl>
  );
}

const SPANS = { "6 months": 183, "1 year": 365, "2 years": 730 } as const;

function Ends({ tenant }: { readonly tenant: string }) {
  const search = useSearch({ from: "/framed/t/$tenant" });
  const navigate = useNavigate();
  const [asTable, setAsTable] = useState(false);
  const span = search.span !== undefined && search.span in SPANS ? (search.span as keyof typeof SPANS) : "2 years";
  const now = useTenant().overview?.now;
  const today = now === undefined ? null : Math.floor(Date.parse(now) / 86_400_000) * 86_400_000;
  const iso = (at: number) => `${new Date(at).toISOString().slice(0, 10)}T00:00:00Z`;
  const query =
    today === null ? null : { from: iso(today - 91 * 86_400_000), to: iso(today + SPANS[span] * 86_400_000) };
  const asked = useAnswer("GET /api/v1/t/{tenant}/timeline", query === null ? null : { params: { tenant }, query });
  const bins = asked.data?.bins ?? [];
  const [first, last] = [search.week, search.until ?? search.week].map((week) =>
    bins.findIndex(({ day }) => day === week),
  );
  const chosen: Stretch | null =
    first === undefined || last === undefined || first < 0 || last < first ? null : [first, last];
  const set = (more: { span?: string; week?: string | undefined; until?: string | undefined }) =>
    void navigate({
      to: "/t/$tenant",
      params: { tenant },
      search: { ...search, ...more },
      replace: true,
      resetScroll: false,
    });
  const list = ([from, to]: Stretch) => {
    const days = daysOf(bins, from, to);
    void navigate({
      to: "/t/$tenant/applications",
      params: { tenant },
      search: { endsFrom: days.from, endsTo: days.to },
    });
  };
  return (
    <section className="card" aria-labelledby="ends">
      <div className="card-head">
        <h2 id="ends">What ends, week by week</h2>
        <Toolbar
          size="small"
          aria-label="Time range"
          checkedValues={{ span: [span] }}
          onCheckedValueChange={(_, { checkedItems }) => set({ span: checkedItems[0] ?? "2 years" })}
        >
          <ToolbarRadioGroup>
            {Object.keys(SPANS).map((one) => (
              <ToolbarRadioButton key={one} name="span" value={one} appearance="subtle">
                {one}
              </ToolbarRadioButton>
            ))}
          </ToolbarRadioGroup>
        </Toolbar>
        <Button size="small" appearance="subtle" onClick={() => setAsTable(!asTable)}>
          {asTable ? "As a drawing" : "As a table"}
        </Button>
      </div>
      <div className="overview-ends">
        <Shown asked={asked}>
          {(timeline) =>
            asTable ? (
              <WeekTable bins={timeline.bins} zone={timeline.zone} />
            ) : (
              <div className="gutter">
                <Totals totals={timeline.totals} complete={timeline.coverage.complete} />
                <Suspense fallback={<Loading rows={6} />}>
                  <TenantTimeline
                    timeline={timeline}
                    chosen={chosen}
                    onChoose={(stretch) =>
                      set({
                        week: stretch === null ? undefined : timeline.bins[stretch[0]]?.day,
                        until:
                          stretch === null || stretch[0] === stretch[1] ? undefined : timeline.bins[stretch[1]]?.day,
                      })
                    }
                    onOpen={list}
                  />
                </Suspense>
              </div>
            )
          }
        </Shown>
      </div>
      {asked.data === undefined || chosen === null ? null : (
        <p className="filters" aria-live="polite">
          <span>{stretchSentence(bins.slice(chosen[0], chosen[1] + 1), asked.data.zone)}</span>
          <Button size="small" onClick={() => list(chosen)}>
            Open as list
          </Button>
          <Button size="small" appearance="subtle" onClick={() => set({ week: undefined, until: undefined })}>
            Clear
          </Button>
        </p>
      )}
    </section>
  );
}

/** What some weeks that lie side by side come to. */
function stretchSentence(weeks: Bins["bins"], zone: string): string {
  const sum = (of: (bin: Bins["bins"][number]) => number) => weeks.reduce((so, bin) => so + of(bin), 0);
  const ends = sum(({ endsLast, endsCovered }) => endsLast + endsCovered);
  const on = (day: string | undefined) => written(Date.parse(`${day}T12:00:00Z`), zone);
  const when =
    weeks.length === 1
      ? `in the week of ${on(weeks[0]?.day)}`
      : `in the ${weeks.length} weeks from ${on(weeks[0]?.day)} to that of ${on(weeks.at(-1)?.day)}`;
  return `${counted(ends, "credential ends", "credentials end")} ${when}: ${grouped(sum(({ renewed }) => renewed))} renewed, ${grouped(sum(({ planned }) => planned))} planned, ${grouped(sum(({ remains }) => remains))} remain.`;
}

type Bins = NonNullable<ReturnType<typeof useAnswer<"GET /api/v1/t/{tenant}/timeline">>["data"]>;

function Totals({ totals, complete }: { readonly totals: Bins["totals"]; readonly complete: boolean }) {
  const least = complete ? "" : "at least ";
  return (
    <div className="gutter-names">
      <div>
        If nobody acts
        <br />
        <strong>
          {least}
          {grouped(totals.endsLast + totals.endsCovered)}
        </strong>{" "}
        endings
      </div>
      <div>
        With Nolapse
        <br />
        <strong>{grouped(totals.renewed + totals.planned)}</strong> renewals
      </div>
      <div className={totals.remains > 0 ? "ended" : undefined}>
        <strong>{grouped(totals.remains)}</strong> endings remain
      </div>
    </div>
  );
}

function WeekTable({ bins, zone }: { readonly bins: Bins["bins"]; readonly zone: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="virtual" tabIndex={0} aria-label="Weeks">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Week of</th>
            {["The application stops", "Another one works", "Renewed", "Planned", "Remain"].map((head) => (
              <th key={head} scope="col" className="number">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.map((bin) => (
            <tr key={bin.day}>
              <th scope="row">{written(Date.parse(`${bin.day}T12:00:00Z`), zone)}</th>
              {[bin.endsLast, bin.endsCovered, bin.renewed, bin.planned, bin.remains].map((count, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: five columns that never move
                <td key={index} className="number">
                  {grouped(count)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function NeedsPerson({ overview, tenant }: { readonly overview: OverviewAnswer; readonly tenant: string }) {
  return (
    <section className="card" aria-labelledby="needs">
      <div className="card-head">
        <h2 id="needs">Needs a person</h2>
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
              <Link className="link" to="/t/$tenant/applications/$id" params={{ tenant, id: objectId }} search={{}}>
                <Name text={displayName} />
              </Link>
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
              <Link className="link" to="/t/$tenant/applications/$id" params={{ tenant, id: objectId }} search={{}}>
                <Name text={displayName} />
              </Link>
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
