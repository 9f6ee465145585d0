/** Five hundred listen at once: each hears all that is for him, written once for all; who does not read is cut off; who goes leaves nothing. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Caller } from "../../src/http/caller.ts";
import { createServer, type Server } from "../../src/http/server.ts";
import { Tenant, type TenantParts } from "../../src/http/tenant.ts";

const MANY = 500;
const EVENTS = 200;

let server: Server;
let origin = "";
beforeAll(async () => {
  server = await createServer({
    origin: () => origin,
    secure: false,
    behindProxy: false,
    tls: null,
    signIn: {
      tenantId: "t",
      authority: "https://localhost",
      clientId: "c",
      audiences: [],
      fetch,
      ownRights: "none",
      secret: () => Promise.reject(new Error("nobody signs in here")),
    },
    tenants: () => ["contoso", "fabrikam"],
    version: "1",
    now: async () => 0,
    processNow: () => performance.now(),
    metrics: async () => "",
    log: () => undefined,
    rates: { all: 100_000, signIn: 1 },
    rehearse: () => {
      throw new Error("nobody rehearses here");
    },
  });
  // the stream asks nothing of a tenant but its name, and what an Owner may see of it, which is nothing before a scan
  for (const name of ["contoso", "fabrikam"]) {
    server.house.admit(new Tenant({ deps: { settings: { name } } } as unknown as TenantParts, server.events));
  }
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  origin = `http://localhost:${(server.app.server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

function cookieOf(role: Caller["role"]): string {
  const caller: Caller = { kind: "person", objectId: `${role}`, name: "x", displayName: null, role };
  return server.house.parts.sessions.begin(caller, undefined).id;
}

/** A listener on a socket of its own, so that what it reads, and when, is its own affair. */
class Listener {
  readonly socket: Socket;
  text = "";

  constructor(cookie: string, tenant = "contoso") {
    this.socket = connect({ host: "127.0.0.1", port: Number(new URL(origin).port) });
    this.socket.setEncoding("utf8");
    this.socket.on("error", () => undefined);
    this.socket.on("data", (part: string) => {
      this.text += part;
    });
    const host = new URL(origin).host;
    this.socket.write(`GET /api/v1/t/${tenant}/events HTTP/1.1\r\nHost: ${host}\r\nCookie: nolapse=${cookie}\r\n\r\n`);
  }

  /** Settles once it has read a text. */
  async heard(text: string): Promise<this> {
    while (!this.text.includes(text)) await once(this.socket, "data");
    return this;
  }

  get numbers(): readonly number[] {
    return [...this.text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
  }

  get kinds(): ReadonlySet<string> {
    return new Set([...this.text.matchAll(/^event: (\w+)$/gm)].map(([, kind = ""]) => kind));
  }
}

const told = (what: string, tenant = "contoso") =>
  ({
    type: "rotation",
    tenant,
    rotation: "r",
    application: "a",
    state: "issued",
    what,
    at: "2031-03-01T12:00:00Z",
  }) as const;

/** Until a count of the server's is what it should be; its sockets end in their own time. */
const listening = (count: number) => expect.poll(() => server.events.listening, { timeout: 60_000 }).toBe(count);

test("five hundred hear every event once and in order; an Owner and another tenant's listener hear only that there was one", async () => {
  const reader = cookieOf("Reader");
  const listeners = Array.from({ length: MANY }, () => new Listener(reader));
  const [owner, other] = [new Listener(cookieOf("Owner")), new Listener(reader, "fabrikam")];
  for (const one of [...listeners, owner, other]) await one.heard("event: hello");
  await listening(MANY + 2);
  const first = server.events.number + 1;
  for (let count = 0; count < EVENTS; count += 1)
    server.events.tell(told(count + 1 === EVENTS ? "the-last" : "probed"));
  const all = Array.from({ length: EVENTS }, (_, index) => first + index);
  for (const one of listeners) expect((await one.heard("the-last")).numbers).toEqual(all);
  for (const one of [owner, other]) {
    expect((await one.heard(`id: ${first + EVENTS - 1}\nevent: other`)).numbers).toEqual(all);
    expect(one.kinds).toEqual(new Set(["hello", "other"]));
  }
  for (const one of [...listeners, owner, other]) one.socket.destroy();
  await listening(0);
});

test("who does not read is cut off, and holds nobody else up", async () => {
  const reader = cookieOf("Reader");
  const [slow, quick] = [new Listener(reader), new Listener(reader)];
  for (const one of [slow, quick]) await one.heard("event: hello");
  await listening(2);
  slow.socket.pause();
  // more than the machine's own buffers between the two hold
  const long = "x".repeat(8_000);
  for (let count = 0; count < 20_000 && server.events.listening === 2; count += 1) {
    server.events.tell(told(long));
    if (count % 30 === 29) await quick.heard(`id: ${server.events.number}\n`);
    quick.text = quick.text.slice(-20_000);
  }
  await listening(1);
  server.events.tell(told("still-there"));
  await quick.heard("still-there");
  const gone = once(slow.socket, "close");
  slow.socket.resume();
  await gone;
  quick.socket.destroy();
  await listening(0);
});

test("events of nobody's are kept for those who come back, and no more of them than a thousand", () => {
  for (let count = 0; count < 3_000; count += 1) server.events.tell(told("probed"));
  expect(server.events.since(server.events.number - 1_000)).toHaveLength(1_000);
  expect(server.events.since(server.events.number - 1_001)).toBeNull();
});

test("a server that ends, ends its streams", async () => {
  const listener = new Listener(cookieOf("Reader"));
  await listener.heard("event: hello");
  const gone = once(listener.socket, "close");
  await server.close();
  await gone;
  expect(server.events.listening).toBe(0);
});
