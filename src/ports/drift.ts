import type { ReasonCode } from "../core/reasons.ts";
import type { EpochMs } from "../core/time.ts";
import type { AuditEntry, Issuance } from "./store.ts";

/** Something about a bound application that changed, and not by Nolapse. */
export interface Drift {
  readonly tenantId: string;
  readonly appId: string;
  readonly displayName: string;
  readonly objectId: string;
  readonly what: Extract<ReasonCode, "drift-added" | "drift-removed" | "drift-current-gone" | "drift-target">;
  /** The key id it is about; of a target's copy the one that should be there. */
  readonly keyId: string;
  readonly target: string | null;
  /** When it was noticed. */
  readonly at: EpochMs;
  /** Who did it by the directory's audit log, in words; null where the log does not say or may not be read. */
  readonly by: string | null;
}

/** What scans saw last, and what they noticed. */
export interface DriftStore {
  /** The key ids the last scan saw on the objects of these applications; objects no scan has noted yet are left out. */
  inventory(
    tenantId: string,
    appIds: readonly string[],
  ): Promise<readonly { readonly objectId: string; readonly seenAt: EpochMs; readonly keyIds: readonly string[] }[]>;
  /** The current credential of every slot that Nolapse issued one for, with the rotation that did. */
  issuances(tenantId: string): Promise<readonly Issuance[]>;
  /** Notes it with its audit line. False, and nothing stored, when it is known. */
  noteDrift(drift: Drift, audit: AuditEntry): Promise<boolean>;
  /** Noticed at or after an instant, oldest first. */
  drifts(tenantId: string, appId: string | null, since: EpochMs): Promise<readonly Drift[]>;
}
