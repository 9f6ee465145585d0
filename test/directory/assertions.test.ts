/** Signing in with a certificate: each check of the authority, in its order, with its code. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { DAY, type Graph, graphAs, openDirectory, requestToken, START } from "./entra.ts";
import { type ClientKey, createClientKey } from "./signer.ts";

let directory: Directory;
let graph: Graph;
let key: ClientKey;
let stranger: ClientKey;
let app: { appId: string; id: string };
const now = Date.parse(START);
const seconds = now / 1000;

beforeAll(async () => {
  directory = await openDirectory({ strictAssertions: true });
  graph = await graphAs(directory);
  key = await createClientKey("CN=client", now - 30 * DAY, now + 300 * DAY);
  stranger = await createClientKey("CN=stranger", now - 30 * DAY, now + 300 * DAY);
  app = await withCertificate("Signs in", key);
});
afterAll(() => directory.close());

async function withCertificate(name: string, one: ClientKey, end?: string) {
  const [seeded] = await directory.seed([{ name }]);
  if (seeded?.id === undefined) throw new Error("not seeded");
  const keyCredentials = [
    { type: "AsymmetricX509Cert", usage: "Verify", key: one.der.toString("base64"), endDateTime: end },
  ];
  const answer = await graph("PATCH", `/applications/${seeded.id}`, {
    keyCredentials: keyCredentials.map(({ endDateTime, ...rest }) =>
      endDateTime === undefined ? rest : { ...rest, endDateTime },
    ),
  });
  expect(answer.status).toBe(204);
  return { appId: seeded.appId, id: seeded.id };
}

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const audience = () => `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`;

interface Asked {
  readonly by?: ClientKey;
  readonly header?: Record<string, unknown> & { alg?: string };
  readonly claims?: Record<string, unknown>;
  readonly client?: string;
  readonly path?: string;
}

async function signIn({
  by = key,
  header = {},
  claims = {},
  client = app.appId,
  path = "oauth2/v2.0/token",
}: Asked = {}) {
  const assertion = await by.sign(
    { alg: "PS256", "x5t#S256": by.sha256.toString("base64url"), ...header },
    { aud: audience(), iss: client, sub: client, jti: "1", nbf: seconds, exp: seconds + 600, ...claims },
  );
  return send(assertion, client, path);
}

function send(assertion: string, client = app.appId, path = "oauth2/v2.0/token", type: string | undefined = TYPE) {
  return requestToken(
    directory,
    {
      client_id: client,
      client_assertion: assertion,
      client_assertion_type: type,
      resource: path.includes("v2") ? undefined : "https://graph.microsoft.com",
    },
    { path },
  );
}

const codeOf = ({ status, body }: Awaited<ReturnType<typeof send>>) => (status === 200 ? 200 : body.error_codes?.[0]);
const claimsOf = (token = "") => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());

describe("is honoured", () => {
  const thumb = (bytes: Buffer, encoding: "base64" | "base64url" | "hex") => bytes.toString(encoding);
  test.each<[string, Asked | (() => Asked)]>([
    ["with PS256 and x5t#S256", {}],
    [
      "with RS256 and x5t",
      () => ({ header: { alg: "RS256", "x5t#S256": undefined, x5t: thumb(key.sha1, "base64url") } }),
    ],
    ["with a padded x5t", () => ({ header: { alg: "RS256", "x5t#S256": undefined, x5t: thumb(key.sha1, "base64") } })],
    [
      "with the SHA-1 as kid, in hex",
      () => ({ header: { "x5t#S256": undefined, kid: thumb(key.sha1, "hex").toUpperCase() } }),
    ],
    ["with dates that have fractions", { claims: { nbf: seconds - 0.25, exp: seconds + 599.5 } }],
    ["from a clock a second ahead", { claims: { nbf: seconds + 1 } }],
    ["without nbf and iat", { claims: { nbf: undefined } }],
    [
      "for the issuer",
      () => ({ claims: { aud: `https://login.microsoftonline.com/${directory.admin.tenantId}/v2.0` } }),
    ],
    [
      "at the v1.0 endpoint",
      () => ({ path: "oauth2/token", claims: { aud: `${directory.url}/${directory.admin.tenantId}/oauth2/token` } }),
    ],
  ])("%s", async (_, asked) => {
    const answer = await signIn(typeof asked === "function" ? asked() : asked);
    expect(codeOf(answer)).toBe(200);
    expect(claimsOf(answer.body.access_token)).toMatchObject({ appid: app.appId, appidacr: "2" });
  });
});

test("may send the chain of its registered certificate along; a chain that is none is malformed", async () => {
  const chain = (x5c: unknown, by = key) => signIn({ by, header: { x5c } });
  expect(codeOf(await chain([key.der.toString("base64")]))).toBe(200);
  expect((await chain([stranger.der.toString("base64")], stranger)).body.error_description).toContain("'CN=stranger'");
  for (const none of ["x", [], ["x"], [1]]) expect(codeOf(await chain(none, stranger))).toBe(50027);
});

test("is honoured when it names the tenant by a domain", async () => {
  const [domain] = directory.state().tenants[0]?.domains ?? [];
  const aud = `https://login.microsoftonline.com/${domain?.name}/oauth2/v2.0/token`;
  expect(codeOf(await signIn({ claims: { aud } }))).toBe(200);
});

describe("is refused", () => {
  test.each<[string, Asked | (() => Asked), number]>([
    ["signed with another algorithm than the two", { header: { alg: "RS384" } }, 5002738],
    ["that names no key", { header: { "x5t#S256": undefined } }, 5002723],
    ["of an unknown client", { client: "22222222-2222-4222-8222-222222222222" }, 700016],
    ["issued by another", { claims: { iss: "22222222-2222-4222-8222-222222222222" } }, 700021],
    ["about another", { claims: { sub: "22222222-2222-4222-8222-222222222222" } }, 700021],
    ["for another audience", { claims: { aud: "https://example.com/token" } }, 700023],
    ["for another tenant", { claims: { aud: "https://login.microsoftonline.com/common/oauth2/v2.0/token" } }, 700023],
    ["with a certificate that is not there", () => ({ by: stranger }), 700027],
    [
      "with a certificate that is not there, sent along as a chain",
      () => ({ by: stranger, header: { x5c: [stranger.der.toString("base64")] } }),
      700030,
    ],
    [
      "that names one key and is signed by another",
      () => ({ by: stranger, header: { "x5t#S256": key.sha256.toString("base64url") } }),
      700027,
    ],
    ["that is over", { claims: { nbf: seconds - 1200, exp: seconds - 600 } }, 700024],
    ["that begins tomorrow", { claims: { nbf: seconds + 86_400, exp: seconds + 90_000 } }, 700024],
    ["without an end", { claims: { exp: undefined } }, 700024],
  ])("one %s", async (_, asked, code) => {
    const answer = await signIn(typeof asked === "function" ? asked() : asked);
    expect(codeOf(answer)).toBe(code);
    expect(answer.status).toBe(code === 700016 ? 400 : 401);
  });

  test("says why the key did not do", async () => {
    const thumbprint = stranger.sha256.toString("hex").toUpperCase();
    const missing = await signIn({ by: stranger });
    expect(missing.body.error_description).toContain(
      `[Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}'`,
    );
    const wrong = await signIn({ by: stranger, header: { "x5t#S256": key.sha256.toString("base64url") } });
    expect(wrong.body.error_description).toContain("Key was found, but use of the key to verify the signature failed.");
    const short = await createClientKey("CN=short", now - 30 * DAY, now + 300 * DAY);
    const { appId, id } = await withCertificate("Ends soon", short, "2031-03-02T00:00:00Z");
    expect(codeOf(await signIn({ by: short, client: appId }))).toBe(200);
    directory.clock.advance(DAY);
    const late = await signIn({
      by: short,
      client: appId,
      claims: { nbf: seconds + 86_400, exp: seconds + 87_000 },
    });
    expect(late.body.error_description).toContain("The key used is expired.");
    expect(late.body.error_description).toContain("End=03/02/2031 00:00:00'");
    expect(directory.signIns().at(-1)).toMatchObject({ appId, errorCode: 700027, keyId: expect.any(String) });
    directory.clock.advance(-DAY);
    expect((await graph("PATCH", `/applications/${id}`, { keyCredentials: [] })).status).toBe(204);
    expect(codeOf(await signIn({ by: short, client: appId }))).toBe(700027);
  });

  test("of another type, malformed, or without a type", async () => {
    const good = await key.sign({ alg: "PS256", "x5t#S256": key.sha256.toString("base64url") }, {});
    expect(codeOf(await send(good, app.appId, undefined, "urn:other"))).toBe(50027);
    expect(codeOf(await send("a.b.c"))).toBe(50027);
    expect(codeOf(await send(`${good}=`))).toBe(50027);
    expect(codeOf(await requestToken(directory, { client_id: app.appId, client_assertion: good }))).toBe(900144);
  });
});

test("what is wrong with its form comes before who it is of", async () => {
  const nobody = "22222222-2222-4222-8222-222222222222";
  expect(codeOf(await send("a.b.c", nobody))).toBe(50027);
  expect(codeOf(await signIn({ client: nobody, header: { alg: "RS384" } }))).toBe(5002738);
  expect(codeOf(await signIn({ client: nobody, header: { "x5t#S256": undefined } }))).toBe(5002723);
});

test("the log names the certificate that signed in", async () => {
  await signIn();
  const [credential] = (await graph("GET", `/applications/${app.id}`)).body.keyCredentials;
  expect(directory.signIns().at(-1)).toMatchObject({ appId: app.appId, keyId: credential.keyId, errorCode: 0 });
});

test("a certificate that is itself signed with SHA-1 is taken, and its key signs in", async () => {
  const now = directory.clock.now();
  const old = await createClientKey("CN=old", now - DAY, now + 90 * DAY, "SHA-1");
  expect(old.der.includes(Buffer.from("2a864886f70d010105", "hex")), "sha1WithRSAEncryption").toBe(true);
  const [seeded] = await directory.seed([{ name: "Of long ago" }]);
  const graph = await graphAs(directory);
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: old.der.toString("base64") }];
  expect((await graph("PATCH", `/applications/${seeded?.id}`, { keyCredentials })).status).toBe(204);
  const seconds = Math.floor(now / 1000);
  const aud = `https://login.microsoftonline.com/${directory.admin.tenantId}/v2.0`;
  const claims = { aud, iss: seeded?.appId, sub: seeded?.appId, jti: "sha1", nbf: seconds, exp: seconds + 600 };
  const answer = await requestToken(directory, {
    client_id: seeded?.appId ?? "",
    client_assertion: await old.sign({ alg: "RS256", x5t: old.sha1.toString("base64url") }, claims),
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  });
  expect(answer.status, answer.body.error_description).toBe(200);
});

test("a certificate on the service principal signs in as well", async () => {
  const own = await createClientKey("CN=principal", now - DAY, now + 90 * DAY);
  const [seeded] = await directory.seed([{ name: "By its principal" }]);
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: own.der.toString("base64") }];
  expect((await graph("PATCH", `/servicePrincipals/${seeded?.servicePrincipalId}`, { keyCredentials })).status).toBe(
    204,
  );
  expect(codeOf(await signIn({ by: own, client: seeded?.appId ?? "" }))).toBe(200);
});

test("a machine's own time will do unless assertions are judged strictly", async () => {
  const lenient = await openDirectory();
  const admin = await graphAs(lenient);
  const [seeded] = await lenient.seed([{ name: "Elsewhen" }]);
  const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }];
  await admin("PATCH", `/applications/${seeded?.id}`, { keyCredentials });
  const machine = Math.floor(Date.now() / 1000);
  const claims = {
    aud: `${lenient.url}/${lenient.admin.tenantId}/oauth2/v2.0/token`,
    iss: seeded?.appId,
    sub: seeded?.appId,
  };
  const header = { alg: "PS256", "x5t#S256": key.sha256.toString("base64url") };
  const assertion = await key.sign(header, { ...claims, nbf: machine, exp: machine + 600 });
  const form = { client_id: seeded?.appId, client_assertion: assertion, client_assertion_type: TYPE };
  expect((await requestToken(lenient, form)).status).toBe(200);
  await lenient.close();
});
