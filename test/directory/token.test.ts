import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { control, DAY, graphAs, graphWith, openDirectory, requestToken, START, signIn } from "./entra.ts";

let directory: Directory;
let billing: {
  appId: string;
  id: string;
  servicePrincipalId: string;
  live: string;
  expired: string;
  future: string;
  onPrincipal: string;
  keyIds: string[];
};

beforeAll(async () => {
  directory = await openDirectory();
  const [seeded] = await directory.seed([
    {
      name: "Billing",
      secrets: [
        { name: "live", end: "P30D" },
        { name: "expired", end: "-P1D" },
        { name: "future", start: "P5D", end: "P90D" },
      ],
      principal: { secrets: [{ name: "principal", end: "P30D" }] },
    },
  ]);
  const values = seeded?.secrets.map(({ value }) => value) ?? [];
  billing = {
    appId: seeded?.appId ?? "",
    id: seeded?.id ?? "",
    servicePrincipalId: seeded?.servicePrincipalId ?? "",
    live: values[0] ?? "",
    expired: values[1] ?? "",
    future: values[2] ?? "",
    onPrincipal: values[3] ?? "",
    keyIds: seeded?.secrets.map(({ keyId }) => keyId) ?? [],
  };
});
afterAll(() => directory.close());

const secretOf = (value: string | undefined) => ({ client_id: billing.appId, client_secret: value });

describe("which secret state gives which answer", () => {
  test("a live secret of the application, and one of its service principal, sign in", async () => {
    expect(await signIn(directory, billing.appId, billing.live)).toBe(0);
    expect(await signIn(directory, billing.appId, billing.onPrincipal)).toBe(0);
  });

  test.each([
    ["only an expired credential matches", () => billing.expired, 401, "invalid_client", 7000222],
    ["nothing matches", () => "not~8Q~the-secret", 401, "invalid_client", 7000215],
    ["the secret's id is sent", () => billing.keyIds[0] ?? "", 401, "invalid_client", 7000215],
    ["its start is in the future", () => billing.future, 401, "invalid_client", 7000215],
  ])("%s", async (_name, secret, status, error, code) => {
    const answer = await requestToken(directory, secretOf(secret()));
    expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([status, error, [code]]);
    expect(answer.body.error_description).toMatch(
      new RegExp(`^AADSTS${code}: .* Trace ID: \\S{36} Correlation ID: \\S{36} Timestamp: 2031-03-01 12:00:00Z$`),
    );
    expect(answer.body.error_uri).toBe(`https://login.microsoftonline.com/error?code=${code}`);
    expect(answer.body.timestamp).toBe("2031-03-01 12:00:00Z");
  });

  test("no secret at all", async () => {
    const { status, body } = await requestToken(directory, secretOf(undefined));
    expect([status, body.error, body.error_codes]).toEqual([401, "invalid_client", [7000216]]);
  });

  test("a removed secret", async () => {
    const graph = await graphAs(directory);
    const added = await graph("POST", `/applications/${billing.id}/addPassword`, {});
    expect(await signIn(directory, billing.appId, added.body.secretText)).toBe(0);
    await graph("POST", `/applications/${billing.id}/removePassword`, { keyId: added.body.keyId });
    expect(await signIn(directory, billing.appId, added.body.secretText)).toBe(7000215);
  });

  test("a secret ends at its very end, by the directory's clock", async () => {
    const start = directory.clock.now();
    const [soon] = await directory.seed([{ name: "Boundary", secrets: [{ end: "2031-03-02T12:00:00Z" }] }]);
    const value = soon?.secrets[0]?.value ?? "";
    directory.clock.set(Date.parse("2031-03-02T11:59:59.999Z"));
    expect(await signIn(directory, soon?.appId ?? "", value)).toBe(0);
    directory.clock.set(Date.parse("2031-03-02T12:00:00Z"));
    expect(await signIn(directory, soon?.appId ?? "", value)).toBe(7000222);
    directory.clock.set(start);
  });

  test("an application in the recycle bin, and an unknown one", async () => {
    const [gone] = await directory.seed([{ name: "Gone", secrets: [{ end: "P30D" }] }]);
    const graph = await graphAs(directory);
    expect((await graph("DELETE", `/applications/${gone?.id}`)).status).toBe(204);
    for (const appId of [gone?.appId ?? "", "11111111-2222-4333-8444-555555555555"]) {
      const { status, body } = await requestToken(directory, {
        client_id: appId,
        client_secret: gone?.secrets[0]?.value,
      });
      expect([status, body.error, body.error_codes]).toEqual([400, "unauthorized_client", [700016]]);
    }
  });

  test("the service principal is missing", async () => {
    const [lonely] = await directory.seed([{ name: "Lonely", secrets: [{ end: "P30D" }], principal: false }]);
    const { status, body } = await requestToken(directory, {
      client_id: lonely?.appId,
      client_secret: lonely?.secrets[0]?.value,
    });
    expect([status, body.error, body.error_codes]).toEqual([401, "invalid_client", [7000229]]);
  });

  test("a disabled service principal, and a disabled application", async () => {
    const [one, other] = await directory.seed([
      { name: "Off principal", secrets: [{ end: "P30D" }], principal: { enabled: false } },
      { name: "Off application", secrets: [{ end: "P30D" }], disabled: true },
    ]);
    expect(await signIn(directory, one?.appId ?? "", one?.secrets[0]?.value ?? "")).toBe(7000112);
    expect(await signIn(directory, other?.appId ?? "", other?.secrets[0]?.value ?? "")).toBe(7000112);
  });
});

describe("requests that are wrong", () => {
  test.each([
    ["no grant_type", { grant_type: undefined }, 400, "invalid_request", 900144],
    ["an unknown grant_type", { grant_type: "foo" }, 400, "unsupported_grant_type", 70003],
    ["no client_id", { client_id: undefined }, 400, "invalid_request", 900144],
    ["no scope", { scope: undefined }, 400, "invalid_request", 90014],
    ["a scope without /.default", { scope: "https://graph.microsoft.com/User.Read" }, 400, "invalid_scope", 1002012],
    ["an empty resource", { scope: "/.default" }, 400, "invalid_scope", 70011],
    ["two resources", { scope: "api://a/.default api://b/.default" }, 400, "invalid_scope", 700022],
    ["an unknown resource", { scope: "api://nobody/.default" }, 400, "invalid_resource", 500011],
    ["the zero client id", { client_id: "00000000-0000-0000-0000-000000000000" }, 400, "unauthorized_client", 700038],
  ])("%s", async (_name, form, status, error, code) => {
    const answer = await requestToken(directory, { ...secretOf(billing.live), ...form });
    expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([status, error, [code]]);
  });

  test("a parameter that is there twice", async () => {
    const url = `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`;
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: billing.appId,
      scope: "a/.default",
    });
    body.append("client_id", billing.appId);
    const answer = await directory.fetch(url, { method: "POST", body });
    expect([answer.status, ((await answer.json()) as { error_codes: number[] }).error_codes]).toEqual([400, [9002313]]);
  });

  test("other grants say what is wrong before they say that they are not emulated", async () => {
    const graph = await graphAs(directory);
    const code = async (form: Record<string, string | undefined>, tenant?: string) => {
      const wanted = { grant_type: "password", client_id: billing.appId, ...form };
      const { status, body } = await requestToken(directory, wanted, tenant === undefined ? {} : { tenant });
      return [status, body.error, body.error_codes?.[0]];
    };
    expect(await code({})).toEqual([401, "invalid_client", 7000218]);
    expect(await code({ client_secret: billing.live })).toEqual([501, "not_emulated", undefined]);
    expect(await code({}, "common")).toEqual([400, "invalid_request", 50194]);
    expect(await code({ client_id: "22222222-2222-4222-8222-222222222222" })).toEqual([
      400,
      "unauthorized_client",
      700016,
    ]);
    await graph("PATCH", `/applications/${billing.id}`, { isFallbackPublicClient: true });
    expect(await code({ client_secret: billing.live })).toEqual([401, "invalid_client", 700025]);
    expect(await code({})).toEqual([501, "not_emulated", undefined]);
    await graph("PATCH", `/applications/${billing.id}`, { isFallbackPublicClient: false });
  });

  test("an unknown tenant: invalid_request at the token endpoint, invalid_tenant at the configuration", async () => {
    const unknown = "99999999-2222-4333-8444-555555555555";
    const token = await requestToken(directory, secretOf(billing.live), { tenant: unknown });
    expect([token.status, token.body.error, token.body.error_codes]).toEqual([400, "invalid_request", [90002]]);
    const response = await directory.fetch(`${directory.url}/${unknown}/v2.0/.well-known/openid-configuration`);
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([400, "invalid_tenant"]);
    expect((await requestToken(directory, secretOf(billing.live), { tenant: "nonsense" })).body.error_codes).toEqual([
      900023,
    ]);
    expect((await requestToken(directory, secretOf(billing.live), { tenant: "common" })).body.error_codes).toEqual([
      50059,
    ]);
  });

  test("GET at the token endpoint", async () => {
    const response = await directory.fetch(`${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`);
    expect(((await response.json()) as { error_codes: number[] }).error_codes).toEqual([900561]);
  });

  test("the correlation id is the caller's", async () => {
    const id = "0a0a0a0a-1b1b-4c1c-8d1d-2e2e2e2e2e2e";
    const { body, headers } = await requestToken(directory, secretOf("wrong"), {
      headers: { "client-request-id": id },
    });
    expect(body.correlation_id).toBe(id);
    expect(headers.get("client-request-id")).toBe(id);
    const byQuery = await requestToken(directory, secretOf("wrong"), {
      path: `oauth2/v2.0/token?client-request-id=${id}`,
    });
    expect(byQuery.body.correlation_id).toBe(id);
  });
});

describe("a token", () => {
  test("verifies against the JWKS and is shaped as Graph's are", async () => {
    const answer = await requestToken(directory, {
      client_id: directory.admin.clientId,
      client_secret: directory.admin.clientSecret,
    });
    expect(Object.keys(answer.body)).toEqual(["token_type", "expires_in", "ext_expires_in", "access_token"]);
    expect(answer.body.expires_in).toBe(3599);
    expect(answer.headers.get("cache-control")).toBe("no-store, no-cache");
    expect(answer.headers.get("date")).toBe(new Date(START).toUTCString());
    const tenant = directory.admin.tenantId;
    const config = (await (
      await directory.fetch(`${directory.url}/${tenant}/v2.0/.well-known/openid-configuration`)
    ).json()) as { jwks_uri: string; issuer: string; token_endpoint: string };
    expect(config.issuer).toBe(`https://login.microsoftonline.com/${tenant}/v2.0`);
    expect(config.token_endpoint).toBe(`${directory.url}/${tenant}/oauth2/v2.0/token`);
    const jwks = (await (await directory.fetch(config.jwks_uri)).json()) as JSONWebKeySet;
    const token = answer.body.access_token ?? "";
    const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), {
      currentDate: new Date(directory.clock.now()),
      issuer: `https://sts.windows.net/${tenant}/`,
      audience: "https://graph.microsoft.com",
    });
    expect(payload).toMatchObject({
      appid: directory.admin.clientId,
      appidacr: "1",
      idtyp: "app",
      tid: tenant,
      ver: "1.0",
    });
    expect(payload.roles).toContain("Application.ReadWrite.All");
    expect(payload.oid).toBe(payload.sub);
    const header = decodeProtectedHeader(token) as { kid: string; x5t: string };
    expect(header.x5t).toBe(header.kid);
  });

  test.each([
    "https://graph.microsoft.com/.default",
    "https://graph.microsoft.com//.default",
    "00000003-0000-0000-c000-000000000000/.default",
    "https://directory.invalid/.default",
    "https://directory.invalid//.default",
  ])("for %s opens Graph", async (scope) => {
    const { admin } = directory;
    const { body } = await requestToken(directory, {
      client_id: admin.clientId,
      client_secret: admin.clientSecret,
      scope,
    });
    const response = await directory.fetch(`${directory.url}/v1.0/organization`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(response.status).toBe(200);
  });

  test("for another resource has its version and audience", async () => {
    const graph = await graphAs(directory);
    const [api] = await directory.seed([{ name: "API", identifierUris: ["api://orders"] }]);
    const claims = async (scope: string) => {
      const { body } = await requestToken(directory, { ...secretOf(billing.live), scope });
      return JSON.parse(Buffer.from(body.access_token?.split(".")[1] ?? "", "base64url").toString()) as Record<
        string,
        unknown
      >;
    };
    expect(await claims("api://orders/.default")).toMatchObject({
      aud: "api://orders",
      ver: "1.0",
      appid: billing.appId,
    });
    await graph("PATCH", `/applications/${api?.id}`, { api: { requestedAccessTokenVersion: 2 } });
    const v2 = await claims(`${api?.appId}/.default`);
    expect(v2).toMatchObject({ aud: api?.appId, ver: "2.0", azp: billing.appId, azpacr: "1" });
    expect(v2).not.toHaveProperty("roles");
    const response = await directory.fetch(`${directory.url}/v1.0/organization`, {
      headers: {
        authorization: `Bearer ${(await requestToken(directory, { ...secretOf(billing.live), scope: "api://orders/.default" })).body.access_token}`,
      },
    });
    expect(response.status).toBe(401);
  });

  test("for the application itself needs no permission", async () => {
    const { status, body } = await requestToken(directory, {
      ...secretOf(billing.live),
      scope: `${billing.appId}/.default`,
    });
    expect(status, body.error_description).toBe(200);
    const claims: unknown = JSON.parse(Buffer.from(body.access_token?.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ aud: billing.appId, appid: billing.appId });
    expect(claims).not.toHaveProperty("roles");
  });

  test("can be had by HTTP Basic with encoded parts, and at the v1.0 endpoint with numbers as text", async () => {
    const basic = Buffer.from(`${billing.appId}:${encodeURIComponent(billing.live)}`).toString("base64");
    const answer = await requestToken(directory, {}, { headers: { authorization: `Basic ${basic}` } });
    expect(answer.status).toBe(200);
    const v1 = await requestToken(
      directory,
      { ...secretOf(billing.live), scope: undefined, resource: "https://graph.microsoft.com" },
      { path: "oauth2/token" },
    );
    expect(v1.body).toMatchObject({ expires_in: "3599", resource: "https://graph.microsoft.com" });
    expect(Number(v1.body.not_before)).toBe(Date.parse(START) / 1000 - 300);
  });

  test("lives on after its secret is gone, and ends by the directory's clock", async () => {
    const [caller] = await directory.seed([
      { name: "Reader", permissions: ["Application.Read.All"], secrets: [{ end: "P30D" }] },
    ]);
    const { body } = await requestToken(directory, {
      client_id: caller?.appId,
      client_secret: caller?.secrets[0]?.value,
    });
    const read = () =>
      directory.fetch(`${directory.url}/v1.0/applications?$top=1`, {
        headers: { authorization: `Bearer ${body.access_token}` },
      });
    const admin = await graphAs(directory);
    await admin("POST", `/applications/${caller?.id}/removePassword`, { keyId: caller?.secrets[0]?.keyId });
    expect((await read()).status).toBe(200);
    directory.clock.advance(DAY);
    const late = await read();
    expect(late.status).toBe(401);
    expect(((await late.json()) as { error: { message: string } }).error.message).toBe(
      "Access token has expired or is not yet valid.",
    );
    directory.clock.advance(-DAY);
  });
});

test("every sign-in is logged with the key that matched", async () => {
  const after = directory.signIns().at(-1)?.seq ?? 0;
  await signIn(directory, billing.appId, billing.live);
  await signIn(directory, billing.appId, billing.expired);
  await signIn(directory, billing.appId, "wrong");
  const response = await directory.fetch(`${directory.url}/_directory/sign-ins?after=${after}`);
  const { value } = (await response.json()) as { value: { keyId: string | null; errorCode: number; appId: string }[] };
  expect(value.map(({ keyId, errorCode }) => [keyId, errorCode])).toEqual([
    [billing.keyIds[0], 0],
    [billing.keyIds[1], 7000222],
    [null, 7000215],
  ]);
});

test("instance discovery knows itself and Microsoft, and nobody else", async () => {
  const ask = async (host: string) =>
    (
      await directory.fetch(
        `${directory.url}/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(`${host}/common/oauth2/v2.0/authorize`)}`,
      )
    ).status;
  expect(await ask("https://login.microsoftonline.com")).toBe(200);
  expect(await ask(directory.url)).toBe(200);
  expect(await ask("https://login.example.com")).toBe(400);
});

describe("the signing key rolls over", () => {
  const keysShown = async () => {
    const answer = await directory.fetch(`${directory.url}/common/discovery/keys`);
    return ((await answer.json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  };
  const kidOf = (token: string) => decodeProtectedHeader(token).kid;
  const token = async () => {
    const { clientId, clientSecret } = directory.admin;
    return (
      (await requestToken(directory, { client_id: clientId, client_secret: clientSecret })).body.access_token ?? ""
    );
  };

  test("without notice: tokens of the former key go on until they end, and it is shown for a day", async () => {
    const [first] = await keysShown();
    const before = await token();
    expect(kidOf(before)).toBe(first);
    expect((await control(directory, "POST", "signing-key/roll")).status).toBe(200);
    const shown = await keysShown();
    expect(shown).toHaveLength(2);
    expect(shown[1]).toBe(first);
    const after = await token();
    expect(kidOf(after)).toBe(shown[0]);
    for (const one of [before, after])
      expect((await graphWith(directory, one)("GET", "/organization")).status).toBe(200);
    directory.clock.advance(DAY);
    expect(await keysShown()).toEqual([shown[0]]);
    directory.clock.advance(-DAY / 2);
    directory.clock.advance(DAY);
    const late = await graphWith(directory, before)("GET", "/organization");
    expect(late.status).toBe(401);
  });
});
