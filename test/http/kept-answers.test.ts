/** Answers that are given again: never after a change, whoever made it; never to one who may see less; never more than fit. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/open.ts";
import { epochMs } from "../../src/core/time.ts";
import { given, KeptAnswers, writtenOf } from "../../src/http/kept-answers.ts";
import { Stage } from "./stage.ts";

const T = "/api/v1/t/contoso";
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterAll(() => stage.close());

test("another process's change is seen in the next answer, though the clock stands still", async () => {
  const rita = await stage.signIn("Rita");
  const first = await rita.get(`${T}/overview`);
  const same = await rita.get(`${T}/overview`);
  expect(same.text).toBe(first.text);
  expect(same.headers.get("etag")).toBe(first.headers.get("etag"));
  expect(same.headers.get("cache-control")).toBe("no-store");
  // the command line, at the same store
  const { tenantId } = stage.manager.deps.settings;
  const other = openSqliteStore({ path: join(stage.folder, "nolapse.db") });
  const audit = { rotation: null, appId: null, keyId: null, reason: null, details: {} };
  const stopped = { at: await stage.manager.deps.clock.now(), by: "somebody" };
  await other.turn(tenantId, "stopped", stopped, { ...audit, tenantId, at: stopped.at, actor: "x", action: "stop" });
  const after = await rita.get(`${T}/overview`);
  expect(after.body.switches.stopped).toMatchObject({ by: "somebody" });
  expect(after.headers.get("etag")).not.toBe(first.headers.get("etag"));
  await other.turn(tenantId, "stopped", null, { ...audit, tenantId, at: stopped.at, actor: "x", action: "resume" });
  await other.close();
  expect((await rita.get(`${T}/overview`)).body.switches.stopped).toBeNull();
});

test("a kept answer says the present, and knows who has it already", async () => {
  const rita = await stage.signIn("Rita");
  // no credential begins at this instant, which would be one edge more in its line a moment later
  stage.directory.clock.advance(60_000);
  // what is asked once is not kept
  await rita.get(`${T}/applications`);
  const first = await rita.get(`${T}/applications`);
  stage.directory.clock.advance(300);
  const again = await rita.get(`${T}/applications`);
  expect(Date.parse(again.body.now) - Date.parse(first.body.now)).toBe(300);
  expect({ ...again.body, now: null }).toEqual({ ...first.body, now: null });
  const etag = first.headers.get("etag") ?? "";
  const known = await stage.ask(`${T}/applications`, { headers: { cookie: rita.cookie, "if-none-match": etag } });
  expect([known.status, known.text]).toEqual([304, ""]);
  // a later second is asked anew: the edges of its lines are others, and that makes no other answer either
  stage.directory.clock.advance(5_000);
  const later = await rita.get(`${T}/applications`);
  expect(later.headers.get("etag")).toBe(etag);
  expect(later.body.items.map(({ line }: { line: unknown }) => line)).not.toEqual(
    first.body.items.map(({ line }: { line: unknown }) => line),
  );
});

test("what was kept for others is nothing to an Owner, nor to who is signed out", async () => {
  const [rita, oswin] = [await stage.signIn("Rita"), await stage.signIn("Oswin")];
  const theirs = `${T}/applications/${stage.application("app-2").objectId}`;
  expect((await rita.get(theirs)).status).toBe(200);
  expect((await oswin.get(theirs)).status).toBe(404);
  expect((await oswin.get(`${T}/applications`)).status).toBe(403);
  await rita.post("/auth/sign-out");
  expect((await rita.get(theirs)).status).toBe(401);
});

test("a rotation that moves is in the next answer of each page it is on", async () => {
  const rita = await stage.signIn("Rita");
  const id = await stage.rotationOf("app-1");
  const pages = [`${T}/rotations/${id}`, `${T}/applications/${stage.application("app-1").objectId}/life-line`];
  const before = [];
  for (const page of pages) before.push((await rita.get(page)).text);
  await stage.until(id, "verified");
  for (const [index, page] of pages.entries()) expect((await rita.get(page)).text, page).not.toBe(before[index]);
  const { bins } = (await rita.get(`${T}/timeline`)).body;
  expect(bins.reduce((so: number, { renewed }: { renewed: number }) => so + renewed, 0)).toBe(1);
});

test("so much is kept and no more, the newest", () => {
  const answers = new KeptAnswers();
  const large = { body: Buffer.alloc(1024 * 1024), instant: 0, etag: "e" };
  for (let count = 0; count < 20; count += 1) answers.keep(`/${count}`, "1", epochMs(0), large);
  const kept = Array.from({ length: 20 }, (_, count) => answers.find(`/${count}`, "1", epochMs(0)) !== null);
  expect(kept.filter((one) => one)).toHaveLength(7);
  expect(kept.at(-1)).toBe(true);
  expect(answers.find("/19", "2", epochMs(0))).toBeNull();
  // what was found to be old is gone
  expect(answers.find("/19", "1", epochMs(0))).toBeNull();
  expect(answers.find("/18", "1", epochMs(999))).not.toBeNull();
  expect(answers.find("/18", "1", epochMs(1_000))).toBeNull();
  answers.keep("/later", "1", epochMs(5_000), { body: Buffer.alloc(0), instant: 0, etag: "" });
  // a clock that was turned back
  expect(answers.find("/later", "1", epochMs(4_999))).toBeNull();
});

test("an address is worth keeping from the second time on, as long as not too many others came between", () => {
  const answers = new KeptAnswers();
  expect([answers.isAskedAgain("/a"), answers.isAskedAgain("/b"), answers.isAskedAgain("/a")]).toEqual([
    false,
    false,
    true,
  ]);
  for (let count = 0; count < 1_999; count += 1) answers.isAskedAgain(`/${count}`);
  expect([answers.isAskedAgain("/a"), answers.isAskedAgain("/b")]).toEqual([true, false]);
});

test("only the instant of an answer is written anew, whether it is as long as the one before or not", () => {
  const text = '{"now":"2031-03-01T12:00:00.250Z","name":"Zoë","until":"2031-03-01T12:00:00.250Z"}';
  const written = writtenOf(Buffer.from(text), "e");
  if (written === null) throw new Error("it begins with its now");
  for (const now of ["2031-03-01T12:00:00.999Z", "2031-03-01T12:00:01Z", "2031-03-01T12:00:01.001Z"]) {
    expect(given(written, now).toString()).toBe(text.replace(/^.{32}/, `{"now":"${now}`));
  }
  expect(writtenOf(Buffer.from('{"items":[]}'), "e")).toBeNull();
});

test("an answer that many ask for at once is made once; where that fails, each makes his own", async () => {
  const answers = new KeptAnswers();
  const written = { body: Buffer.from("x"), instant: 0, etag: "e" };
  let made = 0;
  const make = async () => {
    made += 1;
    await Promise.resolve();
    return written;
  };
  const all = await Promise.all([1, 2, 3].map(() => answers.together("/a", "1", make)));
  expect([made, all]).toEqual([1, [written, written, written]]);
  // another version, another address, and one that comes later are other answers
  await Promise.all([answers.together("/a", "2", make), answers.together("/b", "2", make)]);
  await answers.together("/a", "1", make);
  expect(made).toBe(4);
  const fails = () => answers.together("/a", "3", () => Promise.reject(new Error("no")));
  const settled = await Promise.allSettled([fails(), fails()]);
  expect(settled).toMatchObject([{ status: "rejected" }, { status: "fulfilled", value: null }]);
});
