import type { HolderRef } from "../../core/credentials/credential.ts";
import type { Owners } from "../../ports/notices.ts";
import type { Owner, OwnersList, OwnersPage } from "../../ports/owners.ts";
import { describe, type GraphCalls } from "./calls.ts";
import { type JsonObject, textAt } from "./json.ts";
import { list, requiredText } from "./map.ts";

/** The owners of applications through Graph (learn.microsoft.com/graph/api/application-list-owners). */
export class GraphOwners implements Owners, OwnersList {
  readonly #calls: GraphCalls;

  constructor(calls: GraphCalls) {
    this.#calls = calls;
  }

  async mailOf(holder: HolderRef, signal?: AbortSignal): Promise<readonly string[]> {
    const pages = await this.#calls.readAll(
      `${this.#calls.address(holder)}/owners`,
      { what: `reading the owners of ${describe(holder)}` },
      signal,
    );
    const people = pages
      .flatMap((page) => list(page, "value"))
      .filter((one) => one["@odata.type"] === "#microsoft.graph.user");
    // mail is null where the tenant has no mailboxes; the sign-in name then often is an address
    const mails = people.map((one) => textAt(one, "mail") ?? textAt(one, "userPrincipalName"));
    return [...new Set(mails.filter((one) => one?.includes("@") === true && !one.includes("#EXT#")))] as string[];
  }

  async ownersPage(cursor: string | null, signal?: AbortSignal): Promise<OwnersPage> {
    const url =
      cursor === null ? this.#calls.url("applications?$expand=owners&$select=id") : this.#calls.sameOrigin(cursor);
    const { body } = await this.#calls.read(url, { what: "reading the owners of applications" }, signal);
    const applications = list(body, "value").map((one) => ({
      objectId: requiredText(one, "id"),
      owners: list(one, "owners").map(ownerOf),
    }));
    return { applications, next: this.#calls.next(body) };
  }
}

function ownerOf(one: JsonObject): Owner {
  const type = one["@odata.type"] === "#microsoft.graph.user" ? "person" : "other";
  const name = textAt(one, "displayName") ?? textAt(one, "userPrincipalName");
  return { id: requiredText(one, "id").toLowerCase(), name, type };
}
