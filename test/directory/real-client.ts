// Run in a child process, because Node reads NODE_EXTRA_CA_CERTS at start only. Prints one JSON document.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createDefaultHttpClient, createPipelineRequest } from "@azure/core-rest-pipeline";
import { ClientCertificateCredential, ClientSecretCredential } from "@azure/identity";
import { ConfidentialClientApplication } from "@azure/msal-node";

/** The credential is a client secret, or the path of a PEM file with certificate and private key. */
const [kind, clientId = "", credential = ""] = process.argv.slice(2);
const authority = process.env.AZURE_AUTHORITY_HOST ?? "";
const tenant = process.env.AZURE_TENANT_ID ?? "";
const scope = "https://graph.microsoft.com/.default";

async function token(): Promise<string> {
  const pem = credential.endsWith(".pem") ? readFileSync(credential, "utf8") : null;
  if (kind === "identity") {
    const options = { authorityHost: authority, disableInstanceDiscovery: true };
    const made =
      pem === null
        ? new ClientSecretCredential(tenant, clientId, credential, options)
        : new ClientCertificateCredential(tenant, clientId, { certificate: pem }, options);
    return (await made.getToken(scope)).token;
  }
  const own =
    pem === null
      ? { clientSecret: credential }
      : {
          clientCertificate: {
            thumbprintSha256: new X509Certificate(pem).fingerprint256.replaceAll(":", ""),
            privateKey: /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(pem)?.[0] ?? "",
          },
        };
  const client = new ConfidentialClientApplication({
    auth: { clientId, ...own, authority: `${authority}/${tenant}`, knownAuthorities: [new URL(authority).host] },
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
