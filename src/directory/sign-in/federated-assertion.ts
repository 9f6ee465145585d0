/** Client authentication by a token of another identity provider: reference token-endpoint §3.1. */
import type { JSONWebKeySet } from "jose";
import { numericDate, type Unverified } from "../keys/jws.ts";
import { isInTime } from "../resources/proof.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import { type FederatedCredential, federatedOf } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";
import type { Assertor } from "./client-assertion.ts";
import { managedIdentityClaims } from "./managed-identity.ts";

/** Issuers of Microsoft itself: their tokens are no federated credentials, but for a managed identity's. */
const ENTRA =
  /^https:\/\/(sts\.windows\.net|login\.microsoftonline\.(com|us)|login\.windows\.net|login\.partner\.microsoftonline\.cn)\//;
/** Real milliseconds another provider has for its answer. */
const PATIENCE = 5000;

/** An assertion somebody else issued: its issuer is a URL, a client's own is the client id. */
export function isFederated({ claims }: Unverified): boolean {
  return typeof claims.iss === "string" && claims.iss.includes("://");
}

/**
 * Finds the credential the token is for, asks its issuer for the keys, and checks signature and time. Gives the credential.
 * @throws AadError
 */
export async function authenticateByFederation(
  services: Services,
  client: Assertor,
  assertion: Unverified,
  token: string,
): Promise<FederatedCredential> {
  const { claims, header } = assertion;
  const issuer = sentText(claims.iss);
  if (ENTRA.test(issuer) || [...services.origins].some((origin) => issuer.startsWith(`${origin}/`))) {
    const { issuer: named, audience, subject } = managedIdentityClaims(services, client, assertion);
    const found = match(services, client, named, subject, audience);
    requireInTime(services, assertion);
    return found;
  }
  const found = match(services, client, issuer, sentText(claims.sub), claims.aud);
  if (header.alg !== "RS256") throw aadsts.assertionAlgorithm(sentText(header.alg), "RS256");
  const keys = await keysOfIssuer(services, issuer);
  // loaded for the first of them: few directories ever meet one
  const { compactVerify, createLocalJWKSet } = await import("jose");
  try {
    await compactVerify(token, createLocalJWKSet(keys), { algorithms: ["RS256"] });
  } catch {
    throw aadsts.federatedSignature();
  }
  requireInTime(services, assertion);
  return found;
}

function requireInTime(services: Services, assertion: Unverified): void {
  const { nbf, exp } = assertion.claims;
  if (!isInTime(services, assertion))
    throw aadsts.assertionTime(services.clock.now(), numericDate(nbf), numericDate(exp));
}

/** Issuer, then audience, then subject: each has a code of its own, and all are compared with case. */
function match(
  services: Services,
  client: Assertor,
  issuer: string,
  subject: string,
  audience: unknown,
): FederatedCredential {
  const { application } = client;
  const all = (application === undefined ? [] : federatedOf(application)).filter(({ id }) => {
    const at = application?.federatedAt?.[id];
    return at === undefined || services.faults.tokenVisibility(id, at, services.clock.now()) === "visible";
  });
  const byIssuer = all.filter((one) => one.issuer === issuer);
  if (byIssuer.length === 0) {
    const isNear = all.some((one) => one.issuer.toLowerCase() === issuer.toLowerCase());
    throw isNear ? aadsts.federatedIssuerCase(issuer) : aadsts.federatedIssuer(issuer);
  }
  const audiences = Array.isArray(audience) ? audience.map(sentText) : [sentText(audience)];
  const byAudience = byIssuer.filter((one) => audiences.includes(one.audiences[0] ?? ""));
  if (byAudience.length === 0) throw aadsts.federatedAudience(audiences.join(" "));
  const found = byAudience.find((one) => one.subject === subject);
  if (found !== undefined) return found;
  const isNear = byAudience.some((one) => one.subject.toLowerCase() === subject.toLowerCase());
  throw isNear ? aadsts.federatedSubjectCase(subject) : aadsts.federatedSubject(subject);
}

/** The issuer's keys, by its own discovery document. https, or http on this machine. */
async function keysOfIssuer(services: Services, issuer: string): Promise<JSONWebKeySet> {
  try {
    const configuration = (await ask(services, `${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`)) as {
      issuer?: unknown;
      jwks_uri?: unknown;
    };
    if (configuration.issuer !== issuer) throw new Error("the document is another issuer's");
    return (await ask(services, sentText(configuration.jwks_uri))) as JSONWebKeySet;
  } catch {
    throw aadsts.federatedIssuerUnreachable();
  }
}

async function ask(services: Services, address: string): Promise<unknown> {
  const url = new URL(address);
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && here)) throw new Error("not https");
  const response = await services.fetch(url.href, { redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.json();
}
