/** The client matrix, Node.js: each client by each entrance, with each credential. `npm run clients` prints it as a table. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { DAY, type Graph, graphAs } from "../directory/entra.ts";
import { createClientKey } from "../directory/signer.ts";
import { listeningIssuer, openStage, runNodeClient } from "./stage.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openStage();
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

const version = (name: string) =>
  (
    JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), "utf8")) as {
      version: string;
    }
  ).version;

/** An application with its service principal, made through Graph. */
async function application(body: Record<string, unknown> = {}) {
  const made = (await graph("POST", "/applications", { displayName: "Matrix", ...body })).body;
  await graph("POST", "/servicePrincipals", { appId: made.appId });
  return { id: String(made.id), clientId: String(made.appId) };
}

const SIGN_IN = [
  ["identity", `@azure/identity ${version("@azure/identity")}`],
  ["msal", `@azure/msal-node ${version("@azure/msal-node")}`],
] as const;

describe.each(SIGN_IN)("%s", (client, title) => {
  describe.each(["direct", "proxy"] as const)(`${title} | %s`, (entrance) => {
    test("client secret", async () => {
      const { clientId, clientSecret } = directory.admin;
      const input = { client, clientId, secret: clientSecret };
      expect(await runNodeClient(directory, entrance, input)).toEqual({ signedInAs: clientId });
      const wrong = await runNodeClient(directory, entrance, { ...input, secret: `${clientSecret}x` });
      expect(wrong).toEqual({ failed: "AADSTS7000215" });
    });

    test("certificate", async () => {
      const { clientId, id } = await application();
      const now = Date.now();
      const key = await createClientKey("CN=matrix", now - DAY, now + 30 * DAY);
      const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }];
      expect((await graph("PATCH", `/applications/${id}`, { keyCredentials })).status).toBe(204);
      const certificate = `${key.privatePem}\n${key.pem}\n`;
      expect(await runNodeClient(directory, entrance, { client, clientId, certificate })).toEqual({
        signedInAs: clientId,
      });
    });

    test("federated credential", async () => {
      const { clientId, id } = await application();
      const issuer = await listeningIssuer();
      const body = { name: "matrix", issuer: issuer.url, subject: "s", audiences: ["api://AzureADTokenExchange"] };
      expect((await graph("POST", `/applications/${id}/federatedIdentityCredentials`, body)).status).toBe(201);
      const assertion = await issuer.token("s");
      expect(await runNodeClient(directory, entrance, { client, clientId, assertion })).toEqual({
        signedInAs: clientId,
      });
    });
  });
});

const GRAPH = `@microsoft/microsoft-graph-client ${version("@microsoft/microsoft-graph-client")}`;

describe.each(["direct", "proxy"] as const)(`${GRAPH} | %s`, (entrance) => {
  const task = (name: string) => {
    const { clientId, clientSecret } = directory.admin;
    return runNodeClient(directory, entrance, { client: "graph", clientId, secret: clientSecret, task: name });
  };

  test("list", async () => {
    expect(await task("list")).toEqual({ listed: 5 });
  });

  test("retry after 429", async () => {
    directory.faults.set({ rules: [{ on: "read", fault: "throttle", duration: "PT1S", times: 1 }] });
    expect(await task("retry")).toEqual({ listed: 5 });
    directory.faults.set({});
  });

  test("batch", async () => {
    expect(await task("batch")).toEqual({ statuses: [200, 200, 400] });
  });
});

const PEOPLE = [
  [SIGN_IN[1][1], "code", "authorization code with PKCE, refresh token"],
  [SIGN_IN[1][1], "device", "device code"],
  [SIGN_IN[0][1], "identity-device", "device code"],
] as const;

// side by side, as a device waits five seconds before it asks
describe.each(["direct", "proxy"] as const)("people, %s", (entrance) => {
  describe.each(PEOPLE)(`%s | ${entrance}`, (_title, task, what) => {
    test.concurrent(what, async () => {
      const { clientId } = await application({ publicClient: { redirectUris: ["http://localhost"] } });
      const refreshed = task === "code" ? { refreshed: true } : {};
      expect(await runNodeClient(directory, entrance, { task, clientId }, "node-people-client.ts")).toEqual({
        username: "alex.wilber@contoso.com",
        ...refreshed,
      });
    });
  });
});
