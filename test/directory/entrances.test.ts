/** The three entrances: direct authority, the adfs alias, and the proxy under Microsoft's own names. */
import { connect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { EMULATED_HOSTS } from "../../src/directory/http/hosts.ts";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { LEAF_NAMES } from "../../src/directory/keys/local-authority.ts";
import { codeOf, graphWith, keys, openDirectory, requestToken } from "./entra.ts";

let directory: Directory;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
});
afterAll(() => directory.close());

const read = async (url: string, headers: Record<string, string> = {}) => {
  const response = await directory.fetch(url, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  return { status: response.status, body: (await response.json()) as any };
};

describe("the adfs alias", () => {
  test("describes itself, and its token endpoint finds the tenant by the client", async () => {
    const { body } = await read(`${directory.url}/adfs/.well-known/openid-configuration`);
    expect(body.token_endpoint).toBe(`${directory.url}/adfs/oauth2/token`);
    const { clientId, clientSecret, tenantId } = directory.admin;
    for (const path of ["oauth2/token", "oauth2/v2.0/token"]) {
      const scope = "https://graph.microsoft.com//.default";
      const form = { client_id: clientId, client_secret: clientSecret, scope };
      const answer = await requestToken(directory, form, { tenant: "adfs", path });
      expect([answer.status, answer.body.expires_in]).toEqual([200, 3599]);
      const [, claims = ""] = (answer.body.access_token ?? "").split(".");
      expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ tid: tenantId, ver: "1.0" });
    }
    const unknown = { client_id: "11111111-2222-4333-8444-555555555555", client_secret: "x" };
    expect((await requestToken(directory, unknown, { tenant: "adfs" })).body.error_codes).toEqual([50059]);
  });
});

describe("Microsoft's own names", () => {
  test("all have a place in the leaf certificate", () => {
    for (const host of EMULATED_HOSTS) expect(LEAF_NAMES).toContain(host);
  });

  test("lead to one service each, as the hosts do", async () => {
    const { clientId, clientSecret, tenantId } = directory.admin;
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: "https://graph.microsoft.com/.default",
    });
    const login = `https://login.microsoftonline.com/${tenantId}`;
    const token = await directory.fetch(`${login}/oauth2/v2.0/token`, { method: "POST", body });
    const { access_token: bearer } = (await token.json()) as { access_token: string };
    const listed = await read("https://graph.microsoft.com/v1.0/applications?$top=1", {
      authorization: `Bearer ${bearer}`,
    });
    expect(listed.body["@odata.nextLink"]).toMatch(/^https:\/\/graph\.microsoft\.com\/v1\.0\//);
    const configuration = await read(`${login}/v2.0/.well-known/openid-configuration`);
    expect(configuration.body.token_endpoint).toBe(`${login}/oauth2/v2.0/token`);
    expect(await read("https://graph.microsoft.com/foo/bar")).toMatchObject({
      status: 400,
      body: { error: { code: "BadRequest", message: "Invalid version: foo" } },
    });
    body.set("scope", "https://login.microsoftonline.com/.default");
    const alias = await directory.fetch(`${login}/oauth2/v2.0/token`, { method: "POST", body });
    expect(await alias.json(), "only the directory's own address is an alias of Graph").toMatchObject({
      error_codes: [500011],
    });
    for (const url of [
      "https://login.microsoftonline.com/v1.0/applications",
      "https://login.microsoftonline.com/_directory/state",
      "https://management.azure.com/v1.0/applications",
    ]) {
      expect((await read(url)).body.error.code, url).toBe("Directory_NotEmulated");
    }
  });

  test("instance discovery knows them, and itself", async () => {
    const path = "common/discovery/instance?api-version=1.1&authorization_endpoint";
    const own = await read(`${directory.url}/${path}=${directory.url}/${directory.admin.tenantId}/oauth2/authorize`);
    expect(own.body.metadata.map((one: { preferred_network: string }) => one.preferred_network)).toEqual([
      "login.microsoftonline.com",
      new URL(directory.url).host,
    ]);
    const common = "https://login.microsoftonline.com/common/oauth2/authorize";
    const public_ = await read(`https://login.microsoftonline.com/${path}=${common}`);
    expect(public_.body.tenant_discovery_endpoint).toContain("https://login.microsoftonline.com/common/v2.0/");
    expect(public_.body.metadata).toHaveLength(1);
    expect((await read(`${directory.url}/${path}=https://else.example/x`)).body.error).toBe("invalid_instance");
  });
});

describe("the management API", () => {
  const bearer = async (scope: string) => {
    const { clientId, clientSecret } = directory.admin;
    const answer = await requestToken(directory, { client_id: clientId, client_secret: clientSecret, scope });
    return { authorization: `Bearer ${answer.body.access_token}` };
  };

  test("endpoints are one object or an array, by the version asked for", async () => {
    const at = (version: string, origin = directory.url) =>
      read(`${origin}/metadata/endpoints?api-version=${version}`).then(({ body }) => body);
    expect(await at("2015-01-01")).toMatchObject({ authentication: { loginEndpoint: `${directory.url}/` } });
    expect(await at("2019-05-01")).toMatchObject([
      { name: "AzureCloud", resourceManager: `${directory.url}/`, authentication: { loginEndpoint: directory.url } },
    ]);
    expect(await at("2022-09-01", "https://management.azure.com")).toMatchObject({
      microsoftGraphResourceId: "https://graph.microsoft.com/",
      authentication: { loginEndpoint: "https://login.microsoftonline.com" },
    });
    expect((await at("")).error.code).toBe("InvalidApiVersionParameter");
    expect((await read(`${directory.url}/metadata/endpoints`)).body.error.code).toBe("MissingApiVersionParameter");
  });

  test("subscriptions and tenants are the caller's, who needs a token for them", async () => {
    const url = `${directory.url}/subscriptions?api-version=2019-11-01`;
    expect((await read(url)).body.error.code).toBe("AuthenticationFailed");
    const forGraph = await bearer("https://graph.microsoft.com/.default");
    expect((await read(url, forGraph)).body.error.code).toBe("InvalidAuthenticationTokenAudience");
    const headers = await bearer("https://management.core.windows.net//.default");
    const { body } = await read(url, headers);
    expect(body.value).toMatchObject([{ tenantId: directory.admin.tenantId, state: "Enabled" }]);
    const one = `${directory.url}${body.value[0].id}?api-version=2019-11-01`;
    expect((await read(one, headers)).body).toEqual(body.value[0]);
    expect((await read(one.replace(/.{4}\?/, "0000?"), headers)).body.error.code).toBe("SubscriptionNotFound");
    const tenants = await read(`${directory.url}/tenants?api-version=2019-11-01`, headers);
    expect(tenants.body.value).toMatchObject([{ tenantId: directory.admin.tenantId, displayName: "Contoso" }]);
    const graph = graphWith(directory, headers.authorization.slice(7));
    expect(codeOf(await graph("GET", "/applications"))).toEqual([401, "InvalidAuthenticationToken"]);
  });
});

test.each(["valueOf", "toString", "__proto__", "constructor"])("a grant type called %s is none", async (grant_type) => {
  const answer = await requestToken(directory, { grant_type, client_id: directory.admin.clientId });
  expect(answer.body.error_codes).toEqual([70003]);
});

test("a state is carried elsewhere, where its applications sign in with the secrets they had", async () => {
  const [made] = await directory.seed([{ name: "Carried", secrets: [{ end: "P30D" }] }]);
  const other = await openDirectory({ random: 99 });
  onTestFinished(() => other.close());
  other.restore(directory.state());
  const secret = made?.secrets[0]?.value ?? "";
  const { tenantId } = directory.admin;
  const form = { client_id: made?.appId, client_secret: secret };
  expect((await requestToken(other, form, { tenant: tenantId })).status).toBe(200);
  expect(() => other.restore({ ...directory.state(), version: 2 as 1 })).toThrow();
});

test("a state of an older version gets the resources that every tenant has", async () => {
  const state = directory.state();
  const firstParty = /^(Microsoft Graph|Windows Azure Service Management API)$/;
  state.servicePrincipals = state.servicePrincipals.filter((one) => !firstParty.test(String(one.entity.displayName)));
  const other = await openDirectory({ scenario: "contoso" });
  onTestFinished(() => other.close());
  other.restore(state);
  const { clientId, clientSecret } = directory.admin;
  expect((await requestToken(other, { client_id: clientId, client_secret: clientSecret })).status).toBe(200);
});

describe("the proxy", () => {
  /** Sends CONNECT and gives the status line and the socket behind it. */
  function tunnel(proxy: string, target: string): Promise<{ line: string; socket: ReturnType<typeof connect> }> {
    const { hostname, port } = new URL(proxy);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("data", (data) => resolve({ line: data.toString().split("\r\n")[0] ?? "", socket }));
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    });
  }

  test("ends TLS for Microsoft's names with its own CA, and lets nothing else out", async () => {
    const open = await createDirectory({ keys, random: 1, scenario: "empty", listen: { port: 0 }, proxyPort: 0 });
    onTestFinished(() => open.close());
    const proxy = open.proxyUrl ?? "";
    expect(open.environment().HTTPS_PROXY_DIRECTORY).toBe(proxy);
    for (const servername of ["login.microsoftonline.com", "graph.microsoft.com", "management.azure.com"]) {
      const { line, socket } = await tunnel(proxy, `${servername}:443`);
      expect(line).toBe("HTTP/1.1 200 Connection Established");
      const secure = tlsConnect({ socket, servername, ca: open.ca });
      await new Promise((resolve, reject) => secure.once("secureConnect", resolve).once("error", reject));
      expect(secure.authorized).toBe(true);
      const answer = new Promise<string>((resolve) => secure.once("data", (data) => resolve(data.toString())));
      secure.write(`GET /nothing HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
      expect(await answer).toMatch(/^HTTP\/1\.1 (400|501)/);
    }
    expect((await tunnel(proxy, new URL(open.url).host)).line).toContain("200");
    for (const target of ["azure.microsoft.com:443", "graph.microsoft.com:80", "127.0.0.1:22", "[::1]:443", "%"])
      expect((await tunnel(proxy, target)).line, target).toBe("HTTP/1.1 403 Forbidden");
    const plain = await fetch(`${proxy}/anything`);
    expect(plain.status).toBe(501);
  });

  test("needs a directory that listens", async () => {
    await expect(createDirectory({ keys, scenario: "empty", proxyPort: 0 })).rejects.toThrow("needs listen");
  });
});
