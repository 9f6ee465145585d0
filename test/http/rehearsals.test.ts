/** A rehearsal asked for through the API: in a thread beside the server, told as it goes on, kept, stopped, and nothing written. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Rehearsals, type Rehearse } from "../../src/http/rehearsals.ts";
import { Stage, type Visitor } from "./stage.ts";

const T = "/api/v1/t/contoso/rehearsals";

let stage: Stage;
let otto: Visitor;
let rita: Visitor;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  [otto, rita] = [await stage.signIn("Otto"), await stage.signIn("Rita")];
});
afterAll(() => stage.close());

/** Reads the stream of events until a rehearsal is over. Each event is one more look, so nothing waits on a timer. */
async function over(visitor: Visitor, id: string) {
  const response = await fetch(`${stage.server.url}/api/v1/t/contoso/events`, { headers: { cookie: visitor.cookie } });
  const decoder = new TextDecoder();
  for await (const part of response.body ?? []) {
    if (!/event: (rehearsal|ready)/.test(decoder.decode(part as Uint8Array, { stream: true }))) continue;
    const { body } = await visitor.get(`${T}/${id}`);
    if (body.state !== "running") return body;
  }
  throw new Error("the stream ended first");
}

test("forty days of a copy: what stops without Nolapse, what with it, and a page to keep", async () => {
  expect((await rita.get(T)).body.items).toEqual([]);
  const before = stage.directory.state();
  const { status, body } = await otto.post(T, { days: 40, seed: 4 });
  expect([status, body.state, body.report]).toEqual([200, "running", null]);
  expect(body.command).toBe("nolapse rehearse --days 40 --runs 1 --seed 4");
  // one at a time, and said so
  const second = await otto.post(T, { days: 1 });
  expect([second.status, second.body.code]).toEqual([409, "refused-by-rule"]);
  const early = await rita.get(`${T}/${body.id}/report`);
  expect(early.status).toBe(503);

  const done = await over(rita, body.id);
  expect(done.progress).toMatchObject({ share: 1, simulated: 40, total: 40 });
  expect(done).toMatchObject({ state: "done", by: "entra:otto@contoso.example", complete: true });
  expect(done.report).toMatchObject({ complete: true, seed: 4, runs: 1, findings: [] });
  expect(done.report.bound).toBeGreaterThan(0);
  expect(done.report.rotations).toBeGreaterThan(0);
  expect(done.report.signIns).toBeGreaterThan(0);
  expect(done.report.without.length).toBeGreaterThan(done.report.with.length);
  const listed = (await rita.get(T)).body;
  expect(listed.items.map((one: { id: string }) => one.id)).toEqual([body.id]);
  expect(listed.faults).toContainEqual({ kind: "crash", name: "Nolapse dies in the middle of something" });

  // what it had come to when it was last told of is part of what came of it
  const { now } = done.progress;
  expect(now).toMatchObject({ run: 1, bound: done.report.bound, from: done.report.from });
  expect(now.rotations).toBeLessThanOrEqual(done.report.rotations);
  expect(now.signIns).toBeGreaterThan(0);
  expect(now.stopped.at(-1).without).toBe(done.report.without.length);
  const weeks = now.stopped.map((one: { without: number }) => one.without);
  expect(weeks).toEqual(weeks.toSorted((a: number, b: number) => a - b));
  const met = done.report.faults.reduce((sum: number, one: { met: number }) => sum + one.met, 0);
  expect(now.faults).toBeGreaterThan(0);
  expect(now.faults).toBeLessThanOrEqual(met);
  for (const { met: times, answer } of done.report.faults) expect(answer === null).toBe(times === 0);

  const page = await rita.get(`${T}/${body.id}/report`);
  expect(page.headers.get("content-disposition")).toContain("rehearsal-contoso.html");
  expect(page.text).toContain("<!doctype html>");
  expect(page.text).toContain("Faults met and answered");
  expect(page.text).toContain("A new credential is not honoured yet");
  expect(page.text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  // it was a copy: no credential came or went
  expect(stage.directory.state()).toEqual(before);
});

test("of faults only those that were asked for, and the command says so; with none it says that none was met", async () => {
  const asked = async (faults: readonly string[]) =>
    over(otto, (await otto.post(T, { days: 20, seed: 4, faults })).body.id);
  const some = await asked(["read-lag", "lost-answer"]);
  for (const { kind } of some.report.faults) expect(["read-lag", "lost-answer"]).toContain(kind);
  expect(some.report.crashes).toBe(0);
  expect(some.command).toContain(" --without sign-in-lag,conflict,throttle,");
  const none = await asked([]);
  expect(none.report.faults).toEqual([]);
  expect((await rita.get(`${T}/${none.id}/report`)).text).toContain("None was met.");
  expect((await otto.post(T, { days: 20, faults: ["fire"] })).body.code).toBe("usage");
});

test("the same seed, the same story; ended early, it reports what it lived through", async () => {
  const lived = async (asked: { days: number; seed: number }) => over(otto, (await otto.post(T, asked)).body.id);
  const [one, two] = [await lived({ days: 5, seed: 9 }), await lived({ days: 5, seed: 9 })];
  expect(one.report.storyHashes).toEqual(two.report.storyHashes);
  expect(one.report.faults).toEqual(two.report.faults);
  const long = (await otto.post(T, { days: 3650 })).body;
  const stopped = await otto.post(`${T}/${long.id}/stop`, {});
  expect(stopped.status).toBe(200);
  const partial = await over(otto, long.id);
  expect(partial).toMatchObject({ state: "done", report: { complete: false } });
});

test("who only looks starts none, and another tenant's is not found", async () => {
  expect((await rita.post(T, { days: 1 })).status).toBe(403);
  expect((await rita.get(`${T}/nobody-knows-it`)).status).toBe(404);
  expect((await otto.post(T, { days: 0 })).body.code).toBe("usage");
  expect((await otto.post(T, { days: 1, seed: 1_000_001 })).body.code).toBe("usage");
});

test("the last five are kept, one that breaks off says why, and closing ends what runs", async () => {
  const stops: string[] = [];
  let fail: (thrown: Error) => void = () => undefined;
  const rehearse: Rehearse = (_, { seed }) => ({
    done: new Promise((_resolve, reject) => {
      fail = reject;
    }),
    stop: () => {
      stops.push(String(seed));
      fail(new Error("stopped"));
    },
  });
  const rehearsals = new Rehearsals(rehearse);
  const start = (seed: number) =>
    rehearsals.start(
      {} as never,
      { days: 1, runs: 1, seed, faults: [] },
      { tenant: "contoso", by: "entra:ann", copiedAt: "2031-01-01T00:00:00Z", complete: true },
      () => undefined,
    );
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    start(seed);
    expect(() => start(99)).toThrow("a rehearsal of contoso is under way");
    fail(new Error("no room left"));
    await new Promise((done) => setImmediate(done));
  }
  const kept = rehearsals.of("contoso");
  expect(kept.map(({ asked }) => asked.seed)).toEqual([6, 5, 4, 3, 2]);
  expect(kept.map(({ state, failure }) => [state, failure])).toEqual(kept.map(() => ["failed", "no room left"]));
  start(7);
  await rehearsals.close();
  expect(stops).toEqual(["7"]);
});
