import { assignedRoles, assignRole, revokeRole } from "./app-roles.ts";
import { listAudits } from "./audit.ts";
import { addPassword, removePassword } from "./credentials.ts";
import { listDeleted, purgeDeleted, readDeleted, restoreDeleted } from "./deleted-items.ts";
import { delta } from "./delta.ts";
import type { Operation } from "./faults.ts";
import {
  createFederated,
  listFederated,
  readFederated,
  removeFederated,
  updateFederated,
} from "./federated-credentials.ts";
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { addKey, removeKey } from "./key-credentials.ts";
import {
  createApplication,
  createServicePrincipal,
  deleteObject,
  listObjects,
  readObject,
  updateObject,
} from "./objects.ts";
import type { Option } from "./odata.ts";
import { addOwner, listOwners, removeOwner, showOrganization } from "./owners.ts";
import { type Access, access } from "./permissions.ts";
import { addTokenSigningCertificate } from "./token-signing-certificate.ts";

/** One row of the table of what this directory answers of Graph v1.0; docs/directory-coverage.md is made from it. */
export interface GraphRoute {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  summary: string;
  access: Access;
  /** What fault rules call it. */
  operation: Operation;
  /** The collection `{…}` in the path is looked up in. */
  target?: "applications" | "servicePrincipals";
  /** The type query options are checked against. */
  entity?: string;
  options?: readonly Option[];
  /** The handler reads the query options itself. */
  ownQuery?: true;
  body?: "required" | "optional";
  handle(call: GraphCall): GraphAnswer | Promise<GraphAnswer>;
}

const LIST: readonly Option[] = ["$select", "$filter", "$top", "$skiptoken", "$count", "$expand"];

type Kind = "applications" | "servicePrincipals";

/** Applications and service principals answer alike, so their rows are made by one function. */
function objectRoutes(kind: Kind, entity: "application" | "servicePrincipal"): GraphRoute[] {
  return [
    ...collectionRoutes(kind, entity),
    ...singleRoutes(kind, entity),
    ...secretRoutes(kind, entity),
    ...keyRoutes(kind, entity),
    ...ownerRoutes(kind),
  ];
}

const WORDS = {
  applications: { one: "an application", several: "applications" },
  servicePrincipals: { one: "a service principal", several: "service principals" },
} as const;

function collectionRoutes(kind: Kind, entity: string): GraphRoute[] {
  const path = `/${kind}`;
  const create = kind === "applications" ? createApplication : createServicePrincipal;
  return [
    {
      method: "GET",
      path,
      summary: `List ${WORDS[kind].several}`,
      access: access.list,
      operation: "read",
      entity,
      options: LIST,
      handle: (call) => listObjects(call, kind),
    },
    {
      method: "GET",
      path: `${path}/$count`,
      summary: `Count ${WORDS[kind].several}`,
      access: access.list,
      operation: "read",
      entity,
      options: ["$filter"],
      handle: (call) => listObjects(call, kind, "count"),
    },
    {
      method: "GET",
      path: `${path}/delta`,
      summary: `What changed among ${WORDS[kind].several}`,
      access: access.list,
      operation: "read",
      ownQuery: true,
      handle: (call) => delta(call, kind),
    },
    {
      method: "POST",
      path,
      summary: `Create ${WORDS[kind].one}`,
      access: access.create,
      operation: "write",
      entity,
      body: "required",
      handle: create,
    },
  ];
}

function singleRoutes(kind: Kind, entity: string): GraphRoute[] {
  const one = { path: `/${kind}/{id}`, target: kind, entity } as const;
  return [
    {
      ...one,
      method: "GET",
      summary: `Read ${WORDS[kind].one}`,
      access: access.read,
      operation: "read",
      options: ["$select", "$expand"],
      handle: (call) => readObject(call, kind),
    },
    {
      ...one,
      method: "PATCH",
      summary: `Update ${WORDS[kind].one}`,
      access: access.write,
      operation: "patch",
      body: "required",
      handle: (call) => updateObject(call, kind),
    },
    {
      ...one,
      method: "DELETE",
      summary: `Move ${WORDS[kind].one} to the recycle bin`,
      access: access.write,
      operation: "write",
      handle: (call) => deleteObject(call, kind),
    },
  ];
}

function secretRoutes(kind: Kind, entity: string): GraphRoute[] {
  const one = { method: "POST", target: kind, entity, access: access.write } as const;
  return [
    {
      ...one,
      path: `/${kind}/{id}/addPassword`,
      summary: "Add a client secret",
      operation: "addPassword",
      body: "optional",
      handle: (call) => addPassword(call, kind),
    },
    {
      ...one,
      path: `/${kind}/{id}/removePassword`,
      summary: "Remove a client secret",
      operation: "removePassword",
      body: "required",
      handle: (call) => removePassword(call, kind),
    },
  ];
}

function keyRoutes(kind: Kind, entity: string): GraphRoute[] {
  const one = { method: "POST", target: kind, entity, access: access.rollKey, body: "required" } as const;
  return [
    {
      ...one,
      path: `/${kind}/{id}/addKey`,
      summary: "Add a certificate by proof of possession",
      operation: "addKey",
      handle: (call) => addKey(call, kind),
    },
    {
      ...one,
      path: `/${kind}/{id}/removeKey`,
      summary: "Remove a certificate by proof of possession",
      operation: "removeKey",
      handle: (call) => removeKey(call, kind),
    },
  ];
}

function ownerRoutes(kind: Kind): GraphRoute[] {
  const path = `/${kind}/{id}/owners`;
  return [
    {
      method: "GET",
      path,
      summary: "List owners",
      access: access.read,
      operation: "read",
      target: kind,
      handle: listOwners,
    },
    {
      method: "POST",
      path: `${path}/$ref`,
      summary: "Add an owner",
      access: access.write,
      operation: "write",
      target: kind,
      body: "required",
      handle: (call) => addOwner(call, kind),
    },
    {
      method: "DELETE",
      path: `${path}/{owner}/$ref`,
      summary: "Remove an owner",
      access: access.write,
      operation: "write",
      target: kind,
      handle: (call) => removeOwner(call, kind),
    },
  ];
}

function federatedRoutes(): GraphRoute[] {
  const path = "/applications/{id}/federatedIdentityCredentials";
  const all = { path, target: "applications", entity: "federatedIdentityCredential" } as const;
  const one = { ...all, path: `${path}/{fic}` } as const;
  return [
    {
      ...all,
      method: "GET",
      summary: "List federated identity credentials",
      access: access.read,
      operation: "read",
      options: ["$select"],
      handle: listFederated,
    },
    {
      ...all,
      method: "POST",
      summary: "Add a federated identity credential",
      access: access.write,
      operation: "write",
      body: "required",
      handle: createFederated,
    },
    {
      ...one,
      method: "GET",
      summary: "Read a federated identity credential",
      access: access.read,
      operation: "read",
      handle: readFederated,
    },
    {
      ...one,
      method: "PATCH",
      summary: "Update a federated identity credential, or add it by name",
      access: access.write,
      operation: "write",
      body: "required",
      handle: updateFederated,
    },
    {
      ...one,
      method: "DELETE",
      summary: "Remove a federated identity credential",
      access: access.write,
      operation: "write",
      handle: removeFederated,
    },
  ];
}

function binRoutes(): GraphRoute[] {
  const path = "/directory/deletedItems";
  const one = { path: `${path}/{id}`, access: access.bin } as const;
  const list = (kind: Kind, type: string): GraphRoute => ({
    method: "GET",
    path: `${path}/microsoft.graph.${type}`,
    summary: `List deleted ${WORDS[kind].several}`,
    access: access.list,
    operation: "read",
    entity: type,
    options: ["$select"],
    handle: (call) => listDeleted(call, kind),
  });
  return [
    list("applications", "application"),
    list("servicePrincipals", "servicePrincipal"),
    {
      ...one,
      method: "GET",
      summary: "Read a deleted object",
      access: access.list,
      operation: "read",
      handle: readDeleted,
    },
    { ...one, method: "DELETE", summary: "Delete it for good", operation: "write", handle: purgeDeleted },
    {
      ...one,
      method: "POST",
      path: `${path}/{id}/restore`,
      summary: "Restore a deleted object",
      operation: "write",
      body: "optional",
      handle: restoreDeleted,
    },
  ];
}

const SAML_ROUTE: GraphRoute = {
  method: "POST",
  path: "/servicePrincipals/{id}/addTokenSigningCertificate",
  summary: "Make a certificate that signs SAML tokens",
  access: access.write,
  operation: "addKey",
  target: "servicePrincipals",
  body: "required",
  handle: addTokenSigningCertificate,
};

const principal = { target: "servicePrincipals", operation: "write" } as const;

export const graphRoutes: readonly GraphRoute[] = [
  ...objectRoutes("applications", "application"),
  ...objectRoutes("servicePrincipals", "servicePrincipal"),
  SAML_ROUTE,
  ...federatedRoutes(),
  ...binRoutes(),
  {
    ...principal,
    method: "GET",
    path: "/servicePrincipals/{id}/appRoleAssignments",
    summary: "List app roles granted to a service principal",
    access: access.read,
    operation: "read",
    handle: (call) => assignedRoles(call, "principalId"),
  },
  {
    ...principal,
    method: "GET",
    path: "/servicePrincipals/{id}/appRoleAssignedTo",
    summary: "List app roles granted on a service principal",
    access: access.read,
    operation: "read",
    handle: (call) => assignedRoles(call, "resourceId"),
  },
  {
    ...principal,
    method: "POST",
    path: "/servicePrincipals/{id}/appRoleAssignments",
    summary: "Grant an app role to a service principal",
    access: access.assignRoles,
    body: "required",
    handle: assignRole,
  },
  {
    ...principal,
    method: "POST",
    path: "/servicePrincipals/{id}/appRoleAssignedTo",
    summary: "Grant an app role on a service principal",
    access: access.assignRoles,
    body: "required",
    handle: assignRole,
  },
  {
    ...principal,
    method: "DELETE",
    path: "/servicePrincipals/{id}/appRoleAssignments/{assignment}",
    summary: "Revoke an app role",
    access: access.assignRoles,
    handle: revokeRole,
  },
  {
    ...principal,
    method: "DELETE",
    path: "/servicePrincipals/{id}/appRoleAssignedTo/{assignment}",
    summary: "Revoke an app role",
    access: access.assignRoles,
    handle: revokeRole,
  },
  {
    method: "GET",
    path: "/auditLogs/directoryAudits",
    summary: "The audit log: what changed, key ids before and after",
    access: access.logs,
    operation: "read",
    ownQuery: true,
    handle: listAudits,
  },
  {
    method: "GET",
    path: "/organization",
    summary: "The tenant's name and domains",
    access: access.organization,
    operation: "read",
    entity: "organization",
    options: ["$select"],
    handle: showOrganization,
  },
];
