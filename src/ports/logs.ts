import type { HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";

/** Who did something, as the directory's audit log names them. */
export interface Actor {
  readonly kind: "application" | "user" | "unknown";
  /** The client id of an application, the object id of a user; null where the log does not say. */
  readonly id: string | null;
  readonly name: string | null;
}

/** One change of an object's credentials, as the audit log keeps it. */
export interface CredentialChange {
  readonly at: EpochMs;
  readonly actor: Actor;
  /** Key ids with their display names, before and after. */
  readonly before: readonly { readonly keyId: string; readonly name: string | null }[];
  readonly after: readonly { readonly keyId: string; readonly name: string | null }[];
}

/** One sign-in through an application: as itself, or of a person for whom it asked. */
export interface SignInRow {
  readonly at: EpochMs;
  readonly requestId: string;
  readonly succeeded: boolean;
  /** The credential that signed in: key id of a secret or certificate, null where the log does not say. */
  readonly keyId: string | null;
  /** The federated credential that signed in, by its id. */
  readonly federatedId: string | null;
  readonly address: string | null;
  /** `application`: as itself; `user`: for a person. */
  readonly flow: "application" | "user";
  /** The application as the log calls it, and what it asked a token for. */
  readonly client: string | null;
  readonly resource: string | null;
  /** The client proved itself by a credential, or may have, and the log does not say by which. */
  readonly unnamed: boolean;
}

/** The last successful sign-in with one credential in any flow, as the report of the whole tenant has it. */
export interface LastUse {
  readonly appId: string;
  readonly keyId: string;
  readonly at: EpochMs;
  /** Of that sign-in, where the report says. */
  readonly requestId: string | null;
}

/**
 * The directory's logs, which come minutes late and need `AuditLog.Read.All`. Throws as the port Entra does; no
 * permission is `directory-forbidden`, no licence `directory-unlicensed`, and neither is ever an empty list.
 */
export interface Logs {
  /** Changes of this object's credentials since an instant, oldest first. */
  credentialChanges(holder: HolderRef, since: EpochMs, signal?: AbortSignal): Promise<readonly CredentialChange[]>;
  /** Sign-ins through the application since an instant, in all flows, oldest first. */
  signIns(appId: string, since: EpochMs, signal?: AbortSignal): Promise<readonly SignInRow[]>;
  /**
   * The last use of every credential of the tenant: one list, never a request per application. One that was read at
   * `freshFrom` or later is given again. A credential without a row is one nobody knows anything of.
   */
  lastUses(freshFrom: EpochMs, signal?: AbortSignal): Promise<readonly LastUse[]>;
}
