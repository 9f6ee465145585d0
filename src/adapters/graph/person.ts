/**
 * Who is signed in as a person: by the tenant's own auth where that is a person's sign-in, else by the Azure CLI's. A token
 * says who it is for, and anybody can write one; so Graph is asked with it, which checks its signature (…/graph/api/user-get).
 */
import { NolapseError } from "../../core/errors.ts";
import { SECOND } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { GraphCalls } from "./calls.ts";
import { type Auth, identityTokens, type TokenSource } from "./credentials.ts";
import { originOf } from "./directory.ts";
import { createGraph } from "./http.ts";
import { parseObject, textAt } from "./json.ts";
import { requiredText } from "./map.ts";
import { createWire, type Fetch } from "./wire.ts";

export interface PersonOptions {
  readonly tenantId: string;
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly auth: Auth;
  readonly clock: Clock;
  readonly version: string;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A person as the directory has confirmed them. */
export interface ConfirmedPerson {
  readonly objectId: string;
  readonly userPrincipalName: string;
}

/** @throws NolapseError with the reason why nobody is signed in as a person. */
export async function signedInPerson(options: PersonOptions, signal?: AbortSignal): Promise<ConfirmedPerson> {
  const { tenantId, authority, graphEndpoint, clock, env, version } = options;
  const graph = originOf(graphEndpoint, "graphEndpoint");
  const signIn = { tenantId, authority: originOf(authority, "authorityHost"), graph, clock, timeout: 30 * SECOND, env };
  const ways: Auth[] = options.auth.method === "default" ? [options.auth, { method: "cli" }] : [{ method: "cli" }];
  let last: unknown = null;
  for (const auth of ways) {
    try {
      return await confirmPerson(identityTokens({ ...signIn, auth }), { tenantId, graph, version }, signal);
    } catch (thrown) {
      signal?.throwIfAborted();
      last = thrown;
    }
  }
  throw last;
}

/** Asks Graph whose token this is. @throws NolapseError where it is an application's, or one for another tenant. */
export async function confirmPerson(
  tokens: TokenSource,
  { tenantId, graph, version, fetch }: { tenantId: string; graph: string; version: string; fetch?: Fetch },
  signal?: AbortSignal,
): Promise<ConfirmedPerson> {
  const claims = claimsOf(await tokens.token(signal));
  // a token of an application has no scopes (learn.microsoft.com/entra/identity-platform/access-token-claims-reference)
  if (textAt(claims, "scp") === null) throw notSignedIn("the sign-in is an application's, not a person's");
  const wire = createWire({ userAgent: `nolapse/${version}`, timeout: 30 * SECOND, fetch });
  const calls = new GraphCalls(createGraph(wire, tokens), graph);
  const { body } = await calls.read(
    calls.url("me?$select=id,userPrincipalName"),
    { what: "asking who is signed in" },
    signal,
  );
  // only now are its claims more than somebody's word
  if (textAt(claims, "tid")?.toLowerCase() !== tenantId.toLowerCase()) {
    throw notSignedIn(`the sign-in is to another tenant than ${tenantId}`);
  }
  return { objectId: requiredText(body, "id"), userPrincipalName: requiredText(body, "userPrincipalName") };
}

function notSignedIn(why: string): NolapseError {
  return new NolapseError("credentials-missing", why, { next: "az login --tenant with the tenant's id" });
}

function claimsOf(token: string) {
  return parseObject(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}
