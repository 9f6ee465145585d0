/**
 * Inventory + policies → what to do, as a value that can be printed (`nolapse plan`) and then carried out: `open` makes
 * rotations of what is due, `advance` does the rest.
 */

import { command, tenantNamed } from "../../core/commands.ts";
import { classify } from "../../core/credentials/classify.ts";
import type { Credential, Holder, HolderRef } from "../../core/credentials/credential.ts";
import { asNolapseError } from "../../core/errors.ts";
import { type AppManagementReading, foresee, withLifetime } from "../../core/policy/app-policy.ts";
import { MIN_LIFETIME, type Policy } from "../../core/policy/policy.ts";
import { isExcluded, policyFor } from "../../core/policy/policy-choice.ts";
import { hardened, type Privileges } from "../../core/policy/privilege.ts";
import type { Binding, SlotSettings, TargetSettings } from "../../core/policy/settings.ts";
import { likelyKinds, resolveSlot } from "../../core/policy/slots.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { heldBecause, pausedDetail, pausedWords } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { ApplicationPause, Wish } from "../../core/rotation/words.ts";
import { type Forecast, forecast } from "../../core/schedule/forecast.ts";
import { DAY, type EpochMs } from "../../core/time.ts";
import type { LedgerEntry, SlotRecord, Switches } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { forecastOf, lossOf, stopped } from "../facts.ts";
import type { Scan } from "../scan/discover.ts";
import { type Ledger, ledgerOf, readStanding, type Standing } from "../scan/standing.ts";
import { inTurns } from "../turns.ts";
import { schedule, type Waves } from "./schedule.ts";
import { unshared } from "./shared-current.ts";
import { withUnbound } from "./unbound.ts";

export interface PlanItem {
  readonly appId: string;
  readonly displayName: string;
  readonly holder: HolderRef | null;
  readonly slot: string | null;
  readonly credential: Credential | null;
  readonly policy: Policy | null;
  readonly targets: readonly string[];
  readonly consumersComplete: boolean;
  /** What makes the application privileged; then two persons approve, whatever the policy says. */
  readonly privileges: readonly string[];
  /** `due`: a rotation is opened; `cannot`: it would be due, and the reason says why nothing is done. */
  readonly status: "due" | "later" | "in-progress" | "cannot";
  readonly because: ReasonCode;
  readonly detail: string | null;
  readonly forecast: Forecast | null;
  /** What a person wants the successor to be like. */
  readonly wish?: Wish;
  /** The open rotation, for `in-progress`. */
  readonly rotation: Rotation | null;
  /** A halted rotation of the slot whose own new credential comes to its time; it is taken up to make way for this one. */
  readonly overtakes?: Rotation;
  /** When the successor can be issued inside the limits; for `due`. */
  readonly startsAt: EpochMs | null;
  /** When the old credential goes; for `due`, null where it does not go by itself. */
  readonly retiresAt: EpochMs | null;
}

export interface Plan {
  readonly tenant: string;
  readonly tenantId: string;
  readonly madeAt: EpochMs;
  readonly mode: Deps["settings"]["mode"];
  readonly coverage: Scan["coverage"];
  readonly items: readonly PlanItem[];
  /** When the last due rotation will have its successor, by the limits; null when nothing is due. */
  readonly issuedBy: EpochMs | null;
  /** When the last of the replaced credentials goes; null when none goes by itself. */
  readonly retiredBy: EpochMs | null;
  readonly waves: Waves;
  /** The tenant's app management policies, as they were read for this plan. */
  readonly appPolicies: AppManagementReading;
  /** Why nothing at all goes on, and what else holds writing back: the plan says what would happen without it. */
  readonly stopped: string | null;
  readonly loss: string | null;
  readonly switches: Switches;
}

const PERSONAL = ["AzureADandPersonalMicrosoftAccount", "PersonalMicrosoftAccount"];
/**
 * How many secrets an application with a personal audience can hold
 * (learn.microsoft.com/entra/identity-platform/supported-accounts-validation).
 */
const PERSONAL_SECRETS = 2;
/** What may be privileged waits for a scan that can say so until this long before it is too late: many scans. */
const READ_AGAIN = 1 * DAY;

/** Bindings that are planned at one go: the store is asked about all of them together, and then others have their turn. */
const AT_ONCE = 50;

/** The plan for what the scan saw; with `only`, of an application that the scan and the settings were narrowed to. */
export async function makePlan(deps: Deps, scan: Scan, only: string | null = null): Promise<Plan> {
  const now = await deps.clock.now();
  const bound: PlanItem[] = [];
  const taken = new Set<string>();
  const standing = await readStanding(deps, scan, only);
  const appPolicies = await readAppPolicies(deps);
  const { bindings } = deps.settings;
  const switches = await deps.store.switches(deps.settings.tenantId);
  const paused = new Map(switches.paused.map((one) => [one.appId, one]));
  for (let from = 0; from < bindings.length; from += AT_ONCE) {
    if (from > 0) await deps.scheduler.turn?.();
    const some = bindings.slice(from, from + AT_ONCE);
    const ledger = await ledgerOf(deps, some, standing);
    for (const binding of some) {
      for (const item of await planBinding(deps, binding, { standing, ledger, appPolicies, paused, now })) {
        bound.push(item);
        if (item.credential !== null) taken.add(item.credential.keyId);
        if (item.rotation !== null)
          for (const id of [item.rotation.replaces, item.rotation.issued?.keyId ?? ""]) taken.add(id);
      }
    }
  }
  const planned = await inTurns(
    deps,
    withUnbound(deps, { bound, taken, replaced: standing.replaced }, scan.holders, now),
  );
  const { items, ...times } = await schedule(deps, planned, now);
  return {
    tenant: deps.settings.name,
    tenantId: deps.settings.tenantId,
    madeAt: now,
    mode: deps.settings.mode,
    coverage: scan.coverage,
    items,
    ...times,
    appPolicies,
    stopped: await stopped(deps, deps.settings.tenantId),
    loss: lossOf(await deps.store.lastScan(deps.settings.tenantId)),
    switches,
  };
}

/** Read once for a whole plan. What cannot be read is unknown, and holds nothing back: the directory itself will say no. */
async function readAppPolicies(deps: Deps): Promise<AppManagementReading> {
  return deps.settings.bindings.length === 0 ? { state: "not-asked" } : appPoliciesNow(deps);
}

/** The tenant's app management policies as they are now. */
export async function appPoliciesNow({ appPolicies }: Deps): Promise<AppManagementReading> {
  if (appPolicies === undefined) return { state: "unknown", why: "this directory has none to be read", next: null };
  try {
    return { state: "read", policies: await appPolicies.read() };
  } catch (thrown) {
    const { message, next } = asNolapseError(thrown);
    return { state: "unknown", why: message, next };
  }
}

interface Around {
  readonly standing: Standing;
  readonly ledger: Ledger;
  readonly appPolicies: AppManagementReading;
  readonly paused: ReadonlyMap<string, ApplicationPause>;
  readonly now: EpochMs;
}

async function planBinding(
  deps: Deps,
  binding: Binding,
  { standing, appPolicies, paused, now, ...around }: Around,
): Promise<PlanItem[]> {
  const { appId } = binding;
  const { privileges } = standing;
  const holders = standing.holders.get(appId) ?? [];
  const records = standing.records.get(appId) ?? [];
  const ledger = around.ledger.get(appId) ?? [];
  // what is over is asked for only where a federated credential has taken a credential's place
  const isMoved = records.some((one) => one.kind === "federated");
  const rotations = isMoved ? await deps.store.rotations({ tenantId: deps.settings.tenantId, appId }) : [];
  const items = binding.slots.map((slot) => {
    const open = standing.open.get(appId)?.find((one) => one.slot === slot.slot) ?? null;
    const facts = { binding, slot, holders, records, ledger, rotations, privileges, appPolicies, paused, now };
    return planNext(deps, facts, open) ?? planSlot(deps, facts, open);
  });
  return items.length < 2 ? items : unshared(deps, appId, items);
}

interface SlotFacts {
  readonly binding: Binding;
  readonly slot: SlotSettings;
  readonly holders: readonly Holder[];
  readonly records: readonly SlotRecord[];
  readonly ledger: readonly LedgerEntry[];
  readonly rotations: readonly Rotation[];
  readonly privileges: Privileges;
  readonly appPolicies: AppManagementReading;
  readonly paused: ReadonlyMap<string, ApplicationPause>;
  readonly now: EpochMs;
}

/**
 * What follows the new credential of a rotation that halted when that one was proven and current already: what halts the removal of the
 * old one must not let it lapse. Null where nothing of that kind is due.
 */
function planNext(deps: Deps, facts: SlotFacts, open: Rotation | null): PlanItem | null {
  if (open?.state !== "halted" || open.from !== "verified") return null;
  const next = planSlot(deps, facts, null);
  const isDue = next.forecast !== null && next.forecast.dueBecause !== null;
  return isDue && next.credential?.keyId === open.issued?.keyId ? { ...next, overtakes: open } : null;
}

function planSlot(deps: Deps, facts: SlotFacts, open: Rotation | null): PlanItem {
  const { binding, slot, holders, now } = facts;
  const holder = holders[0];
  const privileges = facts.privileges.held.get(binding.appId) ?? [];
  const base = {
    appId: binding.appId,
    displayName: holder?.displayName ?? binding.appId,
    holder: null,
    slot: slot.slot,
    credential: null,
    policy: holder === undefined ? null : hardened(policyFor(deps.settings, holder), privileges),
    targets: slot.targets,
    consumersComplete: binding.consumers === "complete",
    privileges,
    forecast: open === null ? null : forecastOf(deps, open, now),
    rotation: open,
    startsAt: null,
    retiresAt: null,
    detail: null,
  };
  if (holder === undefined) return { ...base, status: "cannot", because: "holder-gone" };
  if (open !== null) return { ...base, ...underWay(deps, open, holders, now) };
  const kinds = likelyKinds(policyFor(deps.settings, holder), slotTargets(deps.settings, slot));
  const records = facts.records.filter((one) => one.kind !== "federated");
  const found = resolveSlot(binding, slot, holders, records, facts.ledger, now, kinds);
  if (isFederated(facts, "found" in found ? found.found.keyId : null)) {
    const left = "found" in found ? { holder: found.holder, credential: found.found } : {};
    return { ...base, ...left, status: "later", because: "federated" };
  }
  if ("missing" in found) return { ...base, status: "cannot", because: found.missing, detail: found.detail };
  const wanted = hardened(policyFor(deps.settings, found.holder), privileges);
  const targets = slotTargets(deps.settings, slot);
  const { policy, forbids, note, ends } = deadlines(facts.appPolicies, found, wanted, targets, now);
  const item = { ...base, holder: found.holder, credential: found.found, policy, forecast: ends, detail: note };
  const refusal = whyNot(deps, found.holder, found.found, policy, slot);
  if (refusal !== null) return { ...item, status: "cannot", because: refusal, detail: null };
  if (privileges.length > 0 && targets.some((one) => (one.carriedBy ?? null) !== null))
    return {
      ...item,
      status: "cannot",
      because: "privileged-by-hand",
      detail: `privileged by ${privileges.join(", ")}`,
    };
  if (forbids !== null) return { ...item, status: "cannot", because: "policy-forbids", detail: forbids };
  if (ends === null) return { ...item, status: "cannot", because: "no-end" };
  const held = facts.paused.get(binding.appId);
  if (held !== undefined) {
    const goesOn = command(tenantNamed(deps.settings), `continue ${binding.appId}`);
    return { ...item, status: "cannot", because: "application-paused", detail: `${pausedDetail(held)}; ${goesOn}` };
  }
  if (ends.dueBecause === null) return { ...item, status: "later", because: "not-due" };
  if (facts.privileges.unread && now < ends.lastSafeAt - READ_AGAIN)
    return { ...item, status: "later", because: "privilege-unread" };
  const said = [privilegedDetail(privileges), note].filter((one) => one !== null).join("; ");
  return { ...item, status: "due", because: ends.dueBecause, detail: ownDetail(deps, binding) ?? (said || null) };
}

/** What an open rotation replaces, under the policy it was opened with. */
function underWay(deps: Deps, open: Rotation, holders: readonly Holder[], now: EpochMs) {
  const { holder, replaces, policy, reason } = open;
  const credential = holders.flatMap((one) => one.credentials).find(({ keyId }) => keyId === replaces) ?? null;
  const ends = forecastOf(deps, open, now, credential?.start);
  const base = { holder, credential, policy, forecast: ends, status: "in-progress" } as const;
  // what halted while it was paused is taken up again first
  if (open.paused === undefined || open.state === "halted") return { ...base, because: reason };
  const detail = pausedWords(open, open.paused, tenantNamed(deps.settings));
  return { ...base, because: heldBecause(open.paused), detail };
}

/** When a credential is to be followed, under the policy that is wanted for it and what the tenant's own ones leave of that. */
export function deadlines(
  reading: AppManagementReading,
  { holder, found }: { readonly holder: Holder; readonly found: Credential },
  wanted: Policy,
  targets: readonly TargetSettings[],
  now: EpochMs,
) {
  const answer = allowed(reading, holder, found, wanted);
  // one that was made under the shorter lifetime renews within it; an older one as the configuration says
  const ends = forecast(found, lasts(found) > answer.policy.lifetime ? wanted : answer.policy, targets, now);
  return { ...answer, ends };
}

/** The policy as the tenant's app management policies leave it, why they forbid it altogether, and what to say of it. */
function allowed(
  reading: AppManagementReading,
  holder: Holder,
  credential: Credential,
  policy: Policy,
): { readonly policy: Policy; readonly forbids: string | null; readonly note: string | null } {
  if (reading.state !== "read") return { policy, forbids: null, note: null };
  const answer = foresee(reading.policies, holder, policy.kind ?? credential.kind, policy.lifetime);
  if (!answer.allowed) return { policy, forbids: answer.why, note: null };
  return { policy: withLifetime(policy, answer.lifetime), forbids: null, note: answer.note };
}

/** How long a credential lasts in all; one that does not say when it began counts as short. */
function lasts({ start, end }: Credential): number {
  return start === null || end === null ? 0 : end - start;
}

/** What a person should know of Nolapse's own credential before it is replaced. */
function ownDetail({ own }: Deps, { appId }: Binding): string | null {
  if (own?.appId !== appId) return null;
  const kept = own.source === "environment" ? "; the old one is kept to its end, as it comes from the environment" : "";
  return `Nolapse's own credential: last and alone, creation and removal each approved by a person${kept}`;
}

function privilegedDetail(privileges: readonly string[]): string | null {
  return privileges.length === 0 ? null : `privileged by ${privileges.join(", ")}: creation and removal need approval`;
}

/**
 * Whether the slot signs in by a federated credential, which nothing needs to follow. `current` is what the slot would have
 * without it: only a name in the configuration, of another credential than the one it took the place of, leads back.
 */
function isFederated({ slot, records, rotations }: SlotFacts, current: string | null): boolean {
  if (!records.some((one) => one.slot === slot.slot && one.kind === "federated")) return false;
  if (slot.current === null || current === null) return true;
  return rotations.some((one) => one.kind === "federated" && one.replaces === current && one.state !== "cancelled");
}

export function slotTargets(settings: Deps["settings"], slot: SlotSettings): TargetSettings[] {
  return slot.targets.map((name) => settings.targets[name]).filter((one) => one !== undefined);
}

/** Why a bound credential is not rotated all the same, null when it is. */
export function whyNot(
  deps: Deps,
  holder: Holder,
  credential: Credential,
  policy: Policy,
  slot: SlotSettings,
): ReasonCode | null {
  if (isExcluded(deps.settings, holder)) return "excluded";
  const { reason } = classify(holder, credential, deps.settings.tenantId);
  if (reason !== null) return reason;
  if (slot.targets.length === 0) return "no-targets";
  const kind = policy.kind ?? credential.kind;
  if (slotTargets(deps.settings, slot).some((one) => !one.kinds.includes(kind))) return "target-kind";
  if (policy.lifetime < MIN_LIFETIME) return "lifetime-too-short";
  return kind === "secret" && isFull(holder) ? "no-room" : null;
}

/** Whether an application for personal accounts holds as many secrets as it can. */
export function isFull({ credentials, signInAudience }: Holder): boolean {
  const secrets = credentials.filter((one) => one.kind === "secret").length;
  return PERSONAL.includes(signInAudience ?? "") && secrets >= PERSONAL_SECRETS;
}
