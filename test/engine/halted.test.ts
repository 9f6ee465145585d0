/** A halted rotation lets nothing lapse unsaid: its slot is renewed beside it once its own is proven, and until then what ends is told. */
import { expect, test } from "vitest";
import type { Finding } from "../../src/core/pictures/notice.ts";
import { applyEvent } from "../../src/core/rotation/apply-event.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY } from "../../src/core/time.ts";
import { resume } from "../../src/engine/commands/stop.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

async function halt(bench: Workbench, reason: Rotation["haltReason"]): Promise<Rotation> {
  const before = (await bench.rotation()) as Rotation;
  const halted = applyEvent(before, { type: "halted", at: bench.clock.at, reason: reason ?? "target-unbound" });
  await bench.store.amend(before, { rotation: { ...halted, dueAt: null }, audit: [] });
  return halted;
}

async function told(bench: Workbench): Promise<readonly Finding[]> {
  const deps = bench.deps();
  const { items } = await makePlan(deps, await discover(deps));
  return findingsOf(deps, items, bench.clock.at, { sealKeyAge: null, portal: null, broken: null });
}

const stateOf = async (bench: Workbench, { id }: Rotation) => (await bench.store.rotation(id))?.state;

test("halted once its new credential was proven, it does not keep that one from being followed in its time", async () => {
  const bench = new Workbench({ policy: { retire: "never" } });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  const first = await halt(bench, "guard-refused");
  await bench.drive(() => false, 10).catch(() => undefined);
  expect(await bench.store.rotations({ tenantId: TENANT })).toHaveLength(1);
  expect(await stateOf(bench, first)).toBe("halted");
  const next = await bench.drive((rotation) => rotation?.id !== first.id && rotation?.state === "verified", 80);
  expect(next.replaces).toBe(first.issued?.keyId);
  // it rests on the newest one now
  bench.clock.advance(DAY);
  await bench.run();
  expect(await bench.store.rotation(first.id)).toMatchObject({
    state: "verified",
    issued: { keyId: next.issued?.keyId },
  });
  expect(bench.entra.keyIds(bench.app)).toHaveLength(3);
});

test("where its slot cannot be renewed either, the end of the new one is told at its steps", async () => {
  const bench = new Workbench({ policy: { retire: "never" } });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  const { issued } = await halt(bench, "guard-refused");
  bench.clock.advance(78 * DAY);
  const { settings } = bench;
  bench.settings = { ...settings, exclude: [{ appId: bench.app.appId }] } as typeof settings;
  const ends = (await told(bench)).filter(({ kind }) => kind === "ending" || kind === "urgent");
  expect(ends.map(({ key }) => key)).toContainEqual(expect.stringContaining(issued?.keyId ?? ""));
});

test.each([
  ["planned", "never-accepted"],
  ["issued", "target-unbound"],
] as const)(
  "halted while %s, what still signs in is told with its end, at its steps and when it is late",
  async (state, reason) => {
    const bench = new Workbench({ endsIn: 29 * DAY, settings: { mode: state === "planned" ? "propose" : "enforce" } });
    await bench.drive((rotation) => rotation?.state === state, 2);
    const { replaces } = await halt(bench, reason);
    const about = async () => (await told(bench)).filter((one) => one.key.startsWith(replaces));
    expect(await about()).toMatchObject([{ kind: "ending" }]);
    bench.clock.advance(20 * DAY);
    const [fortnight] = await about();
    expect(fortnight).toMatchObject({
      kind: "ending",
      title: expect.stringMatching(/ends in \d days, and its rotation is halted/),
    });
    bench.clock.advance(7 * DAY);
    expect(await about()).toMatchObject([{ kind: "urgent" }]);
    bench.clock.advance(3 * DAY);
    expect(await about()).toMatchObject([{ kind: "urgent", title: expect.stringContaining("ended") }]);
  },
);

test("the new one of an unproven one is told with its end, too, as its places may sign in with it", async () => {
  const bench = new Workbench();
  await bench.drive((rotation) => rotation?.state === "issued", 2);
  const { issued } = await halt(bench, "target-unbound");
  bench.clock.advance(85 * DAY);
  expect((await told(bench)).map(({ key }) => key)).toContainEqual(expect.stringContaining(issued?.keyId ?? "-"));
});

test("one that is taken up while its next one is under way waits for that", async () => {
  const bench = new Workbench({ policy: { retire: "never" } });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  const first = await halt(bench, "guard-refused");
  await bench.drive((rotation) => rotation?.id !== first.id && rotation?.state === "issued", 80);
  await resume(bench.deps(), "ann");
  await bench.run();
  expect(await stateOf(bench, first)).toBe("verified");
});
