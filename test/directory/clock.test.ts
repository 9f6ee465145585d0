import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addDuration, createDirectory, type Directory } from "../../src/directory/index.ts";
import { control, keys, openDirectory, START } from "./entra.ts";

let directory: Directory;
beforeAll(async () => {
  directory = await openDirectory();
});
afterAll(() => directory.close());

describe("the control plane's clock", () => {
  test("is read, set, advanced and frozen, and every change bumps the version", async () => {
    const first = (await control(directory, "GET", "clock")).body;
    expect(first).toEqual({ now: new Date(START).toISOString(), version: 1, frozen: true });
    expect((await control(directory, "POST", "clock/advance", { by: "P30D" })).body).toEqual({
      now: "2031-03-31T12:00:00.000Z",
      version: 2,
      frozen: true,
    });
    expect((await control(directory, "PUT", "clock", { now: "2032-02-29T00:00:00Z" })).body).toMatchObject({
      now: "2032-02-29T00:00:00.000Z",
      version: 3,
    });
    expect((await control(directory, "PUT", "clock", {})).body.version).toBe(3);
    const back = await control(directory, "PUT", "clock", { now: START, frozen: true });
    expect(back.body).toMatchObject({ version: 4, frozen: true });
  });

  test.each([
    ["PUT", "clock", { now: "yesterday" }],
    ["PUT", "clock", { now: "2031-03-01T12:00:00" }],
    ["PUT", "clock", { speed: 2 }],
    ["POST", "clock/advance", { by: "30 days" }],
    ["POST", "clock/advance", { by: "P" }],
  ])("refuses %s %s %j", async (method, path, body) => {
    const before = (await control(directory, "GET", "clock")).body.version;
    expect((await control(directory, method, path, body)).status).toBe(400);
    expect((await control(directory, "GET", "clock")).body.version).toBe(before);
  });

  test("a long poll waits for a later version, and gives up after its time", async () => {
    const { version } = (await control(directory, "GET", "clock")).body;
    expect((await control(directory, "GET", `clock?after=${version - 1}`)).body.version).toBe(version);
    const waiting = control(directory, "GET", `clock?after=${version}`);
    directory.clock.advance(1000);
    expect((await waiting).body.version).toBe(version + 1);
    expect((await control(directory, "GET", `clock?after=${version + 1}&timeoutMs=1`)).body.version).toBe(version + 1);
  });
});

test("a running clock goes on, and stands still once frozen", async () => {
  const running = await createDirectory({ keys, scenario: "empty", clock: { now: START } });
  const first = running.clock.now();
  expect(first).toBeGreaterThanOrEqual(Date.parse(START));
  while (running.clock.now() === first);
  expect(running.clock.now()).toBeGreaterThan(first);
  running.clock.freeze(true);
  const frozen = running.clock.now();
  await new Promise((resolve) => setImmediate(resolve));
  expect(running.clock.now()).toBe(frozen);
  running.clock.freeze(false);
  running.clock.set(Date.parse("2031-06-01T00:00:00Z"));
  expect(running.clock.now()).toBeGreaterThanOrEqual(Date.parse("2031-06-01T00:00:00Z"));
  await running.close();
});

test.each([
  ["2031-01-31T00:00:00Z", "P1M", "2031-02-28T00:00:00.000Z"],
  ["2032-02-29T00:00:00Z", "P2Y", "2034-02-28T00:00:00.000Z"],
  ["2031-03-01T00:00:00Z", "-P1D", "2031-02-28T00:00:00.000Z"],
  ["2031-03-01T00:00:00Z", "PT1H30M0.5S", "2031-03-01T01:30:00.500Z"],
  ["2031-03-01T00:00:00Z", "P1W", "2031-03-08T00:00:00.000Z"],
])("%s and %s make %s", (from, duration, to) => {
  expect(new Date(addDuration(Date.parse(from), duration)).toISOString()).toBe(to);
});
