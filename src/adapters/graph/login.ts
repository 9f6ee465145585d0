/**
 * The login authority's answers, by status and AADSTS number
 * (learn.microsoft.com/entra/identity-platform/reference-error-codes). Used for Nolapse's own sign-in; the verifier sorts
 * the same numbers in its own way.
 */
import { NolapseError, type NolapseErrorCode } from "../../core/errors.ts";
import { canonicalId, type JsonObject, parseObject, textAt } from "./json.ts";
import { scrub } from "./scrub.ts";
import { retryAfterOf, type WireAnswer } from "./wire.ts";

/** What a refused token request said. */
export interface LoginAnswer {
  readonly status: number;
  /** OAuth's `error`. */
  readonly error: string | null;
  readonly numbers: readonly number[];
  readonly requestId: string | null;
  readonly retryAfter: number | null;
  /** Whether the answer is an OAuth error document at all. */
  readonly readable: boolean;
}

function numbersOf(body: JsonObject | null): readonly number[] {
  const codes = body?.error_codes;
  return Array.isArray(codes) ? codes.filter((code: unknown): code is number => typeof code === "number") : [];
}

export function loginAnswer(answer: WireAnswer): LoginAnswer {
  const body = parseObject(answer.body);
  const requestId = answer.header("x-ms-request-id") ?? textAt(body, "trace_id");
  return {
    status: answer.status,
    error: textAt(body, "error"),
    numbers: numbersOf(body),
    requestId: requestId === null ? null : canonicalId(requestId),
    retryAfter: retryAfterOf(answer),
    readable: textAt(body, "error") !== null,
  };
}

/** Throttling by number: the tenant is throttled, or the client is in a loop. */
export const SLOW_DOWN: ReadonlySet<number> = new Set([90055, 50196]);
const NO_TENANT: ReadonlySet<number> = new Set([90002, 900023, 50059]);

/** Who tried to sign in where; ids only. */
export interface SignInAttempt {
  readonly tenantId: string;
  readonly authority: string;
  readonly clientId: string | null;
}

type Explanation = (who: string, at: SignInAttempt) => { readonly why: string; readonly next: string };

const renewSecret = (id: string) => `make a new one: az ad app credential reset --id ${id} --append, and configure it`;

const EXPLANATIONS: Readonly<Record<number, Explanation>> = {
  7000215: (id) => ({ why: `the client secret of ${id} is wrong or was removed`, next: renewSecret(id) }),
  7000222: (id) => ({ why: `the client secret of ${id} has expired`, next: renewSecret(id) }),
  700016: (id, at) => ({
    why: `there is no application ${id} in tenant ${at.tenantId}`,
    next: `check client id and tenant: az ad app show --id ${id}`,
  }),
  7000229: (id) => ({
    why: `${id} has no service principal in the tenant`,
    next: `create it: az ad sp create --id ${id}`,
  }),
  7000112: (id) => ({
    why: `${id} is disabled in the tenant`,
    next: `if that is not meant as the outside stop, enable its enterprise application`,
  }),
  700027: (id) => ({
    why: `the certificate of ${id} is not registered, or has expired`,
    next: `upload it: az ad app credential reset --id ${id} --append --cert @certificate.pem`,
  }),
  53003: (id) => ({
    why: `Conditional Access blocks ${id}`,
    next: "sign in from an allowed network, or exclude it in Conditional Access",
  }),
};

function code(answer: LoginAnswer): NolapseErrorCode {
  if (answer.error === "invalid_tenant" || answer.numbers.some((number) => NO_TENANT.has(number))) {
    return "tenant-not-found";
  }
  if (answer.status === 429 || answer.numbers.some((number) => SLOW_DOWN.has(number))) return "directory-throttled";
  if (answer.status >= 500 || !answer.readable) return "directory-failed";
  return "sign-in-failed";
}

/** Of what nobody has explained. Whoever is to wait has nothing to look up, and a refusal without a number has none. */
function nextOf(ours: NolapseErrorCode, { numbers, status }: LoginAnswer): string {
  if (ours === "directory-throttled" || status >= 500) return "wait; nolapse tries again by itself";
  if (numbers.length > 0)
    return "look up the AADSTS code: it is about Nolapse's own sign-in, not about a rotated application";
  if (ours === "directory-failed") return "check that authorityHost names the login authority itself";
  return "check the cloud, the tenant and Nolapse's own credential: it is about its sign-in, not about a rotated application";
}

/** The error for a token request of ours that was refused. */
export function signInRefused(answer: LoginAnswer, at: SignInAttempt): NolapseError {
  const who = at.clientId ?? "<client id of nolapse>";
  const ours = code(answer);
  const known = answer.numbers.find((number) => number in EXPLANATIONS);
  const label = [
    answer.numbers[0] === undefined ? `status ${answer.status}` : `AADSTS${answer.numbers[0]}`,
    answer.requestId === null ? "no request id" : `request ${scrub(answer.requestId)}`,
  ].join(", ");
  if (ours === "tenant-not-found") {
    return new NolapseError(ours, `signing in failed: ${at.authority} knows no tenant ${at.tenantId} (${label})`, {
      next: "check the tenant's id and cloud: az account list --query '[].{name:name,tenant:tenantId}'",
    });
  }
  const explained = known === undefined ? undefined : EXPLANATIONS[known]?.(who, at);
  const why =
    ours === "sign-in-failed"
      ? (explained?.why ?? `${at.authority} refused ${who} with ${scrub(answer.error ?? "an unknown error")}`)
      : ours === "directory-throttled"
        ? `${at.authority} asks to slow down`
        : `${at.authority} gave no readable answer`;
  return new NolapseError(ours, `signing in failed: ${why} (${label})`, {
    next: explained?.next ?? nextOf(ours, answer),
    retryAfter: answer.retryAfter,
  });
}
