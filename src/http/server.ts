/**
 * The HTTP server: every request passes the same hooks in the same order, and every route comes from the one table. Nothing is
 * open but what the table says is.
 */
import { randomBytes } from "node:crypto";
import cookie from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type RawServerDefault } from "fastify";
import { NolapseError } from "../core/errors.ts";
import { createAuthority, type SignInSettings } from "./authority.ts";
import { dispatcher, sessionOf } from "./dispatch.ts";
import { Events } from "./events.ts";
import { securityHeaders } from "./headers.ts";
import { House } from "./house.ts";
import { openApi } from "./openapi.ts";
import { addPages, PAGES_FOLDER } from "./portal.ts";
import { problemOf } from "./problem.ts";
import { refusedPage } from "./refused-page.ts";
import { Rehearsals, type Rehearse } from "./rehearsals.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes/all.ts";
import type { DemoParts } from "./routes/demo.ts";
import { Sessions } from "./sessions.ts";
import { createSignIn } from "./sign-in.ts";

export interface ServerOptions {
  /** What people open: scheme, host, port. Requests for another host are not answered. */
  readonly origin: () => string;
  /** Whether that is https, here or at the proxy. */
  readonly secure: boolean;
  /** The one proxy in front says who asks (`X-Forwarded-For`). */
  readonly behindProxy: boolean;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly signIn: SignInSettings;
  readonly tenants: () => readonly string[];
  readonly version: string;
  /** The domain's present, by the tenant whose people sign in. */
  readonly now: () => Promise<number>;
  readonly processNow: () => number;
  readonly metrics: () => Promise<string>;
  readonly rehearse: Rehearse;
  /** Hears what is not the caller's fault; values never come near it. */
  readonly log: (line: string) => void;
  /** Only where this is the demo. */
  readonly demo?: DemoParts | undefined;
  /** Where the built pages lie, if not where `npm run build:web` puts them. */
  readonly pages?: string;
  /** Requests a minute of one session, or of one address where nobody is signed in; and sign-ins of one address. */
  readonly rates?: { readonly all: number; readonly signIn: number };
}

export interface Server {
  readonly house: House;
  readonly events: Events;
  readonly app: App;
  /** Ends streams, answers what is in hand, listens no more. */
  close(): Promise<void>;
}

/** No body that we take is larger. */
const BODY_LIMIT = 64 * 1024;
const MINUTE = 60_000;

/** Over TLS or without: what is served is the same. */
export type App = FastifyInstance<RawServerDefault>;

/** Ready to listen or to be asked in process. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { origin, secure, signIn: settings, now, processNow } = options;
  const events = new Events();
  const sessions = new Sessions(processNow);
  const { version, tenants: names, metrics } = options;
  const rehearsals = new Rehearsals(options.rehearse);
  const house = new House({ version, sessions, events, rehearsals, names, metrics });
  const authority = createAuthority(settings);
  const signIn = createSignIn({ settings, authority, origin, now, processNow });
  const table: readonly Route[] = routes({
    signIn,
    origin,
    processNow,
    document: () => openApi(table, version),
    demo: options.demo,
  });
  const app = fastify({
    https: options.tls,
    bodyLimit: BODY_LIMIT,
    trustProxy: options.behindProxy ? (_address, hop) => hop === 0 : false,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200, caseSensitive: true },
    return503OnClosing: true,
    // what the router cannot even read passes no hook
    frameworkErrors: (_error, _request, reply) => {
      reply.headers(securityHeaders(null, secure));
      send(reply, new HttpProblem(400, "the address cannot be read", "GET /api/v1/openapi.json lists them"));
    },
    logger: false,
  });
  app.decorateRequest("session", undefined);
  await harden(app, sessions, options);
  const dispatch = dispatcher({ house, sessions, origin, secure, bearer: { settings, authority, now } });
  for (const route of table) addRoute(app, route, dispatch, options);
  addPages(app, {
    folder: options.pages ?? PAGES_FOLDER,
    secure,
    demo: options.demo !== undefined,
    isSignedIn: (request) => sessionOf(sessions, secure, request) !== null,
  });
  answerProblems(app, options);
  return {
    house,
    events,
    app,
    close: async () => {
      house.ending.abort();
      await Promise.all([app.close(), rehearsals.close()]);
    },
  };
}

async function harden(app: App, sessions: Sessions, { origin, secure, rates }: ServerOptions): Promise<void> {
  const headers = securityHeaders(null, secure);
  // first of all: what is not for us gets no other answer
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(headers);
    if (request.host !== new URL(origin()).host && !isHealth(request)) {
      throw new HttpProblem(421, "this server is not called that", `use ${origin()}`);
    }
    if (request.url.startsWith("/api/") || request.url.startsWith("/auth/")) reply.header("cache-control", "no-store");
  });
  // a form of another site may send text without asking first; nothing here takes it
  app.removeContentTypeParser("text/plain");
  await app.register(cookie);
  await app.register(rateLimit, {
    max: rates?.all ?? 600,
    timeWindow: MINUTE,
    // colleagues behind one proxy have one address between them
    keyGenerator: (request) => sessionOf(sessions, secure, request)?.handle ?? request.ip,
    allowList: (request) => isHealth(request),
    errorResponseBuilder: (_request, { ttl }) =>
      new HttpProblem(429, "too many requests in a minute", `wait ${Math.ceil(ttl / 1000)} s`),
  });
}

/** Probes of an orchestrator come by the machine's own address. */
function isHealth({ url }: FastifyRequest): boolean {
  return url === "/healthz" || url === "/readyz";
}

type Dispatch = ReturnType<typeof dispatcher>;

function addRoute(app: App, route: Route, dispatch: Dispatch, { rates }: ServerOptions): void {
  const isSignIn = route.path.startsWith("/auth/") && route.role === "anonymous";
  const rate = isSignIn ? (rates?.signIn ?? 30) : route.rate;
  const by = isSignIn ? { keyGenerator: ({ ip }: FastifyRequest) => ip } : {};
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    exposeHeadRoute: false,
    ...(rate === undefined ? {} : { config: { rateLimit: { max: rate, timeWindow: MINUTE, ...by } } }),
    handler: (request, reply) => dispatch(route, request, reply),
  });
}

/** A refusal that HTTP has a word of its own for. */
class HttpProblem extends NolapseError {
  readonly statusCode: number;

  constructor(status: number, message: string, next: string) {
    super(status === 429 ? "too-many-requests" : "request-refused", message, { next });
    this.statusCode = status;
  }
}

function answerProblems(app: App, { log, secure, demo }: ServerOptions): void {
  app.setNotFoundHandler((request, reply) => {
    const nothing = new NolapseError("not-found", "there is nothing at this address", {
      next: "GET /api/v1/openapi.json",
    });
    if (isOfPerson(request) && !request.url.startsWith("/api/")) showRefused(reply, nothing, { secure, demo: false });
    else send(reply, nothing);
  });
  app.setErrorHandler((thrown: Error & { statusCode?: number; code?: string }, request, reply) => {
    const status = thrown.statusCode;
    // the server's own refusals of what it cannot read: body too large, no JSON, another media type
    const isTheirs = !(thrown instanceof NolapseError) && status !== undefined && status >= 400 && status < 500;
    const said = isTheirs
      ? new HttpProblem(status, REFUSALS[status] ?? "the request cannot be read", "send JSON as docs/server.md says")
      : thrown;
    const problem = isSignInOfPerson(request)
      ? showRefused(reply, said, { secure, demo: request.url.startsWith("/demo/") && demo !== undefined })
      : send(reply, said);
    if (problem.id !== undefined)
      log(
        `${request.method} ${request.routeOptions.url ?? "?"} failed (${problem.id}): ${thrown.stack ?? thrown.message}`,
      );
  });
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: "the request cannot be read",
  413: "the body is larger than 64 KiB",
  415: "the body is not application/json",
};

/** A browser on its way to a page and not a program, or a page's own request. */
function isOfPerson({ method, headers }: FastifyRequest): boolean {
  return method === "GET" && /\btext\/html\b/.test(headers.accept ?? "");
}

function isSignInOfPerson(request: FastifyRequest): boolean {
  return isOfPerson(request) && /^\/(auth|demo)\//.test(request.url);
}

function showRefused(
  reply: FastifyReply,
  thrown: unknown,
  where: { readonly secure: boolean; readonly demo: boolean },
) {
  const problem = problemFor(thrown);
  const nonce = randomBytes(16).toString("base64");
  reply.headers(securityHeaders(nonce, where.secure)).header("cache-control", "no-store");
  const page = refusedPage({ problem, nonce, demo: where.demo });
  void reply.code(problem.status).type("text/html; charset=utf-8").send(page);
  return problem;
}

function problemFor(thrown: unknown) {
  return problemOf(thrown, thrown instanceof HttpProblem ? thrown.statusCode : undefined);
}

function send(reply: FastifyReply, thrown: unknown) {
  const problem = problemFor(thrown);
  if (thrown instanceof NolapseError && thrown.retryAfter !== null) {
    reply.header("retry-after", Math.ceil(thrown.retryAfter / 1000));
  }
  if (problem.status === 401) reply.header("www-authenticate", 'Bearer realm="nolapse"');
  void reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  return problem;
}
