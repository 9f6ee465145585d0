import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, isIP, type Socket } from "node:net";
import type { TlsIdentity } from "../keys/local-authority.ts";
import { json, type Request, type Response, serverFailed } from "./message.ts";

/** Answers one request, whatever transport it came by. */
export type Answer = (request: Request) => Promise<Response>;

/** The directory on a port. */
export interface Listening {
  readonly port: number;
  /** What takes connections; one that comes another way may be handed to it by its event `connection`. */
  readonly server: Server;
  /** Ends every connection, also one in the middle of its handshake. */
  close(): Promise<void>;
}

/** State documents are large; Graph's own limit is enforced where Graph's routes read their bodies. */
const BODY_LIMIT = 512 * 1024 * 1024;
/** Clients keep connections for minutes, and take one that ends under their hands for a failure. Milliseconds. */
const KEEP_ALIVE = 72_000;
/** Either family of addresses: which of them a client takes for `localhost` is its own affair. */
const LOOPBACK = ["127.0.0.1", "::1"] as const;
/** What a machine without the second family says. */
const NO_SUCH_FAMILY = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/** How often another port is tried where any will do and one family has already given it to somebody else. */
const PORTS_TRIED = 10;

/**
 * Serves the directory over HTTPS. `localhost` is 127.0.0.1 and, where there is one, ::1.
 * @throws the error of the system where it cannot listen, with its `code` and `port`
 */
export async function listen(tls: TlsIdentity, answer: Answer, host: string, port: number): Promise<Listening> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listenOnAll(tls, answer, host, port);
    } catch (failure) {
      const isTaken = (failure as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (port !== 0 || !isTaken || tries === PORTS_TRIED) throw failure;
    }
  }
}

async function listenOnAll(tls: TlsIdentity, answer: Answer, host: string, port: number): Promise<Listening> {
  const sockets = new Set<Socket>();
  const make = () => newServer(tls, answer, sockets);
  const servers = [make()];
  const [first] = servers as [Server];
  const [name, ...others] = host === "localhost" ? LOOPBACK : [host];
  await listenOn(first, name, port);
  const given = (first.address() as AddressInfo).port;
  const close = async () => {
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
  for (const other of others) {
    const server = make();
    try {
      await listenOn(server, other, given);
      servers.push(server);
    } catch (failure) {
      if (NO_SUCH_FAMILY.has(String((failure as NodeJS.ErrnoException).code))) continue;
      await close();
      throw failure;
    }
  }
  return { port: given, server: first, close };
}

function newServer(tls: TlsIdentity, answer: Answer, sockets: Set<Socket>): Server {
  const options = { key: tls.privateKey, cert: tls.certificate, keepAliveTimeout: KEEP_ALIVE };
  const server = createServer(options, (request, response) => void serve(answer, request, response));
  return server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function serve(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const bytes = await bodyOf(request);
    if (bytes === undefined) {
      const message = `a body has at most ${BODY_LIMIT} bytes`;
      send(response, json(413, { error: { code: "Directory_RequestTooLarge", message } }, { Connection: "close" }));
      return;
    }
    const gone = whenGone(response);
    const answered = await answer(readRequest(request, bytes, gone));
    if (answered.delayMs !== undefined && answered.delayMs > 0) await pause(answered.delayMs, gone());
    if (answered.disturbance === undefined) send(response, answered);
    // A stalled answer holds the connection until the client, or the directory, goes away.
    else if (answered.disturbance !== "stall") request.socket.destroy();
  } catch (failure) {
    // most often the client went away in the middle of its request, and nobody is left to tell
    if (response.closed || response.headersSent || !request.complete) request.socket.destroy();
    else send(response, serverFailed(failure));
  }
}

function readRequest(request: IncomingMessage, bytes: Buffer, gone: () => AbortSignal): Request {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  const { target, host = headers.host ?? "" } = asAddressed(request.url ?? "/");
  return {
    method: request.method ?? "GET",
    target,
    headers,
    body: bytes.toString("utf8"),
    bytes,
    origin: `https://${/^[\w.:[\]-]+$/.test(host) ? host : "localhost"}`,
    address: addressOf(headers, request.socket.remoteAddress),
    get signal() {
      return gone();
    },
  };
}

/** A target with a whole address in it, as clients send to a proxy, must be taken as well; its host counts then (RFC 9112 §3.2.2). */
function asAddressed(url: string): { target: string; host?: string } {
  const [, host, rest = ""] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  return host === undefined ? { target: url } : { target: rest.startsWith("/") ? rest : `/${rest}`, host };
}

/** A signal that aborts when the connection ends; made when it is looked at, because few requests ever do. */
function whenGone(response: ServerResponse): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => {
    if (controller === undefined) {
      const made = new AbortController();
      if (response.closed) made.abort();
      else response.once("close", () => made.abort());
      controller = made;
    }
    return controller.signal;
  };
}

const EMPTY = Buffer.alloc(0);

/** The body; undefined for one that is too long. @throws when the client goes away before its end */
function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> | Buffer | undefined {
  const { "content-length": length, "transfer-encoding": encoding } = request.headers;
  if (length === undefined && encoding === undefined) return EMPTY;
  if (Number(length) > BODY_LIMIT) return undefined;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    request.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (total <= BODY_LIMIT) chunks.push(chunk);
      else {
        request.pause();
        resolve(undefined);
      }
    });
    request.once("end", () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.once("error", reject);
  });
}

function send(response: ServerResponse, { status, headers, body, bytes }: Response): void {
  const content = bytes ?? body;
  const fields: Record<string, string | string[] | number> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== "") fields[name] = value;
  if (status !== 204 && status !== 304) fields["Content-Length"] = Buffer.byteLength(content);
  response.writeHead(status, fields).end(content);
}

const LOCAL = "127.0.0.1";

/** The address a client has, or says it has: nothing is trusted by it, so anybody may choose where he seems to be. */
export function addressOf(headers: Readonly<Record<string, string | undefined>>, peer: string | undefined): string {
  const said = headers["x-forwarded-for"]?.split(",")[0]?.trim() ?? "";
  if (said === "" && peer === undefined) return LOCAL;
  const address = isIP(said) === 0 ? (peer ?? LOCAL) : said;
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}

/** Waits real time, or until the client goes away. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener("abort", done);
  });
}
