import { isIP } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { TlsIdentity } from "./authority.ts";
import type { Request, Response } from "./message.ts";

/** Answers one request, whatever transport it came by. */
export type Answer = (request: Request) => Promise<Response>;

/** State documents are large; Graph's own limit is enforced where Graph's routes read their bodies. */
const BODY_LIMIT = 512 * 1024 * 1024;

/** Serves the directory over HTTPS. */
export function createServer(tls: TlsIdentity, answer: Answer): FastifyInstance {
  const server = Fastify({
    https: { key: tls.privateKey, cert: tls.certificate },
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    logger: false,
    // Paths are matched by the directory itself: `applications(appId='…')` is one segment only to OData.
    routerOptions: { ignoreTrailingSlash: false },
  });
  server.removeAllContentTypeParsers();
  // as bytes: a logo is no text
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.all("/*", (request, reply) => serve(answer, request, reply));
  return server as unknown as FastifyInstance;
}

async function serve(answer: Answer, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const gone = new AbortController();
  reply.raw.once("close", () => gone.abort());
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const response = await answer({
    method: request.method,
    target: request.raw.url ?? "/",
    headers,
    body: bytes.toString("utf8"),
    bytes,
    origin: `https://${/^[\w.:[\]-]+$/.test(headers.host ?? "") ? headers.host : "localhost"}`,
    address: addressOf(headers, request.raw.socket.remoteAddress),
    signal: gone.signal,
  });
  if (response.delayMs !== undefined && response.delayMs > 0) await pause(response.delayMs, gone.signal);
  if (response.disturbance !== undefined) {
    reply.hijack();
    // A stalled answer holds the connection until the client, or the directory, goes away.
    if (response.disturbance !== "stall") request.raw.socket.destroy();
    return reply;
  }
  for (const [name, value] of Object.entries(response.headers)) if (value !== "") reply.header(name, value);
  return reply.code(response.status).send(response.bytes ?? (response.body === "" ? undefined : response.body));
}

/** The address a client has, or says it has: nothing is trusted by it, so anybody may choose where he seems to be. */
export function addressOf(headers: Readonly<Record<string, string | undefined>>, peer: string | undefined): string {
  const said = headers["x-forwarded-for"]?.split(",")[0]?.trim() ?? "";
  const address = isIP(said) === 0 ? (peer ?? "127.0.0.1") : said;
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
