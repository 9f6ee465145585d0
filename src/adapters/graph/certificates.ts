/**
 * The certificates of one object through Graph (learn.microsoft.com/graph/api/application-addkey, -removekey, -update).
 * Entries go back as the text they came as; see raw-json.ts.
 */
import { X509Certificate } from "node:crypto";
import type { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { HolderRef } from "../../core/credentials/credential.ts";
import { asNolapseError } from "../../core/errors.ts";
import { formatInstant } from "../../core/time.ts";
import type {
  AddCertificateOutcome,
  CertificateEntry,
  CertificateReading,
  Certificates,
  NewCertificate,
  ReplaceOutcome,
} from "../../ports/certificates.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RemoveCredentialOutcome } from "../../ports/entra.ts";
import {
  describe,
  type GraphCalls,
  removalOf,
  requestOf,
  requireSame,
  type Settled,
  serviceTimeOf,
  unsettled,
  wholeSeconds,
} from "./calls.ts";
import { canonicalId, parseObject, textAt } from "./json.ts";
import { pemOfKey } from "./key-property.ts";
import { certificateFrom, requiredText, unreadable } from "./map.ts";
import { proofOfPossession } from "./proof.ts";
import { rawElements } from "./raw-json.ts";

const SELECTED = "id,appId,keyCredentials";

export class GraphCertificates implements Certificates {
  readonly #calls: GraphCalls;
  readonly #clock: Clock;

  constructor(calls: GraphCalls, clock: Clock) {
    this.#calls = calls;
    this.#clock = clock;
  }

  async readCertificates(holder: HolderRef, signal?: AbortSignal): Promise<CertificateReading> {
    const { body, answer } = await this.#calls.read(
      `${this.#calls.address(holder)}?$select=${SELECTED}`,
      { what: `reading the certificates of ${describe(holder)}` },
      signal,
    );
    requireSame(holder, requiredText(body, "id"));
    // a part of the list, sent back as the whole, would remove the rest
    if ("keyCredentials@odata.nextLink" in body) throw unreadable("keyCredentials is only a part of the list");
    const raw = rawElements(answer.body, "keyCredentials");
    if (raw === null) throw unreadable("keyCredentials is missing or not a list");
    return { entries: raw.map(entryFrom), serviceTime: serviceTimeOf(answer) };
  }

  async addKey(
    holder: HolderRef,
    added: NewCertificate,
    proof: CertificateValue,
    signal?: AbortSignal,
  ): Promise<AddCertificateOutcome> {
    const sent = await this.#roll(
      holder,
      { action: "addKey", what: `adding a certificate to ${describe(holder)}`, done: [200, 201] },
      { keyCredential: keyCredentialOf(added), passwordCredential: null },
      proof,
      signal,
    );
    if (sent.outcome !== "applied") return unsettled(sent);
    const keyId = textAt(parseObject(sent.answer.body), "keyId");
    if (keyId === null) return { outcome: "unknown", error: unreadable("the new certificate's key id is missing") };
    return { outcome: "applied", keyId: canonicalId(keyId), ...requestOf(sent.answer) };
  }

  async removeKey(
    holder: HolderRef,
    keyId: string,
    proof: CertificateValue,
    signal?: AbortSignal,
  ): Promise<RemoveCredentialOutcome> {
    const what = `removing certificate ${keyId} from ${describe(holder)}`;
    return removalOf(
      await this.#roll(holder, { action: "removeKey", what, done: [200, 204] }, { keyId }, proof, signal),
    );
  }

  async replaceCertificates(
    holder: HolderRef,
    list: { readonly kept: readonly string[]; readonly added: readonly NewCertificate[] },
    signal?: AbortSignal,
  ): Promise<ReplaceOutcome> {
    for (const raw of list.kept) {
      if (parseObject(raw) === null) throw new TypeError("an entry to be kept is no JSON object");
    }
    const entries = [...list.kept, ...list.added.map((one) => JSON.stringify(keyCredentialOf(one)))];
    const sent = await this.#calls.write(
      {
        method: "PATCH",
        url: this.#calls.address(holder),
        body: `{"keyCredentials":[${entries.join(",")}]}`,
        what: `writing the certificates of ${describe(holder)}`,
        done: [200, 204],
      },
      signal,
    );
    return sent.outcome === "applied" ? { outcome: "applied", ...requestOf(sent.answer) } : unsettled(sent);
  }

  /** One of the two actions that take a proof of possession. */
  async #roll(
    holder: HolderRef,
    write: { readonly action: "addKey" | "removeKey"; readonly what: string; readonly done: readonly number[] },
    body: Readonly<Record<string, unknown>>,
    value: CertificateValue,
    signal?: AbortSignal,
  ): Promise<Settled> {
    let proof: string;
    try {
      proof = proofOfPossession(holder, value, await this.#clock.now(signal));
    } catch (thrown) {
      signal?.throwIfAborted();
      // no clock, or a key that cannot sign: nothing was sent, as without a token
      return { outcome: "not-applied", error: asNolapseError(thrown), answer: null };
    }
    return this.#calls.write(
      {
        method: "POST",
        url: `${this.#calls.address(holder)}/${write.action}`,
        body: JSON.stringify({ ...body, proof }),
        what: write.what,
        done: write.done,
        hidden: [proof],
        proof: true,
      },
      signal,
    );
  }
}

/** One entry of the list from its own text. @throws NolapseError `directory-failed` when it is none. */
export function entryFrom(raw: string): CertificateEntry {
  const entry = parseObject(raw);
  if (entry === null) throw unreadable("keyCredentials holds something that is no object");
  return {
    credential: certificateFrom(entry),
    certificate: pemOfKey(entry.key),
    // whatever else a list can hold has a hidden part, which a PATCH would lose
    resendable: entry.type === "AsymmetricX509Cert" && entry.usage !== "Sign",
    raw,
  };
}

/** A client certificate as Graph takes it; the public part only. @throws TypeError when it is no certificate. */
function keyCredentialOf(added: NewCertificate) {
  return {
    type: "AsymmetricX509Cert",
    usage: "Verify",
    keyId: added.keyId,
    displayName: added.displayName,
    startDateTime: formatInstant(wholeSeconds(added.start)),
    endDateTime: formatInstant(wholeSeconds(added.end)),
    key: derOf(added.certificate).toString("base64"),
  };
}

function derOf(pem: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch {
    throw new TypeError("a certificate in PEM is needed");
  }
}
