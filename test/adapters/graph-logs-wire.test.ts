/** Graph's logs as they come: names, odd values and refusals that the embedded directory does not have. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { epochMs } from "../../src/core/time.ts";
import { clockAt, graphAt } from "../support/answering-graph.ts";
import { type Answer, AnsweringServer, graphError, json, text } from "../support/answering-server.ts";

const SINCE = epochMs(Date.UTC(2026, 2, 1));
const AT = "2026-03-01T09:12:44.0123456Z";
const clock = clockAt(SINCE);
const HOLDER = { type: "application", objectId: "aaaaaaaa-0000-4000-8000-000000000001", appId: "c11ent" } as const;
const KEY = "bbbbbbbb-0000-4000-8000-000000000002";

let server: AnsweringServer;
let origin: string;
beforeEach(async () => {
  server = new AnsweringServer(json(200, { access_token: "a.b.c", expires_in: 3599 }));
  origin = await server.listen();
});
afterEach(() => server.close());

const logs = () => graphAt(origin, clock).logs;
const changes = () => logs().credentialChanges(HOLDER, SINCE);
const signIns = () => logs().signIns("c11ent", SINCE);
const filterSent = () => new URL(server.arrived.at(-1)?.path ?? "", origin).searchParams.get("$filter");

const described = (newValue: string | null, oldValue: string | null = "[]") => ({
  activityDisplayName: "Update application – Certificates and secrets management ",
  activityDateTime: AT,
  result: "success",
  initiatedBy: { user: { id: "u", displayName: null, userPrincipalName: "ann@contoso.example" }, app: null },
  targetResources: [
    { id: "somebody-else", modifiedProperties: [] },
    {
      id: HOLDER.objectId.toUpperCase(),
      modifiedProperties: [
        { displayName: "Included Updated Properties", oldValue: null, newValue: '"KeyDescription"' },
        { displayName: "KeyDescription", oldValue, newValue },
      ],
    },
  ],
});
const keys = (...names: string[]) =>
  JSON.stringify(names.map((name) => `[KeyIdentifier=${KEY},KeyType=Password,KeyUsage=Verify,DisplayName=${name}]`));
const page = (...value: unknown[]): Answer => json(200, { value });

describe("the audit log", () => {
  it("is asked for by object and instant, at v1.0", async () => {
    server.graph = page();
    expect(await changes()).toEqual([]);
    expect(server.arrived.at(-1)?.path).toMatch(/^\/v1\.0\/auditLogs\/directoryAudits\?/);
    expect(filterSent()).toBe(
      `activityDateTime ge 2026-03-01T00:00:00Z and targetResources/any(t:t/id eq '${HOLDER.objectId}')`,
    );
  });

  it.each<[string, string | null]>([
    ["plain", "plain"],
    ["", null],
    ["with, commas = [and] brackets]", "with, commas = [and] brackets]"],
    ["two\nlines", "two\nlines"],
  ])("reads a key's name: %j", async (written, name) => {
    server.graph = page(described(keys(written)));
    expect(await changes()).toEqual([
      {
        at: Date.UTC(2026, 2, 1, 9, 12, 44, 12),
        actor: { kind: "user", id: "u", name: "ann@contoso.example" },
        before: [],
        after: [{ keyId: KEY, name }],
      },
    ]);
  });

  it.each<[string, object, number]>([
    [
      "an entry with the documented hyphen",
      { activityDisplayName: "Update application - Certificates and secrets management" },
      1,
    ],
    ["an entry of a service principal", { activityDisplayName: "Remove service principal credentials" }, 1],
    ["another activity", { activityDisplayName: "Update application" }, 0],
    ["a failure", { result: "failure" }, 0],
    ["an entry from before", { activityDateTime: "2026-02-28T23:59:59.9999999Z" }, 0],
    ["an entry of another object", { targetResources: [{ id: "x", modifiedProperties: [] }] }, 0],
  ])("takes %s for what it is", async (_, parts, count) => {
    server.graph = page({ ...described(keys("one")), ...parts });
    expect(await changes()).toHaveLength(count);
  });

  it("leaves out an entry in which nothing changed, and names nobody where the log does not", async () => {
    server.graph = page(described(keys("one"), keys("one")), { ...described(null, keys("one")), initiatedBy: null });
    expect(await changes()).toMatchObject([{ actor: { kind: "unknown", id: null, name: null }, after: [] }]);
  });

  it.each([
    ["no JSON", "[KeyIdentifier=1"],
    ["no list", '{"KeyIdentifier":"1"}'],
    ["no key ids", '["[KeyType=Password]"]'],
    ["no texts", "[1]"],
  ])("fails over a description that is %s", async (_, value) => {
    server.graph = page(described(value));
    await expect(changes()).rejects.toMatchObject({ code: "directory-failed" });
  });
});

it("tells one credential by one spelling, however a log or a report writes its id", async () => {
  const upper = KEY.toUpperCase();
  server.graph = page({
    ...described(keys("one").replace(KEY, upper)),
    id: "r-1",
    createdDateTime: AT,
    status: { errorCode: 0 },
    servicePrincipalCredentialKeyId: upper,
    federatedCredentialId: upper,
    keyId: upper,
    appId: "C11ENT",
    signInActivity: { lastSignInDateTime: AT },
  });
  expect((await changes())[0]?.after).toMatchObject([{ keyId: KEY }]);
  expect(await signIns()).toContainEqual(expect.objectContaining({ keyId: KEY, federatedId: KEY }));
  expect(await logs().lastUses(SINCE)).toMatchObject([{ appId: "c11ent", keyId: KEY }]);
});

it("tells our own sign-ins by one spelling, too: else they would be somebody's use of the new credential", async () => {
  const id = "0AB1C2D3-0000-4000-8000-00000000000F";
  server.graph = page({
    id,
    createdDateTime: AT,
    status: { errorCode: 0 },
    keyId: KEY,
    appId: "c",
    signInActivity: { lastSignInDateTime: AT, lastSignInRequestId: id },
  });
  const { token } = server;
  server.token = json(401, { error: "invalid_client", error_codes: [7000215], trace_id: `0aB1${id.slice(4)}` });
  const signIn = { authority: origin, tenant: "t", clientId: "c", scope: "s/.default" };
  const probe = await createVerifier({ clock, version: "1" }).probe(signIn, new SecretValue("x~1"));
  server.token = token;
  expect((await signIns()).map(({ requestId }) => requestId)).toContain(probe.requestId);
  expect((await logs().lastUses(SINCE)).map(({ requestId }) => requestId)).toEqual([probe.requestId]);
});

describe("the sign-in log", () => {
  const row = {
    id: "r-1",
    createdDateTime: AT,
    status: { errorCode: 0 },
    servicePrincipalCredentialKeyId: KEY,
    federatedCredentialId: null,
    ipAddress: "192.0.2.1",
    servicePrincipalName: "Billing",
    resourceDisplayName: "Vault",
  };
  const only =
    (flow: string, ...rows: unknown[]): Answer =>
    (request, response) =>
      page(...(decodeURIComponent(request.url ?? "").includes(`'${flow}'`) ? rows : []))(request, response);

  it("is asked for by client, instant and kind, in beta", async () => {
    const other = { ...row, id: "r-0", servicePrincipalCredentialKeyId: "", federatedCredentialId: "f" };
    server.graph = only("servicePrincipal", row, other);
    const at = Date.UTC(2026, 2, 1, 9, 12, 44, 12);
    const known = { flow: "application", client: "Billing", resource: "Vault", unnamed: false };
    const common = { at, succeeded: true, address: "192.0.2.1", ...known };
    expect(await signIns()).toEqual([
      { ...common, requestId: "r-0", keyId: null, federatedId: "f" },
      { ...common, requestId: "r-1", keyId: KEY, federatedId: null },
    ]);
    expect(server.arrived.at(-1)?.path).toMatch(/^\/beta\/auditLogs\/signIns\?/);
    const filters = server.arrived.map(({ path }) => new URL(path, origin).searchParams.get("$filter"));
    expect(filters.filter((one) => one !== null)).toEqual(
      ["servicePrincipal", "nonInteractiveUser", "interactiveUser"].map(
        (flow) =>
          `createdDateTime ge 2026-03-01T00:00:00Z and appId eq 'c11ent' and signInEventTypes/any(t: t eq '${flow}')`,
      ),
    );
  });

  it.each([
    ["servicePrincipal", "clientSecret", true],
    ["servicePrincipal", null, true],
    ["nonInteractiveUser", "clientAssertion", true],
    ["nonInteractiveUser", "none", false],
    ["servicePrincipal", "managedIdentity", false],
    ["interactiveUser", null, false],
  ])("says of a %s row by %s without a key id whether it may be anybody's", async (flow, type, unnamed) => {
    server.graph = only(flow, { ...row, servicePrincipalCredentialKeyId: null, clientCredentialType: type });
    const kind = flow === "servicePrincipal" ? "application" : "user";
    expect(await signIns()).toMatchObject([{ keyId: null, flow: kind, unnamed }]);
  });

  it("names no credential where the log writes zeros", async () => {
    server.graph = only("servicePrincipal", {
      ...row,
      servicePrincipalCredentialKeyId: "00000000-0000-0000-0000-000000000000",
    });
    expect(await signIns()).toMatchObject([{ keyId: null }]);
  });

  it("fails over a row that does not say how it ended", async () => {
    server.graph = page({ ...row, status: null });
    await expect(signIns()).rejects.toMatchObject({ code: "directory-failed" });
  });
});

describe("the report of last uses", () => {
  it("is one list of the tenant, read again only for whoever wants it fresh", async () => {
    const used = {
      keyId: KEY,
      appId: "c11ent",
      signInActivity: { lastSignInDateTime: AT, lastSignInRequestId: "r-1" },
    };
    server.graph = page(used, { keyId: "never", appId: "c11ent", signInActivity: null });
    const port = logs();
    const at = Date.UTC(2026, 2, 1, 9, 12, 44, 12);
    expect(await port.lastUses(SINCE)).toEqual([{ appId: "c11ent", keyId: KEY, at, requestId: "r-1" }]);
    await port.lastUses(epochMs(SINCE - 1));
    expect(server.count("appCredentialSignInActivities")).toBe(1);
    await port.lastUses(epochMs(SINCE + 1));
    expect(server.count("appCredentialSignInActivities")).toBe(2);
  });
});

/** What Graph says of a segment that this version, or this cloud, does not have. */
const UNKNOWN_SEGMENT = "Resource not found for the segment 'appCredentialSignInActivities'.";

describe("the report of last uses, which is in no national cloud", () => {
  const read = () => logs().lastUses(SINCE);

  it.each([
    ["a segment that is unknown", graphError(400, "BadRequest", UNKNOWN_SEGMENT)],
    ["an address that is unknown", graphError(404, "UnknownError")],
    ["an object that is unknown", graphError(404, "Request_ResourceNotFound")],
  ])("is said to be missing there, and what to do instead: %s", async (_, answer) => {
    server.graph = answer;
    await expect(read()).rejects.toMatchObject({
      code: "directory-unoffered",
      message: expect.stringMatching(
        /^reading when credentials were last used failed: .*this cloud's Graph has no such report$/,
      ),
      next: expect.stringMatching(/retire: after-overlap with consumers: complete/),
    });
  });

  it.each([
    ["a page that is asked for too late", graphError(400, "BadRequest", "The page token has expired.")],
    ["a request that was not understood", graphError(400, "Request_BadRequest")],
    ["a tenant that is being moved", graphError(409, "Request_Conflict")],
    ["a report that is gone for the moment", graphError(423, "Locked")],
  ])("keeps its own words for what says nothing of the kind: %s", async (_, answer) => {
    server.graph = answer;
    await expect(read()).rejects.toMatchObject({
      code: "directory-refused",
      message: expect.not.stringContaining("no such report"),
    });
  });

  it("is not said of a log, which may be refused for how it was asked", async () => {
    server.graph = graphError(400, "BadRequest");
    await expect(signIns()).rejects.toMatchObject({ code: "directory-refused" });
  });
});

describe.each([
  ["the audit log", changes],
  ["the sign-in log", signIns],
  ["the report", () => logs().lastUses(SINCE)],
])("%s", (_, read) => {
  it("names the permissions it lacks", async () => {
    server.graph = graphError(403, "Authorization_RequestDenied");
    await expect(read()).rejects.toMatchObject({
      code: "directory-forbidden",
      next: expect.stringMatching(
        /^grant AuditLog.Read.All and Directory.Read.All: az ad app permission add --id nolapse-id/,
      ),
    });
  });

  it("says that the tenant has no licence for it", async () => {
    server.graph = graphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant");
    await expect(read()).rejects.toMatchObject({
      code: "directory-unlicensed",
      next: "this log needs a Microsoft Entra ID P1 or P2 licence in the tenant",
    });
  });

  it.each<[string, Answer, string]>([
    ["429", json(429, {}, { "Retry-After": "10" }), "directory-throttled"],
    ["503", json(503, {}), "directory-failed"],
    ["a page of a proxy", text(200, "<html>"), "directory-failed"],
    ["no list", json(200, { value: null }), "directory-failed"],
  ])("is never empty for a failure: %s", async (_name, answer, code) => {
    server.graph = answer;
    await expect(read()).rejects.toMatchObject({ code });
  });

  it("is never a part of itself: a page that cannot be had fails the whole", async () => {
    server.graph = (request, response) => {
      const first = request.url?.includes("skiptoken") !== true;
      const next = `${origin}/beta/x?$skiptoken=2`;
      (first ? json(200, { "@odata.nextLink": next, value: [] }) : json(500, {}))(request, response);
    };
    await expect(read()).rejects.toMatchObject({ code: "directory-failed" });
    expect(server.count("skiptoken")).toBe(1);
  });
});
