/** What an address says beside its place; pages that are of one tenant or of all read it alike. */
import { useNavigate, useSearch } from "@tanstack/react-router";

/** Search parameters are text, whatever they look like. */
export type Search = Readonly<Record<string, string | undefined>>;

/** What the page's address says, and how it comes to say something else instead. */
export function useAddress(): readonly [Search, (search: Search) => void] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const show = (search: Search) => void navigate({ to: ".", search, replace: true, resetScroll: false });
  return [search, show];
}
