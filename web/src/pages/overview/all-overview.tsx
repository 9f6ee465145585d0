/** Does anything stop, in whichever tenant? What needs somebody is on top, wherever it is. */
import type { Told } from "../../api/ask-each.ts";
import { type Column, Columned } from "../../parts/columned.tsx";
import { Seen, TenantLink, useEach } from "../../parts/each-tenant.tsx";
import { Shown } from "../../parts/states.tsx";
import type { Overview } from "../../session/tenant.tsx";
import { allSentence, byTrouble, lapsesOfAll, whatNeeds } from "../../text/all-tenants.ts";
import { grouped, thirtyDays } from "../../text/dates.ts";
import { summed } from "../../text/merging.ts";
import { Figures, NeedsPerson } from "./overview-parts.tsx";

type Row = Told<Overview>;

/** So many of what needs a person are shown. */
const SHOWN = 10;

export function AllOverview() {
  const asked = useEach("GET /api/v1/t/{tenant}/overview");
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
            <Seen told={told} />
            <Sums told={told} />
            <Columned
              label="Tenants"
              columns={COLUMNS}
              items={told.toSorted((a, b) => byTrouble(a.answer?.sentence.code, b.answer?.sentence.code))}
              keyOf={({ tenant }) => tenant}
            />
            <Needed told={told} />
          </>
        )}
      </Shown>
    </div>
  );
}

const figure = (head: string, of: (figures: Overview["figures"]) => number | undefined): Column<Row> => ({
  head,
  cell: ({ answer }) => {
    const count = answer === null ? undefined : of(answer.figures);
    return count === undefined ? "–" : grouped(count);
  },
});

const COLUMNS: readonly [Column<Row>, ...Column<Row>[]] = [
  { head: "Tenant", cell: ({ tenant }) => <TenantLink name={tenant} /> },
  { head: "What it comes to", cell: ({ answer, problem }) => (answer ? answer.sentence.words : problem?.message) },
  figure("End in 30 days", ({ endIn30Days }) => endIn30Days),
  figure("Debt", ({ debt }) => debt),
  figure("Running", ({ running }) => running),
  figure("Lapses", ({ lapses }) => lapses?.count),
];

interface OfAll {
  readonly told: readonly Row[];
}

function Sums({ told }: OfAll) {
  const known = told.flatMap(({ answer }) => answer ?? []);
  // today is another day in another zone: the list has every day that is one of them somewhere
  const days = known.map(thirtyDays);
  const [first, last] = [
    days.map(({ from }) => from).sort()[0],
    days
      .map(({ to }) => to)
      .sort()
      .at(-1),
  ];
  if (first === undefined || last === undefined) return null;
  return (
    <Figures
      figures={summed(known.map(({ figures: { lapses: _, ...counts } }) => counts))}
      days={{ from: first, to: last }}
      lapses={lapsesOfAll(told.map(({ answer }) => answer?.figures.lapses ?? null))}
      tenant={null}
    />
  );
}

/** The first of each tenant, what stops first on top. */
function Needed({ told }: OfAll) {
  const known = told.flatMap(({ answer }) => answer ?? []);
  return (
    <NeedsPerson
      ones={whatNeeds(known).slice(0, SHOWN)}
      unseen={known.flatMap(({ tenant, unseen }) => unseen.map((one) => ({ ...one, tenant }))).slice(0, SHOWN)}
      waiting={known.reduce((so, { figures }) => so + figures.waiting, 0)}
      tenant={null}
      empty={`Nothing waits for you${known.length < told.length ? " where it could be read" : ""}.`}
    />
  );
}
