/**
 * Rotations against a directory that enforces Graph's published limits, on a clock that moves when everybody waits: how much of
 * the limit that binds (3,000 writes in 150 s for an application in a tenant) is used while there is a backlog. The share is
 * 100 % and the blast radius is off, so that nothing but Graph's limits holds the engine back. One refusal is a failure.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GraphGate, Spender } from "../src/adapters/graph/budget.ts";
import { createGraphDirectory } from "../src/adapters/graph/directory.ts";
import { createVerifier } from "../src/adapters/graph/verifier.ts";
import type { Fetch } from "../src/adapters/graph/wire.ts";
import { createMachineRandom } from "../src/adapters/machine/random.ts";
import { createMachineScheduler } from "../src/adapters/machine/scheduler.ts";
import { ensureLocalKey, openLocalKey } from "../src/adapters/seal/local-key.ts";
import { shareSqliteFile } from "../src/adapters/store/open.ts";
import { completePolicy } from "../src/core/policy/policy.ts";
import type { TenantSettings } from "../src/core/policy/settings.ts";
import { SecretValue } from "../src/core/secret-value.ts";
import { DAY, epochMs, formatInstant, HOUR, MINUTE } from "../src/core/time.ts";
import { createDirectory, type Directory } from "../src/directory/index.ts";
import type { Deps } from "../src/engine/deps.ts";
import { runOnce } from "../src/engine/maintain.ts";
import type { Clock } from "../src/ports/clock.ts";
import type { Scheduler } from "../src/ports/scheduler.ts";
import { DrivenTime } from "../test/support/driven-time.ts";
import { MemoryTarget } from "../test/support/workbench.ts";
import type { Row } from "./ratio.ts";

const START = epochMs(Date.UTC(2031, 2, 1));
/** What binds: a rotation is two writes and some ten reads. */
const WRITES = { most: 3_000, window: 150_000 };

interface Written {
  readonly at: number;
  readonly issue: boolean;
}

/** The row of `npm run bench`. @throws when the directory refused anything, or a rotation did not end. */
export async function budget(rotations: number): Promise<Row> {
  const directory = await createDirectory({
    scenario: { tenants: [{ name: "Bench", domains: ["bench.invalid"], applications: [] }] },
    clock: { now: START, frozen: true },
    random: 1,
    stampedTokens: true,
  });
  const folder = mkdtempSync(join(tmpdir(), "nolapse-bench-"));
  try {
    const { deps, time, written, refused, close } = await engine(directory, folder, rotations);
    const done = await time.drive(runOnce(deps, { wait: 12 * HOUR }));
    const ended = await deps.store.rotations({ tenantId: directory.admin.tenantId, states: ["retired"] });
    await close();
    if (refused() > 0) throw new Error(`the directory refused ${refused()} requests with 429`);
    if (ended.length !== rotations) throw new Error(`${ended.length} of ${done.opened} rotations ended`);
    const phases = [written.filter(({ issue }) => issue), written.filter(({ issue }) => !issue)];
    const used = phases.map(shareUsed);
    const least = Math.min(...used);
    return {
      name: "budget",
      ours: Math.round(least * WRITES.most),
      other: WRITES.most,
      ratio: Number(least.toPrecision(3)),
      unit: `writes in 150 s while a backlog exists, ${rotations} rotations, no 429`,
      against: "Graph's limit",
      goal: "≥ 0.95",
    };
  } finally {
    await directory.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The part of the limit that was used from the first to the last of these writes; the last burst ends the backlog. */
function shareUsed(written: readonly Written[]): number {
  const first = written[0]?.at ?? 0;
  const last = written.at(-1)?.at ?? 0;
  const before = written.filter(({ at }) => at < last).length;
  if (last === first) throw new Error("so few rotations are no backlog: measure at least 400");
  return before / (((last - first) * WRITES.most) / WRITES.window);
}

async function engine(directory: Directory, folder: string, rotations: number) {
  const { url, admin } = directory;
  const { tenantId } = admin;
  const time = new DrivenTime(directory.clock);
  const written: Written[] = [];
  let refused = 0;
  const fetch: Fetch = time.watch(async (address, init) => {
    const answer = await directory.fetch(address, init);
    if (answer.status === 429) refused += 1;
    if (init.method === "POST" && /\/(?:add|remove)Password$/.test(address)) {
      written.push({ at: time.processNow(), issue: address.endsWith("addPassword") });
    }
    return answer;
  });
  const seeded = await directory.seed(
    Array.from({ length: rotations }, (_, index) => ({
      name: `app-${index}`,
      secrets: [{ name: "old", end: formatInstant(epochMs(START + 20 * DAY + index * MINUTE)) }],
    })),
  );
  directory.faults.set({ limits: { size: "S" } });
  const clock: Clock = {
    now: async () => epochMs(directory.clock.now()),
    frozen: async () => false,
    processNow: () => time.processNow(),
    wait: (until, atMost, signal) => time.sleep(Math.min(until - time.processNow(), atMost), signal),
  };
  const gate = new GraphGate(time);
  const work = new Work();
  time.isBusy = () => work.isBusy;
  const graph = createGraphDirectory({
    tenantId,
    authority: url,
    graphEndpoint: url,
    auth: { method: "plain", clientId: admin.clientId, secret: new SecretValue(admin.clientSecret) },
    clock,
    version: "bench",
    fetch,
    budget: () => work.watch(new Spender(gate, { tenantId, appId: admin.clientId, share: 1 })),
  });
  ensureLocalKey(join(folder, "seal.key"));
  const store = shareSqliteFile(join(folder, "nolapse.db")).open({ owner: "bench", mayBeAlive: () => true });
  const targets = new Map(
    seeded.map(({ appId, secrets }) => [appId, new MemoryTarget(appId, new SecretValue(secrets[0]?.value ?? ""))]),
  );
  const none = async (): Promise<never> => {
    throw new Error("no certificates here");
  };
  const deps: Deps = {
    settings: settingsOf(directory, [...targets.keys()]),
    ...graph,
    issuers: { get: () => ({ name: "none", issue: none }) },
    verifier: createVerifier({ clock, version: "bench", fetch }),
    targets: { get: (name) => targets.get(name) ?? null },
    sealer: openLocalKey(join(folder, "seal.key")),
    store,
    clock,
    random: createMachineRandom(),
    scheduler: scheduler(time, work),
    brake: { pulled: async () => null },
  };
  return { deps, time, written, refused: () => refused, close: () => store.close() };
}

/** Who is at work on a rotation, and who of them waits at the gate: time moves when all do. */
class Work {
  begun = 0;
  #waiting = 0;

  get isBusy(): boolean {
    return this.begun > this.#waiting;
  }

  watch(spender: Spender): Spender {
    const meter = spender.meter.bind(spender);
    spender.meter = (wire) => {
      const metered = meter({
        send: (request, signal) => {
          this.#waiting -= 1;
          return wire.send(request, signal);
        },
      });
      return {
        send: (request, signal) => {
          this.#waiting += 1;
          return metered.send(request, signal);
        },
      };
    };
    return spender;
  }
}

/** Fans out as the machine's does; leases are renewed by the driven time. */
function scheduler(time: DrivenTime, at: Work): Scheduler {
  const { all } = createMachineScheduler();
  return {
    all,
    async during(work, every, beat) {
      const over = new AbortController();
      const beats = async () => {
        for (;;) {
          await time.sleep(every, over.signal);
          if (over.signal.aborted) return;
          await beat().catch(() => undefined);
        }
      };
      void beats();
      at.begun += 1;
      try {
        return await work();
      } finally {
        at.begun -= 1;
        over.abort();
      }
    },
  };
}

function settingsOf({ url, admin }: Directory, appIds: readonly string[]): TenantSettings {
  const target = (name: string) => ({ name, type: "memory", kinds: ["secret" as const], reload: MINUTE });
  const overlap = 2 * HOUR;
  return {
    name: "bench",
    tenantId: admin.tenantId,
    timeZone: "UTC",
    mode: "enforce",
    authority: url,
    probeScope: `${url}/.default`,
    acceptance: { successes: 4, over: 5 * MINUTE, window: 30 * MINUTE },
    limits: null,
    policies: { default: completePolicy("default", { lifetime: 90 * DAY, overlap, retire: "after-overlap" }) },
    choices: [],
    bindings: appIds.map((appId) => ({
      appId,
      policy: null,
      slots: [{ slot: "default", current: null, targets: [appId] }],
      consumers: "complete",
      signIn: null,
    })),
    exclude: [],
    targets: Object.fromEntries(appIds.map((appId) => [appId, target(appId)])),
  };
}
