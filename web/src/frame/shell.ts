/** What a page shows, on the command line. */
import { nolapse } from "../text/shell.ts";
import { useSession } from "./session.tsx";
import { useTenant } from "./tenant.tsx";

/** What `nolapse explain` of an application is here: its tenant is named where there are several. */
export function useExplain(appId: string): string {
  const { me } = useSession();
  const { name } = useTenant();
  return nolapse(["explain", appId], me.tenants.length > 1 ? name : null);
}
