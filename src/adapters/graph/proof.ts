/** The proof of possession of addKey and removeKey (learn.microsoft.com/graph/application-rollkey-prooftoken). */
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { HolderRef } from "../../core/credentials/credential.ts";
import { type EpochMs, SECOND } from "../../core/time.ts";
import { headerThumbprint, signedJwt } from "./signed-jwt.ts";

/** Windows Azure Active Directory, the resource of old, which every proof is made out to. */
const AUDIENCE = "00000002-0000-0000-c000-000000000000";
/** Seconds; the longest Graph takes. */
const LIFETIME = 600;

/**
 * A proof that we hold `value`, one of the certificates valid on this object. Its issuer is the object, not the client.
 * @throws NolapseError `refused-by-rule` when its key cannot sign.
 */
export function proofOfPossession(holder: HolderRef, value: CertificateValue, now: EpochMs): string {
  const nbf = Math.floor(now / SECOND);
  return signedJwt(
    value,
    { alg: "RS256", typ: "JWT", x5t: headerThumbprint(value, "sha1") },
    { aud: AUDIENCE, iss: holder.objectId, nbf, exp: nbf + LIFETIME },
  );
}
