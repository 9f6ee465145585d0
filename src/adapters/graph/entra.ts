import type { Credential, HolderRef, HolderType } from "../../core/credential.ts";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { type EpochMs, epochMs, formatInstant, SECOND } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AddSecretOutcome, Entra, HolderPage, RemoveCredentialOutcome, Unsettled } from "../../ports/entra.ts";
import { type Auth, identityTokens, plainTokens } from "./credentials.ts";
import { createGraph, type Graph, type WriteOnWire } from "./http.ts";
import { type JsonObject, parseObject, textAt } from "./json.ts";
import { holderFrom, pageFrom, secretFrom, unreadable } from "./map.ts";
import { type Doing, isNoSuchSecret, isNotApplied, refusal } from "./refusals.ts";
import { createWire, type Fetch, type WireAnswer } from "./wire.ts";

export interface GraphEntraOptions {
  readonly tenantId: string;
  /** Origin of the login authority, e.g. `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Origin of Graph without a version, e.g. `https://graph.microsoft.com`. */
  readonly graphEndpoint: string;
  readonly auth: Auth;
  readonly clock: Clock;
  /** Nolapse's own version, for the user agent. */
  readonly version: string;
  /** Answers instead of sockets: the in-process directory and the simulator. */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds of process time for one request, connection and answer together; 30 s where not given. */
  readonly timeout?: number | undefined;
  /** The client request ids; random where not given. */
  readonly requestId?: (() => string) | undefined;
  /** Where an auth method without references takes its values from; the process's environment where not given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const PATHS: Readonly<Record<HolderType, string>> = {
  application: "applications",
  servicePrincipal: "servicePrincipals",
};
const NAMES: Readonly<Record<HolderType, string>> = {
  application: "application",
  servicePrincipal: "service principal",
};
/** The most Graph gives. No `$select`: the default carries both credential lists, and selecting them is throttled. */
const PAGE_SIZE = 999;

/** The origin of a configured address. @throws NolapseError `config-invalid` for anything but an https (or local) origin. */
function originOf(address: string, what: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const local = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url !== null && (url.protocol === "https:" || (local && url.protocol === "http:"))) return url.origin;
  throw new NolapseError("config-invalid", `${what} is not an https address: ${address}`, {
    next: `write ${what} like https://graph.microsoft.com, without a version`,
  });
}

/** The directory of one tenant through Microsoft Graph. */
export function createGraphEntra(options: GraphEntraOptions): Entra {
  const origin = originOf(options.graphEndpoint, "graphEndpoint");
  const { clock, tenantId, fetch, env, requestId, auth } = options;
  const timeout = options.timeout ?? 30 * SECOND;
  const wire = createWire({ userAgent: `nolapse/${options.version}`, timeout, fetch, requestId });
  const signIn = { tenantId, authority: originOf(options.authority, "authorityHost"), graph: origin, clock };
  const tokens =
    auth.method === "plain"
      ? plainTokens(signIn, auth, wire)
      : identityTokens({ ...signIn, auth, timeout, fetch, env });
  return new GraphEntra(createGraph(wire, tokens), `${origin}/v1.0`);
}

class GraphEntra implements Entra {
  readonly #graph: Graph;
  readonly #base: string;

  constructor(graph: Graph, base: string) {
    this.#graph = graph;
    this.#base = base;
  }

  async page(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<HolderPage> {
    const url = cursor === null ? `${this.#base}/${PATHS[type]}?$top=${PAGE_SIZE}` : this.#sameOrigin(cursor);
    const { body } = await this.#read(url, `listing ${NAMES[type]}s`, signal);
    const { holders, next } = pageFrom(type, body);
    return { holders, next: next === null ? null : this.#sameOrigin(next) };
  }

  async read(holder: HolderRef, signal?: AbortSignal) {
    const { body, answer } = await this.#read(this.#address(holder), `reading ${describe(holder)}`, signal);
    const found = holderFrom(holder.type, body);
    if (found.objectId.toLowerCase() !== holder.objectId.toLowerCase()) throw unreadable("it is about another object");
    return { holder: found, serviceTime: serviceTimeOf(answer) };
  }

  async addSecret(
    holder: HolderRef,
    secret: { readonly displayName: string; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<AddSecretOutcome> {
    const end = epochMs(secret.end - (secret.end % SECOND));
    const passwordCredential = { displayName: secret.displayName, endDateTime: formatInstant(end) };
    const doing = this.#writing(`adding a secret to ${describe(holder)}`);
    const sent = await this.#post(holder, "addPassword", { passwordCredential }, doing, signal);
    if ("outcome" in sent) return sent;
    if (sent.answer.status !== 200 && sent.answer.status !== 201) return unsettled(sent, doing);
    const body = parseObject(sent.answer.body);
    const [keyId, text] = [textAt(body, "keyId"), textAt(body, "secretText")];
    if (body === null || keyId === null || text === null) {
      return { outcome: "unknown", error: unreadable("the new secret's key id or value is missing") };
    }
    return {
      outcome: "applied",
      credential: issuedFrom(body, { keyId, name: secret.displayName, end }),
      value: new SecretValue(text),
    };
  }

  async removeSecret(holder: HolderRef, keyId: string, signal?: AbortSignal): Promise<RemoveCredentialOutcome> {
    const doing = this.#writing(`removing secret ${keyId} from ${describe(holder)}`);
    const sent = await this.#post(holder, "removePassword", { keyId }, doing, signal);
    if ("outcome" in sent) return sent;
    if (sent.answer.status === 204 || sent.answer.status === 200) return { outcome: "applied" };
    return isNoSuchSecret(sent.answer) ? { outcome: "no-such-credential" } : unsettled(sent, doing);
  }

  #address(holder: HolderRef): string {
    return `${this.#base}/${PATHS[holder.type]}/${encodeURIComponent(holder.objectId)}`;
  }

  #writing(what: string): Doing {
    return { what, writes: true, clientId: this.#graph.clientId };
  }

  /** A link out of an answer gets our token, so it may only lead back to where the answer came from. */
  #sameOrigin(link: string): string {
    const ours = URL.canParse(link) && new URL(link).origin === new URL(this.#base).origin;
    if (!ours) throw unreadable("the link to the next page leads to another server");
    return link;
  }

  async #read(url: string, what: string, signal?: AbortSignal): Promise<{ body: JsonObject; answer: WireAnswer }> {
    const doing = { what, writes: false, clientId: this.#graph.clientId };
    const { answer, hidden } = await this.#graph.get(url, doing, signal);
    if (answer.status !== 200) throw refusal(answer, doing, hidden);
    const body = parseObject(answer.body);
    if (body === null) throw unreadable(`${what} gave no JSON object`);
    return { body, answer };
  }

  /** Sends one write; without a token nothing was sent, so the write is certainly not applied. */
  async #post(holder: HolderRef, action: string, body: unknown, doing: Doing, signal?: AbortSignal) {
    let sent: WriteOnWire;
    try {
      sent = await this.#graph.post(`${this.#address(holder)}/${action}`, body, doing, signal);
    } catch (thrown) {
      signal?.throwIfAborted();
      return { outcome: "not-applied", error: asNolapseError(thrown) } as const;
    }
    return sent.sent === "lost" ? ({ outcome: "unknown", error: sent.error } as const) : sent;
  }
}

function unsettled(sent: { answer: WireAnswer; hidden: readonly string[] }, doing: Doing): Unsettled {
  const outcome = isNotApplied(sent.answer) ? "not-applied" : "unknown";
  return { outcome, error: refusal(sent.answer, doing, sent.hidden) };
}

function describe(holder: HolderRef): string {
  return `${NAMES[holder.type]} ${holder.objectId}`;
}

function serviceTimeOf(answer: WireAnswer): EpochMs {
  const at = Date.parse(answer.header("date") ?? "");
  if (Number.isNaN(at)) throw unreadable("its Date header is missing");
  return epochMs(at);
}

/**
 * The credential just made. Key id and value are in hand, so nothing may lose them any more: properties that cannot be
 * read are taken as they were asked for.
 */
function issuedFrom(body: JsonObject, asked: { keyId: string; name: string; end: EpochMs }): Credential {
  try {
    const read = secretFrom(body);
    return { ...read, name: read.name ?? asked.name, end: read.end ?? asked.end };
  } catch {
    return {
      ...asked,
      kind: "secret",
      hint: null,
      start: null,
      usage: null,
      customKeyIdentifier: null,
      certificate: null,
    };
  }
}
