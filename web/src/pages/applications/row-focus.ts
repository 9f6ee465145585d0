/** One row of a long list has the focus and keeps it, also where it is scrolled out of sight or comes to lie elsewhere in the list. */
import { type FocusEvent, type RefObject, useLayoutEffect, useRef, useState } from "react";
import { type Held, type IdAt, rowOf } from "../../text/row-keys.ts";

/** Rows are counted from 0, and in `aria-rowindex` from 1, with the head as the first. */
export const BEFORE = 2;

/** Of what lies in a row, or is one; null for the head and outside. */
export function rowAt(target: EventTarget): number | null {
  const index = Number((target as Element).closest("[aria-rowindex]")?.getAttribute("aria-rowindex") ?? 0) - BEFORE;
  return index < 0 ? null : index;
}

/** Whether it is something of the row's with a click or a key of its own. */
export function isOwn(target: EventTarget): boolean {
  return (target as Element).closest("a, button, input, label") !== null;
}

/** Whether nothing is left that has the focus once a menu is gone: a click elsewhere has given it to something else already. */
export function isNowhere(focused: Element | null): boolean {
  return focused === null || focused === document.body || focused.closest("[role=menu]") !== null;
}

interface RowFocus {
  readonly grid: RefObject<HTMLDivElement | null>;
  /** The row that has or had the focus: it has to stay drawn. Null before any had. */
  readonly active: number | null;
  /** Gives it the focus as soon as it is drawn. */
  readonly focus: (row: number) => void;
  readonly heard: {
    readonly onFocus: (event: FocusEvent) => void;
    readonly onBlur: (event: FocusEvent) => void;
  };
}

/** The focus is an application's: where the list changes it goes with that, as nobody would be told that it is another one's. */
export function useRowFocus(count: number, idAt: IdAt): RowFocus {
  const grid = useRef<HTMLDivElement>(null);
  const [given, setGiven] = useState<Held | null>(null);
  const active = given === null || count === 0 ? null : rowOf(given, count, idAt);
  const give = (row: number) => setGiven({ row, id: idAt(row) });
  if (active !== null && (active !== given?.row || idAt(active) !== given.id)) give(active);
  const isDue = useRef(false);
  const isWithin = useRef(false);
  useLayoutEffect(() => {
    // what is taken out of the document is not told that it has lost the focus
    const isLost = isWithin.current && document.activeElement === document.body;
    if (active === null || !(isDue.current || isLost)) return;
    const row = grid.current?.querySelector<HTMLElement>(`[aria-rowindex="${active + BEFORE}"]`);
    if (row == null) return;
    isDue.current = false;
    row.focus({ preventScroll: true });
  });
  return {
    grid,
    active,
    focus: (row) => {
      isDue.current = true;
      give(row);
    },
    heard: {
      onFocus: ({ target }) => {
        isWithin.current = true;
        const row = rowAt(target);
        if (row !== null) give(row);
      },
      onBlur: () => {
        isWithin.current = false;
      },
    },
  };
}
