/** Which policy an application gets: by its binding, by a pattern, or the default; and which are left alone. */
import type { Holder } from "../credentials/credential.ts";
import { NolapseError } from "../errors.ts";
import { completePolicy, type Policy } from "./policy.ts";
import type { Binding, Choice, Match, TenantSettings } from "./settings.ts";

/** What of a holder decides. */
export type Described = Pick<Holder, "appId" | "displayName" | "tags" | "serviceManagementReference">;

/**
 * The policy of one application or service principal: the one its binding names, else the first choice that matches, else
 * the one called `default`, else all defaults. @throws NolapseError `config-invalid` for a name that is not configured.
 */
export function policyFor(settings: TenantSettings, holder: Described): Policy {
  const name = entryFor(settings, holder)?.policy ?? null;
  if (name === null) return configured(settings, "default") ?? completePolicy("default", {});
  const policy = configured(settings, name);
  if (policy === null) {
    throw new NolapseError("config-invalid", `policy "${name}" of "${holder.displayName}" is not configured`, {
      next: `add policies.${name} to the configuration`,
    });
  }
  return policy;
}

/** The entry that decides which policy it gets: its binding, where that names one, else the first choice that matches; null: the default. */
export function entryFor(
  settings: Pick<TenantSettings, "bindings" | "choices">,
  holder: Described,
): Binding | Choice | null {
  return (
    namedBy(settings.bindings).get(holder.appId.toLowerCase()) ??
    settings.choices.find((choice) => matches(choice.match, holder)) ??
    null
  );
}

/** By client id, the first binding of an application that names a policy; made once for each list of bindings. */
const named = new WeakMap<readonly Binding[], ReadonlyMap<string, Binding>>();

function namedBy(bindings: readonly Binding[]): ReadonlyMap<string, Binding> {
  const known = named.get(bindings);
  if (known !== undefined) return known;
  const made = new Map<string, Binding>();
  for (const binding of bindings) {
    const key = binding.appId.toLowerCase();
    if (binding.policy !== null && !made.has(key)) made.set(key, binding);
  }
  named.set(bindings, made);
  return made;
}

function configured(settings: TenantSettings, name: string): Policy | null {
  // Names come from a file: `constructor` must not find what every object has.
  return Object.hasOwn(settings.policies, name) ? (settings.policies[name] ?? null) : null;
}

/** Whether the configuration excludes the holder from everything but reports. */
export function isExcluded(settings: Pick<TenantSettings, "exclude">, holder: Described): boolean {
  return settings.exclude.some((match) => matches(match, holder));
}

/** Whether all given fields fit the holder; case does not matter. A match without any field fits nothing. */
export function matches(match: Match, holder: Described): boolean {
  const tests: boolean[] = [];
  if (match.appId !== undefined) tests.push(sameText(match.appId, holder.appId));
  if (match.displayName !== undefined) tests.push(fitsGlob(piecesOf(match), holder.displayName));
  const { tag, serviceManagementReference: reference } = match;
  if (tag !== undefined) tests.push(holder.tags.some((one) => sameText(one, tag)));
  if (reference !== undefined) tests.push(sameText(reference, holder.serviceManagementReference ?? ""));
  return tests.length > 0 && tests.every((fits) => fits);
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** What stands between the stars of its pattern, in lower case; taken apart once, since it is held to each application. */
const pieces = new WeakMap<Match, readonly string[]>();

function piecesOf(match: Match): readonly string[] {
  const known = pieces.get(match);
  if (known !== undefined) return known;
  const made = (match.displayName ?? "").toLowerCase().split("*");
  pieces.set(match, made);
  return made;
}

/**
 * Whether `text` fits a pattern in which `*` stands for any run of characters. Each piece between stars is taken at its
 * first place after the one before: no backtracking, since owners write the text and configuration the pattern.
 */
function fitsGlob(pattern: readonly string[], text: string): boolean {
  const name = text.toLowerCase();
  const head = pattern[0] ?? "";
  const tail = pattern.at(-1) ?? "";
  if (pattern.length < 2) return name === head;
  if (!name.startsWith(head)) return false;
  let from = head.length;
  for (const piece of pattern.slice(1, -1)) {
    const at = name.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return name.length - tail.length >= from && name.endsWith(tail);
}
