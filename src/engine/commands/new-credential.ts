/** A new client secret or certificate on a person's word: how long it may last and what speaks against it, before anything is asked of the directory. */

import { type Holder, isLive, type Kind } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { type AppManagementReading, foresee, withLifetime } from "../../core/policy/app-policy.ts";
import { MAX_LIFETIME, MIN_LIFETIME, type Policy } from "../../core/policy/policy.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Wish } from "../../core/rotation/words.ts";
import { DAY, type DurationMs, type EpochMs, formatDuration, HOUR, plus } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { stopped } from "../facts.ts";
import { type PlanItem, whyNot } from "../plan/plan.ts";
import { askItems, unlessFailed } from "./rotate.ts";

/** What the page offers; days. */
export const PRESETS: readonly number[] = [90, 180, 365, 545, 730];
/** Beyond this Microsoft advises against it. */
const LONG: DurationMs = 365 * DAY;
/** So many valid secrets are a sign of one that nobody takes away. */
const MANY = 12;

export const PRESET_NOTES = ["short-of-policy", "over-a-year"] as const;
export type PresetNote = (typeof PRESET_NOTES)[number];
export const CREDENTIAL_WARNINGS = [
  "many-secrets",
  "personal-accounts",
  "writing-paused",
  "policies-unread",
  "needs-approval",
  "one-owner",
  "no-owner",
] as const;
export type CredentialWarning = (typeof CREDENTIAL_WARNINGS)[number];

export interface Preset {
  readonly lifetime: DurationMs;
  /** When it would end: an hour short, as everything of Nolapse's. */
  readonly end: EpochMs;
  /** Who forbids it; null: nobody. */
  readonly forbidden: string | null;
  readonly notes: readonly PresetNote[];
}

/** From when to when something made now may end. */
export interface EndRange {
  readonly earliest: EpochMs;
  readonly latest: EpochMs;
  /** Who forbids a later one; null: nobody, but nothing of Nolapse's lasts longer than 24 months. */
  readonly why: string | null;
}

export interface CredentialOptions {
  readonly item: PlanItem;
  /** What no lifetime mends; null: nothing. */
  readonly blocked: { readonly reason: ReasonCode; readonly why: string } | null;
  readonly presets: readonly Preset[];
  /** Between which an end of one's own may lie. */
  readonly custom: EndRange;
  readonly warnings: readonly CredentialWarning[];
}

/** The object and the rules it is under, as they were just read. */
export interface Ground {
  readonly holder: Holder | null;
  readonly appPolicies: AppManagementReading;
  /** How many own it; null where that could not be read. */
  readonly owners: number | null;
}

/** What is looked at: a slot as it is planned, on the object as it was just read. */
export interface SlotNow extends Ground {
  readonly item: PlanItem;
}

/** The choices for one slot. Nothing is changed. */
export async function credentialOptions(
  deps: Deps,
  kind: Kind,
  slot: SlotNow,
  now: EpochMs,
): Promise<CredentialOptions> {
  const blocked = blockOf(deps, kind, slot);
  const presets = presetsOf(kind, slot, slot.item.policy, now);
  // where every length is forbidden, no length is the mend
  const all = presets.every(({ forbidden }) => forbidden !== null) ? presets[0]?.forbidden : null;
  return {
    item: slot.item,
    blocked: blocked ?? (all == null ? null : { reason: "policy-forbids", why: all }),
    presets,
    // a length is an hour more than what ends at an exact moment
    custom: endRange(kind, slot, plus(now, MIN_LIFETIME - HOUR), plus(now, -HOUR)),
    warnings: [...(await groundWarnings(deps, slot, now)), ...approvalWarning(deps, slot)],
  };
}

/** The lengths that are offered, each with its end and with who forbids it. */
export function presetsOf(kind: Kind, ground: Ground, policy: Policy | null, now: EpochMs): readonly Preset[] {
  return PRESETS.map((days) => presetOf(kind, ground, policy, days * DAY, now));
}

/** `earliest` is the range's own; its latest end is as far from `from` as what is made may last. */
export function endRange(kind: Kind, ground: Ground, earliest: EpochMs, from: EpochMs): EndRange {
  const { holder, appPolicies } = ground;
  const most: EndRange = { earliest, latest: plus(from, MAX_LIFETIME), why: null };
  if (appPolicies.state !== "read" || holder === null) return most;
  const seen = foresee(appPolicies.policies, holder, kind, MAX_LIFETIME);
  if (!seen.allowed) return { ...most, why: seen.why };
  return seen.lifetime < MAX_LIFETIME ? { earliest, latest: plus(from, seen.lifetime), why: seen.note } : most;
}

export interface CredentialAsked {
  readonly kind: Kind;
  /** A length, or an exact end. */
  readonly lasting: { readonly lifetime: DurationMs } | { readonly end: EpochMs };
  /** Its words before the marker; null: those of the one it follows. */
  readonly description: string | null;
  /** The one it follows lives out its own end, whatever the policy says. */
  readonly keepOld: boolean;
  readonly actor: string;
}

/**
 * Opens the rotation that makes the credential and takes it to the slot's targets, through every state and rule of any other.
 * @throws NolapseError `refused-by-rule` for what {@link credentialOptions} says is forbidden or blocked, and as `ask` does.
 */
export async function askCredential(deps: Deps, slot: SlotNow, asked: CredentialAsked): Promise<Rotation> {
  const { item } = slot;
  const { kind, lasting, description } = asked;
  const blocked = blockOf(deps, kind, slot);
  if (blocked !== null) throw no(blocked.why, `GET …/${kind}-options says what is possible`);
  const now = await deps.clock.now();
  const lifetime = "end" in lasting ? lasting.end - now + HOUR : lasting.lifetime;
  if (lifetime < MIN_LIFETIME)
    throw no(`its end is nearer than ${formatDuration(MIN_LIFETIME)}, or past`, "choose a later end");
  const { forbidden } = presetOf(kind, slot, item.policy, lifetime, now);
  if (forbidden !== null) throw no(forbidden, `choose a length that GET …/${kind}-options allows`);
  if (item.policy === null) throw no(REASONS["not-bound"], "add it under applications, with its targets");
  const policy = policyOf(item.policy, lifetime, asked);
  const wish: Wish = {
    ...(description === null ? {} : { description }),
    ...("end" in lasting ? { end: lasting.end } : {}),
  };
  const wanted: PlanItem = { ...item, policy, wish, status: "due", because: "asked-for" };
  const { rotations } = unlessFailed(await askItems(deps, [wanted], { now: true, actor: asked.actor }));
  const [rotation] = rotations;
  if (rotation === undefined) throw no("a rotation of this slot has just been opened", "GET …/rotations shows it");
  return rotation;
}

function policyOf(policy: Policy, lifetime: DurationMs, { kind, keepOld }: CredentialAsked): Policy {
  const lasting = lifetime < policy.lifetime ? withLifetime(policy, lifetime) : { ...policy, lifetime };
  return { ...lasting, kind, retire: keepOld ? "at-expiry" : policy.retire };
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}

function blockOf(deps: Deps, kind: Kind, { item, holder }: SlotNow): CredentialOptions["blocked"] {
  const say = (reason: ReasonCode, why: string = REASONS[reason]) => ({ reason, why });
  const { rotation, policy, credential, slot: name } = item;
  if (rotation !== null) return say(rotation.reason, `a rotation of this slot is under way: ${rotation.id}`);
  if (holder === null) return say("holder-gone");
  const binding = deps.settings.bindings.find((one) => one.appId === item.appId);
  const slot = binding?.slots.find((one) => one.slot === name);
  if (slot === undefined || policy === null) return say("not-bound");
  if (credential === null) return say(item.because, item.detail ?? REASONS[item.because]);
  const reason = whyNot(deps, holder, credential, { ...policy, kind }, slot);
  if (reason !== null) return say(reason);
  const byHand = slot.targets.some((target) => (deps.settings.targets[target]?.carriedBy ?? null) !== null);
  return item.privileges.length > 0 && byHand ? say("privileged-by-hand") : null;
}

function presetOf(
  kind: Kind,
  { holder, appPolicies }: Ground,
  policy: Policy | null,
  lifetime: DurationMs,
  now: EpochMs,
): Preset {
  const notes: PresetNote[] = [];
  if (policy !== null && lifetime < policy.lifetime) notes.push("short-of-policy");
  if (lifetime > LONG) notes.push("over-a-year");
  const forbidden = forbiddenBy(kind, holder, appPolicies, lifetime);
  return { lifetime, end: plus(now, lifetime - HOUR), forbidden, notes };
}

function forbiddenBy(
  kind: Kind,
  holder: Holder | null,
  reading: AppManagementReading,
  lifetime: DurationMs,
): string | null {
  if (lifetime > MAX_LIFETIME) return "what Nolapse makes lasts at most 730 days";
  if (reading.state !== "read" || holder === null) return null;
  const seen = foresee(reading.policies, holder, kind, lifetime);
  if (!seen.allowed) return seen.why;
  return seen.lifetime < lifetime ? seen.note : null;
}

/** What a person should know of the object before anything is added to it. */
export async function groundWarnings(
  deps: Deps,
  { holder, appPolicies, owners }: Ground,
  now: EpochMs,
): Promise<CredentialWarning[]> {
  const secrets = (holder?.credentials ?? []).filter((one) => one.kind === "secret" && isLive(one, now));
  const { settings } = deps;
  const isPaused = settings.mode === "observe" || (await stopped(deps, settings.tenantId)) !== null;
  return [
    ...(secrets.length >= MANY ? (["many-secrets"] as const) : []),
    ...(holder?.signInAudience?.includes("PersonalMicrosoftAccount") ? (["personal-accounts"] as const) : []),
    ...(isPaused ? (["writing-paused"] as const) : []),
    ...(appPolicies.state === "unknown" ? (["policies-unread"] as const) : []),
    ...(owners === 1 ? (["one-owner"] as const) : owners === 0 ? (["no-owner"] as const) : []),
  ];
}

function approvalWarning({ settings }: Deps, { item }: SlotNow): CredentialWarning[] {
  const needsWord = settings.mode === "propose" || item.privileges.length > 0 || item.policy?.approval !== "none";
  return needsWord ? ["needs-approval"] : [];
}
