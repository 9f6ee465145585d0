/** The faults that a run meets: counted where they are dealt out, and told with how Nolapse answered them. */
import { describe, expect, test } from "vitest";
import { simulate } from "../../scripts/simulate.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { epochMs, HOUR } from "../../src/core/time.ts";
import { faultsOf } from "../../src/rehearse/future-faults.ts";
import { stoppedByWeek, teller } from "../../src/rehearse/future-progress.ts";
import { crashAt, NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES } from "../../src/rehearse/plan/plan.ts";
import type { RehearsalOptions } from "../../src/rehearse/rehearse.ts";
import type { Lived } from "../../src/rehearse/report.ts";
import { Chance } from "../../src/rehearse/stage/chance.ts";
import { FaultBook } from "../../src/rehearse/watch/fault-book.ts";
import { FaultsSeen } from "../../src/rehearse/watch/faults-seen.ts";
import { Place } from "../../src/rehearse/world/places.ts";
import { consignment } from "../conformance/target.suite.ts";

const START = epochMs(0);

describe("the book", () => {
  test("adds up what a directory dealt out and what else was met, with the part of the time in which it could be", () => {
    const book = new FaultBook(START);
    book.changes(["crash", "throttle"], START);
    book.changes(["crash", "lost-answer", "lost-answer"], epochMs(6 * HOUR));
    book.meets("crash");
    const dealt = { throttle: 2, loop: 1, "lost-response": 3, "commit-then-stall": 4 };
    expect(book.tally(dealt, epochMs(8 * HOUR))).toEqual([
      { kind: "lost-answer", share: 0.25, met: 7 },
      { kind: "throttle", share: 0.75, met: 3 },
      { kind: "crash", share: 1, met: 1 },
    ]);
    expect(book.total(dealt)).toBe(11);
  });

  test("knows nothing of a run in which nothing could go wrong", () => {
    expect(new FaultBook(START).tally({}, epochMs(HOUR))).toEqual([]);
    expect(faultsOf([[]])).toEqual([]);
  });

  test("over several runs: sums, the part of all the time, and an answer only to what was met", () => {
    const [conflict, crash] = faultsOf([
      [
        { kind: "conflict", share: 1, met: 2 },
        { kind: "crash", share: 1, met: 0 },
      ],
      [
        { kind: "conflict", share: 0.5, met: 3 },
        { kind: "crash", share: 1, met: 0 },
      ],
    ]);
    expect(conflict).toMatchObject({ rate: 0.75, met: 5, answer: expect.stringContaining("tries again") });
    expect(crash).toMatchObject({ rate: 1, met: 0, answer: null });
  });
});

test("a death, and a place that gives no answer, are in the tally, and all that was met is told", () => {
  const seen = new FaultsSeen();
  const tally = (crash: number, place: number) => [
    { kind: "crash", share: 1, met: crash } as const,
    { kind: "place", share: 1, met: place } as const,
  ];
  expect(seen.untold([], 0)).toEqual([]);
  seen.dies();
  const call = { port: "target", method: "deliver", args: ["a place"] } as const;
  const silent = { ok: false, thrown: new NolapseError("target-unreachable", "no answer") } as const;
  seen.after(call, silent);
  seen.after(call, { ok: true, value: {} });
  seen.after(call, { ok: false, thrown: new NolapseError("target-absent", "there is none") });
  seen.after({ ...call, port: "entra" }, silent);
  // a place may also give its old copy, which only the book knows of
  expect([seen.untold(tally(1, 1), 2), seen.untold(tally(1, 4), 5)]).toEqual([[], []]);
  expect(seen.untold(tally(0, 1), 1)).toEqual(["1 times a process died, and 0 are counted"]);
  expect(seen.untold(tally(1, 0), 1)).toEqual(["1 times a place gave no answer, and 0 are counted"]);
  expect(seen.untold(tally(1, 1), 7)).toEqual(["7 faults were met, and 2 are told of"]);
});

describe("a place", () => {
  const faulty = (faults: Partial<typeof GOOD_PLACES>) => {
    let met = 0;
    const place = new Place({
      name: "a place",
      reload: HOUR,
      value: new SecretValue("the old value"),
      chance: new Chance("place"),
      faults: { ...GOOD_PLACES, ...faults },
      now: () => START,
      onHook: () => {},
      onFault: () => {
        met += 1;
      },
    });
    return { place, met: () => met };
  };

  test("tells of each call that it does not answer, and of each write whose copy comes late or never", async () => {
    const silent = faulty({ fails: 1 });
    await expect(silent.place.preflight()).rejects.toThrow("no answer");
    await expect(silent.place.deliver(consignment(new SecretValue("new")))).rejects.toThrow("no answer");
    expect(silent.met()).toBe(2);
    for (const fault of ["stale", "forgets"] as const) {
      const late = faulty({ [fault]: 1 });
      await late.place.deliver(consignment(new SecretValue("new")));
      expect(late.met()).toBe(1);
    }
    const good = faulty({});
    await good.place.deliver(consignment(new SecretValue("new")));
    expect(good.met()).toBe(0);
  });
});

describe("a run", () => {
  const lived = async (options: Partial<RehearsalOptions>) => {
    const { figures } = await simulate(3, 100, { applications: 2, crashes: NO_CRASHES, ...options });
    return new Map(figures.faults.map(({ kind, ...tally }) => [kind, tally]));
  };

  test("counts what its rules deal out, and no other kind", { timeout: 60_000 }, async () => {
    const rules = [{ on: "addPassword", fault: "lost-response", probability: 1, times: 2 }] as const;
    const met = await lived({ faults: rules });
    expect(met.get("lost-answer")).toEqual({ share: 1, met: 2 });
    expect(met.has("crash")).toBe(false);
    expect((await lived({ faults: rules, without: ["lost-answer"] })).has("lost-answer")).toBe(false);
  });

  test("counts slow calls and the death of its process, which the directory does not know", {
    timeout: 60_000,
  }, async () => {
    const slow = [{ on: "*", fault: "slow", probability: 1, duration: "PT5S" }] as const;
    const met = await lived({ faults: slow, crashes: crashAt(40, "after") });
    expect(met.get("slow")?.met).toBeGreaterThan(10);
    expect(met.get("crash")).toEqual({ share: 1, met: 1 });
  });

  test("counts the same for the same seed, and says how many while it goes on", { timeout: 60_000 }, async () => {
    const told: Lived[] = [];
    const options = { applications: 2, progress: (so: Lived) => told.push(so) };
    const { figures } = await simulate(5, 100, options);
    const again = await simulate(5, 100, { applications: 2 });
    expect(again.figures.faults).toEqual(figures.faults);
    const all = figures.faults.reduce((sum, { met }) => sum + met, 0);
    expect(all).toBeGreaterThan(5);
    expect(told.length).toBe(100);
    const faults = told.map((one) => one.faults);
    expect(faults).toEqual(faults.toSorted((a, b) => a - b));
    expect(faults[0]).toBeLessThan(all);
    expect(faults.at(-1)).toBeLessThanOrEqual(all);
    expect(told.at(-1)?.finished).toBeLessThanOrEqual(told.at(-1)?.rotations ?? 0);
    expect(told.at(-1)?.signIns).toBeGreaterThan(told[0]?.signIns ?? 0);
  });
});

describe("how far it is", () => {
  const day = (count: number) => epochMs(count * 24 * HOUR);
  const stop = (count: number) => ({ at: day(count) });

  test("counts by weeks, the last one so far", () => {
    const without = [stop(1), stop(7), stop(8), stop(15), stop(16)];
    expect(stoppedByWeek(START, day(15), without, [stop(16), stop(9)])).toEqual([
      { week: START, without: 1, with: 0 },
      { week: day(7), without: 3, with: 1 },
      { week: day(14), without: 4, with: 1 },
    ]);
    // what ends with the week that ends now has stopped
    expect(stoppedByWeek(START, day(7), without, [])).toEqual([{ week: START, without: 2, with: 0 }]);
    expect(stoppedByWeek(START, START, without, [])).toEqual([]);
  });

  test("is of the run under way; an application that lapses twice has stopped once", () => {
    const told: unknown[] = [];
    const tell = teller(
      { runs: 2, progress: (one) => told.push(one) },
      { run: 1, from: START, bound: 3, without: [stop(2), stop(3)], left: [stop(3)] },
    );
    const lapse = (about: string | null, at: number) =>
      ({ kind: "lapse", about, at: day(at), what: "", story: [] }) as unknown as Lived["lapses"][number];
    const lapses = [lapse("a", 4), lapse("a", 5), lapse(null, 5)];
    tell({ at: day(6), done: 0.5, rotations: 4, finished: 2, signIns: 9, faults: 7, lapses });
    const counts = { rotations: 4, finished: 2, signIns: 9, faults: 7 };
    const stopped = [{ week: START, without: 2, with: 2 }];
    expect(told).toEqual([{ ...counts, at: day(6), done: 0.75, run: 2, from: START, bound: 3, stopped }]);
  });
});
