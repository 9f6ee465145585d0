/** What persons decide through the server: two of them where it takes two, and the loop goes on at once. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterEach(() => stage.close());

test("a privileged application takes two different persons, and no program", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  const id = await stage.rotationOf("mighty");
  const url = `${T}/rotations/${id}/approve`;
  expect((await ann.post(url, { what: "issue" })).body).toMatchObject({ left: ["issue"] });
  expect((await ann.post(url, { what: "issue" })).body).toMatchObject({ status: 409, code: "refused-by-rule" });
  // a second session of the same person is no second person
  expect((await (await stage.signIn("Ann")).post(url, { what: "issue" })).status).toBe(409);
  const authorization = `Bearer ${await stage.token("robot")}`;
  const robot = await stage.ask(url, {
    method: "POST",
    body: '{"what":"issue"}',
    headers: { authorization, "content-type": "application/json" },
  });
  expect([robot.status, robot.body.code]).toEqual([403, "role-missing"]);
  const many = await otto.post(`${T}/approvals`, { ids: [id, "none"], what: "issue" });
  expect(many.body).toEqual({
    done: [{ rotation: id, left: [] }],
    refused: [{ rotation: "none", code: "not-found", detail: expect.any(String) }],
  });
  const { approvals } = (await ann.get(`${T}/rotations/${id}`)).body;
  expect(approvals).toMatchObject({
    missing: ["retire"],
    by: [{ actor: "entra:ann@contoso.example" }, { actor: "entra:otto@contoso.example" }],
  });
  await stage.until(id, "issued");
});

test("rotate now opens what is not due, once, and says what stays", async () => {
  const otto = await stage.signIn("Otto");
  const { objectId } = stage.application("app-2");
  const url = `${T}/applications/${objectId}/rotate`;
  expect((await otto.post(url)).body).toMatchObject({ opened: 0, refused: [{ reason: "not-due" }] });
  const asked = (await otto.post(url, { now: true })).body;
  expect(asked).toMatchObject({ opened: 1, rotations: [{ state: "planned" }] });
  expect((await otto.post(url, { now: true })).body).toMatchObject({
    opened: 0,
    rotations: [{ id: asked.rotations[0].id }],
  });
  expect((await otto.get(`${T}/applications/${objectId}`)).body.next).toMatchObject({
    code: "renewing",
    rotation: asked.rotations[0].id,
  });
  const stranger = stage.application("stranger").objectId;
  expect((await otto.post(`${T}/applications/${stranger}/rotate`, { now: true })).body).toMatchObject({
    status: 409,
    code: "refused-by-rule",
  });
  const why = "the pipeline is not ready for it";
  const cancelled = await otto.post(`${T}/rotations/${asked.rotations[0].id}/cancel`, { reason: why });
  expect(cancelled.body).toMatchObject({ state: "cancelled" });
  const trail = await stage.manager.deps.store.auditPage(stage.directory.admin.tenantId, { after: 0, limit: 1_000 });
  expect(trail.find(({ action }) => action === "cancelled")?.details).toMatchObject({ why });
  expect((await otto.get(`${T}/applications/${objectId}`)).body.next).toMatchObject({ code: "renews" });
});

test("what is stopped stays stopped until an Admin says otherwise", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  expect((await otto.post(`${T}/stop`)).status).toBe(200);
  const url = `${T}/applications/${stage.application("app-2").objectId}/rotate`;
  expect((await otto.post(url, { now: true })).body).toMatchObject({ status: 409, code: "refused-by-stop" });
  expect((await otto.post(`${T}/resume`)).status).toBe(403);
  expect((await ann.post(`${T}/resume`)).status).toBe(200);
  expect((await otto.post(url, { now: true })).body).toMatchObject({ opened: 1 });
});

test("what has failed is tried now by an Operator's word, also a program's; what waits for something else is refused", async () => {
  const id = await stage.rotationOf("app-1");
  const file = join(stage.folder, "app-1", ".env");
  const kept = readFileSync(file, "utf8");
  const otto = await stage.signIn("Otto");
  const url = `${T}/rotations/${id}/try`;
  await stage.until(id, "issued");
  expect((await otto.post(url)).body).toMatchObject({ status: 409, code: "refused-by-rule", next: expect.any(String) });
  rmSync(file);
  await stage.until(id, "accepted");
  stage.directory.clock.advance(60_000);
  await stage.run();
  const { because, lastFailure } = (await otto.get(`${T}/rotations/${id}`)).body;
  expect([because, lastFailure.code]).toEqual(["backoff", expect.stringMatching(/^target-/)]);
  writeFileSync(file, kept, { mode: 0o600 });
  expect((await otto.post(url, { reason: "" })).status).toBe(400);
  const headers = { authorization: `Bearer ${await stage.token("robot")}`, "content-type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify({ reason: "the file is there again" }) };
  expect((await stage.ask(url, asked)).body).toEqual({ rotation: id, state: "accepted" });
  await stage.run();
  expect((await stage.manager.deps.store.rotation(id))?.state).toBe("verified");
  const trail = (await otto.get(`${T}/audit?after=0&limit=500`)).body.items;
  expect(trail.find(({ action }: { action: string }) => action === "retry-asked")).toMatchObject({
    actor: expect.stringMatching(/^entra-app:/),
    details: { why: "the file is there again" },
  });
  expect((await (await stage.signIn("Rita")).post(url)).body).toMatchObject({ code: "role-missing" });
});

test("an Operator holds one rotation and lets it go on; who holds it, since when and why stands on page and list", async () => {
  const id = await stage.rotationOf("app-1");
  const otto = await stage.signIn("Otto");
  const url = `${T}/rotations/${id}`;
  const held = { by: "entra:otto@contoso.example", at: expect.any(String), reason: "the vault moves" };
  expect((await otto.post(`${url}/pause`, { reason: held.reason })).body).toMatchObject({ rotation: id, paused: held });
  expect((await otto.post(`${url}/pause`)).body).toMatchObject({ paused: held });
  await stage.run();
  expect((await otto.get(url)).body).toMatchObject({
    state: "issued",
    verdict: "wait",
    because: "paused",
    paused: held,
  });
  const { groups } = (await otto.get(`${T}/rotations/groups?group=waits`)).body;
  const [{ items }] = groups;
  expect(items.find((one: { id: string }) => one.id === id)).toMatchObject({ paused: held, waitsFor: "paused" });
  const { objectId } = stage.application("app-1");
  const shown = (await otto.get(`${T}/applications/${objectId}`)).body;
  expect(shown.next).toMatchObject({ code: "stops", reason: "paused" });
  expect(shown.rotations).toMatchObject([{ id, slot: "default", paused: held }]);
  expect((await otto.post(`${url}/continue`, { reason: "why not" })).body).toMatchObject({
    code: "usage",
    detail: expect.stringContaining("at least 10 characters"),
  });
  expect((await (await stage.signIn("Rita")).post(`${url}/continue`)).body).toMatchObject({ code: "role-missing" });
  expect((await otto.post(`${url}/continue`)).body).toEqual({ rotation: id, state: "issued" });
  expect((await otto.get(url)).body).toMatchObject({ paused: null });
  await stage.until(id, "verified");
  expect((await otto.post(`${T}/rotations/none/pause`)).status).toBe(404);
});

test("a whole application is held with a reason, by whom and since when, and goes on; who may not is told", async () => {
  const otto = await stage.signIn("Otto");
  const { objectId, appId } = stage.application("app-1");
  const url = `${T}/applications/${objectId}`;
  const reason = "the vault moves this week";
  expect((await otto.post(`${url}/pause`)).status).toBe(400);
  expect((await otto.post(`${url}/pause`, { reason: "moved" })).status).toBe(400);
  expect((await (await stage.signIn("Rita")).post(`${url}/pause`, { reason })).body).toMatchObject({
    code: "role-missing",
  });
  expect((await otto.get(url)).body).toMatchObject({ paused: null });
  const paused = { by: "entra:otto@contoso.example", at: expect.any(String), reason };
  expect((await otto.post(`${url}/pause`, { reason })).body).toEqual({ appId, paused });
  const shown = (await otto.get(url)).body;
  expect(shown).toMatchObject({ paused, next: { code: "stops", reason: "application-paused" } });
  const [{ id }] = shown.rotations;
  expect(shown.rotations).toMatchObject([{ paused: { ...paused, application: true } }]);
  await stage.run();
  expect((await otto.get(`${T}/rotations/${id}`)).body).toMatchObject({
    verdict: "wait",
    because: "application-paused",
    paused: { ...paused, application: true },
  });
  const { items } = (await otto.get(`${T}/applications?q=app-1`)).body;
  expect(items).toMatchObject([{ next: { code: "stops", reason: "application-paused" } }]);
  expect((await otto.post(`${T}/rotations/${id}/continue`)).body).toMatchObject({
    code: "refused-by-rule",
    next: expect.stringContaining(`nolapse continue ${appId}`),
  });
  expect((await otto.post(`${url}/rotate`, { now: true })).body).toMatchObject({ opened: 0 });
  expect((await (await stage.signIn("Rita")).post(`${url}/continue`)).body).toMatchObject({ code: "role-missing" });
  expect((await otto.post(`${url}/continue`)).body).toEqual({ appId, continued: true });
  expect((await otto.post(`${url}/continue`)).body).toEqual({ appId, continued: false });
  expect((await otto.get(url)).body).toMatchObject({ paused: null, rotations: [{ paused: null }] });
  const trail = (await otto.get(`${T}/audit?after=0&limit=500`)).body.items;
  const words = trail.filter(({ action }: { action: string }) => action.startsWith("application-"));
  expect(words).toMatchObject([
    { action: "application-paused", actor: paused.by, details: { why: reason } },
    { action: "application-continued", actor: paused.by },
  ]);
});

test("the first page says all that holds writing back: a person, the breaker, a scan that lost too much, a file; and what going on came to", async () => {
  const [ann, rita] = [await stage.signIn("Ann"), await stage.signIn("Rita")];
  const switches = async () => (await rita.get(`${T}/overview`)).body.switches;
  // asked twice, an answer is kept and given again: a clock that stands still makes it no older
  for (let time = 0; time < 3; time += 1)
    expect(await switches()).toEqual({ stopped: null, removalOff: null, breaker: null, brake: null, loss: null });
  const { store, settings, clock } = stage.manager.deps;
  const last = await store.lastScan(settings.tenantId);
  if (last === null) throw new Error("it was scanned");
  await store.recordScan({ ...last, scannedAt: await clock.now() }, []);
  await ann.post(`${T}/stop`);
  writeFileSync(join(stage.folder, "STOP"), "");
  expect(await switches()).toMatchObject({
    stopped: { by: "entra:ann@contoso.example" },
    brake: "the stop file STOP beside the store exists",
    loss: "the last scan no longer saw 100 % of the known objects, so nothing is written",
  });
  const { body } = await ann.post(`${T}/resume`);
  expect((await switches()).brake).not.toBeNull();
  expect(body).toMatchObject({ resumed: 0, busy: [], stillStopped: expect.stringMatching(/^the stop file/) });
  expect(body.forgotten).toBeGreaterThan(2);
  rmSync(join(stage.folder, "STOP"));
  expect(await switches()).toEqual({ stopped: null, removalOff: null, breaker: null, brake: null, loss: null });
});

test("of a rotation whose application was deleted nothing is said to work, and what to do is", async () => {
  const otto = await stage.signIn("Otto");
  const { objectId } = stage.application("app-2");
  const [{ id }] = (await otto.post(`${T}/applications/${objectId}/rotate`, { now: true })).body.rotations;
  await stage.until(id, "issued");
  const safe = async () =>
    (await otto.get(`${T}/rotations/${id}`)).body.safety.find(
      ({ code }: { code: string }) => code === "old-still-works",
    );
  expect(await safe()).toMatchObject({ ok: true });
  await stage.graph("DELETE", `/applications/${objectId}`);
  await stage.until(id, "halted");
  expect(await safe()).toMatchObject({ ok: false });
  expect((await otto.get(`${T}/rotations/${id}`)).body).toMatchObject({
    haltReason: "holder-gone",
    haltMend: expect.stringMatching(/^If it is gone for good/),
  });
});
