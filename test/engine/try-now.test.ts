/** Try now: the wait after a failure ends on a person's word, a halted rotation is taken up, and no other wait is shortened. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { stop } from "../../src/engine/commands/stop.ts";
import { tryNow } from "../../src/engine/commands/try-now.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", why: "the vault lets it in again" };
const idOf = async (bench: Workbench) => (await bench.rotation())?.id ?? "";
const waits = async (bench: Workbench) => (await waitingOf(bench.deps()))[0]?.verdict;

/** Its target refused the preflight, time and again. */
async function failing(): Promise<Workbench> {
  const bench = new Workbench();
  bench.target.broken = new NolapseError("target-forbidden", "the vault refuses the write");
  for (let round = 0; round < 6; round += 1) {
    await bench.run();
    bench.clock.advance(HOUR);
  }
  await bench.run();
  expect(await waits(bench)).toMatchObject({ because: "backoff" });
  return bench;
}

test("what has failed is tried at once, and goes on where its cause is mended; the trail has who and why", async () => {
  const bench = await failing();
  bench.target.broken = null;
  await bench.run();
  expect((await bench.rotation())?.issued).toBeNull();
  expect(await tryNow(bench.deps(), await idOf(bench), ANN)).toMatchObject({ what: "retry-asked" });
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "issued", failures: 0 });
  const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
  expect(trail.find(({ action }) => action === "retry-asked")).toMatchObject({
    actor: ANN.actor,
    details: { why: ANN.why },
  });
});

test("where its cause is not mended it fails once more, and waits no shorter than before", async () => {
  const bench = await failing();
  const before = await bench.rotation();
  await tryNow(bench.deps(), await idOf(bench), ANN);
  await bench.run();
  const after = await bench.rotation();
  expect(after?.failures).toBe((before?.failures ?? 0) + 1);
  expect((after?.notBefore ?? 0) - bench.clock.at).toBeGreaterThanOrEqual(5 * MINUTE);
});

test("a token endpoint that has said nothing for days is asked at once, and its acceptance begins anew", async () => {
  const bench = new Workbench();
  await bench.drive((one) => one?.state === "issued");
  bench.entra.fail("probe", { fault: "probe", probe: { outcome: "inconclusive" } }, 1);
  bench.clock.advance(4 * DAY);
  await bench.run();
  const silent = await waits(bench);
  expect(silent).toMatchObject({ because: "acceptance-silent" });
  await bench.run();
  expect(await waits(bench), "it waits for its time").toEqual(silent);
  expect(await tryNow(bench.deps(), await idOf(bench), ANN)).toMatchObject({ what: "retry-asked" });
  await bench.run();
  expect((await bench.rotation())?.probes).toMatchObject([{ outcome: "issued" }]);
});

test("a halted one is taken up from where it was, alone", async () => {
  const bench = new Workbench();
  const issued = await bench.drive((one) => one?.state === "issued");
  const halted = { ...issued, state: "halted", from: "issued", haltReason: "target-unbound" } as const;
  await bench.store.amend(issued, { rotation: halted, audit: [] });
  const at = { tenantId: bench.settings.tenantId, at: bench.clock.at, actor: "nolapse", action: "breaker-opened" };
  const line = { ...at, rotation: null, appId: null, keyId: null, reason: null, details: {} };
  await bench.store.turn(bench.settings.tenantId, "breaker", { at: bench.clock.at, why: "three failed" }, line);
  expect(await tryNow(bench.deps(), issued.id, ANN)).toMatchObject({
    what: "resumed",
    rotation: { state: "issued", haltReason: null, dueAt: bench.clock.at },
  });
  // one rotation's word closes no breaker
  expect((await bench.store.switches(bench.settings.tenantId)).breaker).not.toBeNull();
});

test("what waits for a time of its own, and what does not wait at all, is refused with what it waits for", async () => {
  const bench = new Workbench({ policy: { retire: "at-expiry" } });
  const id = async () => tryNow(bench.deps(), await idOf(bench), ANN);
  await bench.drive((one) => one?.state === "issued");
  await bench.run();
  await expect(id()).rejects.toMatchObject({ message: expect.stringMatching(/\[(acceptance-spread|probe-due)\]$/) });
  await bench.drive((one) => one?.state === "verified");
  await expect(id()).rejects.toMatchObject({
    code: "refused-by-rule",
    message: expect.stringContaining("[until-expiry]"),
    next: expect.stringContaining("nolapse explain"),
  });
  const retired = await bench.drive((one) => one?.state === "retired");
  await expect(tryNow(bench.deps(), retired.id, ANN)).rejects.toMatchObject({
    message: expect.stringContaining("has not failed"),
  });
  await expect(tryNow(bench.deps(), "none", ANN)).rejects.toMatchObject({ code: "not-found" });
});

test("the hour before a second attempt stays, and nothing is tried while everything stands still", async () => {
  const bench = new Workbench();
  await bench.drive((one) => one?.state === "issued");
  bench.entra.fail("probe", { fault: "probe", probe: { outcome: "not-authenticated", code: 7000215 } }, 500);
  await bench.drive((one) => one?.attempts.some(({ outcome }) => outcome === "withdrawn") === true, 2);
  expect(await waits(bench)).toMatchObject({ because: "second-attempt" });
  await expect(tryNow(bench.deps(), await idOf(bench), ANN)).rejects.toMatchObject({
    message: expect.stringContaining("[second-attempt]"),
  });
  await stop(bench.deps(), "test");
  await expect(tryNow(bench.deps(), await idOf(bench), ANN)).rejects.toMatchObject({ code: "refused-by-stop" });
});
