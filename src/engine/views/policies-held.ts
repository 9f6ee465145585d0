/** Which rules hold for whom, and which entries of the configuration are about nobody any more. */
import { isExcluded } from "../../core/policy/policy-choice.ts";
import type { Deps } from "../deps.ts";
import type { Picture } from "./picture.ts";

export interface Held {
  /** Registrations that it is for, and what else is bound; what is excluded is left out. */
  readonly applications: number;
  /** Those of them that Nolapse renews by it. */
  readonly managed: number;
}

/**
 * By the name of the policy. A service principal without a registration here has one, too, as every holder has; nothing is renewed by it
 * unless it is bound.
 */
export function heldByPolicy({ settings }: Pick<Deps, "settings">, picture: Picture): ReadonlyMap<string, Held> {
  const found = new Map<string, { applications: number; managed: number }>();
  for (const { type, bound, policy, holders } of picture.all) {
    const main = holders.find((one) => one.type === type);
    if ((type !== "application" && !bound) || (main !== undefined && isExcluded(settings, main))) continue;
    const held = found.get(policy) ?? { applications: 0, managed: 0 };
    held.applications += 1;
    if (bound) held.managed += 1;
    found.set(policy, held);
  }
  return found;
}

/** An entry whose application the last scan did not see. */
export interface GoneEntry {
  readonly appId: string;
  /** As its last rotation has it; null where it had none. */
  readonly displayName: string | null;
  readonly policy: string | null;
  readonly targets: readonly string[];
  /** Of the configuration file, from 1; null where it is in none. */
  readonly line: number | null;
}

/** So many applications the store is asked about at once. */
const AT_ONCE = 250;

/**
 * None where the scan has not seen all: then nothing follows from what is missing. Where several tenants share the entries, only those
 * whose application this tenant had by its own books: the others are another tenant's, and may be well alive there.
 */
export async function goneEntries(
  { settings, store }: Pick<Deps, "settings" | "store">,
  picture: Pick<Picture, "scan" | "find">,
): Promise<readonly GoneEntry[]> {
  if (!picture.scan.coverage.complete) return [];
  const { tenantId, sharesEntries = false } = settings;
  const missing = settings.bindings.filter(({ appId }) => picture.find(appId) === null);
  const gone: GoneEntry[] = [];
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    const some = missing.slice(from, from + AT_ONCE);
    const appIds = some.map(({ appId }) => appId);
    // the newest comes first, and is the one that stays
    const rotations = (await store.rotations({ tenantId, appIds })).toReversed();
    const names = new Map(rotations.map(({ holder, displayName }) => [holder.appId, displayName]));
    // a slot has its credential from a rotation, so there is none without one
    const ledger = sharesEntries ? await store.ledger(tenantId, appIds) : [];
    const ours = new Set([...names.keys(), ...ledger.map(({ holder }) => holder.appId)]);
    for (const { appId, policy, slots, place } of some) {
      if (sharesEntries && !ours.has(appId)) continue;
      const targets = [...new Set(slots.flatMap((one) => one.targets))];
      gone.push({ appId, displayName: names.get(appId) ?? null, policy, targets, line: place?.line ?? null });
    }
  }
  return gone;
}
