import { NolapseError } from "../../core/errors.ts";
import type { Deps } from "../deps.ts";
import { stopped } from "../facts.ts";

/**
 * Whether what a person asks for may be begun. @throws NolapseError `refused-by-mode` in mode observe, `refused-by-stop`
 * while everything stands still: what is asked for then would be forgotten, and done all the same later.
 */
export async function requireWriting(deps: Deps): Promise<void> {
  const { name, mode, tenantId } = deps.settings;
  if (mode === "observe") {
    throw new NolapseError("refused-by-mode", `tenant ${name} is in mode observe: nothing is written`, {
      next: `set mode: propose or enforce for tenant ${name} in the configuration`,
    });
  }
  const why = await stopped(deps, tenantId);
  if (why === null) return;
  throw new NolapseError("refused-by-stop", why, { next: "nolapse resume, and remove the stop file or NOLAPSE_STOP" });
}
