// Run in a process of its own, because Node.js reads NODE_EXTRA_CA_CERTS and its proxy variables at start only. Takes one JSON
// document on standard input and prints one. Everything of the clients is used as their manuals say; see docs/directory/clients.md.
import { X509Certificate } from "node:crypto";
import { text } from "node:stream/consumers";
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from "@azure/identity";
import { ConfidentialClientApplication } from "@azure/msal-node";
import { BatchRequestContent, BatchResponseContent, Client } from "@microsoft/microsoft-graph-client";

interface Input {
  readonly client: "identity" | "msal" | "graph";
  readonly tenantId: string;
  readonly clientId: string;
  readonly secret?: string;
  /** PEM with certificate and private key. */
  readonly certificate?: string;
  /** A token of another identity provider. */
  readonly assertion?: string;
  /** The directory's origin; without it Microsoft's own, through the proxy. */
  readonly authority?: string;
  /** For the Graph client: what to do. */
  readonly task?: "list" | "batch" | "retry";
}

const input = JSON.parse(await text(process.stdin)) as Input;
const { tenantId, clientId, authority } = input;
const SCOPE = "https://graph.microsoft.com/.default";

function credential(): TokenCredential {
  const options = authority === undefined ? {} : { authorityHost: authority, disableInstanceDiscovery: true };
  const { secret, certificate, assertion } = input;
  if (certificate !== undefined) return new ClientCertificateCredential(tenantId, clientId, { certificate }, options);
  if (assertion !== undefined) return new ClientAssertionCredential(tenantId, clientId, async () => assertion, options);
  return new ClientSecretCredential(tenantId, clientId, secret ?? "", options);
}

async function msalToken(): Promise<string> {
  const { secret, certificate, assertion } = input;
  const proof =
    certificate !== undefined
      ? {
          clientCertificate: {
            thumbprintSha256: new X509Certificate(certificate).fingerprint256.replaceAll(":", ""),
            privateKey: /-----BEGIN PRIVATE KEY-----[\s\S]*?-----END PRIVATE KEY-----/.exec(certificate)?.[0] ?? "",
          },
        }
      : assertion !== undefined
        ? { clientAssertion: assertion }
        : { clientSecret: secret ?? "" };
  const where =
    authority === undefined
      ? { authority: `https://login.microsoftonline.com/${tenantId}` }
      : { authority: `${authority}/${tenantId}`, knownAuthorities: [new URL(authority).host] };
  const client = new ConfidentialClientApplication({ auth: { clientId, ...proof, ...where } });
  return (await client.acquireTokenByClientCredential({ scopes: [SCOPE] }))?.accessToken ?? "";
}

function graphClient(): Client {
  const made = credential();
  const authProvider = { getAccessToken: async () => (await made.getToken(SCOPE))?.token ?? "" };
  if (authority === undefined) return Client.initWithMiddleware({ authProvider });
  return Client.initWithMiddleware({ authProvider, baseUrl: `${authority}/`, customHosts: new Set(["localhost"]) });
}

async function graphTask(): Promise<Record<string, unknown>> {
  const client = graphClient();
  if (input.task !== "batch") {
    const list = await client.api("/applications").top(5).select(["id", "appId"]).get();
    return { listed: list.value.length };
  }
  const content = new BatchRequestContent([
    { id: "1", request: new Request("https://elsewhere.example/applications?$top=2", { method: "GET" }) },
    { id: "2", request: new Request("https://elsewhere.example/organization", { method: "GET" }) },
    { id: "3", request: new Request("https://elsewhere.example/applications/none", { method: "GET" }) },
  ]);
  const answer = new BatchResponseContent(await client.api("/$batch").post(await content.getContent()));
  return { statuses: ["1", "2", "3"].map((id) => answer.getResponseById(id).status) };
}

try {
  if (input.client === "graph") process.stdout.write(JSON.stringify(await graphTask()));
  else {
    const token = input.client === "msal" ? await msalToken() : ((await credential().getToken(SCOPE))?.token ?? "");
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { appid: string };
    process.stdout.write(JSON.stringify({ signedInAs: claims.appid }));
  }
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stdout.write(JSON.stringify({ failed: /AADSTS\d+/.exec(message)?.[0] ?? message }));
}
