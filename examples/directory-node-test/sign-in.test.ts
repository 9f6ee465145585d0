/**
 * The embedded directory with node:test and an unmodified Microsoft client, over real HTTPS. Node.js reads the CA when it starts, so the
 * client runs in a process of its own, as your application does.
 *
 *   node --test                         in your project, with nolapse and @azure/identity installed
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { createDirectory, type Directory } from "nolapse/directory";

let directory: Directory;
before(async () => {
  directory = await createDirectory({ scenario: "contoso", listen: { port: 0 } });
});
after(() => directory.close());

/** What an application does that has its settings in its environment. */
const APPLICATION = `
  const { ClientSecretCredential } = require("@azure/identity");
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST, NOLAPSE_GRAPH_ENDPOINT } = process.env;
  const options = { authorityHost: AZURE_AUTHORITY_HOST, disableInstanceDiscovery: true };
  const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, options);
  credential.getToken("https://graph.microsoft.com/.default")
    .then(({ token }) => fetch(NOLAPSE_GRAPH_ENDPOINT + "/v1.0/organization", { headers: { authorization: "Bearer " + token } }))
    .then((response) => response.json())
    .then(({ value: [organization] }) => console.log(organization.displayName));
`;

test("an application signs in and reads its tenant", async () => {
  const env = { ...process.env, ...directory.environment() };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", APPLICATION], { env });
  assert.equal(stdout.trim(), "Contoso");
  assert.equal(directory.signIns().at(-1)?.errorCode, 0);
});
