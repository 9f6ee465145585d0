/** What the scan and the store know of a tenant, by client id, as a plan asks for it. */
import type { Holder } from "../../core/credentials/credential.ts";
import type { Privileges } from "../../core/policy/privilege.ts";
import type { Binding } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { groupedBy } from "../../core/slices.ts";
import type { LedgerEntry, SlotRecord } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { inTurns } from "../turns.ts";
import type { Scan } from "./discover.ts";

/** What the store knows of the whole tenant, by client id: read once, not once for each binding. */
export interface Standing {
  readonly holders: ReadonlyMap<string, readonly Holder[]>;
  readonly records: ReadonlyMap<string, readonly SlotRecord[]>;
  readonly open: ReadonlyMap<string, readonly Rotation[]>;
  /** Key ids that wait for their end, or for their removal: their successors are verified. */
  readonly replaced: ReadonlySet<string>;
  readonly privileges: Privileges;
}

/** A rotation in one of these states is under way; a verified one only waits to retire. */
const UNDER_WAY = ["planned", "issued", "accepted", "delivered", "halted"] as const;

export async function readStanding(deps: Deps, scan: Scan, only: string | null): Promise<Standing> {
  const { store, settings } = deps;
  const { tenantId } = settings;
  const open = { tenantId, states: UNDER_WAY, ...(only === null ? {} : { appId: only }) };
  return {
    holders: await inTurns(
      deps,
      groupedBy(scan.holders, (one) => one.appId),
    ),
    records: await inTurns(
      deps,
      groupedBy(await store.slots(tenantId, only), (one) => one.appId),
    ),
    open: await inTurns(
      deps,
      groupedBy(
        (await store.rotations(open)).filter(({ leftover }) => leftover !== true),
        (one) => one.holder.appId,
      ),
    ),
    replaced: new Set(await store.replaced(tenantId, only)),
    privileges: scan.privileges,
  };
}

export type Ledger = ReadonlyMap<string, readonly LedgerEntry[]>;

/** By client id: it tells spare credentials from current ones, which a record that is there has done already. */
export async function ledgerOf(deps: Deps, bindings: readonly Binding[], standing: Standing): Promise<Ledger> {
  const isRecorded = ({ appId, slots }: Binding) => {
    const held = new Set(
      standing.holders.get(appId)?.flatMap((one) => one.credentials.map(({ keyId }) => keyId.toLowerCase())),
    );
    const records = standing.records.get(appId) ?? [];
    return slots.every(({ slot }) => records.some((one) => one.slot === slot && held.has(one.keyId.toLowerCase())));
  };
  const appIds = bindings.flatMap((one) => (isRecorded(one) ? [] : [one.appId]));
  if (appIds.length === 0) return new Map();
  const entries = await deps.store.ledger(deps.settings.tenantId, appIds);
  return inTurns(
    deps,
    groupedBy(entries, (one) => one.holder.appId),
  );
}
