/** Remove now over HTTP: looked at first, named, by a person, and carried out by the rotation's own removal. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
const WHY = "every reader was restarted";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterEach(() => stage.close());

/** The rotation of app-1 in its overlap, and the address of its old credential. */
async function overlapping() {
  const id = await stage.rotationOf("app-1");
  await stage.until(id, "verified");
  const keyId = (await stage.manager.deps.store.rotation(id))?.replaces ?? "none";
  return { id, keyId, at: `${T}/applications/${stage.application("app-1").objectId}/credentials/${keyId}` };
}

const codesOf = (body: { overrules: { reason: string }[] }) => body.overrules.map(({ reason }) => reason);

test("an Operator looks, names what his word overrules, and it goes in its time; the trail says who and why", async () => {
  const { id, keyId, at } = await overlapping();
  const otto = await stage.signIn("Otto");
  expect((await otto.get(at)).body.acts).toEqual({ adopt: false, remove: true, leaked: true });
  const seen = (await otto.get(`${at}/removal`)).body;
  expect(seen).toMatchObject({ rotation: id, blocked: null, before: false, waits: null, privileged: false });
  expect(codesOf(seen)).toContain("consumers-unknown");
  expect(Date.parse(seen.at)).toBeGreaterThan(stage.directory.clock.now());
  for (const one of seen.overrules) expect(one.sentence).not.toBe("");

  expect((await otto.post(`${at}/remove`, { reason: "soon" })).status).toBe(400);
  expect((await otto.post(`${at}/remove`, { reason: WHY })).body).toMatchObject({
    status: 409,
    code: "refused-by-rule",
    detail: expect.stringMatching(/\[consumers-unknown\].*nothing was done/),
  });
  expect((await stage.manager.deps.store.rotation(id))?.removal).toBeUndefined();
  // with the worst accepted, the log is not read once more: Graph allows few such looks, and the gate would wait for its turn
  const done = await otto.post(`${at}/remove`, { reason: WHY, accepts: [...codesOf(seen), "old-in-use"] });
  expect(done.body).toEqual({ rotation: id, state: "verified" });
  expect((await otto.get(at)).body.acts.remove).toBe(false);
  expect((await otto.get(`${at}/removal`)).body).toMatchObject({ before: true, overrules: [] });
  // the rotation's page says why it waits, and nothing has gone before its readers can have reloaded
  expect((await otto.get(`${T}/rotations/${id}`)).body).toMatchObject({ because: "removal-asked", until: seen.at });
  await stage.until(id, "retired", 1);
  const { removedAt } = (await otto.get(at)).body;
  expect(Date.parse(removedAt)).toBeGreaterThanOrEqual(Date.parse(seen.at));
  const trail = (await otto.get(`${T}/audit?after=0&limit=500`)).body.items;
  const word = trail.find(({ action }: { action: string }) => action === "removal-asked");
  expect(word).toMatchObject({ actor: "entra:otto@contoso.example", keyId, details: { why: WHY } });
});

test("what is current, what nobody adopted, and what no rotation replaces is refused, each with what can be done", async () => {
  const { id } = await overlapping();
  const ann = await stage.signIn("Ann");
  const of = (name: string, keyId: string) =>
    `${T}/applications/${stage.application(name).objectId}/credentials/${keyId}`;
  const { issued } = (await ann.get(`${T}/rotations/${id}`)).body;
  const current = (await ann.get(`${of("app-1", issued)}/removal`)).body;
  expect(current).toMatchObject({ status: 409, detail: expect.stringContaining("current"), next: expect.any(String) });
  const [{ keyId: stray }] = (await ann.get(`${T}/applications/${stage.application("stranger").objectId}`)).body
    .credentials;
  const strange = of("stranger", stray);
  // to adopt it would be no way out: the answer is the same afterwards
  expect((await ann.get(`${strange}/removal`)).body).toMatchObject({ next: expect.not.stringContaining("adopt") });
  await ann.post(`${strange}/adopt`, { reason: WHY });
  expect((await ann.post(`${strange}/remove`, { reason: WHY })).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining("no rotation replaces it"),
    next: expect.stringContaining("az ad app credential delete"),
  });
});

test("an adopted leftover goes by a rotation of its own, which the word opens and which makes nothing", async () => {
  const { id: first, keyId: replaced, at: old } = await overlapping();
  const { objectId } = stage.application("app-1");
  const made = await stage.graph("POST", `/applications/${objectId}/addPassword`, {
    passwordCredential: { displayName: "vendor", endDateTime: "2032-12-01T00:00:00Z" },
  });
  const keyId = String(made.body.keyId);
  const at = old.replace(/[^/]+$/, keyId);
  stage.directory.clock.advance(60_000);
  await stage.run();
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  expect((await otto.get(at)).body.acts).toEqual({ adopt: true, remove: false, leaked: false });
  expect((await otto.get(`${at}/removal`)).body).toMatchObject({ next: expect.stringContaining("nolapse adopt") });
  // newer than the one that would stay, until the slot has moved on
  await ann.post(`${at}/adopt`, { reason: "the vendor made it by hand" });
  expect((await otto.get(at)).body.acts.remove).toBe(false);
  await otto.post(`${T}/applications/${objectId}/rotate`, { now: true });
  const id = await stage.rotationOf("app-1");
  expect(id).not.toBe(first);
  await stage.until(id, "verified");
  expect((await otto.get(at)).body.acts).toEqual({ adopt: false, remove: true, leaked: false });
  const seen = (await otto.get(`${at}/removal`)).body;
  expect(seen).toMatchObject({ rotation: null, blocked: null, before: false, waits: null, privileged: false });
  const done = await otto.post(`${at}/remove`, { reason: WHY, accepts: [...codesOf(seen), "old-in-use"] });
  expect(done.body).toEqual({ rotation: expect.any(String), state: "verified" });
  expect((await otto.get(at)).body).toMatchObject({ acts: { remove: false }, replacedBy: { state: "verified" } });
  const { issued: current, leftover } = (await otto.get(`${T}/rotations/${id}`)).body;
  expect(leftover).toBe(false);
  expect((await otto.get(`${T}/rotations/${done.body.rotation}`)).body).toMatchObject({
    leftover: true,
    issued: current,
  });
  // what the target holds was written by the one that made it
  const { targets } = (await otto.get(`${T}/applications/${objectId}`)).body;
  expect(targets).toMatchObject([{ written: { rotation: id, keyId: current } }]);
  // the one that stays is still its own rotation's work
  const stays = old.replace(/[^/]+$/, current);
  expect((await otto.get(stays)).body.issuedBy).toMatchObject({ id });
  await stage.until(done.body.rotation, "retired", 1);
  expect((await otto.get(at)).body.removedAt).toEqual(expect.any(String));
  const held = stage.directory.state().applications.find(({ entity }) => entity.id === objectId)?.entity;
  const left = ((held?.passwordCredentials ?? []) as { keyId: string }[]).map((one) => one.keyId);
  expect(left).not.toContain(keyId);
  expect(left).toEqual(expect.arrayContaining([current, replaced]));
});

test("a program has no word of its own for it, and a Reader none at all", async () => {
  const { at } = await overlapping();
  const headers = { authorization: `Bearer ${await stage.token("robot")}`, "content-type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify({ reason: WHY }) };
  expect((await stage.ask(`${at}/remove`, asked)).body).toMatchObject({ status: 403, code: "role-missing" });
  expect((await (await stage.signIn("Rita")).get(`${at}/removal`)).body).toMatchObject({ code: "role-missing" });
});
