import {
  assignPolicy,
  createPolicy,
  listAssigned,
  listPolicies,
  policyAppliesTo,
  readDefaultPolicy,
  readPolicy,
  removePolicy,
  unassignPolicy,
  updateDefaultPolicy,
  updatePolicy,
} from "../resources/app-policies.ts";
import type { GraphRoute } from "./graph-route.ts";
import { access } from "./permissions.ts";

const standard = { path: "/policies/defaultAppManagementPolicy" } as const;
const all = { path: "/policies/appManagementPolicies" } as const;
const one = { path: `${all.path}/{policy}` } as const;
const reading = { method: "GET", access: access.readPolicies, operation: "read" } as const;
const writing = { access: access.writePolicies, operation: "write" } as const;

/** App management policies and their assignment. */
export const policyRoutes: readonly GraphRoute[] = [
  { ...reading, ...standard, summary: "The tenant's default app management policy", handle: readDefaultPolicy },
  {
    ...writing,
    ...standard,
    method: "PATCH",
    summary: "Change the default app management policy",
    body: "required",
    handle: updateDefaultPolicy,
  },
  { ...reading, ...all, summary: "List app management policies", handle: listPolicies },
  {
    ...writing,
    ...all,
    method: "POST",
    summary: "Make an app management policy",
    body: "required",
    handle: createPolicy,
  },
  { ...reading, ...one, summary: "Read an app management policy", handle: readPolicy },
  {
    ...writing,
    ...one,
    method: "PATCH",
    summary: "Change an app management policy",
    body: "required",
    handle: updatePolicy,
  },
  { ...writing, ...one, method: "DELETE", summary: "Remove an app management policy", handle: removePolicy },
  { ...reading, path: `${one.path}/appliesTo`, summary: "What a policy is assigned to", handle: policyAppliesTo },
  ...assignmentRoutes("applications"),
  ...assignmentRoutes("servicePrincipals"),
];

function assignmentRoutes(kind: "applications" | "servicePrincipals"): GraphRoute[] {
  const path = `/${kind}/{id}/appManagementPolicies`;
  return [
    { ...reading, path, target: kind, summary: "The policy assigned to an object", handle: listAssigned },
    {
      ...writing,
      method: "POST",
      path: `${path}/$ref`,
      target: kind,
      summary: "Assign a policy to an object",
      body: "required",
      handle: (call) => assignPolicy(call, kind),
    },
    {
      ...writing,
      method: "DELETE",
      path: `${path}/{policy}/$ref`,
      target: kind,
      summary: "Take a policy from an object",
      handle: (call) => unassignPolicy(call, kind),
    },
  ];
}
