/** What is copied of a page where that is one time: its instant, which means the same to everybody. */

type Chosen = Pick<Selection, "isCollapsed" | "rangeCount" | "getRangeAt" | "toString">;

/** ISO 8601 UTC, of the time that is chosen whole or in part, else of the one that has the focus; null for anything else. */
export function copiedTime(chosen: Chosen | null, focused: Element | null): string | null {
  if (chosen === null || chosen.isCollapsed || chosen.rangeCount === 0) return instantOf(focused);
  const range = chosen.getRangeAt(0);
  const within = range.commonAncestorContainer;
  const around = within instanceof Element ? within : within.parentElement;
  const one = around?.closest("time") ?? null;
  if (one !== null) return instantOf(one);
  // a double click takes the edges of what is beside it as well
  const text = chosen.toString().trim();
  const whole = [...(around?.querySelectorAll("time") ?? [])].filter(
    (time) => range.intersectsNode(time) && time.textContent.trim() === text,
  );
  return whole.length === 1 ? instantOf(whole[0] ?? null) : null;
}

function instantOf(element: Element | null): string | null {
  return element instanceof HTMLTimeElement && element.dateTime !== "" ? element.dateTime : null;
}
