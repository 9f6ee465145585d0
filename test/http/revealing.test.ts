/** The value of a privileged application: one person asks, another one approves, and who asked sees it once. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { signIn } from "../directory/entra.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let ann: Visitor;
let amy: Visitor;
let rotation: string;
const T = "/api/v1/t/contoso";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WHY = { reason: "the vault is down and the job must run", ticket: "INC-7" };

beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  [ann, amy] = [await stage.signIn("Ann"), await stage.signIn("Amy")];
  rotation = await stage.rotationOf("mighty");
  for (const one of [ann, amy]) await one.post(`${T}/rotations/${rotation}/approve`, { what: "issue" });
  // made, and not delivered yet: its value is sealed here
  await stage.run();
});
afterEach(() => stage.close());

const ask = (who: Visitor) => who.post(`${T}/rotations/${rotation}/reveal-requests`, WHY);
const say = (who: Visitor, request: string, what: string, body = {}) =>
  who.post(`${T}/reveal-requests/${request}/${what}`, body);
const waiting = async (who: Visitor) => (await who.get(`${T}/reveal-requests`)).body.items;
const trail = async () =>
  (await ann.get(`${T}/audit?after=0&limit=500`)).body.items.filter(({ action }: { action: string }) =>
    action.startsWith("reveal"),
  );

test("one person alone sees nothing: neither at once, nor by approving his own request", async () => {
  const alone = await ann.post(`${T}/rotations/${rotation}/reveal`, WHY);
  expect(alone.body).toMatchObject({ status: 409, next: expect.stringContaining("another Admin") });
  const { request, state, mine } = (await ask(ann)).body;
  expect([state, mine]).toEqual(["asked", true]);
  expect((await say(ann, request, "show")).body).toMatchObject({ code: "refused-by-rule" });
  expect((await say(ann, request, "approve")).body).toMatchObject({
    code: "refused-by-rule",
    detail: expect.stringContaining("another person"),
  });
  // the same person in another browser is still the same person
  expect((await say(await stage.signIn("Ann"), request, "approve")).status).toBe(409);
  expect((await ask(ann)).body).toMatchObject({ code: "refused-by-rule", detail: "you have asked for it already" });
  expect((await trail()).map(({ action }: { action: string }) => action)).toEqual(["reveal-asked"]);
});

test("another Admin finds it, approves, and who asked sees it once; all of it is in the trail, and no value anywhere else", async () => {
  const waits = async () => (await amy.get(`${T}/overview`)).body.figures.waiting as number;
  const before = await waits();
  const { request } = (await ask(ann)).body;
  expect(await waits()).toBe(before + 1);
  expect(await waiting(amy)).toMatchObject([
    { request, mine: false, by: "entra:ann@contoso.example", reason: `${WHY.reason} (INC-7)`, displayName: "mighty" },
  ]);
  expect((await say(amy, request, "approve")).body).toMatchObject({ state: "approved" });
  expect(await waits()).toBe(before);
  // who approves sees nothing by it
  expect((await say(amy, request, "show")).status).toBe(409);
  const shown = await say(ann, request, "show");
  expect([shown.status, shown.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(await signIn(stage.directory, stage.application("mighty").appId, shown.body.value)).toBe(0);
  expect((await say(ann, request, "show")).body).toMatchObject({ detail: expect.stringContaining("once only") });
  expect(await waiting(ann)).toEqual([]);
  const lines = await trail();
  const by = (name: string) => `entra:${name}@contoso.example`;
  expect(lines).toMatchObject([
    { action: "reveal-asked", actor: by("ann"), rotation, details: { request } },
    { action: "reveal-approved", actor: by("amy"), details: { request, for: by("ann") } },
    { action: "revealed", actor: by("ann"), details: { request, approvedBy: by("amy"), why: `${WHY.reason} (INC-7)` } },
  ]);
  const everything = await Promise.all(
    [`/audit?after=0&limit=500`, "/reveal-requests", `/rotations/${rotation}`].map((path) => ann.get(`${T}${path}`)),
  );
  for (const { text } of everything) expect(text).not.toContain(shown.body.value);
});

test("of two who send it at once only one is answered with the value", async () => {
  const { request } = (await ask(ann)).body;
  await say(amy, request, "approve");
  const both = await Promise.all([say(ann, request, "show"), say(ann, request, "show")]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
});

test("nobody approves within a day, or nobody looks within a quarter of an hour: it is over", async () => {
  const first = (await ask(ann)).body.request;
  stage.directory.clock.advance(24 * HOUR);
  [ann, amy] = [await stage.signIn("Ann"), await stage.signIn("Amy")];
  expect((await say(amy, first, "approve")).body).toMatchObject({ detail: "its time is over" });
  const second = (await ask(ann)).body.request;
  await say(amy, second, "approve");
  stage.directory.clock.advance(15 * MINUTE);
  expect((await say(ann, second, "show")).body).toMatchObject({ detail: "its time is over" });
  expect(await waiting(ann)).toEqual([]);
  await stage.run();
  const lapsed = (await trail()).filter(({ action }: { action: string }) => action === "reveal-lapsed");
  expect(lapsed).toMatchObject([
    { actor: "nolapse", details: { request: first, was: "asked" } },
    { actor: "nolapse", details: { request: second, was: "approved" } },
  ]);
  await stage.run();
  expect((await trail()).filter(({ action }: { action: string }) => action === "reveal-lapsed")).toHaveLength(2);
});

test("a no ends it, also after a yes, and also one's own", async () => {
  const first = (await ask(ann)).body.request;
  await say(amy, first, "approve");
  expect((await say(amy, first, "refuse", { reason: "not tonight" })).body.state).toBe("refused");
  expect((await say(ann, first, "show")).body).toMatchObject({ detail: "it was refused" });
  const second = (await ask(ann)).body.request;
  expect((await say(ann, second, "refuse")).status).toBe(200);
  expect((await trail()).filter(({ action }: { action: string }) => action === "reveal-refused")).toMatchObject([
    { actor: "entra:amy@contoso.example", details: { why: "not tonight" } },
    { actor: "entra:ann@contoso.example" },
  ]);
});

test("it is for the value that was asked for: nothing where none is held, and one person is enough where it is not privileged", async () => {
  const plain = await stage.rotationOf("app-1");
  expect((await ann.post(`${T}/rotations/${plain}/reveal-requests`, WHY)).body).toMatchObject({
    code: "refused-by-rule",
    detail: expect.stringContaining("not privileged"),
  });
  const { request } = (await ask(ann)).body;
  await say(amy, request, "approve");
  await stage.until(rotation, "verified");
  [ann, amy] = [await stage.signIn("Ann"), await stage.signIn("Amy")];
  expect((await say(ann, request, "show")).status).not.toBe(200);
  expect((await ask(ann)).body).toMatchObject({ status: 404, detail: expect.stringContaining("does not hold") });
});

test("it takes the role of an Admin on both sides", async () => {
  const otto = await stage.signIn("Otto");
  expect((await ask(otto)).body.code).toBe("role-missing");
  const { request } = (await ask(ann)).body;
  for (const what of ["approve", "refuse", "show"])
    expect((await say(otto, request, what)).body.code).toBe("role-missing");
  expect(await waiting(otto)).toMatchObject([{ request, mine: false }]);
});
