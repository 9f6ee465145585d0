/** Access tokens: Entra signs those of every tenant and every client with the same keys, so the signature alone says nothing. */
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeAll, expect, test } from "vitest";
import { callerOfToken } from "../../src/http/bearer.ts";

const TENANT = "3f6c0000-0000-4000-8000-000000000001";
const OTHER = "3f6c0000-0000-4000-8000-000000000002";
const CLIENT = "aaaaaaaa-1111-4222-8333-444444444444";
const NOW = Date.UTC(2031, 2, 1);
let key: Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
let keys: ReturnType<typeof createLocalJWKSet>;
beforeAll(async () => {
  const pair = await generateKeyPair("RS256");
  key = pair.privateKey;
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "k", alg: "RS256" }] });
});

const good = {
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  aud: CLIENT,
  tid: TENANT,
  oid: "o",
  azp: "robot",
  roles: ["Operator"],
  iat: NOW / 1000,
  nbf: NOW / 1000,
  exp: NOW / 1000 + 3600,
};

async function caller(claims: object, header: object = {}) {
  const token = await new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: "RS256", kid: "k", ...header })
    .sign(key);
  return callerOfToken(token, {
    settings: { tenantId: TENANT, clientId: CLIENT, audiences: ["https://nolapse.example"] },
    authority: async () => ({
      metadata: {} as never,
      keys,
      issuers: [good.iss, `https://sts.windows.net/${TENANT}/`],
    }),
    now: async () => NOW,
  });
}

test.each<[string, object, object]>([
  ["a program, v2.0", {}, { kind: "application", name: "robot", role: "Operator" }],
  [
    "a program, v1.0",
    { iss: `https://sts.windows.net/${TENANT}/`, aud: `api://${CLIENT}`, appid: "r1" },
    { kind: "application", name: "r1" },
  ],
  ["another audience of the configuration", { aud: "https://nolapse.example" }, { role: "Operator" }],
  [
    "a person",
    { scp: "use", preferred_username: "ann@x", roles: ["Reader", "Admin"] },
    { kind: "person", name: "ann@x", role: "Admin" },
  ],
  ["a person without a role", { scp: "use", roles: undefined }, { kind: "person", role: "Owner" }],
  ["a program without a role", { roles: undefined }, { kind: "application", role: null }],
  ["roles of others", { roles: ["admin", "ADMIN", "Owner", "Application.ReadWrite.All"] }, { role: null }],
])("taken: %s", async (_name, claims, expected) => {
  expect(await caller(claims)).toMatchObject(expected);
});

test.each<[string, object]>([
  ["another tenant's issuer", { iss: `https://login.microsoftonline.com/${OTHER}/v2.0`, tid: OTHER }],
  ["another tenant's v1.0 issuer", { iss: `https://sts.windows.net/${OTHER}/` }],
  ["a tenant that is not its issuer's", { tid: OTHER }],
  ["a token for Graph", { aud: "https://graph.microsoft.com" }],
  ["a token for another client", { aud: "bbbbbbbb-1111-4222-8333-444444444444" }],
  ["no audience", { aud: undefined }],
  ["ended", { exp: NOW / 1000 - 301 }],
  ["without an end", { exp: undefined }],
  ["not valid yet", { nbf: NOW / 1000 + 301 }],
  ["nobody's", { oid: undefined }],
  ["roles that are no list", { roles: "Admin" }],
])("not taken: %s", async (_name, claims) => {
  await expect(caller(claims)).rejects.toMatchObject({ code: "not-signed-in" });
});

test("neither unsigned, nor signed by a secret, nor with a key of its own", async () => {
  const payload = Buffer.from(JSON.stringify({ ...good, roles: ["Admin"] })).toString("base64url");
  const head = (header: object) => Buffer.from(JSON.stringify(header)).toString("base64url");
  const checks = {
    settings: { tenantId: TENANT, clientId: CLIENT, audiences: [] },
    authority: async () => ({ metadata: {} as never, keys, issuers: [good.iss] }),
    now: async () => NOW,
  };
  const own = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(own.publicKey);
  const tokens = [
    `${head({ alg: "none" })}.${payload}.`,
    `${head({ alg: "none" })}.${payload}.AA`,
    await new SignJWT({ ...good })
      .setProtectedHeader({ alg: "HS256", kid: "k" })
      .sign(new TextEncoder().encode(CLIENT.repeat(2))),
    await new SignJWT({ ...good }).setProtectedHeader({ alg: "RS256", kid: "k", jwk }).sign(own.privateKey),
    await new SignJWT({ ...good }).setProtectedHeader({ alg: "RS256", kid: "other" }).sign(own.privateKey),
    "not.a.token",
  ];
  for (const token of tokens)
    await expect(callerOfToken(token, checks)).rejects.toMatchObject({ code: "not-signed-in" });
});
