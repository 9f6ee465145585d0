/**
 * An ordinary program of an ordinary team. It reads its certificate where there is one and its secret otherwise, takes either
 * anew when the file has changed, and signs in over and over with Microsoft's own library; it knows nothing of Nolapse.
 *
 * Its parent asks for a round by a message and is told what came of it. Values stay in its files and its memory.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { parseEnv } from "node:util";
import { ClientCertificateCredential, ClientSecretCredential, type TokenCredential } from "@azure/identity";

const [folder = ".", tenantId = "", clientId = ""] = process.argv.slice(2);
const certificatePath = `${folder}/client.pem`;
const secretPath = `${folder}/.env`;

export interface Round {
  readonly with: "certificate" | "secret";
  readonly error: string | null;
}

/** A new credential object each time: a token from its cache would hide a dead credential for an hour. */
function credential(kind: Round["with"]): TokenCredential {
  const options = { disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } };
  if (kind === "certificate") return new ClientCertificateCredential(tenantId, clientId, { certificatePath }, options);
  return new ClientSecretCredential(tenantId, clientId, secret(), options);
}

let known = { changedAt: 0, secret: "" };

function secret(): string {
  const changedAt = statSync(secretPath).mtimeMs;
  if (changedAt !== known.changedAt) {
    known = { changedAt, secret: parseEnv(readFileSync(secretPath, "utf8")).AZURE_CLIENT_SECRET ?? "" };
  }
  return known.secret;
}

async function signIn(): Promise<Round> {
  const kind = existsSync(certificatePath) ? "certificate" : "secret";
  try {
    await credential(kind).getToken("https://graph.microsoft.com/.default");
    return { with: kind, error: null };
  } catch (error) {
    return { with: kind, error: /AADSTS\d+/.exec(String(error))?.[0] ?? String(error) };
  }
}

process.on("message", async () => process.send?.(await signIn()));
