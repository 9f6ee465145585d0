import type { EpochMs } from "../core/time.ts";
import type { AuditEntry } from "./store.ts";

/** An entry of the trail with the store's number for it. */
export type NumberedEntry = AuditEntry & { readonly sequence: number };

/** Which part of a trail is wanted. */
export interface WantedEntries {
  /** Sequence numbers, left out themselves. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly appId?: string | undefined;
  readonly action?: string | undefined;
  readonly limit: number;
}

/** Where an entry stands in its tenant's chain. */
export interface Link {
  /** 1, 2, 3 … per tenant. */
  readonly position: number;
  readonly sequence: number;
  /** Lower-case hex. */
  readonly hash: string;
}

export interface Checkpoint {
  readonly position: number;
  readonly hash: string;
  readonly at: EpochMs;
  readonly signature: string;
}

/** The chain over the trail. Links and checkpoints are append-only, as the trail itself is. */
export interface TrailStore {
  /** The last link of a tenant, and the oldest entries that have none, at most `limit`. */
  unsealed(
    tenantId: string,
    limit: number,
  ): Promise<{ readonly head: Link | null; readonly entries: readonly NumberedEntry[] }>;
  /** Adds links and a checkpoint on them. False, and nothing added, where another process has sealed meanwhile. */
  seal(tenantId: string, links: readonly Link[], checkpoint: Checkpoint): Promise<boolean>;
  /** Links after a position, each with its entry; null in its place where the entry is gone, or no entry any more. At most `limit`. */
  links(
    tenantId: string,
    after: number,
    limit: number,
  ): Promise<readonly { readonly link: Link; readonly entry: NumberedEntry | null }[]>;
  /** Checkpoints after a position, oldest first, at most `limit`. */
  checkpoints(tenantId: string, after: number, limit: number): Promise<readonly Checkpoint[]>;
}
