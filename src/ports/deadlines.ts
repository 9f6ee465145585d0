import type { HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";

/** Tells whoever spends the directory's quota whose requests go first (design §4.6, "priority by deadline"). */
export interface Deadlines {
  /** From now on requests about this object are for a credential that ends then; null: it has no end. */
  begin(holder: HolderRef, end: EpochMs | null): void;
  /** The work on it is over for now. */
  end(holder: HolderRef): void;
}
