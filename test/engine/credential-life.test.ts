/** Who is known to use one credential: by what rotations have read already, and by the logs where somebody asks. */
import { expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { credentialLife, credentialLog } from "../../src/engine/views/credential-life.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { Workbench } from "../support/workbench.ts";

const is = (state: Rotation["state"]) => (rotation: Rotation | undefined) => rotation?.state === state;

async function portraitOf(bench: Workbench) {
  const deps = bench.deps();
  const portrait = (await pictureOf(deps, await discover(deps))).find(bench.app.appId);
  if (portrait === null) throw new Error("the application was not seen");
  const now = bench.clock.at;
  const span = { from: plus(now, -365 * DAY), to: plus(now, 365 * DAY), now };
  const life = async (keyId: string) => {
    const found = await credentialLife(deps, portrait, keyId, span);
    if (found === null) throw new Error(`nothing is known of ${keyId}`);
    return found;
  };
  return { deps, portrait, life };
}

test("what rotations have read: the old one by whom, the new one when, and neither where nobody had to know", async () => {
  const policy = { retire: "after-evidence", maxAge: 300 * DAY, lifetime: 200 * DAY } as const;
  const bench = new Workbench({ endsIn: 200 * DAY, policy });
  const [old = ""] = bench.app.keyIds;
  const rotation = await bench.drive(is("verified"));
  const ours = rotation.issued?.keyId ?? "";
  expect((await (await portraitOf(bench)).life(ours)).use?.last ?? null).toBeNull();
  bench.entra.federation.signsIn(bench.app.appId, { keyId: ours });
  bench.entra.federation.signsIn(bench.app.appId, { keyId: old, client: "the mill", address: "192.0.2.7" });
  bench.clock.advance(2 * DAY);
  await bench.run();
  const { life } = await portraitOf(bench);
  expect((await life(ours)).use).toMatchObject({ readAt: expect.any(Number), last: { client: null } });
  expect((await life(old)).use?.last).toMatchObject({ client: "the mill", address: "192.0.2.7" });
});

test("the logs: others and Nolapse apart, what names no credential counted, who added what the books do not name", async () => {
  const bench = new Workbench();
  const [old = ""] = bench.app.keyIds;
  const rotation = await bench.drive(is("verified"));
  const ours = rotation.issued?.keyId ?? "";
  bench.entra.federation.signsIn(bench.app.appId, { keyId: old, succeeded: false });
  bench.entra.federation.signsIn(bench.app.appId, { keyId: null, unnamed: true });
  bench.clock.advance(DAY);
  const { deps, portrait, life } = await portraitOf(bench);
  const told = await credentialLog(deps, portrait, await life(old));
  expect(told.signIns.filter(({ own }) => !own).map(({ succeeded }) => succeeded)).toEqual([false]);
  expect(told).toMatchObject({ unnamed: 1, removed: null });
  const made = await credentialLog(deps, portrait, await life(ours));
  expect(made.signIns.every(({ own }) => own)).toBe(true);
  // the books name Nolapse, so the audit log was not asked
  expect(made.added).toBeNull();
  const asked = await credentialLog(deps, portrait, {
    row: (await life(ours)).row,
    made: { how: "unknown", by: null, at: null },
  });
  expect(asked.added?.after.map(({ keyId }) => keyId)).toContain(ours);
});
