/** From a request to its route's handler and back: who asks, whether he may, whether it fits, and nothing out that no schema names. */
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { NolapseError } from "../core/errors.ts";
import { inAscii } from "./ascii.ts";
import { type BearerChecks, callerOfToken } from "./bearer.ts";
import { type Caller, personOf } from "./caller.ts";
import { etagOf, isKnown } from "./etag.ts";
import type { House } from "./house.ts";
import { idempotencyKey } from "./idempotency.ts";
import { jsonText } from "./json-text.ts";
import { given, writtenOf } from "./kept-answers.ts";
import { UnfitRequest } from "./problem.ts";
import { mayAll } from "./roles.ts";
import {
  type Browser,
  type CookieName,
  isRedirect,
  isText,
  NOBODY,
  type Route,
  type Stream,
  type Text,
  WrittenItems,
} from "./route.ts";
import { isToken, type Session, type Sessions } from "./sessions.ts";
import { type Lent, Slabs } from "./slabs.ts";

interface Around {
  readonly house: House;
  readonly sessions: Sessions;
  readonly origin: () => string;
  readonly secure: boolean;
  readonly bearer: BearerChecks;
}

type Handler = (route: Route, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export function dispatcher(around: Around): Handler {
  return async (route, request, reply) => {
    const { caller, session } =
      route.role === "anonymous" ? { caller: NOBODY, session: null } : await admitted(around, route, request);
    const keeping =
      (await route.keeping?.({ params: request.params, house: around.house, caller }, request.url)) ?? null;
    // an address that was answered fitted, and fits
    if (keeping?.found) return sendWritten(given(keeping.found, keeping.now), keeping.found.etag, request, reply);
    const asked = {
      params: held(route.params, request.params, "path") ?? (request.params as object),
      query: held(route.query, request.query, "query"),
      body: held(route.body, request.body ?? {}, "body"),
      caller,
      session,
      key: keyOf(route, request),
      house: around.house,
      browser: browserOf(around.secure, request, reply),
      signal: around.house.ending.signal,
      gone: () => goneOf(reply),
    };
    const shared = await keeping?.together(async () => {
      // not lent: it is kept
      const { body, etag } = bodyOf(route, await route.handle(asked), ownMemory);
      const written = writtenOf(body, etag);
      if (written !== null) keeping.keep(written);
      return written;
    });
    if (shared) return sendWritten(given(shared, keeping?.now ?? ""), shared.etag, request, reply);
    const answer = await route.handle(asked);
    if (typeof answer === "function") return stream(answer as Stream, request, reply, around.house.ending.signal);
    if (isRedirect(answer)) return reply.redirect(answer.redirect, 302);
    if (isText(answer)) return sendText(answer, reply);
    if (route.method !== "GET") return reply.type("application/json").send(jsonOf(route, answer));
    const lent: Lent[] = [];
    const { body, etag } = bodyOf(route, answer, (length) => {
      const one = slabs.take(length);
      lent.push(one);
      return one.bytes;
    });
    // when all of it is with the machine; where the other side went away before, it is not used again
    for (const one of lent) reply.raw.once("finish", one.giveBack);
    return sendWritten(body, etag, request, reply);
  };
}

/** @throws TypeError where the route names no such answer. */
function jsonOf(route: Route, answer: unknown): string {
  if (route.answer === null) throw new TypeError(`${route.path} answers with something it does not name`);
  return jsonText(route.answer, answer);
}

type Memory = (length: number) => Buffer;
const ownMemory: Memory = (length) => Buffer.allocUnsafe(length);
/** Of answers that are sent once. */
const slabs = new Slabs();

/** An answer as it is sent, and its tag; a long one in the memory it is given. */
function bodyOf(route: Route, answer: unknown, memory: Memory): { readonly body: Buffer; readonly etag: string } {
  if (answer instanceof WrittenItems) return withItems(route, answer, memory);
  const text = jsonOf(route, answer);
  return { body: Buffer.from(text), etag: etagOf(text) };
}

const NONE = '"items":[]}';

/** The head with its items put in; they are told from others by less than their text. @throws TypeError where `items` is not its end. */
function withItems(route: Route, { head, items }: WrittenItems<unknown>, memory: Memory) {
  const empty = inAscii(jsonOf(route, { ...head, items: [] }));
  if (!empty.endsWith(NONE)) throw new TypeError(`${route.path} has something after its items`);
  const body = memory(empty.length + items.length);
  const begin = body.write(empty.slice(0, -2), "latin1");
  items.writeTo(body, begin);
  body.write("]}", begin + items.length, "latin1");
  return { body, etag: etagOf(empty + items.tag) };
}

/** @throws NolapseError `usage` for a key that is none, and where the answer may not be kept. */
function keyOf({ method, path, reveals }: Route, request: FastifyRequest): string | null {
  const key = method === "POST" ? idempotencyKey(request.headers["idempotency-key"]) : null;
  if (key === null || (path.startsWith("/api/v1/t/") && reveals !== true)) return key;
  throw new NolapseError("usage", "this takes no Idempotency-Key: its answer is kept nowhere", {
    next: "send it without one",
  });
}

/** Who asks, by access token or cookie, where he may. @throws NolapseError `not-signed-in`, `role-missing`, `request-refused`. */
async function admitted(
  around: Around,
  route: Route,
  request: FastifyRequest,
): Promise<{ readonly caller: Caller; readonly session: Session | null }> {
  const who = await identify(around, request);
  if (!mayAll(who.caller.role, route.role as Exclude<Route["role"], "anonymous">)) {
    throw new NolapseError("role-missing", `this takes the role ${route.role}; yours is ${who.caller.role ?? "none"}`, {
      next: "whoever administers Nolapse's enterprise application in Entra ID can assign it",
    });
  }
  if (route.person) personOf(who.caller);
  if (who.session !== null && route.method !== "GET") fromOurPage(around.origin(), request, who.session);
  return who;
}

async function identify({ bearer, sessions, secure }: Around, request: FastifyRequest) {
  const header = request.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1];
    if (token === undefined) throw unknown("the Authorization header holds no access token");
    return { caller: await callerOfToken(token, bearer), session: null };
  }
  const session = sessionOf(sessions, secure, request);
  if (session === null) throw unknown("nobody is signed in, or the sign-in is over");
  return { caller: session.caller, session };
}

function unknown(why: string): NolapseError {
  return new NolapseError("not-signed-in", why, { next: "sign in: /auth/sign-in, or send an Entra access token" });
}

/** A cookie comes along whoever made the browser ask; these do not. @throws NolapseError `request-refused`. */
function fromOurPage(origin: string, request: FastifyRequest, session: Session): void {
  const from = request.headers.origin;
  const site = request.headers["sec-fetch-site"];
  const header = request.headers["x-csrf-token"];
  const isForeign = (from !== undefined && from !== origin) || (site !== undefined && site !== "same-origin");
  if (!isForeign && isToken(session, typeof header === "string" ? header : undefined)) return;
  throw new NolapseError("request-refused", "the request does not come from a page of this server", {
    next: "send the csrf of GET /api/v1/me as X-CSRF-Token",
  });
}

function held<S extends z.ZodObject>(schema: S | undefined, given: unknown, where: string): z.output<S> | undefined {
  if (schema === undefined) return undefined;
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new UnfitRequest(
    read.error.issues.map(({ path, message, code }) => ({
      path: [where, ...path.map(String)].join("."),
      // names of unknown keys are the caller's own text
      message: code === "unrecognized_keys" ? "there is something it does not know" : message,
    })),
  );
}

declare module "fastify" {
  interface FastifyRequest {
    /** Whose cookie it came with, as it was found first; undefined before anybody asked. */
    session: Session | null | undefined;
  }
}

/** The session of a request's cookie, looked up once by its id; one that has ended since is none. */
export function sessionOf(sessions: Sessions, secure: boolean, request: FastifyRequest): Session | null {
  if (request.session === undefined) request.session = sessions.find(request.cookies[cookieName("session", secure)]);
  else if (request.session !== null && !sessions.goesOn(request.session)) request.session = null;
  return request.session;
}

/** `__Host-` binds a cookie to https, this host and no path; browsers refuse the prefix over http, even on loopback. */
export function cookieName(name: CookieName, secure: boolean): string {
  return `${secure ? "__Host-" : ""}nolapse${name === "session" ? "" : "-sign-in"}`;
}

function browserOf(secure: boolean, request: FastifyRequest, reply: FastifyReply): Browser {
  return {
    query: request.url.split("?")[1] ?? "",
    cookie: (name) => request.cookies[cookieName(name, secure)],
    setCookie: (name, value, maxAge) =>
      void reply.setCookie(cookieName(name, secure), value, {
        httpOnly: true,
        sameSite: "lax",
        secure,
        path: "/",
        maxAge,
      }),
  };
}

function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (raw.destroyed) gone.abort();
  else raw.once("close", () => gone.abort());
  return gone.signal;
}

function sendWritten(body: Buffer, etag: string, request: FastifyRequest, reply: FastifyReply) {
  reply.header("etag", etag);
  if (isKnown(request.headers["if-none-match"], etag)) return reply.code(304).send();
  // of bytes nobody else says it
  return reply.type("application/json; charset=utf-8").send(body);
}

function sendText({ type, body, file }: Text, reply: FastifyReply) {
  if (file !== undefined)
    reply.header("content-disposition", `attachment; filename="${file.replaceAll(/[^\w.-]/g, "-")}"`);
  reply.type(type);
  return reply.send(typeof body === "string" ? body : Readable.from(body));
}

/** A listener that does not read is cut off here, so that it does not fill the memory; bytes. */
const UNREAD = 256 * 1024;

function stream(write: Stream, request: FastifyRequest, reply: FastifyReply, ending: AbortSignal): void {
  const over = new AbortController();
  const { raw } = reply;
  reply.hijack();
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    "content-type": "text/event-stream; charset=utf-8",
    // nginx collects what it passes on, a stream of events until that is full or ends, unless it is told not to
    "x-accel-buffering": "no",
    // when the server ends, nothing may hold the connection that was a stream
    connection: "close",
  });
  const end = () => {
    if (over.signal.aborted) return;
    over.abort();
    ending.removeEventListener("abort", end);
    raw.end();
  };
  request.raw.once("close", end);
  ending.addEventListener("abort", end);
  const send = (text: string | Buffer) => {
    if (over.signal.aborted) return false;
    if (raw.writableLength > UNREAD) {
      end();
      // ended alone it would wait, with all that was not read, until somebody reads it
      raw.destroy();
      return false;
    }
    raw.write(text);
    return true;
  };
  write({ send, end, ended: over.signal });
}
