/** Every code of the reference's tables is provoked and looks as the reference has it, or is named with the reason why it never comes. */
import { importJWK, type JWK, SignJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Directory, SeededApplication } from "../../src/directory/index.ts";
import { aadsts } from "../../src/directory/sign-in/aadsts.ts";
import { authorityCodes, type CodeCoverage } from "../../src/directory/sign-in/aadsts-coverage.ts";
import { DAY, type Graph, graphAs, keys, openDirectory, requestToken, START, type TokenAnswer } from "./entra.ts";
import { createIssuer, type Issuer } from "./issuer.ts";
import { REFERENCE_CODES } from "./reference-codes.ts";
import { type ClientKey, createClientKey } from "./signer.ts";

const NOBODY = "22222222-2222-4222-8222-222222222222";
const SUBJECT = "repo:contoso/billing";
const AUDIENCE = "api://AzureADTokenExchange";
const seconds = Date.parse(START) / 1000;

let directory: Directory;
let graph: Graph;
let issuer: Issuer;
let key: ClientKey;
const seeded: Record<string, SeededApplication> = {};
const one = (name: string) => seeded[name] as SeededApplication;

beforeAll(async () => {
  issuer = await createIssuer("https://token.actions.example");
  directory = await openDirectory({ strictAssertions: true, issuers: issuer.fetch });
  graph = await graphAs(directory);
  key = await createClientKey("CN=codes", Date.parse(START) - DAY, Date.parse(START) + 90 * DAY);
  const principal = { type: "ManagedIdentity" as const, secrets: [{ name: "imds", end: "P1Y" }] };
  const applications = await directory.seed([
    { name: "live", secrets: [{ name: "live", end: "P1Y" }] },
    { name: "over", secrets: [{ name: "over", end: "-P1D" }] },
    { name: "alone", secrets: [{ name: "alone", end: "P1Y" }], principal: false },
    { name: "off", secrets: [{ name: "off", end: "P1Y" }], disabled: true },
    { name: "public", secrets: [{ name: "public", end: "P1Y" }] },
    { name: "guarded", identifierUris: ["api://guarded"] },
    { name: "identity", registered: false, principal },
  ]);
  for (const application of applications) seeded[application.name] = application;
  await graph("PATCH", `/applications/${one("public").id}`, { isFallbackPublicClient: true });
  await graph("PATCH", `/servicePrincipals/${one("guarded").servicePrincipalId}`, { appRoleAssignmentRequired: true });
  const federated = `/applications/${one("live").id}/federatedIdentityCredentials`;
  await graph("POST", federated, { name: "main", issuer: issuer.url, subject: SUBJECT, audiences: [AUDIENCE] });
  await graph("PATCH", `/applications/${one("live").id}`, {
    keyCredentials: [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }],
  });
});
afterAll(() => directory.close());

type Form = Record<string, string | undefined>;
type Where = Parameters<typeof requestToken>[2];
const as = (name: string, more: Form = {}, where: Where = {}) =>
  requestToken(directory, { client_id: one(name).appId, client_secret: one(name).secrets[0]?.value, ...more }, where);
const asserted = (assertion: string, more: Form = {}) =>
  as("live", {
    client_secret: undefined,
    client_assertion: assertion,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    ...more,
  });

async function signed(claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, by = key) {
  const { appId } = one("live");
  const aud = `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`;
  const all = { aud, iss: appId, sub: appId, nbf: seconds, exp: seconds + 600, ...claims };
  return asserted(await by.sign({ alg: "PS256", "x5t#S256": by.sha256.toString("base64url"), ...header }, all));
}

async function federated(more: Record<string, unknown> = {}) {
  const claims = { sub: SUBJECT, aud: AUDIENCE, nbf: seconds, exp: seconds + 300, ...more };
  return asserted(await issuer.token(claims));
}

/** A token of the directory's own, as it would be for somebody else. */
async function ours(claims: Record<string, unknown>) {
  const tid = directory.admin.tenantId;
  const iss = `https://login.microsoftonline.com/${tid}/v2.0`;
  const id = one("identity").servicePrincipalId ?? "";
  const all = { iss, tid, sub: id, oid: id, aud: AUDIENCE, exp: seconds + 300, ...claims };
  const signing = await importJWK(keys.signing as JWK, "RS256");
  return asserted(await new SignJWT(all).setProtectedHeader({ alg: "RS256" }).sign(signing));
}

async function struck(fault: "conditional-access" | "loop" | "throttle") {
  directory.faults.set({ rules: [{ on: "token", fault }] });
  const answer = await as("live");
  directory.faults.set({ rules: [] });
  return answer;
}

async function fetched(path: string, init?: RequestInit): Promise<TokenAnswer> {
  const response = await directory.fetch(`${directory.url}${path}`, init);
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer["body"] };
}

async function stranger(header: (by: ClientKey) => Record<string, unknown> = () => ({})) {
  const by = await createClientKey("CN=stranger", Date.parse(START) - DAY, Date.parse(START) + DAY);
  return signed({}, header(by), by);
}

async function unreachable() {
  issuer.down = true;
  const answer = await federated();
  issuer.down = false;
  return answer;
}

const PROVOKED: Record<number, () => Promise<TokenAnswer>> = {
  7000215: () => as("live", { client_secret: "wrong" }),
  7000222: () => as("over"),
  7000216: () => as("live", { client_secret: undefined }),
  7000218: () => as("live", { client_secret: undefined, grant_type: "password" }),
  7000229: () => as("alone"),
  7000112: () => as("off"),
  700016: () => as("live", { client_id: NOBODY }),
  700025: () => as("public", { grant_type: "password" }),
  90002: () => as("live", {}, { tenant: NOBODY }),
  900023: () => as("live", {}, { tenant: "nonsense" }),
  50059: () => as("live", {}, { tenant: "common" }),
  53003: () => struck("conditional-access"),
  70011: () => as("live", { scope: "https://<x>/.default" }),
  1002012: () => as("live", { scope: "User.Read" }),
  700022: () => as("live", { scope: "https://graph.microsoft.com/.default api://guarded/.default" }),
  500011: () => as("live", { scope: "api://nothing/.default" }),
  501051: () => as("live", { scope: "api://guarded/.default" }),
  70003: () => as("live", { grant_type: "magic" }),
  90014: () => as("live", { scope: undefined }),
  900144: () => as("live", { grant_type: undefined }),
  9002313: () =>
    fetched(`/${directory.admin.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams("grant_type=client_credentials&client_id=a&client_id=b"),
    }),
  900561: () => fetched(`/${directory.admin.tenantId}/oauth2/v2.0/token`),
  50196: () => struck("loop"),
  90055: () => struck("throttle"),
  50049: () => fetched("/common/discovery/instance?api-version=1.1&authorization_endpoint=https://login.example/a"),
  50194: () => as("live", { grant_type: "password" }, { tenant: "common" }),
  700027: () => stranger(),
  700024: () => signed({ nbf: seconds - 1200, exp: seconds - 600 }),
  700021: () => signed({ sub: NOBODY }),
  700023: () => signed({ aud: "https://example.com/token" }),
  700030: () => stranger((by) => ({ x5c: [by.der.toString("base64")] })),
  50027: () => asserted("a.b.c"),
  5002723: () => signed({}, { "x5t#S256": undefined }),
  5002738: () => signed({}, { alg: "RS384" }),
  700211: () => federated({ iss: "https://token.other.example" }),
  700212: () => federated({ aud: "api://other" }),
  700213: () => federated({ sub: "repo:contoso/other" }),
  7002137: () => federated({ iss: "https://Token.Actions.example" }),
  7002138: () => federated({ sub: SUBJECT.toUpperCase() }),
  700222: () => ours({ oid: one("live").servicePrincipalId, sub: one("live").servicePrincipalId }),
  700229: () => ours({ sub: "a person" }),
  50166: () => unreachable(),
  700038: () => as("live", { client_id: "00000000-0000-0000-0000-000000000000" }),
  50013: async () => {
    const assertion = await issuer.token({ sub: SUBJECT, aud: AUDIENCE, exp: seconds + 300 });
    await issuer.roll();
    return asserted(assertion);
  },
};

const isAnswered = (one: CodeCoverage) => "where" in one;

test.each(authorityCodes.filter(isAnswered))("AADSTS$code: $status $error", async ({ code, status, error }) => {
  const answer = await PROVOKED[code]?.();
  expect(answer).toBeDefined();
  if (answer === undefined) return;
  expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([status, error, [code]]);
  const {
    error_description,
    timestamp,
    trace_id,
    correlation_id,
    error_uri,
    error_codes,
    error: _,
    ...more
  } = answer.body;
  expect(more, "the envelope has no other member").toEqual({});
  const end = ` Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`;
  expect([timestamp, error_codes]).toEqual(["2031-03-01 12:00:00Z", [code]]);
  expect(error_description?.startsWith(`AADSTS${code}: `) && error_description.endsWith(end)).toBe(true);
  expect([undefined, `https://login.microsoftonline.com/error?code=${code}`]).toContain(error_uri);
  expect([answer.headers.get("x-ms-request-id"), answer.headers.get("content-type")]).toEqual([
    trace_id,
    "application/json; charset=utf-8",
  ]);
  const [, statuses = [status], errors = [error], text = /./] = REFERENCE_CODES.find(([known]) => known === code) ?? [];
  expect(statuses).toContain(status);
  expect(errors.length === 0 ? [error] : errors).toContain(error);
  expect(String(error_description).slice(`AADSTS${code}: `.length, -end.length)).toMatch(text);
});

test("the coverage names every code of the reference's tables, and every code the directory has", () => {
  const covered = authorityCodes.map(({ code }) => code);
  expect(new Set(covered).size).toBe(covered.length);
  const beyond = [700038, 50013];
  expect(covered.toSorted()).toEqual([...REFERENCE_CODES.map(([code]) => code), ...beyond].toSorted());
  const made = Object.values(aadsts).map(
    (make) => (make as (...given: unknown[]) => { code: number })(0, 0, 0, 0).code,
  );
  const answered = authorityCodes.filter(isAnswered).map(({ code }) => code);
  expect([...new Set(made)].filter((code) => code !== 0).toSorted()).toEqual(answered.toSorted());
  expect(Object.keys(PROVOKED).map(Number).toSorted()).toEqual(answered.toSorted());
});
