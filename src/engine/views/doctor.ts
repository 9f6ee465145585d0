/** Everything Nolapse needs, looked at and judged: what is well, what is not, and the line that mends it. */
import { asNolapseError, ERRORS, type NolapseErrorCode } from "../../core/errors.ts";
import {
  type Feature,
  featuresOf,
  type Grantee,
  grantLine,
  isWriting,
  missingOf,
  PERMISSIONS,
  type PermissionName,
  tierOf,
} from "../../core/policy/permissions.ts";
import { pausedDetail } from "../../core/rotation/application-pause.ts";
import type { NamedPause } from "../../core/rotation/words.ts";
import { UNITS, WRITES } from "../../core/schedule/graph-limits.ts";
import { DAY, formatDuration, MINUTE } from "../../core/time.ts";
import type { Diagnosis, LocalCheck, OwnIdentity, Reached } from "../../ports/diagnosis.ts";
import type { Deps } from "../deps.ts";

export type { Diagnosis, LocalCheck } from "../../ports/diagnosis.ts";

export type Area =
  | "connectivity"
  | "clock"
  | "sign-in"
  | "permissions"
  | "quota"
  | "targets"
  | "issuers"
  | "machine"
  | "paused";

export interface DoctorCheck {
  readonly area: Area;
  readonly name: string;
  /** `warn`: it works, and something is worth knowing. */
  readonly state: "ok" | "warn" | "failed";
  readonly says: string;
  /** What to type or do; null when it is well. */
  readonly fix: string | null;
  /** Exit code that it asks for: 0, 4 (a part is missing) or 6 (not reachable, not permitted). */
  readonly exit: 0 | 4 | 6;
}

export interface DoctorReport {
  readonly tenant: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  /** The second identity, which writes; null where one does both. */
  readonly writerId: string | null;
  readonly permissions: readonly string[];
  /** Those of the second identity; null where it did not sign in, or one does both. */
  readonly writerPermissions: readonly string[] | null;
  /** Whether the identity that writes is a managed one. */
  readonly writesManaged?: boolean;
  readonly userAgents: readonly string[];
  readonly checks: readonly DoctorCheck[];
}

/** Assertions are refused beyond five minutes; half of that leaves room. */
const MOST_SKEW = 2 * MINUTE;
/** A seal key older than this should be rolled. */
const OLD_KEY = 365 * DAY;

export async function doctor(
  deps: Deps,
  outside: {
    readonly diagnosis: Diagnosis;
    readonly local: readonly LocalCheck[];
    readonly asksOwners: boolean;
    readonly share: number;
    /** The applications that persons hold; none where not given. */
    readonly paused?: readonly NamedPause[];
  },
  signal?: AbortSignal,
): Promise<DoctorReport> {
  const { diagnosis, local } = outside;
  const { authority, graph } = await diagnosis.reach(signal);
  const checks: DoctorCheck[] = [reached("login authority", authority), reached("Microsoft Graph", graph)];
  checks.push(await clockCheck(deps, graph.serviceTime ?? authority.serviceTime));
  const own = await signedIn("own sign-in", () => diagnosis.whoAmI(signal));
  const { whoWrites } = diagnosis;
  const writing = whoWrites === undefined ? null : await signedIn("the writer's sign-in", () => whoWrites(signal));
  checks.push(own.check, ...(writing === null ? [] : [writing.check]));
  const { identity } = own;
  if (identity !== null && writing === null) checks.push(...permissionChecks(deps, identity, outside.asksOwners));
  else if (identity !== null)
    checks.push(...dividedChecks(deps, identity, writing?.identity ?? null, outside.asksOwners));
  checks.push(await quotaCheck(outside, identity !== null, signal));
  checks.push(...(await targetChecks(deps, signal)), ...issuerChecks(deps), ...local.map(localCheck));
  checks.push(...(outside.paused ?? []).map(pausedCheck));
  const { name, tenantId } = deps.settings;
  return {
    tenant: name,
    tenantId,
    clientId: identity?.clientId ?? null,
    writerId: writing?.identity?.clientId ?? null,
    permissions: identity?.permissions ?? [],
    writerPermissions: writing?.identity?.permissions ?? null,
    writesManaged: (writing === null ? identity : writing.identity)?.managed ?? false,
    userAgents: diagnosis.userAgents,
    checks,
  };
}

/** What Nolapse plans with is a share of the smallest limits; what all of them use now, Graph says. */
async function quotaCheck(
  { diagnosis, share }: { readonly diagnosis: Diagnosis; readonly share: number },
  isSignedIn: boolean,
  signal?: AbortSignal,
): Promise<DoctorCheck> {
  const part = (most: number) => Math.floor(most * share).toLocaleString("en-US");
  const [units, writes] = [UNITS[0]?.most ?? 0, WRITES[0]?.most ?? 0];
  const ours = `${Math.round(share * 100)} % of them is ours: ${part(units)} units per 10 s, ${part(writes)} writes per 2.5 min`;
  const base = { area: "quota", name: "Graph's limits", state: "warn", exit: 0 } as const;
  if (!isSignedIn) return { ...base, says: `${ours}; what is used was not measured`, fix: "mend the sign-in first" };
  try {
    const used = await diagnosis.quotaUsed(signal);
    if (used === null) return ok("quota", base.name, `${ours}; at this moment everybody together uses less than 80 %`);
    const says = `${ours}; at this moment everybody together uses ${Math.round(used * 100)} % of the tightest`;
    return { ...base, says, fix: "find what else asks Graph in this tenant, or set a smaller limits.share" };
  } catch (thrown) {
    const { message, next } = asNolapseError(thrown);
    return { ...base, says: `${ours}; what is used was not measured: ${message}`, fix: next };
  }
}

function ok(area: Area, name: string, says: string): DoctorCheck {
  return { area, name, state: "ok", says, fix: null, exit: 0 };
}

function reached(name: string, { host, error }: Reached): DoctorCheck {
  if (error === null) return ok("connectivity", name, `${host} answers`);
  return { area: "connectivity", name, state: "failed", says: error.message, fix: error.next, exit: 6 };
}

async function clockCheck({ clock }: Deps, serviceTime: number | null): Promise<DoctorCheck> {
  const base = { area: "clock", name: "clock skew" } as const;
  if (serviceTime === null)
    return {
      ...base,
      state: "warn",
      says: "no answer said what time it is",
      fix: "mend the connection first",
      exit: 0,
    };
  const skew = (await clock.now()) - serviceTime;
  const says = `this machine is ${formatDuration(Math.abs(skew))} ${skew < 0 ? "behind" : "ahead of"} the service`;
  if (Math.abs(skew) <= MOST_SKEW)
    return ok("clock", "clock skew", Math.abs(skew) < 2_000 ? "this machine and the service agree" : says);
  return {
    ...base,
    state: "failed",
    says,
    fix: "synchronise the clock: timedatectl set-ntp true (or w32tm /resync)",
    exit: 4,
  };
}

async function signedIn(
  name: string,
  signIn: () => Promise<OwnIdentity>,
): Promise<{ readonly identity: OwnIdentity | null; readonly check: DoctorCheck }> {
  try {
    const identity = await signIn();
    const says = `signs in as ${identity.clientId ?? "an unnamed identity"}; Conditional Access lets it`;
    return { identity, check: ok("sign-in", name, says) };
  } catch (thrown) {
    return { identity: null, check: signInFailed(name, thrown) };
  }
}

function signInFailed(ofWhom: string, thrown: unknown): DoctorCheck {
  const { message, next, code } = asNolapseError(thrown);
  const isBlocked = /AADSTS53\d{3}/.test(message);
  const name = isBlocked ? "Conditional Access" : ofWhom;
  return { area: "sign-in", name, state: "failed", says: message, fix: next, exit: exitOf(code) };
}

function exitOf(code: NolapseErrorCode): 4 | 6 {
  return ERRORS[code].exit === 6 ? 6 : 4;
}

function features({ settings }: Pick<Deps, "settings">, owners: boolean): readonly Feature[] {
  const evidence = Object.values(settings.policies).some((one) => one.retire === "after-evidence");
  const carried = Object.values(settings.targets).some((one) => one.carriedBy !== null);
  return featuresOf(settings.mode, { evidence, owners, carried });
}

/** By the resource that every token is asked for. */
function granteeOf({ settings }: Pick<Deps, "settings">, { clientId, managed = false }: Partial<OwnIdentity>): Grantee {
  return { clientId: clientId ?? null, managed, graph: settings.probeScope.replace(/\/\.default$/, "") };
}

function featureCheck(deps: Pick<Deps, "settings">, feature: Feature, identity: OwnIdentity): DoctorCheck {
  const missing = missingOf(feature, identity.permissions);
  if (missing.length === 0) return ok("permissions", feature.feature, feature.needs.join(" and "));
  const { feature: name, required, without } = feature;
  const lacks = `lacks ${missing.join(" and ")}`;
  const [says, fix] = [
    without === undefined ? lacks : `${lacks}: ${without}`,
    grantLine(missing, granteeOf(deps, identity)),
  ];
  return { area: "permissions", name, state: required ? "failed" : "warn", says, fix, exit: required ? 6 : 0 };
}

/** Of two identities each has what it does, and the one that reads should be able to do nothing else. */
function dividedChecks(deps: Deps, scanner: OwnIdentity, writer: OwnIdentity | null, owners: boolean): DoctorCheck[] {
  const checks = features(deps, owners).flatMap((feature) => {
    const identity = isWriting(feature) ? writer : scanner;
    return identity === null ? [] : [featureCheck(deps, feature, identity)];
  });
  const base = { area: "permissions", name: "scanner and writer", state: "warn", exit: 0 } as const;
  const id = scanner.clientId;
  if (id !== null && id === writer?.clientId) {
    const fix = "register a second application for tenants.<name>.writer, or leave writer out";
    checks.push({ ...base, says: `both are ${id}: they are one identity`, fix });
  } else if (tierOf(scanner.permissions) > 1) {
    const fix = `take the writing permissions of ${id ?? "the scanner"} away: it only reads`;
    checks.push({ ...base, says: "the scanner may write, too", fix });
  } else
    checks.push(
      ok("permissions", "scanner and writer", "the scanner only reads, and the writer is asked for nothing else"),
    );
  return checks;
}

function permissionChecks({ settings }: Deps, identity: OwnIdentity, owners: boolean): DoctorCheck[] {
  const checks = features({ settings }, owners).map((feature) => featureCheck({ settings }, feature, identity));
  const tier = tierOf(identity.permissions);
  if (tier === 3 && settings.mode === "observe") {
    const fix = "take the writing permissions away while the mode is observe: reading needs Application.Read.All";
    return [
      ...checks,
      {
        area: "permissions",
        name: "least permission",
        state: "warn",
        says: "may write to every application, and only looks",
        fix,
        exit: 0,
      },
    ];
  }
  if (tier === 3) {
    const fix = "prefer Application.ReadWrite.OwnedBy, and make nolapse an owner of what it rotates";
    return [
      ...checks,
      {
        area: "permissions",
        name: "least permission",
        state: "warn",
        says: "may write to every application: tier 0, guard it as a domain controller",
        fix,
        exit: 0,
      },
    ];
  }
  return [...checks, ok("permissions", "least permission", tier === 2 ? "writes only what it owns" : "only reads")];
}

async function targetChecks(deps: Deps, signal?: AbortSignal): Promise<DoctorCheck[]> {
  const checks: DoctorCheck[] = [];
  for (const name of Object.keys(deps.settings.targets)) checks.push(await targetCheck(deps, name, signal));
  return checks;
}

/** Whether the place of that name in the configuration is there and could be written; nothing is changed there. */
export async function targetCheck(
  { settings, targets }: Pick<Deps, "settings" | "targets">,
  name: string,
  signal?: AbortSignal,
): Promise<DoctorCheck> {
  const target = targets.get(name);
  if (target?.carried !== undefined)
    return ok("targets", name, `not tried: ${target.carried.by} takes the value there`);
  try {
    await target?.preflight(signal);
    return ok("targets", name, `${settings.targets[name]?.type}: is there and can be written`);
  } catch (thrown) {
    const { message, next, code } = asNolapseError(thrown);
    return { area: "targets", name, state: "failed", says: message, fix: next, exit: exitOf(code) };
  }
}

/** Whether Nolapse signs in and may write what a rotation writes, without looking at anything else. */
export async function writingChecks(
  { settings }: Pick<Deps, "settings">,
  diagnosis: Pick<Diagnosis, "whoAmI" | "whoWrites">,
  signal?: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const { whoWrites } = diagnosis;
  const { identity, check } = await (whoWrites === undefined
    ? signedIn("own sign-in", () => diagnosis.whoAmI(signal))
    : signedIn("the writer's sign-in", () => whoWrites(signal)));
  if (identity === null) return [check];
  return [
    check,
    ...features({ settings }, false)
      .filter(isWriting)
      .map((one) => featureCheck({ settings }, one, identity)),
  ];
}

/** A permission that writing takes and that is not granted. */
export interface Lacking {
  readonly permission: PermissionName;
  readonly allows: string;
  /** The line that grants it; an administrator types it. */
  readonly fix: string;
}

/**
 * What must be granted before a tenant that is only looked at can be written to; null where it is written to already, or where the identity
 * that would write does not sign in. `report`: what {@link doctor} found.
 */
export function lackingToWrite(
  { settings }: Pick<Deps, "settings">,
  report: Pick<DoctorReport, "clientId" | "permissions" | "writerId" | "writerPermissions" | "writesManaged">,
  { whoWrites }: Pick<Diagnosis, "whoWrites">,
): Lacking[] | null {
  if (settings.mode !== "observe" || report.clientId === null) return null;
  const clientId = whoWrites === undefined ? report.clientId : report.writerId;
  const permissions = whoWrites === undefined ? report.permissions : report.writerPermissions;
  if (permissions === null) return null;
  return features({ settings: { ...settings, mode: "propose" } }, false)
    .filter(isWriting)
    .flatMap((feature) => missingOf(feature, permissions))
    .map((permission) => ({
      permission,
      allows: PERMISSIONS[permission].allows,
      fix: grantLine([permission], granteeOf({ settings }, { clientId, managed: report.writesManaged === true })),
    }));
}

/** Whether every issuer a policy names is there; one is only made to work when it has to issue. */
function issuerChecks({ settings, issuers }: Deps): DoctorCheck[] {
  const names = [...new Set(Object.values(settings.policies).map((one) => one.issuer))];
  return names.map((name) => {
    if (issuers.get(name) !== null) return ok("issuers", name, "is configured");
    return {
      area: "issuers",
      name,
      state: "failed",
      says: "a policy names it and it is not configured",
      fix: `add ${name} under issuers`,
      exit: 4,
    };
  });
}

/** Nothing is wrong; whoever wonders why nothing happens reads who wanted it. */
function pausedCheck(held: NamedPause): DoctorCheck {
  const says = `the application is paused ${pausedDetail(held)}`;
  return {
    area: "paused",
    name: held.displayName ?? held.appId,
    state: "warn",
    says,
    fix: `nolapse continue ${held.appId}`,
    exit: 0,
  };
}

function localCheck({ name, says, fix, age }: LocalCheck): DoctorCheck {
  if (fix !== null) return { area: "machine", name, state: "failed", says, fix, exit: 6 };
  if (age !== undefined && age > OLD_KEY) {
    return {
      area: "machine",
      name,
      state: "warn",
      says: `${says}, and is ${Math.floor(age / DAY)} days old`,
      fix: "roll it in your next maintenance window; what was sealed before still opens",
      exit: 0,
    };
  }
  return ok("machine", name, says);
}
