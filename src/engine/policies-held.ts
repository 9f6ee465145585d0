/** Which rules hold for whom, and which entries of the configuration are about nobody any more. */
import { isExcluded } from "../core/policy/policy-choice.ts";
import type { Deps } from "./deps.ts";
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
}

/** None where the scan has not seen all: then nothing follows from what is missing. */
export async function goneEntries({ settings, store }: Deps, picture: Picture): Promise<readonly GoneEntry[]> {
  if (!picture.scan.coverage.complete) return [];
  const gone: GoneEntry[] = [];
  for (const { appId, policy, slots } of settings.bindings) {
    if (picture.find(appId) !== null) continue;
    const [newest] = await store.rotations({ tenantId: settings.tenantId, appId });
    gone.push({
      appId,
      displayName: newest?.displayName ?? null,
      policy,
      targets: [...new Set(slots.flatMap((one) => one.targets))],
    });
  }
  return gone;
}
