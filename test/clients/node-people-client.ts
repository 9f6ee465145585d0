// Signs a person in with a Microsoft client, in a process of its own. The person is a few lines that fill in the pages' forms.
import { text } from "node:stream/consumers";
import { DeviceCodeCredential } from "@azure/identity";
import { CryptoProvider, PublicClientApplication } from "@azure/msal-node";
import { accountOf, broughtBack, openBrowser, type Shown } from "../directory/browser.ts";

interface Input {
  readonly task: "code" | "device" | "identity-device";
  readonly tenantId: string;
  readonly clientId: string;
  readonly authority?: string;
}

const { task, tenantId, clientId, authority } = JSON.parse(await text(process.stdin)) as Input;
const login = authority ?? "https://login.microsoftonline.com";
const scopes = ["User.Read"];
const redirectUri = "http://localhost:53682";
const browser = openBrowser({ url: login, fetch });

/** Picks the account, and accepts where that is asked. */
async function person(page: Shown): Promise<Shown> {
  const next = await browser.submit(page, { user: accountOf(page, "Alex Wilber") });
  return next.text.includes('name="decision"') ? browser.submit(next, { decision: "accept" }) : next;
}

async function typeIn(address: string, userCode: string): Promise<void> {
  await person(await browser.submit(await browser.open(address), { code: userCode }));
}

function msal(): PublicClientApplication {
  const where = authority === undefined ? {} : { knownAuthorities: [new URL(authority).host] };
  return new PublicClientApplication({ auth: { clientId, authority: `${login}/${tenantId}`, ...where } });
}

async function byCode() {
  const client = msal();
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const asked = { scopes, redirectUri, codeChallenge: challenge, codeChallengeMethod: "S256" };
  const back = await person(await browser.open(await client.getAuthCodeUrl(asked)));
  const { code = "" } = broughtBack(back);
  const { account } = await client.acquireTokenByCode({ code, scopes, redirectUri, codeVerifier: verifier });
  if (account === null) throw new Error("there is no account");
  const refreshed = await client.acquireTokenSilent({ account, scopes, forceRefresh: true });
  return { username: account.username, refreshed: !refreshed.fromCache && refreshed.accessToken !== "" };
}

async function byDevice() {
  const result = await msal().acquireTokenByDeviceCode({
    scopes,
    deviceCodeCallback: ({ verificationUri, userCode }) => void typeIn(verificationUri, userCode),
  });
  return { username: result?.account?.username };
}

async function byIdentity() {
  const where = authority === undefined ? {} : { authorityHost: authority, disableInstanceDiscovery: true };
  const credential = new DeviceCodeCredential({
    tenantId,
    clientId,
    ...where,
    userPromptCallback: ({ verificationUri, userCode }) => void typeIn(verificationUri, userCode),
  });
  return { username: (await credential.authenticate(scopes))?.username };
}

try {
  process.stdout.write(JSON.stringify(await { code: byCode, device: byDevice, "identity-device": byIdentity }[task]()));
} catch (error) {
  process.stdout.write(JSON.stringify({ failed: error instanceof Error ? error.message : String(error) }));
}
