/** Who asks. */

import { NolapseError } from "../core/errors.ts";
import type { Person } from "../core/policy/approval.ts";
import type { Role } from "./roles.ts";

export interface Caller {
  readonly kind: "person" | "application";
  /** The directory's object id, confirmed by its signature. */
  readonly objectId: string;
  /** The user's sign-in name, or the client id of an application. */
  readonly name: string;
  readonly displayName: string | null;
  /** Null: an application without a role; a person without one is an `Owner`, of what the directory says. */
  readonly role: Role | null;
}

/** The name in the audit trail. */
export function actorOf({ kind, name }: Caller): string {
  return `${kind === "person" ? "entra" : "entra-app"}:${name}`;
}

/** The caller as one of the two persons of an approval. @throws NolapseError `role-missing` for an application. */
export function personOf(caller: Caller): Person {
  if (caller.kind === "application") {
    throw new NolapseError("role-missing", "this takes a person, and the access token is an application's own", {
      next: "sign in as a person, or send a person's access token",
    });
  }
  return { actor: actorOf(caller), objectId: caller.objectId };
}
