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

const OVER = "[role=dialog], [role=alertdialog]";

/** Where the focus was on the page itself when something was last opened over it. */
let onPage: Element | null = null;

/**
 * The focus goes back to where it was once this is closed: to the button, or to that of the menu it was chosen in. Where it was opened by its
 * address, to what would open it, which `opener` finds; where that is gone, to the page. What opens in its place keeps the focus.
 */
export function useFocusBack(opener?: string): void {
  const before = useRef<Element | null>(null);
  // before it takes the focus
  before.current ??= openerOf(document.activeElement);
  useEffect(
    () => () => {
      const former = before.current;
      // its own end comes first, or it would take the focus away again
      window.setTimeout(() => {
        const main = document.getElementById("main");
        const other = opener === undefined ? null : document.querySelector(opener);
        const wanted = [former, onPage, other].find((one) => one?.isConnected && one !== document.body && one !== main);
        const isCovered = document.querySelector(OVER) !== null && wanted?.closest(OVER) == null;
        if (!isCovered) ((wanted ?? main) as HTMLElement | null)?.focus({ preventScroll: true });
      }, 0);
    },
    [opener],
  );
}

/**
 * Gives the focus to what lies on top once the dialog of this class is gone: it stays hidden from who listens as long as nothing in it has
 * the focus. What was pressed may be disabled meanwhile.
 */
export function focusBelow(closed: string): void {
  window.setTimeout(() => {
    const top = [...document.querySelectorAll(OVER)].findLast((one) => !one.classList.contains(closed));
    const first = top?.querySelector<HTMLElement>("input:enabled, textarea:enabled, button:enabled");
    (first ?? document.getElementById("main"))?.focus({ preventScroll: true });
  }, 0);
}

/** A menu closes when something is chosen of it, and the button that opens it stays. */
function openerOf(active: Element | null): Element | null {
  const menu = active?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  const found = menu == null ? active : (document.getElementById(menu) ?? active);
  if (found?.closest(OVER) == null) onPage = found;
  return found;
}
