/** What a tenant's app management policies allow, and the codes with which the rest is refused. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, DAY, type Graph, graphAs, openDirectory } from "./entra.ts";
import { createClientKey } from "./signer.ts";

let directory: Directory;
let graph: Graph;
beforeEach(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
});
afterEach(() => directory.close());
const create = creator(() => graph);
const STANDARD = "/policies/defaultAppManagementPolicy";
const CUSTOM = "/policies/appManagementPolicies";

const inDays = (days: number) => new Date(directory.clock.now() + days * DAY).toISOString();
const add = (object: { id: string }, days?: number, kind = "applications") =>
  graph(
    "POST",
    `/${kind}/${object.id}/addPassword`,
    days === undefined ? {} : { passwordCredential: { endDateTime: inDays(days) } },
  );
const lifetime = (maxLifetime: string, more = {}) => ({
  restrictionType: "passwordLifetime",
  state: "enabled",
  maxLifetime,
  restrictForAppsCreatedAfterDateTime: "2014-01-01T00:00:00Z",
  ...more,
});
const forbid = { restrictionType: "passwordAddition", state: "enabled", maxLifetime: null };
const turnOn = (passwordCredentials: unknown[], more = {}) =>
  graph("PATCH", STANDARD, {
    isEnabled: true,
    applicationRestrictions: { passwordCredentials, keyCredentials: [] },
    ...more,
  });

describe("the tenant's default", () => {
  test("is always there, and off", async () => {
    const { body } = await graph("GET", STANDARD);
    expect(body).toMatchObject({ id: "00000000-0000-0000-0000-000000000000", isEnabled: false });
    const { "@odata.context": _, ...shown } = body;
    expect(mismatch("tenantAppManagementPolicy", shown)).toBeUndefined();
    expect((await add(await create())).status).toBe(200);
  });

  test("limits the life of new secrets, also of one without an end; old ones go on", async () => {
    const application = await create();
    const before = (await add(application, 700)).body;
    expect((await turnOn([lifetime("P180D")])).status).toBe(204);
    expect((await add(application, 180)).status).toBe(200);
    const refused = await add(application, 181);
    expect(codeOf(refused)).toEqual([400, "CredentialInvalidLifetimeAsPerAppPolicy"]);
    expect(refused.body.error.message).toContain("'00000000-0000-0000-0000-000000000000'");
    expect(refused.body.error.details).toMatchObject([{ code: "InvalidKeyEndDate", target: "EndDate" }]);
    expect(codeOf(await add(application))[1]).toBe("CredentialInvalidLifetimeAsPerAppPolicy");
    const held = (await graph("GET", `/applications/${application.id}`)).body.passwordCredentials;
    expect(held.map((one: { keyId: string }) => one.keyId)).toContain(before.keyId);
  });

  test("can forbid secrets, for applications made after a day, and for service principals apart", async () => {
    const old = await create();
    directory.clock.advance(10 * DAY);
    graph = await graphAs(directory);
    const since = new Date(directory.clock.now() - DAY).toISOString();
    await turnOn([{ ...forbid, restrictForAppsCreatedAfterDateTime: since }]);
    const young = await create();
    expect((await add(old)).status).toBe(200);
    expect(codeOf(await add(young))).toEqual([400, "CredentialTypeNotAllowedAsPerAppPolicy"]);
    const principal = (await graph("POST", "/servicePrincipals", { appId: young.appId })).body;
    expect((await add(principal, undefined, "servicePrincipals")).status).toBe(200);
    await graph("PATCH", STANDARD, {
      servicePrincipalRestrictions: { passwordCredentials: [forbid], keyCredentials: [] },
    });
    expect(codeOf(await add(principal, undefined, "servicePrincipals"))[1]).toBe(
      "CredentialTypeNotAllowedAsPerAppPolicy",
    );
  });

  test("limits certificates, and does nothing while a restriction or the policy is off", async () => {
    const now = directory.clock.now();
    const key = await createClientKey("CN=long", now - DAY, now + 400 * DAY);
    const keyCredentials = [{ restrictionType: "asymmetricKeyLifetime", state: "enabled", maxLifetime: "P365D" }];
    await graph("PATCH", STANDARD, {
      isEnabled: true,
      applicationRestrictions: { passwordCredentials: [lifetime("P1D", { state: "disabled" })], keyCredentials },
    });
    const application = await create();
    expect((await add(application, 90)).status).toBe(200);
    const entry = { type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") };
    const patch = () => graph("PATCH", `/applications/${application.id}`, { keyCredentials: [entry] });
    expect(codeOf(await patch())).toEqual([400, "CredentialInvalidLifetimeAsPerAppPolicy"]);
    await graph("PATCH", STANDARD, { isEnabled: false });
    expect((await patch()).status).toBe(204);
  });
});

describe("a policy of its own", () => {
  const make = (restrictions: unknown) =>
    graph("POST", CUSTOM, { displayName: "Exempt", isEnabled: true, restrictions });
  const reference = (id: string) => ({ "@odata.id": `https://graph.microsoft.com/v1.0${CUSTOM}/${id}` });

  test("is made, assigned to one object, takes the place of the default there, and is taken back", async () => {
    await turnOn([lifetime("P30D")]);
    const policy = (await make({ passwordCredentials: [lifetime("P365D")], keyCredentials: [] })).body;
    const { "@odata.context": _, ...shown } = policy;
    expect(mismatch("appManagementPolicy", shown)).toBeUndefined();
    const [application, other] = [await create(), await create()];
    const path = `/applications/${application.id}/appManagementPolicies`;
    expect((await graph("POST", `${path}/$ref`, reference(policy.id))).status).toBe(204);
    expect((await add(application, 300)).status).toBe(200);
    expect((await add(application, 400)).body.error.message).toContain(policy.id);
    expect(codeOf(await add(other, 300))[1]).toBe("CredentialInvalidLifetimeAsPerAppPolicy");
    expect((await graph("GET", path)).body.value).toMatchObject([{ id: policy.id }]);
    expect((await graph("GET", `${CUSTOM}/${policy.id}/appliesTo`)).body.value).toMatchObject([{ id: application.id }]);
    const second = (await make({ passwordCredentials: [], keyCredentials: [] })).body;
    expect(codeOf(await graph("POST", `${path}/$ref`, reference(second.id)))[0]).toBe(400);
    expect((await graph("DELETE", `${path}/${policy.id}/$ref`)).status).toBe(204);
    expect(codeOf(await add(application, 300))[1]).toBe("CredentialInvalidLifetimeAsPerAppPolicy");
    expect((await graph("DELETE", `${CUSTOM}/${second.id}`)).status).toBe(204);
    expect((await graph("GET", CUSTOM)).body.value).toHaveLength(1);
  });

  test("needs its own permission to be changed", async () => {
    const permissions = ["Policy.Read.All"];
    const [reader] = await directory.seed([{ name: "Reads", permissions, secrets: [{ end: "P30D" }] }]);
    const caller = await graphAs(directory, {
      clientId: reader?.appId ?? "",
      clientSecret: reader?.secrets[0]?.value ?? "",
    });
    expect((await caller("GET", STANDARD)).status).toBe(200);
    expect(codeOf(await caller("PATCH", STANDARD, { isEnabled: true }))).toEqual([403, "Authorization_RequestDenied"]);
  });
});

test("nobody gets round a policy by creating an application with its credentials, nor by symmetric keys", async () => {
  const symmetric = { restrictionType: "symmetricKeyAddition", state: "enabled" };
  const shortKeys = [{ restrictionType: "asymmetricKeyLifetime", state: "enabled", maxLifetime: "P30D" }];
  const restrictions = { passwordCredentials: [lifetime("P90D"), symmetric], keyCredentials: shortKeys };
  await graph("PATCH", STANDARD, { isEnabled: true, applicationRestrictions: restrictions });
  const make = (body: Record<string, unknown>) => graph("POST", "/applications", { displayName: "Made", ...body });
  const certificate = await createClientKey("CN=long", directory.clock.now(), directory.clock.now() + 300 * DAY);
  const key = { type: "AsymmetricX509Cert", usage: "Verify", key: certificate.der.toString("base64") };
  const tooLong = [400, "CredentialInvalidLifetimeAsPerAppPolicy"];
  expect(codeOf(await make({ passwordCredentials: [{}] }))).toEqual(tooLong);
  expect(codeOf(await make({ keyCredentials: [key] }))).toEqual(tooLong);
  expect((await make({ passwordCredentials: [{ endDateTime: inDays(60) }] })).status).toBe(201);
  const { id } = await create();
  const secretKey = { type: "Symmetric", usage: "Verify", key: "c2VjcmV0", endDateTime: inDays(10) };
  expect(codeOf(await graph("PATCH", `/applications/${id}`, { keyCredentials: [secretKey] }))).toEqual([
    400,
    "CredentialTypeNotAllowedAsPerAppPolicy",
  ]);
});

test("an assignment ends with its policy, and does not come back from the recycle bin", async () => {
  const application = await create();
  const assign = async () => {
    const policy = (await graph("POST", CUSTOM, { displayName: "Own", isEnabled: true, restrictions: {} })).body;
    const reference = { "@odata.id": `${directory.url}/v1.0/policies/appManagementPolicies/${policy.id}` };
    const assigned = await graph("POST", `/applications/${application.id}/appManagementPolicies/$ref`, reference);
    return { id: policy.id, status: assigned.status };
  };
  const first = await assign();
  expect([first.status, (await assign()).status]).toEqual([204, 400]);
  await graph("DELETE", `${CUSTOM}/${first.id}`);
  expect((await assign()).status).toBe(204);
  await graph("DELETE", `/applications/${application.id}`);
  await graph("POST", `/directory/deletedItems/${application.id}/restore`);
  expect((await graph("GET", `/applications/${application.id}/appManagementPolicies`)).body.value).toEqual([]);
});

test("what is not enforced cannot be turned on", async () => {
  const on = { state: "enabled", isStateSetByMicrosoft: false };
  const identifierUris = { nonDefaultUriAddition: on };
  const answer = await graph("PATCH", STANDARD, { isEnabled: true, applicationRestrictions: { identifierUris } });
  expect(codeOf(answer)).toEqual([501, "Directory_NotEmulated"]);
});
