/** Questions that are sent before the pages are there: each answer goes to one who asks the same, and to nobody once it is old. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addressOf, read } from "../../web/src/api/client.ts";
import { askEarly, endEarly, takeEarly } from "../../web/src/api/early.ts";
import { LIST, PAGE } from "../../web/src/api/list-page.ts";

let sent: string[] = [];
beforeEach(() => {
  sent = [];
  vi.useFakeTimers();
  vi.stubGlobal("fetch", async (address: string) => {
    sent.push(address);
    return new Response(`{"number":${sent.length}}`, { headers: { "content-type": "application/json" } });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const asking = { params: { tenant: "contoso" }, query: { type: "application", limit: PAGE } } as const;

test("who asks the same is answered without asking again, once", async () => {
  askEarly(addressOf(LIST, asking));
  expect(await read(LIST, asking)).toEqual({ number: 1 });
  expect(sent).toEqual(["/api/v1/t/contoso/applications?type=application&limit=200"]);
  expect(await read(LIST, asking)).toEqual({ number: 2 });
});

test("another question is none of it, and an old answer is nobody's", async () => {
  askEarly(addressOf(LIST, asking));
  expect(await read(LIST, { ...asking, query: { ...asking.query, q: "pay" } })).toEqual({ number: 2 });
  vi.advanceTimersByTime(5_000);
  expect(takeEarly(addressOf(LIST, asking))).toBeNull();
});

test("that it failed is heard by who takes it, and by nobody else", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no way")));
  askEarly("/api/v1/me");
  await expect(read("GET /api/v1/me", { params: {} })).rejects.toMatchObject({ code: "no-answer" });
});

test("once changes are heard, who has an answer from before is told, and what nobody took is nobody's", async () => {
  // what the tests before have taken
  endEarly();
  // who is there does not change by what is heard
  askEarly("/api/v1/me");
  await read("GET /api/v1/me", { params: {} });
  expect(endEarly()).toBe(false);
  askEarly(addressOf(LIST, asking));
  expect(endEarly()).toBe(false);
  expect(await read(LIST, asking)).toEqual({ number: 3 });
  askEarly(addressOf(LIST, asking));
  await read(LIST, asking);
  expect(endEarly()).toBe(true);
  // once
  expect(endEarly()).toBe(false);
});
