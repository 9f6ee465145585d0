/** Access tokens this directory issued, read back from a request. */

import type { Request } from "../http/message.ts";
import { isSignedBy, readJws, stampOf, type Unverified } from "../keys/jws.ts";
import type { TokenSigner } from "../keys/keys.ts";
import type { Services } from "../services.ts";

export type BearerFault = "empty" | "malformed" | "signature";

/** Tokens already verified: signature checking costs more than the rest of a read. Only what this process signed can be in it. */
const verified = new WeakMap<TokenSigner, Map<string, Readonly<Record<string, unknown>>>>();

/** The claims of the bearer token, signature checked, times not; or what is wrong with it. */
export function readBearer(
  services: Services,
  request: Request,
): { claims: Readonly<Record<string, unknown>> } | { fault: BearerFault } {
  const token = /^bearer +(.+)$/i.exec(request.headers.authorization ?? "")?.[1]?.trim() ?? "";
  if (token === "") return { fault: "empty" };
  const signers = services.signers();
  for (const signer of signers) {
    const cached = verified.get(signer)?.get(token);
    if (cached !== undefined) return { claims: cached };
  }
  if (token.split(".").length !== 3) return { fault: "malformed" };
  const jws = readJws(token);
  if (jws === undefined) return { fault: "signature" };
  const signer = signers.find(({ kid }) => kid === jws.header.kid) ?? services.signer;
  if (!isOurs(signer, jws, token)) return { fault: "signature" };
  const known = verified.get(signer) ?? new Map<string, Readonly<Record<string, unknown>>>();
  verified.set(signer, known);
  if (known.size > 1000) known.clear();
  known.set(token, jws.claims);
  return { claims: jws.claims };
}

function isOurs({ stamp, verifyKey }: TokenSigner, jws: Unverified, token: string): boolean {
  if (stamp !== undefined) return stampOf(jws.signed, stamp) === token.slice(token.lastIndexOf(".") + 1);
  return jws.header.alg === "RS256" && isSignedBy(jws, verifyKey);
}

/** Whether the directory's clock is within the token's time, with the five minutes of skew everybody allows. */
export function isCurrent(services: Services, claims: Readonly<Record<string, unknown>>): boolean {
  const now = services.clock.now() / 1000;
  return Number(claims.exp) > now && Number(claims.nbf) <= now + 300;
}
