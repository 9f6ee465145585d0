/** The socket side of the directory: what comes over the wire besides well-made requests. */
import { once } from "node:events";
import { request } from "node:https";
import { Server, type Socket, connect as tcp } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tls } from "node:tls";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { keys } from "./entra.ts";

let directory: Directory;
let port: number;
const start = () => createDirectory({ scenario: "empty", keys, listen: { port: 0 } });
beforeAll(async () => {
  directory = await start();
  port = Number(new URL(directory.url).port);
});
afterAll(() => directory.close());

async function open(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket: TLSSocket = tls({ port, host: "127.0.0.1", servername: "localhost", ca: directory.ca, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

/** Everything the directory says until it ends the connection. */
async function exchange(text: string): Promise<string> {
  const socket = await open();
  let said = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    said += part;
  });
  socket.write(text, "latin1");
  await once(socket, "close");
  return said;
}

const CLOSE = "Host: localhost\r\nConnection: close\r\n";

test("either family of loopback addresses is localhost", async () => {
  for (const host of ["127.0.0.1", "::1"]) {
    const socket = await open({ host }).catch((failure: NodeJS.ErrnoException) => String(failure.code));
    // a machine may have no second family; nobody else may be there then
    if (typeof socket === "string") expect([host, socket]).toEqual(["::1", "EADDRNOTAVAIL"]);
    else expect(socket.authorized).toBe(true);
  }
});

test("what is no HTTP is refused, and a target that is no address is answered as an unknown one", async () => {
  for (const line of ["hello", "GET /v1.0/\xff HTTP/1.1"])
    expect(await exchange(`${line}\r\n${CLOSE}\r\n`), line).toMatch(/^HTTP\/1\.1 400 /);
  for (const target of ["/v1.0/%zz", "/%", "//elsewhere.example/v1.0", "http://elsewhere.example/", "*"]) {
    const said = await exchange(`GET ${target} HTTP/1.1\r\n${CLOSE}\r\n`);
    expect(said, target).toMatch(/^HTTP\/1\.1 (40[0-9]|501) /);
    expect(JSON.parse(said.slice(said.indexOf("\r\n\r\n"))), target).toMatchObject({
      error: { code: expect.any(String), message: expect.any(String) },
    });
  }
});

test("a target may be a whole address, whose host counts instead of the header's", async () => {
  for (const address of [`${directory.url}/_directory/clock`, "HTTPS://localhost:1/_directory/clock"])
    expect(await exchange(`GET ${address} HTTP/1.1\r\n${CLOSE}\r\n`), address).toMatch(/^HTTP\/1\.1 200 /);
  const said = await exchange(
    `GET https://named.example/common/v2.0/.well-known/openid-configuration HTTP/1.1\r\n${CLOSE}\r\n`,
  );
  expect(said).toContain('"https://named.example/common/oauth2/v2.0/token"');
});

test("a body longer than any state document is refused before it is sent", async () => {
  const said = await exchange(
    `PUT /_directory/state HTTP/1.1\r\nHost: localhost\r\nContent-Length: 600000000\r\n\r\n{`,
  );
  expect(said).toMatch(/^HTTP\/1\.1 413 /);
  expect(said).toContain("Directory_RequestTooLarge");
});

test("a body is read in pieces, with its length said or not", async () => {
  const body = JSON.stringify({ frozen: true });
  const pieces = `3\r\n${body.slice(0, 3)}\r\n${(body.length - 3).toString(16)}\r\n${body.slice(3)}\r\n0\r\n\r\n`;
  for (const [header, sent] of [
    [`Content-Length: ${body.length}`, body],
    ["Transfer-Encoding: chunked", pieces],
  ]) {
    expect(await exchange(`PUT /_directory/clock HTTP/1.1\r\n${CLOSE}${header}\r\n\r\n${sent}`)).toContain(
      '"frozen":true',
    );
  }
});

test("an answer has its length, and none to HEAD", async () => {
  const said = await exchange(`HEAD /v1.0/applications HTTP/1.1\r\n${CLOSE}\r\n`);
  expect(said).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(Number(/content-length: (\d+)/i.exec(said)?.[1])).toBeGreaterThan(0);
  expect(said.slice(said.indexOf("\r\n\r\n") + 4)).toBe("");
});

test("a client that goes away in the middle of its body leaves nothing that fails", async () => {
  const socket = await open();
  socket.write(`PUT /_directory/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{"fro`);
  socket.destroy();
  await once(socket, "close");
  expect(await exchange(`GET /_directory/clock HTTP/1.1\r\n${CLOSE}\r\n`)).toContain("200 OK");
});

test("closing ends every connection, idle, waiting or in its handshake", async () => {
  const own = await start();
  const at = { port: Number(new URL(own.url).port), host: "127.0.0.1" };
  const raw: Socket = tcp(at);
  await once(raw, "connect");
  const idle = tls({ ...at, servername: "localhost", ca: own.ca });
  await once(idle, "secureConnect");
  const waiting = request({
    ...at,
    path: "/_directory/clock?after=1000000",
    ca: own.ca,
    servername: "localhost",
  }).end();
  const [socket] = (await once(waiting, "socket")) as [typeof idle];
  await once(socket, "secureConnect");
  const ended = [once(raw.resume(), "close"), once(idle.resume(), "close"), once(waiting, "error")];
  await own.close();
  const [, , failure] = await Promise.all(ended);
  expect(failure?.[0]).toMatchObject({ code: "ECONNRESET" });
});

test("a page of another origin can neither move the clock nor reset anything", async () => {
  const ask = (headers: Record<string, string>) =>
    exchange(
      `POST /_directory/reset HTTP/1.1\r\n${CLOSE}${Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("")}Content-Length: 0\r\n\r\n`,
    );
  expect(await ask({ Origin: "https://evil.example" })).toMatch(/^HTTP\/1\.1 403 [\s\S]*Directory_ForeignOrigin/);
  expect(await ask({ Origin: "null" })).toMatch(/^HTTP\/1\.1 403 /);
  expect(await ask({ "Sec-Fetch-Site": "cross-site" })).toMatch(/^HTTP\/1\.1 403 /);
  expect(await ask({})).toMatch(/^HTTP\/1\.1 200 /);
});

test("where any port will do, one that the other family has given away is not the end", async () => {
  const taken: number[] = [];
  const real = Server.prototype.listen;
  const spy = vi.spyOn(Server.prototype, "listen").mockImplementation(function (this: Server, ...asked: unknown[]) {
    const [{ host, port }] = asked as [{ host: string; port: number }];
    if (host === "::1" && taken.length < 2) {
      taken.push(port);
      queueMicrotask(() => this.emit("error", Object.assign(new Error("taken"), { code: "EADDRINUSE", port })));
      return this;
    }
    return Reflect.apply(real, this, asked);
  });
  onTestFinished(() => spy.mockRestore());
  const other = await start();
  onTestFinished(() => other.close());
  expect(taken).toHaveLength(2);
});
