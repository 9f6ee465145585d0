/** Signing in as the machine itself: its identity service is no login authority, and no proxy leads to it. */
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { afterEach, describe, expect, it, vi } from "vitest";
import { identityTokens } from "../../src/adapters/graph/credentials.ts";
import { createDiagnosis } from "../../src/adapters/graph/diagnosis.ts";
import { createGraphDirectory } from "../../src/adapters/graph/directory.ts";
import { loginObserver } from "../../src/adapters/graph/observe.ts";
import { boundedClient, createPipeline, type Fetch } from "../../src/adapters/graph/wire.ts";
import { epochMs } from "../../src/core/time.ts";

const AUTHORITY = "https://login.microsoftonline.com";
const IMDS = "http://169.254.169.254/metadata/identity/oauth2/token";
const CLIENT = "11111111-1111-4111-8111-111111111111";
const clock = {
  now: async () => epochMs(1_780_000_000_000),
  processNow: () => 0,
  wait: async () => {},
  frozen: async () => false,
};

afterEach(() => vi.unstubAllEnvs());

const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.x`;

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** What the machine's identity service is asked: MSAL sends all requests of a process through the first client it was given. */
const machine = { answer: { status: 200, body: {} } as Answer, asked: [] as { url: URL; headers: Headers }[] };
const fetch: Fetch = async (url, init) => {
  machine.asked.push({ url: new URL(url), headers: new Headers(init.headers) });
  const { status, body } = machine.answer;
  return { status, headers: [["content-type", "application/json"]], text: async () => JSON.stringify(body) };
};

/** A token source on a machine whose identity service answers so; for another resource each time, as MSAL keeps what it gets. */
function onMachine(answer: Answer, clientId?: string) {
  Object.assign(machine, { answer, asked: [] });
  return identityTokens({
    auth: { method: "managed-identity", ...(clientId === undefined ? {} : { clientId }) },
    tenantId: "tenant",
    authority: AUTHORITY,
    graph: `https://${answer.status}.graph.contoso.example`,
    clock,
    timeout: 300,
    fetch,
    env: {},
  });
}

describe("signing in as the machine", () => {
  it("asks the machine's own identity service, and not the login authority", async () => {
    const body = { access_token: "t0ken", expires_in: "86399", expires_on: "4102444800", token_type: "Bearer" };
    expect(await onMachine({ status: 200, body }, CLIENT).token()).toBe("t0ken");
    const [{ url, headers } = { url: new URL(IMDS), headers: new Headers() }, ...more] = machine.asked;
    expect([`${url.origin}${url.pathname}`, more]).toEqual([IMDS, []]);
    expect(url.searchParams.get("client_id")).toBe(CLIENT);
    expect(headers.get("metadata")).toBe("true");
  });

  it.each([404, 410, 429, 500, 503])("takes %i for something that mends itself, and asks once", async (status) => {
    const body = { error: "not_now", error_description: "later" };
    await expect(onMachine({ status, body }).token()).rejects.toMatchObject({
      code: "directory-failed",
      message: expect.stringContaining(`identity service gave no token (status ${status})`),
    });
    expect(machine.asked).toHaveLength(1);
  });

  it("says which identity the machine does not have", async () => {
    const body = { error: "invalid_request", error_description: "Identity not found" };
    await expect(onMachine({ status: 400, body }, CLIENT).token()).rejects.toMatchObject({
      code: "credentials-missing",
      message: expect.stringContaining(`no managed identity ${CLIENT} (status 400)`),
      next: expect.stringContaining("correct clientId"),
    });
    await expect(onMachine({ status: 400, body }).token()).rejects.toMatchObject({
      message: expect.stringContaining("no managed identity (status 400)"),
      next: expect.stringContaining("assign one"),
    });
  });
});

it("is told to grant roles to the identity itself, as az finds no app registration of it", async () => {
  const token = jwt({ appid: CLIENT, tid: "tenant", roles: ["Application.Read.All"] });
  const granted = { access_token: token, expires_on: "4102444800", token_type: "Bearer" };
  const refused = { error: { code: "Authorization_RequestDenied", message: "no" } };
  const { entra, diagnosis } = createGraphDirectory({
    auth: { method: "managed-identity", clientId: CLIENT },
    tenantId: "tenant",
    authority: AUTHORITY,
    graphEndpoint: "https://graph.microsoft.us",
    clock,
    version: "test",
    env: {},
    fetch: async (url) => {
      const isMachine = url.startsWith(IMDS);
      if (isMachine) return fetch(url, {});
      return { status: 403, headers: [], text: async () => JSON.stringify(refused) };
    },
  });
  machine.answer = { status: 200, body: granted };
  await expect(entra.page("application", null)).rejects.toMatchObject({
    code: "directory-forbidden",
    next: expect.stringMatching(
      /^grant Application.Read.All: SP=.* --url https:\/\/graph\.microsoft\.us\/v1\.0\/.*appRoleAssignments/,
    ),
  });
  expect(await diagnosis.whoAmI()).toMatchObject({ clientId: CLIENT, managed: true });
});

it.each([
  [
    { xms_mirid: "/subscriptions/s/resourcegroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i" },
    true,
  ],
  [{}, false],
])("knows by its token whether a federated sign-in is one as a managed identity: %j", async (claims, managed) => {
  const { whoAmI } = createDiagnosis({
    wire: { send: () => Promise.reject(new Error("not asked")) },
    tokens: { clientId: CLIENT, token: async () => jwt({ appid: CLIENT, ...claims }), discard: () => {} },
    tenantId: "tenant",
    authority: AUTHORITY,
    graph: "https://graph.microsoft.com",
    version: "test",
  });
  expect(await whoAmI()).toMatchObject({ managed });
});

describe("behind a proxy", () => {
  it.each([
    [IMDS, false],
    ["http://127.0.0.1:41709/msi/token", false],
    ["http://localhost:40342/metadata/identity/oauth2/token", false],
    [`${AUTHORITY}/tenant/oauth2/v2.0/token`, true],
    ["http://metadata.contoso.example/token", true],
  ])("asks %s through it: %s", async (url, proxied) => {
    vi.stubEnv("HTTPS_PROXY", "http://proxy.contoso.example:3128");
    const fetch: Fetch = async () => ({ status: 200, headers: [], text: async () => "{}" });
    const request = createPipelineRequest({ url, allowInsecureConnection: true });
    await createPipeline().sendRequest(loginObserver({ authority: AUTHORITY, timeout: 300, fetch }).client, request);
    expect(request.agent !== undefined).toBe(proxied);
  });
});

it("ends a request as soon as the request itself wants it ended", async () => {
  vi.useFakeTimers();
  try {
    const client = boundedClient({ timeout: 30_000, fetch: () => new Promise(() => {}) });
    const ended = expect(
      client.sendRequest(createPipelineRequest({ url: IMDS, timeout: 1_000 })),
    ).rejects.toMatchObject({
      kind: "timed-out",
    });
    await vi.advanceTimersByTimeAsync(1_000);
    await ended;
  } finally {
    vi.useRealTimers();
  }
});
