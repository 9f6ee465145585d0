/**
 * Whatever is sent to the directory, it answers, in the form its clients expect, and never with a 500. 30,000 requests here, the
 * same in each run, so that a red build is the change's doing; `NOLAPSE_FUZZ=1000000 npx vitest run test/fuzz` sends more, others
 * each time, and a failure prints the seed that finds it again.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MICROSOFT_TENANT } from "../../src/directory/graph/permissions.ts";
import type { Directory } from "../../src/directory/index.ts";
import { openDirectory, requestToken } from "../directory/entra.ts";
import { peopleRequest } from "./people-requests.ts";
import { type FuzzRequest, graphRequest, type Known, tokenRequest } from "./requests.ts";

/** A third each for Graph, the token endpoint and the pages. */
const RUNS = Math.floor(Number(process.env.NOLAPSE_FUZZ ?? 30_000) / 3);
const LIMIT = Math.max(60_000, RUNS * 30);
const CHOICE = { numRuns: RUNS, ...(process.env.NOLAPSE_FUZZ === undefined ? { seed: 7 } : {}) };

const REDIRECT = "https://app.example/back";

let directory: Directory;
let known: Known;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  const { clientId, clientSecret, tenantId } = directory.admin;
  const { body } = await requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  const { applications, servicePrincipals } = directory.state();
  // not the administrator's own: whoever sends everything would delete it, and the rest would be refused at the door
  // nor Microsoft's, without which nobody gets a token any more
  const others = [...applications, ...servicePrincipals].filter(
    ({ entity }) => entity.appId !== clientId && entity.appOwnerOrganizationId !== MICROSOFT_TENANT,
  );
  const some = [...others.slice(0, 30), ...others.slice(-30)];
  known = {
    tenantId,
    clientId,
    clientSecret,
    token: body.access_token ?? "",
    objectIds: some.map(({ entity }) => entity.id),
    appIds: some.map(({ entity }) => String(entity.appId)),
    assertion: body.access_token ?? "",
    redirectUri: REDIRECT,
  };
  const patched = await directory.fetch(`${directory.url}/v1.0/applications(appId='${clientId}')`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${known.token}`, "content-type": "application/json" },
    body: JSON.stringify({
      web: { redirectUris: [REDIRECT], implicitGrantSettings: { enableIdTokenIssuance: true } },
    }),
  });
  expect(patched.status).toBe(204);
});
afterAll(() => directory.close());

/** No request may take so long, whatever is in it. */
const PATIENCE = 5000;
/** Bytes of memory that a refused request may leave behind; requests that make something leave that. */
const LEFT_BEHIND = 128;
/** What the collector and the compiler are uneven by, bytes. */
const UNEVEN = 1_500_000;

async function send({ method, path, headers, body }: FuzzRequest) {
  const clean = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[^\x20-\x7e]/g, "?")]),
  );
  const begin = performance.now();
  const response = await directory.fetch(`${directory.url}${path}`, {
    method,
    headers: clean,
    ...(body === undefined ? {} : { body }),
  });
  expect(performance.now() - begin, path.slice(0, 200)).toBeLessThan(PATIENCE);
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    policy: response.headers.get("content-security-policy") ?? "",
    location: response.headers.get("location") ?? "",
    text: await response.text(),
  };
}

const seen = new Map<number, number>();
const wellFormed = (
  path: string,
  { status, type, text }: Pick<Awaited<ReturnType<typeof send>>, "status" | "type" | "text">,
) => {
  seen.set(status, (seen.get(status) ?? 0) + 1);
  expect(status, text.slice(0, 1500)).not.toBe(500);
  expect(text.includes("The directory failed"), text.slice(0, 300)).toBe(false);
  if (status < 400 || text === "") return;
  expect(type).toContain("application/json");
  const { error } = JSON.parse(text) as { error?: unknown };
  // the login authority names its errors by a word, Graph by an object
  if (typeof error === "string") expect(error).not.toBe("");
  else
    expect(error, `${path}: ${text.slice(0, 200)}`).toMatchObject({
      code: expect.any(String),
      message: expect.any(String),
    });
};

test("Graph", { timeout: LIMIT }, async () => {
  await fc.assert(
    fc.asyncProperty(graphRequest(known), async (request) => wellFormed(request.path, await send(request))),
    CHOICE,
  );
});

test("the token endpoint", { timeout: LIMIT }, async () => {
  await fc.assert(
    fc.asyncProperty(tokenRequest(known), async (request) => wellFormed(request.path, await send(request))),
    CHOICE,
  );
});

test("the pages for people, none of which leads anywhere that is not registered", { timeout: LIMIT }, async () => {
  await fc.assert(
    fc.asyncProperty(peopleRequest(known), async (request) => {
      const answer = await send(request);
      if (!answer.type.startsWith("text/html")) {
        if (answer.status !== 302) wellFormed(request.path, answer);
        else expect(answer.location.startsWith(REDIRECT), answer.location).toBe(true);
        return;
      }
      expect(answer.text).not.toContain("The directory failed");
      expect(answer.policy).toContain("default-src 'none'");
      // whatever is posted back goes to the registered address or stays here
      for (const [, action = ""] of answer.text.matchAll(/<form [^>]*action="([^"]*)"/g))
        expect([REDIRECT, "/common/login", "/common/consent", "/common/oauth2/deviceauth"]).toContain(action);
    }),
    CHOICE,
  );
});

/** Memory in use after the requests were sent once more, and what they were answered. */
async function sent(requests: readonly FuzzRequest[]): Promise<{ bytes: number; statuses: number[] }> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const statuses: number[] = [];
  for (const request of requests) statuses.push((await send(request)).status);
  collect();
  return { bytes: process.memoryUsage().heapUsed, statuses };
}

test("what is refused leaves nothing behind", { timeout: LIMIT }, async () => {
  const refused = fc.sample(fc.oneof(graphRequest(known), tokenRequest(known)), { numRuns: 4000, seed: 3 });
  // only what needs no effect: unsigned callers, and tokens nobody gets
  const harmless = refused
    .map((one) => ({ ...one, headers: { ...one.headers, authorization: "Bearer none" } }))
    .filter(({ path }) => !path.startsWith("/_directory"));
  await sent(harmless);
  const before = await sent(harmless);
  const after = await sent(harmless);
  expect(after.bytes - before.bytes).toBeLessThan(harmless.length * LEFT_BEHIND + UNEVEN);
});

test("nor does what is read or refused behind the door of sign-in", { timeout: LIMIT }, async () => {
  const authorization = `Bearer ${known.token}`;
  const signedIn = fc
    .sample(graphRequest(known), { numRuns: 2500, seed: 5 })
    .filter(({ path }) => !path.startsWith("/_directory"))
    .map((one) => ({ ...one, headers: { ...one.headers, authorization } }));
  // what changed something the first time is left out, so that nothing may be kept of the rest
  const { statuses } = await sent(signedIn);
  const idle = signedIn.filter(({ method }, index) => method === "GET" || (statuses[index] ?? 0) >= 400);
  const before = await sent(idle);
  const after = await sent(idle);
  expect(before.statuses.filter((status) => status === 200).length).toBeGreaterThan(100);
  // a refused proof of possession is a 401 as well; a refused token would be one of every request
  expect(before.statuses.filter((status) => status === 401).length).toBeLessThan(idle.length / 50);
  expect(after.bytes - before.bytes).toBeLessThan(idle.length * LEFT_BEHIND + UNEVEN);
});

test("the requests get behind every door", () => {
  for (const status of [200, 201, 400, 401, 404, 405, 501])
    expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(5);
});

test("afterwards it is as sound as before", async () => {
  const { clientId, clientSecret } = directory.admin;
  const answer = await requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  expect(answer.status, answer.body.error_description).toBe(200);
  const list = await send({
    method: "GET",
    path: "/v1.0/applications?$top=999",
    headers: { authorization: `Bearer ${answer.body.access_token}` },
    body: undefined,
  });
  expect(list.status).toBe(200);
});
