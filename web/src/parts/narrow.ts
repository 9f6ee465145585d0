/** How narrow the page is: where the style sheets put columns below each other, or leave some out, some parts must know it, too. */
import { useCallback, useSyncExternalStore } from "react";

/** As narrow as a phone. */
export function useNarrow(): boolean {
  return useMatches("(max-width: 639px)");
}

/** Too narrow for all columns of a list. */
export function useMiddle(): boolean {
  return useMatches("(max-width: 1199px)");
}

function useMatches(text: string): boolean {
  const follow = useCallback(
    (changed: () => void) => {
      const query = window.matchMedia(text);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    [text],
  );
  return useSyncExternalStore(follow, () => window.matchMedia(text).matches);
}
