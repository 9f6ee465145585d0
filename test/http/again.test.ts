/** Asking again: a change under the same key is made once, and a reading that would be the same is not sent again. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Stage } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterEach(() => stage.close());

const key = (text: string) => ({ "idempotency-key": text });

test("a change under one key is made once and answered the same, for a day and for each person", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  const url = `${T}/applications/${stage.application("app-2").objectId}/rotate`;
  const first = await otto.post(url, { now: true }, key("one"));
  expect(first.body).toMatchObject({ opened: 1 });
  const again = await otto.post(url, { now: true }, key("one"));
  expect([again.status, again.text]).toEqual([200, first.text]);
  // another session of the same person is the same person; another person is not, and another key is another change
  expect((await (await stage.signIn("Otto")).post(url, { now: true }, key("one"))).text).toBe(first.text);
  expect((await ann.post(url, { now: true }, key("one"))).body).toMatchObject({ opened: 0 });
  expect((await otto.post(url, { now: true }, key("two"))).body).toMatchObject({ opened: 0 });
  stage.directory.clock.advance(86_400_000 + 1);
  const fresh = await stage.signIn("Otto");
  expect((await fresh.post(url, { now: true }, key("one"))).body).toMatchObject({ opened: 0 });
});

test("two at once are one change", async () => {
  const otto = await stage.signIn("Otto");
  const url = `${T}/applications/${stage.application("app-2").objectId}/rotate`;
  const both = await Promise.all([1, 2].map(() => otto.post(url, { now: true }, key("same"))));
  expect(both.map(({ body }) => body.opened)).toEqual([1, 1]);
});

test("a refusal is not kept, and a key belongs to one request", async () => {
  const [ann, otto] = [await stage.signIn("Ann"), await stage.signIn("Otto")];
  const url = `${T}/applications/${stage.application("app-2").objectId}/rotate`;
  await otto.post(`${T}/stop`);
  expect((await otto.post(url, { now: true }, key("k"))).body).toMatchObject({ code: "refused-by-stop" });
  await ann.post(`${T}/resume`);
  expect((await otto.post(url, { now: true }, key("k"))).body).toMatchObject({ opened: 1 });
  const other = await otto.post(url, { now: false }, key("k"));
  expect(other.body).toMatchObject({ status: 400, code: "usage" });
  expect((await otto.post(`${T}/stop`, {}, key("k"))).body).toMatchObject({ status: 400, code: "usage" });
  expect((await otto.post(`${T}/stop`, {}, key("a b"))).body).toMatchObject({ status: 400, code: "usage" });
});

test("an answer that opened nothing is a refusal too, and is not kept", async () => {
  const otto = await stage.signIn("Otto");
  const app = stage.application("app-2").objectId;
  const asks = [
    [`${T}/applications/${app}/rotate`, {}],
    [`${T}/applications/rotate`, { ids: [app] }],
  ] as const;
  for (const [url, body] of asks)
    expect((await otto.post(url, { ...body, now: false }, key(url))).body).toMatchObject({ opened: 0, rotations: [] });
  // had it been kept, the key would be refused with other words
  for (const [url, body] of asks)
    expect((await otto.post(url, { ...body, now: true }, key(url))).body).toMatchObject({
      rotations: [expect.anything()],
    });
});

test("what reveals a value keeps no answer, so it takes no key", async () => {
  const ann = await stage.signIn("Ann");
  const id = await stage.rotationOf("app-1");
  const answer = await ann.post(`${T}/rotations/${id}/reveal`, { reason: "because it is needed" }, key("k"));
  expect(answer.body).toMatchObject({ status: 400, code: "usage" });
});

test("a reading that would be the same is not sent again", async () => {
  const [rita, otto] = [await stage.signIn("Rita"), await stage.signIn("Otto")];
  const url = `${T}/rotations`;
  const seen = await rita.get(url);
  const etag = seen.headers.get("etag") ?? "";
  expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
  const ask = (tag: string, cookie = rita.cookie) => stage.ask(url, { headers: { cookie, "if-none-match": tag } });
  stage.directory.clock.advance(5);
  for (const tag of [etag, etag.slice(2), `"other", ${etag}`, "*"]) {
    const same = await ask(tag);
    expect([same.status, same.text, same.headers.get("etag")]).toEqual([304, "", etag]);
  }
  expect((await ask('"other"')).status).toBe(200);
  // who may not read is told so, whatever tag he has
  expect((await ask(etag, "")).status).toBe(401);
  const { objectId } = stage.application("app-2");
  await otto.post(`${T}/applications/${objectId}/rotate`, { now: true });
  const changed = await ask(etag);
  expect([changed.status, changed.body.total]).toEqual([200, seen.body.total + 1]);
});
