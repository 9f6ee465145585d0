/**
 * One request on the wire, never two: no retries, no redirects, no cache. A lost `addPassword` must never be sent again by
 * anybody below the engine (design §4.5), so the pipeline's own retry and redirect policies are removed, not just set to 0.
 *
 * Failures leave this file as {@link WireFailure}, which holds a host and an error code and nothing of the request or the
 * answer: the libraries' own errors carry both, with bearer tokens and bodies, and whatever prints them prints those.
 */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  decompressResponsePolicyName,
  formDataPolicyName,
  type HttpClient,
  logPolicyName,
  multipartPolicyName,
  type Pipeline,
  type PipelineRequest,
  type PipelineResponse,
  proxyPolicyName,
  redirectPolicyName,
  tracingPolicyName,
} from "@azure/core-rest-pipeline";

/** What is read of the answer of a `fetch`. */
export interface Fetched {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  text(): Promise<string>;
}

/** The shape of `fetch` an in-process directory answers instead of a socket. */
export type Fetch = (url: string, init: RequestInit) => Promise<Fetched>;

export interface WireRequest {
  readonly method: "GET" | "POST" | "PATCH";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  readonly body: string;
  /** Null when the answer does not carry it. */
  header(name: string): string | null;
}

export interface Wire {
  /** @throws WireFailure when no whole answer came back. */
  send(request: WireRequest, signal?: AbortSignal): Promise<WireAnswer>;
}

export type WireFailureKind = "timed-out" | "aborted" | "untrusted" | "unreachable";

/** No whole answer came back; whether the request arrived is not known. */
export class WireFailure extends Error {
  readonly kind: WireFailureKind;
  readonly host: string;
  /** The system's name for it (`ECONNRESET`), null when there is none. */
  readonly systemCode: string | null;
  /** Host and port of the proxy that it was asked through, null where it was asked directly. */
  readonly proxy: string | null;

  constructor(kind: WireFailureKind, host: string, systemCode: string | null, proxy: string | null = null) {
    super(`no answer from ${host}: ${systemCode ?? kind}`);
    this.name = "WireFailure";
    this.kind = kind;
    this.host = host;
    this.systemCode = systemCode;
    this.proxy = proxy;
  }
}

/** OpenSSL's and Node.js' names for "this chain does not end at a CA we trust, or is not for this host". */
const UNTRUSTED = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_UNTRUSTED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "INVALID_CA",
  "HOSTNAME_MISMATCH",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/** The system error code of a thrown thing; `fetch` hides it one cause deeper. */
function systemCode(thrown: unknown, depth = 0): string | null {
  if (!(thrown instanceof Error) || depth > 4) return null;
  const inner = systemCode(thrown.cause, depth + 1);
  if (inner !== null) return inner;
  const code: unknown = "code" in thrown ? thrown.code : null;
  return typeof code === "string" && /^[A-Z0-9_]+$/.test(code) ? code : null;
}

function failure(kind: WireFailureKind | null, url: string, thrown: unknown, proxy: string | null = null): WireFailure {
  const code = systemCode(thrown);
  const trust = code !== null && UNTRUSTED.has(code) ? "untrusted" : "unreachable";
  return new WireFailure(kind ?? trust, new URL(url).host, kind === null ? code : null, proxy);
}

/** Without what it may hold of a name and a password. */
function proxyOf({ agent }: PipelineRequest): string | null {
  const { proxy } = (agent ?? {}) as { readonly proxy?: unknown };
  return proxy instanceof URL ? proxy.host : null;
}

/** An HTTP client that asks a given `fetch` instead of opening a socket. */
function clientOver(fetch: Fetch): HttpClient {
  return {
    async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
      const response = await fetch(request.url, {
        method: request.method,
        headers: request.headers.toJSON({ preserveCase: true }),
        redirect: "manual",
        ...(typeof request.body === "string" ? { body: request.body } : {}),
        ...(request.abortSignal === undefined ? {} : { signal: request.abortSignal as AbortSignal }),
      });
      const text = await response.text();
      const headers = createHttpHeaders(Object.fromEntries(response.headers));
      return { status: response.status, headers, request, bodyAsText: text };
    },
  };
}

/**
 * The client at the bottom of every pipeline of ours, `@azure/identity`'s included: it ends a request after `timeout`
 * milliseconds of process time, or sooner where the request says so (the library asks within a second whether a machine has an
 * identity), obeys any abort signal, and turns every failure into a {@link WireFailure}.
 */
export function boundedClient(options: { readonly timeout: number; readonly fetch?: Fetch | undefined }): HttpClient {
  const inner = options.fetch === undefined ? createDefaultHttpClient() : clientOver(options.fetch);
  return {
    async sendRequest(request) {
      const outer = request.abortSignal;
      if (outer?.aborted === true) throw failure("aborted", request.url, null);
      const stop = new AbortController();
      let ended: WireFailureKind | null = null;
      let give: (error: WireFailure) => void = () => {};
      const given = new Promise<never>((_, reject) => {
        give = reject;
      });
      const end = (kind: WireFailureKind) => {
        ended ??= kind;
        stop.abort();
        give(failure(kind, request.url, null, proxyOf(request)));
      };
      const onAbort = () => end("aborted");
      const sooner = request.timeout > 0 ? request.timeout : options.timeout;
      const timer = setTimeout(() => end("timed-out"), Math.min(sooner, options.timeout));
      outer?.addEventListener("abort", onAbort);
      request.abortSignal = stop.signal;
      request.timeout = 0;
      const sending = inner.sendRequest(request);
      sending.catch(() => {}); // whoever loses the race below must not become an unhandled rejection
      try {
        return await Promise.race([sending, given]);
      } catch (thrown) {
        throw thrown instanceof WireFailure ? thrown : failure(ended, request.url, thrown, proxyOf(request));
      } finally {
        clearTimeout(timer);
        outer?.removeEventListener("abort", onAbort);
      }
    },
  };
}

/**
 * A connection of its own for every request. `disableKeepAlive` alone would not do: it falls back to the global agent,
 * which keeps connections alive since Node.js 19. A proxy's agent, set before, is left: it opens a tunnel per request.
 */
function useFreshConnections(pipeline: Pipeline): void {
  pipeline.addPolicy(
    {
      name: "freshConnection",
      sendRequest(request, next) {
        request.disableKeepAlive = true;
        const secure = request.url.startsWith("https:");
        request.agent ??= secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
        return next(request);
      },
    },
    { afterPolicies: [proxyPolicyName] },
  );
}

/** Its name in the library, which does not export it; a test proves that no policy of retries is left. */
const RETRY_POLICY = "defaultRetryPolicy";

/** What has nothing to do where a `fetch` in this process answers plain text: a rehearsal asks millions of times. */
const IDLE_WITHOUT_SOCKET = [
  proxyPolicyName,
  decompressResponsePolicyName,
  formDataPolicyName,
  multipartPolicyName,
  logPolicyName,
];

/** The policies a request of ours passes: exported so that a test can prove no retry and no redirect is among them. */
export function createPipeline(
  options: { readonly freshConnections?: boolean; readonly socket?: boolean } = {},
): Pipeline {
  const pipeline = createPipelineFromOptions({
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    telemetryOptions: { clientRequestIdHeaderName: "client-request-id" },
  });
  pipeline.removePolicy({ name: RETRY_POLICY });
  pipeline.removePolicy({ name: redirectPolicyName });
  // we give no tracer; the policy makes the parts of a span all the same
  pipeline.removePolicy({ name: tracingPolicyName });
  if (options.socket === false) for (const name of IDLE_WITHOUT_SOCKET) pipeline.removePolicy({ name });
  if (options.freshConnections === true) useFreshConnections(pipeline);
  return pipeline;
}

export interface WireOptions {
  readonly userAgent: string;
  /** Milliseconds of process time for connection and whole answer. */
  readonly timeout: number;
  readonly freshConnections?: boolean;
  readonly fetch?: Fetch | undefined;
  /** A new id for each request; random where not given. */
  readonly requestId?: (() => string) | undefined;
}

/** Plain HTTP is for a directory on this machine only: a bearer token must not cross a network in the clear. */
export function isLoopback(url: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

export function createWire(options: WireOptions): Wire {
  // where no socket is opened there is no connection to be fresh
  const freshConnections = options.freshConnections === true && options.fetch === undefined;
  const pipeline = createPipeline({ freshConnections, socket: options.fetch === undefined });
  const client = boundedClient(options);
  return {
    async send(wanted, signal) {
      const request = createPipelineRequest({
        url: wanted.url,
        method: wanted.method,
        headers: createHttpHeaders({ ...wanted.headers, "User-Agent": options.userAgent }),
        allowInsecureConnection: isLoopback(new URL(wanted.url)),
        ...(wanted.body === undefined ? {} : { body: wanted.body }),
        ...(signal === undefined ? {} : { abortSignal: signal }),
      });
      if (options.requestId !== undefined) request.requestId = options.requestId();
      try {
        const response = await pipeline.sendRequest(client, request);
        return {
          status: response.status,
          body: response.bodyAsText ?? "",
          header: (name) => response.headers.get(name) ?? null,
        };
      } catch (thrown) {
        throw thrown instanceof WireFailure ? thrown : failure(null, wanted.url, thrown);
      }
    },
  };
}

/** `Retry-After` in milliseconds: seconds, or a date measured from the answer's own `Date`. Null when absent or unreadable. */
export function retryAfterOf(answer: WireAnswer): number | null {
  const text = answer.header("retry-after")?.trim() ?? "";
  if (text === "") return null;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const wait = Date.parse(text) - Date.parse(answer.header("date") ?? "");
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
