import type { HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";

/** Tells whoever spends the directory's quota whose requests go first (design §4.6, "priority by deadline"). */
export interface Deadlines {
  /**
   * From now on requests about this object are for a credential that ends then; null: it has no end. Gives back what says that
   * this work is over: where another one on the same object has begun since, that one's end stays.
   */
  begin(holder: HolderRef, end: EpochMs | null): () => void;
}
