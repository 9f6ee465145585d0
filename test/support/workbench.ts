/** An engine on real store and seal, a directory in memory, targets in memory, and a clock that the test drives. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import { createMachineScheduler } from "../../src/adapters/machine/scheduler.ts";
import { ensureLocalKey, openLocalKey } from "../../src/adapters/seal/local-key.ts";
import { openSqliteStore, type SqliteStore } from "../../src/adapters/store/open.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { BASE32 } from "../../src/core/credentials/marker.ts";
import { completePolicy, type PolicyInput, SELF_SIGNED } from "../../src/core/policy/policy.ts";
import type { TargetSettings, TenantSettings } from "../../src/core/policy/settings.ts";
import type { Rotation, RotationEvent } from "../../src/core/rotation/rotation.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type DurationMs, type EpochMs, parseInstant, plus } from "../../src/core/time.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { type RunReport, runOnce } from "../../src/engine/maintain.ts";
import type { Target } from "../../src/ports/target.ts";
import { FakeEntra } from "./fake-entra.ts";

export const TENANT = "11111111-2222-4333-8444-555555555555";
export const START = parseInstant("2026-03-01T00:00:00Z") as EpochMs;

/** Keys are slow to make, and their bits are nobody's question here: all benches of a process share some. */
const KEYS = createKeyPool("workbench", 4);

/** A clock that stands still until the test moves it. */
export class DrivenClock {
  at: EpochMs = START;
  now = async () => this.at;
  frozen = async () => true;
  processNow = () => this.at;
  /** A turn of the event loop: whoever waits for somebody else must let him work. */
  wait = () => new Promise<void>((resolve) => setImmediate(resolve));
  advance(by: DurationMs): void {
    this.at = plus(this.at, by);
  }
}

/** A place in memory; `loses` makes it take a value and forget it. */
export class MemoryTarget implements Target {
  readonly type = "memory";
  readonly kinds = ["secret", "certificate"] as const;
  readonly reload = 60_000;
  readonly name: string;
  value: SecretValue | null;
  deliveries = 0;
  loses = 0;
  broken: Error | null = null;

  constructor(name: string, value: SecretValue | null) {
    this.name = name;
    this.value = value;
  }

  async preflight(): Promise<void> {
    if (this.broken !== null) throw this.broken;
  }

  async deliver({ value }: { readonly value: SecretValue }) {
    if (this.broken !== null) throw this.broken;
    this.deliveries += 1;
    if (this.loses > 0) this.loses -= 1;
    else this.value = value;
    return { version: String(this.deliveries) };
  }

  async readBack() {
    if (this.value === null) return { state: "empty" } as const;
    return { state: "present", value: this.value, version: null } as const;
  }
}

export interface BenchOptions {
  readonly policy?: PolicyInput;
  readonly settings?: Partial<TenantSettings>;
  readonly complete?: boolean;
  /** How long after the start the secret (or certificate) ends. */
  readonly endsIn?: DurationMs;
  /** The application signs in with this certificate, and its target holds it, instead of a secret. */
  readonly certificate?: CertificateValue;
}

/** One application with one secret (or certificate) that is due, bound to one target. */
export class Workbench {
  readonly clock = new DrivenClock();
  readonly entra = new FakeEntra({ now: () => this.clock.at });
  readonly issuer = createSelfSigned(SELF_SIGNED, KEYS.source("bench"));
  readonly events: RotationEvent["type"][] = [];
  readonly folder: string;
  readonly app: ReturnType<FakeEntra["seed"]>;
  readonly target: MemoryTarget;
  settings: TenantSettings;
  store: SqliteStore;
  #counter = 0;

  constructor(options: BenchOptions = {}) {
    this.folder = mkdtempSync(join(tmpdir(), "nolapse-"));
    ensureLocalKey(join(this.folder, "seal.key"));
    const end = plus(START, options.endsIn ?? 10 * 86_400_000);
    const long = plus(START, -365 * 86_400_000);
    const { certificate } = options;
    this.app = this.entra.seed({
      displayName: "Billing",
      ...(certificate === undefined
        ? { secrets: [{ name: "billing 2025", start: long, end, value: "old~value" }] }
        : { certificates: [{ certificate, name: "billing 2025", end }] }),
    });
    this.target = new MemoryTarget("billing", certificate ?? new SecretValue("old~value"));
    this.settings = settingsFor(this.app.appId, options);
    this.store = openSqliteStore({ path: this.storePath });
    onTestFinished(async () => {
      await this.store.close().catch(() => undefined);
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  get storePath(): string {
    return join(this.folder, "nolapse.db");
  }

  deps(over: Partial<Deps> = {}): Deps {
    const targets = new Map<string, Target>([[this.target.name, this.target]]);
    return {
      settings: this.settings,
      entra: this.entra,
      certificates: this.entra,
      logs: this.entra,
      federation: this.entra.federation,
      samlSigning: this.entra.samlSigning,
      issuers: { get: (name) => (name === SELF_SIGNED ? this.issuer : null) },
      verifier: this.entra,
      targets: { get: (name) => targets.get(name) ?? null },
      sealer: openLocalKey(join(this.folder, "seal.key")),
      store: this.store,
      clock: this.clock,
      random: { uuid: () => `rotation-${this.next()}`, base32: (length) => this.letters(length) },
      scheduler: createMachineScheduler(),
      brake: { pulled: async () => null },
      observe: (_rotation, event) => this.events.push(event.type),
      ...over,
    };
  }

  run(over: Partial<Deps> = {}): Promise<RunReport> {
    return runOnce(this.deps(over), { wait: 0 });
  }

  /** Runs, then moves the clock to what is due next (at most a day), over and over, until `done` or the days are over. */
  async drive(
    done: (rotation: Rotation | undefined) => boolean,
    days = 40,
    over: Partial<Deps> = {},
  ): Promise<Rotation> {
    const end = plus(this.clock.at, days * 86_400_000);
    while (this.clock.at < end) {
      const { nextDue } = await this.run(over);
      const rotation = await this.rotation();
      if (done(rotation)) return rotation as Rotation;
      const step = nextDue === null ? 86_400_000 : Math.max(1_000, nextDue - this.clock.at);
      this.clock.advance(Math.min(step, 86_400_000));
    }
    throw new Error(`not done after ${days} days: ${JSON.stringify(await this.rotation())}`);
  }

  /** A new process on the same files: the last one was killed, and what it held is free. */
  async reopen(): Promise<void> {
    await this.store.close();
    this.store = openSqliteStore({
      path: this.storePath,
      lease: { owner: "next", mayBeAlive: (owner) => owner === "next" },
    });
  }

  async rotation(): Promise<Rotation | undefined> {
    return (await this.store.rotations({ tenantId: TENANT }))[0];
  }

  next(): number {
    this.#counter += 1;
    return this.#counter;
  }

  letters(length: number): string {
    let rest = this.next() * 7919;
    let text = "";
    for (let index = 0; index < length; index += 1) {
      text += BASE32[rest % 32];
      rest = Math.floor(rest / 32) + 5 * index;
    }
    return text;
  }
}

function settingsFor(appId: string, options: BenchOptions): TenantSettings {
  const target: TargetSettings = {
    name: "billing",
    type: "memory",
    kinds: ["secret", "certificate"],
    reload: 60_000,
  };
  return {
    name: "contoso",
    tenantId: TENANT,
    timeZone: "UTC",
    mode: "enforce",
    authority: "https://login.example",
    probeScope: "https://graph.example/.default",
    acceptance: { successes: 4, over: 300_000, window: 1_800_000 },
    limits: null,
    policies: { default: completePolicy("default", { lifetime: 90 * 86_400_000, ...options.policy }) },
    choices: [],
    bindings: [
      {
        appId,
        policy: null,
        slots: [{ slot: "default", current: null, targets: ["billing"] }],
        consumers: options.complete === true ? "complete" : "unknown",
        signIn: null,
      },
    ],
    exclude: [],
    targets: { billing: target },
    ...options.settings,
  };
}
