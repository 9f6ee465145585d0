/** Server-sent events: numbered without gaps, taken up again where one was, for who may see them, and never a value or a name. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Events } from "../../src/http/events.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterAll(() => stage.close());

interface Heard {
  readonly id: number | null;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

async function* follow(cookie: string, query = ""): AsyncGenerator<Heard> {
  const response = await fetch(`${stage.server.url}/api/v1/t/contoso/events${query}`, { headers: { cookie } });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  // nginx keeps back what it is not told to pass at once: the page would hear nothing at all
  expect(response.headers.get("x-accel-buffering")).toBe("no");
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of response.body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
      );
      text = text.slice(end + 2);
      if (fields.event !== undefined)
        yield {
          id: fields.id === undefined ? null : Number(fields.id),
          event: fields.event,
          data: JSON.parse(fields.data ?? "{}"),
        };
    }
  }
}

const next = async (events: AsyncGenerator<Heard>) => (await events.next()).value as Heard;

test("a scan says page by page how much it has read, until it is over", async () => {
  const rita = await stage.signIn("Rita");
  const events = follow(rita.cookie);
  await next(events);
  await stage.run();
  let told = await next(events);
  expect(told).toMatchObject({ event: "scanning", data: { tenant: "contoso", at: expect.any(String) } });
  let read: unknown;
  for (; told.event !== "scan"; told = await next(events)) if (told.event === "scanning") read = told.data.read;
  await events.return(undefined);
  const { body } = await rita.get("/api/v1/t/contoso/overview");
  const { applications, servicePrincipals } = body.coverage;
  expect(applications).toBeGreaterThan(0);
  expect(read).toEqual({ applications, servicePrincipals });
});

test("what a person does reaches everybody who listens, as ids and states", async () => {
  const [rita, otto] = [await stage.signIn("Rita"), await stage.signIn("Otto")];
  const events = follow(rita.cookie);
  const hello = await next(events);
  expect(hello).toMatchObject({ event: "hello", data: { complete: true, stream: expect.any(String) } });
  const { objectId } = stage.application("app-2");
  const asked = await otto.post(`/api/v1/t/contoso/applications/${objectId}/rotate`, { now: true });
  const told = await next(events);
  expect(told).toMatchObject({
    event: "rotation",
    id: Number(hello.data.number) + 1,
    data: { application: objectId, state: "planned", what: "opened" },
  });
  await stage.manager.deps.store.rotations({});
  await otto.post("/api/v1/t/contoso/stop");
  expect((await next(events)).event).toBe("switches");
  await events.return(undefined);
  // whoever comes back hears what he missed
  const again = follow(rita.cookie, `?after=${told.id}`);
  expect((await next(again)).data).toMatchObject({ complete: true });
  expect(await next(again)).toMatchObject({ event: "switches", id: Number(told.id) + 1 });
  await again.return(undefined);
  const lost = follow(rita.cookie, "?after=999999");
  expect((await next(lost)).data).toMatchObject({ complete: false });
  await lost.return(undefined);
  expect(JSON.stringify(told)).not.toContain("app-2");
  expect(asked.status).toBe(200);
});

test("a target that somebody tries is told to everybody, without its name", async () => {
  const [rita, otto] = [await stage.signIn("Rita"), await stage.signIn("Otto")];
  const events = follow(rita.cookie);
  await next(events);
  const { body } = await otto.post("/api/v1/t/contoso/targets/preflight", { target: "app-2" });
  const told = await next(events);
  expect(told).toMatchObject({ event: "target", data: { type: "target", tenant: "contoso", at: body.at } });
  expect(JSON.stringify(told)).not.toContain("app-2");
  await events.return(undefined);
});

test("an Owner hears of his own, and of others only that there was something", async () => {
  const [oswin, otto] = [await stage.signIn("Oswin"), await stage.signIn("Otto")];
  const events = follow(oswin.cookie);
  await next(events);
  const id = await stage.rotationOf("carried");
  await otto.post("/api/v1/t/contoso/rotations/none/cancel");
  const mighty = await stage.rotationOf("mighty");
  await otto.post(`/api/v1/t/contoso/rotations/${mighty}/approve`, { what: "issue" });
  expect(await next(events)).toMatchObject({ event: "other", data: {} });
  expect(id).not.toBe("none");
  await events.return(undefined);
});

test("a pause and its end are told as what a rotation went through", async () => {
  const otto = await stage.signIn("Otto");
  const events = follow(otto.cookie);
  await next(events);
  const id = await stage.rotationOf("mighty");
  for (const [path, what] of [
    ["pause", "paused"],
    ["continue", "continued"],
  ]) {
    await otto.post(`/api/v1/t/contoso/rotations/${id}/${path}`);
    expect(await next(events)).toMatchObject({ event: "rotation", data: { rotation: id, what } });
  }
  await events.return(undefined);
});

test("one event comes soon, and a storm in four parts a second, with nothing left out", () => {
  vi.useFakeTimers();
  try {
    const events = new Events();
    const parts: number[][] = [];
    events.listen((batch) => parts.push(batch.events.map(({ number }) => number)));
    events.tell({ type: "scan", tenant: "t", at: "" });
    vi.advanceTimersByTime(20);
    expect(parts).toEqual([[1]]);
    for (let told = 0; told < 200; told += 1) {
      vi.advanceTimersByTime(10);
      events.tell({ type: "scan", tenant: "t", at: "" });
    }
    vi.advanceTimersByTime(1_000);
    expect(parts.flat()).toEqual(Array.from({ length: 201 }, (_, index) => index + 1));
    // the first one, and four for each of two seconds
    expect(parts.length).toBeLessThanOrEqual(1 + 8 + 1);
    events.tell({ type: "scan", tenant: "t", at: "" });
    vi.advanceTimersByTime(20);
    expect(parts.at(-1)).toEqual([202]);
  } finally {
    vi.useRealTimers();
  }
});

test("those who come back too late are told so", () => {
  const events = new Events();
  for (let count = 0; count < 1_500; count += 1) events.tell({ type: "scan", tenant: "t", at: "" });
  expect(events.since(1_499)).toHaveLength(1);
  expect(events.since(500)).toHaveLength(1_000);
  expect(events.since(499)).toBeNull();
  expect(events.since(1_500)).toEqual([]);
  expect(events.since(1_501)).toBeNull();
});

test("who is signed out hears no more", async () => {
  const [rita, ann] = [await stage.signIn("Rita"), await stage.signIn("Ann")];
  const events = follow(rita.cookie);
  await next(events);
  await rita.post("/auth/sign-out");
  await ann.post("/api/v1/t/contoso/resume");
  expect(await events.next()).toEqual({ done: true, value: undefined });
});
