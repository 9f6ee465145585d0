/**
 * A small tenant in memory under the real engine: its applications come due, time goes from one due instant to the next, and
 * everything that changes it is noted by the clock of the world. What the rules say is reckoned from those notes, never asked
 * of the engine.
 */
import { createHash } from "node:crypto";
import { createMachineScheduler } from "../../../src/adapters/machine/scheduler.ts";
import { BASE32 } from "../../../src/core/credentials/marker.ts";
import { completePolicy, type PolicyInput } from "../../../src/core/policy/policy.ts";
import type { TargetSettings, TenantSettings } from "../../../src/core/policy/settings.ts";
import { SecretValue } from "../../../src/core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, MINUTE, parseInstant, plus } from "../../../src/core/time.ts";
import type { Deps } from "../../../src/engine/deps.ts";
import { runOnce } from "../../../src/engine/maintain.ts";
import type { Target } from "../../../src/ports/target.ts";
import { FakeEntra } from "../../support/fake-entra.ts";
import type { Seeded } from "../../support/fake-seed.ts";
import { memoryStore, Shelf } from "../memory-store.ts";

/** A Thursday, 00:00 UTC. */
export const START = parseInstant("2026-01-01T00:00:00Z") as EpochMs;
const TENANT = "11111111-1111-4111-8111-111111111111";

/** Something that changed the tenant. */
export interface Write {
  readonly at: EpochMs;
  readonly what: "issue" | "remove" | "deliver";
  readonly app: string;
}

export interface TenantOptions {
  /** How long the secret of each application still lasts. */
  readonly ends: readonly DurationMs[];
  readonly policy?: PolicyInput;
  readonly settings?: Partial<TenantSettings>;
  readonly reload?: number;
  readonly deps?: Partial<Deps>;
}

export class SmallTenant {
  at: EpochMs = START;
  readonly entra = new FakeEntra({ now: () => this.at });
  readonly shelf = new Shelf();
  readonly apps: readonly Seeded[];
  readonly writes: Write[] = [];
  settings: TenantSettings;
  readonly #over: Partial<Deps>;
  readonly #targets = new Map<string, Target>();
  #letters = 0;

  constructor({ ends, policy = {}, settings = {}, reload = MINUTE, deps = {} }: TenantOptions) {
    this.#over = deps;
    this.apps = ends.map((left, index) =>
      this.entra.seed({
        displayName: `app ${index + 1}`,
        secrets: [{ name: "by hand", start: plus(START, -100 * DAY), end: plus(START, left), value: `old~${index}` }],
      }),
    );
    const targets: Record<string, TargetSettings> = {};
    for (const { appId } of this.apps) {
      targets[appId] = { name: appId, type: "memory", kinds: ["secret"], reload };
      this.#targets.set(appId, this.#place(appId, reload));
    }
    const lasting = { lifetime: 180 * DAY, renewBefore: 60 * DAY, overlap: 3 * DAY, retire: "after-overlap" } as const;
    this.settings = {
      name: "small",
      tenantId: TENANT,
      timeZone: "UTC",
      mode: "enforce",
      authority: "https://login.example",
      probeScope: "https://graph.example/.default",
      acceptance: { successes: 4, over: 5 * MINUTE, window: 30 * MINUTE },
      limits: null,
      policies: { default: completePolicy("default", { ...lasting, ...policy }) },
      choices: [],
      bindings: this.apps.map(({ appId }) => ({
        appId,
        policy: null,
        slots: [{ slot: "default", current: null, targets: [appId] }],
        consumers: "complete" as const,
        signIn: null,
      })),
      exclude: [],
      targets,
      ...settings,
    };
  }

  deps(): Deps {
    const { entra } = this;
    return {
      settings: this.settings,
      entra: this.#noting(),
      certificates: entra,
      logs: entra,
      federation: entra.federation,
      samlSigning: entra.samlSigning,
      issuers: { get: () => null },
      verifier: entra,
      targets: { get: (name) => this.#targets.get(name) ?? null },
      sealer: {
        seal: async (value) => Buffer.from(value.reveal()).toString("hex"),
        open: async (sealed) => new SecretValue(Buffer.from(sealed, "hex").toString()),
        fingerprint: async (value) => createHash("sha256").update(value.reveal()).digest("hex"),
      },
      store: memoryStore(this.shelf, "one"),
      clock: {
        now: async () => this.at,
        frozen: async () => true,
        processNow: () => this.at,
        wait: () => new Promise<void>((resolve) => setImmediate(resolve)),
      },
      random: { uuid: () => `rotation-${this.#next()}`, base32: (length) => this.#base32(length) },
      scheduler: createMachineScheduler(),
      brake: { pulled: async () => null },
      ...this.#over,
    };
  }

  /** Lives so many days: the engine runs whenever something is due, at least every day; then `daily` happens. */
  async live(days: number, daily: (day: number) => Promise<void> | void = () => {}): Promise<void> {
    for (let day = 0; day < days; day += 1) {
      const midnight = plus(this.at, DAY);
      while (this.at < midnight) {
        const { nextDue } = await runOnce(this.deps(), { wait: 0 });
        const next = nextDue === null ? midnight : Math.max(nextDue, plus(this.at, 1_000));
        this.at = Math.min(next, midnight) as EpochMs;
      }
      await daily(day);
    }
  }
  /** Time passes and nothing runs. */
  pass(time: DurationMs): void {
    this.at = plus(this.at, time);
  }

  of(what: Write["what"]): readonly Write[] {
    return this.writes.filter((one) => one.what === what);
  }

  #note(what: Write["what"], app: string): void {
    this.writes.push({ at: this.at, what, app });
  }

  #noting(): FakeEntra {
    const { entra } = this;
    return new Proxy(entra, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...args: [{ appId: string }, ...unknown[]]) => {
          if (key === "addSecret") this.#note("issue", args[0].appId);
          if (key === "removeSecret") this.#note("remove", args[0].appId);
          return member.apply(target, args);
        };
      },
    });
  }

  #place(appId: string, reload: number): Target {
    let held = new SecretValue(this.apps.find((one) => one.appId === appId)?.values[0] ?? "");
    return {
      name: appId,
      type: "memory",
      kinds: ["secret"],
      reload,
      preflight: async () => undefined,
      deliver: async ({ value }) => {
        this.#note("deliver", appId);
        held = value as SecretValue;
        return { version: null };
      },
      readBack: async () => ({ state: "present", value: held, version: null }),
    };
  }

  #next(): number {
    this.#letters += 1;
    return this.#letters;
  }

  #base32(length: number): string {
    let rest = this.#next() * 7919;
    return Array.from({ length }, (_, index) => {
      const letter = BASE32[rest % 32];
      rest = Math.floor(rest / 32) + 5 * index;
      return letter;
    }).join("");
  }
}

/** The most of these that lie in any span of this length. */
export function mostWithin(writes: readonly Write[], span: DurationMs): number {
  return Math.max(0, ...writes.map(({ at }) => writes.filter((one) => one.at >= at && one.at < at + span).length));
}
