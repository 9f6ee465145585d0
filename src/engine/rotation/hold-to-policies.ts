/** Rotations whose application another policy holds for since they were opened: by its entry, or by a pattern that only a scan can hold to it. */
import type { Holder } from "../../core/credentials/credential.ts";
import { policyFor } from "../../core/policy/policy-choice.ts";
import { bindingOf } from "../../core/policy/settings.ts";
import { asksLess, rulesFound } from "../../core/rotation/rules-now.ts";
import { SLICE } from "../../core/slices.ts";
import type { Deps } from "../deps.ts";
import { NOLAPSE } from "../trail/audit.ts";
import { turnEvery } from "../turns.ts";
import { tryStore } from "./amend.ts";

const OPEN = ["planned", "issued", "accepted", "delivered", "verified"] as const;

/** Stores what they have to take over, and decides them anew. One that is being worked on is left to the next scan. */
export async function holdToPolicies(deps: Deps, holders: readonly Holder[]): Promise<void> {
  const { store, settings } = deps;
  const open = await store.rotations({ tenantId: settings.tenantId, states: OPEN });
  const wanted = new Set(open.map(({ holder }) => holder.objectId));
  const turn = turnEvery(deps, SLICE);
  const seen = new Map<string, Holder>();
  for (const one of holders) {
    await turn();
    if (wanted.has(one.objectId)) seen.set(one.objectId, one);
  }
  for (const rotation of open) {
    await turn();
    const holder = seen.get(rotation.holder.objectId);
    const binding = holder && bindingOf(settings, holder.appId);
    if (holder === undefined || binding === undefined) continue;
    const now = policyFor(settings, holder);
    const { name, approval } = rotation.policy;
    // a pattern goes by what an owner can write: it leads to no policy by which he would be asked for less
    if (binding.policy === null && now.name !== name && asksLess(approval, now.approval)) continue;
    const rules = rulesFound(rotation, now);
    if (rules === null) continue;
    const at = await deps.clock.now();
    await tryStore(
      deps,
      rotation,
      [
        { type: "policy-found", at, rules },
        { type: "waited", at, dueAt: at },
      ],
      NOLAPSE,
    );
  }
}
