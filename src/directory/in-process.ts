import type { Answer } from "./server.ts";
import { addressOf, pause } from "./server.ts";

/**
 * A `fetch` that reaches the directory without a socket. A connection that a fault destroys rejects with a TypeError, as the real one
 * does; a stalled one stays pending until the caller aborts or the directory closes.
 */
export function createInProcessFetch(answer: Answer, closed: AbortSignal): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (closed.aborted) throw new TypeError("fetch failed", { cause: new Error("the directory is closed") });
    request.signal.throwIfAborted();
    const bytes = Buffer.from(await request.arrayBuffer());
    const ended = AbortSignal.any([request.signal, closed]);
    const headersSent = Object.fromEntries(request.headers);
    const response = await untilEnded(
      answer({
        method: request.method,
        target: `${url.pathname}${url.search}`,
        headers: headersSent,
        body: bytes.toString("utf8"),
        bytes,
        origin: url.origin,
        address: addressOf(headersSent, undefined),
        signal: ended,
      }),
      request.signal,
      closed,
    );
    if (response.delayMs !== undefined && response.delayMs > 0)
      await untilEnded(pause(response.delayMs, ended), request.signal, closed);
    if (response.disturbance === "stall") await untilEnded(new Promise(() => {}), request.signal, closed);
    if (response.disturbance !== undefined)
      throw new TypeError("fetch failed", {
        cause: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }),
      });
    const headers = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      for (const one of Array.isArray(value) ? value : [value]) if (one !== "") headers.append(name, one);
    }
    const empty = response.status === 204 || response.status === 304;
    return new Response(empty ? null : response.bytes === undefined ? response.body : new Uint8Array(response.bytes), {
      status: response.status,
      headers,
    });
  };
}

function untilEnded<T>(work: Promise<T>, signal: AbortSignal, closed: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    const close = () => reject(new TypeError("fetch failed", { cause: new Error("the directory is closed") }));
    signal.addEventListener("abort", abort);
    closed.addEventListener("abort", close);
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
      closed.removeEventListener("abort", close);
    });
  });
}
