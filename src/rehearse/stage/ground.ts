/**
 * What the rehearsal stands on: a directory, a token endpoint, a store and a sealer, handed in by the composition. The
 * rehearsal never asks which they are; that is how the same run tests the fakes and the real ones.
 */
import type { Credential, HolderRef, Kind } from "../../core/credentials/credential.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { DurationMs, EpochMs } from "../../core/time.ts";
import type { Certificates } from "../../ports/certificates.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Deadlines } from "../../ports/deadlines.ts";
import type { Entra } from "../../ports/entra.ts";
import type { Federation } from "../../ports/federation.ts";
import type { Issuers } from "../../ports/issuer.ts";
import type { Logs } from "../../ports/logs.ts";
import type { Random } from "../../ports/random.ts";
import type { SamlSigning } from "../../ports/saml-signing.ts";
import type { Sealer } from "../../ports/sealer.ts";
import type { Store } from "../../ports/store.ts";
import type { Verifier } from "../../ports/verifier.ts";

/** A fault of the directory as its fault file writes it (design §7). */
export interface FaultRule {
  readonly on: "addPassword" | "removePassword" | "create" | "addKey" | "removeKey" | "patch" | "token" | "read" | "*";
  readonly fault:
    | "token-lag"
    | "read-lag"
    | "object-lag"
    | "loop"
    | "lost-response"
    | "commit-then-stall"
    | "concurrency-violation"
    | "throttle"
    | "slow"
    | "reset"
    | "conditional-access";
  readonly probability?: number;
  /** ISO 8601. */
  readonly duration?: string;
  readonly times?: number;
}

/** An application as somebody registered it by hand before Nolapse came; the value of a certificate is one with its key. */
export interface Registered {
  readonly holder: HolderRef;
  readonly keyId: string;
  readonly value: SecretValue;
  readonly end: EpochMs;
}

/** A credential that somebody makes by hand. */
export interface MadeByHand {
  readonly name: string;
  readonly end: EpochMs;
  /** A secret where not given. */
  readonly kind?: Kind;
}

/** What an application has when it is registered; `privileged`: it holds an app role of Graph that lets it master the tenant. */
export interface FirstOfAll extends MadeByHand {
  readonly privileged?: boolean;
}

/** A credential as the directory has it, with the public part of a certificate: PEM as CertificateValue spells it. */
export interface TrueCredential extends Credential {
  readonly publicPart: string | null;
}

/** The ports of one manager process. */
export interface Booted {
  readonly entra: Entra;
  readonly certificates: Certificates;
  readonly logs: Logs;
  readonly federation: Federation;
  readonly samlSigning: SamlSigning;
  readonly issuers: Issuers;
  readonly verifier: Verifier;
  readonly sealer: Sealer;
  readonly store: Store;
  /** Where its requests pass a gate: whose go first. */
  readonly deadlines?: Deadlines;
  /** The process is gone: nothing is flushed or given back, and its leases are those of a dead process. */
  die(): Promise<void>;
}

/** One request to Graph, the same object from when it asks for its turn until it is answered. */
export interface GateRequest {
  readonly method: string;
  readonly url: string;
}

/** How the requests of one process wait for their turn before Graph's limits: in the turns of the world. */
export interface Gate {
  /** The part of every limit that the process may spend, from 0 to 1. */
  readonly share: number;
  /** Resolves so many milliseconds later, and never once the signal has aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A request comes to the gate. */
  enters(request: GateRequest): void;
  /** The one that has just come must wait. */
  waits(): { readonly asleep: Promise<void>; wake(goes: boolean): void };
  sent(request: GateRequest): void;
  answered(request: GateRequest, status: number): void;
  /** Answered or not, it is over. */
  leaves(request: GateRequest): void;
}

/** What people and other tools can do in the tenant, past every fault. */
export interface Outside {
  addSecret(holder: HolderRef, secret: { readonly name: string; readonly end: EpochMs }): Promise<Registered>;
  removeSecret(holder: HolderRef, keyId: string): Promise<void>;
  /** The entries of its list of certificates, each as the JSON it is read as. */
  readList(holder: HolderRef): Promise<readonly string[]>;
  /** Replaces that list: the entries kept as they were read, and a new certificate whose key nobody has any more. */
  writeList(
    holder: HolderRef,
    list: { readonly kept: readonly string[]; readonly added: (MadeByHand & { readonly keyId: string }) | null },
  ): Promise<void>;
  /** Another tool reads certificates so often in a row, and spends of the limits that Nolapse's own requests count towards. */
  readsKeys(times: number): Promise<void>;
  /** Into the recycle bin, and back out of it. */
  deleteApplication(holder: HolderRef): Promise<void>;
  restoreApplication(holder: HolderRef): Promise<void>;
  /**
   * Grants an application a role by which it can master the tenant; the object id of its service principal, null where there is none to
   * grant it to, or it has it already.
   */
  grantRole(holder: HolderRef, by: PrivilegeKind): Promise<string | null>;
  revokeRole(principalId: string, by: PrivilegeKind): Promise<void>;
  /** The tenant's app management policy: `none` is no policy, null forbids secrets, a length limits their life. */
  limitSecrets(longest: DurationMs | null | "none"): Promise<void>;
}

export interface Ground {
  readonly tenantId: string;
  readonly authority: string;
  readonly probeScope: string;
  readonly start: EpochMs;
  /** Moves the directory's clock. */
  moveClock(to: EpochMs): Promise<void>;
  register(displayName: string, first: FirstOfAll): Promise<Registered>;
  /** The client secrets and certificates the directory holds, without any lag. */
  truth(holder: HolderRef): Promise<readonly TrueCredential[]>;
  /** Replaces the faults of the directory; `isLimited`: Graph's published limits for a small tenant are in force, too. */
  weather(seed: number, rules: readonly FaultRule[], isLimited?: boolean): Promise<void>;
  /** How often each fault of the directory was met since the ground was made; a lag once for each credential or object it hid. */
  met(): Readonly<Partial<Record<FaultRule["fault"], number>>>;
  readonly outside: Outside;
  /** Keeps a copy of the store as it is now, under a name. */
  backup(name: string): Promise<void>;
  /** The store is that copy from now on. No process may be running. */
  restore(name: string): Promise<void>;
  /** A new manager process with the store reopened; its requests pass the gate where there is one. */
  boot(clock: Clock, random: Random, name: string, gate?: Gate): Promise<Booted>;
  /** How consumers sign in. */
  readonly consumers: Verifier;
  /** Everything the store has written, as text in which a value in the clear would be found. */
  written(): Promise<string>;
  /** A running SHA-256. */
  digest(): { add(text: string): void; hex(): string };
  end(): Promise<void>;
}

/** By what an application can be granted power over the tenant. */
export type PrivilegeKind = "app-role" | "directory-role";
