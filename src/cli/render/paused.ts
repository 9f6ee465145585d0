/** The applications that persons hold as a whole, as commands that look at all of a tenant name them. */
import { command } from "../../core/commands.ts";
import { pausedDetail } from "../../core/rotation/application-pause.ts";
import type { ApplicationPause, NamedPause } from "../../core/rotation/words.ts";
import { iso } from "../speak.ts";

/** So many are named; the rest is a number. */
const SHOWN = 20;

/** For the documents of scan and run. */
export function pausedJson(paused: readonly ApplicationPause[]) {
  return paused.map(({ appId, by, at, reason }) => ({ appId, by, at: iso(at), reason }));
}

/** One line each: who, since when, why, and what ends it; `tenant`: as `tenantNamed` gives it. */
export function pausedLines(paused: readonly NamedPause[], tenant: string | undefined): string[] {
  const lines = paused
    .slice(0, SHOWN)
    .map(
      (one) =>
        `${one.displayName ?? one.appId}: the application is paused ${pausedDetail(one)}; ${command(tenant, `continue ${one.appId}`)}`,
    );
  return paused.length > SHOWN
    ? [...lines, `… and ${paused.length - SHOWN} more paused applications; --json lists all`]
    : lines;
}
