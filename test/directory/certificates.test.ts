/** keyCredentials by PATCH, by proof of possession, and as SAML pairs: the rules a rotator lives by. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, DAY, type Graph, type GraphAnswer, graphAs, openDirectory } from "./entra.ts";
import { type ClientKey, createClientKey } from "./signer.ts";

let directory: Directory;
let graph: Graph;
let now: number;
let key: ClientKey;
let other: ClientKey;
beforeAll(async () => {
  directory = await openDirectory({ strictAssertions: true });
  graph = await graphAs(directory);
  now = directory.clock.now();
  key = await createClientKey("CN=client one", now - DAY, now + 365 * DAY);
  other = await createClientKey("CN=client two", now - DAY, now + 400 * DAY);
});
afterAll(() => directory.close());
const create = creator(() => graph);

const entry = (one: ClientKey, more: Record<string, unknown> = {}) => ({
  type: "AsymmetricX509Cert",
  usage: "Verify",
  key: one.der.toString("base64"),
  ...more,
});
const path = (application: { id: string }) => `/applications/${application.id}`;
const patch = (application: { id: string }, keyCredentials: unknown[]) =>
  graph("PATCH", path(application), { keyCredentials });
const keys = async (application: { id: string }, select = "") =>
  (await graph("GET", `${path(application)}${select}`)).body.keyCredentials;
const detail = ({ body }: GraphAnswer) => body.error.details?.[0]?.code;

describe("by PATCH", () => {
  test("an entry takes period and thumbprint from its certificate, and shows its key only when selected", async () => {
    const application = await create();
    expect((await patch(application, [entry(key, { displayName: "CN=client one" })])).status).toBe(204);
    const [shown] = await keys(application);
    expect(mismatch("keyCredential", shown)).toBeUndefined();
    expect(shown).toMatchObject({
      customKeyIdentifier: key.sha1.toString("base64"),
      displayName: "CN=client one",
      key: null,
      endDateTime: new Date(now + 365 * DAY).toISOString().replace(".000", ""),
    });
    const [selected] = await keys(application, "?$select=id,keyCredentials");
    expect(selected.key).toBe(key.der.toString("base64"));
  });

  test("replaces the list: what is resent with key null stays, what is left out is gone", async () => {
    const application = await create();
    await patch(application, [entry(key)]);
    const [first] = await keys(application);
    expect((await patch(application, [first, entry(other)])).status).toBe(204);
    const both = await keys(application, "?$select=keyCredentials");
    expect(both.map((one: { key: string }) => one.key)).toEqual([key, other].map((one) => one.der.toString("base64")));
    expect((await patch(application, [both[1]])).status).toBe(204);
    expect(await keys(application)).toHaveLength(1);
    expect((await patch(application, [])).status).toBe(204);
    expect(await keys(application)).toEqual([]);
  });

  test.each([
    ["its name", { displayName: "another" }],
    ["its end", { endDateTime: "2031-12-31T00:00:00Z" }],
    ["its usage", { usage: "Sign" }],
    ["its thumbprint", { customKeyIdentifier: Buffer.alloc(20, 7).toString("base64") }],
    ["its key", { key: Buffer.from("something else").toString("base64") }],
  ])("refuses an existing entry with %s changed", async (_, change) => {
    const application = await create();
    await patch(application, [entry(key)]);
    const [first] = await keys(application);
    const answer = await patch(application, [{ ...first, ...change }]);
    expect([codeOf(answer), detail(answer)]).toEqual([[400, "Request_BadRequest"], "KeyNotUpdatable"]);
    expect(answer.body.error.message).toBe(`Update to existing credential with KeyId '${first.keyId}' is not allowed.`);
    expect(await keys(application)).toEqual([first]);
  });

  test("takes an existing entry's thumbprint in hex as well, and a time in another zone", async () => {
    const application = await create();
    await patch(application, [entry(key)]);
    const [first] = await keys(application);
    const spelt = {
      ...first,
      customKeyIdentifier: key.sha1.toString("hex").toUpperCase(),
      endDateTime: first.endDateTime.replace("Z", "+00:00"),
    };
    expect((await patch(application, [spelt])).status).toBe(204);
    expect(await keys(application)).toEqual([first]);
  });

  test.each<[string, (one: ClientKey) => string]>([
    ["DER", (one) => one.der.toString("base64")],
    ["DER in lines", (one) => one.der.toString("base64").replace(/.{64}/g, "$&\r\n")],
    ["PEM text", (one) => Buffer.from(one.pem).toString("base64")],
  ])("takes a certificate as %s", async (_, spell) => {
    const application = await create();
    expect((await patch(application, [entry(key, { key: spell(key) })])).status).toBe(204);
    expect((await keys(application))[0].customKeyIdentifier).toBe(key.sha1.toString("base64"));
  });

  test("shortens a long name, and keeps a client's own identifier and key id", async () => {
    const application = await create();
    const keyId = "11111111-2222-4333-8444-555555555555";
    await patch(application, [entry(key, { displayName: "n".repeat(120), keyId, customKeyIdentifier: "QUJD" })]);
    expect((await keys(application))[0]).toMatchObject({
      displayName: "n".repeat(90),
      keyId,
      customKeyIdentifier: "QUJD",
    });
  });

  test.each([
    ["that ends after its certificate", { endDateTime: "2033-01-01T00:00:00Z" }, "KeyCredentialsInvalidEndDate"],
    ["that ends in the past", { endDateTime: "2031-02-28T13:00:00Z" }, "KeyCredentialsInvalidEndDate"],
    ["that begins before its certificate", { startDateTime: "2030-01-01T00:00:00Z" }, "KeyCredentialsInvalidStartDate"],
    ["without a usage", { usage: undefined }, "Request_BadRequest"],
    ["of an unknown type", { type: "Magic" }, "Request_BadRequest"],
    ["whose key is no certificate", { key: "bm90aGluZw==" }, "Request_BadRequest"],
    ["with a member nobody knows", { colour: "blue" }, "Request_BadRequest"],
  ])("refuses a new entry %s", async (_, change, code) => {
    const application = await create();
    expect(codeOf(await patch(application, [entry(key, change)]))).toEqual([400, code]);
    expect(await keys(application)).toEqual([]);
  });

  test("refuses two entries of one key id, and takes one certificate under two", async () => {
    const application = await create();
    const keyId = "11111111-2222-4333-8444-555555555555";
    expect(codeOf(await patch(application, [entry(key, { keyId }), entry(other, { keyId })]))[0]).toBe(400);
    expect((await patch(application, [entry(key), entry(key)])).status).toBe(204);
    expect(await keys(application)).toHaveLength(2);
  });
});

describe("by proof of possession", () => {
  const proof = (by: ClientKey, object: { id: string }, claims: Record<string, unknown> = {}, header = {}) => {
    const seconds = Math.floor(now / 1000);
    return by.sign(
      { alg: "RS256", x5t: by.sha1.toString("base64url"), ...header },
      { aud: "00000002-0000-0000-c000-000000000000", iss: object.id, nbf: seconds, exp: seconds + 600, ...claims },
    );
  };
  const withKey = async (one: ClientKey) => {
    const application = await create();
    await patch(application, [entry(one)]);
    return application;
  };
  const addKey = (application: { id: string }, proved: string, caller: Graph = graph) =>
    caller("POST", `${path(application)}/addKey`, {
      keyCredential: entry(other),
      passwordCredential: null,
      proof: proved,
    });

  test("a key is added and the old one removed, without the list ever being written", async () => {
    const application = await withKey(key);
    const added = await addKey(application, await proof(key, application));
    expect(added.status).toBe(200);
    expect(mismatch("keyCredential", { ...added.body, "@odata.context": undefined })).toBeUndefined();
    const [first, second] = await keys(application);
    expect([first.keyId, first.customKeyIdentifier]).toEqual([added.body.keyId, other.sha1.toString("base64")]);
    const removed = await graph("POST", `${path(application)}/removeKey`, {
      keyId: second.keyId,
      proof: await proof(other, application),
    });
    expect(removed.status).toBe(204);
    expect((await keys(application)).map((one: { keyId: string }) => one.keyId)).toEqual([first.keyId]);
  });

  test.each<[string, (application: { id: string; appId: string }) => Promise<string>]>([
    ["made out to another audience", (one) => proof(key, one, { aud: "https://graph.microsoft.com" })],
    ["issued by the client id", (one) => proof(key, one, { iss: one.appId })],
    ["longer than ten minutes", (one) => proof(key, one, { exp: Math.floor(now / 1000) + 601 })],
    ["over", (one) => proof(key, one, { nbf: Math.floor(now / 1000) - 1200, exp: Math.floor(now / 1000) - 600 })],
    [
      "of tomorrow",
      (one) => proof(key, one, { nbf: Math.floor(now / 1000) + 86_400, exp: Math.floor(now / 1000) + 86_500 }),
    ],
    ["signed with a key that is not there", (one) => proof(other, one)],
    ["signed with another key than it names", (one) => proof(other, one, {}, { x5t: key.sha1.toString("base64url") })],
    ["with padding", async (one) => `${await proof(key, one)}=`],
    ["no JWT", async () => "proof"],
  ])("a proof %s is refused", async (_, make) => {
    const application = await withKey(key);
    const answer = await addKey(application, await make(application as never));
    expect(codeOf(answer)).toEqual([401, "Authentication_MissingOrMalformed"]);
    expect(await keys(application)).toHaveLength(1);
  });

  test("an application without a valid certificate cannot roll at all", async () => {
    const short = await createClientKey("CN=short", now - DAY, now + DAY);
    const application = await withKey(short);
    directory.clock.advance(2 * DAY);
    now = directory.clock.now();
    expect(codeOf(await addKey(application, await proof(short, application)))[0]).toBe(401);
  });

  test("an application needs no permission to roll its own, and may not roll another's", async () => {
    const [own] = await directory.seed([{ name: "Rolls itself", secrets: [{ end: "P90D" }] }]);
    if (own?.id === undefined) throw new Error("not seeded");
    const mine = { id: own.id };
    graph = await graphAs(directory);
    await patch(mine, [entry(key)]);
    const self = await graphAs(directory, { clientId: own.appId, clientSecret: own.secrets[0]?.value ?? "" });
    expect((await addKey(mine, await proof(key, mine), self)).status).toBe(200);
    const another = await withKey(key);
    expect(codeOf(await addKey(another, await proof(key, another), self))).toEqual([
      403,
      "Authorization_RequestDenied",
    ]);
  });
});

describe("SAML signing certificates", () => {
  test("come as a pair and a password that signs nobody in", async () => {
    const application = await create();
    const principal = (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
    const add = (body: unknown) => graph("POST", `/servicePrincipals/${principal.id}/addTokenSigningCertificate`, body);
    const made = await add({ displayName: "CN=SAML 2031" });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ displayName: "CN=SAML 2031", usage: "Verify", type: "AsymmetricX509Cert" });
    expect(Buffer.from(made.body.customKeyIdentifier, "base64").toString("hex").toUpperCase()).toBe(
      made.body.thumbprint,
    );
    const { keyCredentials, passwordCredentials } = (await graph("GET", `/servicePrincipals/${principal.id}`)).body;
    expect(keyCredentials.map((one: { usage: string }) => one.usage)).toEqual(["Sign", "Verify"]);
    expect(passwordCredentials[0].keyId).toBe(keyCredentials[0].keyId);
    expect(made.body.keyId).toBe(keyCredentials[0].keyId);
    expect(codeOf(await add({ displayName: "SAML" }))[0]).toBe(400);
    expect(codeOf(await add({ displayName: "CN=long", endDateTime: "2040-01-01T00:00:00Z" }))).toEqual([
      400,
      "KeyCredentialsInvalidEndDate",
    ]);
  });

  test("are chosen by a thumbprint that is on the object, and by no other", async () => {
    const application = await create();
    const principal = (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
    const at = `/servicePrincipals/${principal.id}`;
    const { thumbprint } = (await graph("POST", `${at}/addTokenSigningCertificate`, { displayName: "CN=SAML" })).body;
    const choose = async (one: unknown) =>
      (await graph("PATCH", at, { preferredTokenSigningKeyThumbprint: one })).status;
    const chosen = async () => (await graph("GET", at)).body.preferredTokenSigningKeyThumbprint;
    expect(await choose("no thumbprint")).toBe(400);
    expect(await choose("0".repeat(40))).toBe(400);
    expect(await chosen()).toBeNull();
    expect(await choose(thumbprint)).toBe(204);
    expect(await chosen()).toBe(thumbprint);
    expect(await choose(null)).toBe(204);
    expect(await chosen()).toBeNull();
  });
});
