/** Drags the time of a life line with a mouse, a pen or a finger; what goes up and down is left to the page. */
import { type PointerEvent, useRef, useState } from "react";
import { DAY, type Range } from "./scale.ts";

export interface Pan {
  /** What is drawn while one drags. */
  readonly range: Range;
  readonly isPanning: boolean;
  /** Of the table. */
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerCancel: () => void;
  };
}

/** A pointer that goes less far than this has clicked, pixels. */
const SLOP = 4;

/** Where the time runs from left to right; the close-up has a time of its own. */
const CHARTS = "tr:not(.nl-close-up) > td, thead th + th";

/**
 * @param width of the charts, pixels
 * @param most so far it can be dragged at once to either side, milliseconds
 * @param settle takes so many days on; false where they lead nowhere else
 */
export function usePan(range: Range, width: number, most: number, settle: (days: number) => boolean): Pan {
  // what was dragged is of the range it began in: another one is another place
  const [drag, setDrag] = useState<{ readonly of: number; readonly by: number } | null>(null);
  const held = useRef<{ readonly id: number; readonly x: number; moves: boolean } | null>(null);
  const byOf = ({ clientX }: PointerEvent, x: number) => {
    const by = ((x - clientX) / width) * (range.to - range.from);
    return Math.min(Math.max(by, -most), most);
  };
  const by = drag?.of === range.from ? drag.by : 0;
  return {
    range: { from: range.from + by, to: range.to + by },
    isPanning: by !== 0,
    handlers: {
      onPointerDown: (event) => {
        const isChart = event.target instanceof Element && event.target.closest(CHARTS) !== null;
        if (event.button !== 0 || !isChart) return;
        held.current = { id: event.pointerId, x: event.clientX, moves: false };
      },
      onPointerMove: (event) => {
        const now = held.current;
        if (now?.id !== event.pointerId) return;
        if (!now.moves && Math.abs(event.clientX - now.x) < SLOP) return;
        if (!now.moves) event.currentTarget.setPointerCapture(event.pointerId);
        now.moves = true;
        setDrag({ of: range.from, by: byOf(event, now.x) });
      },
      onPointerUp: (event) => {
        const now = held.current;
        held.current = null;
        // it stays where it was dragged to until the other range is there
        if (now?.moves && !settle(Math.round(byOf(event, now.x) / DAY))) setDrag(null);
      },
      onPointerCancel: () => {
        held.current = null;
        setDrag(null);
      },
    },
  };
}
