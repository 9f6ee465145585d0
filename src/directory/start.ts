import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Administrator, Engine } from "./directory.ts";
import type { FaultPlan } from "./faults/fault-plan.ts";
import { createInProcessFetch, createPlainFetch, type PlainFetch } from "./http/in-process.ts";
import type { ConnectProxy, startProxy } from "./http/proxy.ts";
import { type Listening, listen } from "./http/server.ts";
import { freshSigningKeys, type SigningKeys } from "./keys/keys.ts";
import { createTlsIdentity, type TlsIdentity } from "./keys/local-authority.ts";
import { Random } from "./random.ts";
import type { Scenario, ScenarioApplication, SeededApplication } from "./scenarios/scenario.ts";
import { Journal } from "./state/journal.ts";
import type { DirectoryState, Entity, SignInRecord } from "./state/state.ts";

/** What a directory is started with; its fault plan is checked already. */
export interface StartOptions {
  /** What an empty data folder begins with. Default `contoso`. */
  scenario?: "contoso" | "empty" | Scenario;
  /** Where the clock starts (ISO 8601 or epoch milliseconds) and whether it stands. Default: machine time, running. */
  clock?: { now?: string | number; frozen?: boolean };
  /** A seed every id, value and key derives from, or a source in [0, 1). Default: real randomness. */
  random?: number | (() => number);
  /** RSA keys to use instead of generating some: see `createSigningKeys`. */
  keys?: SigningKeys | Promise<SigningKeys>;
  /** Keep everything here; survives kill -9. Default: memory only. */
  dataDir?: string;
  /** Where to listen; false (the default) serves in process only. Host default `localhost`, which is 127.0.0.1 and ::1. */
  listen?: { port: number; host?: string } | false;
  /** Also listen as a CONNECT proxy on 127.0.0.1, for clients that insist on Microsoft's host names. Needs `listen`; 0 for any port. */
  proxyPort?: number;
  faults?: FaultPlan;
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

/** A directory that runs. */
export interface Started {
  /** `https://localhost:PORT`, or `https://directory.invalid` when not listening. */
  readonly url: string;
  /** `http://127.0.0.1:PORT` of the proxy, where `proxyPort` asked for one. */
  readonly proxyUrl: string | undefined;
  /** Reaches the directory without a socket; works whether or not it listens. */
  readonly fetch: typeof fetch;
  /** The same with plain answers, at a fraction of the cost: for simulations that ask millions of times. */
  readonly plainFetch: PlainFetch;
  /** PEM of the certificate authority. */
  readonly ca: string;
  /** The CA as a file, for NODE_EXTRA_CA_CERTS and its like. */
  readonly caFile: string;
  /** Directory time in epoch milliseconds. */
  readonly clock: { now(): number; set(ms: number): void; advance(ms: number): void; freeze(on: boolean): void };
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
  /** The whole state as JSON data, to keep or to carry elsewhere; holds no secret's value. */
  state(): DirectoryState;
  /** One application or service principal as it is, past every lag; undefined for what is not there or in the recycle bin. */
  object(id: string): Entity | undefined;
  close(): Promise<void>;
}

/** The origin of a directory that does not listen. `.invalid` never resolves (RFC 6761), so no request can leave by mistake. */
const IN_PROCESS_ORIGIN = "https://directory.invalid";

/** Starts an embedded Entra directory. Beside it gives the engine, for what documents are brought to later. */
export async function openDirectory(options: StartOptions): Promise<{ directory: Started; engine: Engine }> {
  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const journal = dataDir === undefined ? undefined : new Journal(dataDir);
  const random = new Random(options.random);
  const identity = createTlsIdentity(dataDir);
  // its failure is met where it is awaited, below
  identity.catch(() => undefined);
  const keys = (await options.keys) ?? (dataDir === undefined ? undefined : await persistedKeys(dataDir, random));
  const adminSecret = dataDir === undefined || keys === undefined ? undefined : secretFrom(keys);
  const engine = await Engine.create({
    scenario: options.scenario ?? "contoso",
    clock: options.clock ?? {},
    random,
    keys,
    adminSecret,
    ...(dataDir === undefined ? {} : { keepKeys: (keys) => writePrivate(join(dataDir, KEYS), JSON.stringify(keys)) }),
    journal,
    strictAssertions: options.strictAssertions,
    stampedTokens: options.stampedTokens,
    generate: options.generate,
    fetch: options.issuers,
    admin: dataDir === undefined ? undefined : readAdmin(dataDir, adminSecret ?? ""),
    keepAdmin: ({ tenantId, clientId, clientSecret }) => {
      if (dataDir === undefined) return;
      // a folder of an earlier version has a value that no key gives
      const value = clientSecret === adminSecret ? {} : { clientSecret };
      writePrivate(join(dataDir, "admin.json"), JSON.stringify({ tenantId, clientId, ...value }));
    },
  });
  if (options.faults !== undefined) engine.setFaults(options.faults);
  const tls = await identity;
  const closing = new AbortController();
  if (options.proxyPort !== undefined && !options.listen) throw new RangeError("proxyPort needs listen");
  const listening = options.listen ? await open(engine, tls, options.listen, options.proxyPort) : undefined;
  const url = listening?.url ?? IN_PROCESS_ORIGIN;
  engine.origins.add(url);
  const caFile = caFileOf(tls, dataDir);
  const proxyUrl = listening?.proxy?.url;
  const directory: Started = {
    url,
    proxyUrl,
    fetch: createInProcessFetch((request) => engine.answer(request), closing.signal),
    plainFetch: createPlainFetch((request) => engine.answer(request), closing.signal),
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
    admin: engine.admin,
    values: engine.values,
    environment: () => environmentOf(url, proxyUrl, engine.admin, caFile.path()),
    seed: (applications, where) => engine.seed(applications, where?.tenantId),
    signIns: () => engine.store.signIns,
    state: () => structuredClone(engine.store.toState()),
    object: (id) => objectOf(engine, id),
    close: async () => {
      closing.abort();
      await listening?.proxy?.close();
      await listening?.close();
      engine.close();
      caFile.remove();
    },
  };
  return { directory, engine };
}

function objectOf({ store }: Engine, id: string): Entity | undefined {
  const record = store.any("applications", id) ?? store.any("servicePrincipals", id);
  return record === undefined || record.deletedAt !== undefined ? undefined : structuredClone(record.entity);
}

/** Writes the environment as `NAME=value` lines, atomically and readable by the owner only. Call it once the directory listens. */
export function writeEnvFile(directory: Pick<Started, "environment">, path: string): void {
  const lines = Object.entries(directory.environment()).map(([name, value]) => `${name}=${value}\n`);
  writePrivate(path, lines.join(""));
}

function environmentOf(
  url: string,
  proxyUrl: string | undefined,
  admin: Administrator,
  caFile: string,
): Record<string, string> {
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
    // not HTTPS_PROXY itself: who loads these variables wants the directory, not every other host refused
    ...(proxyUrl === undefined ? {} : { HTTPS_PROXY_DIRECTORY: proxyUrl }),
  };
}

interface Opened {
  readonly url: string;
  readonly proxy: ConnectProxy | undefined;
  close(): Promise<void>;
}

async function open(
  engine: Engine,
  tls: TlsIdentity,
  where: { port: number; host?: string },
  proxyPort: number | undefined,
): Promise<Opened> {
  const host = where.host ?? "localhost";
  const { port, server, close }: Listening = await listen(tls, (request) => engine.answer(request), host, where.port);
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  const own = `${name}:${port}`;
  const proxy =
    proxyPort === undefined
      ? undefined
      : await openProxy(proxyPort, server, own).catch(async (failure) => {
          await close();
          throw failure;
        });
  return { url: `https://${own}`, proxy, close };
}

/** Loaded when it is asked for, because `node:http` as a module brings the whole of `fetch` with it. */
async function openProxy(...asked: Parameters<typeof startProxy>): Promise<ConnectProxy> {
  return (await import("./http/proxy.ts")).startProxy(...asked);
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

const KEYS = "signing-keys.json";

/** Token signing keys outlive a restart, or tokens issued before it would be refused after it. */
async function persistedKeys(dataDir: string, random: Random): Promise<SigningKeys> {
  const path = join(dataDir, KEYS);
  const kept = readOptional(path);
  if (kept !== undefined) return JSON.parse(kept) as SigningKeys;
  const keys = await freshSigningKeys(random.fork("keys"));
  writePrivate(path, JSON.stringify(keys));
  return keys;
}

/**
 * The administrator's secret follows from the folder's keys, so that no value is on disk and whoever starts the directory again
 * can still sign in. It must not follow from the signing key, which rolls over.
 */
function secretFrom({ certificates }: SigningKeys): string {
  return new Random(`administrator ${certificates.d}`).secretText();
}

function readAdmin(dataDir: string, secret: string): Administrator | undefined {
  const kept = readOptional(join(dataDir, "admin.json"));
  if (kept === undefined) return undefined;
  const {
    tenantId,
    clientId,
    clientSecret = secret,
  } = JSON.parse(kept) as Omit<Administrator, "clientSecret"> & {
    clientSecret?: string;
  };
  return { tenantId, clientId, clientSecret };
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
