/** Calls to Graph about one object or list, and what became of them: what the ports of this folder have in common. */
import type { HolderRef, HolderType } from "../../core/credentials/credential.ts";
import { asNolapseError } from "../../core/errors.ts";
import { type EpochMs, epochMs, SECOND } from "../../core/time.ts";
import type { RemoveCredentialOutcome, Unsettled } from "../../ports/entra.ts";
import type { Graph, WriteOnWire } from "./http.ts";
import { type JsonObject, parseObject } from "./json.ts";
import { optionalText, unreadable } from "./map.ts";
import { type Doing, isNoSuchCredential, isNotApplied, refusal } from "./refusals.ts";
import type { WireAnswer } from "./wire.ts";

export const PATHS: Readonly<Record<HolderType, string>> = {
  application: "applications",
  servicePrincipal: "servicePrincipals",
};
export const NAMES: Readonly<Record<HolderType, string>> = {
  application: "application",
  servicePrincipal: "service principal",
};

/** What is read, in words for an error, and what it needs where that is not the right to read applications. */
export type Reading = Pick<Doing, "what" | "needs" | "rare">;

export interface Write {
  readonly method: "POST" | "PATCH";
  readonly url: string;
  /** JSON. */
  readonly body: string;
  /** In words, for an error. */
  readonly what: string;
  /** Statuses that say it was done. */
  readonly done: readonly number[];
  /** What of the body must not be printed, whatever the service says. */
  readonly hidden?: readonly string[];
  /** Whether the body carries a proof of possession. */
  readonly proof?: true;
}

/** The answer to a write: it was done, or not, or nobody knows; a refusal keeps the answer for a closer look. */
export type Settled =
  | { readonly outcome: "applied"; readonly answer: WireAnswer }
  | (Unsettled & { readonly answer: WireAnswer | null });

export function describe(holder: HolderRef): string {
  return `${NAMES[holder.type]} ${holder.objectId}`;
}

/** The service's own time. @throws NolapseError `directory-failed` when the answer does not say it. */
export function serviceTimeOf(answer: WireAnswer): EpochMs {
  const at = Date.parse(answer.header("date") ?? "");
  if (Number.isNaN(at)) throw unreadable("its Date header is missing");
  return epochMs(at);
}

/** An unsettled write without its answer, as the ports speak of it. */
export function unsettled({ outcome, error }: Unsettled): Unsettled {
  return { outcome, error };
}

/** The service's own id of the request that was answered. */
export function requestOf(answer: WireAnswer): { readonly request: string | null } {
  return { request: answer.header("request-id") ?? answer.header("client-request-id") };
}

/** What a removal's answer means to the ports. */
export function removalOf(sent: Settled): RemoveCredentialOutcome {
  if (sent.outcome === "applied") return { outcome: "applied", ...requestOf(sent.answer) };
  if (sent.answer !== null && isNoSuchCredential(sent.answer)) return { outcome: "no-such-credential" };
  return unsettled(sent);
}

/** @throws NolapseError `directory-failed` when an answer is about another object than the one asked for. */
export function requireSame(holder: HolderRef, objectId: string): void {
  if (objectId.toLowerCase() !== holder.objectId.toLowerCase()) throw unreadable("it is about another object");
}

/** @throws TypeError for the other type of object: callers know which they have in hand. */
export function requireType(holder: HolderRef, type: HolderType): void {
  if (holder.type !== type) throw new TypeError(`${describe(holder)} is no ${NAMES[type]}`);
}

/** The directory keeps whole seconds of what clients send. */
export function wholeSeconds(at: EpochMs): EpochMs {
  return epochMs(Math.floor(at / SECOND) * SECOND);
}

/** @throws NolapseError `directory-failed` for an answer that is no JSON object. */
export function bodyOf(answer: WireAnswer, { what }: Reading): JsonObject {
  const body = parseObject(answer.body);
  if (body === null) throw unreadable(`${what} gave no JSON object`);
  return body;
}

export class GraphCalls {
  readonly #graph: Graph;
  readonly #origin: string;

  /** `origin` is Graph's, without a version. */
  constructor(graph: Graph, origin: string) {
    this.#graph = graph;
    this.#origin = origin;
  }

  /** An address below a version of Graph. */
  url(path: string, version: "v1.0" | "beta" = "v1.0"): string {
    return `${this.#origin}/${version}/${path}`;
  }

  address(holder: HolderRef): string {
    return this.url(`${PATHS[holder.type]}/${encodeURIComponent(holder.objectId)}`);
  }

  /** A link out of an answer gets our token, so it may only lead back to where the answer came from. */
  sameOrigin(link: string): string {
    if (!URL.canParse(link) || new URL(link).origin !== this.#origin) {
      throw unreadable("the link to the next page leads to another server");
    }
    return link;
  }

  /** The link to the next page of a list, null on the last one. */
  next(page: JsonObject): string | null {
    const link = optionalText(page, "@odata.nextLink");
    return link === null ? null : this.sameOrigin(link);
  }

  /** One read. @throws NolapseError for every answer but a JSON object. */
  async read(url: string, reading: Reading, signal?: AbortSignal): Promise<{ body: JsonObject; answer: WireAnswer }> {
    const answer = await this.answerTo(url, reading, signal);
    return { body: bodyOf(answer, reading), answer };
  }

  /** The same, not yet looked into. @throws NolapseError for every answer but 200. */
  async answerTo(url: string, { what, needs, rare }: Reading, signal?: AbortSignal): Promise<WireAnswer> {
    const doing: Doing = { what, writes: false, who: { ...this.#graph.reader, graph: this.#origin }, needs, rare };
    const { answer, hidden } = await this.#graph.get(url, doing, signal);
    if (answer.status !== 200) throw refusal(answer, doing, hidden);
    return answer;
  }

  /** All pages of a list, one request each. @throws NolapseError when one of them cannot be had: never a part of the list. */
  async readAll(url: string, reading: Reading, signal?: AbortSignal): Promise<readonly JsonObject[]> {
    const pages: JsonObject[] = [];
    for (let next: string | null = url; next !== null; ) {
      const { body } = await this.read(next, reading, signal);
      pages.push(body);
      next = this.next(body);
    }
    return pages;
  }

  /** One write, sent once; without a token nothing was sent, so it is certainly not applied. */
  async write(write: Write, signal?: AbortSignal): Promise<Settled> {
    const { what, proof, done, hidden = [] } = write;
    const owned: HolderType = write.url.includes(`/${PATHS.servicePrincipal}/`) ? "servicePrincipal" : "application";
    const doing: Doing = { what, writes: true, owned, who: { ...this.#graph.writer, graph: this.#origin }, proof };
    let sent: WriteOnWire;
    try {
      sent = await this.#graph.write(write, doing, signal);
    } catch (thrown) {
      signal?.throwIfAborted();
      return { outcome: "not-applied", error: asNolapseError(thrown), answer: null };
    }
    if (sent.sent === "lost") return { outcome: "unknown", error: sent.error, answer: null };
    const { answer } = sent;
    if (done.includes(answer.status)) return { outcome: "applied", answer };
    const outcome = isNotApplied(answer) ? "not-applied" : "unknown";
    return { outcome, error: refusal(answer, doing, [...sent.hidden, ...hidden]), answer };
  }
}
