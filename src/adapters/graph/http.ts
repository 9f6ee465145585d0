/**
 * One request to Graph: token, headers, answer. Never a second one by itself, but for one case: a read that is answered
 * 401 discards the token and its credential object and is sent once more (design §3); a write never is.
 */
import type { NolapseError } from "../../core/errors.ts";
import type { Grantee } from "../../core/policy/permissions.ts";
import type { TokenSource } from "./credentials.ts";
import { type Doing, lost } from "./refusals.ts";
import { type Wire, type WireAnswer, WireFailure } from "./wire.ts";

/** The answer with what must not be printed of the request that got it. */
export interface GraphAnswer {
  readonly answer: WireAnswer;
  readonly hidden: readonly string[];
}

/** What became of a write on the wire. `not-sent`: no token could be had, so nothing left this machine. */
export type WriteOnWire =
  | ({ readonly sent: "answered" } & GraphAnswer)
  | { readonly sent: "lost"; readonly error: NolapseError };

export interface WriteRequest {
  readonly method: "POST" | "PATCH";
  readonly url: string;
  /** JSON, as it is sent. */
  readonly body: string;
}

export interface Graph {
  /** Who reads. */
  readonly reader: Grantee;
  /** Who writes. */
  readonly writer: Grantee;
  /** @throws NolapseError when no answer came, or no token could be had. */
  get(url: string, doing: Doing, signal?: AbortSignal): Promise<GraphAnswer>;
  /** @throws NolapseError only when nothing was sent: no token could be had. */
  write(request: WriteRequest, doing: Doing, signal?: AbortSignal): Promise<WriteOnWire>;
}

/** Reads by the one identity, and writes by the other, whose token is used for nothing else. */
export function dividedGraph(reader: Graph, writer: Graph): Graph {
  return { reader: reader.reader, writer: writer.writer, get: reader.get, write: writer.write };
}

export function createGraph(wire: Wire, tokens: TokenSource): Graph {
  const headers = (token: string) => ({ Authorization: `Bearer ${token}`, Accept: "application/json" });
  const getOnce = async (url: string, doing: Doing, signal?: AbortSignal): Promise<GraphAnswer> => {
    const token = await tokens.token(signal);
    signal?.throwIfAborted();
    try {
      return { answer: await wire.send({ method: "GET", url, headers: headers(token) }, signal), hidden: [token] };
    } catch (thrown) {
      signal?.throwIfAborted();
      throw thrown instanceof WireFailure ? lost(thrown, doing.what) : thrown;
    }
  };
  const who = { clientId: tokens.clientId, managed: tokens.managed === true };
  return {
    reader: who,
    writer: who,
    async get(url, doing, signal) {
      const first = await getOnce(url, doing, signal);
      if (first.answer.status === 403) tokens.doubt?.();
      if (first.answer.status !== 401) return first;
      tokens.discard();
      return getOnce(url, doing, signal);
    },
    async write({ method, url, body }, doing, signal) {
      const token = await tokens.token(signal);
      signal?.throwIfAborted();
      const request = {
        method,
        url,
        headers: { ...headers(token), "Content-Type": "application/json" },
        body,
      };
      try {
        const answer = await wire.send(request, signal);
        if (answer.status === 401) tokens.discard();
        if (answer.status === 403) tokens.doubt?.();
        return { sent: "answered", answer, hidden: [token] };
      } catch (thrown) {
        if (thrown instanceof WireFailure) return { sent: "lost", error: lost(thrown, doing.what) };
        throw thrown;
      }
    },
  };
}
