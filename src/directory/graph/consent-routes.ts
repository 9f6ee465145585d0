/** Rows of the route table about permissions: what was granted, to whom, and the signed-in user's own part of it. */
import { assignedRoles, assignRole, readAssignment, revokeRole } from "../resources/app-roles.ts";
import {
  assignDirectoryRole,
  listRoleAssignments,
  readRoleAssignment,
  removeRoleAssignment,
} from "../resources/directory-roles.ts";
import { createExtension, listExtensions, readExtension, removeExtension } from "../resources/extension-properties.ts";
import { deleteLogo, getLogo, putLogo } from "../resources/logo.ts";
import { showMe } from "../resources/people.ts";
import { createGrant, listGrants, readGrant, removeGrant, updateGrant } from "../resources/permission-grants.ts";
import type { GraphRoute } from "./graph-route.ts";
import type { Option } from "./odata.ts";
import { access } from "./permissions.ts";

const PAGED: readonly Option[] = ["$select", "$filter", "$top", "$skiptoken"];
const grants = { entity: "oAuth2PermissionGrant", access: access.grants } as const;
const reading = { method: "GET", operation: "read" } as const;

function grantRoutes(): GraphRoute[] {
  const all = { ...grants, path: "/oauth2PermissionGrants" } as const;
  const one = { ...grants, path: "/oauth2PermissionGrants/{id}", operation: "write" } as const;
  return [
    {
      ...all,
      ...reading,
      summary: "List delegated permission grants",
      options: PAGED,
      handle: (call) => listGrants(call),
    },
    {
      ...all,
      method: "POST",
      operation: "write",
      summary: "Grant delegated permissions",
      access: access.writeGrants,
      body: "required",
      handle: createGrant,
    },
    { ...one, ...reading, summary: "Read a delegated permission grant", handle: readGrant },
    {
      ...one,
      method: "PATCH",
      summary: "Change the scopes of a grant",
      access: access.writeGrants,
      body: "required",
      handle: updateGrant,
    },
    { ...one, method: "DELETE", summary: "Revoke a grant", access: access.writeGrants, handle: removeGrant },
    {
      ...grants,
      ...reading,
      path: "/servicePrincipals/{id}/oauth2PermissionGrants",
      target: "servicePrincipals",
      summary: "Delegated permissions granted to a service principal",
      options: PAGED,
      handle: (call) => listGrants(call, "clientId"),
    },
    {
      ...grants,
      ...reading,
      path: "/users/{id}/oauth2PermissionGrants",
      target: "users",
      summary: "Delegated permissions a user consented to",
      options: PAGED,
      handle: (call) => listGrants(call, "principalId"),
    },
  ];
}

/** appRoleAssignments of a principal, and appRoleAssignedTo of a resource. */
function assignmentRoutes(
  kind: "servicePrincipals" | "users",
  name: "appRoleAssignments" | "appRoleAssignedTo",
): GraphRoute[] {
  const side = name === "appRoleAssignments" ? "principalId" : "resourceId";
  const who = kind === "users" ? "a user" : "a service principal";
  const what = name === "appRoleAssignments" ? `to ${who}` : `on ${who}`;
  const all = { target: kind, path: `/${kind}/{id}/${name}`, entity: "appRoleAssignment" } as const;
  const one = { ...all, path: `${all.path}/{assignment}` } as const;
  return [
    {
      ...all,
      ...reading,
      summary: `List app roles granted ${what}`,
      access: access.read,
      ...(name === "appRoleAssignments" ? { units: 2 as const } : {}),
      options: PAGED,
      handle: (call) => assignedRoles(call, side),
    },
    {
      ...all,
      method: "POST",
      operation: "write",
      summary: `Grant an app role ${what}`,
      access: access.assignRoles,
      body: "required",
      handle: (call) => assignRole(call, side),
    },
    {
      ...one,
      ...reading,
      summary: "Read an app role assignment",
      access: access.read,
      handle: (call) => readAssignment(call, side),
    },
    {
      ...one,
      method: "DELETE",
      operation: "write",
      summary: "Revoke an app role",
      access: access.assignRoles,
      handle: (call) => revokeRole(call, side),
    },
  ];
}

function directoryRoleRoutes(): GraphRoute[] {
  const all = { path: "/roleManagement/directory/roleAssignments", entity: "unifiedRoleAssignment" } as const;
  const one = { ...all, path: `${all.path}/{id}` } as const;
  return [
    {
      ...all,
      ...reading,
      summary: "List who holds directory roles",
      access: access.readDirectoryRoles,
      options: PAGED,
      handle: listRoleAssignments,
    },
    {
      ...all,
      method: "POST",
      operation: "write",
      summary: "Give a user or service principal a directory role",
      access: access.assignDirectoryRoles,
      body: "required",
      handle: assignDirectoryRole,
    },
    {
      ...one,
      ...reading,
      summary: "Read the assignment of a directory role",
      access: access.readDirectoryRoles,
      handle: readRoleAssignment,
    },
    {
      ...one,
      method: "DELETE",
      operation: "write",
      summary: "Take a directory role away",
      access: access.assignDirectoryRoles,
      handle: removeRoleAssignment,
    },
  ];
}

function extensionRoutes(): GraphRoute[] {
  const all = {
    path: "/applications/{id}/extensionProperties",
    target: "applications",
    entity: "extensionProperty",
  } as const;
  const one = { ...all, path: `${all.path}/{extension}` } as const;
  return [
    {
      ...all,
      ...reading,
      summary: "List directory extensions",
      access: access.read,
      options: ["$select"],
      handle: listExtensions,
    },
    {
      ...all,
      method: "POST",
      operation: "write",
      summary: "Define a directory extension",
      access: access.write,
      body: "required",
      handle: createExtension,
    },
    { ...one, ...reading, summary: "Read a directory extension", access: access.read, handle: readExtension },
    {
      ...one,
      method: "DELETE",
      operation: "write",
      summary: "Remove a directory extension",
      access: access.write,
      handle: removeExtension,
    },
  ];
}

function logoRoutes(): GraphRoute[] {
  const logo = { path: "/applications/{id}/logo", target: "applications" } as const;
  return [
    // the address in info.logoUrl carries a version of its own
    { ...logo, ...reading, summary: "The logo", access: access.read, ownQuery: ["v"], handle: getLogo },
    { ...logo, method: "PUT", operation: "write", summary: "Set the logo", access: access.write, handle: putLogo },
    {
      ...logo,
      method: "DELETE",
      operation: "write",
      summary: "Remove the logo",
      access: access.write,
      handle: deleteLogo,
    },
  ];
}

export const consentRoutes: readonly GraphRoute[] = [
  ...grantRoutes(),
  ...assignmentRoutes("servicePrincipals", "appRoleAssignments"),
  ...assignmentRoutes("servicePrincipals", "appRoleAssignedTo"),
  ...assignmentRoutes("users", "appRoleAssignments"),
  ...directoryRoleRoutes(),
  ...extensionRoutes(),
  ...logoRoutes(),
  {
    ...reading,
    path: "/me",
    me: true,
    entity: "user",
    summary: "The signed-in user",
    access: access.me,
    options: ["$select"],
    handle: showMe,
  },
  {
    ...grants,
    ...reading,
    path: "/me/oauth2PermissionGrants",
    me: true,
    summary: "Delegated permissions the signed-in user consented to",
    options: PAGED,
    handle: (call) => listGrants(call, "principalId"),
  },
  {
    ...reading,
    path: "/me/appRoleAssignments",
    me: true,
    entity: "appRoleAssignment",
    summary: "App roles granted to the signed-in user",
    access: access.me,
    options: PAGED,
    handle: (call) => assignedRoles(call, "principalId"),
  },
];
