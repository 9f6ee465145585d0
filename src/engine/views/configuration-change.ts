/** What another configuration would change for the applications of the last scan, before it is in force. Nothing is asked of the directory for it. */
import type { Holder } from "../../core/credentials/credential.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { isExcluded, policyFor } from "../../core/policy/policy-choice.ts";
import {
  type Binding,
  bindingOf,
  type Mode,
  type SlotSettings,
  type TenantSettings,
} from "../../core/policy/settings.ts";
import { each, type Slices } from "../../core/slices.ts";
import type { EpochMs } from "../../core/time.ts";
import { deadlines, type PlanItem, slotTargets } from "../plan/plan.ts";
import type { Picture } from "./picture.ts";
import type { Portrait } from "./portrait.ts";

/** How many applications; one may be counted under several. */
export interface Changes {
  /** Would have another policy. */
  readonly policy: number;
  /** Keep their policy, and are renewed by other rules: its own, the tenant's, or what is said of themselves. Only what is managed. */
  readonly rules: number;
  /** Would be renewed at another time, or be urgent at another one. */
  readonly dates: number;
  /** Would go to other places, or to the same ones otherwise. */
  readonly targets: number;
  /** Would not be managed any more. */
  readonly leaves: number;
  /** Would be managed from then on. */
  readonly joins: number;
}

const KINDS = ["policy", "rules", "dates", "targets", "leaves", "joins"] as const satisfies (keyof Changes)[];

export interface ConfigurationChange {
  /** Applications that anything at all would change for. */
  readonly applications: number;
  readonly all: Changes;
  /** By the policy that they have now. */
  readonly policies: readonly (Changes & { readonly name: string })[];
  /** What Nolapse may do, where that would be something else. */
  readonly mode: { readonly from: Mode; readonly to: Mode } | null;
}

/** What of a configuration decides how applications are renewed. */
export interface Configured {
  readonly settings: TenantSettings;
  /** By name; of `self-signed` nothing is configured. */
  readonly issuers: Readonly<Record<string, object>>;
}

/** `before`: as it is, by which the picture was made; `after`: as it would be. */
export function* configurationChange(
  before: Configured,
  after: Configured,
  picture: Pick<Picture, "all" | "plan">,
): Slices<ConfigurationChange> {
  const all = nothing();
  const policies = new Map<string, Tally>();
  let applications = 0;
  const look = { before, after, appPolicies: picture.plan.appPolicies, now: picture.plan.madeAt };
  yield* each(picture.all, (portrait) => {
    const found = changesOf(look, portrait);
    if (found.kinds.length === 0) return;
    applications += 1;
    const own = policies.get(found.policy) ?? nothing();
    policies.set(found.policy, own);
    for (const kind of found.kinds) {
      all[kind] += 1;
      own[kind] += 1;
    }
  });
  return {
    applications,
    all,
    policies: [...policies].map(([name, changes]) => ({ name, ...changes })),
    mode: before.settings.mode === after.settings.mode ? null : { from: before.settings.mode, to: after.settings.mode },
  };
}

type Tally = Record<keyof Changes, number>;

const nothing = (): Tally => ({ policy: 0, rules: 0, dates: 0, targets: 0, leaves: 0, joins: 0 });

interface Look {
  readonly before: Configured;
  readonly after: Configured;
  readonly appPolicies: Picture["plan"]["appPolicies"];
  readonly now: EpochMs;
}

interface Found {
  readonly policy: string;
  readonly kinds: readonly (keyof Changes)[];
}

/** What is excluded before and after, and service principals that nothing is bound to, are nobody's concern. */
function changesOf(look: Look, portrait: Portrait): Found {
  const [before, after] = [look.before.settings, look.after.settings];
  const main = portrait.holders.find((one) => one.type === portrait.type);
  if (main === undefined) return { policy: portrait.policy, kinds: [] };
  const [was, willBe] = [managedBy(before, main), managedBy(after, main)];
  const [from, to] = [policyFor(before, main), policyFor(after, main)];
  const isNobodys =
    (portrait.type !== "application" && was === null && willBe === null) ||
    (isExcluded(before, main) && isExcluded(after, main));
  if (isNobodys) return { policy: from.name, kinds: [] };
  const is: Record<keyof Changes, boolean> = {
    policy: from.name !== to.name,
    leaves: was !== null && willBe === null,
    joins: was === null && willBe !== null,
    rules: false,
    dates: false,
    targets: false,
  };
  if (was !== null && willBe !== null) {
    is.rules = from.name === to.name && rulesOf(look.before, was, from) !== rulesOf(look.after, willBe, to);
    is.targets = placesOf(before, was) !== placesOf(after, willBe);
    is.dates = portrait.items.some((item) => hasOtherDates(look, portrait, item, was, willBe));
  }
  return { policy: from.name, kinds: KINDS.filter((kind) => is[kind]) };
}

/** The entry by which it is renewed; null where none is, or it is excluded. */
function managedBy(settings: TenantSettings, holder: Holder): Binding | null {
  const binding = bindingOf(settings, holder.appId.toLowerCase());
  return binding === undefined || binding.slots.length === 0 || isExcluded(settings, holder) ? null : binding;
}

/** By what it is renewed, beside where its values go. */
function rulesOf({ settings, issuers }: Configured, { consumers, signIn }: Binding, policy: Policy): string {
  const { timeZone, acceptance, limits, approvals, authority, probeScope } = settings;
  const issuer = Object.hasOwn(issuers, policy.issuer) ? issuers[policy.issuer] : null;
  const tenants = [timeZone, acceptance, limits, approvals, authority, probeScope];
  return JSON.stringify([policy, issuer, consumers, signIn, tenants]);
}

/** Where its values go, and all that is said of these places. */
function placesOf(settings: TenantSettings, { slots }: Binding): string {
  return JSON.stringify(slots.map((one) => [one.slot, one.current, slotTargets(settings, one)]));
}

/** What is under way keeps the policy that it was opened with. */
function hasOtherDates(
  { before: { settings: before }, after: { settings: after }, appPolicies, now }: Look,
  { holders }: Portrait,
  { slot, credential, holder: ref, rotation, because }: PlanItem,
  was: Binding,
  willBe: Binding,
): boolean {
  if (slot === null || credential === null || rotation !== null || because === "federated") return false;
  const holder = holders.find(({ objectId }) => objectId === ref?.objectId);
  const [here, then] = [was, willBe].map(({ slots }) => slots.find((one) => one.slot === slot));
  if (holder === undefined || here === undefined || then === undefined) return false;
  const endsBy = (settings: TenantSettings, its: SlotSettings) => {
    const targets = slotTargets(settings, its);
    return deadlines(appPolicies, { holder, found: credential }, policyFor(settings, holder), targets, now).ends;
  };
  const [a, b] = [endsBy(before, here), endsBy(after, then)];
  return a?.rotateAt !== b?.rotateAt || a?.urgentAt !== b?.urgentAt || a?.lastSafeAt !== b?.lastSafeAt;
}
