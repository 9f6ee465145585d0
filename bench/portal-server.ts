/**
 * The server with the maintenance loop inside, over a tenant of many applications, in a process of its own, with three routes more for its
 * bench: one row of the store by its primary key; the bytes of an answer, served still; and a change of one rotation, told as the loop
 * tells it.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { compose } from "../src/compose.ts";
import type { Rotation, RotationEvent } from "../src/core/rotation/rotation.ts";
import { run } from "../src/engine/maintain.ts";
import { tryStore } from "../src/engine/rotation/amend.ts";
import { TrailWatch } from "../src/engine/trail/check.ts";
import { createServer } from "../src/http/server.ts";
import { Tenant } from "../src/http/tenant.ts";

export interface Place {
  readonly environment: Record<string, string>;
  readonly ca: string;
  readonly tenantId: string;
  readonly due: readonly { readonly appId: string; readonly keyId: string }[];
}

const place: Place = JSON.parse(process.argv[2] ?? "{}");
// the machine tells the time, as it does against a real tenant: nothing is asked of a directory on the way
const { NOLAPSE_DIRECTORY_URL: _, ...environment } = place.environment;
const BOUND = 200;
const folder = mkdtempSync(join(tmpdir(), "nolapse-portal-"));

/** Applications whose secrets are due, so that the loop has something to do. */
function configuration() {
  const bound = place.due.slice(0, BOUND);
  for (const { appId } of bound) {
    mkdirSync(join(folder, appId));
    writeFileSync(join(folder, appId, ".env"), "SECRET=nobody-knows\n", { mode: 0o600 });
  }
  return {
    version: 1,
    tenants: { large: { id: place.tenantId, mode: "enforce" } },
    store: { type: "sqlite", path: "./nolapse.db" },
    seal: { type: "local-key", key: "file:./seal.key" },
    policies: { due: { lifetime: "365d", maxAge: "30d", overlap: "2d", retire: "after-overlap" } },
    targets: Object.fromEntries(
      bound.map(({ appId }) => [appId, { type: "env-file", path: `./${appId}/.env`, secret: "SECRET", reload: "1h" }]),
    ),
    applications: bound.map(({ appId, keyId }) => ({
      appId,
      policy: "due",
      consumers: "complete",
      credentials: [{ slot: "main", current: keyId, targets: [appId] }],
    })),
    limits: "off",
  };
}

const composition = compose();
composition.trust(place.ca);
const path = join(folder, "nolapse.yaml");
writeFileSync(path, stringify(configuration()));
const config = composition.loadConfig({ path, env: place.environment, cwd: folder });
const [settings] = config.tenants;
if (settings === undefined) throw new Error("no tenant");
let origin = "";
const server = await createServer({
  origin: () => origin,
  secure: false,
  behindProxy: false,
  tls: null,
  signIn: {
    tenantId: place.tenantId,
    authority: settings.authority,
    clientId: "bench",
    audiences: [],
    ownRights: "none",
    secret: () => Promise.reject(new Error("nobody signs in")),
    fetch,
  },
  tenants: () => [settings.name],
  version: "bench",
  now: async () => performance.timeOrigin + performance.now(),
  processNow: () => performance.now(),
  metrics: async () => "",
  log: (line) => console.error(line),
  rates: { all: 1e9, signIn: 1e9 },
  rehearse: () => {
    throw new Error("nobody rehearses");
  },
});
let tenant: Tenant | null = null;
const manager = await composition.manager(config, settings, environment, (...heard) => tenant?.heard(...heard));
const { deps } = manager;
const opened = new Tenant(
  {
    deps,
    diagnosis: manager.diagnosis,
    owners: manager.owners,
    consents: manager.consents,
    localChecks: async () => [],
    config,
    onDisk: async () => ({ state: "in-force" }),
    asksOwners: false,
    graphEndpoint: settings.graphEndpoint,
    share: settings.share,
    trail: new TrailWatch(),
    wake: () => undefined,
    hand: null,
    readCertificate: () => null,
    say: (line) => console.error(line),
  },
  server.events,
);
tenant = opened;
server.house.admit(opened);

const still = new Map<string, Buffer>();
server.app.get<{ Params: { id: string } }>("/bench/row/:id", async ({ params }, reply) => {
  return reply.type("application/json").send(JSON.stringify(await deps.store.rotation(params.id)));
});
server.app.get<{ Params: { name: string } }>("/bench/still/:name", (request, reply) => {
  return reply.type("application/json").send(still.get(request.params.name));
});
await server.app.listen({ host: "127.0.0.1", port: 0 });
origin = `http://localhost:${(server.app.server.address() as AddressInfo).port}`;
const reader = { kind: "person", objectId: "bench", name: "bench", displayName: null, role: "Reader" } as const;

const ending = new AbortController();
/**
 * The most processor milliseconds that went by before the event loop turned, since it was asked last: by its own thread's time, as the
 * machine's other work is none of its doing.
 */
let most = 0;
let used = process.threadCpuUsage();
setInterval(() => {
  const spent = process.threadCpuUsage(used);
  most = Math.max(most, (spent.user + spent.system) / 1_000);
  used = process.threadCpuUsage();
}, 1).unref();
const blocked = () => {
  const longest = most;
  most = 0;
  return longest;
};
// the way to the directory is loaded at the first request, which is no part of a scan
await deps.entra.page("application", null);
blocked();
const begun = performance.now();
let rotations: readonly Rotation[] = [];
void run(deps, {
  signal: ending.signal,
  onScan: (result) => {
    if (!("coverage" in result)) console.error(`the scan failed: ${result.message}`);
  },
  onRound: async (scan) => {
    if (scan === null) return;
    const scanned = performance.now();
    const roundBlocked = blocked();
    await opened.seen(scan);
    const pictureBlocked = blocked();
    rotations = await deps.store.rotations({ tenantId: place.tenantId });
    process.send?.({
      origin,
      cookie: `nolapse=${server.house.parts.sessions.begin(reader, undefined).id}`,
      rotations: rotations.map(({ id, holder }) => ({ id, objectId: holder.objectId })),
      objects: scan.holders.filter(({ type }) => type === "application").map(({ objectId }) => objectId),
      round: scanned - begun,
      picture: performance.now() - scanned,
      roundBlocked,
      pictureBlocked,
    });
  },
});

/** What the parent asks for beside requests. */
export type Order =
  | { readonly keep: string; readonly body: string }
  /** So many events of the loop, each told to all who listen, and painted; with `stored` each is written first, as the loop does. */
  | { readonly events: number; readonly stored?: true }
  | { readonly memory: true }
  /** Whether twenty events come, each stored, in each second of this process's own time. */
  | { readonly storm: boolean }
  /** Microseconds of processor time so far. */
  | { readonly used: true };

async function obey(order: Order): Promise<unknown> {
  if ("keep" in order) still.set(order.keep, Buffer.from(order.body, "latin1"));
  else if ("events" in order) await tell(order.events, order.stored === true);
  else if ("storm" in order) storm = order.storm ? (storm ?? new Storm()) : (storm?.end() ?? null);
  else if ("used" in order) return microseconds();
  else {
    globalThis.gc?.();
    globalThis.gc?.();
    return process.memoryUsage();
  }
  return null;
}

/** Of the rotation whose turn is next. */
let turn = 0;

function microseconds(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Events of a loop that is at work. They come by this process's own time, as what it answers is counted by that: on a machine that gives it
 * a fifth of a processor, twenty in a second of the clock would be a hundred in a second of work.
 */
class Storm {
  static readonly every = 50_000;
  readonly #timer: NodeJS.Timeout;
  #told = microseconds();
  #telling: Promise<void> = Promise.resolve();

  constructor() {
    this.#timer = setInterval(() => {
      for (; microseconds() - this.#told >= Storm.every; this.#told += Storm.every) {
        this.#telling = this.#telling.then(() => tell(1, true));
      }
    }, 5);
  }

  end(): null {
    clearInterval(this.#timer);
    return null;
  }
}
let storm: Storm | null = null;

/** As the loop does when many rotations take a step: all are told, then their applications are painted anew. */
async function tell(count: number, isStored: boolean): Promise<void> {
  for (let told = 0; told < count; ) {
    for (; turn < rotations.length && told < count; turn += 1) {
      const one = rotations[turn] as Rotation;
      told += 1;
      let rotation = (await deps.store.rotation(one.id)) ?? one;
      if (isStored) {
        const waited = { type: "waited", at: await deps.clock.now(), dueAt: rotation.dueAt } as const;
        rotation = (await tryStore(deps, rotation, [waited], "bench")) ?? rotation;
      }
      opened.heard(rotation, { type: "probed", at: await deps.clock.now() } as RotationEvent);
    }
    if (turn === rotations.length) turn = 0;
    await opened.painted();
  }
}

process.on("message", ({ order, id }: { readonly order: Order; readonly id: number }) => {
  void obey(order).then((done) => process.send?.({ id, done }));
});
process.on("disconnect", () => {
  ending.abort();
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
