/** A person's no, a yes taken back, and many yeses by what the plan shows. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
const WHY = "the vendor's own migration comes first";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterEach(() => stage.close());

const waiting = async (by: Visitor) => (await by.get(`${T}/plan?tab=waiting`)).body;

test("a no takes a reason, says what stops and when, stays until somebody approves, and is in the trail", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  const id = await stage.rotationOf("mighty");
  const url = `${T}/rotations/${id}`;
  expect((await ann.post(`${url}/refuse`, { what: "issue", reason: "no" })).status).toBe(400);
  await otto.post(`${url}/approve`, { what: "issue" });
  const refused = await ann.post(`${url}/refuse`, { what: "issue", reason: WHY });
  const { replaces, replacesEnd, displayName } = (await ann.get(url)).body;
  expect(refused.body).toEqual({
    rotation: id,
    stops: { displayName, keyId: replaces, at: replacesEnd, targets: [expect.any(String)] },
  });
  const seen = (await ann.get(url)).body;
  expect(seen).toMatchObject({ state: "planned", because: "approval-refused", approvals: { issue: null, by: [] } });
  const checked = seen.checks.find((one: { reason: string }) => one.reason === "approval-refused");
  expect(checked.detail).toBe(`refused by entra:ann@contoso.example: ${WHY}`);
  expect((await waiting(ann)).items).toContainEqual(
    expect.objectContaining({ rotation: id, reason: "approval-refused", detail: expect.stringContaining(WHY) }),
  );
  await stage.run();
  expect((await stage.manager.deps.store.rotation(id))?.state).toBe("planned");
  const trail = await stage.manager.deps.store.auditPage(stage.directory.admin.tenantId, { after: 0, limit: 1_000 });
  expect(trail.find(({ action }) => action === "approval-refused")).toMatchObject({
    actor: "entra:ann@contoso.example",
    details: { what: "issue", why: WHY },
  });
  // the words before the no count no more: it takes two again
  expect((await ann.post(`${url}/approve`, { what: "issue" })).body).toMatchObject({ left: ["issue"] });
  expect((await otto.post(`${url}/approve`, { what: "issue" })).body).toMatchObject({ left: [] });
  await stage.until(id, "issued");
  const late = await ann.post(`${url}/refuse`, { what: "issue", reason: WHY });
  expect(late.body).toMatchObject({ status: 409, code: "refused-by-rule" });
});

test("nobody refuses what asks nobody, and a removal refused stops nothing", async () => {
  const ann = await stage.signIn("Ann");
  const asksNobody = await stage.rotationOf("app-1");
  const no = { what: "issue", reason: WHY };
  expect((await ann.post(`${T}/rotations/${asksNobody}/refuse`, no)).body).toMatchObject({ code: "refused-by-rule" });
  const url = `${T}/rotations/${await stage.rotationOf("mighty")}`;
  const refused = await ann.post(`${url}/refuse`, { what: "retire", reason: WHY });
  expect(refused.body).toMatchObject({ stops: null });
  expect((await ann.get(url)).body).toMatchObject({ because: "approval-issue", approvals: { retire: null } });
});

test("a yes is taken back by who gave it, as long as nothing has begun", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  const id = await stage.rotationOf("mighty");
  const url = `${T}/rotations/${id}`;
  await ann.post(`${url}/approve`, { what: "issue" });
  const stranger = await otto.post(`${url}/withdraw`, { what: "issue" });
  expect(stranger.body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect((await ann.post(`${url}/withdraw`, { what: "issue" })).body).toEqual({
    rotation: id,
    left: ["issue"],
    approvers: 0,
  });
  expect((await otto.post(`${url}/approve`, { what: "issue" })).body).toMatchObject({ left: ["issue"] });
  await ann.post(`${url}/approve`, { what: "issue" });
  await ann.post(`${url}/withdraw`, { what: "issue" });
  await stage.run();
  expect((await stage.manager.deps.store.rotation(id))?.state).toBe("planned");
  await ann.post(`${url}/approve`, { what: "issue" });
  await stage.until(id, "issued");
  expect((await ann.post(`${url}/withdraw`, { what: "issue" })).body).toMatchObject({ code: "refused-by-rule" });
});

test("many are approved by what the plan shows, and none when it shows something else by now", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  const id = await stage.rotationOf("mighty");
  const [row] = (await waiting(ann)).items.filter((one: { rotation: string }) => one.rotation === id);
  const query = { reason: "approval-issue", policy: row.policy, total: 1 };
  const ask = (by: Visitor, more: object) => by.post(`${T}/approvals`, { query: { ...query, ...more }, what: "issue" });
  expect((await ask(ann, { total: 2 })).body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect((await ask(ann, { policy: "another" })).body).toMatchObject({ status: 409 });
  expect((await ask(ann, { decideBefore: "2031-03-01T00:00:00Z" })).body).toMatchObject({ status: 409 });
  expect((await ask(ann, {})).body).toEqual({ done: [{ rotation: id, left: ["issue"] }], refused: [] });
  expect((await ask(otto, {})).body).toEqual({ done: [{ rotation: id, left: [] }], refused: [] });
  expect((await ann.post(`${T}/approvals`, { what: "issue" })).status).toBe(400);
  expect((await ann.post(`${T}/approvals`, { ids: [id], query, what: "issue" })).status).toBe(400);
});
