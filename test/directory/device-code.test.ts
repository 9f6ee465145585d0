/** Signing in on one device by another (reference token-endpoint §7.3). */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, openBrowser } from "./browser.ts";
import { creator, graphAs, openDirectory, requestToken } from "./entra.ts";

let directory: Directory;
let clientId: string;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  const graph = await graphAs(directory);
  const application = await creator(() => graph)({ displayName: "Terminal", isFallbackPublicClient: true });
  await graph("POST", "/servicePrincipals", { appId: application.appId });
  clientId = application.appId;
});
afterAll(() => directory.close());

const begin = async (form: Record<string, string> = {}) => {
  const given = { client_id: clientId, scope: "openid offline_access User.Read", ...form };
  const answer = await requestToken(
    directory,
    { ...given, grant_type: undefined as never },
    { path: "oauth2/v2.0/devicecode" },
  );
  return answer.body as Record<string, string> & { error_codes?: number[] };
};
const poll = (device_code: string | undefined, more: Record<string, string> = {}) =>
  requestToken(directory, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code,
    client_id: clientId,
    scope: undefined,
    ...more,
  });

async function typeIn(code: string | undefined) {
  const browser = openBrowser(directory);
  const page = await browser.open(`${directory.url}/common/oauth2/deviceauth`);
  return { browser, next: await browser.submit(page, { code: code ?? "" }) };
}

test("the device gets tokens once somebody has typed the code, signed in and confirmed", async () => {
  const begun = await begin();
  expect(begun).toMatchObject({
    expires_in: 900,
    interval: 5,
    verification_uri: `${directory.url}/common/oauth2/deviceauth`,
  });
  expect(begun.message).toContain(begun.user_code ?? "?");
  expect((await poll(begun.device_code)).body.error).toBe("authorization_pending");
  const { browser, next } = await typeIn((begun.user_code ?? "").toLowerCase());
  const asked = await browser.submit(next, { user: accountOf(next, "Alex Wilber") });
  expect(asked.text).toContain("Are you trying to sign in to Terminal?");
  expect((await poll(begun.device_code)).body.error).toBe("authorization_pending");
  expect((await browser.submit(asked, { decision: "accept" })).text).toContain("You are signed in on your device");
  const { status, body } = await poll(begun.device_code);
  expect([status, body.scope]).toEqual([200, "openid User.Read"]);
  expect(body.refresh_token).toBeDefined();
  expect((await poll(begun.device_code)).body.error).toBe("bad_verification_code");
  const refreshed = await requestToken(directory, {
    grant_type: "refresh_token",
    refresh_token: String(body.refresh_token),
    client_id: clientId,
    scope: undefined,
  });
  expect(refreshed.status).toBe(200);
});

test("it is asked even of who is signed in and has consented, as the code may be somebody else's", async () => {
  const first = await begin();
  const { browser, next } = await typeIn(first.user_code);
  const asked = await browser.submit(next, { user: accountOf(next, "Alex Wilber") });
  await browser.submit(asked, { decision: "accept" });
  const second = await begin();
  const page = await browser.open(`${directory.url}/common/oauth2/deviceauth`);
  const again = await browser.submit(page, { code: second.user_code ?? "" });
  expect(again.text).toContain("Only continue if you started this yourself");
  expect((await browser.submit(again, { decision: "cancel" })).text).toContain("Not signed in");
  expect((await poll(second.device_code)).body.error).toBe("authorization_declined");
});

test("a code is over after fifteen minutes, wrong ones are no code, and others' are not theirs", async () => {
  const begun = await begin();
  expect((await typeIn("AAAAAAAAA")).next.text).toContain("That code didn’t work");
  expect((await poll("1.made-up")).body.error).toBe("bad_verification_code");
  expect((await poll(begun.device_code, { client_id: directory.admin.clientId })).body.error_codes).toEqual([700005]);
  directory.clock.advance(900_000);
  expect((await poll(begun.device_code)).body.error).toBe("expired_token");
  expect((await typeIn(begun.user_code)).next.status).toBe(400);
});

test("a client that keeps a secret has no use for it, and what is not there is said at once", async () => {
  expect((await begin({ client_id: directory.admin.clientId })).error_codes).toEqual([7000218]);
  expect((await begin({ client_id: "11111111-2222-4333-8444-555555555555" })).error_codes).toEqual([700016]);
  expect((await begin({ scope: "Nothing.Read" })).error_codes).toEqual([650053]);
  expect((await begin({ scope: "" })).error_codes).toEqual([900144]);
});
