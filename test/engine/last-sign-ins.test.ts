/** When an application last signed in: by the report and by what rotations have read, never by Nolapse's own sign-ins, and never as a "never". */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { SignInReport } from "../../src/engine/views/last-sign-ins.ts";
import { Workbench } from "../support/workbench.ts";

const is = (state: Rotation["state"]) => (rotation: Rotation | undefined) => rotation?.state === state;
const evidence = { retire: "after-evidence", maxAge: 300 * DAY, lifetime: 200 * DAY } as const;

async function verified() {
  const bench = new Workbench({ endsIn: 200 * DAY, policy: evidence });
  const rotation = await bench.drive(is("verified"));
  const asked = (report: SignInReport) => report.of(bench.deps(), [bench.app.appId]);
  return { bench, rotation, asked };
}

test("is the last one of the report by others: of what only Nolapse has tried nobody knows any", async () => {
  const { bench, rotation, asked } = await verified();
  bench.clock.advance(DAY);
  expect((await bench.deps().logs.lastUses(bench.clock.at)).map(({ keyId }) => keyId)).toContain(
    rotation.issued?.keyId,
  );
  expect(await asked(new SignInReport())).toEqual({ report: "read", error: null, at: new Map() });
  const at = bench.clock.at;
  bench.entra.federation.signsIn(bench.app.appId, { keyId: bench.app.keyIds[0] ?? "" });
  bench.clock.advance(DAY);
  expect((await asked(new SignInReport())).at).toEqual(new Map([[bench.app.appId, at]]));
});

test("is kept where a rotation has read it, whatever becomes of the report", async () => {
  const { bench, rotation, asked } = await verified();
  const at = bench.clock.at;
  bench.entra.federation.signsIn(bench.app.appId, { keyId: rotation.issued?.keyId ?? "" });
  bench.clock.advance(2 * DAY);
  await bench.run();
  for (const [code, report] of [
    ["directory-unlicensed", "unlicensed"],
    ["directory-unoffered", "unoffered"],
    ["directory-forbidden", "closed"],
    ["directory-throttled", "failed"],
  ] as const) {
    bench.entra.fail("lastUses", { fault: "error", error: new NolapseError(code, "no") });
    const told = await asked(new SignInReport());
    expect(told).toMatchObject({ report, error: { code } });
    expect(told.at).toEqual(new Map([[bench.app.appId, at]]));
  }
});

test("is read once an hour at most, and every five minutes where it may not be; where no policy asks for evidence, not at all", async () => {
  const { bench, asked } = await verified();
  const report = new SignInReport();
  bench.entra.fail("lastUses", { fault: "error", error: new NolapseError("directory-forbidden", "no") });
  const [first, second] = await Promise.all([asked(report), asked(report)]);
  expect([first.report, second.report, (await asked(report)).report]).toEqual(["closed", "closed", "closed"]);
  // somebody may be mending it
  bench.clock.advance(5 * MINUTE);
  expect((await asked(report)).report).toBe("read");
  bench.entra.fail("lastUses", { fault: "error", error: new NolapseError("directory-forbidden", "no") });
  bench.clock.advance(HOUR - 1);
  expect((await asked(report)).report).toBe("read");
  bench.clock.advance(1);
  expect((await asked(report)).report).toBe("closed");
  const quiet = new Workbench({ policy: { retire: "after-overlap" } });
  quiet.entra.fail("lastUses", { fault: "error", error: new NolapseError("directory-forbidden", "no") });
  expect(await new SignInReport().of(quiet.deps(), [quiet.app.appId])).toMatchObject({ report: "off", error: null });
  await expect(quiet.deps().logs.lastUses(plus(quiet.clock.at, 0))).rejects.toThrow("no");
});
