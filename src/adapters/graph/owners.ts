import type { HolderRef } from "../../core/credential.ts";
import type { Owners } from "../../ports/notices.ts";
import { describe, type GraphCalls } from "./calls.ts";
import { textAt } from "./json.ts";
import { list } from "./map.ts";

/** The owners of applications through Graph (learn.microsoft.com/graph/api/application-list-owners). */
export class GraphOwners implements Owners {
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
}
