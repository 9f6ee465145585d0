/**
 * Credentials that carry our instance in their marker although this store knows nothing of the attempt. That means the
 * store is older than the directory (a restored backup), or somebody copied a name: removal goes off by itself until
 * `nolapse recover` has compared the two (design §4.5). Markers of another instance are foreign and mean nothing here.
 */
import type { Holder } from "../../core/credentials/credential.ts";
import { INSTANCE_LENGTH, parseMarkedName } from "../../core/credentials/marker.ts";
import { each, type Slices } from "../../core/slices.ts";
import type { Deps } from "../deps.ts";
import { NOLAPSE } from "../trail/audit.ts";
import { inTurns } from "../turns.ts";

/** Attempt ids marked as ours that the store does not know; switches removal off when there are any. */
export async function noteUnknownMarks(deps: Deps, holders: readonly Holder[]): Promise<readonly string[]> {
  const { store, settings } = deps;
  const instance = await store.instance(deps.random.base32(INSTANCE_LENGTH));
  const ours = await inTurns(deps, markedBy(instance, holders));
  if (ours.length === 0) return [];
  const known = await store.knownAttempts(settings.tenantId, ours);
  const unknown = ours.filter((attempt) => !known.has(attempt));
  if (unknown.length === 0) return [];
  const { removalOff } = await store.switches(settings.tenantId);
  if (removalOff === null) {
    const at = await deps.clock.now();
    const why = `the directory holds ${unknown.length} credential(s) marked as ours that this store does not know`;
    await store.turn(
      settings.tenantId,
      "removalOff",
      { at, why },
      {
        tenantId: settings.tenantId,
        at,
        actor: NOLAPSE,
        action: "removal-off",
        rotation: null,
        appId: null,
        keyId: null,
        reason: "removal-off",
        details: { attempts: unknown.join(" ") },
      },
    );
  }
  return unknown;
}

/** The attempts whose markers name an instance. */
function* markedBy(instance: string, holders: readonly Holder[]): Slices<readonly string[]> {
  const attempts: string[] = [];
  yield* each(holders, ({ credentials }) => {
    for (const { name } of credentials) {
      const { marker } = parseMarkedName(name ?? "");
      if (marker?.instance === instance) attempts.push(marker.attempt);
    }
  });
  return attempts;
}
