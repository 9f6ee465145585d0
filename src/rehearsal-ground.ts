/**
 * Puts the rehearsal together: the embedded directory, the Graph adapter, the SQLite store and the local sealing key, each
 * as the program uses it, on one driven clock and without a socket. Beside compose.ts the only file that knows adapters and
 * directory.
 */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphGate, type Spender, type SpenderOptions } from "./adapters/graph/budget.ts";
import { createGraphDirectory } from "./adapters/graph/directory.ts";
import { createVerifier } from "./adapters/graph/verifier.ts";
import type { Fetch } from "./adapters/graph/wire.ts";
import { WitnessedSpender } from "./adapters/graph/witnessed-spender.ts";
import { createKeyPool } from "./adapters/issuers/key-pool.ts";
import { createSelfSigned } from "./adapters/issuers/self-signed.ts";
import { ensureLocalKey, openLocalKey } from "./adapters/seal/local-key.ts";
import { type SharedFile, type SqliteStore, shareSqliteFile } from "./adapters/store/open.ts";
import { NolapseError } from "./core/errors.ts";
import { SELF_SIGNED } from "./core/policy/policy.ts";
import { SecretValue } from "./core/secret-value.ts";
import { type EpochMs, epochMs } from "./core/time.ts";
import {
  createDirectory,
  createSigningKeys,
  type Directory,
  type FaultPlanInput,
  Random,
  type ScenarioApplication,
  type SigningKeys,
} from "./directory/index.ts";
import type { Clock } from "./ports/clock.ts";
import type { Sealer } from "./ports/sealer.ts";
import { type ByHand, othersClient, outsideOf, register, SMALL, truth } from "./rehearsal-hands.ts";
import type { Booted, Gate, Ground } from "./rehearse/stage/ground.ts";

/** A stalled answer and a lost one are the same to the manager but for the time it waits, and that time is real here. */
const AS_LOST = "commit-then-stall";
const VERSION = "0.0.0-simulation";
const STORE = "nolapse.db";
/** Where Linux keeps files in memory: the crashes of a rehearsal are none of the machine's. */
const IN_MEMORY = "/dev/shm";
const START = epochMs(Date.UTC(2026, 0, 1));
/** So many moves of the clock before the event loop turns. */
const MOVES_AT_ONCE = 16;

/** Signing keys are no part of the story, and making them is slow: one pair serves every run of a process. */
let signingKeys: SigningKeys | null = null;

/** Keys of certificates neither: their bits are nobody's question. */
const keyPool = createKeyPool("simulation", 4);

export interface GroundOptions {
  readonly seed: number;
  /** When it begins; the first of January 2026 where not given. */
  readonly start?: EpochMs;
  /** How an application is registered that is to be more than a name and a secret. */
  readonly describe?: (displayName: string) => Partial<ScenarioApplication>;
}

/** A ground on the real parts. Ends with everything it made in memory or in temporary folders. */
export async function directoryGround({ seed, start = START, describe }: GroundOptions): Promise<Ground> {
  signingKeys ??= createSigningKeys(new Random(1));
  const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "nolapse-simulation-"));
  const directory = await createDirectory({
    // a name of its own: ids come from names, and a copy of the demo's tenant must not meet its own administrator
    scenario: { tenants: [{ name: "Rehearsal", domains: ["rehearsal.invalid"], applications: [] }] },
    clock: { now: start, frozen: true },
    random: seed,
    keys: signingKeys,
    stampedTokens: true,
  });
  const { url, admin } = directory;
  const fetch: Fetch = directory.plainFetch;
  const keyFile = join(folder, "seal.key");
  ensureLocalKey(keyFile);
  const sealer = openLocalKey(keyFile);
  const dead = new Set<string>();
  const live: Clock = {
    now: async () => epochMs(directory.clock.now()),
    frozen: async () => true,
    processNow: () => directory.clock.now(),
    wait: async () => undefined,
  };
  const options = { clock: live, version: VERSION, fetch };
  let faults: FaultPlanInput = { rules: [] };
  let moves = 0;
  const file = new StoreFile(folder);
  const hands: ByHand = {
    directory,
    client: await othersClient(directory),
    grantor: null,
    grants: new Map(),
    issuer: createSelfSigned("by hand", keyPool.source("by hand")),
    faults: () => faults,
  };
  return {
    tenantId: admin.tenantId,
    authority: url,
    probeScope: `${url}/.default`,
    start,
    async moveClock(to) {
      directory.clock.set(to);
      moves += 1;
      // nothing else here waits for the outside: Ctrl-C, a stop from the page and what is told of progress would wait for the end
      if (moves % MOVES_AT_ONCE === 0) await new Promise<void>((turned) => setImmediate(turned));
    },
    register: (displayName, first) => register(hands, displayName, first, describe?.(displayName) ?? {}),
    truth: async (holder) => truth(directory, holder),
    async weather(seed, rules, isLimited = false) {
      const known = rules.map((rule) => (rule.fault === AS_LOST ? { ...rule, fault: "lost-response" as const } : rule));
      faults = { seed, rules: known.map((rule) => ({ ...rule })), ...(isLimited ? { limits: SMALL } : {}) };
      directory.faults.set(faults);
    },
    met: () => directory.faults.met(),
    outside: outsideOf(hands),
    backup: (name) => file.backup(name),
    restore: (name) => file.restore(name),
    boot: (clock, _random, name, gate) => boot({ directory, file, sealer, dead, options }, clock, name, gate),
    consumers: createVerifier(options),
    written: async () => file.written(),
    digest() {
      const hash = createHash("sha256");
      return { add: (text) => void hash.update(text), hex: () => hash.digest("hex") };
    },
    async end() {
      await directory.close();
      await file.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The file of the store, which outlives every process. */
class StoreFile {
  readonly #folder: string;
  #shared: SharedFile;

  constructor(folder: string) {
    this.#folder = folder;
    this.#shared = shareSqliteFile(this.#path);
  }

  get #path(): string {
    return join(this.#folder, STORE);
  }

  open(lease: Parameters<SharedFile["open"]>[0]): SqliteStore {
    return this.#shared.open(lease);
  }

  async backup(name: string): Promise<void> {
    rmSync(join(this.#folder, name), { force: true });
    await this.#shared.open({ owner: "backup", mayBeAlive: () => true }).backup(join(this.#folder, name));
  }

  async restore(name: string): Promise<void> {
    await this.#shared.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${this.#path}${end}`, { force: true });
    copyFileSync(join(this.#folder, name), this.#path);
    this.#shared = shareSqliteFile(this.#path);
  }

  written(): string {
    const files = readdirSync(this.#folder).filter((one) => one.startsWith(STORE));
    return files.map((one) => readFileSync(join(this.#folder, one), "latin1")).join("\n");
  }

  close(): Promise<void> {
    return this.#shared.close();
  }
}

interface Machine {
  readonly directory: Directory;
  readonly file: StoreFile;
  readonly sealer: Sealer;
  /** Names of processes that are no more: their leases are free. */
  readonly dead: Set<string>;
  readonly options: { readonly clock: Clock; readonly version: string; readonly fetch: Fetch };
}

/** The ports of one more process on the same store. */
async function boot(
  { directory, file, sealer, dead, options }: Machine,
  clock: Clock,
  name: string,
  gate?: Gate,
): Promise<Booted> {
  const { admin, url } = directory;
  const auth = { method: "plain", clientId: admin.clientId, secret: new SecretValue(admin.clientSecret) } as const;
  const lease = { owner: name, mayBeAlive: (owner: string) => !dead.has(owner) };
  const store = file.open(lease);
  const graph = { ...options, tenantId: admin.tenantId, authority: url, graphEndpoint: url, auth, clock };
  const mayGo = async () => {
    if ((await store.switches(admin.tenantId)).stopped !== null)
      throw new NolapseError("refused-by-stop", "it was told to stop", { next: "nolapse resume" });
  };
  const budget = gate && budgetBehind(gate, clock, { tenantId: admin.tenantId, mayGo });
  const { entra, certificates, logs, federation, samlSigning, deadlines } = createGraphDirectory({ ...graph, budget });
  const issuer = createSelfSigned(SELF_SIGNED, keyPool.source(name));
  return {
    entra,
    certificates,
    logs,
    federation,
    samlSigning,
    issuers: { get: (wanted) => (wanted === SELF_SIGNED ? issuer : null) },
    verifier: createVerifier({ ...options, clock }),
    sealer,
    store,
    ...(deadlines === undefined ? {} : { deadlines }),
    async die() {
      dead.add(name);
      await store.close();
    },
  };
}

/** The budget as the program composes it, but that it waits in the rehearsal's turns and tells it of every request. */
function budgetBehind(
  stage: Gate,
  clock: Clock,
  options: Pick<SpenderOptions, "tenantId" | "mayGo">,
): (clientId: string | null) => Spender {
  const time = { processNow: () => clock.processNow(), sleep: stage.sleep };
  const gate = new GraphGate(time, stage.waits);
  return (clientId) => new WitnessedSpender(stage, gate, { ...options, appId: clientId ?? "", share: stage.share });
}
