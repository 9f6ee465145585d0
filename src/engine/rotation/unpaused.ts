/** What a person asks for of an application that somebody holds: it is refused, and says how it goes on. */
import { NolapseError } from "../../core/errors.ts";
import { pausedDetail } from "../../core/rotation/application-pause.ts";
import type { ApplicationPause } from "../../core/rotation/words.ts";
import type { Deps } from "../deps.ts";

/** The pause of an application; null where nobody holds it. */
export async function pauseOf({ store, settings }: Deps, appId: string): Promise<ApplicationPause | null> {
  const { paused } = await store.switches(settings.tenantId);
  return paused.find((one) => one.appId === appId) ?? null;
}

/** @throws NolapseError `refused-by-rule` where the application is paused: whoever lets it go on knows why it was held. */
export async function requireUnpaused(deps: Deps, appId: string): Promise<void> {
  const held = await pauseOf(deps, appId);
  if (held === null) return;
  throw new NolapseError("refused-by-rule", `the application is paused ${pausedDetail(held)} [application-paused]`, {
    next: `nolapse continue ${appId}, then ask again`,
  });
}
