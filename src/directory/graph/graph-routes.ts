import { listAudits } from "../resources/audit.ts";
import { listDeleted, purgeDeleted, readDeleted, restoreDeleted } from "../resources/deleted-items.ts";
import { LOG_OPTIONS } from "../resources/log-query.ts";
import {
  createApplication,
  createServicePrincipal,
  deleteObject,
  listObjects,
  readObject,
  updateObject,
} from "../resources/objects.ts";
import { addOwner, listOwners, removeOwner, showOrganization } from "../resources/owners.ts";
import { countUsers, listDomains, listUsers, readDomain, readUser } from "../resources/people.ts";
import { consentRoutes } from "./consent-routes.ts";
import { federatedRoutes, keyRoutes, SAML_ROUTE, secretRoutes } from "./credential-routes.ts";
import { delta } from "./delta.ts";
import type { GraphRoute } from "./graph-route.ts";
import type { Option } from "./odata.ts";
import { access } from "./permissions.ts";

const LIST: readonly Option[] = [
  "$select",
  "$filter",
  "$top",
  "$skiptoken",
  "$count",
  "$expand",
  "$search",
  "$orderby",
];

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
      units: kind === "applications" ? 2 : 1,
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
      options: ["$filter", "$search"],
      handle: (call) => listObjects(call, kind, "count"),
    },
    {
      method: "GET",
      path: `${path}/delta`,
      summary: `What changed among ${WORDS[kind].several}`,
      access: access.list,
      operation: "read",
      ownQuery: ["$select", "$filter", "$deltatoken"],
      handle: (call) => delta(call, kind),
    },
    {
      method: "POST",
      path,
      summary: `Create ${WORDS[kind].one}`,
      access: access.create,
      operation: "create",
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
      upsert: true,
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

export const graphRoutes: readonly GraphRoute[] = [
  ...objectRoutes("applications", "application"),
  ...objectRoutes("servicePrincipals", "servicePrincipal"),
  SAML_ROUTE,
  ...federatedRoutes(),
  ...binRoutes(),
  ...consentRoutes,
  {
    method: "GET",
    path: "/auditLogs/directoryAudits",
    summary: "The audit log: what changed, key ids before and after",
    access: access.logs,
    operation: "read",
    report: true,
    ownQuery: LOG_OPTIONS,
    handle: listAudits,
  },
  {
    method: "GET",
    path: "/users",
    summary: "List users",
    access: access.users,
    operation: "read",
    units: 2,
    entity: "user",
    options: ["$select", "$filter", "$top", "$skiptoken", "$count", "$search", "$orderby"],
    handle: listUsers,
  },
  {
    method: "GET",
    path: "/users/$count",
    summary: "Count users",
    access: access.users,
    operation: "read",
    entity: "user",
    options: ["$filter", "$search"],
    handle: countUsers,
  },
  {
    method: "GET",
    path: "/users/{id}",
    summary: "Read a user, by id or user principal name",
    access: access.users,
    operation: "read",
    entity: "user",
    options: ["$select"],
    handle: readUser,
  },
  {
    method: "GET",
    path: "/domains",
    summary: "List the tenant's domains",
    access: access.organization,
    operation: "read",
    entity: "domain",
    options: ["$select"],
    handle: listDomains,
  },
  {
    method: "GET",
    path: "/domains/{id}",
    summary: "Read a domain",
    access: access.organization,
    operation: "read",
    entity: "domain",
    options: ["$select"],
    handle: readDomain,
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
