/** Users and domains, as far as a manager of applications needs them: who owns what, and under which names. */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { countPage, listPage, selection } from "../graph/paging.ts";
import type { Entity, TenantRecord } from "../state/state.ts";
import { target } from "./objects.ts";

/** What a user shows without `$select`. */
const SHOWN =
  "id businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName".split(
    " ",
  );

export function listUsers(call: GraphCall): GraphAnswer {
  return listPage(call, "users", ({ entity }) => project(entity, call.query.select ?? SHOWN));
}

/** `GET /users/$count`. */
export function countUsers(call: GraphCall): GraphAnswer {
  return countPage(call, "users");
}

/** `GET /me`. */
export function showMe(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#users${selection(call.query)}/$entity`;
  const shown = project(target(call).entity, call.query.select ?? SHOWN);
  return { status: 200, body: { "@odata.context": context, ...shown } };
}

/** By object id or user principal name. */
export function readUser(call: GraphCall): GraphAnswer {
  const key = String(call.keys[0]);
  const { store } = call.services;
  const { tenantId } = call.caller;
  const found = store.find("users", tenantId, key) ?? store.named("users", tenantId, "userPrincipalName", key)[0];
  if (found === undefined) throw notFound(key);
  const context = `${call.request.origin}/v1.0/$metadata#users${selection(call.query)}/$entity`;
  return { status: 200, body: { "@odata.context": context, ...project(found.entity, call.query.select ?? SHOWN) } };
}

export function listDomains(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#domains`;
  return {
    status: 200,
    body: { "@odata.context": context, value: domains(call).map((one) => project(one, call.query.select)) },
  };
}

export function readDomain(call: GraphCall): GraphAnswer {
  const name = String(call.keys[0]).toLowerCase();
  const found = domains(call).find((one) => one.id === name);
  if (found === undefined) throw notFound(name);
  const context = `${call.request.origin}/v1.0/$metadata#domains/$entity`;
  return { status: 200, body: { "@odata.context": context, ...project(found, call.query.select) } };
}

function domains({ services, caller }: GraphCall): Entity[] {
  const tenant: TenantRecord | undefined = services.store.tenants.get(caller.tenantId);
  return (tenant?.domains ?? []).map(({ name, isDefault, isInitial }) => ({
    id: name,
    authenticationType: "Managed",
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault,
    isInitial,
    isRoot: true,
    isVerified: true,
    manufacturer: null,
    model: null,
    passwordNotificationWindowInDays: 14,
    passwordValidityPeriodInDays: 2_147_483_647,
    state: null,
    supportedServices: ["Email", "OfficeCommunicationsOnline"],
  }));
}
