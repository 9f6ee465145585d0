/** What ends when, and does it hurt: endings above the axis, renewals below, what remains at the bottom. One tab stop. */
import { type KeyboardEvent, type PointerEvent, useId, useMemo, useRef, useState } from "react";
import { grouped, written } from "../text/dates.ts";
import { useWidth } from "./measured.ts";
import { binAt, type Column, isByMonth, type Timeline, type TimelineDrawing, timelineDrawing } from "./timeline.ts";
import { spoken } from "./timeline-words.ts";

const UP = 130;
const BAND = 18;
const DOWN = 100;
const LANE = 30;
const TOP = 22;
const AXIS = TOP + UP;
const LOWER = AXIS + BAND;
const HEIGHT = LOWER + DOWN + LANE;
const GUTTER = 36;

/** The first and the last of some bins, both of them included. */
export type Stretch = readonly [first: number, last: number];

export interface TenantTimelineProps {
  readonly timeline: Timeline;
  /** Not all was seen: there may be more of everything. */
  readonly isOpen: boolean;
  readonly chosen: Stretch | null;
  readonly onChoose: (stretch: Stretch | null) => void;
  readonly onOpen: (stretch: Stretch) => void;
}

/** Chooses a week by a click or arrows, and more of them by drawing over them or with Shift. */
export function TenantTimeline({ timeline, isOpen, chosen, onChoose, onOpen }: TenantTimelineProps) {
  const [ref, whole] = useWidth<HTMLDivElement>(900);
  const width = Math.max(whole - GUTTER, 100);
  const drawing = useMemo(() => timelineDrawing(timeline, { width, up: UP, down: DOWN }), [timeline, width]);
  const today = Math.max(0, binAt(drawing.today, timeline.bins.length, width));
  const [focused, setFocused] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const anchor = useRef<number | null>(null);
  const at = focused ?? chosen?.[1] ?? today;
  const unit = isByMonth(timeline.bins) ? "month" : "week";
  const binOf = (event: PointerEvent<HTMLDivElement>) =>
    binAt(event.clientX - event.currentTarget.getBoundingClientRect().left - GUTTER, timeline.bins.length, width);
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || timeline.bins.length === 0) return;
    anchor.current = binOf(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    onChoose(between(anchor.current, anchor.current));
  };
  const draw = (event: PointerEvent<HTMLDivElement>) => {
    setPointed(timeline.bins.length === 0 ? null : binOf(event));
    if (anchor.current === null || (event.buttons & 1) === 0) return;
    const stretch = between(anchor.current, binOf(event));
    if (stretch[0] !== chosen?.[0] || stretch[1] !== chosen[1]) onChoose(stretch);
  };
  const keys = (event: KeyboardEvent) => {
    const to = moved(event.key, at, today, timeline.bins.length - 1);
    if (event.key === "Enter") onOpen(chosen ?? [at, at]);
    else if (event.key === "Escape") {
      setFocused(null);
      anchor.current = null;
      onChoose(null);
    } else if (to === null) return;
    else {
      if (!event.shiftKey) anchor.current = to;
      else anchor.current ??= at;
      setFocused(to);
      onChoose(between(anchor.current ?? to, to));
    }
    event.preventDefault();
  };
  return (
    <div
      ref={ref}
      className="nl-timeline"
      role="slider"
      tabIndex={0}
      aria-label={`What ends, ${unit} by ${unit}. Shift and arrows choose more ${unit}s. Enter opens the list.`}
      aria-valuemin={0}
      aria-valuemax={Math.max(timeline.bins.length - 1, 0)}
      aria-valuenow={at}
      aria-valuetext={spoken(timeline.bins, at)}
      onKeyDown={keys}
      onPointerDown={press}
      onPointerMove={draw}
      onPointerLeave={() => setPointed(null)}
    >
      <svg width={whole} height={HEIGHT} aria-hidden="true" focusable="false">
        <g transform={`translate(${GUTTER} 0)`}>
          {chosen === null ? null : <Chosen first={drawing.columns[chosen[0]]} last={drawing.columns[chosen[1]]} />}
          <Grid drawing={drawing} width={width} />
          {drawing.columns.map((column) => (
            <Bars key={column.x} column={column} isOpen={isOpen} />
          ))}
          <Today x={drawing.today} width={width} isBroken={drawing.isOverMonth} />
          {isOpen ? <Unread width={width} /> : null}
        </g>
      </svg>
      {pointed === null ? null : (
        <span
          aria-hidden="true"
          className="nl-timeline-words"
          style={{ left: Math.max(0, Math.min(GUTTER + (drawing.columns[pointed]?.x ?? 0) + 24, whole - WORDS)) }}
        >
          {spoken(timeline.bins, pointed)}
        </span>
      )}
    </div>
  );
}

/** As wide as what stands beside the pointer. */
const WORDS = 260;

/** Where a key leads to, null where it leads nowhere. */
function moved(key: string, from: number, today: number, last: number): number | null {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -4, PageDown: 4 };
  if (key === "Home") return today;
  if (key === "End") return last;
  const step = steps[key];
  return step === undefined ? null : Math.min(Math.max(from + step, 0), last);
}

function between(one: number, other: number): Stretch {
  return one <= other ? [one, other] : [other, one];
}

function Chosen({ first, last }: { readonly first: Column | undefined; readonly last: Column | undefined }) {
  if (first === undefined || last === undefined) return null;
  const width = last.x + last.width - first.x + 2;
  return <rect x={first.x - 1} y={TOP} width={width} height={HEIGHT - TOP} className="nl-chosen" />;
}

function Bars({ column, isOpen }: { readonly column: Column; readonly isOpen: boolean }) {
  const { x, width, last, covered, renewed, planned, remains, remainsCount, peak } = column;
  const top = AXIS - last - covered;
  return (
    <g>
      {last > 0 ? <rect x={x} y={AXIS - last} width={width} height={last} className="nl-ends-last" /> : null}
      {covered > 0 ? (
        <rect x={x + 0.5} y={top + 0.5} width={Math.max(width - 1, 0.5)} height={covered} className="nl-ends-covered" />
      ) : null}
      {isOpen && last + covered > 0 ? (
        <line x1={x} x2={x + width} y1={top - 2} y2={top - 2} className="nl-open-end" />
      ) : null}
      {renewed > 0 ? <rect x={x} y={LOWER} width={width} height={renewed} className="nl-done" /> : null}
      {planned > 0 ? <rect x={x} y={LOWER + renewed} width={width} height={planned} className="nl-planned" /> : null}
      {peak === null ? null : (
        <text x={x + width / 2} y={top - 5} textAnchor="middle" className="nl-peak">
          {grouped(peak)}
        </text>
      )}
      {remains > 0 ? (
        <>
          <rect x={x + width / 2 - 3} y={LOWER + DOWN + 4} width={6} height={6} className="nl-remains" />
          {remainsCount === null ? null : (
            <text x={x + width / 2} y={LOWER + DOWN + 22} textAnchor="middle" className="nl-remains-count">
              {grouped(remainsCount)}
            </text>
          )}
        </>
      ) : null}
    </g>
  );
}

function Grid({ drawing, width }: { readonly drawing: TimelineDrawing; readonly width: number }) {
  return (
    <g>
      {drawing.ticks.map(({ count, up, down }) => (
        <g key={count}>
          {up > 0 ? <Tick y={AXIS - up} count={count} width={width} /> : null}
          {down > 0 ? <Tick y={LOWER + down} count={count} width={width} /> : null}
        </g>
      ))}
      <line x1={0} x2={width} y1={AXIS} y2={AXIS} className="nl-axis" />
      <line x1={0} x2={width} y1={LOWER} y2={LOWER} className="nl-axis" />
      {drawing.months.map(({ at, x }) => (
        <g key={at}>
          <line x1={x} x2={x} y1={AXIS} y2={LOWER} className="nl-axis" />
          <text x={x + 4} y={AXIS + 13}>
            {written(at, "UTC", "month")}
          </text>
        </g>
      ))}
    </g>
  );
}

function Tick({ y, count, width }: { readonly y: number; readonly count: number; readonly width: number }) {
  return (
    <>
      <line x1={0} x2={width} y1={y} y2={y} className="nl-grid" />
      <text x={-6} y={y + 4} textAnchor="end">
        {grouped(count)}
      </text>
    </>
  );
}

/** How many were not read nobody knows: what did not come was not counted. */
function Unread({ width }: { readonly width: number }) {
  const id = useId();
  return (
    <g className="nl-unread">
      <pattern id={id} width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="2" height="4" />
      </pattern>
      <rect x={width - 18} y={2} width={18} height={12} fill={`url(#${id})`} />
      <text x={width - 24} y={12.5} textAnchor="end">
        not all applications were read
      </text>
    </g>
  );
}

interface TodayProps {
  readonly x: number;
  readonly width: number;
  /** It leaves the band of the months out. */
  readonly isBroken: boolean;
}

function Today({ x, width, isBroken }: TodayProps) {
  const label = Math.min(Math.max(x - 22, 0), width - 44);
  return (
    <g>
      <line x1={x} x2={x} y1={16} y2={isBroken ? AXIS : HEIGHT} className="nl-today" />
      {isBroken ? <line x1={x} x2={x} y1={LOWER} y2={HEIGHT} className="nl-today" /> : null}
      <rect x={label} y={0} width={44} height={17} rx={3} className="nl-today-label" />
      <text x={label + 22} y={12.5} textAnchor="middle" className="nl-today-text">
        Today
      </text>
    </g>
  );
}
