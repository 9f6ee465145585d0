import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, DAY, type Graph, graphAs, graphWith, openDirectory, signIn } from "./entra.ts";

let directory: Directory;
let graph: Graph;

beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

const create = creator(() => graph);

describe("client secrets", () => {
  test("are shown once, and live two years where nothing is said", async () => {
    const application = await create();
    const { status, body } = await graph("POST", `/applications/${application.id}/addPassword`, {});
    expect(status).toBe(200);
    expect(body["@odata.context"]).toBe(`${directory.url}/v1.0/$metadata#microsoft.graph.passwordCredential`);
    expect(body.secretText).toMatch(/^.{3}8Q~.{34}$/);
    expect(body.hint).toBe(body.secretText.slice(0, 3));
    expect(body.startDateTime).toMatch(/^2031-03-01T12:00:00\.000\d{1,4}Z$/);
    expect(body.endDateTime).toBe(body.startDateTime.replace("2031", "2033"));
    const read = await graph("GET", `/applications/${application.id}`);
    expect(read.body.passwordCredentials).toEqual([
      {
        customKeyIdentifier: null,
        displayName: null,
        endDateTime: body.endDateTime,
        hint: body.hint,
        keyId: body.keyId,
        secretText: null,
        startDateTime: body.startDateTime,
      },
    ]);
    expect(JSON.stringify(directory.state())).not.toContain(body.secretText);
  });

  test("come newest first, with the client's own end kept, on either object", async () => {
    const application = await create();
    const principal = (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
    for (const path of [`/applications(appId='${application.appId}')`, `/servicePrincipals/${principal.id}`]) {
      const added: string[] = [];
      for (const displayName of ["a", "b", "c"]) {
        const { body } = await graph("POST", `${path}/addPassword`, {
          passwordCredential: { displayName, endDateTime: "2031-06-01T02:00:00.1234567+02:00" },
        });
        expect(body.endDateTime).toBe("2031-06-01T00:00:00.1234567Z");
        added.unshift(body.keyId);
      }
      const { body } = await graph("GET", path);
      expect(body.passwordCredentials.map((one: { keyId: string }) => one.keyId)).toEqual(added);
      expect((await graph("POST", `${path}/removePassword`, { keyId: added[1] })).status).toBe(204);
      const left = (await graph("GET", path)).body.passwordCredentials.map((one: { keyId: string }) => one.keyId);
      expect(left).toEqual([added[0], added[2]]);
    }
  });

  test("are refused with a wrong period, with a value of one's own, and beyond two for personal accounts", async () => {
    const application = await create({ signInAudience: "AzureADandPersonalMicrosoftAccount" });
    const add = (passwordCredential: Record<string, unknown>) =>
      graph("POST", `/applications/${application.id}/addPassword`, { passwordCredential });
    expect(codeOf(await add({ startDateTime: "2031-02-01T00:00:00Z" }))).toEqual([
      400,
      "KeyCredentialsInvalidStartDate",
    ]);
    expect(codeOf(await add({ endDateTime: "2031-02-01T00:00:00Z" }))).toEqual([400, "KeyCredentialsInvalidEndDate"]);
    expect(codeOf(await add({ startDateTime: "2031-05-01T00:00:00Z", endDateTime: "2031-04-01T00:00:00Z" }))).toEqual([
      400,
      "KeyCredentialsInvalidEndDate",
    ]);
    // two years after it there is no instant any more
    expect(codeOf(await add({ startDateTime: "9999-12-31T00:00:00Z" }))).toEqual([400, "KeyCredentialsInvalidEndDate"]);
    expect(codeOf(await add({ secretText: "mine" }))).toEqual([400, "Request_BadRequest"]);
    expect(codeOf(await add({ foo: "bar" }))).toEqual([400, "Request_BadRequest"]);
    expect(codeOf(await add({ endDateTime: "tomorrow" }))).toEqual([400, "Request_BadRequest"]);
    expect((await add({})).status).toBe(200);
    expect((await add({ endDateTime: "2299-12-31T00:00:00Z" })).status).toBe(200);
    expect((await add({})).body.error.message).toBe("You can only add a maximum of 2 encrypted credentials.");
  });

  test("can come with a new application, which is the one answer that shows the value", async () => {
    const passwordCredentials = [{ displayName: "from the start" }, {}];
    const made = await graph("POST", "/applications", { displayName: "With secrets", passwordCredentials });
    expect(made.status).toBe(201);
    expect(mismatch("application", made.body)).toBeUndefined();
    const [first, second] = made.body.passwordCredentials;
    expect(first).toMatchObject({ displayName: "from the start", hint: first.secretText.slice(0, 3) });
    expect(first.endDateTime.slice(0, 4)).toBe("2033");
    await graph("POST", "/servicePrincipals", { appId: made.body.appId });
    for (const { secretText } of [first, second]) expect(await signIn(directory, made.body.appId, secretText)).toBe(0);
    const read = (await graph("GET", `/applications/${made.body.id}`)).body.passwordCredentials;
    expect(read.map((one: { secretText: null }) => one.secretText)).toEqual([null, null]);
    for (const own of [{ secretText: "mine" }, { keyId: first.keyId }, { customKeyIdentifier: "bWluZQ==" }]) {
      const refused = await graph("POST", "/applications", { displayName: "Own", passwordCredentials: [own] });
      expect(codeOf(refused)).toEqual([400, "Request_BadRequest"]);
    }
    const three = { signInAudience: "PersonalMicrosoftAccount", passwordCredentials: [{}, {}, {}] };
    expect((await graph("POST", "/applications", { displayName: "Personal", ...three })).body.error.message).toBe(
      "You can only add a maximum of 2 encrypted credentials.",
    );
  });

  test("a lock of one usage leaves the other alone", async () => {
    const locked = async (lock: Record<string, boolean>) => {
      const servicePrincipalLockConfiguration = { isEnabled: true, ...lock };
      const { appId } = await create({ servicePrincipalLockConfiguration });
      const { id } = (await graph("POST", "/servicePrincipals", { appId })).body;
      const secret = await graph("POST", `/servicePrincipals/${id}/addPassword`, {});
      const pair = await graph("POST", `/servicePrincipals/${id}/addTokenSigningCertificate`, {
        displayName: "CN=saml",
      });
      return [secret.status, pair.status];
    };
    expect(await locked({ credentialsWithUsageVerify: true })).toEqual([400, 200]);
    expect(await locked({ credentialsWithUsageSign: true })).toEqual([200, 400]);
    expect(await locked({ allProperties: true })).toEqual([400, 400]);
    expect(await locked({ isEnabled: false, allProperties: true })).toEqual([200, 200]);
  });

  test("an unknown key id, and a locked service principal", async () => {
    const application = await create();
    const none = await graph("POST", `/applications/${application.id}/removePassword`, {
      keyId: "11111111-2222-4333-8444-555555555555",
    });
    expect(none.status).toBe(400);
    expect(none.body.error.message).toBe(
      "No password credential found with keyId '11111111-2222-4333-8444-555555555555'.",
    );
    const [locked] = (await graph("GET", "/servicePrincipals?$filter=displayName eq 'Locked Reporting'")).body.value;
    expect(codeOf(await graph("POST", `/servicePrincipals/${locked.id}/addPassword`, {}))).toEqual([
      400,
      "CannotUpdateLockedServicePrincipalProperty",
    ]);
  });
});

describe("callers", () => {
  test("need a token of this directory for Graph", async () => {
    for (const [token, message] of [
      ["", "Access token is empty."],
      ["abc", "CompactToken parsing failed with error code: 80049217"],
      ["a.b.c", "CompactToken validation failed with reason code: 80049228."],
    ] as const) {
      const answer = await graphWith(directory, token)("GET", "/applications");
      expect(codeOf(answer)).toEqual([401, "InvalidAuthenticationToken"]);
      expect(answer.body.error.message).toBe(message);
    }
  });

  const caller = async (...permissions: string[]) => {
    const [made] = await directory.seed([
      { name: `Caller ${permissions.join(" ")}`, permissions, secrets: [{ end: "P30D" }] },
    ]);
    return {
      graph: await graphAs(directory, { clientId: made?.appId ?? "", clientSecret: made?.secrets[0]?.value ?? "" }),
      id: made?.servicePrincipalId ?? "",
    };
  };

  test("without a permission are denied, and readers may not write", async () => {
    const nobody = await caller();
    expect(codeOf(await nobody.graph("GET", "/applications"))).toEqual([403, "Authorization_RequestDenied"]);
    for (const permission of ["Application.Read.All", "Directory.Read.All"]) {
      const reader = await caller(permission);
      const list = await reader.graph("GET", "/applications?$top=1");
      expect(list.status).toBe(200);
      const path = `/applications/${list.body.value[0].id}`;
      expect(codeOf(await reader.graph("POST", `${path}/addPassword`, {}))).toEqual([
        403,
        "Authorization_RequestDenied",
      ]);
      expect(codeOf(await reader.graph("PATCH", path, { notes: "x" }))).toEqual([403, "Authorization_RequestDenied"]);
    }
  });

  test("with OwnedBy work on what their service principal owns, and on nothing else", async () => {
    const keeper = await caller("Application.ReadWrite.OwnedBy");
    const [other] = (await graph("GET", "/applications?$filter=displayName eq 'Billing API'")).body.value;
    expect(codeOf(await keeper.graph("POST", `/applications/${other.id}/addPassword`, {}))).toEqual([
      403,
      "Authorization_RequestDenied",
    ]);
    expect(codeOf(await keeper.graph("GET", `/applications/${other.id}`))).toEqual([
      403,
      "Authorization_RequestDenied",
    ]);
    const own = await keeper.graph("POST", "/applications", { displayName: "Mine" });
    expect(own.status).toBe(201);
    expect((await keeper.graph("POST", `/applications/${own.body.id}/addPassword`, {})).status).toBe(200);
    expect((await keeper.graph("POST", "/servicePrincipals", { appId: own.body.appId })).status).toBe(201);
    const reference = { "@odata.id": `${directory.url}/v1.0/directoryObjects/${keeper.id}` };
    expect((await graph("POST", `/applications/${other.id}/owners/$ref`, reference)).status).toBe(204);
    expect((await keeper.graph("POST", `/applications/${other.id}/addPassword`, {})).status).toBe(200);
    expect((await graph("DELETE", `/applications/${other.id}/owners/${keeper.id}/$ref`)).status).toBe(204);
    expect((await keeper.graph("POST", `/applications/${other.id}/addPassword`, {})).status).toBe(403);
  });

  test("get a role from an app role assignment, in the next token", async () => {
    const later = await caller();
    const [resource] = (await graph("GET", "/servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).body.value;
    const grant = { principalId: later.id, resourceId: resource.id, appRoleId: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" };
    const made = await graph("POST", `/servicePrincipals/${resource.id}/appRoleAssignedTo`, grant);
    expect(made.status).toBe(201);
    expect((await graph("POST", `/servicePrincipals/${later.id}/appRoleAssignments`, grant)).body.error.message).toBe(
      "Permission being assigned already exists on the object",
    );
    expect((await later.graph("GET", "/applications?$top=1")).status).toBe(403);
    const [appId] = directory
      .state()
      .servicePrincipals.flatMap(({ entity }) => (entity.id === later.id ? String(entity.appId) : []));
    const secret = directory.state().applications.find(({ entity }) => entity.appId === appId)?.secrets ?? {};
    const value = directory.values.get(Object.keys(secret)[0] ?? "") ?? "";
    const again = await graphAs(directory, { clientId: appId ?? "", clientSecret: value });
    expect((await again("GET", "/applications?$top=1")).status).toBe(200);
    expect((await graph("DELETE", `/servicePrincipals/${later.id}/appRoleAssignments/${made.body.id}`)).status).toBe(
      204,
    );
  });
});

test("contoso has at least eight applications that end within 30 days with exactly one live secret", async () => {
  const now = directory.clock.now();
  const { body } = await graph("GET", "/applications?$top=999");
  const expiring = body.value.filter((application: { passwordCredentials: { endDateTime: string }[] }) => {
    const live = application.passwordCredentials.filter((one) => Date.parse(one.endDateTime) > now);
    return live.length === 1 && Date.parse(live[0]?.endDateTime ?? "") < now + 30 * DAY;
  });
  expect(expiring.length).toBeGreaterThanOrEqual(8);
  for (const application of expiring)
    expect(directory.values.get(application.passwordCredentials[0].keyId)).toBeDefined();
});
