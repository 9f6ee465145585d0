/** A site whose one application signs in with a certificate that is due, and has no permission in the directory. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DAY } from "../../src/core/time.ts";
import { graphAs } from "../directory/entra.ts";
import { makeCertificate } from "./certificates.ts";
import { Site } from "./site.ts";

export async function openSelfSite(): Promise<Site> {
  const site = await Site.open({ applications: 1 });
  const [app] = site.applications;
  if (app === undefined) throw new Error("no application");
  const { clock, admin } = site.directory;
  const made = await makeCertificate({ subject: "CN=app-1", from: clock.now() - DAY, to: clock.now() + 10 * DAY });
  writeFileSync(join(site.folder, "app-1.pem"), made.value.reveal(), { mode: 0o600 });
  const graph = await graphAs(site.directory);
  const key = { type: "AsymmetricX509Cert", usage: "Verify", key: made.der.toString("base64") };
  const { status } = await graph("PATCH", `/applications/${app.id}`, { keyCredentials: [key] });
  if (status !== 204) throw new Error(`PATCH answered ${status}`);
  const { body } = await graph("GET", `/applications/${app.id}`);
  const [{ keyId: current }] = body.keyCredentials;
  site.configure({
    ...site.config(),
    // what the tenant's auth takes from here does not exist: nobody but the application signs in
    tenants: { contoso: { id: admin.tenantId, mode: "enforce", auth: { method: "secret", secret: "env:NONE" } } },
    targets: { "app-1": { type: "certificate-file", path: "./app-1.pem", reload: "1m" } },
    applications: [
      {
        appId: app.appId,
        objectId: app.id,
        policy: "quick",
        consumers: "complete",
        credentials: [{ slot: "own", current, targets: ["app-1"] }],
      },
    ],
    acceptance: { successes: 1, over: "1m", window: "30m" },
  });
  return site;
}
