/** How much the plan begins on each day; a day's count is said at its bar, and all of them in place of the drawing. */
import { written } from "../text/dates.ts";
import { type Load, loadBars, loadSentence } from "./load-bars.ts";
import { useWidth } from "./measured.ts";

const HEIGHT = 48;
const TOP = 14;

export function LoadChart({ load }: { readonly load: Load }) {
  const [ref, width] = useWidth<HTMLDivElement>(600);
  const most = Math.max(...load.map(({ issues }) => issues));
  return (
    <div ref={ref} className="nl-load">
      <svg width={width} height={TOP + HEIGHT + 16} role="img" aria-label={loadSentence(load)}>
        {loadBars(load, width, HEIGHT).map(({ day, x, width: wide, height, urgent, count }, index) => (
          <g key={day}>
            <title>{`${count} on ${written(Date.parse(day), "UTC")}`}</title>
            <rect x={x} y={TOP + HEIGHT - height} width={wide} height={height} className="nl-bar nl-bar-forecast" />
            {urgent > 0 ? (
              <rect x={x} y={TOP + HEIGHT - urgent} width={wide} height={urgent} className="nl-load-urgent" />
            ) : null}
            {count === most ? (
              <text x={x} y={TOP + HEIGHT - height - 3}>
                {count}
              </text>
            ) : null}
            {index === 0 || index === load.length - 1 ? (
              <text x={index === 0 ? x : Math.min(x, width - 50)} y={TOP + HEIGHT + 12}>
                {index > 0 && x < 60 ? "" : written(Date.parse(day), "UTC", "short")}
              </text>
            ) : null}
          </g>
        ))}
        <line x1={0} x2={width} y1={TOP + HEIGHT} y2={TOP + HEIGHT} className="nl-axis" />
      </svg>
    </div>
  );
}
