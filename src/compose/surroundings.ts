/** Where a command runs: its folder, its clock, what it talks to. */
import { dirname } from "node:path";
import { createDirectoryClock } from "../adapters/directory-clock/clock.ts";
import { createMachineClock, processNow } from "../adapters/machine/clock.ts";
import { VERSION } from "../cli/version.ts";
import type { Environment, ResolvedConfig, TenantConfig } from "../config/load.ts";
import type { Clock } from "../ports/clock.ts";

/** Paths in the configuration are relative to it; without a file, to where the command was typed. */
export function folderOf({ path }: Pick<ResolvedConfig, "path">): string {
  return path === null ? process.cwd() : dirname(path);
}

/** Where the tenant's Graph and login authority are. */
export function reachOf({ tenantId, authority, graphEndpoint }: TenantConfig) {
  return { tenantId, authority, graphEndpoint, version: VERSION };
}

/** Domain time follows the directory whose URL is set; in every other case it is the machine's (design §5). */
export function composeClock(env: Environment): Clock {
  const url = (env.NOLAPSE_DIRECTORY_URL ?? "").replace(/\/+$/, "");
  if (url === "") return createMachineClock();
  return createDirectoryClock({ url, fetch: (input, init) => fetch(input, init), processNow });
}
