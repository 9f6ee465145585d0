/** Certificates of all kinds and federated credentials with their writes taken out; see entra.ts beside it. */
import type { HolderRef } from "../../core/credentials/credential.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Certificates } from "../../ports/certificates.ts";
import type { Federation } from "../../ports/federation.ts";
import type { SamlSigning } from "../../ports/saml-signing.ts";
import { notApplied } from "./refused.ts";

/** A write that would have been made; no key and no proof of one. */
export type CertificateEffect =
  | { readonly effect: "add-key"; readonly holder: HolderRef; readonly displayName: string; readonly end: EpochMs }
  | { readonly effect: "remove-key"; readonly holder: HolderRef; readonly keyId: string }
  | {
      readonly effect: "replace-certificates";
      readonly holder: HolderRef;
      readonly kept: number;
      readonly added: readonly string[];
    }
  | { readonly effect: "add-signing"; readonly holder: HolderRef; readonly commonName: string; readonly end: EpochMs }
  | { readonly effect: "activate-signing"; readonly holder: HolderRef; readonly thumbprint: string }
  | { readonly effect: "federate"; readonly holder: HolderRef; readonly name: string };

type OnEffect = (effect: CertificateEffect) => void;

export function createNoEffectCertificates(inner: Certificates, onEffect: OnEffect = () => {}): Certificates {
  return {
    readCertificates: (holder, signal) => inner.readCertificates(holder, signal),
    async addKey(holder, { displayName, end }) {
      onEffect({ effect: "add-key", holder, displayName, end });
      return notApplied(`adding a certificate to ${holder.objectId}`);
    },
    async removeKey(holder, keyId) {
      onEffect({ effect: "remove-key", holder, keyId });
      return notApplied(`removing certificate ${keyId} from ${holder.objectId}`);
    },
    async replaceCertificates(holder, { kept, added }) {
      const names = added.map(({ displayName }) => displayName);
      onEffect({ effect: "replace-certificates", holder, kept: kept.length, added: names });
      return notApplied(`writing the certificates of ${holder.objectId}`);
    },
  };
}

/** There is nothing in it to read. */
export function createNoEffectSamlSigning(onEffect: OnEffect = () => {}): SamlSigning {
  return {
    async addTokenSigningCertificate(holder, { commonName, end }) {
      onEffect({ effect: "add-signing", holder, commonName, end });
      return notApplied(`adding a token signing certificate to ${holder.objectId}`);
    },
    async activate(holder, thumbprint) {
      onEffect({ effect: "activate-signing", holder, thumbprint });
      return notApplied(`activating the token signing certificate ${thumbprint} of ${holder.objectId}`);
    },
  };
}

export function createNoEffectFederation(inner: Federation, onEffect: OnEffect = () => {}): Federation {
  return {
    list: (holder, signal) => inner.list(holder, signal),
    async add(holder, { name }) {
      onEffect({ effect: "federate", holder, name });
      return notApplied(`adding the federated credential ${name} to ${holder.objectId}`);
    },
  };
}
