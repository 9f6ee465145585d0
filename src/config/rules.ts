/** Rules between entries, which no schema can say: names that must exist, one slot per target, safe retirement. */
import { NolapseError } from "../core/errors.ts";
import { type Policy, SELF_SIGNED } from "../core/policy/policy.ts";
import { effectiveOverlap, retireRule } from "../core/policy/reload.ts";
import type { TargetSettings } from "../core/policy/settings.ts";
import { REASONS } from "../core/reasons.ts";
import { formatDuration } from "../core/time.ts";
import { lacksLastUses } from "./cloud.ts";
import { nearest, type Source } from "./locate.ts";
import type { BoundEntry, ConfigFile } from "./schema.ts";

/**
 * Checks the entries of `applications` against policies and targets, and policies against issuers; warnings for what is allowed and will be corrected.
 * @throws NolapseError `config-invalid`.
 */
export function checkRules(
  source: Source,
  file: ConfigFile,
  policies: Readonly<Record<string, Policy>>,
  targets: Readonly<Record<string, TargetSettings>>,
): string[] {
  checkIssuers(source, file);
  const owners = new Map<string, string>();
  const warnings: string[] = [];
  for (const [index, entry] of file.applications.entries()) {
    const at = ["applications", index] as const;
    const name = "policy" in entry ? entry.policy : undefined;
    if (name !== undefined && policies[name] === undefined) {
      throw unknownName(source, [...at, "policy"], "policy", name, Object.keys(policies));
    }
    if (!("appId" in entry)) continue;
    if ((entry.targets === undefined) === (entry.credentials === undefined)) {
      throw invalid(source, at, "an application has either targets (its one live secret) or credentials (slots)");
    }
    for (const { slot, names, path } of slotsOf(entry, at)) {
      for (const target of names) {
        if (targets[target] === undefined) throw unknownName(source, path, "target", target, Object.keys(targets));
        const owner = `${entry.appId}/${slot}`;
        if (owners.has(target)) throw invalid(source, path, `target "${target}" belongs to another slot already`);
        owners.set(target, owner);
      }
      const list = names.map((one) => targets[one]).filter((one) => one !== undefined);
      warnings.push(...checkRetirement(source, at, entry, policies[name ?? "default"], list));
    }
  }
  return warnings;
}

/** Policies that wait for a report that the cloud of a tenant does not have: what they ask for would be found out a whole rotation later. */
export function checkEvidence(
  source: Source,
  { policies }: ConfigFile,
  tenants: readonly { readonly name: string; readonly graphEndpoint: string }[],
): string[] {
  const without = tenants.filter(({ graphEndpoint }) => lacksLastUses(graphEndpoint)).map(({ name }) => name);
  if (without.length === 0) return [];
  return Object.entries(policies).flatMap(([name, { retire }]) =>
    retire === "after-evidence"
      ? [
          `${source.place(["policies", name, "retire"])} retire: after-evidence lets nothing go in ${without.join(", ")}: ${REASONS["sign-ins-unoffered"]} [sign-ins-unoffered]; each old credential lives out its own end; retire: after-overlap with consumers: complete needs no report`,
        ]
      : [],
  );
}

function checkIssuers(source: Source, { issuers, policies }: ConfigFile): void {
  if (issuers[SELF_SIGNED] !== undefined) {
    throw new NolapseError(
      "config-invalid",
      `${source.place(["issuers", SELF_SIGNED], true)} the issuer "${SELF_SIGNED}" is always there and cannot be another one`,
      { next: "give the entry a name of its own, and use that name in the policies" },
    );
  }
  for (const [name, { issuer = SELF_SIGNED }] of Object.entries(policies)) {
    const known = [SELF_SIGNED, ...Object.keys(issuers)];
    if (!known.includes(issuer)) throw unknownName(source, ["policies", name, "issuer"], "issuer", issuer, known);
  }
}

function slotsOf(entry: BoundEntry, at: readonly PropertyKey[]) {
  if (entry.credentials === undefined) {
    return [{ slot: "default", names: entry.targets ?? [], path: [...at, "targets"] }];
  }
  return entry.credentials.map((one, index) => ({
    slot: one.slot,
    names: one.targets,
    path: [...at, "credentials", index, "targets"],
  }));
}

function checkRetirement(
  source: Source,
  at: readonly PropertyKey[],
  entry: BoundEntry,
  policy: Policy | undefined,
  targets: readonly TargetSettings[],
): string[] {
  if (policy?.retire !== "after-overlap") return [];
  const { because } = retireRule(policy, targets, entry.consumers === "complete");
  if (because !== null) {
    const next =
      because === "consumers-unknown"
        ? "add consumers: complete when nobody but the targets holds a copy, or use another retire rule"
        : "say how the consumer reloads (reload: 1m, or a hook), or use another retire rule";
    throw new NolapseError(
      "config-invalid",
      `${source.place(at)} retire: after-overlap is not safe here: ${REASONS[because]}`,
      {
        next,
      },
    );
  }
  const overlap = effectiveOverlap(policy, targets);
  if (overlap <= policy.overlap) return [];
  return [`${source.place(at)} the overlap is raised to ${formatDuration(overlap)}: the slowest consumer needs it`];
}

const SECTIONS = { policy: "policies", target: "targets", issuer: "issuers" };

function unknownName(
  source: Source,
  at: readonly PropertyKey[],
  what: keyof typeof SECTIONS,
  name: string,
  known: readonly string[],
): NolapseError {
  const near = nearest(name, known);
  return new NolapseError("config-invalid", `${source.place(at)} there is no ${what} "${name}"`, {
    next: near === null ? `add it under ${SECTIONS[what]}` : `did you mean "${near}"?`,
  });
}

function invalid(source: Source, at: readonly PropertyKey[], why: string): NolapseError {
  return new NolapseError("config-invalid", `${source.place(at)} ${why}`, {
    next: "correct it; nolapse config check reads the file again",
  });
}
