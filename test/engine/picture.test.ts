/** The picture between two scans: it shows what rotations have made since, also where a reading came before it. */
import { expect, test } from "vitest";
import { DAY } from "../../src/core/time.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { pictureOf, retouch } from "../../src/engine/views/picture.ts";
import { Workbench } from "../support/workbench.ts";

const OVERLAP = { retire: "after-overlap", overlap: 7 * DAY } as const;

test("a credential that was made since the scan is looked up, and not said to be gone", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  const before = await discover(bench.deps());
  await bench.drive((rotation) => rotation?.state === "retired");
  const picture = await pictureOf(bench.deps(), before);
  const keyId = (await bench.rotation())?.issued?.keyId;
  expect(picture.find(bench.app.appId)?.items[0]?.credential?.keyId).not.toBe(keyId);
  const painted = await retouch(bench.deps(), picture, bench.app.appId, false);
  expect(painted?.items[0]).toMatchObject({ because: "not-due", status: "later" });
  expect(picture.find(bench.app.appId)?.items[0]?.credential?.keyId).toBe(keyId);
});

test("what is really gone is said to be", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  const before = await discover(bench.deps());
  await bench.drive((rotation) => rotation?.state === "retired");
  await bench.entra.removeSecret(before.holders[0] ?? bench.app, (await bench.rotation())?.issued?.keyId ?? "");
  const painted = await retouch(bench.deps(), await pictureOf(bench.deps(), before), bench.app.appId, false);
  expect(painted?.items[0]?.because).toBe("credential-gone");
});
