/** Does anything stop, in whichever tenant? What needs somebody is on top, wherever it is. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { askEach, type Told } from "../api/ask-each.ts";
import { type Answer, type ApiProblem, read } from "../api/client.ts";
import { ApplicationLink } from "../frame/application-link.tsx";
import { type Column, Columned } from "../frame/columned.tsx";
import { InTenant, Partly, TenantLink } from "../frame/each-tenant.tsx";
import { useSession } from "../frame/session.tsx";
import { Empty, Shown } from "../frame/states.tsx";
import { Time } from "../frame/time.tsx";
import { allSentence, TROUBLE } from "../text/all-tenants.ts";
import { debtWords, endsWords, overviewSentence } from "../text/catalogue.ts";
import { grouped } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";

const OVERVIEW = "GET /api/v1/t/{tenant}/overview";
type Overview = Answer<typeof OVERVIEW>;
type Row = Told<Overview>;

/** Nothing tells what changes in all of them; milliseconds. */
const EVERY = 60_000;
/** So many of what needs a person are shown. */
const SHOWN = 10;

export function AllOverview() {
  const { tenants } = useSession().me;
  const asked = useQuery<readonly Row[], ApiProblem>({
    queryKey: ["each", OVERVIEW, tenants],
    queryFn: ({ signal }) => askEach(tenants, (tenant) => read(OVERVIEW, { params: { tenant } }, signal)),
    refetchInterval: EVERY,
  });
  return (
    <div className="page">
      <h1>
        {asked.data === undefined
          ? "All tenants"
          : allSentence(asked.data.map(({ answer }) => answer?.sentence ?? null))}
      </h1>
      <Shown asked={asked} rows={8}>
        {(told) => (
          <>
            <Partly told={told} />
            <Figures told={told} />
            <Columned
              label="Tenants"
              columns={COLUMNS}
              items={told.toSorted(byTrouble)}
              keyOf={({ tenant }) => tenant}
            />
            <NeedsPerson told={told} />
          </>
        )}
      </Shown>
    </div>
  );
}

/** Who did not answer is no better than who has not been scanned. */
function byTrouble(a: Row, b: Row): number {
  const place = ({ answer }: Row) => TROUBLE.indexOf(answer?.sentence.code ?? "not-scanned");
  return place(a) - place(b);
}

const figure = (head: string, of: (figures: Overview["figures"]) => number | null): Column<Row> => ({
  head,
  cell: ({ answer }) => {
    const count = answer === null ? null : of(answer.figures);
    return count === null ? "–" : grouped(count);
  },
});

const COLUMNS: readonly [Column<Row>, ...Column<Row>[]] = [
  { head: "Tenant", cell: ({ tenant }) => <TenantLink name={tenant} /> },
  { head: "What it comes to", cell: ({ answer, problem }) => (answer ? overviewSentence(answer) : problem?.message) },
  figure("End in 30 days", ({ endIn30Days }) => endIn30Days),
  figure("Debt", ({ debt }) => debt),
  figure("Running", ({ running }) => running),
  figure("Lapses", ({ lapses }) => lapses?.count ?? null),
];

function Figures({ told }: { readonly told: readonly Row[] }) {
  const known = told.flatMap(({ answer }) => (answer === null ? [] : [answer.figures]));
  const sum = (of: (figures: Overview["figures"]) => number) => known.reduce((so, one) => so + of(one), 0);
  const ends = { endIn30Days: sum((one) => one.endIn30Days), stopIn30Days: sum((one) => one.stopIn30Days) };
  const debt = {
    debt: sum((one) => one.debt),
    debtLately: sum((one) => one.debtLately),
    debtLeft: sum((one) => one.debtLeft),
  };
  const halted = sum((one) => one.halted);
  const lapses = known.flatMap((one) => (one.lapses === null ? [] : [one.lapses.count]));
  const rest = told.length - lapses.length;
  return (
    <dl className="card figures">
      <div>
        <dt>Last credential ends within 30 days</dt>
        <dd>
          <span className="figure">{grouped(ends.endIn30Days)}</span>
          <span className="two">{endsWords(ends)}</span>
        </dd>
      </div>
      <div>
        <dt>Rotation debt</dt>
        <dd>
          <Link className="figure link" to="/all/plan" search={{ tab: "cannot" }}>
            {grouped(debt.debt)}
          </Link>
          <span className="two">{debtWords(debt)}</span>
        </dd>
      </div>
      <div>
        <dt>Rotations running</dt>
        <dd>
          <Link className="figure link" to="/all/rotations">
            {grouped(sum((one) => one.running))}
          </Link>
          <span className={halted > 0 ? "two ended" : "two"}>{grouped(halted)} halted</span>
        </dd>
      </div>
      <div>
        <dt>Lapses</dt>
        <dd>
          <span className="figure">
            {lapses.length === 0 ? "–" : grouped(lapses.reduce((so, count) => so + count, 0))}
          </span>
          <span className="two">
            {rest === 0
              ? "since each tenant is watched"
              : `${grouped(rest)} of ${grouped(told.length)} tenants not counted`}
          </span>
        </dd>
      </div>
    </dl>
  );
}

/** The first of each tenant, what stops first on top. */
function NeedsPerson({ told }: { readonly told: readonly Row[] }) {
  const all = told.flatMap(({ tenant, answer }) =>
    (answer?.needsPerson ?? []).map((one) => ({ ...one, tenant, now: answer?.now ?? "" })),
  );
  // what stops and has no instant has stopped
  const until = ({ signsInUntil, next }: (typeof all)[number]) =>
    signsInUntil === null && next.code === "stops" ? 0 : Date.parse(signsInUntil ?? "9999-12-31");
  const first = all.toSorted((a, b) => until(a) - until(b)).slice(0, SHOWN);
  return (
    <section className="card" aria-labelledby="needs">
      <div className="card-head">
        <h2 id="needs">Needs a person</h2>
      </div>
      {first.length === 0 ? (
        <Empty>
          {told.some(({ answer }) => answer === null)
            ? "Nothing waits for you where it could be read."
            : "Nothing waits for you."}
        </Empty>
      ) : null}
      <ul className="rows">
        {first.map((one) => (
          <li key={`${one.tenant} ${one.objectId}`}>
            <InTenant name={one.tenant}>
              <span className="grow">
                <ApplicationLink tenant={one.tenant} application={one} />
                <span className="two faint">{one.tenant}</span>
              </span>
              <span className="grow">{capital(one.next.because ?? one.next.sentence)}</span>
              {one.signsInUntil === null ? null : <Time at={one.signsInUntil} now={one.now} far="only" />}
            </InTenant>
          </li>
        ))}
      </ul>
    </section>
  );
}
