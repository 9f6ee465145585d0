/** The life line of an application in a row of a list: a year back, a year on, today in the middle. */
import { type Line, SMALL, smallBars, smallEnd } from "./small-bars.ts";

const LOOKS = {
  happened: "nl-bar nl-bar-happened",
  recorded: "nl-bar nl-bar-recorded",
  forecast: "nl-bar nl-bar-forecast",
};

/** The row says all of it in words beside it, so that nobody has to hear a drawing. */
export function SmallLine({ line, now }: { readonly line: Line; readonly now: string }) {
  const middle = SMALL.width / 2;
  const end = smallEnd(line, Date.parse(now));
  return (
    <svg width={SMALL.width} height={SMALL.height} className="nl-small" aria-hidden="true" focusable="false">
      <line x1={0} x2={SMALL.width} y1={7} y2={7} className="nl-small-ground" />
      {smallBars(line, Date.parse(now)).map(({ x, width, tense, both }) => (
        <rect
          key={`${x} ${tense}`}
          x={x}
          y={both ? 2.5 : 4.5}
          width={width}
          height={both ? 9 : 5}
          className={LOOKS[tense]}
        />
      ))}
      <line x1={middle} x2={middle} y1={0} y2={SMALL.height} className="nl-today" />
      {end === null ? null : <path d={`M${end - 3} 4l6 6m0-6-6 6`} className="nl-small-end" />}
    </svg>
  );
}
