/** What the client matrix runs on: a listening directory with its proxy, and clients as processes of their own. */
import { execFile, execFileSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { onTestFinished } from "vitest";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { keys } from "../directory/entra.ts";

export type Entrance = "direct" | "alias" | "proxy";

/** A directory on ports of its own. Its clock is the machine's, which the clients sign by. */
export function openStage(): Promise<Directory> {
  return createDirectory({ keys, random: 11, scenario: "contoso", listen: { port: 0 }, proxyPort: 0 });
}

const run = promisify(execFile);

/** What a client finds in its environment: whom to trust, and for the proxy where it is. Nothing of the directory's address. */
export function environmentFor(directory: Directory, entrance: Entrance): Record<string, string> {
  const trust = {
    NODE_EXTRA_CA_CERTS: directory.caFile,
    REQUESTS_CA_BUNDLE: directory.caFile,
    PATH: process.env.PATH ?? "",
  };
  // NODE_USE_ENV_PROXY makes Node.js itself heed the variable, for clients that use its fetch
  const proxy = { HTTPS_PROXY: directory.proxyUrl ?? "", NODE_USE_ENV_PROXY: "1" };
  return entrance === "proxy" ? { ...trust, ...proxy } : trust;
}

/** Runs a program to its end and reads the JSON document it prints. */
export async function runJson(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  input: unknown = null,
): Promise<Record<string, unknown>> {
  const child = run(command, args, { env, maxBuffer: 16 * 1024 * 1024 });
  child.child.stdin?.end(JSON.stringify(input));
  const { stdout } = await child;
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Runs one of the scripts here with this input. */
export function runNodeClient(
  directory: Directory,
  entrance: Entrance,
  input: Record<string, unknown>,
  name = "node-client.ts",
) {
  const script = fileURLToPath(new URL(`./${name}`, import.meta.url));
  const authority = entrance === "proxy" ? undefined : directory.url;
  return runJson(process.execPath, [script], environmentFor(directory, entrance), {
    tenantId: directory.admin.tenantId,
    ...(authority === undefined ? {} : { authority }),
    ...input,
  });
}

/** The version Debian installed, for the table. */
export function debianVersion(name: string): string {
  try {
    return execFileSync("dpkg-query", ["-W", "-f", `\${Version}`, name], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return "not installed";
  }
}

/** Another identity provider on a port of this machine, whose tokens federated credentials take. */
export async function listeningIssuer(): Promise<{ url: string; token(subject: string): Promise<string> }> {
  const pair = await generateKeyPair("RS256", { extractable: true });
  const server = createServer(async (request, response) => {
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: "1", alg: "RS256", use: "sig" }] };
    const document = request.url === "/keys" ? jwks : { issuer: url, jwks_uri: `${url}/keys` };
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    token: (subject) =>
      new SignJWT({ iss: url, sub: subject, aud: "api://AzureADTokenExchange" })
        .setProtectedHeader({ alg: "RS256", kid: "1", typ: "JWT" })
        .setIssuedAt()
        .setExpirationTime("10m")
        .sign(pair.privateKey),
  };
}
