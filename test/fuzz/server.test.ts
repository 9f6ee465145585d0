/**
 * Whatever is sent to the server, by whoever may ask: it answers as its schemas say, refuses with a problem that says what to do, never
 * with a fault of its own, and tells nobody a value. 2,000 requests, the same in each run; `NOLAPSE_FUZZ=20000 npx vitest run
 * test/fuzz/server.test.ts` sends more, others each time.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { problemSchema } from "../../src/http/problem.ts";
import type { Route } from "../../src/http/route.ts";
import { declaredRoutes } from "../../src/http/routes/all.ts";
import { Stage } from "../http/stage.ts";
import type { FuzzRequest } from "./requests.ts";
import { type Names, requestsTo } from "./server-requests.ts";

const RUNS = Number(process.env.NOLAPSE_FUZZ ?? 2_000);
const CHOICE = { numRuns: RUNS, ...(process.env.NOLAPSE_FUZZ === undefined ? { seed: 11 } : {}) };

/** These end the session that asks, or go on for ever, or take a process and minutes. */
const LEFT_OUT = ["/auth/sign-out", "/api/v1/t/{tenant}/events", "/api/v1/events"];
const TABLE = declaredRoutes().filter(
  ({ path, method }) => !LEFT_OUT.includes(path) && !(method === "POST" && path.endsWith("/rehearsals")),
);

let stage: Stage;
let callers: readonly Record<string, string>[];
let owner: Record<string, string>;
/** What names applications that are not the Owner's: of them he does not even learn that they exist. */
let foreign: readonly string[];
let names: (route: Route) => Names;

beforeAll(async () => {
  // what counts requests goes by the machine's clock
  vi.useFakeTimers({ toFake: ["Date"] });
  stage = await Stage.open();
  await stage.run();
  const people = [await stage.signIn("Ann", "", "/", true)];
  for (const name of ["Amy", "Otto", "Rita"] as const) people.push(await stage.signIn(name));
  const robot = await stage.token("robot");
  const withCookie = ({ cookie, csrf }: (typeof people)[number]) => ({ cookie, "x-csrf-token": csrf });
  owner = withCookie(await stage.signIn("Oswin"));
  callers = [...people.map(withCookie), { authorization: `Bearer ${robot}` }, owner, {}];
  const { applications, servicePrincipals } = stage.directory.state();
  const own = stage.application("app-1").appId;
  const others = applications.map(({ entity }) => entity).filter(({ appId }) => appId !== own);
  foreign = others.flatMap(({ id, appId }) => [id, String(appId)]);
  const objects = [...applications, ...servicePrincipals].map(({ entity }) => entity);
  const keyIds = objects.flatMap((one) =>
    ((one.passwordCredentials ?? []) as { keyId: string }[]).map(({ keyId }) => keyId),
  );
  const rotations = [await stage.rotationOf("app-1"), await stage.rotationOf("carried")];
  const ofObjects = objects.map(({ id }) => id).slice(0, 12);
  const shared = {
    tenant: ["contoso"],
    keyId: keyIds,
    appId: objects.map(({ appId }) => String(appId)),
    reason: ["because the vault moves this week"],
    other: ["app", "contoso", "2031-03-01", "2031-03-01T12:00:00Z", "because the vault moves"],
  };
  names = ({ path }) => {
    const ids = path.includes("/rotations/") || path.includes("/approvals") ? rotations : ofObjects;
    return { ...shared, id: ids, ids };
  };
});
afterAll(() => stage.close());

const AS_JSON = { "content-type": "application/json" };
const seen = new Map<number, number>();

/** Of how many requests a minute is made up: fewer than anybody may send. */
const A_MINUTE = 200;
let sent = 0;

async function answered(request: FuzzRequest, who: Record<string, string>) {
  const { method, path, body } = request;
  sent += 1;
  if (sent % A_MINUTE === 0) {
    vi.setSystemTime(Date.now() + 61_000);
    // whoever sends everything has said stop as well, and the rest would be refused at that door
    await stage.ask("/api/v1/t/contoso/resume", { method: "POST", headers: { ...callers[0], ...AS_JSON }, body: "{}" });
  }
  const headers = Object.entries({ ...request.headers, ...who }).map(([name, value]) => [
    name,
    value.replaceAll(/[^\x20-\x7e]/g, "?").trim(),
  ]);
  return stage.ask(path, { method, headers: Object.fromEntries(headers), ...(body === undefined ? {} : { body }) });
}

/** The values that the applications sign in with, as their files have them. */
const values = () =>
  ["app-1", "app-2", "mighty"].map(
    (name) =>
      readFileSync(join(stage.folder, name, ".env"), "utf8")
        .trim()
        .split("=")[1] ?? "",
  );

test("every answer is one its schema names, or a problem; none is a fault, none holds a value, and an Owner's nobody else's application", {
  timeout: 600_000,
}, async () => {
  const asked = fc
    .constantFrom(...TABLE)
    .chain((route) => fc.tuple(fc.constant(route), requestsTo(route, names(route)), fc.constantFrom(...callers)));
  await fc.assert(
    fc.asyncProperty(asked, async ([route, request, who]) => {
      const answer = await answered(request, who);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(500);
      for (const value of values()) expect(answer.text.includes(value)).toBe(false);
      if (who === owner && answer.status === 200)
        expect(
          // a program that did something to what is his is named as who did it
          foreign.filter((one) => answer.text.replaceAll(/entra-app:[\w-]+/g, "").includes(one)),
          route.path,
        ).toEqual([]);
      if (answer.status >= 400 && !answer.text.startsWith("<!doctype html>")) {
        expect(answer.headers.get("content-type")).toContain("application/problem+json");
        problemSchema.parse(answer.body);
      } else if (answer.status === 200 && route.answer !== null) route.answer.parse(answer.body);
    }),
    CHOICE,
  );
});

test("the requests get behind every door", () => {
  for (const status of [200, 400, 401, 403, 404, 409]) expect(seen.get(status) ?? 0, `${status}`).toBeGreaterThan(5);
});

test("afterwards it is as sound as before", async () => {
  vi.setSystemTime(Date.now() + 61_000);
  const { status, body } = await answered(
    { method: "GET", path: "/api/v1/t/contoso/applications", headers: {}, body: undefined },
    callers[1] ?? {},
  );
  expect([status, body.items.length > 5]).toEqual([200, true]);
  expect(stage.said.filter((line) => /unexpected/.test(line))).toEqual([]);
});
