/** Every property of Graph's own schema: its type is checked, and what the service assigns is refused. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graphSchema, mismatch, type Property, structuredType } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
const paths = { application: "", servicePrincipal: "" };
beforeAll(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
  const application = await creator(() => graph)();
  const principal = (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
  paths.application = `/applications/${application.id}`;
  paths.servicePrincipal = `/servicePrincipals/${principal.id}`;
});
afterAll(() => directory.close());

/** A value of no type this property could have. */
const wrongFor = ({ type, collection }: Property) => {
  if (collection) return "no list";
  return type === "Edm.String" || type === "Edm.Binary" || type === "Edm.Guid" || type.startsWith("Edm.D") ? 5 : "no";
};

const READ_ONLY = {
  application:
    "id deletedDateTime appId applicationTemplateId certification createdByAppId createdDateTime disabledByMicrosoftStatus publisherDomain verifiedPublisher",
  servicePrincipal:
    "id deletedDateTime appId appDescription appDisplayName applicationTemplateId appOwnerOrganizationId createdByAppId disabledByMicrosoftStatus servicePrincipalType signInAudience verifiedPublisher oauth2PermissionScopes appRoles resourceSpecificApplicationPermissions",
} as const;

/** A value of the right type, for what the service assigns. */
const rightFor = ({ type, collection }: Property) => {
  if (collection) return [];
  if (type === "Edm.Guid") return "11111111-2222-4333-8444-555555555555";
  if (type === "Edm.DateTimeOffset") return "2031-01-01T00:00:00Z";
  return type.startsWith("Edm.") ? "x" : {};
};

describe.each(["application", "servicePrincipal"] as const)("%s", (type) => {
  const properties = [...structuredType(type).properties.values()];

  test.each(properties.map((one) => [one.name, one] as const))("%s of another type is refused", async (name, one) => {
    const answer = await graph("PATCH", paths[type], { [name]: wrongFor(one) });
    expect(codeOf(answer)).toEqual([400, "Request_BadRequest"]);
    expect(answer.body.error.message).toContain(`'${name}'`);
  });

  test.each(READ_ONLY[type].split(" "))("%s is read-only", async (name) => {
    const one = structuredType(type).properties.get(name);
    const answer = await graph("PATCH", paths[type], { [name]: rightFor(one as Property) });
    expect(codeOf(answer)).toEqual([400, "Request_BadRequest"]);
    expect(answer.body.error.message).toBe(`Property '${name}' is read-only and cannot be set.`);
  });
});

test("every type that a property has is known, or nothing could be checked", () => {
  const { types, enums } = graphSchema();
  for (const type of types.values()) {
    for (const { name, type: declared } of type.properties.values()) {
      const known = declared.startsWith("Edm.") || types.has(declared.slice(6)) || enums.has(declared.slice(6));
      expect(known, `${type.name}.${name}: ${declared}`).toBe(true);
      if (declared.startsWith("Edm.")) expect(mismatch(type.name, { [name]: Symbol("odd") })).toBeDefined();
    }
  }
});

test("what is written is what is read, of every kind of property", async () => {
  const id = "11111111-2222-4333-8444-555555555555";
  const body = {
    addIns: [{ id, type: "custom", properties: [{ key: "k", value: "v" }] }],
    authenticationBehaviors: { blockAzureADGraphAccess: true },
    isFallbackPublicClient: true,
    nativeAuthenticationApisEnabled: "all",
    optionalClaims: { idToken: [{ name: "email", essential: false }] },
    requestSignatureVerification: { isSignedRequestRequired: false, allowedWeakAlgorithms: "rsaSha1" },
    web: { redirectUriSettings: [{ uri: "https://a.example/r", index: 1 }] },
    tokenEncryptionKeyId: null,
  };
  expect((await graph("PATCH", paths.application, body)).status).toBe(204);
  const { authenticationBehaviors, ...shown } = body;
  const read = (await graph("GET", paths.application)).body;
  expect(read).toMatchObject(shown);
  expect(read).not.toHaveProperty("authenticationBehaviors");
  const selected = await graph("GET", `${paths.application}?$select=authenticationBehaviors,managerApplications`);
  expect(selected.body).toMatchObject({ authenticationBehaviors, managerApplications: [] });
  const unknownKey = await graph("PATCH", paths.application, { tokenEncryptionKeyId: id });
  expect(codeOf(unknownKey)).toEqual([400, "Request_BadRequest"]);
  const attributes = await graph("PATCH", paths.servicePrincipal, { customSecurityAttributes: {} });
  expect(codeOf(attributes)).toEqual([501, "Directory_NotEmulated"]);
});
