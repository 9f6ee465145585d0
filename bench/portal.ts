/**
 * Rows `portal`: the web server over a tenant of 100,000 applications, with the loop at work. What a list, a filter, a search or the
 * timeline takes at its 95th percentile, against one row of the store by its primary key through the same server; how many answers a
 * second the read API gives, against the same server giving the same bytes that are there already; and what 100,000 events leave in the
 * memory while five hundred listen.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { LeanClient } from "./lean-client.ts";
import type { Order, Place } from "./portal-server.ts";
import { digits, measure, percentile, type Row, rate } from "./ratio.ts";

const LISTENERS = 500;
const T = "/api/v1/t/large";

interface Ready {
  readonly origin: string;
  readonly cookie: string;
  readonly rotations: readonly { readonly id: string; readonly objectId: string }[];
  readonly objects: readonly string[];
  /** Milliseconds of the first round with its scan, and of what the pages made of it. */
  readonly round: number;
  readonly picture: number;
  /** Milliseconds of processor before the server's event loop turned, at most, in each of the two. */
  readonly roundBlocked: number;
  readonly pictureBlocked: number;
}

export class Portal {
  readonly #children: readonly ChildProcess[];
  readonly #server: ChildProcess;
  readonly ready: Ready;
  readonly client: LeanClient;
  #orders = 0;
  readonly #waiting = new Map<number, (done: unknown) => void>();

  static async open(applications: number): Promise<Portal> {
    const directory = fork(join(import.meta.dirname, "portal-directory.ts"), [String(applications)]);
    const [place] = (await once(directory, "message")) as [Place];
    const server = fork(join(import.meta.dirname, "portal-server.ts"), [JSON.stringify(place)], {
      // so that `node --cpu-prof bench/run.ts` profiles the server as well
      execArgv: [...process.execArgv, "--expose-gc"],
    });
    const ended = once(server, "exit").then(([code]) => {
      throw new Error(`the server ended with ${code}`);
    });
    const [ready] = (await Promise.race([once(server, "message"), ended])) as [Ready];
    ended.catch(() => undefined);
    return new Portal([server, directory], server, ready);
  }

  private constructor(children: readonly ChildProcess[], server: ChildProcess, ready: Ready) {
    this.#children = children;
    this.#server = server;
    this.ready = ready;
    this.client = new LeanClient(ready.origin);
    server.on("message", ({ id = 0, done }: { readonly id?: number; readonly done?: unknown }) => {
      this.#waiting.get(id)?.(done);
      this.#waiting.delete(id);
    });
  }

  get = (path: string): Promise<string> => this.client.get(path, { Cookie: this.ready.cookie });

  /** What the server says once it has done it. */
  order(order: Order): Promise<unknown> {
    const id = ++this.#orders;
    return new Promise((done) => {
      this.#waiting.set(id, done);
      this.#server.send({ order, id });
    });
  }

  /** A socket that listens to the tenant's events and forgets what it hears. */
  async listen(): Promise<Socket> {
    const { hostname, port, host } = new URL(this.ready.origin);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.write(`GET ${T}/events HTTP/1.1\r\nHost: ${host}\r\nCookie: ${this.ready.cookie}\r\n\r\n`);
    await once(socket, "data");
    return socket.resume();
  }

  async close(): Promise<void> {
    this.client.close();
    for (const child of this.#children) {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    }
  }
}

/** Calls of each kind for a percentile. */
const CALLS = 150;

const any = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
const upTo = (most: number) => Math.floor(Math.random() * most);
const WORDS = ["billing", "payroll", "ware", "fleet", "api", "sync", "staging", "old", "connector", "grid"];
const date = () =>
  `${2026 + upTo(3)}-${String(1 + upTo(12)).padStart(2, "0")}-${String(1 + upTo(28)).padStart(2, "0")}`;

/** What people ask of lists and timeline; each call another question, so that none is answered from what was kept. */
function questions({ ready: { objects } }: Portal): readonly (readonly [string, () => string])[] {
  const list = `${T}/applications`;
  return [
    ["first page", () => `${list}?limit=${40 + upTo(20)}`],
    ["a deep page", () => `${list}?cursor=${upTo(objects.length - 100)}`],
    ["by name, a deep page", () => `${list}?sort=displayName&cursor=${upTo(objects.length - 100)}`],
    ["by what is next, from its end", () => `${list}?sort=-next&cursor=${upTo(objects.length - 100)}`],
    ["filter: what is next", () => `${list}?next=${any(["not-managed", "ended", "stops"])}&cursor=${upTo(500)}`],
    ["filter: kind and type", () => `${list}?kind=secret&type=application&cursor=${upTo(20_000)}`],
    ["filter: managed, policy, owner", () => `${list}?managed=false&policy=default&owner=none&cursor=${upTo(20_000)}`],
    ["filter: a range of ends", () => `${list}?endsFrom=${date()}&kind=secret`],
    ["search: a word", () => `${list}?q=${any(WORDS)}&cursor=${upTo(300)}`],
    [
      "search: two words, a number",
      () => `${list}?q=${any(["billing%20api", "payroll%20sync"])}%20${upTo(9)}${upTo(9)}`,
    ],
    ["search: an id", () => `${list}?q=${any(objects).slice(0, 6 + upTo(8))}`],
    ["timeline", () => `${T}/timeline?from=${date()}T00:00:00Z&to=${2029 + upTo(2)}-01-01T00:00:00Z`],
  ];
}

/** `list`: each question against one row of the store, call by call, as it is and with a change of an application before every call. */
async function lists(portal: Portal): Promise<Row[]> {
  const { rotations } = portal.ready;
  const row = () => portal.get(`/bench/row/${any(rotations).id}`);
  const timeOf = async (work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  const rows: Row[] = [];
  for (const changes of [0, 1]) {
    for (const [name, path] of questions(portal)) {
      const [ours, other]: [number[], number[]] = [[], []];
      for (let call = 0; call < CALLS; call += 1) {
        if (changes > 0) await portal.order({ events: changes });
        ours.push(await timeOf(() => portal.get(path())));
        other.push(await timeOf(row));
      }
      const [a, b] = [percentile(ours, 0.95), percentile(other, 0.95)];
      rows.push({
        name: `portal: ${name}${changes > 0 ? ", after a change" : ""}`,
        ours: digits(a),
        other: digits(b),
        ratio: digits(a / b),
        unit: "ms at p95",
        against: "one row by its primary key",
        goal: "≤ 20",
      });
    }
  }
  return rows;
}

interface Page {
  readonly name: string;
  /** Of an address that is asked again and again, always the same. */
  readonly path: () => string;
}

/** What pages ask again and again; and what is asked for the first time, each time of another address, so that no answer is there already. */
function pagesOf({ ready: { rotations, objects } }: Portal): { readonly again: Page[]; readonly first: Page[] } {
  const { objectId, id } = any(rotations);
  const again = {
    overview: "/overview",
    timeline: "/timeline",
    list: "/applications",
    application: `/applications/${objectId}`,
    "life-line": `/applications/${objectId}/life-line`,
    rotations: "/rotations",
    rotation: `/rotations/${id}`,
    plan: "/plan?tab=next",
  };
  let turn = 0;
  const first = {
    "any application": () => `${T}/applications/${any(objects)}?n=${turn++}`,
    "any rotation": () => `${T}/rotations/${any(rotations).id}?n=${turn++}`,
    "any life line": () =>
      `${T}/applications/${any(objects)}/life-line?from=${new Date(Date.UTC(2026, 0) + turn++).toISOString()}`,
    "any part of the list": () => `${T}/applications?cursor=${upTo(objects.length - 100)}`,
    "200 of any part of the list": () => `${T}/applications?limit=200&cursor=${upTo(objects.length - 200)}`,
    "any part of a filter": () => `${T}/applications?kind=secret&type=application&cursor=${upTo(20_000)}`,
  };
  return {
    again: Object.entries(again).map(([name, path]) => ({ name, path: () => T + path })),
    first: Object.entries(first).map(([name, path]) => ({ name, path })),
  };
}

/**
 * `load`: what pages ask again and again, against the same bytes served still by the same server, while the loop works. Counted by the
 * server's own processor time, which is what bounds the rate of one process and which nobody else on the machine takes a share of; the
 * loop's and the listeners' are in it, on both sides.
 */
async function load(portal: Portal, says = ""): Promise<Row[]> {
  const { again, first } = pagesOf(portal);
  const still = ({ name }: Page) => `/bench/still/${encodeURIComponent(name)}`;
  for (const page of [...again, ...first]) {
    await portal.order({ keep: page.name, body: await portal.get(page.path()) });
  }
  const perSecond = async (ms: number, path: () => string) => {
    const before = (await portal.order({ used: true })) as number;
    let answers = 0;
    await rate(ms, 8, async () => {
      answers += 1;
      await portal.get(path());
    });
    return (answers * 1e6) / (((await portal.order({ used: true })) as number) - before);
  };
  const row = { unit: "answers a second of processor", against: "the same bytes, served still", rounds: 5 };
  const measured = (name: string, ms: number, goal: string, ours: () => string, other: () => string) =>
    measure({
      ...row,
      name: `portal load: ${name}${says}`,
      goal,
      ours: () => perSecond(ms, ours),
      other: () => perSecond(ms, other),
    });
  const rows: Row[] = [];
  for (const page of again) rows.push(await measured(page.name, 700, "≥ 0.5", page.path, () => still(page)));
  let turn = 0;
  const next = () => again[turn++ % again.length] as Page;
  rows.push(
    await measured(
      `all ${again.length} in turn`,
      1_500,
      "≥ 0.5",
      () => next().path(),
      () => still(next()),
    ),
  );
  for (const page of first)
    rows.push(await measured(`first time, ${page.name}`, 700, "≥ 0.5", page.path, () => still(page)));
  return rows;
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
}

const MIB = 1024 * 1024;

/** `memory`: after so many events, all of them told to five hundred listeners, what is left in the heap and beside it. */
async function memory(portal: Portal, events: number): Promise<Row> {
  const held = async () => {
    const { heapUsed, external } = (await portal.order({ memory: true })) as Memory;
    return (heapUsed + external) / MIB;
  };
  // compiled code and the first pages are no leak
  await portal.order({ events: 2_000 });
  const before = await held();
  for (let told = 0; told < events; told += 2_000) await portal.order({ events: 2_000 });
  const grown = (await held()) - before;
  return {
    name: `portal: ${events} events, ${LISTENERS} listeners`,
    ours: Number(grown.toFixed(1)),
    other: 64,
    ratio: Number((grown / 64).toPrecision(3)),
    unit: "MiB more",
    against: "what may be",
    goal: "≤ 1",
  };
}

/** `intake`: how long the server's event loop was kept from turning while the scan was stored, planned and taken in. */
function intake({ ready: { roundBlocked, pictureBlocked, objects } }: Portal): Row[] {
  const row = { other: 50, unit: "ms of processor", against: "what keeps nobody waiting", goal: "≤ 1" };
  return Object.entries({ "a scan and its plan": roundBlocked, "its picture": pictureBlocked }).map(([what, ms]) => ({
    ...row,
    name: `portal: before the loop turned, ${what} of ${objects.length}`,
    ours: digits(ms),
    ratio: digits(ms / 50),
  }));
}

/** All rows, or those of `load` alone; fewer applications and events for a quick look. */
export async function portal(applications: number, events: number, part: string): Promise<Row[]> {
  const opened = await Portal.open(applications);
  try {
    const rows = intake(opened);
    if (part !== "load") rows.push(...(await lists(opened)));
    await opened.order({ storm: true });
    rows.push(...(await load(opened, ", the loop at work")));
    const listeners: Socket[] = [];
    for (let count = 0; count < LISTENERS; count += 1) listeners.push(await opened.listen());
    rows.push(...(await load(opened, `, and ${LISTENERS} listeners`)));
    await opened.order({ storm: false });
    if (part !== "load") rows.push(await memory(opened, events));
    for (const one of listeners) one.destroy();
    return rows;
  } finally {
    await opened.close();
  }
}
