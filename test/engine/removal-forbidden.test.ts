/** A removal that fails again and again is told: it was tried every few hours, and nobody knew that the old credential stays. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY } from "../../src/core/time.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { Workbench } from "../support/workbench.ts";

test("what a removal fails on is told with what mends it, once, and no more when it is gone", async () => {
  const bench = new Workbench({ policy: { retire: "after-overlap", overlap: 7 * DAY }, complete: true });
  const { removeSecret } = bench.entra;
  const found = async () => {
    const told = { sealKeyAge: null, portal: null, broken: null };
    const findings = await findingsOf(bench.deps(), [], bench.clock.at, told);
    return findings.filter(({ kind }) => kind === "not-removed");
  };
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  bench.entra.removeSecret = async () => {
    const error = new NolapseError("directory-forbidden", "Insufficient privileges", { next: "grant it" });
    return { outcome: "rejected", error } as never;
  };
  await bench.drive((rotation) => rotation?.lastFailure !== null, 10);
  expect(await found()).toEqual([]);
  await bench.drive(() => false, 2).catch(() => undefined);
  const [first, ...more] = await found();
  expect(more).toEqual([]);
  expect(first).toMatchObject({ appId: bench.app.appId, next: "grant it" });
  expect(first?.title).toMatch(/^Billing: the old secret billing 2025 is not removed: Insufficient privileges$/);
  await bench.drive(() => false, 2).catch(() => undefined);
  expect((await found()).map(({ key }) => key)).toEqual([first?.key]);
  bench.entra.removeSecret = removeSecret;
  await bench.drive((rotation) => rotation?.state === "retired", 2);
  expect(await found()).toEqual([]);
});
