/** A word that comes while a step is being done waits for its end, for so long and no longer. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { PATIENCE, patiently } from "../../src/engine/commands/patiently.ts";
import { pauseApplication } from "../../src/engine/commands/pause-application.ts";
import { StepUnderWay } from "../../src/engine/rotation/amend.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

/** Time that moves by as much as somebody waits for. */
function stage() {
  const bench = new Workbench();
  const { clock } = bench;
  let asked = 0;
  let told = 0;
  const deps = bench.deps({
    clock: {
      now: clock.now,
      frozen: clock.frozen,
      processNow: clock.processNow,
      wait: async (_until, atMost) => clock.advance(atMost),
    },
  });
  const say = <T>(word: () => Promise<T>, signal?: AbortSignal) =>
    patiently(
      deps,
      () => {
        asked += 1;
        return word();
      },
      signal,
      () => {
        told += 1;
      },
    );
  return { bench, deps, say, counts: () => [asked, told] };
}
const busy = async () => {
  throw new StepUnderWay("somebody works on it");
};

test("an application is held as soon as the step is over, and who waits is told so once", async () => {
  const { bench, deps, say, counts } = stage();
  await bench.run();
  bench.clock.advance(60_000);
  const { store, clock } = bench;
  const claim = await store.claim({ tenantId: TENANT, now: clock.at, processNow: clock.at, leaseMs: 30_000 });
  if (claim === null) throw new Error("nothing claimed");
  const said = { actor: "entra:ann", why: "the vault moves this week" };
  const held = await say(async () => {
    if (counts()[0] === 4) await store.release(claim);
    return pauseApplication(deps, bench.app.appId, said);
  });
  expect(held).toMatchObject({ by: said.actor, at: clock.at });
  expect(counts()).toEqual([4, 1]);
  expect((await store.switches(TENANT)).paused).toEqual([held]);
});

test("what is not over in time is refused as it would have been at once", async () => {
  const { bench, say, counts } = stage();
  const begun = bench.clock.at;
  await expect(say(busy)).rejects.toMatchObject({ code: "store-busy" });
  expect(bench.clock.at - begun).toBe(PATIENCE);
  expect(counts()[1]).toBe(1);
});

test("nobody waits for what waiting does not mend, nor after he has been told to stop", async () => {
  const { say, counts } = stage();
  const refused = async () => {
    throw new NolapseError("refused-by-rule", "it is over");
  };
  await expect(say(refused)).rejects.toMatchObject({ code: "refused-by-rule" });
  expect(counts()).toEqual([1, 0]);
  await expect(say(busy, AbortSignal.abort())).rejects.toMatchObject({ code: "store-busy" });
  expect(counts()).toEqual([2, 0]);
});

test("where another process keeps the whole store locked nobody is told of a step, nor asks for the lock again", async () => {
  const { say, counts } = stage();
  const locked = async () => {
    throw new NolapseError("store-busy", "another process keeps the store locked", { cause: new Error("SQLITE_BUSY") });
  };
  await expect(say(locked)).rejects.toMatchObject({ code: "store-busy" });
  expect(counts()).toEqual([1, 0]);
});

test("who is told to stop while he waits does not say it again: nothing is done that nobody hears of", async () => {
  const { deps } = stage();
  const stop = new AbortController();
  let said = 0;
  const word = async () => {
    said += 1;
    if (said === 1) await busy();
    return "done";
  };
  const waits = () => stop.abort();
  await expect(patiently(deps, word, stop.signal, waits)).rejects.toMatchObject({ code: "store-busy" });
  expect(said).toBe(1);
});
