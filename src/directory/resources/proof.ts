/** The proof of possession of addKey and removeKey (reference graph-applications §6.3). */

import { machineNow } from "../clock.ts";
import { stillHonoured } from "../faults/departed.ts";
import { readCertificate, readThumbprint } from "../keys/certificate.ts";
import { CLIENT_ALGORITHMS, isSignedBy, numericDate, readJws, type Unverified } from "../keys/jws.ts";
import type { Services } from "../services.ts";
import { keysOf, type ObjectRecord } from "../state/state.ts";

/** Windows Azure Active Directory, the resource of old: what every proof is made out to. */
const AUDIENCE = "00000002-0000-0000-c000-000000000000";
const LONGEST = 10 * 60_000;
/** How far a client's clock may be off; the usual five minutes (token-endpoint reference, open point 1). */
export const SKEW = 5 * 60_000;

/** Whether the token is a proof for this object: made out right, in time, and signed with one of its certificates valid now. */
export function isProof(services: Services, record: ObjectRecord, token: unknown): boolean {
  const proof = typeof token === "string" ? readJws(token) : undefined;
  if (proof === undefined || !CLIENT_ALGORITHMS.includes(String(proof.header.alg))) return false;
  const { aud, iss } = proof.claims;
  if (aud !== AUDIENCE || String(iss).toLowerCase() !== record.entity.id) return false;
  return isInTime(services, proof, LONGEST) && signer(services, record, proof) !== undefined;
}

/**
 * Whether it is valid now, by the directory's clock or, unless assertions are taken strictly, by the machine's: clients
 * sign by their own clock, and the directory's may stand in another year.
 */
export function isInTime(services: Services, { claims }: Unverified, longest = Number.POSITIVE_INFINITY): boolean {
  const [nbf, exp] = [numericDate(claims.nbf), numericDate(claims.exp)];
  if (exp === undefined || (claims.nbf !== undefined && nbf === undefined)) return false;
  const from = nbf ?? exp - LONGEST;
  if (exp - from > longest) return false;
  const clocks = services.strictAssertions ? [services.clock.now()] : [services.clock.now(), machineNow()];
  return clocks.some((now) => from <= now + SKEW && exp > now - SKEW);
}

/** The certificate that is valid now, may verify, is named by the header if the header names one, and made the signature. */
function signer(services: Services, record: ObjectRecord, proof: Unverified): string | undefined {
  const named = thumbprintOf(proof);
  const now = services.clock.now();
  // the servers that check a proof learn of a certificate, and of its end, no sooner than those that check an assertion
  const known = keysOf(record).filter(({ keyId }) => isKnown(services, record, keyId, now));
  const honoured = stillHonoured(record, services.faults, now).flatMap(({ key }) => key ?? []);
  return [...known, ...honoured].find((one) => {
    if (one.usage !== "Verify" || one.key === null) return false;
    if (Date.parse(one.startDateTime ?? "") > now || Date.parse(one.endDateTime ?? "") <= now) return false;
    const certificate = readCertificate(one.key);
    if (certificate === undefined) return false;
    if (named !== undefined && !named.equals(certificate.sha1) && !named.equals(certificate.sha256)) return false;
    return isSignedBy(proof, certificate.publicKey);
  })?.keyId;
}

function isKnown({ faults }: Services, record: ObjectRecord, keyId: string, now: number): boolean {
  const at = record.keysAt?.[keyId];
  return at === undefined || faults.tokenVisibility(keyId, at, now, "certificate") === "visible";
}

/** The thumbprint a header names, in whichever of its members and spellings. */
export function thumbprintOf({ header }: Unverified): Buffer | undefined {
  for (const name of ["x5t#S256", "x5t", "kid"]) {
    const value = header[name];
    const bytes = typeof value === "string" ? readThumbprint(value) : undefined;
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}
