/** Why: every check and deadline of one application, by the facts and reason codes that the engine decides by. */

import type { Sharing } from "../../core/credentials/certificate-remarks.ts";
import type { Holder, HolderRef } from "../../core/credentials/credential.ts";
import type { AppManagementReading } from "../../core/policy/app-policy.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { type CheckResult, explain } from "../../core/rotation/decide.ts";
import { hasMade } from "../../core/rotation/leftover.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Verdict } from "../../core/rotation/verdict.ts";
import type { Forecast } from "../../core/schedule/forecast.ts";
import { DAY, type EpochMs, plus } from "../../core/time.ts";
import type { Drift } from "../../ports/drift.ts";
import type { LedgerEntry, Switches } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { gatherFacts } from "../facts.ts";
import { makePlan, type Plan, type PlanItem } from "../plan/plan.ts";
import { discover, type Scan } from "../scan/discover.ts";
import { applicationNamed } from "../scan/named.ts";
import { type ScanRow, scanReport } from "./scan-report.ts";

/** What `nolapse explain` shows of one application. */
export interface Explanation {
  readonly tenant: string;
  readonly now: EpochMs;
  readonly coverage: Scan["coverage"];
  readonly appId: string;
  readonly displayName: string;
  readonly holders: readonly HolderRef[];
  readonly switches: Switches;
  /** What changed without us in the last 90 days. */
  readonly drift: readonly Drift[];
  /** What makes it privileged, and what of that could not be read. */
  readonly privileges: { readonly held: readonly string[]; readonly unknown: readonly string[] };
  readonly appPolicies: AppManagementReading;
  readonly credentials: readonly {
    readonly row: ScanRow;
    /** What the plan says about it. */
    readonly status: PlanItem["status"] | "replaced" | "successor";
    readonly because: ReasonCode;
    readonly sentence: string;
    readonly detail: string | null;
    readonly forecast: Forecast | null;
    readonly policy: PlanItem["policy"];
    readonly targets: readonly string[];
    readonly ledger: LedgerEntry["origin"] | null;
  }[];
  readonly rotations: readonly {
    readonly rotation: Rotation;
    readonly verdict: Verdict;
    readonly checks: readonly CheckResult[];
  }[];
}

/** Every check and deadline of one application, named by client id, object id or display name. @throws NolapseError `not-found`. */
export async function explainApplication(deps: Deps, named: string, within: number): Promise<Explanation> {
  const seen = await discover(deps);
  const appId = applicationNamed(seen, named);
  const scan = await withOwnCertificates(deps, seen, appId);
  return explainIn(deps, { scan, plan: await makePlan(deps, scan) }, appId, within);
}

/** What a scan and its plan came to. */
export interface Seen {
  readonly scan: Scan;
  readonly plan: Plan;
  /** Which certificates are on which objects of the whole tenant, where the scan is only a part of it. */
  readonly sharing?: Sharing | undefined;
}

/** The same from a scan and a plan that are there already, for whoever answers without asking the directory again. */
export async function explainIn(
  deps: Deps,
  { scan, plan, sharing }: Seen,
  appId: string,
  within: number,
): Promise<Explanation> {
  const now = await deps.clock.now();
  const holders = scan.holders.filter((one) => one.appId === appId);
  const rotations = await deps.store.rotations({ tenantId: deps.settings.tenantId, appId });
  const ledger = await deps.store.ledger(deps.settings.tenantId, appId);
  const credentials = credentialsIn(deps, { scan, plan, sharing }, appId, within, { rotations, ledger });
  const judged = [];
  for (const rotation of rotations) {
    judged.push({ rotation, ...explain(rotation, await gatherFacts(deps, rotation, now), now) });
  }
  return {
    tenant: deps.settings.name,
    now,
    coverage: scan.coverage,
    appId,
    displayName: holders[0]?.displayName ?? appId,
    holders: holders.map(({ type, objectId }) => ({ type, objectId, appId })),
    switches: await deps.store.switches(deps.settings.tenantId),
    drift: await deps.store.drifts(deps.settings.tenantId, appId, plus(now, -90 * DAY)),
    privileges: { held: scan.privileges.held.get(appId) ?? [], unknown: scan.privileges.unknown },
    appPolicies: plan.appPolicies,
    credentials,
    rotations: judged,
  };
}

/** The credentials of an application, by what the store has of it. */
export function credentialsIn(
  { settings }: Pick<Deps, "settings">,
  { scan, plan, sharing }: Seen,
  appId: string,
  within: number,
  { rotations, ledger }: { readonly rotations: readonly Rotation[]; readonly ledger: readonly LedgerEntry[] },
): Explanation["credentials"] {
  const holders = scan.holders.filter((one) => one.appId === appId);
  const own = sharing === undefined ? scan : { ...scan, holders };
  const rows = scanReport(own, settings.name, within, sharing).credentials.filter((one) => one.appId === appId);
  return rows.map((row) => credentialView(row, plan.items, rotations, ledger));
}

/** The scan with what the certificates of one application say of themselves: one more request for each of its objects that has any. */
async function withOwnCertificates(deps: Deps, scan: Scan, appId: string): Promise<Scan> {
  const holders: Holder[] = [];
  for (const holder of scan.holders) {
    const reads = holder.appId === appId && holder.credentials.some((one) => one.kind === "certificate");
    holders.push(reads ? await withFacts(deps, holder) : holder);
  }
  return { ...scan, holders };
}

async function withFacts({ certificates }: Deps, holder: Holder): Promise<Holder> {
  const { entries } = await certificates.readCertificates(holder);
  const facts = new Map(entries.map(({ credential }) => [credential.keyId, credential.certificate]));
  const credentials = holder.credentials.map((one) => ({ ...one, certificate: facts.get(one.keyId) ?? null }));
  return { ...holder, credentials };
}

function credentialView(
  row: ScanRow,
  items: readonly PlanItem[],
  rotations: readonly Rotation[],
  ledger: readonly LedgerEntry[],
): Explanation["credentials"][number] {
  const origin = ledger.find((one) => one.keyId === row.keyId)?.origin ?? null;
  const open = rotations.filter((one) => one.state !== "retired" && one.state !== "cancelled");
  const replaced = open.find((one) => one.replaces === row.keyId);
  const item = items.find((one) => one.credential?.keyId === row.keyId);
  const successor = open.find((one) => hasMade(one, row.keyId));
  const because = replaced?.reason ?? item?.because ?? successor?.reason ?? "not-bound";
  return {
    row,
    status: replaced !== undefined ? "replaced" : (item?.status ?? (successor !== undefined ? "successor" : "later")),
    because,
    sentence: REASONS[because],
    // what is under way says it of itself
    detail: item?.status === "in-progress" ? null : (item?.detail ?? null),
    forecast: item?.forecast ?? null,
    policy: item?.policy ?? replaced?.policy ?? null,
    targets: item?.targets ?? replaced?.deliveries.map((one) => one.target) ?? [],
    ledger: origin,
  };
}
