/** `$batch`: reference graph-applications §10.6. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, type Graph, graphAs, graphWith, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeEach(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterEach(() => directory.close());

const json = { "Content-Type": "application/json" };
const create = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  method: "POST",
  url: "/applications",
  headers: json,
  body: { displayName: `made by ${id}` },
  ...more,
});
const get = (id: string, url: string, more: Record<string, unknown> = {}) => ({ id, method: "GET", url, ...more });
const send = (...requests: unknown[]) => graph("POST", "/$batch", { requests });
const statuses = (body: { responses: { id: string; status: number }[] }) =>
  Object.fromEntries(body.responses.map(({ id, status }) => [id, status]));

test("answers each request with status, headers and body of its own", async () => {
  const { status, body } = await send(
    get("1", "/applications?$top=2"),
    get("2", "organization"),
    get("3", "/applications/none"),
    create("4"),
    get("5", "/applications/$count", { headers: { ConsistencyLevel: "eventual" } }),
  );
  expect(status).toBe(200);
  expect(statuses(body)).toEqual({ 1: 200, 2: 200, 3: 400, 4: 201, 5: 200 });
  const [first, , third, fourth, fifth] = body.responses;
  expect(first.body.value).toHaveLength(2);
  expect(first.headers).toMatchObject({ "OData-Version": "4.0", "Cache-Control": "no-cache" });
  expect(third.body.error.code).toBe("Request_BadRequest");
  expect(fourth.headers.Location).toContain(fourth.body.id);
  expect(Number(Buffer.from(fifth.body, "base64").toString())).toBeGreaterThan(30);
});

test("a request whose dependency failed is 424, and what it needs runs before it", async () => {
  const { body } = await send(
    create("last", { dependsOn: ["First"] }),
    create("never", { dependsOn: ["bad"] }),
    create("nor this", { dependsOn: ["never"] }),
    create("first"),
    get("bad", "/applications/none"),
  );
  expect(statuses(body)).toEqual({ last: 201, never: 424, "nor this": 424, first: 201, bad: 400 });
  const order = body.responses.map(({ id }: { id: string }) => id);
  expect(order.indexOf("first")).toBeLessThan(order.indexOf("last"));
  const made = directory.state().applications.map(({ entity }) => entity.displayName);
  expect(made).toContain("made by last");
  expect(made).not.toContain("made by never");
});

test("each is throttled by itself, with its own Retry-After", async () => {
  directory.faults.set({ rules: [{ on: "read", fault: "throttle", duration: "PT7S", times: 1 }] });
  const { status, body } = await send(get("1", "/organization"), get("2", "/organization"));
  expect(status).toBe(200);
  expect(statuses(body)).toEqual({ 1: 429, 2: 200 });
  expect(body.responses[0].headers["Retry-After"]).toBe("7");
});

test("a lost answer of one is a lost answer of all", async () => {
  directory.faults.set({ rules: [{ on: "addPassword", fault: "lost-response", times: 1 }] });
  const [{ id }] = (await graph("GET", "/applications?$filter=displayName eq 'Billing API'")).body.value;
  const add = { id: "1", method: "POST", url: `/applications/${id}/addPassword`, headers: json, body: {} };
  await expect(send(add)).rejects.toThrow("fetch failed");
  expect((await graph("GET", `/applications/${id}`)).body.passwordCredentials).toHaveLength(2);
});

describe("is refused as a whole", () => {
  test.each<[string, unknown]>([
    ["over twenty", { requests: Array.from({ length: 21 }, (_, at) => get(String(at), "/organization")) }],
    ["with no request", { requests: [] }],
    ["with no list", {}],
    ["with ids that differ by case alone", { requests: [get("a", "/organization"), get("A", "/organization")] }],
    ["with a dependency that is not there", { requests: [get("a", "/organization", { dependsOn: ["b"] })] }],
    ["in a circle", { requests: [create("a", { dependsOn: ["b"] }), create("b", { dependsOn: ["a"] })] }],
    ["with a body of no type", { requests: [create("a", { headers: {} })] }],
    ["with an absolute address", { requests: [get("a", "https://graph.microsoft.com/v1.0/organization")] }],
    ["without a method", { requests: [{ id: "a", url: "/organization" }] }],
    ["with null", { requests: [null] }],
    ["that is no JSON", "{"],
  ])("%s", async (_name, body) => {
    expect(codeOf(await graph("POST", "/$batch", body))).toEqual([400, "BadRequest"]);
  });

  test("without a token", async () => {
    const answer = await graphWith(directory, "")("POST", "/$batch", { requests: [get("a", "/organization")] });
    expect(codeOf(answer)).toEqual([401, "InvalidAuthenticationToken"]);
  });
});

test("a batch in a batch, and one nobody knows, are refused inside", async () => {
  const inner = { id: "1", method: "POST", url: "/$batch", headers: json, body: { requests: [get("a", "/me")] } };
  const { body } = await send(inner, get("2", "/nothing"));
  expect(body.responses.map(({ body: one }: { body: { error: { code: string } } }) => one.error.code)).toEqual([
    "Directory_NotEmulated",
    "BadRequest",
  ]);
});
