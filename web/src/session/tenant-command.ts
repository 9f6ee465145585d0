/** What a page shows, on the command line. */
import { nolapse } from "../text/shell.ts";
import { useSession } from "./session.tsx";
import { useTenant } from "./tenant.tsx";

/** A command about the tenant of the page, which is named where there are several. The server's own sentences name it already. */
export function useTenantCommand(words: readonly string[]): string {
  const { me } = useSession();
  const { name } = useTenant();
  return nolapse(words, me.tenants.length > 1 ? name : null);
}
