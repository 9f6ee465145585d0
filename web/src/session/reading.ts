/** How much of the tenant a scan that is under way has read, as the stream of events tells it; null where none is, or nothing was heard of it. */
import { useSyncExternalStore } from "react";
import type { Read } from "../text/stamp.ts";

let read: Read | null = null;
const listeners = new Set<() => void>();

export function nowRead(next: Read | null): void {
  if (next === read) return;
  read = next;
  for (const heard of listeners) heard();
}

export function useRead(): Read | null {
  return useSyncExternalStore(listen, () => read);
}

function listen(heard: () => void): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}
