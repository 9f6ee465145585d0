/** What is chosen of a list: some, one by one, or all that match but some, however many of them were seen. */
import { useCallback, useState } from "react";

/** One by one at most, as the server takes them. */
export const MOST_IDS = 200;
/** At once at most, for what changes something. */
export const MOST_AT_ONCE = 500;

export interface Selection {
  /** Whether `ids` are those that are left out, and everything else is chosen. */
  readonly all: boolean;
  /** Object ids. */
  readonly ids: readonly string[];
}

export const NOTHING: Selection = { all: false, ids: [] };

export function isChosen({ all, ids }: Selection, id: string): boolean {
  return ids.includes(id) !== all;
}

export function countOf({ all, ids }: Selection, total: number): number {
  return all ? Math.max(0, total - ids.length) : ids.length;
}

/** One more or one less; as it was where that would be one too many. */
export function toggled(selection: Selection, id: string): Selection {
  const { all, ids } = selection;
  if (ids.includes(id)) return { all, ids: ids.filter((one) => one !== id) };
  return ids.length >= MOST_IDS ? selection : { all, ids: [...ids, id] };
}

/** All, or none where all are chosen already. */
export function allToggled(selection: Selection, total: number): Selection {
  return countOf(selection, total) === total ? NOTHING : { all: true, ids: [] };
}

/** Kept until the list is another one, which `list` names. */
export function useSelection(list: string): readonly [Selection, (selection: Selection) => void] {
  const [kept, keep] = useState({ list, selection: NOTHING });
  const selection = kept.list === list ? kept.selection : NOTHING;
  const choose = useCallback((next: Selection) => keep({ list, selection: next }), [list]);
  return [selection, choose];
}
