/** What ends when, as a drawing or as a table; what is chosen of it is said below, and leads to the list. */
import { Button, Field, Input, Toolbar, ToolbarRadioButton, ToolbarRadioGroup } from "@fluentui/react-components";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, lazy, Suspense, useState } from "react";
import type { Answer } from "../../api/client.ts";
import { useAnswer } from "../../api/queries.ts";
import type { Stretch } from "../../lines/tenant-timeline.tsx";
import { type Bin, binOfDay, daysOf, isByMonth } from "../../lines/timeline.ts";
import { binName, stretchSentence } from "../../lines/timeline-words.ts";
import { Loading, Shown } from "../../parts/states.tsx";
import type { Overview } from "../../session/tenant.tsx";
import { dayOf, grouped } from "../../text/dates.ts";

const TenantTimeline = lazy(() =>
  import("../../lines/tenant-timeline.tsx").then((one) => ({ default: one.TenantTimeline })),
);

/** Days ahead. */
const SPANS = { "6 months": 183, "1 year": 365, "2 years": 730, "5 years": 1826 } as const;
type Span = keyof typeof SPANS;
const DAY = 86_400_000;

type Timeline = Answer<"GET /api/v1/t/{tenant}/timeline">;

/** Of so many weeks nobody sees one. */
function queryOf(now: string, span: Span) {
  const today = Math.floor(Date.parse(now) / DAY) * DAY;
  const iso = (at: number) => `${new Date(at).toISOString().slice(0, 10)}T00:00:00Z`;
  const bin = span === "5 years" ? ("month" as const) : undefined;
  return { from: iso(today - 91 * DAY), to: iso(today + SPANS[span] * DAY), bin };
}

export function Ends({ overview }: { readonly overview: Overview }) {
  const { tenant, now, zone } = overview;
  const search = useSearch({ from: "/framed/t/$tenant" });
  const navigate = useNavigate();
  const [asTable, setAsTable] = useState(false);
  const span = search.span !== undefined && search.span in SPANS ? (search.span as Span) : "2 years";
  const asked = useAnswer("GET /api/v1/t/{tenant}/timeline", { params: { tenant }, query: queryOf(now, span) });
  const bins = asked.data?.bins ?? [];
  const [first, last] = [search.week, search.until ?? search.week].map((day) =>
    bins.findIndex((one) => one.day === day),
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
  const choose = (stretch: Stretch | null) =>
    set({
      week: stretch === null ? undefined : bins[stretch[0]]?.day,
      until: stretch === null || stretch[0] === stretch[1] ? undefined : bins[stretch[1]]?.day,
    });
  const isPast = (stretch: Stretch) => daysOf(bins, ...stretch).to < dayOf(Date.parse(now), zone);
  const list = (stretch: Stretch) => {
    const days = daysOf(bins, ...stretch);
    // what has ended signs in until no day at all
    const search: Record<string, string> = isPast(stretch)
      ? { next: "ended" }
      : { endsFrom: days.from, endsTo: days.to };
    // what came by consent is counted as well
    void navigate({ to: "/t/$tenant/applications", params: { tenant }, search: { ...search, type: "any" } });
  };
  return (
    <section className="card" aria-labelledby="ends">
      <div className="card-head">
        <h2 id="ends">What ends, {isByMonth(bins) ? "month by month" : "week by week"}</h2>
        <Toolbar
          size="small"
          aria-label="Time range"
          checkedValues={{ span: [span] }}
          onCheckedValueChange={(_, { checkedItems }) =>
            set({ span: checkedItems[0] ?? "2 years", week: undefined, until: undefined })
          }
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
              <>
                <DaysForm bins={timeline.bins} chosen={chosen} choose={choose} />
                <BinTable bins={timeline.bins} />
              </>
            ) : (
              <div className="gutter">
                <Totals timeline={timeline} overview={overview} />
                <Suspense fallback={<Loading rows={6} />}>
                  <TenantTimeline
                    timeline={timeline}
                    isOpen={!timeline.coverage.complete}
                    chosen={chosen}
                    onChoose={choose}
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
          <span>{stretchSentence(bins, ...chosen)}</span>
          <Button size="small" onClick={() => list(chosen)}>
            {isPast(chosen) ? "All applications that have ended" : "Applications whose last credential ends then"}
          </Button>
          <Button size="small" appearance="subtle" onClick={() => choose(null)}>
            Clear
          </Button>
        </p>
      )}
    </section>
  );
}

interface DaysProps {
  readonly bins: readonly Bin[];
  readonly chosen: Stretch | null;
  readonly choose: (stretch: Stretch) => void;
}

/** What drawing over weeks does, by two days. */
function DaysForm({ bins, chosen, choose }: DaysProps) {
  const days = chosen === null ? { from: "", to: "" } : daysOf(bins, ...chosen);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget);
    const [from, to] = [String(said.get("from")), String(said.get("to"))].map((day) => binOfDay(bins, day));
    if (from !== undefined && to !== undefined && bins.length > 0) choose(from <= to ? [from, to] : [to, from]);
  };
  return (
    <form key={`${days.from} ${days.to}`} className="filters" onSubmit={submit}>
      <Field label="From">
        <Input type="date" name="from" required defaultValue={days.from} />
      </Field>
      <Field label="Until">
        <Input type="date" name="to" required defaultValue={days.to} />
      </Field>
      <Button type="submit">Choose</Button>
    </form>
  );
}

function Totals({ timeline, overview }: { readonly timeline: Timeline; readonly overview: Overview }) {
  const { totals, coverage } = timeline;
  const { figures, next, tenant } = overview;
  const least = coverage.complete ? "" : "at least ";
  const endings = totals.endsLast + totals.endsCovered;
  const renewals = totals.renewed + totals.planned;
  return (
    <div className="gutter-names">
      <div>
        If nobody acts
        <br />
        <strong>
          {least}
          {grouped(endings)}
        </strong>{" "}
        {endings === 1 ? "ending" : "endings"}
      </div>
      {renewals + figures.running + next.length > 0 ? (
        <div>
          With Nolapse
          <br />
          <strong>{grouped(renewals)}</strong> {renewals === 1 ? "renewal" : "renewals"}
        </div>
      ) : (
        <div>
          Nolapse renews nothing yet.{" "}
          <Link className="link" to="/t/$tenant/rehearsals" params={{ tenant }}>
            See what it would do
          </Link>
        </div>
      )}
      <div className={totals.remains > 0 ? "ended" : undefined}>
        <strong>
          {least}
          {grouped(totals.remains)}
        </strong>{" "}
        {totals.remains === 1 ? "ending remains" : "endings remain"}
      </div>
    </div>
  );
}

function BinTable({ bins }: { readonly bins: readonly Bin[] }) {
  const unit = isByMonth(bins) ? "Month" : "Week";
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="virtual" tabIndex={0} aria-label={`${unit}s`}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{unit === "Week" ? "Week of" : unit}</th>
            {["The application stops", "Another one works", "Ended already", "Renewed", "Planned", "Remain"].map(
              (head) => (
                <th key={head} scope="col" className="number">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {bins.map((bin) => (
            <tr key={bin.day}>
              <th scope="row">{binName(bins, bin)}</th>
              {[bin.endsLast, bin.endsCovered, bin.ended, bin.renewed, bin.planned, bin.remains].map((count, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: six columns that never move
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
