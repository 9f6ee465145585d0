/** One row of a life line, its close-up, and the row of successors, as drawings. */
import { LAST_SAFE } from "../text/catalogue.ts";
import { written } from "../text/dates.ts";
import {
  type Bar,
  closeUpRange,
  deadlineLabels,
  type LifeLine,
  type LifeRow,
  monthsOf,
  namedMonths,
  type RowDrawing,
  rowDrawing,
  successorDrawing,
  wholeRow,
} from "./life-line.ts";
import { successorsSentence } from "./life-sentence.ts";
import { type EndWords, endWords, heldAt } from "./life-words.ts";
import { DAY, placeOf, type Range } from "./scale.ts";

export const ROW = 46;
const BAR_Y = 15;
const BAR = 12;

export interface Drawn {
  readonly range: Range;
  readonly now: number;
  readonly width: number;
  readonly zone: string;
  /** Of the patterns. */
  readonly patterns: string;
}

interface GridProps extends Drawn {
  readonly height: number;
  /** Where the lines of months begin; that of today begins at the top. */
  readonly top?: number;
}

export function Grid({ range, now, width, height, top = 0 }: GridProps) {
  const today = placeOf(now, range, width);
  return (
    <>
      {monthsOf(range).map((at) => (
        <line
          key={at}
          x1={placeOf(at, range, width)}
          x2={placeOf(at, range, width)}
          y1={top}
          y2={height}
          className="nl-grid"
        />
      ))}
      {now < range.from || now > range.to ? null : (
        <line x1={today} x2={today} y1={0} y2={height} className="nl-today" />
      )}
    </>
  );
}

/** The months, and above them today: no label lies over another. */
export function Axis(drawn: Drawn) {
  const { range, now, width, zone } = drawn;
  const today = placeOf(now, range, width);
  return (
    <svg width={width} height={38} aria-hidden="true" focusable="false">
      {namedMonths(range, width).map(({ at, x }) => (
        <text key={at} x={x + 4} y={34}>
          {written(at, "UTC", "month")}
        </text>
      ))}
      {now < range.from || now > range.to ? null : (
        <g>
          <rect x={today - 22} y={3} width={44} height={17} rx={3} className="nl-today-label" />
          <text x={today} y={15.5} textAnchor="middle" className="nl-today-text">
            Today
          </text>
          <title>{written(now, zone)}</title>
        </g>
      )}
    </svg>
  );
}

export function RowChart({
  row,
  drawn,
  label,
}: {
  readonly row: LifeRow;
  readonly drawn: Drawn;
  readonly label: string;
}) {
  const { range, now, width } = drawn;
  const drawing = rowDrawing(row, range, now, width);
  return (
    <svg width={width} height={ROW} role="img" aria-label={label}>
      <Grid {...drawn} height={ROW} />
      <Bars bars={drawing.bars} patterns={drawn.patterns} y={BAR_Y} />
      <Ends row={row} drawing={drawing} drawn={drawn} />
      <RulerLine drawing={drawing} y={BAR_Y + BAR + 8} patterns={drawn.patterns} />
      {drawing.chain.map(({ proof, x }) => (
        <circle key={proof} cx={x} cy={BAR_Y + BAR + 8} r={2.5} className="nl-chain" />
      ))}
    </svg>
  );
}

function Bars({ bars, patterns, y }: { readonly bars: readonly Bar[]; readonly patterns: string; readonly y: number }) {
  return bars.map(({ x, width, look }) => (
    <rect
      key={`${x} ${look}`}
      x={x}
      y={y + 0.5}
      width={Math.max(width, 1)}
      height={BAR - 1}
      className={`nl-bar nl-bar-${look}`}
      {...(look.startsWith("overlap") ? { fill: `url(#${patterns}-${look})` } : {})}
    />
  ));
}

/** What stands at the ends of a bar: torn edge, arrow, caps, cross, lines after the end, and the words to them. */
function Ends({ row, drawing, drawn }: { readonly row: LifeRow; readonly drawing: RowDrawing; readonly drawn: Drawn }) {
  const { torn, caps, cross, strokes } = drawing;
  const { width } = drawn;
  const middle = BAR_Y + BAR / 2;
  return (
    <>
      {strokes.map(({ from, to, kind }) => (
        <g key={`${kind} ${from}`}>
          <line x1={from} x2={to} y1={middle} y2={middle} className={`nl-after-${kind}`} />
          {kind === "removed" ? <line x1={to} x2={to} y1={middle - 4} y2={middle + 4} className="nl-tick" /> : null}
        </g>
      ))}
      {torn.left ? <path d={`M0 ${BAR_Y}l4 3-4 3 4 3-4 3Z`} className="nl-torn" /> : null}
      {torn.right ? <path d={`M${width - 7} ${BAR_Y}l7 6-7 6Z`} className="nl-arrow" /> : null}
      {caps.map(({ x, kind }) => (
        <Cap key={kind} x={x} y={BAR_Y} kind={kind} />
      ))}
      {cross === null ? null : (
        <path d={`M${cross.x - 4} ${middle - 4}l8 8m0-8-8 8`} className={`nl-cross-${cross.kind}`} />
      )}
      <EndText words={endWords(row, drawing, drawn)} />
      <Held row={row} drawn={drawn} />
    </>
  );
}

/** Filled where something has happened; hollow, and so a little wider, where it is only planned. */
function Cap({ x, y, kind }: { readonly x: number; readonly y: number; readonly kind: "removed" | "goes" | "starts" }) {
  const width = kind === "goes" ? 4 : 2.5;
  return <rect x={x - width / 2} y={y - 3} width={width} height={BAR + 6} className={`nl-cap-${kind}`} />;
}

function EndText({ words }: { readonly words: EndWords | null }) {
  if (words === null) return null;
  const { text, x, above, anchor, isLapse } = words;
  return (
    <text
      x={x}
      y={above ? BAR_Y - 4 : BAR_Y + 10}
      textAnchor={anchor}
      className={isLapse ? "nl-lapse-words" : undefined}
    >
      {text}
    </text>
  );
}

/** A triangle where somebody must decide by, an octagon where it stops. */
function Held({ row, drawn }: { readonly row: LifeRow; readonly drawn: Drawn }) {
  const x = heldAt(row, drawn.now, drawn.range, drawn.width);
  if (x === null || row.held === null) return null;
  const y = BAR_Y + BAR / 2;
  const path = row.held.by === "approval" ? "m0 -8 8 14h-16Z" : "m-3 -7h6l4 4v6l-4 4h-6l-4 -4v-6Z";
  return (
    <path d={path} transform={`translate(${x} ${y})`} className={`nl-held-${row.held.by}`}>
      <title>{row.held.sentence}</title>
    </path>
  );
}

function RulerLine({
  drawing,
  y,
  patterns,
}: {
  readonly drawing: RowDrawing;
  readonly y: number;
  readonly patterns: string;
}) {
  const { ruler } = drawing;
  if (ruler === null) return null;
  const { renew, urgent, lastSafe, end, dueAtOnce } = ruler;
  return (
    <g>
      <line x1={renew} x2={urgent} y1={y} y2={y} className="nl-ruler" />
      <line x1={renew} x2={renew} y1={y - 3} y2={y + 3} className="nl-ruler" />
      <rect
        x={urgent}
        y={y - 1.5}
        width={Math.max(lastSafe - urgent, 0)}
        height={3}
        fill={`url(#${patterns}-urgent)`}
      />
      <rect x={lastSafe} y={y - 2.5} width={Math.max(end - lastSafe, 1)} height={5} className="nl-ruler-end" />
      {dueAtOnce ? (
        <text x={renew + 4} y={y + 12}>
          due at once
        </text>
      ) : null}
    </g>
  );
}

export function SuccessorChart({
  successors,
  drawn,
}: {
  readonly successors: LifeLine["successors"];
  readonly drawn: Drawn;
}) {
  const { range, width, zone } = drawn;
  const { bars, starts } = successorDrawing(successors, range, width);
  return (
    <svg width={width} height={ROW} role="img" aria-label={successorsSentence(successors, zone)}>
      <Grid {...drawn} height={ROW} />
      <Bars bars={bars} patterns={drawn.patterns} y={BAR_Y} />
      {starts.map(({ x, at }) => (
        <text key={at} x={Math.min(x, width - 46)} y={BAR_Y + BAR + 14}>
          {written(at, zone, "short")}
        </text>
      ))}
    </svg>
  );
}

const WORDS = { renew: "Renew", urgent: "Urgent", lastSafe: LAST_SAFE } as const;

/** The selected row on a scale of its own: from today over its deadlines to its end. */
export function CloseUp({
  row,
  next,
  drawn,
}: {
  readonly row: LifeRow;
  readonly next: LifeLine["successors"];
  readonly drawn: Drawn;
}) {
  const own = closeUpRange(row, drawn.now);
  if (own === null) return null;
  const gutter = 130;
  const inner: Drawn = { ...drawn, range: own, width: Math.max(drawn.width - gutter, 120) };
  const drawing = rowDrawing(wholeRow(row), own, drawn.now, inner.width);
  const successor = successorDrawing(next.slice(0, 1), own, inner.width);
  return (
    <svg width={drawn.width} height={148} aria-hidden="true" focusable="false">
      {["new, forecast", "current", "deadlines"].map((lane, index) => (
        <text key={lane} x={0} y={42 + index * 30}>
          {lane}
        </text>
      ))}
      <g transform={`translate(${gutter} 0)`}>
        <Weeks {...inner} />
        <Grid {...inner} height={116} top={20} />
        <Bars bars={successor.bars} patterns={drawn.patterns} y={32} />
        <Bars bars={drawing.bars} patterns={drawn.patterns} y={62} />
        {drawing.caps.map(({ x, kind }) => (
          <Cap key={kind} x={x} y={62} kind={kind} />
        ))}
        <RulerLine drawing={drawing} y={98} patterns={drawn.patterns} />
        {deadlineLabels(row, own, inner.width).map(({ name, at, x, line }) => (
          <text
            key={name}
            x={x > inner.width - 150 ? inner.width : x}
            y={116 + line * 13}
            textAnchor={x > inner.width - 150 ? "end" : "start"}
            className={`nl-deadline-${name}`}
          >
            {WORDS[name]} {written(at, drawn.zone, "short")}, {written(at, drawn.zone, "time").slice(0, 5)}
          </text>
        ))}
      </g>
    </svg>
  );
}

/** As far as the words of a date reach to both sides. */
const HALF_DATE = 20;

function Weeks({ range, now, width, zone }: Drawn) {
  const today = placeOf(now, range, width);
  const every = Math.max(7, Math.ceil((range.to - range.from) / DAY / Math.max(width / 80, 1) / 7) * 7);
  const marks: number[] = [];
  for (let at = Math.ceil(range.from / DAY) * DAY; at < range.to; at += every * DAY) marks.push(at);
  const places = marks.map((at) => ({ at, x: placeOf(at, range, width) }));
  // the line of today goes through none of them
  const shown = places.filter(({ x }) => Math.abs(x - today) > HALF_DATE && x + HALF_DATE < width);
  return shown.map(({ at, x }) => (
    <text key={at} x={x} y={14} textAnchor="middle">
      {written(at, zone, "short")}
    </text>
  ));
}
