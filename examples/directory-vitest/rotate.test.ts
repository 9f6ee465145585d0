/**
 * The embedded directory inside a vitest file: no port, no Docker, no network. Each test has a tenant of its own, with a clock it can
 * move. In your project: `npm install --save-dev nolapse`, and this file runs as it is.
 */
import { createDirectory, createSigningKeys, type Directory, Random } from "nolapse/directory";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addSecret, type Graph } from "./rotate.ts";

const keys = createSigningKeys(new Random(1)); // once a file: keys are most of the time a directory takes to start
let directory: Directory;
let appId: string;

beforeEach(async () => {
  directory = await createDirectory({
    keys,
    random: 1,
    scenario: "empty",
    clock: { now: "2031-03-01T12:00:00Z", frozen: true },
  });
  const [made] = await directory.seed([{ name: "My service", secrets: [{ end: "P10D" }] }]);
  appId = made?.appId ?? "";
});
afterEach(() => directory.close());

/** Signs in at the token endpoint; gives the access token, or the number of the AADSTS code. */
async function signIn(clientId: string, clientSecret: string): Promise<string | number> {
  const response = await directory.fetch(`${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      scope: "https://graph.microsoft.com/.default",
    }),
  });
  const body = (await response.json()) as { access_token?: string; error_codes?: number[] };
  return body.access_token ?? body.error_codes?.[0] ?? 0;
}

async function graph(): Promise<Graph> {
  const token = await signIn(directory.admin.clientId, directory.admin.clientSecret);
  return {
    async send(method, path, body) {
      const response = await directory.fetch(`${directory.url}/v1.0${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`Graph answered ${response.status}`);
      return (await response.json()) as Record<string, unknown>;
    },
  };
}

test("a new secret signs in until it ends", async () => {
  const { secret } = await addSecret(await graph(), appId, 30, directory.clock.now());
  expect(await signIn(appId, secret)).toMatch(/^eyJ/);
  directory.clock.advance(31 * 86_400_000);
  expect(await signIn(appId, secret)).toBe(7000222);
});

test("the token endpoint honours it only after a while, as Entra's does", async () => {
  directory.faults.set({ rules: [{ on: "addPassword", fault: "token-lag", duration: "PT15S" }] });
  const { secret } = await addSecret(await graph(), appId, 30, directory.clock.now());
  expect(await signIn(appId, secret)).toBe(7000215);
  directory.clock.advance(16_000);
  expect(await signIn(appId, secret)).toMatch(/^eyJ/);
});

test("a lost answer leaves a secret nobody knows", async () => {
  directory.faults.set({ rules: [{ on: "addPassword", fault: "lost-response", times: 1 }] });
  await expect(addSecret(await graph(), appId, 30, directory.clock.now())).rejects.toThrow("fetch failed");
  const found = await (await graph()).send("GET", `/applications(appId='${appId}')`);
  expect(found.passwordCredentials).toHaveLength(2);
});
