/** The client matrix, Python: MSAL as Debian ships it, by each entrance. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, type TestContext, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { DAY, graphAs } from "../directory/entra.ts";
import { createClientKey } from "../directory/signer.ts";
import { needs } from "../support/needs.ts";
import { debianVersion, type Entrance, environmentFor, openStage, runJson } from "./stage.ts";

let directory: Directory;
beforeAll(async () => {
  directory = await openStage();
});
afterAll(() => directory.close());

const script = fileURLToPath(new URL("./msal_client.py", import.meta.url));
const AUTHORITY: Record<Entrance, (tenantId: string) => string> = {
  direct: (tenantId) => `${directory.url}/${tenantId}`,
  alias: () => `${directory.url}/adfs`,
  proxy: (tenantId) => `https://login.microsoftonline.com/${tenantId}`,
};

function signIn(context: TestContext, entrance: Entrance, input: Record<string, unknown>) {
  const { clientId, tenantId } = directory.admin;
  return runJson(needs(context, "python3-msal"), [script], environmentFor(directory, entrance), {
    client_id: clientId,
    authority: AUTHORITY[entrance](tenantId),
    skip_discovery: entrance === "direct",
    ...input,
  });
}

describe.each(["direct", "alias", "proxy"] as const)(
  `python3-msal ${debianVersion("python3-msal")} | %s`,
  (entrance) => {
    test("client secret", async (context) => {
      const { clientSecret } = directory.admin;
      expect(await signIn(context, entrance, { secret: clientSecret })).toEqual({ signed_in: true, failed: null });
      const wrong = { signed_in: false, failed: "AADSTS7000215" };
      expect(await signIn(context, entrance, { secret: `${clientSecret}x` })).toEqual(wrong);
    });

    test("certificate", async (context) => {
      const now = Date.now();
      const key = await createClientKey("CN=python", now - DAY, now + 30 * DAY);
      const keyCredentials = [{ type: "AsymmetricX509Cert", usage: "Verify", key: key.der.toString("base64") }];
      const graph = await graphAs(directory);
      const path = `/applications(appId='${directory.admin.clientId}')`;
      expect((await graph("PATCH", path, { keyCredentials })).status).toBe(204);
      const input = { certificate: key.privatePem, thumbprint: key.sha1.toString("hex") };
      expect(await signIn(context, entrance, input)).toEqual({ signed_in: true, failed: null });
    });
  },
);
