/** Whether the page is being printed: then what is otherwise made as one scrolls has to be there. */
import { useSyncExternalStore } from "react";

const PRINT = "print";

export function usePrinting(): boolean {
  return useSyncExternalStore(follow, () => window.matchMedia(PRINT).matches);
}

function follow(changed: () => void): () => void {
  const query = window.matchMedia(PRINT);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}
