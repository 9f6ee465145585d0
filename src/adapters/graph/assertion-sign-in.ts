/** One sign-in by a client assertion on a fresh connection, and what its answer says of the certificate. */
import { randomUUID } from "node:crypto";
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { NolapseError } from "../../core/errors.ts";
import { type DurationMs, type EpochMs, SECOND } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { ASSERTION_TYPE, clientAssertion } from "./assertion.ts";
import { serviceTimeOf } from "./calls.ts";
import { parseObject, textAt } from "./json.ts";
import { loginAnswer, signInRefused } from "./login.ts";
import { lost } from "./refusals.ts";
import { type Wire, type WireAnswer, WireFailure } from "./wire.ts";

export interface Client {
  readonly tenantId: string;
  /** Origin of the login authority. */
  readonly authority: string;
  readonly clientId: string;
  readonly scope: string;
  readonly clock: Clock;
}

/**
 * `listed`: the certificate is among the application's, whether it signs in or has expired. `not-listed`: the authority does
 * not find it. `error`: nothing can be concluded.
 */
export type AssertionAnswer =
  | {
      readonly says: "listed";
      readonly token: string | null;
      readonly lifetime: DurationMs;
      readonly serviceTime: EpochMs;
      readonly error: NolapseError | null;
    }
  | { readonly says: "not-listed"; readonly serviceTime: EpochMs; readonly error: NolapseError }
  | { readonly says: "error"; readonly error: NolapseError };

/** AADSTS700027 stands for every fault of a client's assertion. */
const KEY_FAILURE = 700027;

/**
 * Tries one certificate. @throws NolapseError `refused-by-rule`, with nothing asked, when its key cannot sign.
 */
export async function signInByAssertion(
  wire: Wire,
  client: Client,
  value: CertificateValue,
  signal?: AbortSignal,
): Promise<AssertionAnswer> {
  const { tenantId, authority, clientId, scope, clock } = client;
  const url = `${authority}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
  const claims = { clientId, audience: url, id: randomUUID(), now: await clock.now(signal) };
  const form = { grant_type: "client_credentials", client_id: clientId, scope };
  const proof = { client_assertion_type: ASSERTION_TYPE, client_assertion: clientAssertion(value, claims) };
  try {
    const answer = await wire.send(
      {
        method: "POST",
        url,
        headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
        body: new URLSearchParams({ ...form, ...proof }).toString(),
      },
      signal,
    );
    return meaningOf(answer, client);
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof WireFailure) return { says: "error", error: lost(thrown, "signing in") };
    throw thrown;
  }
}

function meaningOf(answer: WireAnswer, client: Client): AssertionAnswer {
  const body = answer.status === 200 ? parseObject(answer.body) : null;
  const token = textAt(body, "access_token");
  const seconds = Number(body?.expires_in);
  if (token !== null && seconds > 0) {
    return { says: "listed", token, lifetime: seconds * SECOND, serviceTime: serviceTimeOf(answer), error: null };
  }
  const said = loginAnswer(answer);
  const error = signInRefused(said, client);
  const found = said.numbers.includes(KEY_FAILURE) ? reasonOf(answer) : null;
  if (found === "not-found") return { says: "not-listed", serviceTime: serviceTimeOf(answer), error };
  if (found !== "expired") return { says: "error", error };
  return { says: "listed", token: null, lifetime: 0, serviceTime: serviceTimeOf(answer), error };
}

/**
 * Whether the authority has the key, of an answer whose number stands for all three: not there, there and expired, there and
 * not the one that signed. Only the text tells them apart; an unknown one concludes nothing (token-endpoint reference §5).
 */
function reasonOf(answer: WireAnswer): "not-found" | "expired" | null {
  const said = textAt(parseObject(answer.body), "error_description") ?? "";
  if (said.includes("Reason - The key was not found.")) return "not-found";
  return said.includes("Reason - The key used is expired.") ? "expired" : null;
}
