/** Of an application that was deleted it stays known what Nolapse did there, and what of that still waits for a person. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY, epochMs, formatInstant, parseInstant, plus } from "../../src/core/time.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let otto: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  otto = await stage.signIn("Otto");
});
afterAll(() => stage.close());

const pastOf = async (id: string) => otto.get(`${T}/applications/${id}/past`);
const unseen = async () => (await otto.get(`${T}/overview`)).body.unseen;

test("its rotations, when it was found to be gone, and one thing to do about what has halted", async () => {
  const { objectId, appId } = stage.application("app-2");
  const [{ id }] = (await otto.post(`${T}/applications/${objectId}/rotate`, { now: true })).body.rotations;
  await stage.until(id, "issued");
  expect((await pastOf(objectId)).body).toMatchObject({
    gone: false,
    goneAt: null,
    rotations: [{ id, state: "issued" }],
  });
  expect((await pastOf("no-such-application")).status).toBe(404);
  await stage.graph("DELETE", `/applications/${objectId}`);
  await stage.until(id, "halted");
  await stage.run();
  expect((await otto.get(`${T}/applications/${objectId}`)).status).toBe(404);
  const { body } = await pastOf(objectId);
  expect(body).toMatchObject({
    appId,
    displayName: "app-2",
    gone: true,
    coverage: { complete: true },
    last: { action: "halted" },
    rotations: [{ id, state: "halted", haltReason: "holder-gone" }],
  });
  expect(body.goneAt).toBe(body.last.at);
  // by its client id as well, as the trail names it
  expect((await pastOf(appId.toUpperCase())).body.rotations).toEqual(body.rotations);
  expect(await unseen()).toMatchObject([
    { objectId, displayName: "app-2", rotation: id, reason: "holder-gone", gone: true },
  ]);
  expect((await otto.post(`${T}/rotations/${id}/cancel`)).status).toBe(200);
  expect(await unseen()).toEqual([]);
  const after = (await pastOf(objectId)).body;
  expect(after).toMatchObject({
    goneAt: body.goneAt,
    last: { action: "cancelled" },
    rotations: [{ state: "cancelled" }],
  });
  expect((await otto.get(`${T}/audit?application=${appId}`)).body.items[0].action).toBe("cancelled");
});

test("what was restored and deleted again is gone since it was found to be so the last time", async () => {
  const { objectId, appId } = stage.application("app-2");
  const { store, settings } = stage.manager.deps;
  const before = (await pastOf(objectId)).body.goneAt;
  const at = plus(parseInstant(before) ?? epochMs(0), DAY);
  const line = {
    tenantId: settings.tenantId,
    at,
    actor: "nolapse",
    action: "halted",
    rotation: null,
    appId,
    keyId: null,
  };
  await store.audit({ ...line, reason: "holder-gone", details: {} });
  expect((await pastOf(objectId)).body.goneAt).toBe(formatInstant(at));
});
