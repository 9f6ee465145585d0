/** Reads the configuration, resolves every default, and freezes it; or makes one from the environment alone. */
import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { NolapseError } from "../core/errors.ts";
import { completePolicy, type Policy, type Reload } from "../core/policy/policy.ts";
import type { TargetSettings, TenantSettings } from "../core/policy/settings.ts";
import { DEFAULT_SHARE } from "../core/schedule/graph-limits.ts";
import { SecretValue } from "../core/secret-value.ts";
import type { DurationMs } from "../core/time.ts";
import { cloudOf } from "./cloud.ts";
import { entriesOf, entriesPlace } from "./entries.ts";
import { parseSource, type Source, schemaProblem } from "./locate.ts";
import { checkEvidence, checkRules } from "./rules.ts";
import { type AuthSettings, type ConfigFile, configSchema, type NotifyEntry, type TargetTypeSchema } from "./schema.ts";

export const DEFAULT_CONFIG = "nolapse.yaml";

export type Environment = Readonly<Record<string, string | undefined>>;

/** One tenant, resolved, and how Nolapse signs in to it. References stay references until they are used. */
export interface TenantConfig extends TenantSettings {
  readonly graphEndpoint: string;
  readonly auth: AuthSettings;
  /** Signs in for writes alone, where `auth` only reads. */
  readonly writer?: AuthSettings | undefined;
  /** The part of Graph's published limits that Nolapse may use, from 0 to 1. */
  readonly share: number;
}

/** One target, with paths made absolute; the composition opens it. */
export interface TargetConfig extends TargetSettings {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly hook: readonly string[] | null;
}

/** One issuer of the configuration, with paths made absolute; the composition opens it. */
export type IssuerConfig =
  | {
      readonly type: "local-ca";
      readonly certificate: string;
      readonly key: string;
      /** A reference, resolved when the key is opened; null: the key is not encrypted. */
      readonly password: string | null;
    }
  | {
      readonly type: "command";
      readonly command: readonly string[];
      readonly timeout: DurationMs;
    };

/** What values at rest are sealed with. `path` is the file that belongs to the store and is backed up apart from it. */
export type SealConfig =
  | { readonly type: "local-key"; readonly path: string }
  | {
      readonly type: "key-vault";
      /** The key's address, with or without a version. */
      readonly key: string;
      readonly path: string;
      readonly auth: VaultAuth | null;
    };

/** How Nolapse signs in to a vault, where that is not as to the tenant. */
export type VaultAuth = "default" | "workload-identity" | "managed-identity" | "cli";

/** How `nolapse serve` is reached and signed in to. */
export interface ServerConfig {
  /** Null: localhost. */
  readonly url: string | null;
  /** Name of the tenant whose people and programs sign in. */
  readonly tenant: string;
  readonly clientId: string;
  /** A reference. */
  readonly secret: string;
  readonly audiences: readonly string[];
}

export interface ResolvedConfig {
  /** The file; null when everything comes from the environment. */
  readonly path: string | null;
  /** Of the file's text, {@link Source.digest}; left out without a file. */
  readonly digest?: string;
  readonly tenants: readonly TenantConfig[];
  /** Null without a file: then nothing is kept. */
  readonly store: { readonly type: "sqlite"; readonly path: string } | null;
  readonly seal: SealConfig | null;
  readonly targets: Readonly<Record<string, TargetConfig>>;
  /** Beside `self-signed`, which is always there. */
  readonly issuers: Readonly<Record<string, IssuerConfig>>;
  /** Who is told of what needs a person; references stay references. */
  readonly notify: readonly NotifyEntry[];
  /** Null where nothing is said of a server. */
  readonly server: ServerConfig | null;
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  /** The file that was asked for; null: nolapse.yaml if there is one, else the environment. */
  readonly path: string | null;
  readonly env: Environment;
  readonly targetTypes: readonly TargetTypeSchema[];
  readonly cwd: string;
}

/** @throws NolapseError `config-not-found`, `config-invalid`, `credentials-missing`. */
export function loadConfig({ path, env, targetTypes, cwd }: LoadOptions): ResolvedConfig {
  const file = resolve(cwd, path ?? DEFAULT_CONFIG);
  const text = textOf(file);
  if (text !== null) return readConfig(file, text, { env, targetTypes });
  if (path === null) return fromEnvironment(env);
  throw new NolapseError("config-not-found", `there is no configuration file ${file}`, {
    next: "name an existing file with --config, or write one: nolapse init",
  });
}

/** Null where there is no such file; one that is there and hidden from this user is another thing. @throws NolapseError `config-not-found`. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw new NolapseError("config-not-found", `the configuration file ${file} cannot be read (${code})`, {
      cause,
      next:
        code === "EISDIR"
          ? "name the file in it with --config"
          : "let the user who runs nolapse read it, or be that user",
    });
  }
}

/** The same of a text that was read already. `file`: its absolute path. @throws NolapseError `config-invalid`. */
export function readConfig(file: string, text: string, given: Omit<Around, "folder">): ResolvedConfig {
  const source = parseSource(file, text);
  const parsed = configSchema(given.targetTypes).safeParse(source.value ?? {});
  if (!parsed.success) throw schemaProblem(source, parsed.error);
  return deepFreeze(resolveFile(source, parsed.data, { ...given, folder: dirname(file) }));
}

/** The value behind `env:NAME` or `file:PATH`; one behind `keyvault:` is the composition's to read. @throws NolapseError `config-reference`. */
export function resolveReference(reference: string, env: Environment, folder: string): SecretValue {
  const [scheme, rest = ""] = [reference.slice(0, reference.indexOf(":")), reference.slice(reference.indexOf(":") + 1)];
  try {
    const text = scheme === "env" ? (env[rest] ?? "") : readFileSync(resolve(folder, rest), "utf8").trim();
    if (text !== "") return new SecretValue(text);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new NolapseError("config-reference", `the file of ${reference} cannot be read (${code})`, {
      cause,
      next: code === "ENOENT" ? `put the value into ${rest}` : `let the user who runs nolapse read ${rest}`,
    });
  }
  throw new NolapseError("config-reference", `${reference} has no value`, {
    next: scheme === "env" ? `set the variable ${rest}` : `put the value into ${rest}`,
  });
}

interface Around {
  readonly env: Environment;
  readonly targetTypes: readonly TargetTypeSchema[];
  readonly folder: string;
}

function resolveFile(source: Source, file: ConfigFile, around: Around): ResolvedConfig {
  const policies = resolvePolicies(source, file);
  const targets = resolveTargets(source, file, around);
  const warnings = checkRules(source, file, policies, targets);
  if (file.limits === "off" && (around.env.NOLAPSE_DIRECTORY_URL ?? "") === "") {
    throw new NolapseError(
      "config-invalid",
      `${source.place(["limits"])} limits: off is refused against a real cloud`,
      {
        next: "remove it, or set NOLAPSE_DIRECTORY_URL when this is a directory for tests",
      },
    );
  }
  if (file.limits === "off") warnings.push("limits are off: no ramp, no hourly limit, no waves; only for tests");
  const { bindings, choices } = entriesOf(source, file);
  const entriesAt = entriesPlace(source);
  const policyLines = policyLinesOf(source, file);
  checkWriters(source, file);
  const sharesEntries = Object.keys(file.tenants).length > 1;
  const tenants = Object.entries(file.tenants).map(([name, tenant]): TenantConfig => {
    const cloud = cloudOf(tenant.cloud, around.env);
    return {
      name,
      configuredIn: basename(source.path),
      ...(entriesAt === null ? {} : { entriesAt }),
      ...(sharesEntries ? { sharesEntries } : {}),
      policyLines,
      tenantId: tenant.id.toLowerCase(),
      timeZone: tenant.timeZone,
      mode: tenant.mode,
      authority: cloud.authorityHost,
      graphEndpoint: cloud.graphEndpoint,
      probeScope: `${cloud.graphEndpoint}/.default`,
      auth: tenant.auth,
      ...(tenant.writer === undefined ? {} : { writer: tenant.writer }),
      acceptance: file.acceptance,
      limits: file.limits === "off" ? null : { issuesPerHour: file.limits.issuesPerHour },
      share: file.limits === "off" ? 1 : file.limits.share,
      policies,
      choices,
      bindings,
      exclude: file.exclude.map((one) => one.match),
      targets,
      approvals: file.approvals,
    };
  });
  warnings.push(...checkEvidence(source, file, tenants));
  return {
    path: source.path,
    digest: source.digest,
    tenants,
    store: { type: "sqlite", path: resolve(around.folder, file.store.path) },
    seal: sealOf(file, around.folder),
    targets,
    issuers: resolveIssuers(file, around.folder),
    notify: file.notify,
    server: serverOf(source, file),
    warnings,
  };
}

/** A writer that takes its own credential away could not give it the next one. */
function checkWriters(source: Source, { tenants, applications }: ConfigFile): void {
  for (const { writer } of Object.values(tenants)) {
    const id = writer !== undefined && "clientId" in writer ? writer.clientId?.toLowerCase() : undefined;
    const at = applications.findIndex((one) => "appId" in one && one.appId.toLowerCase() === id);
    if (id === undefined || at < 0) continue;
    throw new NolapseError(
      "config-invalid",
      `${source.place(["applications", at])} is the writer itself, which does not rotate its own credential`,
      {
        next: "give the writer a managed or federated identity, or rotate it by nolapse rotate --self with a configuration of its own",
      },
    );
  }
}

function serverOf(source: Source, { server, tenants }: ConfigFile): ServerConfig | null {
  if (server === undefined) return null;
  const { tenant = Object.keys(tenants)[0] ?? "", clientId, secret, audiences } = server.signIn;
  if (!Object.hasOwn(tenants, tenant)) {
    throw new NolapseError(
      "config-invalid",
      `${source.place(["server", "signIn", "tenant"])} there is no tenant ${tenant}`,
      {
        next: `use one of: ${Object.keys(tenants).join(", ")}`,
      },
    );
  }
  const url = server.url === undefined ? null : new URL(server.url).origin;
  return { url, tenant, clientId: clientId.toLowerCase(), secret, audiences };
}

function sealOf({ seal }: ConfigFile, folder: string): SealConfig {
  const at = (reference: string) => resolve(folder, reference.slice("file:".length));
  if (seal.type === "local-key") return { type: "local-key", path: at(seal.key) };
  return { type: "key-vault", key: seal.key, path: at(seal.digest), auth: seal.auth ?? null };
}

/** Where each policy stands; one that is there without being written has no line. */
function policyLinesOf(source: Source, { policies }: ConfigFile): Readonly<Record<string, number>> {
  const lines = Object.keys(policies).map((name) => [name, source.position(["policies", name], true)?.line ?? 1]);
  return Object.fromEntries(lines);
}

function resolvePolicies(source: Source, file: ConfigFile): Record<string, Policy> {
  const policies: Record<string, Policy> = {};
  for (const [name, input] of Object.entries({ default: {}, ...file.policies })) {
    try {
      policies[name] = completePolicy(name, input);
    } catch (thrown) {
      if (!(thrown instanceof NolapseError)) throw thrown;
      const next = thrown.next ?? "correct it; nolapse config check reads the file again";
      throw new NolapseError("config-invalid", `${source.place(["policies", name])} ${thrown.message}`, { next });
    }
  }
  return policies;
}

function resolveTargets(
  source: Source,
  file: ConfigFile,
  { targetTypes, folder }: Around,
): Record<string, TargetConfig> {
  const targets: Record<string, TargetConfig> = {};
  for (const [name, entry] of Object.entries(file.targets)) {
    const { reload, hook, ...settings } = entry as Record<string, unknown> & { reload?: Reload; hook?: string[] };
    const kind = targetTypes.find((one) => one.type === settings.type);
    const problem = kind?.problem?.(settings) ?? null;
    if (problem !== null) {
      throw new NolapseError("config-invalid", `${source.place(["targets", name])} ${problem}`, {
        next: "correct it; nolapse config check reads the file again",
      });
    }
    targets[name] = {
      name,
      type: String(settings.type),
      kinds: kind?.kinds ?? [],
      reload: reload ?? (hook === undefined ? (kind?.reload ?? "start") : "hook"),
      carriedBy: kind?.carriedBy?.(settings) ?? null,
      hook: hook ?? null,
      settings: withPaths(settings, kind, folder),
    };
  }
  return targets;
}

function resolveIssuers({ issuers }: ConfigFile, folder: string): Record<string, IssuerConfig> {
  return Object.fromEntries(
    Object.entries(issuers).map(([name, entry]): [string, IssuerConfig] => {
      if (entry.type === "local-ca") {
        const [certificate, key] = [resolve(folder, entry.certificate), resolve(folder, entry.key)];
        return [name, { type: "local-ca", certificate, key, password: entry.password ?? null }];
      }
      const [program = "", ...parameters] = entry.command;
      // a bare name is looked for in PATH, as a shell does
      const path = /[/\\]/.test(program) ? resolve(folder, program) : program;
      return [name, { ...entry, command: [path, ...parameters] }];
    }),
  );
}

/** The settings that their schema marks as paths, made absolute. */
function withPaths(
  settings: Readonly<Record<string, unknown>>,
  kind: TargetTypeSchema | undefined,
  folder: string,
): Readonly<Record<string, unknown>> {
  const isPath = (key: string) => kind?.schema.shape[key]?.meta()?.path === true;
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [
      key,
      typeof value === "string" && isPath(key) ? resolve(folder, value) : value,
    ]),
  );
}

/** Read-only commands work without a file, from the variables that `@azure/identity` knows. */
function fromEnvironment(env: Environment): ResolvedConfig {
  const tenantId = env.AZURE_TENANT_ID ?? "";
  if (tenantId === "") {
    throw new NolapseError("credentials-missing", "there is no nolapse.yaml, and AZURE_TENANT_ID is not set", {
      next: "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or name a file with --config",
    });
  }
  const cloud = cloudOf(undefined, env);
  const tenant: TenantConfig = {
    name: tenantId,
    tenantId,
    timeZone: "UTC",
    mode: "observe",
    authority: cloud.authorityHost,
    graphEndpoint: cloud.graphEndpoint,
    probeScope: `${cloud.graphEndpoint}/.default`,
    auth: { method: "default" },
    acceptance: { successes: 4, over: 300_000, window: 1_800_000 },
    limits: { issuesPerHour: 60 },
    share: DEFAULT_SHARE,
    policies: { default: completePolicy("default", {}) },
    choices: [],
    bindings: [],
    exclude: [],
    targets: {},
  };
  return deepFreeze({
    path: null,
    tenants: [tenant],
    store: null,
    seal: null,
    targets: {},
    issuers: {},
    notify: [],
    server: null,
    warnings: [],
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
