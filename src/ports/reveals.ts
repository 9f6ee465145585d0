/** What one person asks another one to allow: that he sees the value of a privileged application, once (decision 0012). */
import type { HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";
import type { AuditEntry } from "./store.ts";

/** `asked`: waits for another person; `approved`: who asked may see it; the others are settled. */
export type RevealState = "asked" | "approved" | "shown" | "refused" | "lapsed";

export interface RevealRequest {
  readonly id: string;
  readonly tenantId: string;
  /** Whose value it is, and which: one that is issued later was not asked for. */
  readonly rotation: string;
  readonly keyId: string;
  readonly holder: HolderRef;
  readonly displayName: string;
  /** What makes the application privileged. */
  readonly privileges: readonly string[];
  /** Who asked, by name and by the directory's object id: nobody else is shown it, and he does not approve it. */
  readonly actor: string;
  readonly person: string;
  readonly why: string;
  readonly state: RevealState;
  readonly askedAt: EpochMs;
  /** Nobody has approved it by then, or seen it: it is over. */
  readonly until: EpochMs;
  /** Who allowed it. */
  readonly approver: { readonly actor: string; readonly person: string } | null;
}

export interface RevealStore {
  /** Those that are not settled, oldest first. */
  openReveals(tenantId: string): Promise<readonly RevealRequest[]>;
  revealRequest(id: string): Promise<RevealRequest | null>;
  /** Stores one with its lines; false, and nothing is stored, where it is not in the state `from` (null: new). */
  stepReveal(next: RevealRequest, from: RevealState | null, audit: readonly AuditEntry[]): Promise<boolean>;
}
