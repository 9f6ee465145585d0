/**
 * Tries a credential: one token request on a connection of its own, no cookies, no cache (design §4.1). How the answers
 * are sorted, and why:
 *
 * - `authenticated-refused`: the client was recognised and then refused by Conditional Access or for want of a role.
 * - `not-authenticated`: the numbers below, and any other refusal OAuth calls `invalid_client` or `unauthorized_client`.
 *   An unknown, disabled or uninstalled application is here too: whatever the cause, this client does not sign in.
 * - `inconclusive`: throttled (429, 90055), looping (50196), 5xx, silence, an unreadable answer, a token for somebody
 *   else — and every refusal of the *request* (tenant, scope, resource, an assertion's time, audience or form): whether Entra
 *   looks at the credential before those is not on record, so they prove nothing about it. An assertion is outside its time
 *   where this machine's clock is wrong, and a new certificate would be taken back for that.
 */
import { randomUUID } from "node:crypto";
import { decodeJwt } from "jose/jwt/decode";
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { Probe, ProbeOutcome } from "../../core/credentials/sign-in.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { SECOND } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Verifier } from "../../ports/verifier.ts";
import { ASSERTION_TYPE, type AssertionClaims, clientAssertion } from "./assertion.ts";
import { parseObject, textAt } from "./json.ts";
import { type LoginAnswer, loginAnswer, SLOW_DOWN } from "./login.ts";
import { createWire, type Fetch, type WireAnswer, WireFailure } from "./wire.ts";

export interface VerifierOptions {
  /** Domain time, for the probe's `at`. */
  readonly clock: Clock;
  readonly version: string;
  readonly fetch?: Fetch | undefined;
  /** Milliseconds of process time for one request; 15 s where not given. */
  readonly timeout?: number | undefined;
  readonly requestId?: (() => string) | undefined;
  /** The ids of assertions; random where not given. */
  readonly assertionId?: (() => string) | undefined;
}

/** The Conditional Access family, and 501051: the application has no role for the resource. */
const AUTHENTICATED: ReadonlySet<number> = new Set([
  53000, 53001, 53002, 53003, 53004, 53009, 53010, 53011, 530031, 530032, 530034, 530035, 501051,
]);

/**
 * What is wrong with how it was asked, though OAuth calls it `invalid_client`: no proof, or an assertion outside its time, for
 * another client or audience, or of another form.
 */
const ABOUT_THE_REQUEST: ReadonlySet<number> = new Set([
  7000216, 7000218, 700024, 700021, 700023, 50027, 5002723, 5002738,
]);

/** Wrong, expired, unknown or not yet replicated credential; unknown, disabled or uninstalled client. */
const NOT_AUTHENTICATED: ReadonlySet<number> = new Set([
  7000215, 7000222, 7000229, 7000112, 700016, 700025, 700027, 700030, 50012,
]);
const CLIENT_ERRORS = new Set(["invalid_client", "unauthorized_client"]);

function outcomeOf(answer: LoginAnswer): ProbeOutcome {
  const has = (numbers: ReadonlySet<number>) => answer.numbers.some((number) => numbers.has(number));
  if (answer.status === 429 || answer.status >= 500 || answer.status < 400 || has(SLOW_DOWN)) return "inconclusive";
  if (has(AUTHENTICATED)) return "authenticated-refused";
  if (has(NOT_AUTHENTICATED)) return "not-authenticated";
  if (has(ABOUT_THE_REQUEST)) return "inconclusive";
  return answer.error !== null && CLIENT_ERRORS.has(answer.error) ? "not-authenticated" : "inconclusive";
}

/** Whether a token answer is for this client. The token is looked at here and nowhere else, and kept nowhere. */
function isTokenFor(answer: WireAnswer, clientId: string): boolean {
  const token = textAt(parseObject(answer.body), "access_token");
  if (token === null) return false;
  try {
    const claims = decodeJwt(token);
    const client: unknown = claims.appid ?? claims.azp;
    return typeof client === "string" && client.toLowerCase() === clientId.toLowerCase();
  } catch {
    return false; // no JWT we can read: it proves nothing
  }
}

/** How the client shows who it is: a certificate by an assertion for the very address that is asked, a secret by itself. */
function authentication(value: SecretValue, claims: AssertionClaims): Record<string, string> {
  if (!(value instanceof CertificateValue)) return { client_secret: value.reveal() };
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: clientAssertion(value, claims) };
}

export function createVerifier(options: VerifierOptions): Verifier {
  const assertionId = options.assertionId ?? (() => randomUUID());
  const wire = createWire({
    userAgent: `nolapse-verifier/${options.version}`,
    timeout: options.timeout ?? 15 * SECOND,
    freshConnections: true,
    fetch: options.fetch,
    requestId: options.requestId,
  });
  return {
    async probe(signIn, value, signal): Promise<Probe> {
      // Before the request: a success proves the credential from then on, and an earlier instant is the careful one.
      const at = await options.clock.now(signal);
      const nothing: Probe = { outcome: "inconclusive", code: null, requestId: null, at, retryAfter: null };
      const { clientId, scope } = signIn;
      const url = `${new URL(signIn.authority).origin}/${encodeURIComponent(signIn.tenant)}/oauth2/v2.0/token`;
      const proven = authentication(value, { clientId, audience: url, id: assertionId(), now: at });
      let answer: WireAnswer;
      try {
        answer = await wire.send(
          {
            method: "POST",
            url,
            headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
            body: String(
              new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, scope, ...proven }),
            ),
          },
          signal,
        );
      } catch (thrown) {
        if (thrown instanceof WireFailure) return nothing;
        throw thrown;
      }
      const said = loginAnswer(answer);
      const heard = { ...nothing, requestId: said.requestId, retryAfter: said.retryAfter };
      if (answer.status === 200) {
        return { ...heard, outcome: isTokenFor(answer, clientId) ? "issued" : "inconclusive" };
      }
      const outcome = outcomeOf(said);
      return { ...heard, outcome, code: said.numbers[0] ?? null };
    },
  };
}
