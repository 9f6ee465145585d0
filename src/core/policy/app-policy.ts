/**
 * What a tenant's app management policies allow in a new credential, said before it is asked for
 * (learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy). They look at new credentials only; existing
 * ones go on working.
 */
import type { Holder, Kind } from "../credentials/credential.ts";
import { type DurationMs, type EpochMs, epochMs, formatDuration } from "../time.ts";
import { MIN_LIFETIME, type Policy } from "./policy.ts";

export interface Restriction {
  /** Graph's word: `passwordAddition`, `passwordLifetime`, `asymmetricKeyLifetime`, … */
  readonly type: string;
  readonly isEnabled: boolean;
  /** Null: none given, or one that cannot be read, which is then not foreseen. */
  readonly maxLifetime: DurationMs | null;
  /** Only for objects made after it; null: for all. */
  readonly createdAfter: EpochMs | null;
  /** Some callers are exempt; whether Nolapse is one of them nobody can tell from here. */
  readonly exemptsCallers: boolean;
}

export interface Restrictions {
  readonly secrets: readonly Restriction[];
  readonly certificates: readonly Restriction[];
}

/** Every policy of a tenant. */
export interface AppManagement {
  readonly standard: {
    readonly name: string;
    readonly isEnabled: boolean;
    readonly applications: Restrictions;
    readonly servicePrincipals: Restrictions;
  };
  readonly custom: readonly {
    readonly name: string;
    readonly isEnabled: boolean;
    readonly restrictions: Restrictions;
    /** Object ids, lower case. */
    readonly appliesTo: ReadonlySet<string>;
  }[];
}

/** What was found out about them: they may be unread for want of a permission, which is not the same as none. */
export type AppManagementReading =
  | { readonly state: "read"; readonly policies: AppManagement }
  | { readonly state: "unknown"; readonly why: string; readonly next: string | null }
  /** Nothing is bound, so nothing can be rotated. */
  | { readonly state: "not-asked" };

export type Foresight =
  | {
      readonly allowed: true;
      /** As asked, or what the policy leaves of it. */
      readonly lifetime: DurationMs;
      /** What a person should know; null: nothing. */
      readonly note: string | null;
    }
  | { readonly allowed: false /** Which policy, and what to change. */; readonly why: string };

/** An object without a date of creation counts as made then. */
const UNDATED = epochMs(1_546_300_800_000); // 2019-01-01
/**
 * An object with a policy of its own takes nothing from the default. Open: a how-to of Microsoft's reads as if single
 * restrictions were overridden; where that is so the service refuses, and the rotation halts with the same reason.
 */
const CUSTOM_REPLACES_DEFAULT = true;

const RULES: Readonly<Record<Kind, { readonly addition: string | null; readonly lifetime: string }>> = {
  secret: { addition: "passwordAddition", lifetime: "passwordLifetime" },
  certificate: { addition: null, lifetime: "asymmetricKeyLifetime" },
};

/** Whether the directory will take a new credential of this kind and lifetime on the object, and how long it may last. */
export function foresee(
  policies: AppManagement,
  holder: Pick<Holder, "type" | "objectId" | "createdAt">,
  kind: Kind,
  lifetime: DurationMs,
): Foresight {
  let allowed = lifetime;
  let note: string | null = null;
  for (const { name, restrictions } of applying(policies, holder)) {
    for (const one of kind === "secret" ? restrictions.secrets : restrictions.certificates) {
      if (!one.isEnabled || !isMeant(one, holder)) continue;
      if (one.type === RULES[kind].addition) {
        if (!one.exemptsCallers) return { allowed: false, why: noSecrets(name) };
        note = `the policy "${name}" forbids new secrets to all but exempt callers; whether Nolapse is one is not known`;
      } else if (one.type === "trustedCertificateAuthority") {
        note = `the policy "${name}" takes certificates of certain authorities only; whether the issuer is one is not known`;
      } else if (one.type === RULES[kind].lifetime && one.maxLifetime !== null && one.maxLifetime < allowed) {
        if (one.maxLifetime < MIN_LIFETIME) return { allowed: false, why: tooShort(name, one.maxLifetime) };
        allowed = one.maxLifetime;
        note = `it will last ${formatDuration(allowed)} instead of ${formatDuration(lifetime)}: the policy "${name}" allows no longer`;
      }
    }
  }
  return { allowed: true, lifetime: allowed, note };
}

function noSecrets(name: string): string {
  return (
    `the policy "${name}" forbids new secrets here: use kind: certificate in its policy, with a target that can hold one, or ` +
    `nolapse federate; or exempt the application by a policy of its own (appManagementPolicies)`
  );
}

function tooShort(name: string, allowed: DurationMs): string {
  return (
    `the policy "${name}" allows ${formatDuration(allowed)} at most, and below ${formatDuration(MIN_LIFETIME)} an old and a new ` +
    "credential hardly overlap: use another kind, nolapse federate, or exempt the application by a policy of its own"
  );
}

function applying(
  { standard, custom }: AppManagement,
  { type, objectId }: Pick<Holder, "type" | "objectId">,
): readonly { readonly name: string; readonly restrictions: Restrictions }[] {
  const own = custom.filter(({ appliesTo }) => appliesTo.has(objectId.toLowerCase()));
  const found = own.filter(({ isEnabled }) => isEnabled);
  if ((own.length > 0 && CUSTOM_REPLACES_DEFAULT) || !standard.isEnabled) return found;
  const restrictions = type === "application" ? standard.applications : standard.servicePrincipals;
  return [...found, { name: standard.name, restrictions }];
}

function isMeant({ createdAfter }: Restriction, { createdAt }: Pick<Holder, "createdAt">): boolean {
  return createdAfter === null || (createdAt ?? UNDATED) > createdAfter;
}

/** The policy with a shorter lifetime, and what hangs on it: it renews within it, and old and new overlap within it. */
export function withLifetime(policy: Policy, lifetime: DurationMs): Policy {
  if (lifetime >= policy.lifetime) return policy;
  const overlap = Math.min(policy.overlap, lifetime / 2);
  return { ...policy, lifetime, overlap, renewBefore: Math.min(policy.renewBefore, (lifetime - overlap) / 2) };
}
