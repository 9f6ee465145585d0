/** Gathers what the decision looks at. It only reads; a failed read is an error, never an empty fact. */
import { scanTooLossy } from "../core/blast-radius.ts";
import { retirement } from "../core/checks.ts";
import { forecast } from "../core/forecast.ts";
import type { Rotation } from "../core/rotation.ts";
import type { TargetSettings } from "../core/settings.ts";
import type { EpochMs } from "../core/time.ts";
import type { Facts } from "../core/verdict.ts";
import type { Deps } from "./deps.ts";

/** The facts about one rotation at `now`. */
export async function gatherFacts(deps: Deps, rotation: Rotation, now: EpochMs): Promise<Facts> {
  const { settings, store } = deps;
  const switches = await store.switches(rotation.tenantId);
  const scan = await store.lastScan(rotation.tenantId);
  const tally = await store.tally(rotation.tenantId, now);
  const targets = targetSettings(deps, rotation);
  const { replaces, replacesEnd, policy } = rotation;
  const credential = { keyId: replaces, start: null, end: replacesEnd };
  return {
    mode: settings.mode,
    stopped: switches.stopped !== null || (await deps.brake.pulled()) !== null,
    removalOff: switches.removalOff !== null,
    breakerOpen: switches.breaker !== null,
    scanSound: scan?.complete === true && !scanTooLossy(scan.lost),
    acceptance: settings.acceptance,
    limits: settings.limits,
    timeZone: settings.timeZone,
    targets,
    forecast: forecast(credential, policy, known(targets), now),
    tally,
    earlyDue: await earlyDue(deps, rotation, now),
  };
}

/** Why everything must stand still in this tenant, or null: the outside brake, or somebody's `nolapse stop`. */
export async function stopped(deps: Deps, tenantId: string): Promise<string | null> {
  const brake = await deps.brake.pulled();
  if (brake !== null) return brake;
  const { stopped } = await deps.store.switches(tenantId);
  return stopped === null ? null : `nolapse was told to stop by ${stopped.by}`;
}

/** The settings of a rotation's targets, null where the configuration no longer binds one to this slot. */
export function targetSettings(deps: Deps, rotation: Rotation): readonly (TargetSettings | null)[] {
  const binding = deps.settings.bindings.find((one) => one.appId === rotation.holder.appId);
  const slot = binding?.slots.find((one) => one.slot === rotation.slot);
  return rotation.deliveries.map(({ target }) =>
    slot?.targets.includes(target) === true ? (deps.settings.targets[target] ?? null) : null,
  );
}

/** How many early retirements are due: only asked where it matters, for a verified rotation under limits. */
async function earlyDue(deps: Deps, rotation: Rotation, now: EpochMs): Promise<number> {
  if (rotation.state !== "verified" || deps.settings.limits === null) return 0;
  const waiting = await deps.store.rotations({ tenantId: rotation.tenantId, states: ["verified"] });
  return waiting.filter((one) => {
    const { at, early } = retirement(one, known(targetSettings(deps, one)));
    return early && at !== null && at <= now && one.removedAt === null;
  }).length;
}

function known(targets: readonly (TargetSettings | null)[]): TargetSettings[] {
  return targets.filter((one) => one !== null);
}
