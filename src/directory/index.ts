import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { FastifyInstance } from "fastify";
import { createTlsIdentity, type TlsIdentity } from "./authority.ts";
import { type Administrator, Engine } from "./directory.ts";
import { type FaultPlan, faultPlanSchema } from "./faults.ts";
import { createInProcessFetch } from "./in-process.ts";
import { Journal } from "./journal.ts";
import { createSigningKeys, type SigningKeys } from "./keys.ts";
import { Random } from "./random.ts";
import type { Scenario, ScenarioApplication, SeededApplication } from "./scenario.ts";
import { createServer } from "./server.ts";
import type { DirectoryState, Entity, SignInRecord } from "./state.ts";

export { addDuration } from "./clock.ts";
export type { FaultPlan, FaultRule } from "./faults.ts";
export { faultPlanSchema } from "./faults.ts";
export { createSigningKeys, type SigningKeys } from "./keys.ts";
export { Random } from "./random.ts";
export type {
  Scenario,
  ScenarioApplication,
  ScenarioCertificate,
  ScenarioPrincipal,
  ScenarioSecret,
  ScenarioTenant,
  SeededApplication,
} from "./scenario.ts";
export { parseScenario, scenarioSchema } from "./scenario-file.ts";
export type { DirectoryState, SignInRecord } from "./state.ts";

export interface DirectoryOptions {
  /** What an empty data folder begins with. Default `contoso`. */
  scenario?: "contoso" | "empty" | Scenario;
  /** Where the clock starts (ISO 8601 or epoch milliseconds) and whether it stands. Default: machine time, running. */
  clock?: { now?: string | number; frozen?: boolean };
  /** A seed every id, value and key derives from, or a source in [0, 1). Default: real randomness. */
  random?: number | (() => number);
  /** RSA keys to use instead of generating some: see `createSigningKeys`. */
  keys?: SigningKeys;
  /** Keep everything here; survives kill -9. Default: memory only. */
  dataDir?: string;
  /** Where to listen; false (the default) serves in process only. Host default `localhost`, which is 127.0.0.1 and ::1. */
  listen?: { port: number; host?: string } | false;
  faults?: FaultPlanInput;
  /** So many plausible applications more, in the first tenant of a new directory. */
  generate?: number;
  /** Judge client assertions by the directory's clock alone; by default the machine's will do, too. */
  strictAssertions?: boolean;
  /**
   * Tokens carry a keyed digest instead of an RS256 signature: for simulations of thousands of years, in which nobody but
   * this directory checks one.
   */
  stampedTokens?: boolean;
  /** How the issuers of federated credentials are asked for their keys. Default: the global `fetch`. */
  issuers?: typeof fetch;
}

/** A fault plan as people write it: the seed defaults to 1. */
export type FaultPlanInput = { seed?: number; rules?: FaultPlan["rules"]; limits?: FaultPlan["limits"] };

export interface Directory {
  /** `https://localhost:PORT`, or `https://directory.invalid` when not listening. */
  readonly url: string;
  /** Reaches the directory without a socket; works whether or not it listens. */
  readonly fetch: typeof fetch;
  /** PEM of the certificate authority. */
  readonly ca: string;
  /** The CA as a file, for NODE_EXTRA_CA_CERTS and its like. */
  readonly caFile: string;
  /** Directory time in epoch milliseconds. */
  readonly clock: { now(): number; set(ms: number): void; advance(ms: number): void; freeze(on: boolean): void };
  readonly faults: { set(plan: FaultPlanInput): void };
  /** The administrator application: holds every permission of the slice. */
  readonly admin: Administrator;
  /** Clear text of seeded secrets by keyId. Memory only; after a restart only what a seed can derive again. */
  readonly values: ReadonlyMap<string, string>;
  /** The variables of design §7. */
  environment(): Record<string, string>;
  /** Adds applications, by default to the administrator's tenant; secrets' ends are relative to the clock. */
  seed(applications: readonly ScenarioApplication[], options?: { tenantId?: string }): Promise<SeededApplication[]>;
  /** The token requests of known applications so far, oldest first. */
  signIns(): readonly SignInRecord[];
  /** The whole state as JSON data; holds no secret's value. */
  state(): DirectoryState;
  /** One application or service principal as it is, past every lag; undefined for what is not there or in the recycle bin. */
  object(id: string): Entity | undefined;
  close(): Promise<void>;
}

/** The origin of a directory that does not listen. `.invalid` never resolves (RFC 6761), so no request can leave by mistake. */
const IN_PROCESS_ORIGIN = "https://directory.invalid";

/** Starts an embedded Entra directory. */
export async function createDirectory(options: DirectoryOptions = {}): Promise<Directory> {
  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const journal = dataDir === undefined ? undefined : new Journal(dataDir);
  const random = new Random(options.random);
  const engine = await Engine.create({
    scenario: options.scenario ?? "contoso",
    clock: options.clock ?? {},
    random,
    keys: options.keys ?? (dataDir === undefined ? undefined : persistedKeys(dataDir, random)),
    journal,
    strictAssertions: options.strictAssertions,
    stampedTokens: options.stampedTokens,
    generate: options.generate,
    fetch: options.issuers,
    admin: dataDir === undefined ? undefined : readAdmin(dataDir),
    keepAdmin: (admin) => {
      if (dataDir !== undefined) writePrivate(join(dataDir, "admin.json"), JSON.stringify(admin));
    },
  });
  if (options.faults !== undefined) setFaults(engine, options.faults);
  const tls = await createTlsIdentity(dataDir);
  const closing = new AbortController();
  const listening = options.listen ? await listen(engine, tls, options.listen) : undefined;
  const url = listening?.url ?? IN_PROCESS_ORIGIN;
  engine.origins.add(url);
  const caFile = caFileOf(tls, dataDir);
  return {
    url,
    fetch: createInProcessFetch((request) => engine.answer(request), closing.signal),
    ca: tls.ca,
    get caFile() {
      return caFile.path();
    },
    clock: {
      now: () => engine.clock.now(),
      set: (ms) => engine.clock.set(ms),
      advance: (ms) => engine.clock.advance(ms),
      freeze: (on) => engine.clock.freeze(on),
    },
    faults: { set: (plan) => setFaults(engine, plan) },
    admin: engine.admin,
    values: engine.values,
    environment: () => environmentOf(url, engine.admin, caFile.path()),
    seed: (applications, where) => engine.seed(applications, where?.tenantId),
    signIns: () => engine.store.signIns,
    state: () => structuredClone(engine.store.toState()),
    object: (id) => {
      const record = engine.store.any("applications", id) ?? engine.store.any("servicePrincipals", id);
      return record === undefined || record.deletedAt !== undefined ? undefined : structuredClone(record.entity);
    },
    close: async () => {
      closing.abort();
      await listening?.server.close();
      engine.close();
      caFile.remove();
    },
  };
}

/** What `nolapse directory` runs: a directory that listens, on port 8443 unless told otherwise. */
export function startDirectory(options: DirectoryOptions = {}): Promise<Directory> {
  return createDirectory({ ...options, listen: options.listen || { port: 8443 } });
}

/** Writes the environment as `NAME=value` lines, atomically and readable by the owner only. Call it once the directory listens. */
export function writeEnvFile(directory: Pick<Directory, "environment">, path: string): void {
  const lines = Object.entries(directory.environment()).map(([name, value]) => `${name}=${value}\n`);
  writePrivate(path, lines.join(""));
}

function environmentOf(url: string, admin: Administrator, caFile: string): Record<string, string> {
  return {
    NOLAPSE_DIRECTORY_URL: url,
    NOLAPSE_GRAPH_ENDPOINT: url,
    AZURE_AUTHORITY_HOST: url,
    AZURE_TENANT_ID: admin.tenantId,
    AZURE_CLIENT_ID: admin.clientId,
    AZURE_CLIENT_SECRET: admin.clientSecret,
    NODE_EXTRA_CA_CERTS: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    SSL_CERT_FILE: caFile,
  };
}

function setFaults(engine: Engine, plan: FaultPlanInput): void {
  const faults = faultPlanSchema.parse(plan);
  engine.commit([{ faults }]);
  engine.faults.set(faults);
}

async function listen(
  engine: Engine,
  tls: TlsIdentity,
  where: { port: number; host?: string },
): Promise<{ server: FastifyInstance; url: string }> {
  const server = createServer(tls, (request) => engine.answer(request));
  const host = where.host ?? "localhost";
  await server.listen({ port: where.port, host });
  const { port } = server.server.address() as AddressInfo;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return { server, url: `https://${name}:${port}` };
}

/** With a data folder the CA is a file there; without, one in a private temporary folder, made when first asked for. */
function caFileOf(tls: TlsIdentity, dataDir: string | undefined): { path(): string; remove(): void } {
  if (dataDir !== undefined) return { path: () => join(dataDir, "ca.pem"), remove: () => {} };
  let folder: string | undefined;
  return {
    path: () => {
      if (folder === undefined) {
        folder = mkdtempSync(join(tmpdir(), "nolapse-directory-"));
        writeFileSync(join(folder, "ca.pem"), tls.ca, { mode: 0o600 });
      }
      return join(folder, "ca.pem");
    },
    remove: () => {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Token signing keys outlive a restart, or tokens issued before it would be refused after it. */
function persistedKeys(dataDir: string, random: Random): SigningKeys {
  const path = join(dataDir, "signing-keys.json");
  const kept = readOptional(path);
  if (kept !== undefined) return JSON.parse(kept) as SigningKeys;
  const keys = createSigningKeys(random.fork("keys"));
  writePrivate(path, JSON.stringify(keys));
  return keys;
}

/**
 * The administrator's secret is the one value kept on disk, in a file of its own that only the owner reads: the state holds no values,
 * and a directory nobody can sign in to any more after a restart would be of no use.
 */
function readAdmin(dataDir: string): Administrator | undefined {
  const kept = readOptional(join(dataDir, "admin.json"));
  return kept === undefined ? undefined : (JSON.parse(kept) as Administrator);
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes a file whole or not at all, mode 0600 from its first byte. */
function writePrivate(path: string, text: string): void {
  mkdirSync(resolve(path, ".."), { recursive: true });
  const temporary = `${path}.${process.pid}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  renameSync(temporary, path);
}
