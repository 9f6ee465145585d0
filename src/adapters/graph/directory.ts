/** The directory of one tenant through Microsoft Graph: every port of this folder over one client and one token. */
import { NolapseError } from "../../core/errors.ts";
import { SECOND } from "../../core/time.ts";
import type { AppPolicies } from "../../ports/app-policies.ts";
import type { Certificates } from "../../ports/certificates.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Consents } from "../../ports/consent.ts";
import type { Deadlines } from "../../ports/deadlines.ts";
import type { Diagnosis } from "../../ports/diagnosis.ts";
import type { Entra } from "../../ports/entra.ts";
import type { Federation } from "../../ports/federation.ts";
import type { Logs } from "../../ports/logs.ts";
import type { Owners } from "../../ports/notices.ts";
import type { OwnersList } from "../../ports/owners.ts";
import type { SamlSigning } from "../../ports/saml-signing.ts";
import { GraphAppPolicies } from "./app-policies.ts";
import type { Spender } from "./budget.ts";
import { GraphCalls } from "./calls.ts";
import { GraphCertificates } from "./certificates.ts";
import { GraphConsents } from "./consent.ts";
import { type Auth, identityTokens, plainTokens } from "./credentials.ts";
import { createDiagnosis } from "./diagnosis.ts";
import { GraphEntra } from "./entra.ts";
import { GraphFederation } from "./federation.ts";
import { createGraph, dividedGraph } from "./http.ts";
import { GraphLogs } from "./logs.ts";
import { GraphOwners } from "./owners.ts";
import { GraphSamlSigning } from "./saml-signing.ts";
import { createWire, type Fetch } from "./wire.ts";

export interface GraphDirectoryOptions {
  readonly tenantId: string;
  /** Origin of the login authority, e.g. `https://login.microsoftonline.com`. */
  readonly authority: string;
  /** Origin of Graph without a version, e.g. `https://graph.microsoft.com`. */
  readonly graphEndpoint: string;
  readonly auth: Auth;
  /** A second identity, for writes alone. */
  readonly writer?: Auth | null | undefined;
  readonly clock: Clock;
  /** Nolapse's own version, for the user agent. */
  readonly version: string;
  /** Answers instead of sockets: the in-process directory and the simulator. */
  readonly fetch?: Fetch | undefined;
  /** Milliseconds of process time for one request, connection and answer together; 30 s where not given. */
  readonly timeout?: number | undefined;
  /** The client request ids; random where not given. */
  readonly requestId?: (() => string) | undefined;
  /** Where an auth method without references takes its values from; the process's environment where not given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What keeps its requests inside Graph's limits; left out where there are none (the simulator, tests). */
  readonly budget?: ((clientId: string | null) => Spender) | undefined;
}

export interface GraphDirectory {
  readonly entra: Entra;
  readonly certificates: Certificates;
  readonly logs: Logs;
  readonly samlSigning: SamlSigning;
  readonly federation: Federation;
  readonly appPolicies: AppPolicies;
  /** Where a budget is kept: whose requests go first. */
  readonly deadlines?: Deadlines;
  /** Forgets the token in hand: the next call signs in with the credential as it is kept now. */
  renew(): void;
  readonly diagnosis: Diagnosis;
  readonly owners: Owners & OwnersList;
  readonly consents: Consents;
}

/** The origin of a configured address. @throws NolapseError `config-invalid` for anything but an https (or local) origin. */
export function originOf(address: string, what: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  const local = url !== null && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  if (url !== null && (url.protocol === "https:" || (local && url.protocol === "http:"))) return url.origin;
  throw new NolapseError("config-invalid", `${what} is not an https address: ${address}`, {
    next: `write ${what} like https://graph.microsoft.com, without a version`,
  });
}

/** All ports of one tenant. @throws NolapseError `config-invalid` for an address that is no origin. */
export function createGraphDirectory(options: GraphDirectoryOptions): GraphDirectory {
  const origin = originOf(options.graphEndpoint, "graphEndpoint");
  const { clock, tenantId, fetch, env, requestId, auth } = options;
  const timeout = options.timeout ?? 30 * SECOND;
  const wire = createWire({ userAgent: `nolapse/${options.version}`, timeout, fetch, requestId });
  const signIn = { tenantId, authority: originOf(options.authority, "authorityHost"), graph: origin, clock };
  const tokensOf = (one: Auth) =>
    one.method === "plain"
      ? plainTokens(signIn, one, wire)
      : identityTokens({ ...signIn, auth: one, timeout, fetch, env });
  const tokens = tokensOf(auth);
  const writer = options.writer == null ? null : tokensOf(options.writer);
  // Graph counts each client id by itself, so each identity has its own part of the budget
  const budgets = [tokens, ...(writer === null ? [] : [writer])].map((one) => options.budget?.(one.clientId) ?? null);
  const [budget = null, writing = null] = budgets;
  const reads = createGraph(budget?.meter(wire) ?? wire, tokens);
  const both = writer === null ? reads : dividedGraph(reads, createGraph(writing?.meter(wire) ?? wire, writer));
  const calls = new GraphCalls(both, origin);
  const told = budgets.filter((one) => one !== null);
  return {
    entra: new GraphEntra(calls, {
      noteAudience: (objectId, audience) => {
        for (const one of told) one.noteAudience(objectId, audience);
      },
    }),
    ...(told.length === 0 ? {} : { deadlines: together(told) }),
    certificates: new GraphCertificates(calls, clock),
    logs: new GraphLogs(calls, clock),
    samlSigning: new GraphSamlSigning(calls),
    federation: new GraphFederation(calls),
    appPolicies: new GraphAppPolicies(calls),
    renew: () => {
      tokens.discard();
      writer?.discard();
    },
    owners: new GraphOwners(calls),
    consents: new GraphConsents(calls),
    diagnosis: createDiagnosis({
      wire,
      tokens,
      writer,
      tenantId,
      authority: signIn.authority,
      graph: origin,
      version: options.version,
    }),
  };
}

/** What is urgent is so for reads and writes. */
function together(all: readonly Deadlines[]): Deadlines {
  return {
    begin: (holder, end) => {
      const over = all.map((one) => one.begin(holder, end));
      return () => {
        for (const one of over) one();
      };
    },
  };
}
