/** How many applications no longer sign in by each day: two steps that climb, without Nolapse and with it. Its table says the same. */
import { grouped, written } from "../text/dates.ts";
import { useWidth } from "./measured.ts";
import { momentOf, placeOf, type Range, rounded } from "./scale.ts";

const HEIGHT = 190;
const TOP = 16;
const BOTTOM = 26;
const GUTTER = 40;

export interface Step {
  readonly at: string;
  readonly count: number;
}

export interface StoppedProps {
  readonly from: string;
  readonly until: string;
  /** How far it is drawn; to the end where not given. */
  readonly now?: string;
  /** How many have stopped from an instant on, in their order. */
  readonly without: readonly Step[];
  readonly withIt: readonly Step[];
  readonly zone: string;
}

export function StoppedChart({ from, until, now = until, without, withIt, zone }: StoppedProps) {
  const [ref, whole] = useWidth<HTMLDivElement>(700);
  const width = Math.max(whole - GUTTER, 100);
  const range: Range = { from: momentOf(from), to: momentOf(until) };
  const [stopped, left] = [without.at(-1)?.count ?? 0, withIt.at(-1)?.count ?? 0];
  const most = Math.max(1, stopped, left);
  const end = rounded(placeOf(momentOf(now), range, width));
  const high = (count: number) => rounded(HEIGHT - BOTTOM - (count / most) * (HEIGHT - BOTTOM - TOP));
  const steps = (all: readonly Step[]) => {
    const climbs = all.map(({ at, count }) => `H${rounded(placeOf(momentOf(at), range, width))} V${high(count)}`);
    return [`M0 ${high(0)}`, ...climbs, `H${end}`].join(" ");
  };
  const climb = steps(without);
  return (
    <div ref={ref} className="nl-stopped">
      <svg width={whole} height={HEIGHT} aria-hidden="true" focusable="false">
        <g transform={`translate(${GUTTER} 0)`}>
          {[0, most].map((count) => (
            <g key={count}>
              <line className="nl-grid" x1={0} x2={width} y1={high(count)} y2={high(count)} />
              <text x={-8} y={high(count) + 4} textAnchor="end">
                {grouped(count)}
              </text>
            </g>
          ))}
          <path className="nl-stopped-area" d={`${climb} V${high(0)} Z`} />
          <path className="nl-stopped-without" d={climb} />
          <path className="nl-stopped-with" d={steps(withIt)} />
          {monthsOf(range, width).map((at) => (
            <text key={at} x={rounded(placeOf(at, range, width))} y={HEIGHT - 6} textAnchor="middle">
              {written(at, zone, "month")}
            </text>
          ))}
        </g>
      </svg>
      <p className="nl-stopped-key">
        <span className="nl-key">
          <i className="nl-key-without" /> without Nolapse: {grouped(stopped)}
        </span>{" "}
        <span className="nl-key">
          <i className="nl-key-with" /> with it: {grouped(left)}
        </span>
      </p>
    </div>
  );
}

/** The first days of months, so many that their names do not meet. */
function monthsOf({ from, to }: Range, width: number): number[] {
  const months = (to - from) / 2_629_800_000;
  const apart = Math.max(1, Math.ceil((months * 80) / width));
  const start = new Date(from);
  const all: number[] = [];
  for (let month = 1; ; month += apart) {
    const at = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month, 1);
    if (at >= to) return all;
    if (((at - from) / (to - from)) * width > 30) all.push(at);
  }
}
