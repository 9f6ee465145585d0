/** The faults of a rehearsal: each kind, for how much of the time, how often it was met, and what Nolapse does then. */
import type { Answer } from "../../api/client.ts";
import { type Column, Columned } from "../../parts/columned.tsx";
import { Empty } from "../../parts/states.tsx";
import { grouped } from "../../text/dates.ts";
import { shareWords } from "../../text/rehearsal.ts";

type Faults = NonNullable<Answer<"GET /api/v1/t/{tenant}/rehearsals/{id}">["report"]>["faults"];

const COLUMNS: readonly [Column<Faults[number]>, ...Column<Faults[number]>[]] = [
  { head: "Fault", cell: ({ name }) => name },
  { head: "When", cell: ({ rate }) => shareWords(rate) },
  { head: "Met", cell: ({ met }) => grouped(met) },
  { head: "What Nolapse does then", cell: ({ answer }) => answer ?? <span className="faint">never met</span> },
];

export function FaultsMet({ faults }: { readonly faults: Faults }) {
  return (
    <section className="stack" aria-labelledby="faults">
      <h2 id="faults">Faults met and answered</h2>
      {faults.every(({ met }) => met === 0) ? (
        <Empty>It met no fault.</Empty>
      ) : (
        <Columned label="Faults met and answered" columns={COLUMNS} items={faults} keyOf={({ kind }) => kind} />
      )}
    </section>
  );
}
