/** Whether the page is as narrow as a phone: there the style sheets put columns below each other, too. */
import { useSyncExternalStore } from "react";

const NARROW = "(max-width: 639px)";

export function useNarrow(): boolean {
  return useSyncExternalStore(follow, () => window.matchMedia(NARROW).matches);
}

function follow(changed: () => void): () => void {
  const query = window.matchMedia(NARROW);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}
