/** What lies over a page and has an address of its own below it: Back closes it, and the page under it stays as it is. */
import { useLocation, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** It was opened from its page, which is one step back. */
    over?: boolean;
  }
}

/** The page's own path, whatever lies over it. */
export function pagePath(path: string): string {
  return path.replace(/\/(credentials\/[^/]+|explain)$/, "");
}

export interface Place {
  readonly tenant: string;
  readonly id: string;
}

/** Closes what lies over an application: back where one came from there, else to the application. */
export function useLeave({ tenant, id }: Place): () => void {
  const router = useRouter();
  const navigate = useNavigate();
  const { state } = useLocation();
  return () => {
    if (state.over === true) router.history.back();
    else {
      const search = (now: Record<string, string | undefined>) => now;
      void navigate({
        to: "/t/$tenant/applications/$id",
        params: { tenant, id },
        search,
        replace: true,
        resetScroll: false,
      });
    }
  };
}

/** The focus goes back to where it was once this is closed; where it was opened by its address, to what would open it. */
export function useFocusBack(opener: string): void {
  const before = useRef<Element | null>(null);
  // before the drawer takes the focus
  before.current ??= document.activeElement;
  useEffect(
    () => () => {
      const former = before.current;
      const isThere = former instanceof HTMLElement && former.isConnected && former !== document.body;
      const main = document.getElementById("main");
      const wanted = isThere && former !== main ? former : (document.querySelector<HTMLElement>(opener) ?? main);
      // the drawer's own end comes first, or it would take the focus away again
      window.setTimeout(() => wanted?.focus({ preventScroll: true }), 0);
    },
    [opener],
  );
}
