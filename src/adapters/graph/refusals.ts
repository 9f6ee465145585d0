/**
 * What Graph's refusals mean, by status and error code, never by text (styles §1.11). The two exceptions are documented at
 * {@link isNoSuchCredential} and {@link isUnknownAddress}.
 */
import type { HolderType } from "../../core/credentials/credential.ts";
import { NolapseError, type NolapseErrorCode } from "../../core/errors.ts";
import { type Grantee, roleGrant } from "../../core/policy/permissions.ts";
import { objectAt, parseObject, textAt } from "./json.ts";
import { scrub } from "./scrub.ts";
import { retryAfterOf, type WireAnswer, type WireFailure } from "./wire.ts";

/** Whom and what a refusal is about, for its message and for the command that mends it. */
export interface Doing {
  /** For example `reading application 1234…`. */
  readonly what: string;
  readonly writes: boolean;
  /** What is written to: each kind of object has owners of its own. */
  readonly owned?: HolderType | undefined;
  /** Whom Nolapse signs in as for it. */
  readonly who: Grantee;
  /** The permissions it takes, where they are not those of applications. */
  readonly needs?: readonly Permission[] | undefined;
  /** Whether only some clouds have it: of an address that is unknown they say so. */
  readonly rare?: true | undefined;
  /** Whether it carries a proof that we hold one of the object's certificates. */
  readonly proof?: true | undefined;
}

/** An application permission of Microsoft Graph. */
export interface Permission {
  readonly name: string;
  readonly id: string;
}

const READ_ALL: Permission = { name: "Application.Read.All", id: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" };
const OWNED_BY: Permission = { name: "Application.ReadWrite.OwnedBy", id: "18a4783c-866b-4cc7-a460-3d5e5662c884" };

const POLICY_REFUSALS = new Set(["CredentialInvalidLifetimeAsPerAppPolicy", "CredentialTypeNotAllowedAsPerAppPolicy"]);
/** The logs are part of the paid licences only. */
const UNLICENSED = new Set(["Authentication_RequestFromNonPremiumTenantOrB2CTenant"]);
/** 403 by status, but of room and not of rights. */
const FULL = new Set(["Directory_ResourceSizeExceeded", "Directory_QuotaExceeded"]);

/** Who owns an application is no owner of its service principal (…/permissions-reference, Application.ReadWrite.OwnedBy; microsoft-graph-docs#11114). */
const OWNERS: Readonly<Record<HolderType, string>> = {
  application: "the application (az ad app owner add)",
  servicePrincipal: "the service principal itself, which an owner of the application is not",
};

function grantCommand({ needs, writes, owned = "application", who }: Doing): string {
  const roles = needs ?? [writes ? OWNED_BY : READ_ALL];
  const line = roleGrant(
    roles.map(({ id }) => id),
    who,
  );
  const owner = writes ? `, and make it an owner of ${OWNERS[owned]}, or give it more` : "";
  return `grant ${roles.map(({ name }) => name).join(" and ")}${owner}: ${line}`;
}

/** Graph's error code in an answer, null when the answer is not Graph's error document. */
export function graphErrorCode(answer: WireAnswer): string | null {
  return textAt(objectAt(parseObject(answer.body), "error"), "code");
}

function requestIdOf(answer: WireAnswer): string {
  const inner = objectAt(objectAt(parseObject(answer.body), "error"), "innerError");
  const id = answer.header("request-id") ?? textAt(inner, "request-id") ?? answer.header("client-request-id");
  return id === null ? "no request id" : `request ${scrub(id)}`;
}

interface Meaning {
  readonly code: NolapseErrorCode;
  readonly next: string;
}

function meaningOf(answer: WireAnswer, code: string | null, doing: Doing): Meaning {
  const { status } = answer;
  if (code !== null && POLICY_REFUSALS.has(code)) {
    return { code: "policy-refused", next: "shorten the lifetime, or exempt the application from the policy" };
  }
  if (code !== null && FULL.has(code)) {
    return { code: "directory-refused", next: "remove credentials nobody uses, in App registrations or with az" };
  }
  if (code !== null && UNLICENSED.has(code)) {
    return { code: "directory-unlicensed", next: "this log needs a Microsoft Entra ID P1 or P2 licence in the tenant" };
  }
  if (doing.proof === true && status === 401 && code === "Authentication_MissingOrMalformed") {
    return { code: "directory-refused", next: "the copy in the target may not be valid any more: look at both ends" };
  }
  if (status === 429) return { code: "directory-throttled", next: "wait; nolapse tries again by itself" };
  if (doing.rare === true && code !== null && isUnknownAddress(answer)) {
    return { code: "directory-unoffered", next: "leave out what needs it" };
  }
  if (status === 404 && code === "Request_ResourceNotFound") {
    return { code: "directory-absent", next: "check the object id; new objects take seconds to be seen everywhere" };
  }
  if (status === 403 && code !== null) return { code: "directory-forbidden", next: grantCommand(doing) };
  if (status === 401 && !doing.writes) {
    return {
      code: "sign-in-failed",
      next: "check that cloud and tenant fit the credential, and the clock of this machine",
    };
  }
  if (status >= 400 && status < 500 && code !== null) {
    return {
      code: "directory-refused",
      next: "nolapse tries again by itself; nolapse explain shows what it waits for",
    };
  }
  if (status >= 500) return { code: "directory-failed", next: "wait; nolapse tries again by itself" };
  return { code: "directory-failed", next: "check that graphEndpoint names Microsoft Graph itself" };
}

/**
 * Whether the address itself is unknown. Where a segment is, the status is 400 and the code `BadRequest`, which much else has, too, as a
 * token of a page that has expired; only the text tells them apart.
 */
function isUnknownAddress(answer: WireAnswer): boolean {
  if (answer.status !== 400) return answer.status === 404;
  const said = textAt(objectAt(parseObject(answer.body), "error"), "message") ?? "";
  return /^Resource not found for the segment /.test(said);
}

/** The error for any answer that is not a success. `hidden` are values that must not appear, whatever the service says. */
export function refusal(answer: WireAnswer, doing: Doing, hidden: readonly string[]): NolapseError {
  const code = graphErrorCode(answer);
  const said = textAt(objectAt(parseObject(answer.body), "error"), "message");
  const { code: ours, next } = meaningOf(answer, code, doing);
  const why = said === null ? "the answer is not Microsoft Graph's" : scrub(said, hidden);
  const label = [String(answer.status), code === null ? null : scrub(code, hidden), requestIdOf(answer)];
  const message = `${doing.what} failed: ${why} (${label.filter((part) => part !== null).join(", ")})`;
  return new NolapseError(ours, message, { next, retryAfter: retryAfterOf(answer) });
}

/**
 * Whether a refused write was certainly not applied: 429, or a 4xx in Graph's own words. 408 and 499 say only that
 * somebody stopped waiting; a 4xx without Graph's error document is a gateway's, which may have passed the request on.
 */
export function isNotApplied(answer: WireAnswer): boolean {
  if (answer.status === 429) return true;
  if (answer.status === 408 || answer.status === 499) return false;
  return answer.status >= 400 && answer.status < 500 && graphErrorCode(answer) !== null;
}

/**
 * The answer of removePassword and removeKey for a key id that is not there, or not there yet. The one place where a text
 * decides: no raw body with its error code is on record, every client that knows the case matches these words (Vault's and
 * OpenBao's Azure engines among them).
 */
export function isNoSuchCredential(answer: WireAnswer): boolean {
  if (answer.status !== 400) return false;
  const said = textAt(objectAt(parseObject(answer.body), "error"), "message") ?? "";
  return /^No (?:password|key) credential found/.test(said);
}

/** The error for a request without a whole answer. */
export function lost(failure: WireFailure, what: string): NolapseError {
  const { host, kind, systemCode, proxy } = failure;
  const through = proxy === null ? "" : ` through the proxy ${proxy}`;
  if (kind === "untrusted") {
    return new NolapseError("certificate-untrusted", `${what} failed: ${host} is not trusted (${systemCode})`, {
      next: "set NODE_EXTRA_CA_CERTS to a PEM file with the CA that signed the server's certificate, and start again",
      cause: failure,
    });
  }
  const why = {
    "timed-out": `${host} did not answer in time${through}`,
    aborted: `the request to ${host} was given up`,
    unreachable: `${host} cannot be reached${through} (${systemCode ?? "connection lost"})`,
  }[kind];
  return new NolapseError("directory-unreachable", `${what} failed: ${why}`, {
    next:
      proxy === null
        ? `check the network, HTTPS_PROXY and the name ${host}`
        : `check that the proxy of HTTPS_PROXY answers; what needs none is named in NO_PROXY`,
    cause: failure,
  });
}
