/** What an application was granted in a tenant, read for one of them at a time. Nothing is granted or revoked through it. */
import type { Grant } from "../core/policy/privilege.ts";

/** A service principal as it stands in the tenant, with the number of credentials of its own. */
export interface Principal {
  readonly objectId: string;
  readonly enabled: boolean;
  readonly assignmentRequired: boolean;
  readonly secrets: number;
  readonly certificates: number;
}

/** An app role it was granted. */
export interface AppRoleGrant extends Grant {
  readonly resourceId: string;
  readonly resourceName: string | null;
}

/** Scopes it was granted of one resource: for everybody, or for one person. */
export interface ScopeGrant {
  readonly resourceId: string;
  readonly scopes: readonly string[];
  /** Null: for everybody. */
  readonly personId: string | null;
}

export interface AppRole {
  readonly id: string;
  readonly value: string | null;
  readonly displayName: string | null;
}

/** What a resource calls its permissions. */
export interface Resource {
  readonly appId: string;
  readonly displayName: string | null;
  readonly roles: readonly AppRole[];
  readonly scopes: readonly { readonly value: string | null; readonly displayName: string | null }[];
}

/** One page of a list; `next` is opaque, null on the last one. */
export interface ConsentPage<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Every method is exactly one request, and throws as the port Entra does. */
export interface Consents {
  /** @throws NolapseError `directory-absent` where the application has no service principal here. */
  principal(appId: string, signal?: AbortSignal): Promise<Principal>;
  appRoles(principalId: string, cursor: string | null, signal?: AbortSignal): Promise<ConsentPage<AppRoleGrant>>;
  scopes(principalId: string, cursor: string | null, signal?: AbortSignal): Promise<ConsentPage<ScopeGrant>>;
  /** The resource with this object id of its service principal. */
  resource(objectId: string, signal?: AbortSignal): Promise<Resource>;
}
