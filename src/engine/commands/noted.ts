/** What a person asked for as a line of the audit trail, and the switches that are turned with one. */

import type { TrailAction } from "../../core/audit/actions.ts";
import type { EpochMs } from "../../core/time.ts";
import type { AuditEntry, Switch, Switches } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";

/** Switches one of the tenant's switches, noted in the trail. */
export async function turnSwitch<K extends Switch>(
  deps: Deps,
  which: K,
  value: Switches[K],
  actor: string,
  action: TrailAction,
  at: EpochMs,
): Promise<void> {
  await deps.store.turn(deps.settings.tenantId, which, value, askedLine(deps, actor, action, at, {}, {}));
}

/** A line of the trail about what a person asked for. */
export function askedLine(
  deps: Deps,
  actor: string,
  action: TrailAction,
  at: EpochMs,
  about: { readonly rotation?: string; readonly appId?: string; readonly keyId?: string },
  details: AuditEntry["details"],
): AuditEntry {
  return {
    tenantId: deps.settings.tenantId,
    at,
    actor,
    action,
    rotation: about.rotation ?? null,
    appId: about.appId ?? null,
    keyId: about.keyId ?? null,
    reason: null,
    details,
  };
}
