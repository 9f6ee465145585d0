import type { HolderRef } from "../core/credentials/credential.ts";
import type { Unsettled } from "./entra.ts";

/** Whose tokens sign an application in, instead of a credential of its own. */
export interface FederatedCredential {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  /** Null where a pattern of the service's own stands in for it. */
  readonly subject: string | null;
  readonly audiences: readonly string[];
}

export interface NewFederatedCredential {
  /** Unique on the application; 3 to 120 letters, digits, `-` and `_`. */
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  /** Exactly one. */
  readonly audiences: readonly string[];
  readonly description: string | null;
}

export type AddFederatedOutcome = { readonly outcome: "applied"; readonly id: string } | Unsettled;

/**
 * The federated credentials of an application. Throws as {@link import("./entra.ts").Entra} does; `holder` is an
 * application, or it is a TypeError.
 */
export interface Federation {
  /** All of them, at most twenty. */
  list(holder: HolderRef, signal?: AbortSignal): Promise<readonly FederatedCredential[]>;
  /** Adds one, in one request. The token endpoint takes minutes to know it. */
  add(holder: HolderRef, added: NewFederatedCredential, signal?: AbortSignal): Promise<AddFederatedOutcome>;
}
