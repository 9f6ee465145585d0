import type { HolderRef } from "../core/credential.ts";
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

/** One sign-in of an application as itself. */
export interface SignInRow {
  readonly at: EpochMs;
  readonly requestId: string;
  readonly succeeded: boolean;
  /** The credential that signed in: key id of a secret or certificate, null where the log does not say. */
  readonly keyId: string | null;
  /** The federated credential that signed in, by its id. */
  readonly federatedId: string | null;
  readonly address: string | null;
}

/**
 * The directory's logs, which come minutes late and need `AuditLog.Read.All`. Throws as the port Entra does; no licence and
 * no permission are `directory-forbidden`, never an empty list.
 */
export interface Logs {
  /** Changes of this object's credentials since an instant, oldest first. */
  credentialChanges(holder: HolderRef, since: EpochMs, signal?: AbortSignal): Promise<readonly CredentialChange[]>;
  /** Sign-ins of the application as itself since an instant, oldest first. */
  signIns(appId: string, since: EpochMs, signal?: AbortSignal): Promise<readonly SignInRow[]>;
}
