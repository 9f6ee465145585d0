/** Who owns which application, for people who see only their own. */

export interface Owner {
  readonly id: string;
  /** Null where the directory does not say (a service principal without a name). */
  readonly name: string | null;
  readonly type: "person" | "other";
}

/** One page; at most twenty owners of an application, which is what Graph expands. */
export interface OwnersPage {
  readonly applications: readonly { readonly objectId: string; readonly owners: readonly Owner[] }[];
  readonly next: string | null;
}

/** The owners of all applications, a page of them in one request. Throws as the port Entra does. */
export interface OwnersList {
  ownersPage(cursor: string | null, signal?: AbortSignal): Promise<OwnersPage>;
}
