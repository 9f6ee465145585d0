/**
 * One application with two writers: our engine, with everything that is behind it in the program, and the foreign tool,
 * which reads before our writes and writes after them.
 */
import { createGraphDirectory } from "../../src/adapters/graph/directory.ts";
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import type { Fetch } from "../../src/adapters/graph/wire.ts";
import { createMachineScheduler } from "../../src/adapters/machine/scheduler.ts";
import { openSqliteStore, type SqliteStore } from "../../src/adapters/store/open.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { completePolicy, SELF_SIGNED } from "../../src/core/policy/policy.ts";
import type { TargetSettings, TenantSettings } from "../../src/core/policy/settings.ts";
import type { Rotation, RotationEvent } from "../../src/core/rotation/rotation.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, HOUR, MINUTE, SECOND } from "../../src/core/time.ts";
import type { Directory, SeededApplication } from "../../src/directory/index.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { ask } from "../../src/engine/commands/rotate.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import type { Certificates } from "../../src/ports/certificates.ts";
import type { Issuer } from "../../src/ports/issuer.ts";
import type { Sealer } from "../../src/ports/sealer.ts";
import type { Target } from "../../src/ports/target.ts";
import type { Chance } from "../../src/rehearse/stage/chance.ts";
import type { ForeignReading, ForeignTool } from "./foreign-tool.ts";

/** How our certificates get onto the list: by proof of possession, or by replacing it. */
export type Way = "addKey" | "patch";

/** One of our writes as it was sent: what it meant, and for a replacement the entries it sent back. */
export interface OwnWrite {
  readonly way: "addKey" | "removeKey" | "patch";
  readonly at: number;
  readonly rotation: string;
  readonly added: string | null;
  readonly removed: string | null;
  readonly restored: readonly string[];
  readonly kept: readonly string[];
}

/** When a replaced list stopped being watched. */
export interface Settled {
  readonly rotation: string;
  readonly at: number;
}

/** A rotation that takes longer than this has lost its way: the application is left as it is. */
const LONGEST = 3 * DAY;
const STEPS = 500;

export interface ApplicationOptions {
  readonly directory: Directory;
  readonly way: Way;
  readonly seeded: SeededApplication & { readonly id: string };
  /** What the application signs in with at first; for the PATCH path only its name matters. */
  readonly first: { readonly name: string; readonly value: CertificateValue };
  readonly foreign: ForeignTool;
  readonly chance: Chance;
  readonly issuer: Issuer;
  readonly sealer: Sealer;
}

export class ContestedApplication {
  readonly writes: OwnWrite[] = [];
  readonly settled: Settled[] = [];
  readonly rotations: Rotation[] = [];
  readonly objectId: string;
  readonly foreign: ForeignTool;
  readonly way: Way;
  readonly #directory: Directory;
  readonly #chance: Chance;
  readonly #store: SqliteStore;
  readonly #deps: Deps;
  readonly #appId: string;
  #acts: { readonly at: number; readonly act: () => Promise<void> }[] = [];
  #rotation: string | null = null;
  /** The token endpoint does not honour our certificate in this round: it is withdrawn, by the list again. */
  #blind = false;
  #intent: Extract<RotationEvent, { type: "list-intended" }> | null = null;
  /** Every entry's text as our reads have seen it, by key id. */
  readonly #seen = new Map<string, Set<string>>();
  readonly changed: string[] = [];

  constructor(options: ApplicationOptions) {
    const { directory, way, seeded, foreign, chance } = options;
    this.#directory = directory;
    this.#chance = chance;
    this.foreign = foreign;
    this.way = way;
    this.objectId = seeded.id;
    this.#appId = seeded.appId;
    this.#store = openSqliteStore({ path: ":memory:", lease: { owner: "writers", mayBeAlive: () => true } });
    this.#deps = this.#compose(options);
  }

  /** One rotation and what the foreign tool does meanwhile. False when it ended otherwise than as retired. */
  async rotate(): Promise<boolean> {
    const { rotations, refused } = await ask(this.#deps, [this.#appId], { now: true, actor: "somebody" });
    const [opened] = rotations;
    if (opened === undefined) throw new Error(`nothing was opened: ${refused[0]?.because} ${refused[0]?.detail}`);
    this.#rotation = opened.id;
    this.#blind = this.way === "patch" && this.#chance.hits(0.35);
    const clock = this.#directory.clock;
    const began = clock.now();
    if (this.#chance.hits(0.5)) this.#plan(clock.now() + this.#chance.between(0, 90) * SECOND, () => this.#visit());
    for (let step = 0; step < STEPS; step += 1) {
      await this.#actNow();
      const { nextDue } = await runOnce(this.#deps, { wait: 0, only: [opened.id] });
      const rotation = await this.#store.rotation(opened.id);
      if (rotation === null) throw new Error("the rotation is gone");
      const ended = [this.#done, "halted"].includes(rotation.state) && rotation.listWrite === null;
      if (this.#acts.length === 0 && (ended || clock.now() - began > LONGEST)) {
        this.rotations.push(rotation);
        // the copy in a place that cannot be read back proves too little for an early retirement
        if (rotation.state === "verified" && ended) await cancel(this.#deps, rotation.id, "somebody");
        return rotation.state === this.#done;
      }
      const next = Math.min(nextDue ?? clock.now() + HOUR, ...this.#acts.map(({ at }) => at));
      clock.set(Math.max(next, clock.now() + SECOND));
    }
    throw new Error(`no end after ${STEPS} steps: ${JSON.stringify(await this.#store.rotation(opened.id))}`);
  }

  get #done(): Rotation["state"] {
    return this.way === "addKey" ? "retired" : "verified";
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  /** The foreign tool looks in, thinks for a while, and writes. */
  async #visit(): Promise<void> {
    await this.#write(await this.foreign.read());
  }

  async #write(reading: ForeignReading): Promise<void> {
    const at = this.#directory.clock.now() + this.#chance.between(1, 150) * SECOND;
    this.#plan(at, async () => {
      await this.foreign.write(reading);
    });
  }

  #plan(at: number, act: () => Promise<void>): void {
    this.#acts.push({ at, act });
  }

  async #actNow(): Promise<void> {
    for (;;) {
      const now = this.#directory.clock.now();
      const due = this.#acts.find(({ at }) => at <= now);
      if (due === undefined) return;
      this.#acts = this.#acts.filter((one) => one !== due);
      await due.act();
    }
  }

  /** Around one of our writes: the foreign tool has just read, writes in the gap, or both. */
  async #beside<T>(write: Omit<OwnWrite, "at" | "rotation">, send: () => Promise<T>): Promise<T> {
    const often = this.way === "addKey" ? 0.25 : write.restored.length > 0 ? 0.15 : 0.45;
    const stale = this.#chance.hits(often) ? await this.foreign.read() : null;
    if (this.#chance.hits(0.1)) await this.foreign.write(await this.foreign.read());
    this.writes.push({ ...write, at: this.#directory.clock.now(), rotation: this.#rotation ?? "" });
    const outcome = await send();
    if (stale !== null) await this.#write(stale);
    return outcome;
  }

  #contested(certificates: Certificates): Certificates {
    const nothing = { added: null, removed: null, restored: [], kept: [] };
    return {
      readCertificates: async (...args) => {
        const reading = await certificates.readCertificates(...args);
        for (const { credential, raw } of reading.entries) {
          const texts = this.#seen.get(credential.keyId) ?? new Set();
          this.#seen.set(credential.keyId, texts.add(raw));
        }
        return reading;
      },
      addKey: (holder, added, ...rest) =>
        this.#beside({ ...nothing, way: "addKey", added: added.keyId }, () =>
          certificates.addKey(holder, added, ...rest),
        ),
      removeKey: (holder, keyId, ...rest) =>
        this.#beside({ ...nothing, way: "removeKey", removed: keyId }, () =>
          certificates.removeKey(holder, keyId, ...rest),
        ),
      replaceCertificates: (holder, list, ...rest) => {
        const kept = list.kept.map((raw) => {
          const { keyId } = JSON.parse(raw) as { keyId: string };
          if (this.#seen.get(keyId)?.has(raw) !== true) this.changed.push(keyId);
          return keyId;
        });
        const { added = null, removed = null, restored = [] } = this.#intent ?? {};
        return this.#beside({ way: "patch", added, removed, restored, kept }, () =>
          certificates.replaceCertificates(holder, list, ...rest),
        );
      },
    };
  }

  #compose({ directory, way, first, chance, issuer, sealer }: ApplicationOptions): Deps {
    const { url, admin } = directory;
    const fetch: Fetch = directory.plainFetch;
    const clock = {
      now: async () => epochMs(directory.clock.now()),
      frozen: async () => true,
      processNow: () => directory.clock.now(),
      wait: async () => undefined,
    };
    const options = { clock, version: "0.0.0-writers", fetch };
    const graph = createGraphDirectory({
      ...options,
      tenantId: admin.tenantId,
      authority: url,
      graphEndpoint: url,
      auth: { method: "plain", clientId: admin.clientId, secret: new SecretValue(admin.clientSecret) },
    });
    const verifier = createVerifier(options);
    const place = way === "addKey" ? readablePlace(first.value) : writeOnlyPlace();
    return {
      settings: settingsFor(directory, this.#appId, first.name, place),
      ...graph,
      certificates: this.#contested(graph.certificates),
      issuers: { get: (name) => (name === SELF_SIGNED ? issuer : null) },
      verifier: {
        probe: async (...args) => {
          const probe = await verifier.probe(...args);
          return this.#blind && probe.outcome === "issued"
            ? { ...probe, outcome: "not-authenticated", code: 700027 }
            : probe;
        },
      },
      targets: { get: (name) => (name === place.name ? place : null) },
      sealer,
      store: this.#store,
      clock,
      random: chance,
      scheduler: createMachineScheduler(),
      brake: { pulled: async () => null },
      observe: (rotation, event) => {
        if (event.type === "list-intended") this.#intent = event;
        if (event.type === "list-compared" && event.settled) this.settled.push({ rotation: rotation.id, at: event.at });
      },
    };
  }
}

function readablePlace(first: CertificateValue): Target {
  let value: SecretValue = first;
  return {
    ...writeOnlyPlace(),
    deliver: async (delivery) => {
      ({ value } = delivery);
      return { version: null };
    },
    readBack: async () => ({ state: "present", value, version: null }),
  };
}

function writeOnlyPlace(): Target {
  return {
    name: "place",
    type: "memory",
    kinds: ["certificate"],
    reload: MINUTE,
    preflight: async () => undefined,
    deliver: async () => ({ version: null }),
  };
}

function settingsFor(directory: Directory, appId: string, current: string, place: Target): TenantSettings {
  const { url, admin } = directory;
  const target: TargetSettings = { name: place.name, type: place.type, kinds: ["certificate"], reload: MINUTE };
  const policy = { kind: "certificate", lifetime: 180 * DAY, overlap: HOUR, retire: "after-overlap" } as const;
  return {
    name: "contested",
    tenantId: admin.tenantId,
    timeZone: "UTC",
    mode: "enforce",
    authority: url,
    probeScope: `${url}/.default`,
    acceptance: { successes: 1, over: 0, window: 90 * SECOND },
    limits: null,
    policies: { default: completePolicy("default", policy) },
    choices: [],
    bindings: [
      {
        appId,
        policy: null,
        slots: [{ slot: "default", current, targets: [place.name] }],
        consumers: "complete",
        signIn: null,
      },
    ],
    exclude: [],
    targets: { [place.name]: target },
  };
}
