/** What every implementation of the port `Clock` does. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HOUR, plus } from "../../src/core/time.ts";
import type { Clock } from "../../src/ports/clock.ts";

export interface ClockBench {
  readonly clock: Clock;
  close(): Promise<void>;
}

export function clockSuite(name: string, open: () => Promise<ClockBench>): void {
  describe(`clock: ${name}`, () => {
    let bench: ClockBench;
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());

    it("gives whole milliseconds that never go back by themselves", async () => {
      const first = await bench.clock.now();
      const second = await bench.clock.now();
      expect(Number.isInteger(first)).toBe(true);
      expect(second).toBeGreaterThanOrEqual(first);
    });

    it("has a process time that only grows", () => {
      const times = Array.from({ length: 100 }, () => bench.clock.processNow());
      expect(times.toSorted((a, b) => a - b)).toEqual(times);
    });

    it("does not wait for what has come, nor when nobody wants it any more", async () => {
      const now = await bench.clock.now();
      await bench.clock.wait(plus(now, -1), HOUR);
      await bench.clock.wait(plus(now, HOUR), 0);
      await bench.clock.wait(plus(now, HOUR), HOUR, AbortSignal.abort());
    });

    it("stops waiting when told to", async () => {
      const controller = new AbortController();
      const waiting = bench.clock.wait(plus(await bench.clock.now(), HOUR), HOUR, controller.signal);
      setImmediate(() => controller.abort());
      await waiting;
    });

    it("waits no longer than asked, in process time", async () => {
      const before = bench.clock.processNow();
      await bench.clock.wait(plus(await bench.clock.now(), HOUR), 20);
      expect(bench.clock.processNow() - before).toBeGreaterThanOrEqual(15);
    });
  });
}
