/** A person signed in with the Azure CLI's command: the sign-in is the directory's own, `az` only hands its token out. */
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { accountOf, openBrowser } from "../directory/browser.ts";
import { creator, graphAs, requestToken } from "../directory/entra.ts";
import type { Site } from "./site.ts";

const PROFILE = "openid https://graph.microsoft.com/User.Read";

/** From here on `az account get-access-token` in the site's folder speaks for this user of the directory. */
export async function signInWithAz(site: Site, name: string): Promise<void> {
  const token = await tokenOf(site, name);
  const folder = join(site.folder, "bin");
  mkdirSync(folder, { recursive: true });
  // the library reckons an hour from now by the machine's clock, as the directory grants one by its own
  const told = `JSON.stringify({ accessToken: ${JSON.stringify(token)}, expires_on: Math.floor(Date.now() / 1000) + 3600 })`;
  writeFileSync(join(folder, "az"), `#!${process.execPath}\nconsole.log(${told});\n`, { mode: 0o700 });
  site.environment.PATH = [folder, process.env.PATH].join(delimiter);
}

/** By device code, as `az login --use-device-code` does it, of a public client of the tenant. */
async function tokenOf({ directory }: Site, name: string): Promise<string> {
  const graph = await graphAs(directory);
  const { appId } = await creator(() => graph)({ displayName: "Terminal", isFallbackPublicClient: true });
  await graph("POST", "/servicePrincipals", { appId });
  const begun = await requestToken(
    directory,
    { grant_type: undefined as never, client_id: appId, scope: PROFILE },
    { path: "oauth2/v2.0/devicecode" },
  );
  const browser = openBrowser(directory);
  const page = await browser.open(`${directory.url}/common/oauth2/deviceauth`);
  const whom = await browser.submit(page, { code: String(begun.body.user_code) });
  const sure = await browser.submit(whom, { user: accountOf(whom, name) });
  await browser.submit(sure, { decision: "accept" });
  const { body } = await requestToken(directory, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: String(begun.body.device_code),
    client_id: appId,
    scope: undefined,
  });
  if (body.access_token === undefined) throw new Error(`${name} is not signed in: ${body.error_description}`);
  return body.access_token;
}
