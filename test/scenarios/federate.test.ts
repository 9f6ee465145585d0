/** Federation against the embedded directory with a live issuer: the real program, a workflow that signs in, a secret that goes. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { EXCHANGE_AUDIENCE } from "../../src/core/credentials/federation.ts";
import { DAY, MINUTE } from "../../src/core/time.ts";
import { createIssuer, type Issuer } from "../directory/issuer.ts";
import { Site } from "../support/site.ts";

const SUBJECT = "system:serviceaccount:shop:billing";
const CLUSTER = ["--namespace", "shop", "--service-account", "billing"];

let server: Server;
let issuer: Issuer;
let site: Site;

beforeEach(async () => {
  server = createServer(async (request, response) => {
    const answer = await issuer.fetch(`${issuer.url}${request.url}`).catch(() => null);
    if (answer === null) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(await answer.text());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  issuer = await createIssuer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  site = await Site.open({ policy: { overlap: "2d" } });
});

afterEach(async () => {
  await site.close();
  await new Promise((done) => server.close(done));
});

/** What the workload does: its own token for one of the directory. The AADSTS number of the answer, 0 for a token. */
async function workloadSignsIn(): Promise<number> {
  const now = Math.floor(site.directory.clock.now() / 1000);
  const claims = { sub: SUBJECT, aud: EXCHANGE_AUDIENCE, iat: now, nbf: now, exp: now + 600 };
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: site.applications[0]?.appId ?? "",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await issuer.token(claims),
    scope: "https://graph.microsoft.com/.default",
  });
  const url = `${site.directory.url}/${site.directory.admin.tenantId}/oauth2/v2.0/token`;
  const answer = await site.directory.fetch(url, { method: "POST", body });
  return answer.status === 200 ? 0 : (((await answer.json()) as { error_codes?: number[] }).error_codes?.[0] ?? -1);
}

function federated(): { id: string; subject: string }[] {
  const appId = site.applications[0]?.appId;
  const found = site.directory.state().applications.find(({ entity }) => entity.appId === appId);
  return (found?.federated ?? []) as { id: string; subject: string }[];
}

const run = () => site.nolapse(["run", "--once"]);
const federate = (...more: string[]) =>
  site.nolapse(["federate", "app-1", "--kubernetes", issuer.url, ...CLUSTER, ...more]);

test("a workload signs in with its own token, and the secret it had goes", { timeout: 240_000 }, async () => {
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  expect(await workloadSignsIn(), "nobody trusts it yet").not.toBe(0);
  const asked = await federate("--json");
  expect(asked.code, asked.stderr).toBe(0);
  DOCUMENTS.run.parse(JSON.parse(asked.stdout));
  expect(federated()).toMatchObject([{ subject: SUBJECT }]);
  site.directory.clock.advance(15 * MINUTE);
  expect((await run()).stdout).toContain("sign-in-awaited");
  expect(await site.signIn(application), "the secret still works").toBe(0);
  expect(await workloadSignsIn()).toBe(0);
  site.directory.clock.advance(15 * MINUTE);
  expect((await run()).stderr).toContain("verified, signed in with the federated credential");
  site.directory.clock.advance(2 * DAY);
  // the site's own look at its secret just now counts as a use of it
  expect(await workloadSignsIn()).toBe(0);
  const told = await run();
  expect(told.stderr, told.stdout).toContain("old secret");
  site.directory.clock.advance(11 * MINUTE);
  await run();
  site.directory.clock.advance(11 * MINUTE);
  await run();
  expect(site.secrets(application)).toEqual([]);
  expect((await site.rotations()).map((one) => one.state)).toEqual(["retired"]);
  expect(await site.signIn(application), "the secret is over").not.toBe(0);
  expect(await workloadSignsIn()).toBe(0);
  expect((await site.nolapse(["plan"])).stdout).toContain("0 to rotate");
});

test.each([["before"], ["after"]] as const)(
  "killed %s the request, the next run has one",
  { timeout: 120_000 },
  async (moment) => {
    const args = ["federate", "app-1", "--kubernetes", issuer.url, ...CLUSTER];
    expect((await site.nolapse(args, { crash: { method: "add", nth: 1, moment } })).signal).toBe("SIGKILL");
    expect(federated()).toHaveLength(moment === "after" ? 1 : 0);
    for (const minutes of [0, 1, 2, 3, 6]) {
      site.directory.clock.advance(minutes * MINUTE);
      await run();
    }
    const [rotation] = await site.rotations();
    expect(rotation).toMatchObject({ state: "delivered", issued: { keyId: federated()[0]?.id } });
    expect(federated()).toHaveLength(1);
  },
);

test("what is half said is refused with how to say it", { timeout: 120_000 }, async () => {
  for (const args of [
    [],
    ["--github", "contoso/billing"],
    ["--github", "contoso", "--branch", "main"],
    ["--github", "contoso/billing", "--branch", "main", "--tag", "v1"],
    ["--kubernetes", issuer.url],
    ["--issuer", issuer.url],
    ["--issuer", issuer.url, "--subject", "x", "--github", "contoso/billing"],
    ["--issuer", issuer.url, "--subject", "x", "--branch", "main"],
  ]) {
    const told = await site.nolapse(["federate", "app-1", ...args]);
    expect([told.code, told.stdout], args.join(" ")).toEqual([2, ""]);
    expect(told.stderr).toContain("hint: use ");
  }
});
