import { addPassword, removePassword } from "../resources/credentials.ts";
import {
  createFederated,
  listFederated,
  readFederated,
  removeFederated,
  updateFederated,
} from "../resources/federated-credentials.ts";
import { addKey, removeKey } from "../resources/key-credentials.ts";
import { addTokenSigningCertificate } from "../resources/token-signing-certificate.ts";
import type { GraphRoute, ObjectKind } from "./graph-route.ts";
import { access } from "./permissions.ts";

export function secretRoutes(kind: ObjectKind, entity: string): GraphRoute[] {
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

export function keyRoutes(kind: ObjectKind, entity: string): GraphRoute[] {
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

export function federatedRoutes(): GraphRoute[] {
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

export const SAML_ROUTE: GraphRoute = {
  method: "POST",
  path: "/servicePrincipals/{id}/addTokenSigningCertificate",
  summary: "Make a certificate that signs SAML tokens",
  access: access.write,
  operation: "addKey",
  target: "servicePrincipals",
  body: "required",
  handle: addTokenSigningCertificate,
};
