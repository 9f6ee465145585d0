import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { DAY, graphAs, keys } from "./entra.ts";
import { createClientKey } from "./signer.ts";

let directory: Directory;

beforeAll(async () => {
  directory = await createDirectory({ keys, random: 3, scenario: "contoso", listen: { port: 0 } });
});
afterAll(() => directory.close());

const run = promisify(execFile);
const script = fileURLToPath(new URL("./real-client.ts", import.meta.url));

/** Signs in and lists applications with a real Microsoft client in its own process. */
async function attempt(kind: "identity" | "msal", clientId: string, secret: string): Promise<Record<string, unknown>> {
  const { PATH } = process.env;
  const env = { PATH, ...directory.environment() };
  const { stdout } = await run(process.execPath, [script, kind, clientId, secret], { env });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.each(["identity", "msal"] as const)("the unmodified client %s", (kind) => {
  test("signs in with a new secret, and learns why it cannot with any other", async () => {
    const { clientId, clientSecret } = directory.admin;
    const graph = await graphAs(directory);
    expect(await attempt(kind, clientId, clientSecret)).toEqual({ signedIn: true, status: 200, listed: 5 });

    const endDateTime = new Date(directory.clock.now() + DAY).toISOString();
    const path = `/applications(appId='${clientId}')`;
    const added = await graph("POST", `${path}/addPassword`, {
      passwordCredential: { displayName: kind, endDateTime },
    });
    expect(added.status).toBe(200);
    expect(await attempt(kind, clientId, added.body.secretText)).toMatchObject({ signedIn: true, status: 200 });
    expect(await attempt(kind, clientId, `${added.body.secretText}x`)).toEqual({ signedIn: false, code: "7000215" });

    directory.clock.advance(2 * DAY);
    expect(await attempt(kind, clientId, added.body.secretText)).toEqual({ signedIn: false, code: "7000222" });

    const later = await graphAs(directory);
    expect((await later("POST", `${path}/removePassword`, { keyId: added.body.keyId })).status).toBe(204);
    expect(await attempt(kind, clientId, added.body.secretText)).toEqual({ signedIn: false, code: "7000215" });
  });

  test("signs in with a certificate while it is there and lasts", async () => {
    const graph = await graphAs(directory);
    const { clientId } = directory.admin;
    const now = directory.clock.now();
    const key = await createClientKey(`CN=${kind}`, now - DAY, now + 30 * DAY);
    const folder = mkdtempSync(join(tmpdir(), "nolapse-client-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const pem = join(folder, "client.pem");
    writeFileSync(pem, `${key.privatePem}\n${key.pem}\n`, { mode: 0o600 });
    expect(await attempt(kind, clientId, pem)).toEqual({ signedIn: false, code: "700027" });
    const path = `/applications(appId='${clientId}')`;
    const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }];
    expect((await graph("PATCH", path, { keyCredentials })).status).toBe(204);
    expect(await attempt(kind, clientId, pem)).toMatchObject({ signedIn: true, status: 200 });
    directory.clock.advance(31 * DAY);
    expect(await attempt(kind, clientId, pem)).toEqual({ signedIn: false, code: "700027" });
  });
});
