import type { Response as Directly } from "./message.ts";
import type { Answer } from "./server.ts";
import { addressOf, pause } from "./server.ts";

/** As much of a `Response` as a client reads that wants status, headers and text, and nothing of the machinery of streams. */
export interface PlainAnswer {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]>;
  text(): Promise<string>;
}

/** The parameters of `fetch`, and an answer that costs a fraction of a `Response`. */
export type PlainFetch = (input: string, init?: RequestInit) => Promise<PlainAnswer>;

/**
 * A `fetch` that reaches the directory without a socket. A connection that a fault destroys rejects with a TypeError, as the real one
 * does; a stalled one stays pending until the caller aborts or the directory closes.
 */
export function createInProcessFetch(answer: Answer, closed: AbortSignal): typeof fetch {
  const ask = asker(answer, closed);
  return async (input, init) => {
    const response = await ask(input, init);
    const headers = new Headers(headersOf(response.headers));
    const empty = response.status === 204 || response.status === 304;
    return new Response(empty ? null : response.bytes === undefined ? response.body : new Uint8Array(response.bytes), {
      status: response.status,
      headers,
    });
  };
}

/** The same, for whoever asks millions of times: an answer has its text at once. */
export function createPlainFetch(answer: Answer, closed: AbortSignal): PlainFetch {
  const ask = asker(answer, closed);
  return async (input, init) => {
    const { status, headers, bytes, body } = await ask(input, init);
    return { status, headers: headersOf(headers), text: async () => bytes?.toString("utf8") ?? body };
  };
}

function headersOf(headers: Directly["headers"]): [string, string][] {
  const named: [string, string][] = [];
  for (const [name, value] of Object.entries(headers))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== "") named.push([name, one]);
  return named;
}

function asker(
  answer: Answer,
  closed: AbortSignal,
): (input: Parameters<typeof fetch>[0], init?: RequestInit) => Promise<Directly> {
  // one listener for all requests: adding and removing one for each is much of a small request
  const ongoing: Ongoing = new Set();
  closed.addEventListener("abort", () => {
    for (const close of [...ongoing]) close();
  });
  return async (input, init) => {
    const { url, signal, ...asked } = await readRequest(input, init);
    if (closed.aborted) throw new TypeError("fetch failed", { cause: new Error("the directory is closed") });
    signal.throwIfAborted();
    // made when it is looked at: most requests end long before anybody asks whether they were aborted
    let both: AbortSignal | undefined;
    const ended = () => {
      both ??= AbortSignal.any([signal, closed]);
      return both;
    };
    const request = {
      ...asked,
      address: addressOf(asked.headers, undefined),
      target: `${url.pathname}${url.search}`,
      origin: url.origin,
      get signal() {
        return ended();
      },
    };
    const response = await untilEnded(answer(request), signal, ongoing);
    if (response.delayMs !== undefined && response.delayMs > 0)
      await untilEnded(pause(response.delayMs, ended()), signal, ongoing);
    if (response.disturbance === "stall") await untilEnded(new Promise(() => {}), signal, ongoing);
    if (response.disturbance !== undefined)
      throw new TypeError("fetch failed", {
        cause: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
      });
    return response;
  };
}

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** Where the body may be no text. */
  readonly bytes?: Buffer;
  readonly signal: AbortSignal;
}

/** Reads what was asked. Plain text in plain parts, which is what our own adapters send, needs no Request to be read. */
async function readRequest(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Asked> {
  const { method = "GET", headers = {}, body, signal } = init ?? {};
  const isPlain =
    typeof input === "string" &&
    (body === undefined || body === null || typeof body === "string") &&
    !(headers instanceof Headers) &&
    !Array.isArray(headers) &&
    /^[A-Z]+$/.test(method);
  if (isPlain) {
    const named: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) named[name.toLowerCase()] = String(value);
    if (typeof body === "string") named["content-type"] ??= "text/plain;charset=UTF-8";
    return { method, url: new URL(input), headers: named, body: body ?? "", signal: signal ?? NEVER };
  }
  // a Request made of a Request waits for the first one's signal until the event loop turns, which it need not do in between
  const request = input instanceof Request && init === undefined ? input : new Request(input, init);
  const bytes = Buffer.from(await request.arrayBuffer());
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries(request.headers),
    body: bytes.toString("utf8"),
    bytes,
    signal: request.signal,
  };
}

const NEVER = new AbortController().signal;

/** What ends each request under way when the directory closes. */
type Ongoing = Set<() => void>;

function untilEnded<T>(work: Promise<T>, signal: AbortSignal, ongoing: Ongoing): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    const close = () => reject(new TypeError("fetch failed", { cause: new Error("the directory is closed") }));
    signal.addEventListener("abort", abort);
    ongoing.add(close);
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
      ongoing.delete(close);
    });
  });
}
