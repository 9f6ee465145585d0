/** The assertion by which a client with a certificate signs in (learn.microsoft.com/entra/identity-platform/certificate-credentials). */
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { type EpochMs, SECOND } from "../../core/time.ts";
import { headerThumbprint, signedJwt } from "./signed-jwt.ts";

/** OAuth's name for a JWT that a client made itself (RFC 7523 §2.2). */
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Seconds; five to ten minutes are recommended. */
const LIFETIME = 600;

export interface AssertionClaims {
  readonly clientId: string;
  /** The token endpoint that is asked. */
  readonly audience: string;
  /** Unique. */
  readonly id: string;
  readonly now: EpochMs;
}

/**
 * An assertion of this client that is valid from now on.
 * @throws NolapseError `refused-by-rule` when its key cannot sign.
 */
export function clientAssertion(value: CertificateValue, { clientId, audience, id, now }: AssertionClaims): string {
  const nbf = Math.floor(now / SECOND);
  return signedJwt(
    value,
    { alg: "PS256", typ: "JWT", "x5t#S256": headerThumbprint(value, "sha256") },
    { aud: audience, iss: clientId, sub: clientId, jti: id, nbf, iat: nbf, exp: nbf + LIFETIME },
  );
}
