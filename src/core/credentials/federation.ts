/**
 * Federated credentials: whose tokens sign an application in, and what the sign-in log must have shown before they may
 * take a secret's place. Nobody but the issuer can mint such a token, so a sign-in by its id is proof of use.
 */

import type { ReasonCode } from "../reasons.ts";
import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE } from "../time.ts";
import type { Kind } from "./credential.ts";

/** What may take a credential's place. */
export type SuccessorKind = Kind | "federated";

/** The one audience Entra takes in its public cloud (learn.microsoft.com/graph/api/resources/federatedidentitycredential). */
export const EXCHANGE_AUDIENCE = "api://AzureADTokenExchange";
/** At most so many on one application (the same page). */
export const FEDERATED_LIMIT = 20;
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** How often the sign-in log is asked whether anybody has signed in yet; it comes minutes late by itself. */
export const SIGN_INS_EVERY: DurationMs = 15 * MINUTE;
/** How often it is asked again while something keeps the old credential. */
export const EVIDENCE_EVERY: DurationMs = HOUR;
/** A use longer ago than this says nothing about today: a workflow that runs less often keeps its secret meanwhile. */
export const USE_LASTS: DurationMs = 7 * DAY;

/** Whose tokens shall sign in. */
export interface Trust {
  readonly issuer: string;
  readonly subject: string;
}

/** The federated credential of a rotation, fixed when it is opened. */
export interface Federated extends Trust {
  /** The application's object id: only applications have federated credentials, whatever object holds the old one. */
  readonly objectId: string;
  /** Fixed, so that one whose answer was lost is found by it. */
  readonly name: string;
  /** What was last read of its use; null before the first look. */
  readonly evidence: SignInEvidence | null;
}

export interface SignInEvidence {
  readonly readAt: EpochMs;
  /** The log may not be read: nothing is known. */
  readonly closed: boolean;
  /** The application listed the federated credential. */
  readonly listed: boolean;
  /** The last successful sign-in with it since it was made; null where there is none. */
  readonly lastUse: EpochMs | null;
  /** The last successful sign-in with the old credential since the successor was verified, other than our own. */
  readonly oldUse: EpochMs | null;
}

/** Whether it shows that the consumers sign in with the federated credential. */
export function provesUse({ closed, listed, lastUse }: SignInEvidence): boolean {
  return !closed && listed && lastUse !== null;
}

/**
 * Why the old credential must stay by what the log shows; null when nothing speaks against its removal. An old credential
 * that has ended (`oldIsLive` false) signs nobody in any more, so its earlier uses do not matter.
 */
export function evidenceAgainst(evidence: SignInEvidence, oldIsLive: boolean, now: EpochMs): ReasonCode | null {
  const { closed, listed, lastUse, oldUse } = evidence;
  if (!listed) return "federation-gone";
  if (closed) return "sign-ins-closed";
  if (lastUse === null || now - lastUse > USE_LASTS) return "federation-idle";
  return oldIsLive && oldUse !== null ? "old-in-use" : null;
}

/** Which of GitHub's subjects a workflow's token must have. Exactly one. */
export type GithubFilter =
  | { readonly branch: string }
  | { readonly environment: string }
  | { readonly tag: string }
  | { readonly pullRequest: true };

/** The trust in a GitHub repository's workflows (docs.github.com, "OpenID Connect reference"); case matters to Entra. */
export function githubTrust(repository: string, filter: GithubFilter): Trust {
  return { issuer: GITHUB_ISSUER, subject: `repo:${repository}:${githubContext(filter)}` };
}

function githubContext(filter: GithubFilter): string {
  if ("branch" in filter) return `ref:refs/heads/${filter.branch}`;
  if ("tag" in filter) return `ref:refs/tags/${filter.tag}`;
  // GitHub writes a colon of an environment's name so, because the parts of a subject end with one
  if ("environment" in filter) return `environment:${filter.environment.replaceAll(":", "%3A")}`;
  return "pull_request";
}

/** The trust in a Kubernetes service account (kubernetes.io, "Managing Service Accounts"). */
export function kubernetesTrust(issuer: string, namespace: string, serviceAccount: string): Trust {
  return { issuer, subject: `system:serviceaccount:${namespace}:${serviceAccount}` };
}

/**
 * A name for a person to read in the portal, that no other rotation has: words of the subject, then the id. Entra takes 3 to
 * 120 letters, digits, `-` and `_`, the first a letter or digit.
 */
export function federatedName({ subject }: Trust, rotation: string): string {
  const words = subject.replaceAll(/[^A-Za-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  const id = rotation.replaceAll(/[^A-Za-z0-9]/g, "").slice(0, 12);
  return `nolapse-${words.slice(0, 80)}-${id}`;
}

/** The longest issuer and subject (the page above). */
const LONGEST = 600;

/** Why Entra would not take this trust, null when it may. Only tokens fetched over https (or on this machine) count. */
export function whyNoTrust({ issuer, subject }: Trust): string | null {
  const url = URL_OF.exec(issuer);
  const [, scheme, host = ""] = url ?? [];
  const local = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host);
  if (url === null || (scheme === "http" && !local)) return `the issuer ${issuer} is not an https address`;
  if (ENTRA.test(issuer)) return "tokens of Microsoft Entra itself are not taken";
  if (issuer.length > LONGEST || subject.length > LONGEST)
    return `issuer and subject hold ${LONGEST} characters at most`;
  return subject.trim() === "" || subject !== subject.trim()
    ? "the subject is empty, or begins or ends with a blank"
    : null;
}

const URL_OF = /^(https?):\/\/([^/?#\s@]+)(?:\/[^\s?#]*)?$/;
const ENTRA =
  /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us)|login\.windows\.net|login\.partner\.microsoftonline\.cn)(?:\/|$)/;

/** Whether a name may be given to a federated credential. */
export function isFederatedName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/.test(name);
}
