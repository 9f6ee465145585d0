/** The switch that is not ours: whoever disables Nolapse's own enterprise application has stopped it, whatever it has begun (design §4.7). */
import { afterEach, beforeEach, expect, test } from "vitest";
import { MINUTE } from "../../src/core/time.ts";
import { graphAs } from "../directory/entra.ts";
import { Site } from "../support/site.ts";

let site: Site;
let clientId = "";
beforeEach(async () => {
  site = await Site.open();
  const permissions = ["Application.ReadWrite.All"];
  const [made] = await site.directory.seed([{ name: "nolapse", permissions, secrets: [{ end: "P90D" }] }]);
  clientId = made?.appId ?? "";
  Object.assign(site.environment, {
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: made?.secrets[0]?.value ?? "",
  });
});
afterEach(() => site.close());

async function enabled(accountEnabled: boolean): Promise<void> {
  const graph = await graphAs(site.directory);
  const { status } = await graph("PATCH", `/servicePrincipals(appId='${clientId}')`, { accountEnabled });
  expect(status).toBe(204);
}

test("once it is off nothing is written or removed, every command says why, and applications go on", {
  timeout: 120_000,
}, async () => {
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  expect((await site.nolapse(["run", "--once"])).code).toBe(0);
  const begun = site.secrets(application).map(({ keyId }) => keyId);
  expect(begun, "the successor is issued, and not yet delivered").toHaveLength(2);
  const held = site.copy(application);

  await enabled(false);
  for (let round = 0; round < 4; round += 1) {
    const run = await site.nolapse(["run", "--once"]);
    expect(run.code).toBe(6);
    expect(run.stderr).toContain("disabled");
    site.directory.clock.advance(31 * MINUTE);
  }
  expect(site.secrets(application).map(({ keyId }) => keyId)).toEqual(begun);
  expect(site.copy(application)).toBe(held);
  expect(await site.signIn(application)).toBe(0);

  await enabled(true);
  const [rotation] = await site.finish();
  expect(rotation?.state).toBe("retired");
  expect(await site.signIn(application)).toBe(0);
});
