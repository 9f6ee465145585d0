// Run in a child process, because Node reads NODE_EXTRA_CA_CERTS at start only. Prints one JSON document.

import { createDefaultHttpClient, createPipelineRequest } from "@azure/core-rest-pipeline";
import { ClientSecretCredential } from "@azure/identity";
import { ConfidentialClientApplication } from "@azure/msal-node";

const [kind, clientId = "", clientSecret = ""] = process.argv.slice(2);
const authority = process.env.AZURE_AUTHORITY_HOST ?? "";
const tenant = process.env.AZURE_TENANT_ID ?? "";
const scope = "https://graph.microsoft.com/.default";

async function token(): Promise<string> {
  if (kind === "identity") {
    const options = { authorityHost: authority, disableInstanceDiscovery: true };
    return (await new ClientSecretCredential(tenant, clientId, clientSecret, options).getToken(scope)).token;
  }
  const client = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, authority: `${authority}/${tenant}`, knownAuthorities: [new URL(authority).host] },
  });
  const result = await client.acquireTokenByClientCredential({ scopes: [scope] });
  return result?.accessToken ?? "";
}

try {
  const bearer = await token();
  const request = createPipelineRequest({ url: `${process.env.NOLAPSE_GRAPH_ENDPOINT}/v1.0/applications?$top=5` });
  request.headers.set("authorization", `Bearer ${bearer}`);
  const response = await createDefaultHttpClient().sendRequest(request);
  const listed = (JSON.parse(response.bodyAsText ?? "{}") as { value?: unknown[] }).value?.length;
  process.stdout.write(JSON.stringify({ signedIn: true, status: response.status, listed }));
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stdout.write(JSON.stringify({ signedIn: false, code: /AADSTS(\d+)/.exec(message)?.[1] ?? message }));
}
