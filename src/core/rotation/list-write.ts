/** One replacement of a holder's whole list of certificates, and what of others it lost (design §4.8). */

import type { EpochMs } from "../time.ts";

/** An entry of somebody else's that was lost while we replaced the list, or that somebody took away meanwhile. */
export interface ListLoss {
  readonly keyId: string;
  /** Its name as the audit log has it, where it does. */
  readonly name: string | null;
  /**
   * `lost`: it was in our image and is to be restored; `restoring`: it was sent back; `restored`: it is there again; `removed`: the audit log says that somebody removed it on
   * purpose; `given-up`: others kept undoing it; `unseen`: our write dropped it without ever having seen it, so the audit log is all that names it;
   * `revived`: somebody had removed it, and our write, which had not seen that, put it back.
   */
  readonly fate: "lost" | "restoring" | "restored" | "removed" | "given-up" | "unseen" | "revived";
  readonly at: EpochMs;
}

/** One replacement of a holder's whole list of certificates, watched until nobody's entry is missing (design §4.8). */
export interface ListWrite {
  readonly at: EpochMs;
  readonly added: string | null;
  readonly removed: string | null;
  readonly restored: readonly string[];
  /** How many restorations there were before it, one upon another. */
  readonly round: number;
  /** When the first write of this chain of restorations was made, and what it was for. */
  readonly since: EpochMs;
  readonly began: { readonly added: string | null; readonly removed: string | null };
  /** Reads of the list since. */
  readonly reads: readonly EpochMs[];
}
