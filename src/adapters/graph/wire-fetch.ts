/** The wire as a `fetch`, for libraries that ask the login authority themselves: through the proxy, once, and never redirected. */
import { createWire } from "./wire.ts";

/** Of an answer, what those libraries look at beside its body. */
const READ = ["content-type", "www-authenticate"];

/** Answers that have no body, and may not be given one. */
const EMPTY = [204, 205, 304];

/** GET and POST with text for a body. @param timeout milliseconds of process time for one whole answer. @throws WireFailure */
export function createWireFetch(options: { readonly userAgent: string; readonly timeout: number }): typeof fetch {
  const wire = createWire(options);
  return async (input, init) => {
    const { method, headers, body, signal } = init ?? {};
    const answer = await wire.send(
      {
        method: method === "POST" ? "POST" : "GET",
        url: String(input instanceof Request ? input.url : input),
        headers: Object.fromEntries(new Headers(headers)),
        ...(body == null ? {} : { body: String(body) }),
      },
      signal ?? undefined,
    );
    const read = READ.flatMap((name): [string, string][] => {
      const value = answer.header(name);
      return value === null ? [] : [[name, value]];
    });
    return new Response(EMPTY.includes(answer.status) ? null : answer.body, { status: answer.status, headers: read });
  };
}
