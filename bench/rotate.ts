/**
 * Row `rotate`: whole rotations, from the preflight to the old secret seen absent, journaled in a durable store, sealed,
 * delivered to files and verified, against a script without an engine that makes the very same calls of the same adapters in
 * the same order for each application, as many applications at once, and writes and syncs a row wherever the store did. Times
 * are real; the directory's clock is moved whenever everything waits. With answers held back for 100 ms the bound is the
 * requests themselves.
 * The script syncs each row alone; of the store's writes, those that come together share a flush, so the engine has about a third of them.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { createGraphDirectory } from "../src/adapters/graph/directory.ts";
import { createVerifier } from "../src/adapters/graph/verifier.ts";
import { createMachineRandom } from "../src/adapters/machine/random.ts";
import { createMachineScheduler } from "../src/adapters/machine/scheduler.ts";
import { ensureLocalKey, openLocalKey } from "../src/adapters/seal/local-key.ts";
import { openSqliteStore } from "../src/adapters/store/open.ts";
import { createEnvFile } from "../src/adapters/targets/env-file.ts";
import { completePolicy } from "../src/core/policy/policy.ts";
import type { TenantSettings } from "../src/core/policy/settings.ts";
import { SecretValue } from "../src/core/secret-value.ts";
import { DAY, type EpochMs, epochMs, HOUR, MINUTE, plus } from "../src/core/time.ts";
import type { Deps } from "../src/engine/deps.ts";
import { ROTATIONS_AT_ONCE as AT_ONCE, run } from "../src/engine/maintain.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { Target } from "../src/ports/target.ts";
import type { Row } from "./ratio.ts";

const LATENCY = 100;
/** About what the store writes for a step, bytes. */
const ROW = "x".repeat(3_000);

interface Application {
  readonly objectId: string;
  readonly appId: string;
  readonly value: string;
}

interface Ready {
  readonly url: string;
  readonly ca: string;
  readonly now: number;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly applications: readonly Application[];
}

/** What was done for an application, in order; `sync` is a write to the store. */
type Done = "read" | "add" | "remove" | "probe" | "deliver" | "readBack" | "sync";
const REQUESTS: ReadonlySet<Done> = new Set(["read", "add", "remove", "probe"]);

class Bench {
  readonly #child: ChildProcess;
  readonly #ready: Ready;
  readonly #folder = mkdtempSync(join(tmpdir(), "nolapse-rotate-"));
  readonly done = new Map<string, Done[]>();
  readonly targets: ReadonlyMap<string, Target>;
  #now: EpochMs;

  static async open(rotations: number): Promise<Bench> {
    const child = fork(join(import.meta.dirname, "rotate-directory.ts"), [String(rotations)]);
    const [ready] = (await once(child, "message")) as [Ready];
    setDefaultCACertificates([...getCACertificates("default"), ready.ca]);
    return new Bench(child, ready);
  }

  private constructor(child: ChildProcess, ready: Ready) {
    this.#child = child;
    this.#ready = ready;
    this.#now = epochMs(ready.now);
    this.targets = new Map(ready.applications.map((one) => [one.appId, this.#fileOf(one)]));
  }

  get applications(): readonly Application[] {
    return this.#ready.applications;
  }

  get requests(): number {
    return [...this.done.values()].flat().filter((one) => REQUESTS.has(one)).length;
  }

  #fileOf({ appId, value }: Application): Target {
    const path = join(this.#folder, appId, ".env");
    mkdirSync(join(this.#folder, appId));
    writeFileSync(path, `AZURE_CLIENT_SECRET=${value}\n`, { mode: 0o600 });
    const settings = { type: "env-file", path, secret: "AZURE_CLIENT_SECRET" } as const;
    return createEnvFile({ name: appId, reload: MINUTE }, settings);
  }

  async tell(message: object): Promise<void> {
    const answered = once(this.#child, "message");
    this.#child.send(message);
    await answered;
  }

  async close(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.disconnect();
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  adapters() {
    const { url, tenantId, clientId, clientSecret } = this.#ready;
    const clock: Clock = {
      now: async () => this.#now,
      frozen: async () => false,
      processNow: () => performance.now(),
      wait: async (until) => {
        this.#now = until > this.#now ? until : plus(this.#now, 1);
        await this.tell({ clock: this.#now });
      },
    };
    const auth = { method: "plain", clientId, secret: new SecretValue(clientSecret) } as const;
    const options = { clock, version: "bench" };
    const graph = createGraphDirectory({ ...options, tenantId, authority: url, graphEndpoint: url, auth });
    return { clock, graph, verifier: createVerifier(options) };
  }

  /** The engine, until every rotation is retired; seconds from the first claim on. */
  async engine(): Promise<number> {
    const { clock, graph, verifier } = this.adapters();
    ensureLocalKey(join(this.#folder, "seal.key"));
    const store = openSqliteStore({ path: join(this.#folder, "nolapse.db") });
    const over = new AbortController();
    let began = 0;
    const { tenantId } = this.#ready;
    const deps: Deps = {
      settings: this.#settings(),
      ...graph,
      entra: this.#watched(graph.entra, { read: "read", addSecret: "add", removeSecret: "remove" }),
      issuers: { get: () => null },
      verifier: this.#watched(verifier, { probe: "probe" }),
      targets: {
        get: (name) => {
          const target = this.targets.get(name) ?? null;
          return target && this.#watched(target, { deliver: "deliver", readBack: "readBack" }, name);
        },
      },
      sealer: openLocalKey(join(this.#folder, "seal.key")),
      store: this.#watched(store, { claim: "sync", commit: "sync", release: "sync" }),
      clock: {
        ...clock,
        wait: async (until, atMost) => {
          const open = await store.nextDue(tenantId);
          if (open === null && began > 0) over.abort();
          else await clock.wait(until, atMost);
        },
      },
      random: createMachineRandom(),
      scheduler: createMachineScheduler(),
      brake: { pulled: async () => null },
    };
    const onScan = () => {
      began = performance.now();
    };
    await run(deps, { signal: over.signal, scanEvery: 3_650 * DAY, onScan });
    const seconds = (performance.now() - began) / 1_000;
    const retired = await store.rotations({ tenantId, states: ["retired"] });
    await store.close();
    if (retired.length !== this.applications.length) throw new Error(`only ${retired.length} rotations ended`);
    return seconds;
  }

  /** The same calls without an engine, for fresh applications; seconds. */
  async script(calls: readonly (readonly Done[])[]): Promise<number> {
    const { graph, verifier } = this.adapters();
    const file = openSync(join(this.#folder, "rows"), "a");
    const began = performance.now();
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < this.applications.length; index = next++) {
        const one = this.applications[index];
        if (one !== undefined) await this.#replay(one, calls[index] ?? [], graph.entra, verifier, file);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    closeSync(file);
    return (performance.now() - began) / 1_000;
  }

  async #replay(
    one: Application,
    calls: readonly Done[],
    entra: Deps["entra"],
    verifier: Deps["verifier"],
    file: number,
  ): Promise<void> {
    const { url, tenantId } = this.#ready;
    const holder = { type: "application", objectId: one.objectId, appId: one.appId } as const;
    const signIn = { authority: url, tenant: tenantId, clientId: one.appId, scope: `${url}/.default` };
    const target = this.targets.get(one.appId);
    const end = plus(this.#now, 80 * DAY);
    let [value, keyId] = [new SecretValue(one.value), ""];
    for (const call of calls) {
      if (call === "sync") {
        writeSync(file, ROW);
        fsyncSync(file);
      } else if (call === "read") keyId ||= (await entra.read(holder)).holder.credentials[0]?.keyId ?? "";
      else if (call === "add") {
        const added = await entra.addSecret(holder, { displayName: "new", end });
        if (added.outcome !== "applied") throw new Error("the directory made no secret");
        value = added.value;
      } else if (call === "remove") await entra.removeSecret(holder, keyId);
      else if (call === "probe") await verifier.probe(signIn, value);
      else if (call === "readBack") await target?.readBack?.();
      else await target?.deliver({ idempotencyKey: one.appId, tenantId, appId: one.appId, keyId, end, value });
    }
  }

  /** The same port; each of these methods is noted for the application it is about. */
  #watched<T extends object>(inner: T, methods: Readonly<Record<string, Done>>, about?: string): T {
    return new Proxy(inner, {
      get: (object, key) => {
        const member: unknown = Reflect.get(object, key);
        const done = methods[String(key)];
        if (typeof member !== "function") return member;
        if (done === undefined) return member.bind(object);
        return async (...args: unknown[]) => {
          const answer: unknown = await member.apply(object, args);
          const appId = about ?? appIdIn(args[0]) ?? appIdIn(answer);
          if (appId !== undefined) this.done.set(appId, [...(this.done.get(appId) ?? []), done]);
          return answer;
        };
      },
    });
  }

  #settings(): TenantSettings {
    const { tenantId, url } = this.#ready;
    const quick = completePolicy("quick", {
      lifetime: 90 * DAY,
      renewBefore: 30 * DAY,
      overlap: DAY,
      retire: "after-overlap",
    });
    const target = (name: string) => ({ name, type: "env-file", kinds: ["secret"] as const, reload: MINUTE });
    return {
      name: "bench",
      tenantId,
      timeZone: "UTC",
      mode: "enforce",
      authority: url,
      probeScope: `${url}/.default`,
      acceptance: { successes: 4, over: 5 * MINUTE, window: HOUR / 2 },
      limits: null,
      policies: { quick },
      choices: [],
      exclude: [],
      targets: Object.fromEntries(this.applications.map(({ appId }) => [appId, target(appId)])),
      bindings: this.applications.map(({ appId }) => ({
        appId,
        policy: "quick",
        slots: [{ slot: "default", current: null, targets: [appId] }],
        consumers: "complete",
        signIn: null,
      })),
    };
  }
}

function appIdIn(about: unknown): string | undefined {
  if (typeof about !== "object" || about === null) return undefined;
  const { appId, clientId, rotation } = about as {
    appId?: string;
    clientId?: string;
    rotation?: { holder: { appId: string } };
  };
  return appId ?? clientId ?? rotation?.holder.appId;
}

/** Engine and script on `rotations` applications each, in one run; then a fifth of them with {@link LATENCY}. */
export async function rotations(count: number): Promise<Row[]> {
  const [engine, script] = [await Bench.open(count), await Bench.open(count)];
  const ours = count / (await engine.engine());
  const calls = engine.applications.map(({ appId }) => engine.done.get(appId) ?? []);
  await engine.close();
  const other = count / (await script.script(calls));
  await script.close();
  const few = Math.max(AT_ONCE, Math.round(count / 5));
  const slow = await Bench.open(few);
  await slow.tell({ latency: `PT${LATENCY / 1_000}S` });
  const lasted = await slow.engine();
  const least = (slow.requests * LATENCY) / 1_000 / AT_ONCE;
  await slow.close();
  const digits = (value: number) => Number(value.toPrecision(3));
  const per = Math.round(engine.requests / count);
  return [
    {
      name: "rotate",
      ours: digits(ours),
      other: digits(other),
      ratio: digits(ours / other),
      unit: `a second, ${count} rotations of ${per} requests, ${AT_ONCE} at once`,
      against: "the same calls without an engine",
      goal: "≥ 0.7",
    },
    {
      name: "rotate: 100 ms",
      ours: digits(lasted),
      other: digits(least),
      ratio: digits(lasted / least),
      unit: `s for ${few} rotations`,
      against: "its requests alone",
      goal: "≤ 1.3",
    },
  ];
}
