/** `nolapse resume` beside a live `nolapse run`: what that one holds keeps nobody else from going on. */
import { expect, test } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import { resume } from "../../src/engine/commands/stop.ts";
import { scanHolds } from "../../src/engine/facts.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { rotation } from "../core/make.ts";
import { START, TENANT, Workbench } from "../support/workbench.ts";

test("a rotation that another process holds is named, and the halted ones after it are taken up", async () => {
  const bench = new Workbench();
  const { store } = bench;
  const names = ["a", "b", "c"];
  for (const id of names) {
    const holder = { type: "application", objectId: `object-${id}`, appId: `app-${id}` } as const;
    const halted = { state: "halted", from: "planned", haltReason: "never-accepted", dueAt: START } as const;
    const planned = rotation({ id, tenantId: TENANT, holder, replaces: `old-${id}`, plannedAt: START, ...halted });
    const details = { tenantId: TENANT, at: START, actor: "test", action: "planned", rotation: id };
    await store.open(planned, [], { ...details, appId: holder.appId, keyId: null, reason: null, details: {} });
  }
  // held as a live run holds it: the first in the order in which resume goes through them
  const [first] = await store.rotations({ tenantId: TENANT });
  const request = { tenantId: TENANT, now: START, processNow: START, leaseMs: 30_000 };
  const claim = await store.claim({ ...request, only: [first?.id ?? ""] });
  if (claim === null) throw new Error("it could not be claimed");
  const { resumed, busy } = await resume(bench.deps(), "test");
  expect(busy.map(({ id }) => id)).toEqual([first?.id]);
  expect(resumed).toBe(2);
  const states = (await store.rotations({ tenantId: TENANT })).map(({ id, state }) => [id, state]);
  expect(Object.fromEntries(states)).toEqual({ a: "planned", b: "planned", c: "planned", [first?.id ?? ""]: "halted" });
  await store.release(claim);
  expect(await resume(bench.deps(), "test")).toMatchObject({ resumed: 1, busy: [] });
});

test("what scans no longer see holds all writing back, scan after scan, until a person says that it is gone", async () => {
  const bench = new Workbench();
  for (let index = 0; index < 8; index += 1)
    bench.entra.seed({
      displayName: `app ${index}`,
      secrets: [{ name: "by hand", start: START, end: plus(START, DAY) }],
    });
  await discover(bench.deps());
  const whole = bench.entra.page.bind(bench.entra);
  bench.entra.page = async (...asked) => {
    const page = await whole(...asked);
    return { ...page, holders: page.holders.slice(0, 3) };
  };
  const holds = async () => scanHolds(await bench.store.lastScan(TENANT));
  for (let scan = 0; scan < 3; scan += 1) {
    await discover(bench.deps());
    expect(await holds()).toBe("scan-lossy");
  }
  const { forgotten } = await resume(bench.deps(), "cli:ann");
  expect([forgotten, await holds()]).toEqual([6, null]);
  await discover(bench.deps());
  expect(await holds()).toBeNull();
  const said = (await bench.store.auditPage(TENANT, { after: 0, limit: 99 })).filter(
    ({ action }) => action === "loss-accepted",
  );
  expect(said).toMatchObject([{ actor: "cli:ann", details: { forgotten: 6 } }]);
  expect((await resume(bench.deps(), "cli:ann")).forgotten).toBe(0);
});
