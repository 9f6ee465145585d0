/** Each trap of reference clients §4.10: what a client does that an emulator easily gets wrong. One test a line of it. */
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { creator, DAY, type Graph, graphAs, keys, requestToken, START } from "./entra.ts";
import { type ClientKey, createClientKey } from "./signer.ts";

let directory: Directory;
let graph: Graph;
let key: ClientKey;
let clientId: string;
let now: number;

beforeAll(async () => {
  directory = await createDirectory({
    keys,
    random: 1,
    scenario: "contoso",
    clock: { now: START, frozen: true },
    listen: { port: 0 },
  });
  graph = await graphAs(directory);
  now = directory.clock.now() / 1000;
  key = await createClientKey("CN=traps", directory.clock.now() - DAY, directory.clock.now() + 30 * DAY);
  const made = await creator(() => graph)({
    keyCredentials: [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }],
  });
  await graph("POST", "/servicePrincipals", { appId: made.appId });
  clientId = made.appId;
});
afterAll(() => directory.close());

describe("1. HTTPS always", () => {
  test.each([
    "localhost",
    "127.0.0.1",
    "::1",
    "login.microsoftonline.com",
    "graph.microsoft.com",
    "management.azure.com",
  ])("the leaf is good for %s, by the directory's CA", async (name) => {
    const isAddress = /^[\d.:]+$/.test(name);
    const socket = connect({
      port: Number(new URL(directory.url).port),
      host: "127.0.0.1",
      ca: directory.ca,
      ...(isAddress ? {} : { servername: name }),
      checkServerIdentity: () => undefined,
    });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    const leaf = new X509Certificate(socket.getPeerCertificate().raw);
    socket.destroy();
    expect(socket.authorized).toBe(true);
    expect(isAddress ? leaf.checkIP(name) : leaf.checkHost(name)).toBe(name);
  });

  test("plain HTTP gets no answer", async () => {
    await expect(fetch(directory.url.replace("https:", "http:"))).rejects.toThrow();
  });
});

test.each([
  [
    "/common/discovery/instance?api-version=1.1&authorization_endpoint=https://login.microsoftonline.com/common/oauth2/authorize",
    "metadata",
  ],
  ["/{T}/v2.0/.well-known/openid-configuration", "token_endpoint"],
  ["/{T}/.well-known/openid-configuration", "token_endpoint"],
  ["/adfs/.well-known/openid-configuration", "token_endpoint"],
  ["/metadata/endpoints?api-version=2022-09-01", "authentication"],
  ["/metadata/endpoints?api-version=2019-05-01", "0"],
])("2. %s is served, as the kind of document its readers expect", async (path, member) => {
  const response = await directory.fetch(directory.url + path.replace("{T}", directory.admin.tenantId));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
  expect((await response.json()) as object).toHaveProperty(member);
});

test.each(["/subscriptions", "/tenants"])(
  "2. %s is served to a token that `az` asks for, with its double slash",
  async (path) => {
    const form = { client_id: directory.admin.clientId, client_secret: directory.admin.clientSecret };
    const scope = "https://management.core.windows.net//.default";
    const claims = '{"access_token":{"xms_cc":{"values":["CP1"]}}}';
    const { body } = await requestToken(directory, { ...form, scope, claims, client_info: "1" });
    const url = `${directory.url}${path}?api-version=2019-11-01`;
    const response = await directory.fetch(url, { headers: { authorization: `Bearer ${body.access_token}` } });
    expect(((await response.json()) as { value: unknown[] }).value).toHaveLength(1);
  },
);

describe("3. assertions", () => {
  const token = () => `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`;
  const usual = () => ({ iss: clientId, sub: clientId, aud: token(), jti: "1", exp: now + 600, iat: now, nbf: now });
  const thumb = { x5t: () => key.sha1.toString("base64url"), "x5t#S256": () => key.sha256.toString("base64url") };

  async function attempt(header: Record<string, unknown> & { alg: string }, claims: Record<string, unknown>) {
    const { body } = await requestToken(directory, {
      client_id: clientId,
      client_assertion: await key.sign(header, claims),
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    return body.error_codes?.[0] ?? 0;
  }

  test.each<[string, () => Record<string, unknown> & { alg: string }]>([
    ["RS256 with x5t", () => ({ alg: "RS256", x5t: thumb.x5t() })],
    ["RS256 with x5t and its '=' (MSAL Python 1.21)", () => ({ alg: "RS256", x5t: `${thumb.x5t()}=` })],
    ["PS256 with x5t#S256", () => ({ alg: "PS256", "x5t#S256": thumb["x5t#S256"]() })],
    ["PS256 with x5t", () => ({ alg: "PS256", x5t: thumb.x5t() })],
    ["kid alone, the SHA-1 in hexadecimal", () => ({ alg: "RS256", kid: key.sha1.toString("hex").toUpperCase() })],
  ])("%s", async (_name, header) => {
    expect(await attempt(header(), usual())).toBe(0);
  });

  test("ES256, which Entra takes from nobody, is refused in its words, whatever certificate is named", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const client_assertion = await new SignJWT(usual())
      .setProtectedHeader({ typ: "JWT", alg: "ES256", x5t: thumb.x5t() })
      .sign(privateKey);
    const { status, body } = await requestToken(directory, {
      client_id: clientId,
      client_assertion,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    });
    expect([status, body.error, body.error_codes]).toEqual([401, "invalid_client", [5002738]]);
    expect(body.error_description).toContain(
      "AADSTS5002738: Invalid JWT token. 'ES256' is not a supported signature algorithm. Supported signing algorithms are: 'RS256, PS256'",
    );
  });

  test("PS256 with kid alone", async () => {
    expect(await attempt({ alg: "PS256", kid: key.sha1.toString("hex").toUpperCase() }, usual())).toBe(0);
  });

  test.each<[string, () => Record<string, unknown>, number]>([
    ["neither nbf nor iat", () => ({ ...usual(), nbf: undefined, iat: undefined }), 0],
    ["times with fractions (MSAL Python)", () => ({ ...usual(), exp: now + 600.123, iat: now + 0.5 }), 0],
    ["nbf a second ahead (@azure/identity)", () => ({ ...usual(), nbf: now + 1 }), 0],
    ["nbf five minutes ahead", () => ({ ...usual(), nbf: now + 290 }), 0],
    ["no nbf", () => ({ ...usual(), nbf: undefined }), 0],
    ["no iat", () => ({ ...usual(), iat: undefined }), 0],
    ["aud the v1 endpoint", () => ({ ...usual(), aud: token().replace("/v2.0", "") }), 0],
    [
      "aud the issuer",
      () => ({ ...usual(), aud: `https://login.microsoftonline.com/${directory.admin.tenantId}/v2.0` }),
      0,
    ],
    ["aud the v1 issuer", () => ({ ...usual(), aud: `https://sts.windows.net/${directory.admin.tenantId}/` }), 0],
    ["aud the alias", () => ({ ...usual(), aud: `${directory.url}/adfs/oauth2/token` }), 0],
    ["aud by domain", () => ({ ...usual(), aud: `${directory.url}/contoso.com/oauth2/v2.0/token` }), 0],
    ["aud of somebody else", () => ({ ...usual(), aud: "https://else.example/token" }), 700023],
    ["over for an hour", () => ({ ...usual(), exp: now - 3600, nbf: now - 7200 }), 700024],
  ])("%s", async (_name, claims, code) => {
    expect(await attempt({ alg: "RS256", x5t: thumb.x5t() }, claims())).toBe(code);
  });
});

test.each([
  "https://graph.microsoft.com/.default",
  "https://graph.microsoft.com//.default",
  `${GRAPH_APP_ID}/.default`,
  "{origin}/.default",
  "{origin}//.default",
])("4. and 5. %s is Graph, and its token is v1-shaped even from the v2 endpoint", async (scope) => {
  const { clientId: id, clientSecret } = directory.admin;
  const form = { client_id: id, client_secret: clientSecret, scope: scope.replace("{origin}", directory.url) };
  const { body } = await requestToken(directory, form);
  const claims = JSON.parse(Buffer.from((body.access_token ?? "").split(".")[1] ?? "", "base64url").toString());
  expect(claims).toMatchObject({ ver: "1.0", appid: id, iss: `https://sts.windows.net/${directory.admin.tenantId}/` });
  const response = await directory.fetch(`${directory.url}/v1.0/organization`, {
    headers: { authorization: `Bearer ${body.access_token}` },
  });
  expect(response.status).toBe(200);
});

test("6. a client's own clock is the machine's: its assertion is good though the directory is years away", async () => {
  const machine = Date.now() / 1000;
  const claims = {
    iss: clientId,
    sub: clientId,
    aud: `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`,
    jti: "1",
  };
  const client_assertion = await key.sign(
    { alg: "RS256", x5t: key.sha1.toString("base64url") },
    { ...claims, nbf: machine, iat: machine, exp: machine + 600 },
  );
  const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  const answer = await requestToken(directory, { client_id: clientId, client_assertion, client_assertion_type });
  expect(answer.status).toBe(200);
});

describe("what clients read in texts, or send without saying", () => {
  test("az decides on a retry by the message", async () => {
    const missing = "11111111-2222-4333-8444-555555555555";
    const principal = await graph("POST", "/servicePrincipals", { appId: missing, accountEnabled: true });
    expect(principal.body.error.message).toContain(" does not reference ");
    expect((await graph("GET", `/applications/${missing}`)).body.error.message).toContain(" does not exist ");
  });

  test("az sends certificates with line breaks, an @odata.type, and headers of its own", async () => {
    const made = await creator(() => graph)();
    const wrapped = key.der.toString("base64").replace(/.{64}/g, "$&\n");
    const entry = {
      "@odata.type": "#microsoft.graph.keyCredential",
      type: "AsymmetricX509Cert",
      usage: "Verify",
      key: wrapped,
    };
    const headers = { CommandName: "ad app credential reset", ParameterSetName: "--id", "x-ms-client-request-id": "1" };
    expect((await graph("PATCH", `/applications/${made.id}`, { keyCredentials: [entry] }, headers)).status).toBe(204);
  });

  test("the Graph client without customHosts sends no token, and is told so", async () => {
    const response = await directory.fetch(`${directory.url}/v1.0/applications`);
    expect(await response.json()).toMatchObject({
      error: { code: "InvalidAuthenticationToken", message: "Access token is empty." },
    });
  });
});
