/** Client secrets that a person makes to see the value once: kept sealed until it is said to be stored, or removed again (design §8). */
import type { HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";
import type { AuditEntry, LedgerEntry } from "./store.ts";

/**
 * `asked`: the intent is on disk, the answer of the directory is not; `held`: the value is sealed and may be shown; `lapsed`: nobody said
 * that it is stored, so the value is erased and the secret is to be removed. The others are settled: `kept`, somebody stored it;
 * `removed`; `never`, the directory has not made it.
 */
export type ShownState = "asked" | "held" | "lapsed" | "kept" | "removed" | "never";

export interface ShownSecret {
  readonly id: string;
  readonly tenantId: string;
  readonly holder: HolderRef;
  /** Of the application. */
  readonly displayName: string;
  /** Who asked, by name and by the directory's object id: nobody else is shown it. */
  readonly actor: string;
  readonly person: string;
  readonly why: string;
  readonly state: ShownState;
  /** In the marker of its name, by which a lost answer is found. */
  readonly attempt: string;
  readonly name: string;
  readonly end: EpochMs;
  readonly keyIdsBefore: readonly string[];
  readonly askedAt: EpochMs;
  /** Whoever has not said by then that it is stored finds it removed. */
  readonly until: EpochMs;
  readonly keyId: string | null;
  readonly hint: string | null;
  /** Looks for a lost answer so far. */
  readonly reads: number;
  /** Why it could not be removed the last time. */
  readonly failure: string | null;
}

/** What goes to disk with a step of one. */
export interface ShownStep {
  readonly audit: readonly AuditEntry[];
  /** The sealed value; null erases it. */
  readonly seal?: string | null;
  readonly ledger?: LedgerEntry;
  /** Its key id was removed from the directory at this instant. */
  readonly removedAt?: EpochMs;
}

export interface ShownStore {
  /** Those that are not settled, oldest first. */
  openShown(tenantId: string): Promise<readonly ShownSecret[]>;
  shown(id: string): Promise<ShownSecret | null>;
  shownSealed(id: string): Promise<string | null>;
  /** Stores one, with its attempt noted as known; false, and nothing is stored, where it is not in the state `from` (null: new). */
  stepShown(next: ShownSecret, from: ShownState | null, step: ShownStep): Promise<boolean>;
}
