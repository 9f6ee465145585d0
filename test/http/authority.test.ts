/** The login authority as the server reaches it: through the way it was given, and each kind of failure is told as what it is. */
import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import { createAuthority, type SignInSettings } from "../../src/http/authority.ts";
import { callerOfToken } from "../../src/http/bearer.ts";
import { createSignIn } from "../../src/http/sign-in.ts";

const TENANT = "3f6c0000-0000-4000-8000-000000000001";
const AUTHORITY = "https://login.example";
const METADATA = {
  issuer: `${AUTHORITY}/${TENANT}/v2.0`,
  authorization_endpoint: `${AUTHORITY}/authorize`,
  token_endpoint: `${AUTHORITY}/token`,
  jwks_uri: `${AUTHORITY}/keys`,
};

type Answers = Readonly<Record<string, () => Response>>;

/** The server's side of an authority that answers so, and the paths it was asked for; what is not named does not answer. */
function reached(answers: Answers) {
  const asked: string[] = [];
  const settings: SignInSettings = {
    tenantId: TENANT,
    authority: AUTHORITY,
    clientId: "portal",
    secret: async () => new SecretValue("a~secret"),
    ownRights: "none",
    audiences: [],
    fetch: async (input) => {
      const path = new URL(String(input)).pathname;
      asked.push(path);
      const answer = {
        [`/${TENANT}/v2.0/.well-known/openid-configuration`]: () => Response.json(METADATA),
        ...answers,
      }[path];
      if (answer === undefined) throw new TypeError("fetch failed");
      return answer();
    },
  };
  const authority = createAuthority(settings);
  const signIn = createSignIn({
    settings,
    authority,
    origin: () => "https://nolapse.example",
    now: async () => Date.now(),
    processNow: () => 0,
  });
  const comeBack = async () => {
    const { url, ticket } = await signIn.begin("/");
    return signIn.complete(ticket, `code=1&state=${new URL(url).searchParams.get("state")}`);
  };
  const bring = async () => {
    const token = await new SignJWT({}).setProtectedHeader({ alg: "RS256", kid: "one" }).sign(KEY.privateKey);
    return callerOfToken(token, { settings, authority, now: async () => Date.now() });
  };
  return { asked, comeBack, bring };
}

const KEY = await crypto.subtle.generateKey(
  { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" },
  true,
  ["sign", "verify"],
);

test.each([
  [{}, "directory-unreachable", "the login authority https://login.example does not answer"],
  [
    { "/token": () => Response.json({ error: "invalid_client" }, { status: 401 }) },
    "sign-in-failed",
    "the login authority does not take this server's own client secret",
  ],
  [
    { "/token": () => Response.json({ error: "invalid_grant" }, { status: 400 }) },
    "not-signed-in",
    "the login authority refused it: invalid_grant",
  ],
  [
    { "/token": () => Response.json({ access_token: "a", token_type: "Bearer" }) },
    "not-signed-in",
    "what came back from the login authority does not belong to this sign-in",
  ],
])("a code that is redeemed: %o is %s", async (answers: Answers, code, message) => {
  const { comeBack, asked } = reached(answers);
  await expect(comeBack()).rejects.toMatchObject({ code, message });
  expect(asked).toEqual([`/${TENANT}/v2.0/.well-known/openid-configuration`, "/token"]);
});

test.each([
  [{}, "directory-unreachable"],
  [{ "/keys": () => new Response("busy", { status: 503 }) }, "directory-unreachable"],
  [{ "/keys": () => Response.json({ keys: [] }) }, "not-signed-in"],
])("keys that tokens are verified with: %o is %s", async (answers: Answers, code) => {
  const { bring, asked } = reached(answers);
  await expect(bring()).rejects.toMatchObject({ code });
  expect(asked).toContain("/keys");
});
