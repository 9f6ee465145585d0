/** Changes that are made once: under which key a request goes out, and what is said where nobody knows what came of it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { declaredRoutes } from "../../src/http/routes/all.ts";
import { ApiProblem, type ChangeRoute, change, sessionOver, takesKey } from "../../web/src/api/client.ts";
import { sender } from "../../web/src/api/once.ts";

const STOP = "POST /api/v1/t/{tenant}/stop";
const ROTATE = "POST /api/v1/t/{tenant}/applications/{id}/rotate";
const SHOW = "POST /api/v1/t/{tenant}/shown-secrets/{id}/show";
const params = { tenant: "contoso", id: "a" };

let keys: (string | null)[] = [];
/** What is answered next; a lost answer where there is none. */
let answers: number[] = [];
beforeEach(() => {
  keys = [];
  answers = [];
  vi.stubGlobal("fetch", async (_: string, { headers }: { headers: Record<string, string> }) => {
    keys.push(headers["idempotency-key"] ?? null);
    const status = answers.shift();
    if (status === undefined) throw new TypeError("the connection is gone");
    return new Response("{}", { status, headers: { "content-type": "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

test("the same request keeps its key until it is answered; another one, or the same after that, has another", async () => {
  const send = sender();
  const rotate = (now: boolean) => send(ROTATE, { params, body: { now } }).catch(() => null);
  answers = [];
  await rotate(true);
  answers = [500, 409, 200, 200, 200];
  for (const now of [true, true, true, true, false]) await rotate(now);
  const [first, ...rest] = keys;
  expect(first).toMatch(/^[\da-f-]{36}$/);
  expect(rest.slice(0, 3)).toEqual([first, first, first]);
  expect(new Set([first, rest[3], rest[4]]).size).toBe(3);
});

test("a key that nobody has answered is the same for ten minutes, and another one after them", async () => {
  let now = 0;
  const send = sender(() => now);
  for (now of [0, 599_999, 600_000, 1_199_999]) await send(STOP, { params }).catch(() => null);
  const [first, second, third, fourth] = keys;
  expect([second, fourth]).toEqual([first, third]);
  expect(third).not.toBe(first);
});

test("two openings are two changes", async () => {
  for (const send of [sender(), sender()]) await send(STOP, { params }).catch(() => null);
  expect(new Set(keys).size).toBe(2);
});

test("what shows a value goes without", async () => {
  await sender()(SHOW, { params }).catch(() => null);
  expect(keys).toEqual([null]);
});

test("a key goes to every change of a tenant whose answer the server keeps, and to no other", () => {
  const looks = /\/(chosen|check|scan|preflight)$/;
  const posts = declaredRoutes({ demo: true }).filter(({ method }) => method === "POST");
  expect(posts.length).toBeGreaterThan(20);
  for (const { path, reveals } of posts) {
    const kept = path.startsWith("/api/v1/t/") && reveals !== true && !looks.test(path);
    expect([path, takesKey(`POST ${path}` as ChangeRoute)]).toEqual([path, kept]);
  }
});

test.each<[string, ChangeRoute, number | null, ApiProblem["doubt"]]>([
  ["nobody answers a write", ROTATE, null, "repeat"],
  ["nobody answers what goes without a key", "POST /api/v1/t/{tenant}/applications/{id}/shown-secrets", null, "wait"],
  ["a write breaks", ROTATE, 502, "wait"],
  ["many are opened and it breaks", "POST /api/v1/t/{tenant}/applications/rotate", 500, "wait"],
  ["a secret is made and it breaks", "POST /api/v1/t/{tenant}/applications/{id}/secrets", 500, "wait"],
  ["what bears no mark breaks", "POST /api/v1/t/{tenant}/applications", 500, "look"],
  ["a removal breaks", "POST /api/v1/t/{tenant}/applications/{id}/credentials/{keyId}/remove", 502, "look"],
  ["a write has not begun", ROTATE, 503, null],
  ["a write is refused", ROTATE, 409, null],
  ["nothing would have been written", STOP, null, null],
  ["it only looks", "POST /api/v1/t/{tenant}/applications/rotate/check", 500, null],
  ["it only tries", "POST /api/v1/t/{tenant}/applications/{id}/rotate/preflight", 500, null],
])("where %s it says so", async (_, route, status, doubt) => {
  answers = status === null ? [] : [status];
  const thrown = await change(route, { params } as never).catch((problem: unknown) => problem);
  expect(thrown).toBeInstanceOf(ApiProblem);
  expect((thrown as ApiProblem).doubt).toBe(doubt);
});

test("whoever asks hears that the session is over, of changes as well", async () => {
  let heard = 0;
  const hear = () => {
    heard += 1;
  };
  sessionOver.addEventListener("over", hear);
  answers = [403, 401];
  for (let time = 0; time < 2; time += 1) await change(STOP, { params }).catch(() => null);
  sessionOver.removeEventListener("over", hear);
  expect(heard).toBe(1);
});
