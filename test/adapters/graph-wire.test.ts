/** Counts requests where they arrive: on a server of this machine that loses answers in every way a network can. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { identityTokens } from "../../src/adapters/graph/credentials.ts";
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import { createPipeline } from "../../src/adapters/graph/wire.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, MINUTE, plus } from "../../src/core/time.ts";
import type { Clock } from "../../src/ports/clock.ts";
import { clockAt, graphAt, OWN_SECRET } from "../support/answering-graph.ts";
import {
  type Answer,
  AnsweringServer,
  empty,
  graphError,
  halfOf,
  json,
  redirect,
  reset,
  silent,
  text,
} from "../support/answering-server.ts";

const NOW = epochMs(1_780_000_000_000);
const clock = clockAt(NOW);
const BEARER = "eyJhbGciOiJub25lIn0.canaryOfTheBearerTokenOfNolapse.x";
const NEW_VALUE = "new8Q~canary-of-the-value-just-made";
const HOLDER = { type: "application", objectId: "0bject", appId: "c11ent" } as const;

const half = halfOf(`{"keyId":"k","secretText":"${NEW_VALUE}"`);

describe("on the wire", () => {
  let server: AnsweringServer;
  let origin: string;
  const count = (part: string) => server.count(part);

  beforeEach(async () => {
    const granted = { access_token: BEARER, expires_in: 3599, token_type: "Bearer" };
    server = new AnsweringServer(json(200, granted, { "x-ms-request-id": "t-1" }));
    origin = await server.listen();
  });
  afterEach(() => server.close());

  const open = (timeout = 300) => graphAt(origin, clock, timeout).entra;
  const add = (timeout?: number) => open(timeout).addSecret(HOLDER, { displayName: "x", end: plus(NOW, DAY) });

  it("lists who holds roles, a page a request, by principal and role", async () => {
    const grants = (role: string) => json(200, { value: [{ principalId: "p", [role]: "r" }] });
    server.graph = grants("appRoleId");
    expect(await open().grantPage({ ...HOLDER, type: "servicePrincipal" }, null)).toEqual({
      grants: [{ principalId: "p", roleId: "r" }],
      next: null,
    });
    server.graph = grants("roleDefinitionId");
    expect((await open().directoryRolePage(null)).grants).toEqual([{ principalId: "p", roleId: "r" }]);
    const paths = server.arrived.map(({ path }) => path.split("?")[0]);
    expect(paths.slice(-1)).toEqual(["/v1.0/roleManagement/directory/roleAssignments"]);
    expect(paths).toContain("/v1.0/servicePrincipals/0bject/appRoleAssignedTo");
    server.graph = graphError(403, "Authorization_RequestDenied");
    await expect(open().directoryRolePage(null)).rejects.toMatchObject({
      code: "directory-forbidden",
      next: expect.stringContaining("grant RoleManagement.Read.Directory"),
    });
  });

  const cases: [string, Answer, "unknown" | "not-applied", string][] = [
    ["reset", reset, "unknown", "directory-unreachable"],
    ["time-out", silent, "unknown", "directory-unreachable"],
    ["half an answer", half, "unknown", "directory-unreachable"],
    ["a redirect", redirect, "unknown", "directory-failed"],
    ["500", graphError(500, "InternalServerError"), "unknown", "directory-failed"],
    ["503 with Retry-After", json(503, {}, { "Retry-After": "1" }), "unknown", "directory-failed"],
    ["504", json(504, {}), "unknown", "directory-failed"],
    ["408", graphError(408, "RequestTimeout"), "unknown", "directory-refused"],
    ["a gateway's 403", json(403, "<html>"), "unknown", "directory-failed"],
    ["200 without JSON", text(200, "<html>"), "unknown", "directory-failed"],
    ["200 without value", json(200, { keyId: "k" }), "unknown", "directory-failed"],
    ["200 without key id", json(200, { secretText: NEW_VALUE }), "unknown", "directory-failed"],
    ["204", empty(204), "unknown", "directory-failed"],
    [
      "429",
      json(429, { error: { code: "TooManyRequests" } }, { "Retry-After": "7" }),
      "not-applied",
      "directory-throttled",
    ],
    ["400", graphError(400, "Request_BadRequest"), "not-applied", "directory-refused"],
    ["401", graphError(401, "InvalidAuthenticationToken"), "not-applied", "directory-refused"],
    ["403", graphError(403, "Authorization_RequestDenied"), "not-applied", "directory-forbidden"],
    ["403 for want of room", graphError(403, "Directory_ResourceSizeExceeded"), "not-applied", "directory-refused"],
    ["404", graphError(404, "Request_ResourceNotFound"), "not-applied", "directory-absent"],
    ["409", graphError(409, "Directory_ConcurrencyViolation"), "not-applied", "directory-refused"],
    ["policy", graphError(400, "CredentialInvalidLifetimeAsPerAppPolicy"), "not-applied", "policy-refused"],
    ["policy on type", graphError(400, "CredentialTypeNotAllowedAsPerAppPolicy"), "not-applied", "policy-refused"],
  ];
  it.each(cases)("sends addPassword once on %s", async (_name, answer, outcome, code) => {
    server.graph = answer;
    expect(await add()).toMatchObject({ outcome, error: { code } });
    expect(count("addPassword")).toBe(1);
    expect(count("/oauth2/")).toBe(1);
    expect(server.arrived).toHaveLength(2);
  });

  it.each([
    ["application", /make it an owner of the application \(az ad app owner add\)/],
    ["servicePrincipal", /make it an owner of the service principal itself/],
  ] as const)("says of which object it is to be an owner: %s", async (type, next) => {
    server.graph = graphError(403, "Authorization_RequestDenied");
    const refused = await open().addSecret({ ...HOLDER, type }, { displayName: "x", end: plus(NOW, DAY) });
    expect(refused).toMatchObject({ error: { code: "directory-forbidden", next: expect.stringMatching(next) } });
  });

  it("asks for the token once when the login authority fails, and then sends nothing to Graph", async () => {
    for (const [answer, code] of [
      [reset, "directory-unreachable"],
      [silent, "directory-unreachable"],
      [json(503, {}, { "Retry-After": "1" }), "directory-failed"],
      [json(429, { error: "x", error_codes: [90055] }, { "Retry-After": "1" }), "directory-throttled"],
      [json(401, { error: "invalid_client", error_codes: [7000222] }), "sign-in-failed"],
      [json(400, { error: "unauthorized_client", error_codes: [700016] }), "sign-in-failed"],
      [json(400, { error: "invalid_request", error_codes: [90002] }), "tenant-not-found"],
    ] as const) {
      server.arrived = [];
      server.token = answer;
      expect(await add()).toMatchObject({ outcome: "not-applied", error: { code } });
      expect(server.arrived).toHaveLength(1);
    }
  });

  it("sends removePassword once, and knows the answer for a key id that is not there", async () => {
    server.graph = reset;
    expect((await open().removeSecret(HOLDER, "k")).outcome).toBe("unknown");
    server.graph = graphError(400, "Request_BadRequest", "No password credential found with keyId k.");
    expect(await open().removeSecret(HOLDER, "k")).toEqual({ outcome: "no-such-credential" });
    server.graph = graphError(400, "Request_BadRequest", "Something else.");
    expect((await open().removeSecret(HOLDER, "k")).outcome).toBe("not-applied");
    expect(count("removePassword")).toBe(3);
  });

  it("reads once, but for one more time with a new token after 401", async () => {
    const entra = open();
    server.graph = graphError(503, "ServiceUnavailable");
    await expect(entra.read(HOLDER)).rejects.toMatchObject({ code: "directory-failed" });
    expect(count("/applications/")).toBe(1);
    server.graph = graphError(401, "InvalidAuthenticationToken");
    await expect(entra.read(HOLDER)).rejects.toMatchObject({ code: "sign-in-failed" });
    expect(count("/applications/")).toBe(3);
    expect(count("/oauth2/")).toBe(2);
  });

  const byClock = (now: Clock["now"]) => graphAt(origin, { ...clock, now }, 30_000);

  it("keeps the token it has where a missing right asks for a new one and there is none to be had", async () => {
    let now = NOW;
    const directory = byClock(async () => now);
    server.graph = graphError(403, "Authorization_RequestDenied");
    await expect(directory.entra.page("application", null)).rejects.toMatchObject({ code: "directory-forbidden" });
    server.graph = json(200, { value: [] });
    server.token = reset;
    for (const at of [6 * MINUTE, 7 * MINUTE]) {
      now = plus(NOW, at);
      await directory.entra.page("application", null);
    }
    expect(count("/oauth2/")).toBe(2);
  });

  it("takes what was granted meanwhile with a new token, at most one in five minutes", async () => {
    let now = NOW;
    const directory = byClock(async () => now);
    server.graph = graphError(403, "Authorization_RequestDenied");
    const refused = async (at: number) => {
      now = plus(NOW, at);
      await expect(directory.entra.page("application", null)).rejects.toMatchObject({ code: "directory-forbidden" });
      return count("/oauth2/");
    };
    expect(await refused(0)).toBe(1);
    expect(await refused(4 * MINUTE)).toBe(1);
    expect(await refused(5 * MINUTE)).toBe(2);
    expect(await refused(6 * MINUTE)).toBe(2);
    await directory.entra.addSecret(HOLDER, { displayName: "x", end: plus(NOW, DAY) });
    server.graph = json(200, { value: [] });
    now = plus(NOW, 10 * MINUTE);
    await directory.entra.page("application", null);
    expect(count("/oauth2/")).toBe(3);
    now = plus(NOW, 20 * MINUTE);
    await directory.entra.page("application", null);
    expect(count("/oauth2/")).toBe(3);
  });

  it("gives up when told to, as unknown for a write that has left", async () => {
    const stop = new AbortController();
    server.graph = () => stop.abort();
    const end = plus(NOW, DAY);
    const added = await open(20_000).addSecret(HOLDER, { displayName: "x", end }, stop.signal);
    expect(added).toMatchObject({ outcome: "unknown", error: { code: "directory-unreachable" } });
    expect(count("addPassword")).toBe(1);
  });

  it("names itself and gives each request an id", async () => {
    server.graph = graphError(404, "Request_ResourceNotFound");
    const entra = open();
    await expect(entra.read(HOLDER)).rejects.toThrow("request r-1");
    await expect(entra.read(HOLDER)).rejects.toThrow();
    const [, one, two] = server.arrived;
    expect(one?.headers["user-agent"]).toBe("nolapse/1.2.3");
    expect(one?.headers["client-request-id"]).toBeDefined();
    expect(one?.headers["client-request-id"]).not.toBe(two?.headers["client-request-id"]);
  });

  it("sends the end cut to seconds, and no start", async () => {
    server.graph = json(200, { keyId: "k", secretText: NEW_VALUE, endDateTime: "nonsense" });
    const end = epochMs(plus(NOW, DAY) + 987);
    const added = await open().addSecret(HOLDER, { displayName: "x [nolapse:abcd.abcdefgh2345]", end });
    const sent = JSON.parse(server.arrived.at(-1)?.body ?? "");
    expect(sent).toEqual({
      passwordCredential: { displayName: "x [nolapse:abcd.abcdefgh2345]", endDateTime: "2026-05-29T20:26:40Z" },
    });
    // The value is in hand: a date that cannot be read may not lose it.
    expect(added).toMatchObject({ outcome: "applied", credential: { keyId: "k", end: plus(NOW, DAY) } });
  });

  it("shows no value and no token in any error, however deep one looks", async () => {
    const echo = `Access denied for ${BEARER} and ${NEW_VALUE}`;
    for (const answer of [reset, silent, half, redirect, graphError(403, "X", echo), graphError(500, BEARER, echo)]) {
      server.graph = answer;
      const added = await add();
      if (added.outcome === "applied") throw new Error("it cannot be applied");
      const dump = inspect(added.error, { depth: 10, showHidden: true }) + JSON.stringify(added.error);
      for (const canary of [OWN_SECRET, BEARER, NEW_VALUE]) expect(dump).not.toContain(canary);
    }
    server.token = json(401, { error: "invalid_client", error_description: OWN_SECRET, error_codes: [7000215] });
    const refused = await open()
      .read(HOLDER)
      .catch((thrown: unknown) => thrown);
    expect(inspect(refused, { depth: 10, showHidden: true })).not.toContain(OWN_SECRET);
    server.token = reset;
    const unreachable = await open()
      .read(HOLDER)
      .catch((thrown: unknown) => thrown);
    expect(inspect(unreachable, { depth: 10, showHidden: true })).not.toContain(OWN_SECRET);
  });

  it.each([
    // the value, or the client it is for
    [7000215, "not-authenticated"],
    [7000222, "not-authenticated"],
    [7000112, "not-authenticated"],
    [700016, "not-authenticated"],
    [700027, "not-authenticated"],
    [53003, "authenticated-refused"],
    // how it was asked: a machine whose clock is wrong among them
    [700024, "inconclusive"],
    [700023, "inconclusive"],
    [700021, "inconclusive"],
    [50027, "inconclusive"],
    [7000216, "inconclusive"],
    [90055, "inconclusive"],
    // not on record here: OAuth's own word decides
    [7009999, "not-authenticated"],
  ])("takes AADSTS%i for %s of a value", async (number, outcome) => {
    server.token = json(401, { error: "invalid_client", error_codes: [number] });
    const verifier = createVerifier({ clock, version: "1.2.3", timeout: 300 });
    const signIn = { authority: origin, tenant: "t", clientId: "c", scope: "s/.default" };
    expect(await verifier.probe(signIn, new SecretValue(OWN_SECRET))).toMatchObject({ outcome, code: number });
  });

  it("verifies with one request on a connection of its own, without cookies", async () => {
    const verifier = createVerifier({ clock, version: "1.2.3", timeout: 300 });
    const signIn = { authority: origin, tenant: "t", clientId: "c", scope: "s/.default" };
    const value = new SecretValue(OWN_SECRET);
    server.token = json(
      401,
      { error: "invalid_client", error_codes: [7000215] },
      { "Set-Cookie": "fpc=1", "x-ms-request-id": "t" },
    );
    await verifier.probe(signIn, value);
    await verifier.probe(signIn, value);
    expect(new Set(server.arrived.map(({ socket }) => socket)).size).toBe(2);
    expect(server.arrived.every(({ headers }) => headers.cookie === undefined)).toBe(true);
    expect(server.arrived[0]?.headers["user-agent"]).toBe("nolapse-verifier/1.2.3");
    for (const answer of [reset, silent, half, redirect, json(503, {}, { "Retry-After": "1" }), json(429, {})]) {
      server.arrived = [];
      server.token = answer;
      expect(await verifier.probe(signIn, value)).toMatchObject({ outcome: "inconclusive", at: NOW });
      expect(server.arrived).toHaveLength(1);
    }
  });
});

it("has no policy of retries or redirects left", () => {
  const names = createPipeline()
    .getOrderedPolicies()
    .map(({ name }) => name);
  expect(names.filter((name) => /retry|redirect/i.test(name))).toEqual([]);
});

describe("through @azure/identity", () => {
  const asked: string[] = [];
  const tokens = (answer: (url: string) => Response | Promise<Response>) =>
    identityTokens({
      auth: { method: "secret", clientId: "11111111-1111-4111-8111-111111111111", secret: new SecretValue(OWN_SECRET) },
      tenantId: "22222222-2222-4222-8222-222222222222",
      authority: "https://login.test",
      graph: "https://graph.test",
      clock,
      timeout: 2_000,
      fetch: async (url) => {
        asked.push(url);
        return url.includes("openid-configuration") ? Response.json(DISCOVERY) : answer(url);
      },
    });
  const posts = () => asked.filter((url) => url.includes("/token")).length;
  const DISCOVERY = {
    authorization_endpoint: "https://login.test/t/oauth2/v2.0/authorize",
    token_endpoint: "https://login.test/t/oauth2/v2.0/token",
    issuer: "https://login.test/t/v2.0",
    jwks_uri: "https://login.test/t/discovery/v2.0/keys",
  };

  beforeEach(() => {
    asked.length = 0;
  });

  it("gets a token, keeps it, and signs in anew after it was discarded", async () => {
    const source = tokens(() => Response.json({ token_type: "Bearer", expires_in: 3599, access_token: BEARER }));
    expect(await source.token()).toBe(BEARER);
    expect(await source.token()).toBe(BEARER);
    expect(posts()).toBe(1);
    source.discard();
    expect(await source.token()).toBe(BEARER);
    expect(posts()).toBe(2);
  });

  it.each([
    ["503", 503, {}, "directory-failed"],
    ["429", 429, { error: "temporarily_unavailable", error_codes: [90055] }, "directory-throttled"],
    ["a wrong secret", 401, { error: "invalid_client", error_codes: [7000215] }, "sign-in-failed"],
    ["an expired secret", 401, { error: "invalid_client", error_codes: [7000222] }, "sign-in-failed"],
    ["an unknown tenant", 400, { error: "invalid_tenant", error_codes: [90002] }, "tenant-not-found"],
  ])("asks once on %s", async (_name, status, body, code) => {
    const description = `AADSTS0: ${OWN_SECRET}`;
    const source = tokens(() => Response.json({ ...body, error_description: description }, { status }));
    const thrown = await source.token().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code });
    expect(inspect(thrown, { depth: 10, showHidden: true })).not.toContain(OWN_SECRET);
    expect(posts()).toBe(1);
  });

  it.each([
    ["a number that nobody has explained", 401, { error: "invalid_client", error_codes: [7009999] }, /AADSTS code/],
    ["a refusal without a number", 401, { error: "invalid_client" }, /^check the cloud, the tenant and/],
    ["a service that is down", 503, {}, /^wait; nolapse tries again/],
    ["a service that asks to slow down", 429, {}, /^wait; nolapse tries again/],
    ["one that says so by its number", 400, { error: "invalid_request", error_codes: [90055] }, /^wait; nolapse tries/],
    ["another server's page", 404, {}, /^check that authorityHost names/],
  ])("sends nobody to look up a code that is not there: %s", async (_name, status, body, next) => {
    const source = tokens(() => Response.json(body, { status }));
    await expect(source.token()).rejects.toMatchObject({ next: expect.stringMatching(next) });
  });

  it("asks once when the connection is lost", async () => {
    const source = tokens(() => Promise.reject(Object.assign(new Error("reset"), { code: "ECONNRESET" })));
    await expect(source.token()).rejects.toMatchObject({ code: "directory-unreachable" });
    expect(posts()).toBe(1);
  });
});
