/** What a manager reads: who changed which credential, and which credential signed in. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, DAY, type Graph, type GraphAnswer, graphAs, openDirectory, signIn } from "./entra.ts";
import { createClientKey } from "./signer.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
});
afterAll(() => directory.close());
const create = creator(() => graph);
const beta = async (path: string): Promise<GraphAnswer> => graph("GET", `${directory.url}/beta${path}`);

const audits = async (id: string): Promise<Record<string, unknown>[]> =>
  (await graph("GET", `/auditLogs/directoryAudits?$filter=targetResources/any(t:t/id eq '${id}')`)).body.value;
const activities = async (id: string) => (await audits(id)).map((one) => one.activityDisplayName).reverse();

/** Key ids in an entry, before and after. */
function keyIds(entry: Record<string, unknown>): [string[], string[]] {
  const [resource] = entry.targetResources as { modifiedProperties: Record<string, string>[] }[];
  const described = resource?.modifiedProperties.find((one) => one.displayName === "KeyDescription");
  const ids = (text = "[]") =>
    (JSON.parse(text) as string[]).map((one) => /KeyIdentifier=([0-9a-f-]{36}),/.exec(one)?.[1] ?? "");
  return [ids(described?.oldValue), ids(described?.newValue)];
}

describe("the audit log", () => {
  test("tells the life of an application and the key ids before and after each change", async () => {
    const application = await create();
    const path = `/applications/${application.id}`;
    const first = (await graph("POST", `${path}/addPassword`, { passwordCredential: { displayName: "one" } })).body;
    const second = (await graph("POST", `${path}/addPassword`, {})).body;
    await graph("POST", `${path}/removePassword`, { keyId: first.keyId });
    await graph("PATCH", path, { notes: "for the log" });
    await graph("DELETE", path);
    await graph("POST", `/directory/deletedItems/${application.id}/restore`);
    const credentials = "Update application – Certificates and secrets management ";
    expect(await activities(application.id)).toEqual([
      "Add application",
      credentials.replace("Update", "Create"),
      credentials,
      credentials,
      credentials,
      "Update application",
      "Delete application",
      "Restore application",
    ]);
    const entries = (await audits(application.id)).reverse();
    for (const entry of entries) expect(mismatch("directoryAudit", entry)).toBeUndefined();
    expect(entries.slice(1, 5).map(keyIds)).toEqual([
      [[], []],
      [[], [first.keyId]],
      [[first.keyId], [second.keyId, first.keyId]],
      [[second.keyId, first.keyId], [second.keyId]],
    ]);
    expect(JSON.stringify(entries)).not.toContain(first.secretText);
    expect(entries[5]?.targetResources).toMatchObject([
      { modifiedProperties: [{ displayName: "notes", oldValue: "null", newValue: '"for the log"' }] },
    ]);
    expect(entries[0]?.initiatedBy).toMatchObject({ app: { appId: directory.admin.clientId, displayName: "Nolapse" } });
  });

  test("calls a service principal's credentials by their own names, and names owners", async () => {
    const application = await create();
    const principal = (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
    const added = (await graph("POST", `/servicePrincipals/${principal.id}/addPassword`, {})).body;
    await graph("POST", `/servicePrincipals/${principal.id}/removePassword`, { keyId: added.keyId });
    expect(await activities(principal.id)).toEqual([
      "Add service principal",
      "Add service principal credentials",
      "Remove service principal credentials",
    ]);
    const reference = { "@odata.id": `${directory.url}/v1.0/directoryObjects/${principal.id}` };
    await graph("POST", `/applications/${application.id}/owners/$ref`, reference);
    await graph("DELETE", `/applications/${application.id}/owners/${principal.id}/$ref`);
    expect((await activities(application.id)).slice(-2)).toEqual([
      "Add owner to application",
      "Remove owner from application",
    ]);
  });

  test("says which app role was granted to whom, and revoked", async () => {
    const { appId } = await create();
    const principal = (await graph("POST", "/servicePrincipals", { appId })).body;
    const [resource] = (await graph("GET", "/servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).body.value;
    const role = resource.appRoles.find(({ value }: { value: string }) => value === "Application.Read.All");
    const body = { principalId: principal.id, resourceId: resource.id, appRoleId: role.id };
    const granted = await graph("POST", `/servicePrincipals/${principal.id}/appRoleAssignments`, body);
    expect(granted.status).toBe(201);
    await graph("POST", `/servicePrincipals/${principal.id}/appRoleAssignments`, body);
    await graph("DELETE", `/servicePrincipals/${principal.id}/appRoleAssignments/${granted.body.id}`);
    expect(await activities(resource.id), "what was refused is not in it").toEqual([
      "Add app role assignment to service principal",
      "Remove app role assignment from service principal",
    ]);
    const [revoked, added] = await audits(resource.id);
    const values = [
      ["AppRole.Id", role.id],
      ["AppRole.Value", "Application.Read.All"],
      ["ServicePrincipal.ObjectID", principal.id],
      ["ServicePrincipal.DisplayName", "Made by a test"],
    ].map(([displayName, value]) => ({ displayName, value: JSON.stringify(value) }));
    expect(added).toMatchObject({
      operationType: "Assign",
      targetResources: [
        {
          displayName: "Microsoft Graph",
          type: "ServicePrincipal",
          modifiedProperties: expect.arrayContaining(
            values.map(({ displayName, value }) => ({ displayName, oldValue: null, newValue: value })),
          ),
        },
      ],
    });
    expect(revoked).toMatchObject({
      operationType: "Unassign",
      targetResources: [
        {
          modifiedProperties: expect.arrayContaining(
            values.map(({ displayName, value }) => ({ displayName, oldValue: value, newValue: null })),
          ),
        },
      ],
    });
  });

  test("is filtered, paged newest first, and forgets after thirty days", async () => {
    const application = await create();
    for (let index = 0; index < 5; index += 1)
      await graph("PATCH", `/applications/${application.id}`, { notes: `${index}` });
    const filter = `$filter=activityDisplayName eq 'Update application' and targetResources/any(t:t/id eq '${application.id}')`;
    const first = await graph("GET", `/auditLogs/directoryAudits?${filter}&$top=2`);
    expect(first.body.value).toHaveLength(2);
    const notes = (answer: GraphAnswer) =>
      answer.body.value.map(
        (one: { targetResources: { modifiedProperties: { newValue: string }[] }[] }) =>
          one.targetResources[0]?.modifiedProperties[0]?.newValue,
      );
    const second = await graph("GET", first.body["@odata.nextLink"]);
    expect([...notes(first), ...notes(second)]).toEqual(['"4"', '"3"', '"2"', '"1"']);
    expect(codeOf(await graph("GET", "/auditLogs/directoryAudits?$filter=colour eq blue or 1"))[0]).toBe(400);
    directory.clock.advance(31 * DAY);
    graph = await graphAs(directory);
    expect(await audits(application.id)).toEqual([]);
  });

  test("needs its own permission", async () => {
    const [reader] = await directory.seed([
      { name: "Reads", permissions: ["Application.Read.All"], secrets: [{ end: "P30D" }] },
    ]);
    const caller = await graphAs(directory, {
      clientId: reader?.appId ?? "",
      clientSecret: reader?.secrets[0]?.value ?? "",
    });
    expect(codeOf(await caller("GET", "/auditLogs/directoryAudits"))).toEqual([403, "Authorization_RequestDenied"]);
  });
});

describe("the sign-in log and the credential report", () => {
  test("name the key id that signed in, of a secret and of a certificate", async () => {
    const now = directory.clock.now();
    const key = await createClientKey("CN=reported", now - DAY, now + 30 * DAY);
    const [app] = await directory.seed([{ name: "Reported", secrets: [{ end: "P30D" }] }]);
    const secret = app?.secrets[0];
    const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }];
    await graph("PATCH", `/applications/${app?.id}`, { keyCredentials });
    expect(await signIn(directory, app?.appId ?? "", secret?.value ?? "")).toBe(0);
    expect(await signIn(directory, app?.appId ?? "", "wrong")).toBe(7000215);
    const filter = `$filter=signInEventTypes/any(t: t eq 'servicePrincipal') and appId eq '${app?.appId}'`;
    const rows = (await beta(`/auditLogs/signIns?${filter}`)).body.value;
    expect(rows).toMatchObject([
      { servicePrincipalCredentialKeyId: null, clientCredentialType: "clientSecret", status: { errorCode: 7000215 } },
      {
        servicePrincipalCredentialKeyId: secret?.keyId,
        clientCredentialType: "clientSecret",
        status: { errorCode: 0 },
      },
    ]);
    const failed = await beta(`/auditLogs/signIns?${filter} and status/errorCode ne 0`);
    expect(failed.body.value).toHaveLength(1);

    const report = await beta(`/reports/appCredentialSignInActivities?$filter=appId eq '${app?.appId}'`);
    expect(report.body.value).toMatchObject([
      {
        keyId: secret?.keyId,
        keyType: "clientSecret",
        credentialOrigin: "application",
        appObjectId: app?.id,
        signInActivity: { lastSignInDateTime: rows[1].createdDateTime, lastSignInRequestId: rows[1].id },
      },
    ]);
    const [one] = report.body.value;
    expect((await beta(`/reports/appCredentialSignInActivities/${one.id}`)).body.keyId).toBe(secret?.keyId);
  });

  test("give the sign-ins of one client since an instant, in its order, and those of all without a client", async () => {
    const made = await directory.seed([
      { name: "One", secrets: [{ end: "P30D" }] },
      { name: "Other", secrets: [{ end: "P30D" }] },
    ]);
    const [one, other] = made.map(({ appId, secrets }) => ({ appId, value: secrets[0]?.value ?? "" }));
    const begun = new Date(directory.clock.now()).toISOString();
    for (const [client, value] of [
      [one, "wrong"],
      [other, other?.value],
      [one, one?.value],
    ] as const) {
      await signIn(directory, client?.appId ?? "", value ?? "");
      directory.clock.advance(1000);
    }
    const read = async (filter: string) =>
      (await beta(`/auditLogs/signIns?$filter=${filter}&$orderby=createdDateTime asc`)).body.value as {
        appId: string;
        createdDateTime: string;
        status: { errorCode: number };
      }[];
    const its = await read(`appId eq '${one?.appId}' and createdDateTime ge ${begun}`);
    expect(its.map(({ status }) => status.errorCode)).toEqual([7000215, 0]);
    const last = its[1]?.createdDateTime;
    expect(await read(`createdDateTime ge ${last} and appId eq '${one?.appId}'`)).toEqual(its.slice(1));
    const all = (await read(`createdDateTime ge ${begun}`)).filter(({ appId }) =>
      made.some((app) => app.appId === appId),
    );
    expect(all.map(({ appId }) => appId)).toEqual([one, other, one].map((app) => app?.appId));
    directory.restore(directory.state());
    expect(await read(`appId eq '${one?.appId}'`)).toEqual(its);
    expect(await read(`appId eq '${one?.appId?.toUpperCase()}'`)).toEqual([]);
  });

  test("are in beta only", async () => {
    expect((await graph("GET", "/auditLogs/signIns")).status).toBe(501);
    expect((await beta("/applications")).status).toBe(501);
  });
});
