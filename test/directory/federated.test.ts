/** Federated identity credentials: their rules in Graph, and signing in with another provider's token. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt as claimsOf, importJWK, type JWK, type JWTPayload, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, DAY, type Graph, graphAs, keys, openDirectory, requestToken, START } from "./entra.ts";
import { createIssuer, type Issuer } from "./issuer.ts";

const URL_ = "https://token.actions.example";
const AUDIENCE = "api://AzureADTokenExchange";
const SUBJECT = "repo:contoso/billing:ref:refs/heads/main";
const seconds = Date.parse(START) / 1000;

let issuer: Issuer;
let directory: Directory;
let graph: Graph;
let app: { id: string; appId: string };
beforeAll(async () => {
  issuer = await createIssuer(URL_);
  directory = await openDirectory({ strictAssertions: true, issuers: issuer.fetch });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());
beforeEach(async () => {
  issuer.down = false;
  issuer.says = URL_;
  const [seeded] = await directory.seed([{ name: "Deploys itself" }]);
  app = { id: seeded?.id ?? "", appId: seeded?.appId ?? "" };
});
const create = creator(() => graph);

const body = (more: Record<string, unknown> = {}) => ({
  name: "main",
  issuer: URL_,
  subject: SUBJECT,
  audiences: [AUDIENCE],
  ...more,
});
const path = (application: { id: string }, key = "") =>
  `/applications/${application.id}/federatedIdentityCredentials${key}`;

describe("in Graph", () => {
  test("are made, read by id and by name, listed, changed and removed", async () => {
    const application = await create();
    const made = await graph("POST", path(application), body({ description: "from main" }));
    expect(made.status).toBe(201);
    const { "@odata.context": _, ...shown } = made.body;
    expect(mismatch("federatedIdentityCredential", shown)).toBeUndefined();
    for (const key of [`/${made.body.id}`, "(name='main')", "/main"]) {
      expect((await graph("GET", path(application, key))).body.subject).toBe(SUBJECT);
    }
    expect((await graph("GET", path(application))).body.value).toEqual([shown]);
    const other = "repo:contoso/billing:environment:prod";
    expect((await graph("PATCH", path(application, `/${made.body.id}`), { subject: other })).status).toBe(204);
    expect((await graph("GET", path(application))).body.value[0]).toMatchObject({ subject: other, name: "main" });
    expect((await graph("DELETE", path(application, `/${made.body.id}`))).status).toBe(204);
    expect((await graph("GET", path(application))).body.value).toEqual([]);
    expect((await graph("GET", path(application, `/${made.body.id}`))).status).toBe(404);
    // the object itself does not show them
    expect(Object.keys((await graph("GET", `/applications/${application.id}`)).body)).not.toContain("federated");
  });

  test("can be put by name, made where they are missing", async () => {
    const application = await create();
    const { name: _, ...rest } = body();
    const put = (more = {}) =>
      graph("PATCH", path(application, "(name='main')"), { ...rest, ...more }, { prefer: "create-if-missing" });
    expect((await put()).status).toBe(201);
    expect((await put({ description: "again" })).status).toBe(204);
    expect((await graph("GET", path(application))).body.value).toMatchObject([{ name: "main", description: "again" }]);
    expect((await graph("PATCH", path(application, "(name='other')"), rest)).status).toBe(404);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a short name", { name: "ab" }],
    ["a name with a blank", { name: "my main" }],
    ["two audiences", { audiences: [AUDIENCE, "other"] }],
    ["no audience", { audiences: [] }],
    ["no subject", { subject: "" }],
    ["an issuer that is too long", { issuer: `https://${"i".repeat(600)}` }],
    ["a member nobody knows", { colour: "blue" }],
  ])("are refused with %s", async (_, change) => {
    const application = await create();
    expect(codeOf(await graph("POST", path(application), body(change)))).toEqual([400, "Request_BadRequest"]);
  });

  test("are unique by name, and by issuer and subject, and at most twenty", async () => {
    const application = await create();
    const add = (more: Record<string, unknown>) => graph("POST", path(application), body(more));
    expect((await add({})).status).toBe(201);
    expect(codeOf(await add({ subject: "another" }))).toEqual([409, "Request_MultipleObjectsWithSameKeyValue"]);
    expect(codeOf(await add({ name: "second" }))).toEqual([400, "Request_BadRequest"]);
    for (let number = 2; number <= 20; number += 1) {
      expect((await add({ name: `fic-${number}`, subject: `${SUBJECT}-${number}` })).status).toBe(201);
    }
    expect(codeOf(await add({ name: "one-more", subject: "one more" }))[0]).toBe(403);
    const id = (await graph("GET", path(application, "(name='main')"))).body.id;
    expect(codeOf(await graph("PATCH", path(application, `/${id}`), { name: "renamed" }))).toEqual([
      400,
      "Request_BadRequest",
    ]);
  });
});

describe("signing in", () => {
  const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  const claims = { sub: SUBJECT, aud: AUDIENCE, iat: seconds, nbf: seconds, exp: seconds + 300 };
  const send = async (more = {}, client = app.appId) => {
    const assertion = await issuer.token({ ...claims, ...more });
    const form = { client_id: client, client_assertion: assertion, client_assertion_type: TYPE };
    return requestToken(directory, form);
  };
  const said = ({ status, body: answer }: Awaited<ReturnType<typeof send>>) =>
    status === 200 ? 200 : answer.error_codes?.[0];
  const trust = (more = {}) => graph("POST", path(app), body(more));

  test("works with a token of the issuer for exactly this subject and audience, and is logged with the credential", async () => {
    const made = await trust();
    expect(said(await send())).toBe(200);
    expect(directory.signIns().at(-1)).toMatchObject({
      appId: app.appId,
      keyId: null,
      clientCredentialType: "federatedIdentityCredential",
      federatedCredentialId: made.body.id,
    });
    await graph("DELETE", path(app, "(name='main')"));
    expect(said(await send())).toBe(700211);
  });

  test.each<[string, Record<string, unknown>, number]>([
    ["another issuer", { issuer: "https://other.example" }, 700211],
    ["an issuer of another case", { issuer: "https://Token.actions.example" }, 7002137],
    ["another audience", { audiences: ["api://other"] }, 700212],
    ["another subject", { subject: "repo:contoso/other:ref:refs/heads/main" }, 700213],
    ["a subject of another case", { subject: SUBJECT.toUpperCase() }, 7002138],
  ])("is refused where the credential names %s", async (_, change, code) => {
    await trust(change);
    expect(said(await send())).toBe(code);
  });

  test("is refused when the token is over, or signed with keys the issuer no longer shows", async () => {
    await trust();
    expect(said(await send({ nbf: seconds - DAY / 1000, exp: seconds - 3600 }))).toBe(700024);
    const assertion = await issuer.token(claims);
    await issuer.roll();
    const form = { client_id: app.appId, client_assertion: assertion, client_assertion_type: TYPE };
    expect(said(await requestToken(directory, form))).toBe(50013);
    expect(said(await send())).toBe(200);
  });

  test("works only once a new credential has replicated", async () => {
    directory.faults.set({ rules: [{ on: "token", fault: "token-lag", duration: "PT2M" }] });
    await trust();
    expect(said(await send())).toBe(700211);
    directory.clock.advance(120_000);
    expect(said(await send())).toBe(200);
    directory.clock.advance(-120_000);
    directory.faults.set({ rules: [] });
  });

  test("says so when the issuer does not answer, or says it is another", async () => {
    await trust();
    issuer.down = true;
    expect(said(await send())).toBe(50166);
    issuer.down = false;
    issuer.says = "https://somebody.else";
    expect(said(await send())).toBe(50166);
  });

  test("does not take tokens of Entra itself, nor of this directory", async () => {
    await trust({ issuer: `https://sts.windows.net/${directory.admin.tenantId}/` });
    expect(said(await send({ iss: `https://sts.windows.net/${directory.admin.tenantId}/` }))).toBe(700222);
    expect(said(await send({ iss: `${directory.url}/x` }))).toBe(700222);
  });

  describe("when it is a managed identity's token", () => {
    const exchange = `${AUDIENCE}/.default`;
    const identity = async (type: "ManagedIdentity" | "Application") => {
      const principal = { type, secrets: [{ name: "imds", end: "P1Y" }] };
      const [seeded] = await directory.seed([
        { name: `Runs as ${type}`, registered: type === "Application", principal },
      ]);
      const [secret] = seeded?.secrets ?? [];
      const form = { client_id: seeded?.appId, client_secret: secret?.value, scope: exchange };
      const { status, body: answer } = await requestToken(directory, form);
      expect(status).toBe(200);
      return { id: seeded?.servicePrincipalId ?? "", token: answer.access_token ?? "" };
    };
    const issuerUrl = () => `https://login.microsoftonline.com/${directory.admin.tenantId}/v2.0`;
    const present = (assertion: string) =>
      requestToken(directory, { client_id: app.appId, client_assertion: assertion, client_assertion_type: TYPE });

    test("takes it where the credential names the identity's object id", async () => {
      const { id, token } = await identity("ManagedIdentity");
      expect(claimsOf(token)).toMatchObject({ iss: issuerUrl(), ver: "2.0", sub: id });
      expect(said(await present(token))).toBe(700211);
      const made = await trust({ issuer: issuerUrl(), subject: id });
      expect(said(await present(token))).toBe(200);
      expect(directory.signIns().at(-1)).toMatchObject({ federatedCredentialId: made.body.id, keyId: null });
      directory.clock.advance(2 * 3600_000);
      expect(said(await present(token))).toBe(700024);
      directory.clock.advance(-2 * 3600_000);
      await graph("PATCH", path(app, "(name='main')"), { subject: app.id });
      expect(said(await present(token))).toBe(700213);
    });

    test("refuses an application's, a person's, one for another resource, and one with a signature of its own", async () => {
      const application = await identity("Application");
      await trust({ issuer: issuerUrl(), subject: application.id });
      expect(said(await present(application.token))).toBe(700222);
      const { id, token } = await identity("ManagedIdentity");
      await graph("PATCH", path(app, "(name='main')"), { subject: id });
      const sign = async (more: JWTPayload, key = keys.signing as JWK) =>
        new SignJWT({ ...claimsOf(token), ...more })
          .setProtectedHeader({ alg: "RS256", typ: "JWT" })
          .sign(await importJWK(key, "RS256"));
      expect(said(await present(await sign({})))).toBe(200);
      expect(said(await present(await sign({ sub: "another" })))).toBe(700229);
      expect(said(await present(await sign({ scp: "User.Read" })))).toBe(700229);
      expect(said(await present(await sign({ aud: "https://graph.microsoft.com" })))).toBe(700212);
      expect(said(await present(await sign({ tid: "22222222-2222-4222-8222-222222222222" })))).toBe(700222);
      expect(said(await present(await sign({}, keys.certificates as JWK)))).toBe(700222);
    });
  });

  test("asks a live issuer over a socket", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const live = await createIssuer(url);
    server.on("request", async (request, response) => {
      const answer = await live.fetch(`${url}${request.url}`);
      response.setHeader("content-type", "application/json").end(await answer.text());
    });
    const real = await openDirectory({ strictAssertions: true });
    const [seeded] = await real.seed([{ name: "Live" }]);
    const admin = await graphAs(real);
    await admin("POST", path({ id: seeded?.id ?? "" }), body({ issuer: url }));
    const assertion = await live.token(claims);
    const form = { client_id: seeded?.appId, client_assertion: assertion, client_assertion_type: TYPE };
    expect((await requestToken(real, form)).status).toBe(200);
    await real.close();
    await new Promise((done) => server.close(done));
  });
});
