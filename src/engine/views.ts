/** Read models for CLI, API and UI: the same facts, deadlines and reason codes that the engine decides by. */
import { type Class, classify } from "../core/classify.ts";
import { type Credential, credentialState, type Holder, type HolderRef } from "../core/credential.ts";
import { type CheckResult, explain } from "../core/decide.ts";
import type { Forecast } from "../core/forecast.ts";
import { REASONS, type ReasonCode } from "../core/reasons.ts";
import type { Rotation } from "../core/rotation.ts";
import { DAY, daysBetween, type EpochMs, plus } from "../core/time.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Drift } from "../ports/drift.ts";
import type { LedgerEntry, Switches } from "../ports/store.ts";
import type { Deps } from "./deps.ts";
import { discover, type Scan } from "./discover.ts";
import { gatherFacts } from "./facts.ts";
import { applicationNamed } from "./named.ts";
import { makePlan, type PlanItem } from "./plan.ts";

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
export function scanReport(scan: Scan, tenant: string, within: number): ScanReport {
  return {
    tenant,
    tenantId: scan.tenantId,
    scannedAt: scan.scannedAt,
    coverage: scan.coverage,
    failures: scan.failures.map(({ list, error }) => `${list}s: ${error.message}`),
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
        daysLeft: one.end === null ? null : daysBetween(scan.scannedAt, one.end),
        state: credentialState(one, scan.scannedAt, within),
        class: classify(holder, one, scan.tenantId).class,
      })),
    ),
  };
}

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
  const scan = await discover(deps);
  const appId = applicationNamed(scan, named);
  const plan = await makePlan(deps, scan);
  const holders = scan.holders.filter((one) => one.appId === appId);
  const now = await deps.clock.now();
  const rotations = await deps.store.rotations({ tenantId: deps.settings.tenantId, appId });
  const ledger = await deps.store.ledger(deps.settings.tenantId, appId);
  const judged = [];
  for (const rotation of rotations) {
    judged.push({ rotation, ...explain(rotation, await gatherFacts(deps, rotation, now), now) });
  }
  const rows = scanReport({ ...scan, holders }, deps.settings.name, within).credentials;
  return {
    tenant: deps.settings.name,
    now,
    coverage: scan.coverage,
    appId,
    displayName: holders[0]?.displayName ?? appId,
    holders: holders.map(({ type, objectId }) => ({ type, objectId, appId })),
    switches: await deps.store.switches(deps.settings.tenantId),
    drift: await deps.store.drifts(deps.settings.tenantId, appId, plus(now, -90 * DAY)),
    credentials: rows.map((row) => credentialView(row, plan.items, rotations, ledger)),
    rotations: judged,
  };
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
  const successor = open.find((one) => one.issued?.keyId === row.keyId);
  const because = replaced?.reason ?? item?.because ?? successor?.reason ?? "not-bound";
  return {
    row,
    status: replaced !== undefined ? "replaced" : (item?.status ?? (successor !== undefined ? "successor" : "later")),
    because,
    sentence: REASONS[because],
    detail: item?.detail ?? null,
    forecast: item?.forecast ?? null,
    policy: item?.policy ?? replaced?.policy ?? null,
    targets: item?.targets ?? replaced?.deliveries.map((one) => one.target) ?? [],
    ledger: origin,
  };
}

/** The rotations that are not finished, by name, with what each waits for now. */
export async function waitingOf(deps: Deps): Promise<{ readonly rotation: Rotation; readonly verdict: Verdict }[]> {
  const now = await deps.clock.now();
  const states = ["planned", "issued", "accepted", "delivered", "verified", "halted"] as const;
  const open = await deps.store.rotations({ tenantId: deps.settings.tenantId, states });
  const waiting = [];
  for (const rotation of open) {
    const { verdict } = explain(rotation, await gatherFacts(deps, rotation, now), now);
    waiting.push({ rotation, verdict });
  }
  const name = ({ rotation }: { rotation: Rotation }) => `${rotation.displayName} ${rotation.slot}`;
  return waiting.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}
