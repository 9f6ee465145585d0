/** How old a proof is: as old as the reading of the copy, however long the sign-in with it took. */
import { expect, test } from "vitest";
import { type EpochMs, MINUTE } from "../../src/core/time.ts";
import { Workbench } from "../support/workbench.ts";

test("a sign-in that takes eleven minutes makes the copy that was read before it no fresher", async () => {
  const bench = new Workbench({ policy: { retire: "after-overlap" }, complete: true });
  const readAt: EpochMs[] = [];
  const read = bench.target.readBack.bind(bench.target);
  bench.target.readBack = async () => {
    readAt.push(await bench.clock.now());
    return read();
  };
  const verifier: typeof bench.entra = Object.create(bench.entra);
  verifier.probe = async (...asked) => {
    if (readAt.length > 0) bench.clock.advance(11 * MINUTE);
    return bench.entra.probe(...asked);
  };
  const verified = await bench.drive((rotation) => rotation?.state === "verified", 2, { verifier });
  expect(verified.deliveries.map((one) => one.verifiedAt)).toEqual([readAt.at(-1)]);
});

test("a reading that takes eight minutes shortens no overlap: it begins when the copy is known to be there", async () => {
  const bench = new Workbench({ policy: { retire: "after-overlap" }, complete: true });
  const read = bench.target.readBack.bind(bench.target);
  const ended: EpochMs[] = [];
  bench.target.readBack = async () => {
    bench.clock.advance(8 * MINUTE);
    ended.push(bench.clock.at);
    return read();
  };
  const { verifiedAt, deliveries } = await bench.drive((rotation) => rotation?.state === "verified");
  const end = ended.at(-1) ?? 0;
  expect(verifiedAt).toBeGreaterThanOrEqual(end);
  expect(deliveries.map((one) => one.verifiedAt)).toEqual([end - 8 * MINUTE]);
});
