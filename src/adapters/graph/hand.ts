/** What a signed-in person does through Graph with the access token that he lent: his rights, not Nolapse's. */
import type { SecretValue } from "../../core/secret-value.ts";
import { SECOND } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Hand, PrincipalOutcome, Registering, RegisterOutcome } from "../../ports/hand.ts";
import { GraphCalls, requestOf, unsettled, type Write } from "./calls.ts";
import { GraphCertificates } from "./certificates.ts";
import type { TokenSource } from "./credentials.ts";
import { originOf } from "./directory.ts";
import { GraphEntra } from "./entra.ts";
import { createGraph } from "./http.ts";
import { parseObject, textAt } from "./json.ts";
import { unreadable } from "./map.ts";
import { createWire } from "./wire.ts";

export interface HandOptions {
  /** Origin of Graph without a version. */
  readonly graphEndpoint: string;
  readonly clock: Clock;
  readonly version: string;
}

/** @throws NolapseError `config-invalid` for an address that is no origin. */
export function createHand(token: SecretValue, { graphEndpoint, clock, version }: HandOptions): Hand {
  const origin = originOf(graphEndpoint, "graphEndpoint");
  const lent: TokenSource = { clientId: null, token: async () => token.reveal(), discard: () => {} };
  const wire = createWire({ userAgent: `nolapse/${version}`, timeout: 30 * SECOND });
  const calls = new GraphCalls(createGraph(wire, lent), origin);
  return {
    entra: new GraphEntra(calls),
    certificates: new GraphCertificates(calls, clock),
    register: (asked, signal) => register(calls, asked, signal),
    makePrincipal: (appId, signal) => makePrincipal(calls, appId, signal),
  };
}

async function register(
  calls: GraphCalls,
  { displayName, signInAudience, redirect, tags }: Registering,
  signal?: AbortSignal,
): Promise<RegisterOutcome> {
  const back = redirect === null ? {} : { [redirect.platform]: { redirectUris: [redirect.uri] } };
  const marked = tags.length === 0 ? {} : { tags };
  const body = { displayName, signInAudience, ...back, ...marked };
  const sent = await created(calls, "applications", body, "registering", signal);
  if (sent.outcome !== "applied") return sent;
  const appId = textAt(sent.body, "appId");
  if (appId === null) return { outcome: "unknown", error: unreadable("the new application's client id is missing") };
  return { outcome: "applied", objectId: sent.objectId, appId, request: sent.request };
}

async function makePrincipal(calls: GraphCalls, appId: string, signal?: AbortSignal): Promise<PrincipalOutcome> {
  const sent = await created(calls, "servicePrincipals", { appId }, "making the enterprise application of", signal);
  if (sent.outcome !== "applied") return sent;
  return { outcome: "applied", objectId: sent.objectId, request: sent.request };
}

async function created(
  calls: GraphCalls,
  path: "applications" | "servicePrincipals",
  body: Readonly<Record<string, unknown>>,
  what: string,
  signal?: AbortSignal,
) {
  const write: Write = {
    method: "POST",
    url: calls.url(path),
    body: JSON.stringify(body),
    what: `${what} an application`,
    done: [200, 201],
  };
  const sent = await calls.write(write, signal);
  if (sent.outcome !== "applied") return unsettled(sent);
  const read = parseObject(sent.answer.body);
  const objectId = textAt(read, "id");
  if (objectId === null) return { outcome: "unknown" as const, error: unreadable("the new object's id is missing") };
  return { outcome: "applied" as const, objectId, body: read, ...requestOf(sent.answer) };
}
