/**
 * Seals the audit trail in the background (design §4.3, invariant 10): whoever writes an entry needs no lock, and the tail
 * that no hash covers yet is seconds old.
 */
import { type EntryLine, GENESIS, hashed, signed } from "../../core/audit/audit-chain.ts";
import { formatInstant, SECOND } from "../../core/time.ts";
import type { Checkpoint, Link, NumberedEntry } from "../../ports/trail.ts";
import type { Deps } from "../deps.ts";

/** How often in process time. */
export const SEAL_EVERY: number = 5 * SECOND;
/** Entries sealed in one transaction. */
const BATCH = 500;

type Sealing = Pick<Deps, "settings" | "store" | "notary">;

/** Seals every entry of the tenant that is not yet; the number of them. Nothing where no key to sign with is configured. */
export async function sealTrail({ settings, store, notary }: Sealing): Promise<number> {
  if (notary === undefined) return 0;
  const { tenantId } = settings;
  for (let sealed = 0; ; ) {
    const { head, entries } = await store.unsealed(tenantId, BATCH);
    const last = entries.at(-1);
    if (last === undefined) return sealed;
    const links: Link[] = [];
    let end = { position: head?.position ?? 0, hash: head?.hash ?? GENESIS };
    for (const entry of entries) {
      const position = end.position + 1;
      const hash = notary.digest(hashed(entryLine(entry, position, end.hash)));
      links.push({ position, sequence: entry.sequence, hash });
      end = { position, hash };
    }
    // the entry's own instant: the trail can be sealed while no clock can be asked
    const at = formatInstant(last.at);
    const signature = notary.sign(signed({ kind: "checkpoint", tenant: tenantId, ...end, at }));
    const checkpoint: Checkpoint = { ...end, at: last.at, signature };
    // another process seals the same trail: what it has not sealed, its next round or ours will
    if (!(await store.seal(tenantId, links, checkpoint))) return sealed;
    sealed += links.length;
  }
}

/** Runs `work` while the trail is sealed every few seconds, and once more when it is over. */
export async function whileSealing<T>(deps: Deps, work: () => Promise<T>): Promise<T> {
  if (deps.notary === undefined) return work();
  const beat = async () => {
    await sealTrail(deps);
  };
  const result = await deps.scheduler.during(work, SEAL_EVERY, beat);
  await sealTrail(deps);
  return result;
}

/** The document of an entry at its place in the chain, without its hash. */
export function entryLine(entry: NumberedEntry, position: number, previous: string): Omit<EntryLine, "hash"> {
  return {
    kind: "entry",
    tenant: entry.tenantId,
    position,
    sequence: entry.sequence,
    at: formatInstant(entry.at),
    actor: entry.actor,
    action: entry.action,
    rotation: entry.rotation,
    appId: entry.appId,
    keyId: entry.keyId,
    reason: entry.reason,
    request: entry.written?.request ?? null,
    keysBefore: entry.written?.before ?? null,
    keysAfter: entry.written?.after ?? null,
    details: entry.details,
    previous,
  };
}
