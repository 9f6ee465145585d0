/** What an application was granted, as Graph lists it: request by request, page by page, and never a failure as an empty list. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { epochMs } from "../../src/core/time.ts";
import { APP_ROLES, GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import { keepingResources, readConsent } from "../../src/engine/views/consent.ts";
import { graphAs } from "../directory/entra.ts";
import { clockAt, graphAt } from "../support/answering-graph.ts";
import { AnsweringServer, graphError, json, reset } from "../support/answering-server.ts";
import { type GraphBench, openGraph, plant, principalOf } from "../support/graph-bench.ts";

const NOW = epochMs(Date.UTC(2026, 2, 1));
const clock = clockAt(NOW);
const APP = "aaaaaaaa-0000-4000-8000-000000000001";
const PRINCIPAL = { id: "sp", appId: APP, accountEnabled: null, passwordCredentials: [], keyCredentials: [] };

describe("as it comes", () => {
  let server: AnsweringServer;
  let origin: string;
  beforeEach(async () => {
    server = new AnsweringServer(json(200, { access_token: "a.b.c", expires_in: 3599 }));
    origin = await server.listen();
  });
  afterEach(() => server.close());

  const consents = () => graphAt(origin, clock).consents;

  it("is one request each, on v1.0, and a next page only from where the first was", async () => {
    const value = [{ principalId: "sp", appRoleId: "ROLE", resourceId: "res", resourceDisplayName: "Billing" }];
    server.graph = json(200, { value, "@odata.nextLink": `${origin}/v1.0/x?$skiptoken=y` });
    expect(await consents().appRoles("sp", null)).toEqual({
      items: [{ principalId: "sp", roleId: "role", resourceId: "res", resourceName: "Billing" }],
      next: `${origin}/v1.0/x?$skiptoken=y`,
    });
    const graph = server.arrived.filter(({ path }) => path.startsWith("/v1.0/"));
    expect(graph.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /v1.0/servicePrincipals/sp/appRoleAssignments?$top=999",
    ]);
    await expect(consents().scopes("sp", "https://evil.example/v1.0/x")).rejects.toMatchObject({
      code: "directory-failed",
    });
    server.graph = json(200, { ...PRINCIPAL, appId: "bbbb" });
    await expect(consents().principal(APP)).rejects.toMatchObject({ code: "directory-failed" });
  });

  it("counts a certificate for signing once, and takes null as enabled, as sign-in does", async () => {
    const keys = ["Sign", "Verify"].map((usage) => ({ usage, keyId: usage, customKeyIdentifier: "same" }));
    server.graph = json(200, {
      ...PRINCIPAL,
      keyCredentials: [...keys, { keyId: "other" }],
      passwordCredentials: [{}],
    });
    expect(await consents().principal(APP)).toEqual({
      ...{ objectId: "sp", enabled: true, assignmentRequired: false, secrets: 1, certificates: 2 },
    });
  });

  it("absent is nothing granted; forbidden, broken and unreachable are not known", async () => {
    server.graph = graphError(404, "Request_ResourceNotFound");
    expect(await readConsent(consents(), APP)).toEqual({
      ...{ principal: null, application: [], delegated: [], unread: [], cut: [] },
    });
    const answers = [
      [graphError(403, "Authorization_RequestDenied"), "directory-forbidden"],
      [graphError(503, "ServiceUnavailable"), "directory-failed"],
      [reset, "directory-unreachable"],
    ] as const;
    for (const [answer, code] of answers) {
      server.graph = answer;
      expect(await readConsent(consents(), APP), code).toMatchObject({
        ...{ principal: null, application: null, delegated: null },
        unread: [{ part: "servicePrincipal", error: { code } }],
      });
    }
  });

  it("a list without an end is cut and says so; a resource that cannot be read leaves ids, and what makes privileged", async () => {
    const roleId = "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9";
    server.graph = (request, response) => {
      const path = request.url ?? "";
      const scopes = { resourceId: "res", scope: "User.Read", consentType: "Principal", principalId: path };
      if (path.includes("(appId=")) json(200, PRINCIPAL)(request, response);
      else if (path.includes("/oauth2PermissionGrants"))
        json(200, { value: [scopes], "@odata.nextLink": `${origin}/v1.0/oauth2PermissionGrants/more` })(
          request,
          response,
        );
      else if (path.includes("/appRoleAssignments"))
        json(200, { value: [{ principalId: "sp", appRoleId: roleId, resourceId: "res" }] })(request, response);
      else graphError(403, "Authorization_RequestDenied")(request, response);
    };
    const told = await readConsent(consents(), APP);
    expect(told).toMatchObject({
      application: [{ value: "Application.ReadWrite.All", displayName: null, resource: null, privileged: true }],
      delegated: [{ value: "User.Read", resource: null, everybody: false }],
      unread: [{ part: "names", error: { code: "directory-forbidden" } }],
      cut: ["delegated"],
    });
    expect(server.arrived.filter(({ path }) => path.includes("oauth2PermissionGrants"))).toHaveLength(10);
  });

  /** An application with app roles of so many resources; of what is asked for beside them `refuses` says what is refused, and how. */
  const granted = (resources: number, refuses: (path: string) => ReturnType<typeof graphError> | null) => {
    const value = Array.from({ length: resources }, (_, one) => ({
      ...{ principalId: "sp", appRoleId: "role", resourceId: `res-${one}` },
    }));
    const named = { id: "res", appId: "billing", displayName: "Billing", appRoles: [], oauth2PermissionScopes: [] };
    server.graph = (request, response) => {
      const path = request.url ?? "";
      const refused = refuses(path);
      if (refused !== null) return refused(request, response);
      const lists = path.includes("/appRoleAssignments") ? { value } : { value: [] };
      const isList = path.includes("/appRoleAssignments") || path.includes("/oauth2PermissionGrants");
      json(200, path.includes("(appId=") ? PRINCIPAL : isList ? lists : named)(request, response);
    };
  };
  const asked = () => server.arrived.filter(({ path }) => path.startsWith("/v1.0/")).map(({ path }) => path);

  it("names of resources are asked for once, however often somebody looks", async () => {
    granted(3, () => null);
    const kept = keepingResources(consents());
    expect((await readConsent(kept, APP)).application?.map(({ resource }) => resource)).toEqual(
      Array(3).fill("Billing"),
    );
    expect(asked()).toHaveLength(6);
    expect((await readConsent(kept, APP)).application?.map(({ resource }) => resource)).toEqual(
      Array(3).fill("Billing"),
    );
    expect(asked()).toHaveLength(9);
  });

  it("what failed is asked for anew, and of very many names the oldest are", async () => {
    let fails = true;
    granted(1, (path) => (fails && path.includes("res-0") ? graphError(403, "Authorization_RequestDenied") : null));
    const kept = keepingResources(consents());
    expect((await readConsent(kept, APP)).unread).toHaveLength(1);
    fails = false;
    expect((await readConsent(kept, APP)).unread).toEqual([]);
    for (let one = 1; one <= 100; one += 1) await kept.resource(`res-${one}`);
    const before = asked().length;
    await kept.resource("res-100");
    expect(asked()).toHaveLength(before);
    await kept.resource("res-0");
    expect(asked()).toHaveLength(before + 1);
  });

  it.each([
    ["the names", "res-1", { application: { length: 20 }, delegated: [] }, ["names"], 5],
    ["the first list", "appRoleAssignments", { application: null, delegated: null }, ["application", "delegated"], 2],
  ] as const)(
    "told to slow down at %s, it asks nothing more and says what is left",
    async (_, at, told, parts, requests) => {
      granted(20, (path) => (path.includes(at) ? graphError(429, "TooManyRequests") : null));
      const { unread, ...rest } = await readConsent(consents(), APP);
      expect(rest).toMatchObject({ principal: { objectId: "sp" }, ...told });
      expect(unread.map(({ part }) => part)).toEqual(parts);
      expect(new Set(unread.map(({ error }) => error.code))).toEqual(new Set(["directory-throttled"]));
      expect(asked()).toHaveLength(requests);
    },
  );

  it("one resource whose answer cannot be read leaves the names of all others", async () => {
    granted(3, (path) => (path.includes("res-1") ? json(200, { id: 7 }) : null));
    const { application, unread } = await readConsent(consents(), APP);
    expect(application).toHaveLength(3);
    expect(unread.map(({ error }) => error.code)).toEqual(["directory-failed"]);
  });

  it("the same id on another resource than Graph is no privilege", async () => {
    const roleId = "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9";
    const roles = [{ id: roleId, value: "Bills.Write", displayName: "Write bills" }];
    server.graph = (request, response) => {
      const path = request.url ?? "";
      const body = path.includes("(appId=")
        ? PRINCIPAL
        : path.includes("/oauth2PermissionGrants")
          ? { value: [] }
          : path.includes("/appRoleAssignments")
            ? { value: [{ principalId: "sp", appRoleId: roleId, resourceId: "res" }] }
            : { id: "res", appId: "billing", displayName: "Billing", appRoles: roles, oauth2PermissionScopes: [] };
      json(200, body)(request, response);
    };
    expect((await readConsent(consents(), APP)).application).toEqual([
      {
        ...{ resourceId: "res", resource: "Billing", roleId },
        ...{ value: "Bills.Write", displayName: "Write bills", privileged: false },
      },
    ]);
  });
});

describe("in the directory", () => {
  let bench: GraphBench;
  beforeEach(async () => {
    bench = await openGraph("contoso");
  });
  afterEach(() => bench.close());

  it("is what was granted there", async () => {
    const { holder } = await plant(bench, "Payroll");
    const graph = await graphAs(bench.directory);
    const { objectId: clientId } = principalOf(bench, holder);
    const { objectId: resourceId } = principalOf(bench, { ...holder, appId: GRAPH_APP_ID });
    expect(await bench.consents.appRoles(clientId, null)).toEqual({ items: [], next: null });
    const appRoleId = APP_ROLES["Mail.Send"] ?? "";
    const role = { principalId: clientId, resourceId, appRoleId };
    expect((await graph("POST", `/servicePrincipals/${clientId}/appRoleAssignments`, role)).status).toBe(201);
    const grant = { clientId, resourceId, consentType: "AllPrincipals", scope: "User.Read openid" };
    expect((await graph("POST", "/oauth2PermissionGrants", grant)).status).toBe(201);
    expect(await bench.consents.principal(holder.appId)).toMatchObject({ objectId: clientId, enabled: true });
    expect((await bench.consents.appRoles(clientId, null)).items).toEqual([
      { principalId: clientId, roleId: appRoleId, resourceId, resourceName: "Microsoft Graph" },
    ]);
    expect((await bench.consents.scopes(clientId, null)).items).toEqual([
      { resourceId, scopes: ["User.Read", "openid"], personId: null },
    ]);
    const { appId, roles, scopes } = await bench.consents.resource(resourceId);
    expect(appId).toBe(GRAPH_APP_ID);
    expect(roles.find(({ id }) => id === appRoleId)?.value).toBe("Mail.Send");
    expect(scopes.find(({ value }) => value === "User.Read")?.displayName).toMatch(/\w/);
  });
});
