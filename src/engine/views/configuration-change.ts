/** What another configuration would change for the applications of the last scan, before it is in force. Nothing is asked of the directory for it. */
import type { Holder } from "../../core/credentials/credential.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { isExcluded, policyFor } from "../../core/policy/policy-choice.ts";
import {
  type Binding,
  bindingOf,
  type Mode,
  type SlotSettings,
  type TargetSettings,
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
  const look = lookOf(before, after, picture.plan);
  const take = (portrait: Portrait) => {
    const found = changesOf(look, portrait);
    if (found === null || found.kinds.length === 0) return;
    applications += 1;
    const own = policies.get(found.policy) ?? nothing();
    policies.set(found.policy, own);
    for (const kind of found.kinds) {
      all[kind] += 1;
      own[kind] += 1;
    }
  };
  yield* each(picture.all, take, AT_ONCE);
  return {
    applications,
    all,
    policies: [...policies].map(([name, changes]) => ({ name, ...changes })),
    mode: before.settings.mode === after.settings.mode ? null : { from: before.settings.mode, to: after.settings.mode },
  };
}

type Tally = Record<keyof Changes, number>;

const nothing = (): Tally => ({ policy: 0, rules: 0, dates: 0, targets: 0, leaves: 0, joins: 0 });

/** Applications that are held to both configurations at one go: to each pattern of them. */
const AT_ONCE = 20;

interface Look {
  readonly before: TenantSettings;
  readonly after: TenantSettings;
  /** What holds for all of the tenant is another rule. */
  readonly isOtherTenant: boolean;
  /** Names behind which another issuer stands, or none any more. */
  readonly otherIssuers: ReadonlySet<string>;
  readonly appPolicies: Picture["plan"]["appPolicies"];
  readonly now: EpochMs;
}

function lookOf(before: Configured, after: Configured, { appPolicies, madeAt: now }: Picture["plan"]): Look {
  const [was, willBe] = [before.issuers, after.issuers];
  const names = [...Object.keys(was), ...Object.keys(willBe)];
  const issuerText = (of: Configured["issuers"], name: string) => JSON.stringify(Object.hasOwn(of, name) && of[name]);
  return {
    before: before.settings,
    after: after.settings,
    isOtherTenant: rulesOfAll(before.settings) !== rulesOfAll(after.settings),
    otherIssuers: new Set(names.filter((name) => issuerText(was, name) !== issuerText(willBe, name))),
    appPolicies,
    now,
  };
}

function rulesOfAll({ timeZone, acceptance, limits, approvals, authority, probeScope }: TenantSettings): string {
  return JSON.stringify([timeZone, acceptance, limits, approvals, authority, probeScope]);
}

interface Found {
  readonly policy: string;
  readonly kinds: readonly (keyof Changes)[];
}

/** What an application is under one configuration: by which policy, and by which entry it is renewed, null where by none. */
interface Standing {
  readonly policy: Policy;
  readonly binding: Binding | null;
}

/** Null for what is excluded before and after, and for service principals that nothing is bound to: they are nobody's concern. */
function changesOf(look: Look, portrait: Portrait): Found | null {
  const { before, after } = look;
  const main = portrait.holders.find((one) => one.type === portrait.type);
  if (main === undefined) return null;
  const [wasOut, willBeOut] = [isExcluded(before, main), isExcluded(after, main)];
  if (wasOut && willBeOut) return null;
  const was = wasOut ? null : boundBy(before, main);
  const willBe = willBeOut ? null : boundBy(after, main);
  if (portrait.type !== "application" && was === null && willBe === null) return null;
  const from = { policy: policyFor(before, main), binding: was };
  const to = { policy: policyFor(after, main), binding: willBe };
  const is: Record<keyof Changes, boolean> = {
    policy: from.policy.name !== to.policy.name,
    leaves: was !== null && willBe === null,
    joins: was === null && willBe !== null,
    rules: false,
    dates: false,
    targets: false,
  };
  if (was !== null && willBe !== null) {
    is.rules = !is.policy && hasOtherRules(look, from.policy, to.policy, was, willBe);
    is.targets = placesOf(before, was) !== placesOf(after, willBe);
    is.dates = portrait.items.some((item) => hasOtherDates(look, { portrait, main, item }, from, to));
  }
  return { policy: from.policy.name, kinds: KINDS.filter((kind) => is[kind]) };
}

function boundBy(settings: TenantSettings, holder: Holder): Binding | null {
  const binding = bindingOf(settings, holder.appId.toLowerCase());
  return binding === undefined || binding.slots.length === 0 ? null : binding;
}

/** By what it is renewed, beside where its values go. */
function hasOtherRules(
  { isOtherTenant, otherIssuers }: Look,
  from: Policy,
  to: Policy,
  was: Binding,
  willBe: Binding,
): boolean {
  if (isOtherTenant || otherIssuers.has(to.issuer) || textOf(from) !== textOf(to)) return true;
  const ownOf = ({ consumers, signIn }: Binding) => JSON.stringify([consumers, signIn]);
  return ownOf(was) !== ownOf(willBe);
}

/** Where its values go, and all that is said of these places. */
function placesOf(settings: TenantSettings, { slots }: Binding): string {
  return JSON.stringify(slots.map((one) => [one.slot, one.current, slotTargets(settings, one).map(textOf)]));
}

/** Of policies and targets, which many applications have and nobody changes once they are read. */
const texts = new WeakMap<object, string>();

function textOf(one: Policy | TargetSettings): string {
  const known = texts.get(one);
  if (known !== undefined) return known;
  const made = JSON.stringify(one);
  texts.set(one, made);
  return made;
}

/** What is under way keeps the policy that it was opened with. */
function hasOtherDates(
  { before, after, appPolicies, now }: Look,
  { portrait, main, item }: { readonly portrait: Portrait; readonly main: Holder; readonly item: PlanItem },
  from: Standing,
  to: Standing,
): boolean {
  const { slot, credential, rotation, because, holder: ref } = item;
  if (slot === null || credential === null || rotation !== null || because === "federated") return false;
  const holder = portrait.holders.find(({ objectId }) => objectId === ref?.objectId);
  const [here, then] = [from, to].map(({ binding }) => binding?.slots.find((one) => one.slot === slot));
  if (holder === undefined || here === undefined || then === undefined) return false;
  const endsBy = (settings: TenantSettings, its: SlotSettings, { policy }: Standing) => {
    const wanted = holder === main ? policy : policyFor(settings, holder);
    return deadlines(appPolicies, { holder, found: credential }, wanted, slotTargets(settings, its), now).ends;
  };
  const [a, b] = [endsBy(before, here, from), endsBy(after, then, to)];
  return a?.rotateAt !== b?.rotateAt || a?.urgentAt !== b?.urgentAt || a?.lastSafeAt !== b?.lastSafeAt;
}
