/** Federated identity credentials through Graph (learn.microsoft.com/graph/api/resources/federatedidentitycredential). */
import type { HolderRef } from "../../core/credentials/credential.ts";
import type {
  AddFederatedOutcome,
  FederatedCredential,
  Federation,
  NewFederatedCredential,
} from "../../ports/federation.ts";
import { describe, type GraphCalls, requireType, unsettled } from "./calls.ts";
import { canonicalId, type JsonObject, parseObject, textAt } from "./json.ts";
import { list, optionalText, requiredText, unreadable } from "./map.ts";

export class GraphFederation implements Federation {
  readonly #calls: GraphCalls;

  constructor(calls: GraphCalls) {
    this.#calls = calls;
  }

  async list(holder: HolderRef, signal?: AbortSignal): Promise<readonly FederatedCredential[]> {
    const what = `reading the federated credentials of ${describe(holder)}`;
    const pages = await this.#calls.readAll(this.#address(holder), { what }, signal);
    return pages.flatMap((page) => list(page, "value").map(federatedFrom));
  }

  async add(holder: HolderRef, added: NewFederatedCredential, signal?: AbortSignal): Promise<AddFederatedOutcome> {
    const { name, issuer, subject, audiences, description } = added;
    const sent = await this.#calls.write(
      {
        method: "POST",
        url: this.#address(holder),
        body: JSON.stringify({ name, issuer, subject, audiences, description }),
        what: `adding the federated credential ${name} to ${describe(holder)}`,
        done: [200, 201],
      },
      signal,
    );
    if (sent.outcome !== "applied") return unsettled(sent);
    const id = textAt(parseObject(sent.answer.body), "id");
    if (id === null) return { outcome: "unknown", error: unreadable("the new federated credential's id is missing") };
    return { outcome: "applied", id: canonicalId(id) };
  }

  #address(holder: HolderRef): string {
    requireType(holder, "application");
    return `${this.#calls.address(holder)}/federatedIdentityCredentials`;
  }
}

function federatedFrom(entry: JsonObject): FederatedCredential {
  const { audiences } = entry;
  if (!Array.isArray(audiences) || !audiences.every((one) => typeof one === "string")) {
    throw unreadable("audiences is not a list of texts");
  }
  return {
    id: canonicalId(requiredText(entry, "id")),
    name: requiredText(entry, "name"),
    issuer: requiredText(entry, "issuer"),
    subject: optionalText(entry, "subject"),
    audiences,
  };
}
