/** What a scan saw as a report of credentials, judged: for `nolapse scan`, and for all that shows single credentials. */

import type { CertificateFacts } from "../../core/credentials/certificate.ts";
import {
  isClientCertificate,
  type Remark,
  remarksOn,
  type Sharing,
  sharingOf,
} from "../../core/credentials/certificate-remarks.ts";
import { type Class, classify } from "../../core/credentials/classify.ts";
import { type Credential, credentialState, endOf, type Holder } from "../../core/credentials/credential.ts";
import { daysBetween, type EpochMs } from "../../core/time.ts";
import type { Scan } from "../scan/discover.ts";

/** One credential of a scan report (design §6). Instants in epoch ms; the edge formats them. */
export interface ScanRow {
  readonly appId: string;
  readonly objectId: string;
  readonly owner: Holder["type"];
  readonly displayName: string;
  readonly keyId: string;
  readonly kind: Credential["kind"];
  readonly credentialName: string | null;
  readonly hint: string | null;
  readonly start: EpochMs | null;
  readonly end: EpochMs | null;
  readonly daysLeft: number | null;
  readonly state: ReturnType<typeof credentialState>;
  readonly class: Class;
  /** What its public part says; null for secrets, and where it was not read or is no certificate. */
  readonly certificate: CertificateFacts | null;
  readonly remarks: readonly Remark[];
  /** Client ids of the other applications that have the same certificate. */
  readonly sharedWith: readonly string[];
}

export interface ScanReport {
  readonly tenant: string;
  readonly tenantId: string;
  readonly scannedAt: EpochMs;
  readonly coverage: Scan["coverage"];
  readonly failures: readonly string[];
  readonly credentials: readonly ScanRow[];
}

/** What a scan says about every credential, in the directory's order; `within` ms decides what counts as expiring. */
export function scanReport(
  scan: Scan,
  tenant: string,
  within: number,
  sharing: Sharing = sharingOf(scan.holders),
): ScanReport {
  return {
    tenant,
    tenantId: scan.tenantId,
    scannedAt: scan.scannedAt,
    coverage: scan.coverage,
    failures: scan.failures.map(({ what, error }) => `${what}: ${error.message}`),
    credentials: scan.holders.flatMap((holder) =>
      holder.credentials.map((one) => ({
        appId: holder.appId,
        objectId: holder.objectId,
        owner: holder.type,
        displayName: holder.displayName,
        keyId: one.keyId,
        kind: one.kind,
        credentialName: one.name,
        hint: one.hint,
        start: one.start,
        end: one.end,
        daysLeft: daysLeft(one, scan.scannedAt),
        state: credentialState(one, scan.scannedAt, within),
        class: classify(holder, one, scan.tenantId).class,
        certificate: one.certificate === "unreadable" ? null : one.certificate,
        remarks: remarksOn(holder, one, sharing, scan.scannedAt),
        sharedWith: isClientCertificate(holder, one)
          ? sharing.applications(one).filter((appId) => appId !== holder.appId)
          : [],
      })),
    ),
  };
}

function daysLeft(credential: Credential, now: EpochMs): number | null {
  const end = endOf(credential);
  return end === null ? null : daysBetween(now, end);
}
