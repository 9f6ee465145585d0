/** What the configuration says, as the pages read it: where values go, whether they could be written there, and which rules hold for whom. */
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { epochMs } from "../../src/core/time.ts";
import { audit as line } from "../conformance/store.suite.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let otto: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
  otto = await stage.signIn("Otto");
});
afterAll(() => stage.close());

const target = async (wanted: string) =>
  (await otto.get(`${T}/targets`)).body.items.find(({ name }: { name: string }) => name === wanted);

test("a target says whether it is read back, whose it is, and when it was tried last: by a rotation or because somebody asked", async () => {
  const { appId, objectId } = stage.application("app-1");
  expect(await target("app-1")).toMatchObject({
    readBack: true,
    applications: [{ appId, application: null }],
    lastPreflight: null,
    lastVerified: null,
  });
  await stage.run();
  const now = "2031-03-01T12:00:00Z";
  expect(await target("app-1")).toMatchObject({
    applications: [{ appId, application: { objectId, displayName: "app-1" } }],
    lastPreflight: { at: now, failed: null, next: null },
  });
  expect(await target("by-hand")).toMatchObject({ readBack: false, lastPreflight: null });
  expect(await target("app-2")).toMatchObject({ lastPreflight: null });
  stage.directory.clock.advance(60_000);
  const asked = await otto.post(`${T}/targets/preflight`, { target: "app-2" });
  const later = { at: "2031-03-01T12:01:00Z", failed: null, next: null };
  expect(asked).toMatchObject({ status: 200, body: later });
  expect(await target("app-2")).toMatchObject({ lastPreflight: later });
});

test("who looks for a target gets names and types, for which no rotation is read", async () => {
  // what was answered before is not given again
  await otto.post(`${T}/targets/preflight`, { target: "app-2" });
  const rotations = vi.spyOn(stage.admission.deps.store, "rotations");
  const { items } = (await otto.get(`${T}/targets/names`)).body;
  expect(rotations).not.toHaveBeenCalled();
  const all = (await otto.get(`${T}/targets`)).body.items;
  expect(rotations).toHaveBeenCalled();
  rotations.mockRestore();
  expect(items).toContainEqual({ name: "by-hand", type: "manual" });
  expect(items).toEqual(all.map(({ name, type }: { name: string; type: string }) => ({ name, type })));
});

test("a finished rotation is read where it made what lies there now, and no other one", async () => {
  const { store } = stage.admission.deps;
  const id = await stage.rotationOf("app-1");
  await stage.until(id, "verified");
  const { lastVerified, lastPreflight } = await target("app-1");
  expect(lastVerified).toBe("2031-03-01T12:05:00Z");
  const rotation = await store.rotation(id);
  if (rotation === null) throw new Error("it is gone");
  const at = await stage.admission.deps.clock.now();
  const over = { ...rotation, state: "retired", retiredAt: at, dueAt: null } as const;
  await store.amend(rotation, { rotation: over, audit: [] });
  // of years of them
  const older = { plannedAt: epochMs(rotation.plannedAt - 1), replaces: "older", issued: null };
  await store.open({ ...over, ...older, id: "older" }, [], line("planned"));
  const rotations = vi.spyOn(store, "rotations");
  expect(await target("app-1")).toMatchObject({ lastVerified, lastPreflight });
  const states = rotations.mock.calls.map(([filter]) => filter.states ?? ["all"]);
  rotations.mockRestore();
  expect(states.flat()).toContain("verified");
  expect(states.flat()).not.toEqual(expect.arrayContaining(["all"]));
  expect(states.flat()).not.toEqual(expect.arrayContaining(["retired"]));
  await store.amend(over, { rotation, audit: [] });
});

test("a target that cannot be written says why, until it can be again; nothing is changed there", async () => {
  const place = join(stage.folder, "app-2");
  renameSync(place, `${place}-moved`);
  const { status, body } = await otto.post(`${T}/targets/preflight`, { target: "app-2" });
  expect(status).toBe(200);
  expect(body.failed).toContain("app-2");
  expect((await target("app-2")).lastPreflight).toEqual(body);
  renameSync(`${place}-moved`, place);
  expect((await otto.post(`${T}/targets/preflight`, { target: "app-2" })).body.failed).toBeNull();
  expect((await target("app-2")).lastPreflight.failed).toBeNull();
});

test("what a rotation's own preflight has failed with is said as well", async () => {
  const place = join(stage.folder, "mighty");
  renameSync(place, `${place}-moved`);
  const id = await stage.rotationOf("mighty");
  for (const name of ["Ann", "Otto"] as const) {
    const said = await (await stage.signIn(name)).post(`${T}/rotations/${id}/approve`, { what: "issue" });
    expect(said.status).toBe(200);
  }
  await stage.run();
  expect((await target("mighty")).lastPreflight).toMatchObject({ failed: expect.stringContaining("mighty") });
  renameSync(`${place}-moved`, place);
});

test("there is nothing to try where only a person can look, or where no target has the name", async () => {
  const answers = ["by-hand", "nowhere", "__proto__"].map((name) =>
    otto.post(`${T}/targets/preflight`, { target: name }),
  );
  expect((await Promise.all(answers)).map(({ body }) => body.code)).toEqual([
    "refused-by-rule",
    "not-found",
    "not-found",
  ]);
});

/** The line of the configuration that holds a text, from 1. */
const lineOf = (text: string) =>
  readFileSync(join(stage.folder, "nolapse.yaml"), "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

test("each policy says in which line of which file it stands; the one that nobody wrote says none", async () => {
  const { body } = await otto.get(`${T}/policies`);
  expect(body.file).toBe("nolapse.yaml");
  const lines = body.items.map(({ name, line }: { name: string; line: number | null }) => [name, line]);
  expect(lines).toEqual([
    ["default", null],
    ["quick", lineOf("  quick:")],
  ]);
});

test("a policy counts the registrations it is for, and those it renews", async () => {
  const { policies: rules } = await policiesNow();
  // bound: app-1, app-2, mighty and carried; the others have no rule of their own, and service principals have nothing to renew
  expect(rules).toEqual([
    ["default", 6, 0],
    ["quick", 4, 4],
  ]);
  expect((await otto.get(`${T}/applications?type=application`)).body.total).toBe(10);
  expect((await otto.get(`${T}/applications`)).body.total).toBeGreaterThan(10);
});

test("an entry whose application is gone is named with what was last known of it, and only where the scan has seen all", async () => {
  expect((await policiesNow()).gone).toEqual([]);
  const { appId, objectId } = stage.application("app-1");
  await stage.graph("DELETE", `/applications/${objectId}`);
  const { scan } = await stage.run();
  const { policies: rules, gone } = await policiesNow();
  expect(rules).toContainEqual(["quick", 3, 3]);
  expect(gone).toEqual([{ appId, displayName: "app-1", policy: "quick", targets: ["app-1"], line: lineOf(appId) }]);
  if (scan === null) throw new Error("nothing was scanned");
  await stage.admission.seen({ ...scan, coverage: { ...scan.coverage, complete: false } });
  expect((await policiesNow()).gone).toEqual([]);
});

async function policiesNow() {
  const { items, gone } = (await otto.get(`${T}/policies`)).body;
  const policies = items.map((one: Record<string, unknown>) => [one.name, one.applications, one.managed]);
  return { policies, gone };
}
