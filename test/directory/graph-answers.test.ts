/** The gate every Graph answer of the tests goes through: it must find what it is there for. */
import { expect, test } from "vitest";
import { checkedFetch, faultOf } from "./graph-answers.ts";

const ORIGIN = "https://directory.invalid/v1.0";
const CONTEXT = `${ORIGIN}/$metadata#`;
const IDS = { "request-id": "r", "client-request-id": "c" };

function fault(path: string, status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  const sent = new Headers({ ...IDS, "content-type": "application/json", "odata-version": "4.0", ...headers });
  return faultOf(`${ORIGIN}${path}`, { status, headers: sent, text });
}

const one = (entity: object, context = "applications/$entity") =>
  fault("/applications/1", 200, { "@odata.context": CONTEXT + context, id: "1", ...entity });
const many = (items: unknown[], more: object = {}, context = "applications") =>
  fault("/applications", 200, { "@odata.context": CONTEXT + context, value: items, ...more });
const error = (body: unknown) => fault("/applications/1", 404, body);
const inner = { date: "2031-03-01T12:00:00", "request-id": "r", "client-request-id": "c" };

test("an entity of the schema passes, and any other does not", () => {
  expect(one({ displayName: "x", passwordCredentials: [], api: { requestedAccessTokenVersion: 2 } })).toBeUndefined();
  expect(one({ colour: "red" })).toBe("application.colour is not in the schema");
  expect(one({ displayName: 1 })).toBe("application.displayName has the wrong type");
  expect(one({ passwordCredentials: [{ secret: "x" }] })).toBe("application.secret is not in the schema");
  expect(one({ id: undefined })).toBe("a application has no id");
  expect(one({}, "colours/$entity")).toMatch(/no type is known for '#colours/);
  expect(fault("/applications/1", 200, { id: "1" })).toBe("its context is 'undefined'");
  expect(one({ keyId: "no guid" }, "microsoft.graph.passwordCredential")).toMatch(/passwordCredential/);
});

test("so does a collection, with what was selected and what was expanded", () => {
  const owner = { "@odata.type": "#microsoft.graph.user", id: "2", displayName: "Ann" };
  expect(
    many([
      { id: "1", owners: [owner] },
      { id: "2", "@removed": { reason: "changed" } },
    ]),
  ).toBeUndefined();
  expect(many([{ id: "1" }, { id: "2", colour: "red" }])).toBe("item 1: application.colour is not in the schema");
  expect(many([{ id: "1", owners: [{ ...owner, colour: "red" }] }])).toMatch(/owners: user.colour/);
  expect(many([{ displayName: "x" }], {}, "applications(id,displayName)")).toBeUndefined();
  expect(many([{ tags: [] }], {}, "applications(id,displayName)")).toBe("item 0: 'tags' was not selected");
  expect(many([], { count: 1 })).toBe("a collection has no 'count'");
  expect(many([], { "@odata.nextLink": "https://x" })).toBeUndefined();
});

test("an error has exactly the members Graph gives it", () => {
  const good = { code: "Request_ResourceNotFound", message: "It is not there.", innerError: inner };
  expect(error({ error: good })).toBeUndefined();
  expect(error({ error: { ...good, details: [{ code: "x", message: "y" }] } })).toBeUndefined();
  expect(error({ error: { ...good, details: [{ code: "x" }] } })).toMatch(/details/);
  expect(error({ error: { ...good, innerError: { ...inner, date: "2031-03-01T12:00:00Z" } } })).toMatch(/date/);
  expect(error({ error: { ...good, innerError: undefined } })).toMatch(/innerError/);
  expect(error({ error: { ...good, advice: "x" } })).toBe("an error has no 'advice'");
  expect(error({ error: good, more: 1 })).toMatch(/alone/);
  expect(error({ message: "no" })).toMatch(/alone/);
});

test("headers, empty answers and counts are held to theirs", () => {
  expect(fault("/applications/1", 204, undefined)).toBeUndefined();
  expect(fault("/applications/1", 204, "{}")).toBe("204 has a body");
  expect(fault("/applications/$count", 200, "12", { "content-type": "text/plain" })).toBeUndefined();
  expect(fault("/applications/$count", 200, "many", { "content-type": "text/plain" })).toBe("no count in plain text");
  expect(fault("/applications", 200, "12", { "content-type": "text/plain" })).toMatch(/content type/);
  expect(faultOf(`${ORIGIN}/x`, { status: 204, headers: new Headers(), text: "" })).toMatch(/request-id/);
  expect(
    faultOf("https://directory.invalid/tenant/oauth2/token", { status: 400, headers: new Headers(), text: "x" }),
  ).toBe(undefined);
});

test("a wrong answer fails the request and is noted", async () => {
  const faults: string[] = [];
  const fetch = checkedFetch(async () => new Response("{}", { status: 200, headers: IDS }), faults);
  await expect(fetch(`${ORIGIN}/applications`)).rejects.toThrow(/content type/);
  expect(faults).toHaveLength(1);
});
