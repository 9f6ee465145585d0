/**
 * The policy of a registration that is not made yet: which one will hold for it by its name, and which other ones it can be given by a tag
 * that a pattern of the configuration looks for. Pure, and asked of `policyFor` itself, so that what is offered is what comes.
 */
import { type PolicySource, policySource } from "./assigning.ts";
import { type Described, isExcluded, matches } from "./policy-choice.ts";
import type { TenantSettings } from "./settings.ts";

/** A policy that it has where it is made with this tag. */
export interface TaggedPolicy extends PolicySource {
  readonly tag: string;
}

export interface PolicyOfNew {
  /** What holds for it by its name alone. */
  readonly now: PolicySource;
  /** An entry under `exclude` fits its name: then nothing of it is renewed, whatever its policy. */
  readonly excluded: boolean;
  /** Each other policy once, in the order of the entries that give them. */
  readonly others: readonly TaggedPolicy[];
}

/** @throws NolapseError `config-invalid` as `policyFor`. */
export function policyOfNew(settings: TenantSettings, displayName: string): PolicyOfNew {
  // no entry can name a client id that does not exist yet
  const made = (tags: readonly string[]): Described => ({
    appId: "",
    displayName,
    tags,
    serviceManagementReference: null,
  });
  const now = policySource(settings, made([]));
  const others = new Map<string, TaggedPolicy>();
  const decided = new Set<string>();
  for (const { match, policy } of settings.choices) {
    // whatever its tags, nothing below this entry holds for it
    if (matches(match, made([]))) break;
    const { tag } = match;
    if (tag === undefined || decided.has(tag.toLowerCase()) || !matches(match, made([tag]))) continue;
    decided.add(tag.toLowerCase());
    if (policy === now.policy || others.has(policy) || isExcluded(settings, made([tag]))) continue;
    others.set(policy, { ...policySource(settings, made([tag])), tag });
  }
  return { now, excluded: isExcluded(settings, made([])), others: [...others.values()] };
}

/** The tags to make it with so that it has that policy; null where no tag gives it to a registration of this name. */
export function tagsForPolicy(settings: TenantSettings, displayName: string, policy: string): readonly string[] | null {
  const { now, others } = policyOfNew(settings, displayName);
  if (now.policy === policy) return [];
  const found = others.find((one) => one.policy === policy);
  return found === undefined ? null : [found.tag];
}
