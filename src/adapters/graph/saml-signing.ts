/** SAML signing certificates through Graph (learn.microsoft.com/graph/api/serviceprincipal-addtokensigningcertificate). */
import type { HolderRef } from "../../core/credentials/credential.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type { ActivateOutcome, AddSigningOutcome, SamlSigning } from "../../ports/saml-signing.ts";
import { describe, type GraphCalls, requireType, unsettled, wholeSeconds } from "./calls.ts";
import { canonicalId, parseObject, textAt } from "./json.ts";
import { unreadable } from "./map.ts";

const THUMBPRINT = /^[0-9a-f]{40}$/i;

export class GraphSamlSigning implements SamlSigning {
  readonly #calls: GraphCalls;

  constructor(calls: GraphCalls) {
    this.#calls = calls;
  }

  async addTokenSigningCertificate(
    holder: HolderRef,
    { commonName, end }: { readonly commonName: string; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<AddSigningOutcome> {
    requireType(holder, "servicePrincipal");
    const sent = await this.#calls.write(
      {
        method: "POST",
        url: `${this.#calls.address(holder)}/addTokenSigningCertificate`,
        body: JSON.stringify({ displayName: `CN=${commonName}`, endDateTime: formatInstant(wholeSeconds(end)) }),
        what: `adding a token signing certificate to ${describe(holder)}`,
        done: [200, 201],
      },
      signal,
    );
    if (sent.outcome !== "applied") return unsettled(sent);
    const body = parseObject(sent.answer.body);
    const [keyId, thumbprint] = [textAt(body, "keyId"), textAt(body, "thumbprint")];
    if (keyId === null || thumbprint === null || !THUMBPRINT.test(thumbprint)) {
      return { outcome: "unknown", error: unreadable("the new certificate's key id or thumbprint is missing") };
    }
    return { outcome: "applied", thumbprint: thumbprint.toLowerCase(), keyIds: [canonicalId(keyId)] };
  }

  async activate(holder: HolderRef, thumbprint: string, signal?: AbortSignal): Promise<ActivateOutcome> {
    requireType(holder, "servicePrincipal");
    if (!THUMBPRINT.test(thumbprint)) throw new TypeError("a SHA-1 thumbprint in hex is needed");
    const sent = await this.#calls.write(
      {
        method: "PATCH",
        url: this.#calls.address(holder),
        // upper case as Graph itself writes it
        body: JSON.stringify({ preferredTokenSigningKeyThumbprint: thumbprint.toUpperCase() }),
        what: `activating the token signing certificate ${thumbprint} of ${describe(holder)}`,
        done: [200, 204],
      },
      signal,
    );
    return sent.outcome === "applied" ? { outcome: "applied" } : unsettled(sent);
  }
}
