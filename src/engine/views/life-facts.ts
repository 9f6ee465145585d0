/** What the life line of an application is drawn from: what the directory lists, what the books say was removed, what rotates. */
import { signsIn } from "../../core/credentials/certificate-remarks.ts";
import { endOf } from "../../core/credentials/credential.ts";
import { type Known, thumbprintOf } from "../../core/pictures/life-line.ts";
import { isCovered } from "../../core/pictures/outlook.ts";
import { hasMade } from "../../core/rotation/leftover.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { LedgerEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { retirements } from "../facts.ts";
import type { PlanItem } from "../plan/plan.ts";
import { datesOf } from "../scan/worked.ts";
import type { Portrait } from "./portrait.ts";

export interface LifeFacts {
  readonly known: readonly Known[];
  readonly rotations: readonly Rotation[];
  readonly ledger: readonly LedgerEntry[];
  readonly retirements: ReadonlyMap<string, EpochMs | null>;
}

export async function lifeFacts(deps: Deps, portrait: Portrait): Promise<LifeFacts> {
  const { store, settings } = deps;
  const { tenantId } = settings;
  const rotations = await store.rotations({ tenantId, appId: portrait.appId });
  const ledger = await store.ledger(tenantId, portrait.appId);
  const slots = await store.slots(tenantId, portrait.appId);
  const isCurrent = (keyId: string) =>
    slots.some((one) => one.keyId === keyId) ||
    portrait.items.some(({ slot, credential }) => slot !== null && credential?.keyId === keyId);
  const listed = portrait.holders.flatMap((holder) =>
    holder.credentials.map((one): Known => {
      const item = portrait.items.find(({ credential }) => credential?.keyId === one.keyId);
      return {
        keyId: one.keyId,
        kind: one.kind,
        name: one.name,
        hint: one.hint,
        thumbprint: thumbprintOf(one),
        start: one.start,
        end: endOf(one),
        removedAt: null,
        origin: originOf(ledger, one.keyId),
        current: isCurrent(one.keyId),
        signsIn: signsIn(holder, one),
        // of what nobody has bound nothing is renewed: it has an end, and no deadlines
        forecast: isBound(item) ? item.forecast : null,
        policy: isBound(item) ? item.policy : null,
        reason: item?.because ?? null,
        renewed: isCovered(portrait.outlook) && item?.slot != null,
      };
    }),
  );
  const there = new Set(listed.map(({ keyId }) => keyId));
  const gone = ledger.filter((one) => one.removedAt !== null && !there.has(one.keyId));
  return {
    known: [...listed, ...gone.map((one) => removed(one, rotations))],
    rotations,
    ledger,
    retirements: retirements(deps, rotations),
  };
}

function isBound(item: PlanItem | undefined): item is PlanItem {
  return item !== undefined && item.slot !== null;
}

function originOf(ledger: readonly LedgerEntry[], keyId: string): Known["origin"] {
  const found = ledger.find((one) => one.keyId === keyId);
  if (found === undefined) return "foreign";
  return found.origin === "adopted" ? "adopted" : "ours";
}

/** A credential that is gone: its dates are those its rotations knew. */
function removed(entry: LedgerEntry, rotations: readonly Rotation[]): Known {
  const made = rotations.find((one) => hasMade(one, entry.keyId));
  const took = rotations.find(({ replaces }) => replaces === entry.keyId);
  const { from, to } = datesOf(entry, made, took);
  return {
    keyId: entry.keyId,
    kind: took?.replacesKind ?? (made?.kind === "certificate" ? "certificate" : "secret"),
    name: took?.replacesName ?? null,
    hint: made?.issued?.hint ?? null,
    thumbprint: made?.issued?.certificate?.sha1 ?? null,
    start: from,
    end: to,
    removedAt: entry.removedAt,
    origin: entry.origin === "adopted" ? "adopted" : "ours",
    current: false,
    signsIn: true,
    forecast: null,
    policy: null,
    reason: took?.reason ?? null,
    renewed: false,
  };
}
