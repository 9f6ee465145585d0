/** Rotating on a person's word: one application, or all that a selection holds; many are asked for as each alone is. */

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Events } from "../../src/http/events.ts";
import { atOnce } from "../../src/http/routes/selecting.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let otto: Visitor;
const T = "/api/v1/t/contoso";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  otto = await stage.signIn("Otto");
});
afterEach(() => stage.close());

const objectId = (name: string) => stage.application(name).objectId;
const rotationsOf = (name: string) => stage.manager.deps.store.rotations({ appId: stage.application(name).appId });

/** A scan that could not say who is privileged. */
async function unread(): Promise<void> {
  const { scan } = await stage.run();
  if (scan === null) throw new Error("there was no scan");
  const privileges = { held: new Map(), unknown: ["directory roles: the service did not answer"], unread: true };
  await stage.admission.seen({ ...scan, privileges });
}

test("nothing is begun on one person's word while it is not known who is privileged", async () => {
  await unread();
  const refused = await otto.post(`${T}/applications/${objectId("app-2")}/rotate`, { now: true });
  expect(refused.body).toMatchObject({ status: 409, detail: expect.stringContaining("[privilege-unread]") });
  expect(await rotationsOf("app-2")).toEqual([]);
});

const check = (body: unknown) => otto.post(`${T}/applications/rotate/check`, body);
const rotate = (body: unknown, headers = {}) => otto.post(`${T}/applications/rotate`, body, headers);
const total = async (query = "") =>
  (await otto.get(`${T}/applications?type=application&${query}`)).body.total as number;
const all = async () => ({ query: { type: "application", total: await total() }, now: true });
const states = async () => (await stage.manager.deps.store.rotations({})).map(({ state, reason }) => [state, reason]);

test("what all that is chosen would come to is said before: which can, which cannot and why, the writes, and when", async () => {
  const before = await states();
  const { body } = await check(await all());
  const outcomes = Object.fromEntries(
    body.items.map((one: { displayName: string; outcome: string; reason: string }) => [
      one.displayName,
      [one.outcome, one.reason],
    ]),
  );
  // app-1, carried and mighty end in 10 days: their rotations were opened by the first round
  expect(outcomes).toMatchObject({
    "app-1": ["open", expect.any(String)],
    carried: ["open", expect.any(String)],
    mighty: ["open", expect.any(String)],
    "app-2": ["opens", "not-due"],
    stranger: ["refused", "not-bound"],
  });
  expect(body).toMatchObject({ applications: await total(), opens: 1, open: 3, blocked: null, twoPersons: 0 });
  expect(body.reasons).toEqual({ "not-bound": body.refused });
  expect(body.writes).toEqual({ issues: 1, deliveries: 1, removals: 1 });
  expect(Date.parse(body.issuedBy)).toBeGreaterThanOrEqual(stage.directory.clock.now());
  expect(Date.parse(body.retiredBy)).toBeGreaterThan(Date.parse(body.issuedBy));
  // without what is not due nothing opens; and looking has changed nothing
  expect((await check({ ...(await all()), now: false })).body).toMatchObject({ opens: 0, writes: { issues: 0 } });
  expect(await states()).toEqual(before);
});

test("what a rotation needs is tried before, one check each: the sign-in, the right to write, and each place once", async () => {
  const at = `${T}/applications/${objectId("app-2")}/rotate/preflight`;
  const found = async (from = otto) =>
    (await from.post(at, {})).body.checks.map(({ area, name, state }: Record<string, string>) => [area, name, state]);
  const well = [
    ["sign-in", "own sign-in", "ok"],
    ["permissions", "rotate what it owns", "ok"],
  ];
  expect(await found()).toEqual([...well, ["targets", "app-2", "ok"]]);
  rmSync(join(stage.folder, "app-2"), { recursive: true });
  expect(await found()).toEqual([...well, ["targets", "app-2", "failed"]]);
  expect((await otto.post(at, {})).body.checks.at(-1)).toMatchObject({ fix: expect.stringContaining("app-2") });
  expect((await otto.post(at, {})).body.slots).toEqual([{ slot: "default", targets: ["app-2"] }]);
  // only a person can look there
  const carried = await otto.post(`${T}/applications/${objectId("carried")}/rotate/preflight`, {});
  expect(carried.body.checks.at(-1)).toMatchObject({
    state: "ok",
    says: "not tried: the vendor takes the value there",
  });
  expect(await rotationsOf("app-2")).toEqual([]);
});

test("some slots of an application alone are asked for by their names; one that there is not is refused", async () => {
  const at = `${T}/applications/${objectId("app-2")}/rotate`;
  expect(await otto.post(at, { now: true, slots: ["default", "other"] })).toMatchObject({
    status: 404,
    body: { detail: "the application has no such slot" },
  });
  expect((await otto.post(at, { now: true, slots: [] })).status).toBe(400);
  const hurried = { slots: ["default"], emergency: "some-key", reason: "it stood in a ticket" };
  expect((await otto.post(at, hurried)).status).toBe(400);
  expect(await rotationsOf("app-2")).toEqual([]);
});

test("who must still approve is said before: of what is privileged two persons, both parts", async () => {
  const { items } = (await check(await all())).body;
  const waits = items.map(({ displayName, waitsFor }: Record<string, unknown>) => [displayName, waitsFor]);
  expect(Object.fromEntries(waits)).toMatchObject({ "app-2": [], mighty: ["issue", "retire"], stranger: [] });
});

test("all that match are asked for in one request, once under one key, and come to what each alone comes to", async () => {
  const asked = await all();
  const foreseen = (await check(asked)).body;
  const done = await rotate(asked, { "idempotency-key": "one" });
  expect(done.body.opened).toBe(foreseen.opens);
  expect(done.body.rotations).toHaveLength(foreseen.opens + foreseen.open);
  expect(done.body.refused.map(({ reason }: { reason: string }) => reason)).toEqual(
    Array.from({ length: foreseen.refused }, () => "not-bound"),
  );
  expect((await rotate(asked, { "idempotency-key": "one" })).text).toBe(done.text);
  expect((await rotate(asked)).body.opened).toBe(0);
  const [opened] = await rotationsOf("app-2");
  expect(opened).toMatchObject({ reason: "asked-for", state: "planned" });
  const trail = (await otto.get(`${T}/audit?after=0&limit=500`)).body.items;
  const own = trail.filter(({ rotation }: { rotation: string }) => rotation === opened?.id);
  expect(own.slice(0, 1)).toMatchObject([
    { action: "planned", actor: "entra:otto@contoso.example", reason: "asked-for" },
  ]);
  // two persons for what is privileged: that it was asked for among many is nobody's approval
  expect((await rotationsOf("mighty"))[0]?.approvers ?? []).toEqual([]);
});

test("some are chosen one by one, or all but some; what cannot be read keeps no other from being asked", async () => {
  const [one, other, gone] = ["app-2", "stranger", "app-1"].map(objectId);
  expect((await check({ ids: [one, one, other], now: true })).body).toMatchObject({ applications: 2, opens: 1 });
  const { query } = await all();
  expect((await check({ query: { ...query, except: [one] }, now: true })).body).toMatchObject({
    applications: query.total - 1,
    opens: 0,
  });
  await stage.graph("DELETE", `/applications/${gone}`);
  const done = (await rotate({ ids: [gone, one], now: true })).body;
  expect(done).toMatchObject({ opened: 1, refused: [{ displayName: "app-1", reason: null }] });
  expect(done.refused[0].sentence).not.toBe("");
});

test("nothing is done where another number matches than was seen, nor for what is no selection", async () => {
  const { query } = await all();
  expect((await rotate({ query: { ...query, total: query.total - 1 }, now: true })).body).toMatchObject({
    code: "refused-by-rule",
    detail: expect.stringContaining("nothing was done"),
  });
  for (const body of [
    {},
    { ids: [], now: true },
    { ids: [objectId("app-2")], query },
    { query: { type: "application" } },
  ])
    expect((await rotate(body)).status).toBe(400);
  expect(await rotationsOf("app-2")).toEqual([]);
});

test("nor where as many match as were looked at, and others among them", async () => {
  const { query } = await all();
  const seen = (await check({ query: { ...query, except: [objectId("app-1")] }, now: true })).body;
  const others = { ...query, except: [objectId("app-2")], members: seen.members };
  expect((await rotate({ query: others, now: true })).body).toMatchObject({
    code: "refused-by-rule",
    detail: expect.stringContaining("others among them"),
  });
  expect(await rotationsOf("app-2")).toEqual([]);
  const same = { ...query, except: [objectId("app-1").toUpperCase()], members: seen.members };
  expect((await check({ query: same, now: true })).status).toBe(200);
});

test("of more than can be asked for at once as many are left out as it takes; the number that matches has no limit of its own", async () => {
  const { query } = await all();
  expect((await check({ query: { ...query, total: 600 } })).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining("600 were seen"),
  });
  const found = Array.from({ length: 600 }, (_, number) => ({ objectId: `id-${number}` }));
  const first = (many: number) => found.slice(0, many).map(({ objectId: its }) => its.toUpperCase());
  expect(atOnce(found, first(150))).toEqual(found.slice(150));
  expect(atOnce(found, first(100))).toHaveLength(500);
  expect(() => atOnce(found, first(99))).toThrow("501 are chosen, and at once at most 500 can be");
});

test.each([
  ["everything is stopped", async () => void (await otto.post(`${T}/stop`)), "refused-by-stop"],
  ["it is not known who is privileged", unread, "refused-by-rule"],
])("where %s the look says so, and the word is refused as a whole", async (_, hinder, code) => {
  await hinder();
  const asked = await all();
  expect((await check(asked)).body.blocked).toMatchObject({ code });
  expect((await rotate(asked)).body).toMatchObject({ status: 409, code });
  expect(await rotationsOf("app-2")).toEqual([]);
});

test("the file holds what was chosen", async () => {
  const names = async (query: string) =>
    (await otto.get(`${T}/applications.csv?type=application&${query}`)).text
      .trim()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(",")[0]);
  const [one, other] = ["app-2", "stranger"].map(objectId);
  expect((await names(`only=${one},${other}`)).toSorted()).toEqual(["app-2", "stranger"]);
  expect(await names(`except=${one}&q=app-`)).toEqual(["app-1"]);
  expect((await otto.get(`${T}/applications.csv?only=a/b`)).status).toBe(400);
});

test("an open breaker is said before; what is asked for waits for a person as any other", async () => {
  const { store, settings } = stage.manager.deps;
  const at = await stage.manager.deps.clock.now();
  const line = { tenantId: settings.tenantId, at, actor: "nolapse", action: "breaker-opened", rotation: null };
  const about = { appId: null, keyId: null, reason: null, details: {} };
  await store.turn(settings.tenantId, "breaker", { at, why: "three failed" }, { ...line, ...about });
  const asked = await all();
  expect((await check(asked)).body).toMatchObject({ blocked: null, held: [{ reason: "breaker-open" }] });
  await rotate(asked);
  await stage.run();
  expect((await rotationsOf("app-2"))[0]).toMatchObject({ state: "planned", issued: null });
});

test("a slot that another process works on is answered for itself, and the others are opened", async () => {
  vi.spyOn(stage.manager.deps.store, "amend").mockResolvedValue(false);
  const { body } = await rotate({ ids: ["app-1", "app-2"].map(objectId), now: true });
  expect(body).toMatchObject({ opened: 1, rotations: [{ displayName: "app-2" }] });
  expect(body.refused).toMatchObject([
    { displayName: "app-1", slot: "default", reason: null, sentence: expect.stringContaining("another process") },
  ]);
});

test("what was opened is told to everybody before a fault is answered, which says nothing of its own", async () => {
  const told = vi.spyOn(Events.prototype, "tell");
  vi.spyOn(stage.manager.deps.store, "amend").mockRejectedValue(new TypeError("a fault inside"));
  const answer = await rotate({ ids: ["app-1", "app-2"].map(objectId), now: true });
  expect(answer.body).toMatchObject({ status: 500, code: "unexpected" });
  expect(answer.text).not.toContain("a fault inside");
  // where it came about is for the log
  expect(stage.said.join("\n")).toMatch(/a fault inside\s+at .*rotating\.test\.ts/);
  const opened = told.mock.calls.flatMap(([one]) => ("what" in one && one.what === "opened" ? [one.application] : []));
  expect(opened).toEqual([objectId("app-2")]);
  told.mockRestore();
});

describe("a value that has leaked", () => {
  const of = (name: string) => `${T}/applications/${objectId(name)}`;
  const WHY = "it stands in a public repository";
  const oldKey = async (name: string) =>
    (await otto.get(of(name))).body.credentials.find(({ origin }: { origin: string | null }) => origin !== "issued")
      .keyId;
  const leaked = (name: string, keyId: string, more: object = { reason: WHY }) =>
    otto.post(`${of(name)}/rotate`, { emergency: keyId, ...more });

  test("is looked at first, gets its successor at once, and goes without an overlap, though nothing was due", async () => {
    const keyId = await oldKey("app-2");
    expect((await otto.get(`${of("app-2")}/credentials/${keyId}`)).body.acts.leaked).toBe(true);
    const seen = (await otto.get(`${of("app-2")}/credentials/${keyId}/emergency`)).body;
    expect(seen).toMatchObject({
      blocked: null,
      rotation: null,
      minutes: expect.any(Number),
      targets: [{ name: "app-2", reload: 60_000, carriedBy: null }],
      privileged: false,
    });
    expect(await rotationsOf("app-2")).toEqual([]);
    const { body } = await leaked("app-2", keyId);
    const [rotation] = await rotationsOf("app-2");
    expect(body).toEqual({
      opened: 1,
      rotations: [{ id: rotation?.id, slot: "default", state: "planned" }],
      refused: [],
    });
    expect(rotation).toMatchObject({ reason: "leaked", emergency: { actor: "entra:otto@contoso.example" } });
    expect((await otto.get(`${of("app-2")}/credentials/${keyId}`)).body.acts).toMatchObject({ leaked: false });
    const begun = stage.directory.clock.now();
    await stage.until(rotation?.id ?? "", "retired", 1);
    const { removedAt } = (await otto.get(`${of("app-2")}/credentials/${keyId}`)).body;
    expect(Date.parse(removedAt) - begun).toBeLessThan(60 * 60_000);
    const trail = (await otto.get(`${T}/audit?after=0&limit=500`)).body.items;
    expect(trail.find(({ action }: { action: string }) => action === "emergency-asked")).toMatchObject({
      actor: "entra:otto@contoso.example",
      keyId,
      details: { why: WHY },
    });
  });

  test("hurries the rotation that is open for it, and opens no other", async () => {
    const keyId = (await rotationsOf("app-1"))[0]?.replaces ?? "";
    const id = await stage.rotationOf("app-1");
    expect((await otto.get(`${of("app-1")}/credentials/${keyId}/emergency`)).body).toMatchObject({ rotation: id });
    expect((await leaked("app-1", keyId)).body).toMatchObject({ opened: 0, rotations: [{ id }] });
    expect(await rotationsOf("app-1")).toHaveLength(1);
  });

  test("of a privileged application waits for two persons all the same", async () => {
    const keyId = (await rotationsOf("mighty"))[0]?.replaces ?? "";
    expect((await otto.get(`${of("mighty")}/credentials/${keyId}/emergency`)).body).toMatchObject({ privileged: true });
    await leaked("mighty", keyId);
    await stage.run();
    expect((await rotationsOf("mighty"))[0]).toMatchObject({ state: "planned", issued: null });
    expect((await rotationsOf("mighty"))[0]?.approvers ?? []).toEqual([]);
  });

  test("is refused with the way out where no slot has it, while everything is stopped, and without a reason or a person", async () => {
    const stray = (await otto.get(of("stranger"))).body.credentials[0].keyId;
    const next = expect.stringContaining("az ad app credential delete");
    expect((await otto.get(`${of("stranger")}/credentials/${stray}/emergency`)).body.blocked).toMatchObject({ next });
    expect((await leaked("stranger", stray)).body).toMatchObject({ status: 409, code: "refused-by-rule", next });
    const keyId = await oldKey("app-2");
    for (const more of [{}, { reason: "oops" }]) expect((await leaked("app-2", keyId, more)).status).toBe(400);
    expect((await otto.post(`${of("app-2")}/rotate`, { now: true, reason: WHY })).status).toBe(400);
    const headers = { authorization: `Bearer ${await stage.token("robot")}`, "content-type": "application/json" };
    const body = JSON.stringify({ emergency: keyId, reason: WHY });
    const robot = await stage.ask(`${of("app-2")}/rotate`, { method: "POST", headers, body });
    expect(robot.body).toMatchObject({ status: 403, code: "role-missing" });
    await otto.post(`${T}/stop`);
    expect((await leaked("app-2", keyId)).body).toMatchObject({ status: 409, code: "refused-by-stop" });
    expect(await rotationsOf("app-2")).toEqual([]);
  });
});
