/** Adopting over HTTP: who may, what is answered, what it changes on the pages, and what it does not. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
const WHY = "the vendor made it by hand";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterEach(() => stage.close());

/** The only credential of an application that nobody has bound. */
async function strange() {
  const { objectId, appId } = stage.application("stranger");
  const held = stage.directory.state().applications.find(({ entity }) => entity.id === objectId)?.entity;
  const [{ keyId } = { keyId: "" }] = (held?.passwordCredentials ?? []) as { keyId: string }[];
  return { objectId, appId, keyId, at: `${T}/applications/${objectId}/credentials/${keyId}` };
}

test("an Admin adopts, with a reason; the pages and the trail say so, and asking again changes nothing", async () => {
  const { at, keyId, objectId, appId } = await strange();
  const ann = await stage.signIn("Ann");
  expect((await ann.get(at)).body).toMatchObject({
    origin: "foreign",
    acts: { adopt: true, remove: false, leaked: false },
  });
  for (const body of [{}, { reason: "tidy" }, { reason: WHY, force: true }])
    expect((await ann.post(`${at}/adopt`, body)).status).toBe(400);
  const done = await ann.post(`${at}/adopt`, { reason: WHY });
  const since = new Date(stage.directory.clock.now()).toISOString().replace(".000", "");
  expect([done.status, done.body]).toEqual([200, { keyId, adoptedAt: since, before: false }]);
  expect((await ann.get(at)).body).toMatchObject({
    origin: "adopted",
    acts: { adopt: false, remove: false, leaked: false },
  });
  stage.directory.clock.advance(60_000);
  expect((await ann.post(`${at}/adopt`, { reason: "once more, to be sure" })).body).toEqual({
    keyId,
    adoptedAt: since,
    before: true,
  });
  const trail = (await ann.get(`${T}/audit?after=0&limit=500`)).body.items;
  expect(trail.filter(({ action }: { action: string }) => action === "adopted")).toMatchObject([
    { actor: "entra:ann@contoso.example", appId, keyId, details: { why: WHY, object: objectId } },
  ]);
  // it begins nothing
  expect(await stage.manager.deps.store.rotations({ appId })).toEqual([]);
  await stage.run();
  expect((await ann.get(at)).body).toMatchObject({ removedAt: null, origin: "adopted" });
});

test("what is not there any more, what Nolapse made, and what it leaves alone are refused with the way out", async () => {
  const { at, keyId, objectId } = await strange();
  const ann = await stage.signIn("Ann");
  const adopt = async (url: string) => (await ann.post(`${url}/adopt`, { reason: WHY })).body;
  const id = await stage.rotationOf("app-1");
  await stage.until(id, "verified");
  const { issued, objectId: ours } = (await ann.get(`${T}/rotations/${id}`)).body;
  const made = `${T}/applications/${ours}/credentials/${issued}`;
  expect((await ann.get(made)).body.acts).toMatchObject({ adopt: false, remove: false });
  expect(await adopt(made)).toMatchObject({ status: 409, code: "refused-by-rule", next: expect.any(String) });

  await stage.graph("PATCH", `/applications/${objectId}`, { tags: ["terraform"] });
  // the page shows the scan before; the word rests on a fresh look
  expect((await ann.get(at)).body.acts).toMatchObject({ adopt: true });
  expect(await adopt(at)).toMatchObject({ status: 409, detail: expect.stringContaining("[managed-elsewhere]") });
  await stage.run();
  expect((await ann.get(at)).body.acts).toMatchObject({ adopt: false, remove: false });

  await stage.graph("POST", `/applications/${objectId}/removePassword`, { keyId });
  expect(await adopt(at)).toMatchObject({ status: 404, code: "not-found", next: expect.any(String) });
  expect(
    await stage.manager.deps.store.ledger(stage.directory.admin.tenantId, stage.application("stranger").appId),
  ).toEqual([]);
});

test("who may not is told what it takes", async () => {
  const { at } = await strange();
  const refused = await (await stage.signIn("Otto")).post(`${at}/adopt`, { reason: WHY });
  expect(refused.body).toMatchObject({ status: 403, code: "role-missing", detail: expect.stringContaining("Admin") });
});
