/** A new client secret on a person's word: how long it may last and what speaks against it, before anything is asked of the directory. */

import { type Holder, isLive } from "../core/credentials/credential.ts";
import { NolapseError } from "../core/errors.ts";
import { type AppManagementReading, foresee, withLifetime } from "../core/policy/app-policy.ts";
import { MAX_LIFETIME, type Policy } from "../core/policy/policy.ts";
import { REASONS, type ReasonCode } from "../core/reasons.ts";
import type { Rotation } from "../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, HOUR, plus } from "../core/time.ts";
import { askItems } from "./control.ts";
import type { Deps } from "./deps.ts";
import { stopped } from "./facts.ts";
import { type PlanItem, whyNot } from "./plan.ts";

/** What the page offers; days. */
export const PRESETS: readonly number[] = [90, 180, 365, 545, 730];
/** Beyond this Microsoft advises against it. */
const LONG: DurationMs = 365 * DAY;
/** So many valid secrets are a sign of one that nobody takes away. */
const MANY = 12;

export type PresetNote = "short-of-policy" | "over-a-year";
export type SecretWarning =
  | "many-secrets"
  | "personal-accounts"
  | "writing-paused"
  | "policies-unread"
  | "needs-approval";

export interface Preset {
  readonly lifetime: DurationMs;
  /** When it would end: an hour short, as every secret of Nolapse's. */
  readonly end: EpochMs;
  /** Who forbids it; null: nobody. */
  readonly forbidden: string | null;
  readonly notes: readonly PresetNote[];
}

export interface SecretOptions {
  readonly item: PlanItem;
  /** What no lifetime mends; null: nothing. */
  readonly blocked: { readonly reason: ReasonCode; readonly why: string } | null;
  readonly presets: readonly Preset[];
  readonly warnings: readonly SecretWarning[];
}

/** What is looked at: a slot as it is planned, on the object as it was just read. */
export interface SlotNow {
  readonly item: PlanItem;
  readonly holder: Holder | null;
  readonly appPolicies: AppManagementReading;
}

/** The choices for one slot. Nothing is changed. */
export async function secretOptions(deps: Deps, slot: SlotNow, now: EpochMs): Promise<SecretOptions> {
  const blocked = blockOf(deps, slot);
  const presets = PRESETS.map((days) => presetOf(slot, days * DAY, now));
  // where every length is forbidden, no length is the mend
  const all = presets.every(({ forbidden }) => forbidden !== null) ? presets[0]?.forbidden : null;
  return {
    item: slot.item,
    blocked: blocked ?? (all == null ? null : { reason: "policy-forbids", why: all }),
    presets,
    warnings: await warningsOf(deps, slot, now),
  };
}

export interface SecretAsked {
  readonly lifetime: DurationMs;
  /** The one it follows lives out its own end, whatever the policy says. */
  readonly keepOld: boolean;
  readonly actor: string;
}

/**
 * Opens the rotation that makes the secret and takes it to the slot's targets, through every state and rule of any other.
 * @throws NolapseError `refused-by-rule` for what {@link secretOptions} says is forbidden or blocked, and as `ask` does.
 */
export async function askSecret(
  deps: Deps,
  slot: SlotNow,
  { lifetime, keepOld, actor }: SecretAsked,
): Promise<Rotation> {
  const { item } = slot;
  const blocked = blockOf(deps, slot);
  if (blocked !== null) throw no(blocked.why, "GET …/secret-options says what is possible");
  const now = await deps.clock.now();
  const { forbidden } = presetOf(slot, lifetime, now);
  if (forbidden !== null) throw no(forbidden, "choose a length that GET …/secret-options allows");
  if (item.policy === null) throw no(REASONS["not-bound"], "add it under applications, with its targets");
  const policy = policyOf(item.policy, lifetime, keepOld);
  const asked = await askItems(deps, [{ ...item, policy, status: "due", because: "asked-for" }], { now: true, actor });
  const [rotation] = asked.rotations;
  if (rotation === undefined) throw no("a rotation of this secret has just been opened", "GET …/rotations shows it");
  return rotation;
}

function policyOf(policy: Policy, lifetime: DurationMs, keepOld: boolean): Policy {
  const lasting = lifetime < policy.lifetime ? withLifetime(policy, lifetime) : { ...policy, lifetime };
  return { ...lasting, kind: "secret", retire: keepOld ? "at-expiry" : policy.retire };
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}

function blockOf(deps: Deps, { item, holder }: SlotNow): SecretOptions["blocked"] {
  const say = (reason: ReasonCode, why: string = REASONS[reason]) => ({ reason, why });
  const { rotation, policy, credential, slot: name } = item;
  if (rotation !== null) return say(rotation.reason, `a rotation of this secret is under way: ${rotation.id}`);
  if (holder === null) return say("holder-gone");
  const binding = deps.settings.bindings.find((one) => one.appId === item.appId);
  const slot = binding?.slots.find((one) => one.slot === name);
  if (slot === undefined || policy === null) return say("not-bound");
  if (credential === null) return say(item.because, item.detail ?? REASONS[item.because]);
  const reason = whyNot(deps, holder, credential, { ...policy, kind: "secret" }, slot);
  if (reason !== null) return say(reason);
  const byHand = slot.targets.some((target) => (deps.settings.targets[target]?.carriedBy ?? null) !== null);
  return item.privileges.length > 0 && byHand ? say("privileged-by-hand") : null;
}

function presetOf({ item, holder, appPolicies }: SlotNow, lifetime: DurationMs, now: EpochMs): Preset {
  const notes: PresetNote[] = [];
  if (item.policy !== null && lifetime < item.policy.lifetime) notes.push("short-of-policy");
  if (lifetime > LONG) notes.push("over-a-year");
  return { lifetime, end: plus(now, lifetime - HOUR), forbidden: forbiddenBy(holder, appPolicies, lifetime), notes };
}

function forbiddenBy(holder: Holder | null, reading: AppManagementReading, lifetime: DurationMs): string | null {
  if (lifetime > MAX_LIFETIME) return "a secret of Nolapse's lasts at most 730 days";
  if (reading.state !== "read" || holder === null) return null;
  const seen = foresee(reading.policies, holder, "secret", lifetime);
  if (!seen.allowed) return seen.why;
  return seen.lifetime < lifetime ? seen.note : null;
}

async function warningsOf(deps: Deps, { item, holder, appPolicies }: SlotNow, now: EpochMs): Promise<SecretWarning[]> {
  const secrets = (holder?.credentials ?? []).filter((one) => one.kind === "secret" && isLive(one, now));
  const { settings } = deps;
  const isPaused = settings.mode === "observe" || (await stopped(deps, settings.tenantId)) !== null;
  const needsWord = settings.mode === "propose" || item.privileges.length > 0 || item.policy?.approval !== "none";
  return [
    ...(secrets.length >= MANY ? (["many-secrets"] as const) : []),
    ...(holder?.signInAudience?.includes("PersonalMicrosoftAccount") ? (["personal-accounts"] as const) : []),
    ...(isPaused ? (["writing-paused"] as const) : []),
    ...(appPolicies.state === "unknown" ? (["policies-unread"] as const) : []),
    ...(needsWord ? (["needs-approval"] as const) : []),
  ];
}
