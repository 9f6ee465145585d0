/** How often a step that goes on failing is tried: its pace slows down, whatever works in between. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { resume, stop } from "../../src/engine/commands/stop.ts";
import type { FakeCall } from "../support/fake-faults.ts";
import { Workbench } from "../support/workbench.ts";

const OVERLAP = { retire: "after-overlap", overlap: 7 * DAY } as const;
const refused = { fault: "error", error: new NolapseError("directory-refused", "it says no") } as const;

const calls = (bench: Workbench, call: FakeCall) => bench.entra.calls.filter((one) => one.call === call).length;

/** What a day of it came to. */
async function duringADay(bench: Workbench, call: FakeCall): Promise<number> {
  const before = calls(bench, call);
  await bench.drive(() => false, 1).catch(() => undefined);
  return calls(bench, call) - before;
}

test("a creation that is refused again and again is asked for every few hours, though the preflight before it works", async () => {
  const bench = new Workbench({ endsIn: 29 * DAY });
  bench.entra.fail("addSecret", refused, 1_000);
  await duringADay(bench, "addSecret");
  expect(await duringADay(bench, "addSecret")).toBeLessThan(8);
  expect((await bench.rotation())?.tried).toMatchObject({ step: "issue" });
});

test("a removal that is refused again and again is asked for every few hours, though the proof before it works", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified");
  bench.entra.fail("removeSecret", refused, 1_000);
  bench.clock.advance(7 * DAY);
  await duringADay(bench, "removeSecret");
  expect(await duringADay(bench, "removeSecret")).toBeLessThan(8);
  expect((await bench.rotation())?.tried).toMatchObject({ step: "retire" });
});

test("a removal that is refused again and again takes nobody's place in the wave: nothing is gone", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified");
  bench.entra.fail("removeSecret", refused, 1_000);
  bench.clock.advance(7 * DAY);
  const held: unknown[] = [];
  for (let day = 0; day < 3; day++) {
    expect(await duringADay(bench, "removeSecret")).toBeGreaterThan(0);
    held.push(...(await bench.store.tally(bench.settings.tenantId, bench.clock.at)).retiring);
  }
  expect(held).toEqual([]);
  expect(await bench.rotation()).toMatchObject({ state: "verified", retireIntendedAt: null });
});

test("one whose answer was lost keeps its place: it may be gone", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified");
  bench.entra.fail("removeSecret", { fault: "lost" }, 1_000);
  bench.clock.advance(7 * DAY);
  await duringADay(bench, "removeSecret");
  const { retiring } = await bench.store.tally(bench.settings.tenantId, bench.clock.at);
  expect(retiring).toHaveLength(1);
});

test("a refusal says nothing of the try before it, whose answer was lost: its place is kept, and what is gone is nobody else's doing", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  const { replaces } = await bench.drive((rotation) => rotation?.state === "verified");
  bench.clock.advance(7 * DAY);
  bench.entra.readLag = HOUR;
  bench.entra.fail("removeSecret", { fault: "lost-after" }, 1);
  bench.entra.fail("removeSecret", refused, 1);
  await bench.drive((rotation) => (rotation?.failures ?? 0) >= 2, 2);
  expect(bench.entra.keyIds(bench.app)).not.toContain(replaces);
  const { retiring } = await bench.store.tally(bench.settings.tenantId, bench.clock.at);
  expect(retiring).toHaveLength(1);
  expect((await bench.rotation())?.retireIntendedAt).not.toBeNull();
});

test("what is proven makes no haste: the old credential is long past its end, and a place is gone for good", async () => {
  const bench = new Workbench({ endsIn: 5 * DAY });
  const read = bench.target.readBack.bind(bench.target);
  await bench.drive((rotation) => rotation?.state === "verified");
  let tries = 0;
  bench.target.readBack = async () => {
    tries += 1;
    throw new NolapseError("target-absent", "it is not there");
  };
  bench.clock.advance(12 * DAY);
  await bench.drive(() => false, 2).catch(() => undefined);
  const before = tries;
  await bench.drive(() => false, 1).catch(() => undefined);
  // each look at the whole tenant reads the copy, too
  expect(tries - before).toBeLessThan(16);
  bench.target.readBack = read;
  await bench.drive((rotation) => rotation?.state === "retired");
});

test("who waits for a word that lets it go on is looked at once a day, and at once when the word is said", async () => {
  const bench = new Workbench();
  await bench.run();
  await stop(bench.deps(), "ann");
  bench.clock.advance(5 * MINUTE);
  await bench.run();
  const due = async () => ((await bench.rotation())?.dueAt ?? 0) - bench.clock.at;
  expect(await due()).toBe(DAY);
  await resume(bench.deps(), "ann");
  expect(await due()).toBe(0);
});

test("a stop from outside ends without a word, so it is looked at every quarter of an hour", async () => {
  const bench = new Workbench();
  await bench.run();
  bench.clock.advance(5 * MINUTE);
  await bench.run({ brake: { pulled: async () => "there is a stop file" } });
  expect(((await bench.rotation())?.dueAt ?? 0) - bench.clock.at).toBe(15 * MINUTE);
});

test("what the mode holds back is looked at once a day, and at once by a process that reads another mode", async () => {
  const bench = new Workbench({ endsIn: 29 * DAY });
  const enforce = bench.settings;
  await bench.run();
  bench.settings = { ...enforce, mode: "observe" };
  bench.clock.advance(5 * MINUTE);
  await bench.run();
  expect(((await bench.rotation())?.dueAt ?? 0) - bench.clock.at).toBe(DAY);
  bench.settings = enforce;
  const before = (await bench.rotation())?.updatedAt ?? 0;
  bench.clock.advance(MINUTE);
  await bench.run();
  const after = await bench.rotation();
  expect(after?.updatedAt).toBeGreaterThan(before);
  expect((after?.dueAt ?? 0) - bench.clock.at).toBeLessThan(HOUR);
});

test("what ends soon is looked at every quarter of an hour at first: another process may have read a newer mode", async () => {
  const bench = new Workbench({ endsIn: 7.4 * DAY });
  bench.settings = { ...bench.settings, mode: "propose" };
  await bench.run();
  expect((await bench.rotation())?.state).toBe("planned");
  expect(((await bench.rotation())?.dueAt ?? 0) - bench.clock.at).toBe(15 * MINUTE);
  // nobody does anything: seldomer and seldomer
  const pauses: number[] = [];
  for (const days of [4, 8, 40]) {
    bench.clock.advance(days * DAY);
    await bench.run();
    pauses.push(((await bench.rotation())?.dueAt ?? 0) - bench.clock.at);
  }
  expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
  expect(pauses[0]).toBeGreaterThan(5 * HOUR);
  expect(pauses.at(-1)).toBe(DAY);
});
