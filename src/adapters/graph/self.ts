/**
 * The directory as an application without any permission has it: it may add and remove its own certificates by proof of
 * possession and may not even read itself. What a read would say it finds out by signing in: a certificate that the
 * authority knows is listed, one that it does not find is not, and whatever else it answers is a failed read.
 */
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { Credential, HolderRef } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { SECOND } from "../../core/time.ts";
import type { CertificateReading, Certificates, ReplaceOutcome } from "../../ports/certificates.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AddSecretOutcome, Entra, HolderReading, RemoveCredentialOutcome } from "../../ports/entra.ts";
import type { HeldCertificate } from "../../ports/held-certificate.ts";
import { certificateFacts } from "../../x509/facts.ts";
import { GraphAppPolicies } from "./app-policies.ts";
import { type AssertionAnswer, type Client, signInByAssertion } from "./assertion-sign-in.ts";
import type { Spender } from "./budget.ts";
import { describe, GraphCalls } from "./calls.ts";
import { GraphCertificates } from "./certificates.ts";
import { GraphConsents } from "./consent.ts";
import { keep, type TokenSource } from "./credentials.ts";
import { createDiagnosis } from "./diagnosis.ts";
import { originOf } from "./directory.ts";
import { GraphEntra } from "./entra.ts";
import { GraphFederation } from "./federation.ts";
import { createGraph } from "./http.ts";
import { GraphLogs } from "./logs.ts";
import { GraphOwners } from "./owners.ts";
import { GraphSamlSigning } from "./saml-signing.ts";
import { createWire, type Fetch } from "./wire.ts";

export interface SelfDirectoryOptions {
  readonly tenantId: string;
  readonly authority: string;
  readonly graphEndpoint: string;
  readonly clock: Clock;
  readonly version: string;
  /** The application that rolls itself. */
  readonly holder: HolderRef;
  /** What it holds, read afresh at each call; the likeliest to sign in first. */
  readonly held: () => Promise<readonly HeldCertificate[]>;
  readonly fetch?: Fetch | undefined;
  readonly timeout?: number | undefined;
  /** What keeps its requests inside Graph's limits. */
  readonly budget?: ((clientId: string) => Spender) | undefined;
}

/** What it proved of one certificate. */
interface Tried {
  readonly held: HeldCertificate;
  readonly answer: Exclude<AssertionAnswer, { says: "error" }>;
}

const SCANS_NOTHING = "an application that rolls its own certificate reads no list of the directory";
const BY_PROOF_ONLY = "without a permission in the directory only certificates change, and only by proof of possession";
const MEND =
  "put a valid certificate with its key into its target, or leave --self out: then tenants.<name>.auth is used";

/** The ports of one application over its own sign-in. @throws NolapseError `config-invalid` for an address that is no origin. */
export function createSelfDirectory(options: SelfDirectoryOptions) {
  const { clock, fetch, tenantId, holder } = options;
  const graph = originOf(options.graphEndpoint, "graphEndpoint");
  const timeout = options.timeout ?? 30 * SECOND;
  const ask = { userAgent: `nolapse/${options.version}`, timeout, fetch };
  const authority = originOf(options.authority, "authorityHost");
  const client: Client = { tenantId, authority, clientId: holder.appId, scope: `${graph}/.default`, clock };
  const prover = new Prover(createWire({ ...ask, freshConnections: true }), client, options);
  const tokens = prover.tokens();
  const wire = createWire(ask);
  const budget = options.budget?.(holder.appId) ?? null;
  const calls = new GraphCalls(createGraph(budget?.meter(wire) ?? wire, tokens), graph);
  return {
    ...(budget === null ? {} : { deadlines: budget }),
    entra: new SelfEntra(new GraphEntra(calls), prover),
    certificates: new SelfCertificates(new GraphCertificates(calls, clock), prover),
    logs: new GraphLogs(calls, clock),
    // the service refuses these for want of a permission, and says so
    federation: new GraphFederation(calls),
    appPolicies: new GraphAppPolicies(calls),
    samlSigning: new GraphSamlSigning(calls),
    owners: new GraphOwners(calls),
    consents: new GraphConsents(calls),
    diagnosis: createDiagnosis({ wire, tokens, tenantId, authority, graph, version: options.version }),
    renew: () => tokens.discard(),
  };
}

class Prover {
  readonly #wire: ReturnType<typeof createWire>;
  readonly #client: Client;
  readonly #options: SelfDirectoryOptions;

  constructor(wire: ReturnType<typeof createWire>, client: Client, options: SelfDirectoryOptions) {
    this.#wire = wire;
    this.#client = client;
    this.#options = options;
  }

  /** Signs in with the first certificate at hand that is accepted. */
  tokens(): TokenSource {
    return keep(this.#options.clock, this.#client.clientId, async () => {
      let refused: NolapseError | null = null;
      for (const { value } of await this.#held()) {
        const answer = await signInByAssertion(this.#wire, this.#client, value);
        if (answer.says === "listed" && answer.token !== null) return { ...answer, token: answer.token };
        refused ??= answer.error;
      }
      throw new NolapseError(
        refused?.code ?? "sign-in-failed",
        `no certificate at hand signs in: ${refused?.message}`,
        {
          next: MEND,
          retryAfter: refused?.retryAfter ?? null,
        },
      );
    });
  }

  /** Every certificate at hand, tried. @throws NolapseError when one answer says nothing: never a part of the truth. */
  async try(signal?: AbortSignal): Promise<readonly Tried[]> {
    const tried: Tried[] = [];
    for (const held of await this.#held()) {
      const answer = await signInByAssertion(this.#wire, this.#client, held.value, signal);
      if (answer.says === "error") throw answer.error;
      tried.push({ held, answer });
    }
    return tried;
  }

  async #held(): Promise<readonly HeldCertificate[]> {
    const held = await this.#options.held();
    if (held.length > 0) return held;
    const { holder } = this.#options;
    throw new NolapseError("target-empty", `no certificate with its key is at hand for ${describe(holder)}`, {
      next: MEND,
    });
  }
}

class SelfEntra implements Entra {
  readonly #entra: Entra;
  readonly #prover: Prover;

  constructor(entra: Entra, prover: Prover) {
    this.#entra = entra;
    this.#prover = prover;
  }

  page(): Promise<never> {
    return Promise.reject(
      new NolapseError("directory-forbidden", SCANS_NOTHING, { next: "nolapse scan, without --self" }),
    );
  }

  certificatePage(): Promise<never> {
    return this.page();
  }

  grantPage(): Promise<never> {
    return this.page();
  }

  directoryRolePage(): Promise<never> {
    return this.page();
  }

  async read(holder: HolderRef, signal?: AbortSignal): Promise<HolderReading> {
    return (
      (await unlessForbidden(this.#entra.read(holder, signal))) ?? readingOf(holder, await this.#prover.try(signal))
    );
  }

  async addSecret(): Promise<AddSecretOutcome> {
    return { outcome: "not-applied", error: impossible() };
  }

  async removeSecret(): Promise<RemoveCredentialOutcome> {
    return { outcome: "not-applied", error: impossible() };
  }
}

class SelfCertificates implements Certificates {
  readonly #certificates: GraphCertificates;
  readonly #prover: Prover;

  constructor(certificates: GraphCertificates, prover: Prover) {
    this.#certificates = certificates;
    this.#prover = prover;
  }

  async readCertificates(holder: HolderRef, signal?: AbortSignal): Promise<CertificateReading> {
    const read = await unlessForbidden(this.#certificates.readCertificates(holder, signal));
    if (read !== null) return read;
    const tried = await this.#prover.try(signal);
    const entries = tried.filter(isListed).map(({ held }) => ({
      credential: credentialOf(held),
      certificate: held.value.certificate,
      resendable: true,
      // nobody replaces a list that was not read
      raw: "{}",
    }));
    return { entries, serviceTime: serviceTimeIn(tried) };
  }

  addKey(...call: Parameters<Certificates["addKey"]>): ReturnType<Certificates["addKey"]> {
    return this.#certificates.addKey(...call);
  }

  removeKey(...call: Parameters<Certificates["removeKey"]>): ReturnType<Certificates["removeKey"]> {
    return this.#certificates.removeKey(...call);
  }

  async replaceCertificates(): Promise<ReplaceOutcome> {
    return { outcome: "not-applied", error: impossible() };
  }
}

function impossible(): NolapseError {
  return new NolapseError("refused-by-rule", BY_PROOF_ONLY, { next: MEND });
}

/** Null where Graph says that this application may not read itself. */
async function unlessForbidden<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (thrown) {
    if (thrown instanceof NolapseError && thrown.code === "directory-forbidden") return null;
    throw thrown;
  }
}

const isListed = ({ answer }: Tried) => answer.says === "listed";

function serviceTimeIn(tried: readonly Tried[]): HolderReading["serviceTime"] {
  const last = tried.at(-1);
  if (last === undefined) throw new TypeError("nothing was tried");
  return last.answer.serviceTime;
}

/** Of the object itself nothing more is known than that it signs in; its name is what its certificates call it. */
function readingOf(holder: HolderRef, tried: readonly Tried[]): HolderReading {
  return {
    holder: {
      ...holder,
      displayName: nameIn(tried.map(({ held }) => held.value)) ?? holder.appId,
      createdAt: null,
      signInAudience: null,
      tags: [],
      notes: null,
      serviceManagementReference: null,
      servicePrincipalType: null,
      homeTenantId: null,
      signOnMode: null,
      preferredTokenSigningKeyThumbprint: null,
      enabled: true,
      locked: false,
      encryptionKeyId: null,
      credentials: tried.filter(isListed).map(({ held }) => credentialOf(held)),
    },
    serviceTime: serviceTimeIn(tried),
  };
}

function credentialOf({ keyId, name, value, start, end }: HeldCertificate): Credential {
  const known = certificateFacts(value.certificate);
  return {
    keyId,
    kind: "certificate",
    name,
    hint: null,
    start: start ?? known?.notBefore ?? null,
    end: end ?? known?.notAfter ?? null,
    usage: "verify",
    customKeyIdentifier: known?.sha1 ?? null,
    certificate: known ?? "unreadable",
  };
}

function nameIn(values: readonly CertificateValue[]): string | null {
  const names = values.map((value) => {
    const subject = certificateFacts(value.certificate)?.subject ?? "";
    return /^CN=(?<name>[^,+\\]+)/.exec(subject)?.groups?.name ?? null;
  });
  return names.find((name) => name !== null) ?? null;
}
