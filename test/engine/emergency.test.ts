/** A leaked value: the successor is proven as ever, and the leaked credential goes at once, by that very key id. */
import { describe, expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, MINUTE, plus } from "../../src/core/time.ts";
import { askEmergency } from "../../src/engine/commands/emergency.ts";
import { stop } from "../../src/engine/commands/stop.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { type BenchOptions, Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", objectId: "aaaaaaaa-0000-4000-8000-000000000001" };
const is = (state: Rotation["state"]) => (rotation: Rotation | undefined) => rotation?.state === state;

const leaked = (options: BenchOptions = {}) => new Workbench({ endsIn: 300 * DAY, ...options });
const keyOf = (bench: Workbench) => bench.app.keyIds[0] ?? "";
const ask = (bench: Workbench, keyId = keyOf(bench)) => askEmergency(bench.deps(), bench.app.appId, keyId, ANN);
const waits = async (bench: Workbench) => (await waitingOf(bench.deps()))[0]?.verdict;
/** What the bench's own loop does until the old one is gone; how long that took. */
async function untilGone(bench: Workbench): Promise<number> {
  const begun = bench.clock.at;
  const { removedAt } = await bench.drive((one) => one?.removedAt != null);
  return (removedAt ?? 0) - begun;
}

describe("the leaked credential goes", () => {
  test("once its successor was accepted, delivered and verified, and not before", async () => {
    const bench = leaked();
    await ask(bench);
    await bench.run();
    expect(bench.entra.keyIds(bench.app)).toContain(keyOf(bench));
    expect(await untilGone(bench)).toBeLessThan(20 * MINUTE);
    expect(bench.events.indexOf("verified")).toBeGreaterThan(bench.events.indexOf("accepted"));
    expect(bench.events.indexOf("removed")).toBeGreaterThan(bench.events.indexOf("verified"));
    const rotation = await bench.drive(is("retired"));
    expect(bench.entra.keyIds(bench.app)).toEqual([rotation.issued?.keyId]);
    expect(bench.target.deliveries).toBe(1);
  });

  test.each<[string, BenchOptions]>([
    ["an overlap", { policy: { retire: "after-overlap", overlap: 20 * DAY }, complete: true }],
    ["its own end", { policy: { retire: "at-expiry" } }],
    ["a policy of never", { policy: { retire: "never" } }],
    ["missing evidence", { policy: { retire: "after-evidence" } }],
    ["a closed window", { policy: { windows: [{ days: ["wed"], from: "10:00", to: "11:00" }] } }],
    ["a freeze", { policy: { freeze: [{ from: "2026-02-01", to: "2026-04-01", reason: "year end" }] } }],
    ["waves and ramp", { settings: { limits: { issuesPerHour: 1 } } }],
    ["an approval, which asking is", { policy: { approval: "both" } }],
  ])("whatever else would hold it: %s", async (_, options) => {
    const bench = leaked(options);
    await ask(bench);
    expect(await untilGone(bench)).toBeLessThan(20 * MINUTE);
  });

  test("when its rotation only waited for the end", async () => {
    const bench = new Workbench({ endsIn: 20 * DAY });
    const { id } = await bench.drive(is("verified"));
    expect(await waits(bench)).toMatchObject({ because: "until-expiry" });
    expect((await ask(bench)).id).toBe(id);
    expect(await untilGone(bench)).toBeLessThan(MINUTE);
    expect(bench.entra.calls.filter(({ call }) => call === "addSecret")).toHaveLength(1);
  });

  test("by its key id in any case of letters, and nothing else with it", async () => {
    const bench = leaked();
    const other = await bench.entra.addSecret(bench.app, { displayName: "other", end: plus(bench.clock.at, 50 * DAY) });
    bench.settings = {
      ...bench.settings,
      bindings: bench.settings.bindings.map((one) => ({
        ...one,
        slots: [{ slot: "default", current: "billing 2025", targets: ["billing"] }],
      })),
    };
    await ask(bench, keyOf(bench).toUpperCase());
    await untilGone(bench);
    expect(bench.entra.keyIds(bench.app)).toContain(other.outcome === "applied" ? other.credential.keyId : "");
  });

  test("and where it has ended by then it was no early retirement: what comes next is the first wave", async () => {
    const entries = async (endsIn: number) => {
      const bench = leaked({ endsIn });
      await ask(bench);
      await untilGone(bench);
      const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
      return trail.filter(({ action }) => action === "removed").map(({ details }) => details);
    };
    expect(await entries(300 * DAY)).toEqual([{ early: true, leaked: true }]);
    expect(await entries(2 * MINUTE)).toEqual([{ early: false, leaked: true }]);
  });

  test("with who asked, and why, in the trail", async () => {
    const bench = leaked();
    await ask(bench);
    await untilGone(bench);
    const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
    const of = (action: string) => trail.find((one) => one.action === action);
    expect(of("planned")).toMatchObject({ actor: ANN.actor, reason: "leaked", keyId: keyOf(bench) });
    expect(of("emergency-asked")).toMatchObject({ actor: ANN.actor, keyId: keyOf(bench) });
    expect(of("removed")).toMatchObject({ keyId: keyOf(bench), details: { early: true, leaked: true } });
  });
});

describe("it stays", () => {
  test("while the copy does not verify", async () => {
    const bench = leaked();
    bench.target.loses = 1_000;
    await ask(bench);
    for (let round = 0; round < 60; round += 1) {
      bench.clock.advance(5 * MINUTE);
      await bench.run();
    }
    expect(bench.entra.keyIds(bench.app)).toContain(keyOf(bench));
  });

  test("while everything is stopped, and in mode observe", async () => {
    const bench = leaked();
    await stop(bench.deps(), "test");
    await expect(ask(bench)).rejects.toMatchObject({ code: "refused-by-stop" });
    await expect(ask(leaked({ settings: { mode: "observe" } }))).rejects.toMatchObject({ code: "refused-by-mode" });
  });

  test("where it is no slot's, or not there", async () => {
    const bench = leaked();
    const more = bench.entra.seed({ displayName: "unbound", secrets: [{ end: plus(bench.clock.at, DAY) }] });
    const unbound = askEmergency(bench.deps(), more.appId, more.keyIds[0] ?? "", ANN);
    await expect(unbound).rejects.toMatchObject({ next: expect.stringContaining("az ad app credential delete") });
    await expect(ask(bench, "99999999-9999-4999-8999-999999999999")).rejects.toMatchObject({ code: "not-found" });
    expect(await bench.rotation()).toBeUndefined();
  });
});
