/** Who owns what in the tenant, read a page of applications at a time. */
import type { Owner, OwnersList } from "../../ports/owners.ts";

export type { Owner, OwnersList } from "../../ports/owners.ts";

/** By the application's object id, and by the owner's in lower case. */
export interface Ownership {
  readonly ownersOf: ReadonlyMap<string, readonly Owner[]>;
  readonly ownedBy: ReadonlyMap<string, readonly string[]>;
}

/** @throws NolapseError as the directory does: never a part of it. */
export async function readOwnership(owners: OwnersList, signal?: AbortSignal): Promise<Ownership> {
  const ownersOf = new Map<string, readonly Owner[]>();
  const ownedBy = new Map<string, string[]>();
  let cursor: string | null = null;
  do {
    const page = await owners.ownersPage(cursor, signal);
    for (const { objectId, owners: own } of page.applications) {
      ownersOf.set(objectId, own);
      for (const one of own) {
        const id = one.id.toLowerCase();
        const known = ownedBy.get(id);
        if (known === undefined) ownedBy.set(id, [objectId]);
        else known.push(objectId);
      }
    }
    cursor = page.next;
  } while (cursor !== null);
  return { ownersOf, ownedBy };
}

/** The same with an application more, which a person owns: by the name that he is known by, if he is. */
export function withOwner({ ownersOf, ownedBy }: Ownership, objectId: string, owner: string): Ownership {
  const id = owner.toLowerCase();
  const before = ownedBy.get(id) ?? [];
  const known = before.flatMap((one) => ownersOf.get(one) ?? []).find((one) => one.id.toLowerCase() === id);
  return {
    ownersOf: new Map([...ownersOf, [objectId, [known ?? { id: owner, name: null, type: "person" }]]]),
    ownedBy: new Map([...ownedBy, [id, [...before, objectId]]]),
  };
}
