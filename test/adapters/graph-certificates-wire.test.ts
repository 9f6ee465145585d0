/** What leaves for Graph when certificates change: one request for each write, and exactly which bytes. */
import { constants, createHash, verify, X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import type { NewCertificate } from "../../src/ports/certificates.ts";
import { clockAt, graphAt } from "../support/answering-graph.ts";
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
import { type MadeCertificate, makeCertificate } from "../support/certificates.ts";

const NOW = epochMs(1_780_000_000_987);
const SECONDS = 1_780_000_000;
const clock = clockAt(NOW);
const BEARER = "eyJhbGciOiJub25lIn0.canaryOfTheBearerTokenOfNolapse.x";
const HOLDER = { type: "servicePrincipal", objectId: "0bject", appId: "c11ent" } as const;
const DATE = { Date: "Thu, 28 May 2026 20:26:40 GMT" };

let made: MadeCertificate;
let server: AnsweringServer;
let origin: string;

beforeAll(async () => {
  made = await makeCertificate({ from: NOW - DAY, to: NOW + 100 * DAY });
});
beforeEach(async () => {
  server = new AnsweringServer(json(200, { access_token: BEARER, expires_in: 3599 }, { "x-ms-request-id": "t-1" }));
  origin = await server.listen();
});
afterEach(() => server.close());

const open = (timeout = 300) => graphAt(origin, clock, timeout);
const added = (): NewCertificate => ({
  keyId: "11111111-2222-4333-8444-555555555555",
  displayName: "x [nolapse:abcd.abcdefgh2345]",
  certificate: made.pem,
  start: NOW,
  end: epochMs(plus(NOW, 90 * DAY) + 12),
});
const WRITES = {
  addKey: () => open().certificates.addKey(HOLDER, added(), made.value),
  removeKey: () => open().certificates.removeKey(HOLDER, "k", made.value),
  replaceCertificates: () => open().certificates.replaceCertificates(HOLDER, { kept: ["{}"], added: [added()] }),
} as const;
const writeNames = Object.keys(WRITES) as (keyof typeof WRITES)[];
const lastBody = () => JSON.parse(server.arrived.at(-1)?.body ?? "");

describe.each(writeNames)("%s", (name) => {
  it.each<[string, Answer, "unknown" | "not-applied", string]>([
    ["reset", reset, "unknown", "directory-unreachable"],
    ["time-out", silent, "unknown", "directory-unreachable"],
    ["half an answer", halfOf('{"keyId":"k"'), "unknown", "directory-unreachable"],
    ["a redirect", redirect, "unknown", "directory-failed"],
    ["500", graphError(500, "InternalServerError"), "unknown", "directory-failed"],
    ["503 with Retry-After", json(503, {}, { "Retry-After": "1" }), "unknown", "directory-failed"],
    ["408", graphError(408, "RequestTimeout"), "unknown", "directory-refused"],
    ["a gateway's 403", text(403, "<html>"), "unknown", "directory-failed"],
    ["429", json(429, {}, { "Retry-After": "7" }), "not-applied", "directory-throttled"],
    ["400", graphError(400, "KeyCredentialsInvalidEndDate"), "not-applied", "directory-refused"],
    ["401", graphError(401, "InvalidAuthenticationToken"), "not-applied", "directory-refused"],
    ["403", graphError(403, "Authorization_RequestDenied"), "not-applied", "directory-forbidden"],
    ["404", graphError(404, "Request_ResourceNotFound"), "not-applied", "directory-absent"],
    ["409", graphError(409, "Directory_ConcurrencyViolation"), "not-applied", "directory-refused"],
    ["policy", graphError(400, "CredentialInvalidLifetimeAsPerAppPolicy"), "not-applied", "policy-refused"],
    ["policy on type", graphError(400, "CredentialTypeNotAllowedAsPerAppPolicy"), "not-applied", "policy-refused"],
  ])("is sent once on %s", async (_, answer, outcome, code) => {
    server.graph = answer;
    expect(await WRITES[name]()).toMatchObject({ outcome, error: { code } });
    expect(server.arrived).toHaveLength(2);
    expect(server.count("/servicePrincipals/0bject")).toBe(1);
  });

  it("is not sent without a token", async () => {
    server.token = json(401, { error: "invalid_client", error_codes: [7000222] });
    expect(await WRITES[name]()).toMatchObject({ outcome: "not-applied", error: { code: "sign-in-failed" } });
    expect(server.arrived).toHaveLength(1);
  });

  it("shows no proof and no token, whatever the service says", async () => {
    server.graph = (request, response) => {
      const { proof = "none" } = lastBody();
      graphError(401, "Authentication_MissingOrMalformed", `${proof} ${BEARER}`)(request, response);
    };
    const outcome = await WRITES[name]();
    const { proof = "no-proof-in-it" } = lastBody();
    const dump = inspect(outcome, { depth: 10, showHidden: true }) + JSON.stringify(outcome);
    for (const canary of [proof, BEARER]) expect(dump).not.toContain(canary);
    expect(outcome.outcome).toBe("not-applied");
  });
});

describe("a proof of possession", () => {
  it.each(["addKey", "removeKey"] as const)("of %s is what Graph documents, by the domain's clock", async (name) => {
    server.graph = name === "addKey" ? json(200, { keyId: "given-by-graph" }) : empty(204);
    const outcome = await WRITES[name]();
    expect(outcome).toEqual(
      name === "addKey"
        ? { outcome: "applied", keyId: "given-by-graph", request: null }
        : { outcome: "applied", request: null },
    );
    const { proof } = lastBody();
    const x5t = createHash("sha1").update(made.der).digest("base64url");
    expect(decodeProtectedHeader(proof)).toEqual({ alg: "RS256", typ: "JWT", x5t });
    expect(decodeJwt(proof)).toEqual({
      aud: "00000002-0000-0000-c000-000000000000",
      iss: "0bject",
      nbf: SECONDS,
      exp: SECONDS + 600,
    });
    const [header, claims, signature] = proof.split(".");
    const key = new X509Certificate(made.der).publicKey;
    expect(verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it("that is refused says that the copy may not be valid any more", async () => {
    server.graph = graphError(401, "Authentication_MissingOrMalformed", "Access Token missing or malformed.");
    for (const outcome of [await WRITES.addKey(), await WRITES.removeKey()]) {
      expect(outcome).toMatchObject({
        outcome: "not-applied",
        error: {
          code: "directory-refused",
          next: "the copy in the target may not be valid any more: look at both ends",
        },
      });
    }
  });
});

it("sends a new certificate in DER, its period in whole seconds, by addKey and by PATCH alike", async () => {
  const entry = {
    type: "AsymmetricX509Cert",
    usage: "Verify",
    keyId: "11111111-2222-4333-8444-555555555555",
    displayName: "x [nolapse:abcd.abcdefgh2345]",
    startDateTime: "2026-05-28T20:26:40Z",
    endDateTime: "2026-08-26T20:26:40Z",
    key: made.der.toString("base64"),
  };
  server.graph = json(200, { keyId: "k" });
  await WRITES.addKey();
  expect(lastBody()).toEqual({ keyCredential: entry, passwordCredential: null, proof: expect.any(String) });
  server.graph = empty(204);
  expect(await WRITES.replaceCertificates()).toMatchObject({ outcome: "applied" });
  expect(server.arrived.at(-1)).toMatchObject({ method: "PATCH", path: "/v1.0/servicePrincipals/0bject" });
  expect(lastBody()).toEqual({ keyCredentials: [{}, entry] });
});

it("answers addKey as unknown when the answer names no key id", async () => {
  for (const answer of [json(200, {}), text(200, "<html>"), empty(204)]) {
    server.graph = answer;
    expect(await WRITES.addKey()).toMatchObject({ outcome: "unknown", error: { code: "directory-failed" } });
  }
});

it("knows removeKey's answer for a key id that is not there", async () => {
  server.graph = graphError(400, "Request_BadRequest", "No key credential found with keyId 'k'.");
  expect(await WRITES.removeKey()).toEqual({ outcome: "no-such-credential" });
});

describe("reading the list", () => {
  const odd = [
    '{"keyId":"a","endDateTime":"2027-03-01T09:12:44.0123456Z","usage":"Verify","type":"AsymmetricX509Cert","n":1e2}',
    '{ "keyId":"b", "keyId":"c", "unheardOf":{"big":12345678901234567890}, "usage":"Sign", "key":null }',
  ];
  const list = (entries: string) => `{"id":"0bject","appId":"c","keyCredentials":${entries}}`;
  const answer =
    (body: string): Answer =>
    (_request, response) =>
      void response.writeHead(200, { "Content-Type": "application/json", ...DATE }).end(body);
  const read = () => open().certificates.readCertificates(HOLDER);

  it("is one request, and what is read goes back byte for byte", async () => {
    server.graph = answer(list(`[ ${odd.join(" ,\n ")} ]`));
    const { entries, serviceTime } = await read();
    expect(server.arrived.at(-1)).toMatchObject({
      method: "GET",
      path: "/v1.0/servicePrincipals/0bject?$select=id,appId,keyCredentials",
    });
    expect(serviceTime).toBe(SECONDS * 1_000);
    expect(entries.map(({ raw }) => raw)).toEqual(odd);
    expect(entries.map(({ credential }) => credential.keyId)).toEqual(["a", "c"]);
    server.graph = empty(204);
    await open().certificates.replaceCertificates(HOLDER, { kept: entries.map(({ raw }) => raw), added: [] });
    expect(server.arrived.at(-1)?.body).toBe(`{"keyCredentials":[${odd.join(",")}]}`);
  });

  it.each([
    ["no list", '{"id":"0bject","appId":"c"}'],
    ["null for the list", list("null")],
    ["an entry that is none", list("[null]")],
    ["an entry without a key id", list('[{"keyId":null}]')],
    ["a part of the list", '{"id":"0bject","keyCredentials":[],"keyCredentials@odata.nextLink":"https://x"}'],
    ["another object", '{"id":"another","keyCredentials":[]}'],
    ["half a JSON text", '{"id":"0bject","keyCredentials":['],
  ])("takes %s for a failure, never for an empty list", async (_, body) => {
    server.graph = answer(body);
    await expect(read()).rejects.toMatchObject({ code: "directory-failed" });
  });

  it("refuses to send back what is no entry", async () => {
    const list = { kept: ["not an entry"], added: [] };
    await expect(open().certificates.replaceCertificates(HOLDER, list)).rejects.toThrow(TypeError);
    expect(server.arrived).toEqual([]);
  });
});

it("lists the certificates of a page of objects in one request, and follows its link", async () => {
  const entry = { keyId: "k", usage: "Verify", key: made.der.toString("base64") };
  const one = (id: string) => ({ id, keyCredentials: [entry] });
  server.graph = json(200, {
    "@odata.nextLink": `${origin}/v1.0/applications?$skiptoken=x`,
    value: [one("a"), one("b")],
  });
  const { entra } = open();
  const first = await entra.certificatePage("application", null);
  expect(first.holders.map(({ objectId }) => objectId)).toEqual(["a", "b"]);
  server.graph = json(200, { value: [{ id: "c", keyCredentials: [] }] });
  expect(await entra.certificatePage("application", first.next)).toEqual({
    holders: [{ objectId: "c", credentials: [] }],
    next: null,
  });
  expect(server.arrived.slice(1).map(({ path }) => path)).toEqual([
    "/v1.0/applications?$select=id,keyCredentials&$top=999",
    "/v1.0/applications?$skiptoken=x",
  ]);
  server.graph = json(200, { "@odata.nextLink": "https://elsewhere.test/", value: [] });
  await expect(entra.certificatePage("application", null)).rejects.toMatchObject({ code: "directory-failed" });
});

describe("a client assertion", () => {
  const probe = () =>
    createVerifier({ clock, version: "1.2.3", timeout: 300, assertionId: () => "an-id" }).probe(
      { authority: origin, tenant: "t", clientId: "c", scope: "s/.default" },
      made.value,
    );

  it("is what the identity platform documents, and the form holds nothing else of the key", async () => {
    await probe();
    const form = new URLSearchParams(server.arrived[0]?.body);
    const assertion = form.get("client_assertion") ?? "";
    expect([...form.keys()].sort()).toEqual([
      "client_assertion",
      "client_assertion_type",
      "client_id",
      "grant_type",
      "scope",
    ]);
    expect(form.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    const thumbprint = createHash("sha256").update(made.der).digest("base64url");
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint });
    expect(decodeJwt(assertion)).toEqual({
      aud: `${origin}/t/oauth2/v2.0/token`,
      iss: "c",
      sub: "c",
      jti: "an-id",
      nbf: SECONDS,
      iat: SECONDS,
      exp: SECONDS + 600,
    });
    const [header, claims, signature = ""] = assertion.split(".");
    const { publicKey: key } = new X509Certificate(made.der);
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify("sha256", signed, { key, ...padding }, Buffer.from(signature, "base64url"))).toBe(true);
  });

  it.each([
    "The key was not found.",
    "The key used is expired.",
    "Key was found, but use of the key to verify failed.",
  ])("refused with 700027 [Reason - %s] is not authenticated", async (reason) => {
    const error_description = `AADSTS700027: Client assertion contains an invalid signature. [Reason - ${reason}]`;
    server.token = json(401, { error: "invalid_client", error_codes: [700027], error_description });
    expect(await probe()).toMatchObject({ outcome: "not-authenticated", code: 700027 });
  });
});
