import type { HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";
import type { Unsettled } from "./entra.ts";

export type AddSigningOutcome =
  | {
      readonly outcome: "applied";
      /** SHA-1 of the new certificate, lower-case hex. */
      readonly thumbprint: string;
      /**
       * The key ids the answer names. The service makes three entries, a private key, its public half and a password; the
       * others are found by their common `customKeyIdentifier`. That is the thumbprint in the documentation's example and often something
       * else in tenants; and the key id is the private key's, though the answer describes the public half
       * (hashicorp/terraform-provider-azuread#968). So nothing relies on either.
       */
      readonly keyIds: readonly string[];
    }
  | Unsettled;

export type ActivateOutcome = { readonly outcome: "applied" } | Unsettled;

/**
 * The certificates by which a service principal signs SAML tokens. Every method is one request on the wire and throws as
 * {@link import("./entra.ts").Entra} does; `holder` is a service principal, or it is a TypeError.
 */
export interface SamlSigning {
  /** Has the service make a key and its certificate. It signs nothing until it is activated. At most three years. */
  addTokenSigningCertificate(
    holder: HolderRef,
    certificate: { readonly commonName: string; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<AddSigningOutcome>;
  /** Makes the certificate of this SHA-1 thumbprint (hex) the one that signs, from the next token on. */
  activate(holder: HolderRef, thumbprint: string, signal?: AbortSignal): Promise<ActivateOutcome>;
}
