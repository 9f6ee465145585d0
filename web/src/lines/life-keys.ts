/** A life line by keyboard: one tab stop, in which keys lead from row to row and from event to event. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type Cursor, moved, type Stop, settled, zoomed } from "./life-cursor.ts";

export interface LifeKeys {
  readonly cursor: Cursor;
  /** Of the table. */
  readonly ref: React.RefObject<HTMLTableElement | null>;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  /** Something in it was focused otherwise, by a pointer or by Tab. */
  readonly onCursor: (cursor: Cursor) => void;
}

export interface Zoom {
  readonly spans: readonly number[];
  readonly days: number;
  readonly usual: number;
  readonly set: (days: number) => void;
  /** Half of what is shown back or on. */
  readonly move: (steps: -1 | 1) => void;
  /** Back to today, and to the usual range. */
  readonly reset: () => void;
}

export function useLifeKeys(stops: readonly Stop[], open: (row: string) => void, zoom: Zoom): LifeKeys {
  const [kept, setKept] = useState<Cursor | null>(null);
  const ref = useRef<HTMLTableElement>(null);
  const byKey = useRef(false);
  const cursor = settled(kept, stops);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus follows the cursor, and nothing else
  useEffect(() => {
    if (!byKey.current) return;
    byKey.current = false;
    ref.current?.querySelector<HTMLElement>("[data-cursor]")?.focus();
  }, [cursor.row, cursor.event]);
  useWheel(ref, (key) => {
    const days = zoomed(key, zoom.spans, zoom.days, zoom.usual);
    if (days !== null) zoom.set(days);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const days = zoomed(event.key, zoom.spans, zoom.days, zoom.usual);
    const next = moved(cursor, event.key, stops);
    const page = PAGES[event.key];
    if (event.key === "Enter") open(cursor.row);
    else if (event.key === "0") zoom.reset();
    else if (page !== undefined) zoom.move(page);
    else if (days !== null) zoom.set(days);
    else if (next === null) return;
    else if (next.row !== cursor.row || next.event !== cursor.event) {
      byKey.current = true;
      setKept(next);
    }
    event.preventDefault();
  };
  return { cursor, ref, onKeyDown, onCursor: setKept };
}

const PAGES: Readonly<Record<string, -1 | 1 | undefined>> = { PageUp: -1, PageDown: 1 };

/** So far a wheel is turned for one step. */
const STEP = 50;

/** Ctrl and the wheel are the keys + and −: the page itself must not grow by it, which only a listener of one's own can say. */
function useWheel(ref: LifeKeys["ref"], press: (key: "+" | "-") => void): void {
  const now = useRef(press);
  useEffect(() => {
    now.current = press;
  });
  useEffect(() => {
    const table = ref.current;
    let turned = 0;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      turned += event.deltaY;
      if (Math.abs(turned) < STEP) return;
      now.current(turned < 0 ? "+" : "-");
      turned = 0;
    };
    table?.addEventListener("wheel", turn, { passive: false });
    return () => table?.removeEventListener("wheel", turn);
  }, [ref]);
}
