/** The machine's clock, and the one that follows a directory. */
import { describe, expect, test } from "vitest";
import { createDirectoryClock } from "../../src/adapters/directory-clock/clock.ts";
import { createMachineClock, processNow } from "../../src/adapters/machine/clock.ts";
import { DAY, HOUR, parseInstant, plus } from "../../src/core/time.ts";
import { clockSuite } from "../conformance/clock.suite.ts";
import { openDirectory, START } from "../directory/entra.ts";

clockSuite("the machine's", async () => ({ clock: createMachineClock(), close: async () => undefined }));

async function follow() {
  const directory = await openDirectory();
  const fetch = (url: string, init?: RequestInit) => directory.fetch(url, init);
  return { directory, clock: createDirectoryClock({ url: directory.url, fetch, processNow }) };
}

clockSuite("a directory's", async () => {
  const { directory, clock } = await follow();
  return { clock, close: () => directory.close() };
});

describe("the clock that follows a directory", () => {
  test("is the directory's, frozen or not, wherever it is moved", async () => {
    const { directory, clock } = await follow();
    expect(await clock.now()).toBe(parseInstant(START));
    expect(await clock.frozen()).toBe(true);
    directory.clock.advance(30 * DAY);
    expect(await clock.now()).toBe((parseInstant(START) ?? 0) + 30 * DAY);
    directory.clock.freeze(false);
    expect(await clock.frozen()).toBe(false);
    await directory.close();
  });

  test("wakes who waits as soon as it is moved", async () => {
    const { directory, clock } = await follow();
    const waiting = clock.wait(plus(await clock.now(), DAY), HOUR);
    // the long poll has to be there before the move, else it would not be what wakes
    setImmediate(() => directory.clock.advance(DAY));
    await waiting;
    expect(await clock.now()).toBe((parseInstant(START) ?? 0) + DAY);
    await directory.close();
  });

  test.each([
    ["nobody answers", async () => Promise.reject(new TypeError("fetch failed")), "clock-unavailable"],
    ["something else answers", async () => new Response("<html>"), "clock-unavailable"],
    ["it answers nonsense", async () => Response.json({ now: "soon", version: 1, frozen: false }), "clock-unavailable"],
    [
      "its certificate is not trusted",
      async () =>
        Promise.reject(
          Object.assign(new TypeError("fetch failed"), {
            cause: Object.assign(new Error("x"), { code: "SELF_SIGNED_CERT_IN_CHAIN" }),
          }),
        ),
      "certificate-untrusted",
    ],
  ])("says so when %s", async (_, fetch, code) => {
    const clock = createDirectoryClock({ url: "https://localhost:1", fetch, processNow });
    await expect(clock.now()).rejects.toMatchObject({ code, next: expect.stringContaining("NO") });
    await expect(clock.wait(plus(parseInstant(START) ?? (0 as never), DAY), 10)).rejects.toMatchObject({ code });
  });
});
