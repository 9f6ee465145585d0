/** Many applications rotated on one word, where one slot of an application can be asked for and another one cannot. */
import { expect, it, vi } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import { ask, askItems } from "../../src/engine/commands/rotate.ts";
import { askMany, faultOf, foreseeMany, rotationsOf, slotsNow } from "../../src/engine/commands/rotate-many.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { START, Workbench } from "../support/workbench.ts";

const how = { now: true, actor: "entra:ann" };

/** An application with the slots a and b, of which b has an open rotation. */
async function ready() {
  const bench = new Workbench({ endsIn: 300 * DAY });
  const [start, end] = [plus(START, -DAY), plus(START, 300 * DAY)];
  const secrets = ["a", "b"].map((name) => ({ name, start, end, value: `${name}~value` }));
  const { appId } = bench.entra.seed({ displayName: "Twin", secrets });
  const twin = (await discover(bench.deps())).holders.find((one) => one.appId === appId);
  const slots = (twin?.credentials ?? []).map(({ keyId, name }) => ({
    slot: name ?? "",
    current: keyId,
    targets: ["billing"],
  }));
  bench.settings = {
    ...bench.settings,
    bindings: [...bench.settings.bindings, { appId, policy: null, slots, consumers: "unknown", signIn: null }],
  };
  const deps = bench.deps();
  const picture = await pictureOf(deps, await discover(deps));
  const portrait = picture.find(appId);
  if (portrait === null) throw new Error("it is not in the picture");
  const items = await slotsNow(deps, picture, appId);
  const [open] = (await askItems(deps, items.slice(1), how)).rotations;
  if (open === undefined) throw new Error("none was opened");
  return { bench, deps, picture, portrait, open, appId };
}

it("keeps and counts what was opened where another process works on another slot of the application, which is said of that slot", async () => {
  const { deps, picture, portrait, bench } = await ready();
  vi.spyOn(bench.store, "amend").mockResolvedValue(false);
  const done = await askMany(deps, picture, [portrait], how);
  expect(done).toMatchObject([
    { asked: { opened: 1, refused: [], failed: [{ item: { slot: "b" }, error: { code: "store-busy" } }] } },
  ]);
  expect(rotationsOf(done).map(({ slot }) => slot)).toEqual(["a"]);
  expect(faultOf(done)).toBeNull();
});

it("gives a fault together with what was opened before it, in that application and in others", async () => {
  const { deps, picture, portrait, bench } = await ready();
  const other = picture.find(bench.app.appId);
  if (other === null) throw new Error("it is not in the picture");
  vi.spyOn(bench.store, "amend").mockRejectedValue(new TypeError("a fault"));
  const done = await askMany(deps, picture, [portrait, other], how);
  expect(rotationsOf(done).map(({ slot, displayName }) => [displayName, slot])).toEqual([
    ["Twin", "a"],
    ["Billing", "default"],
  ]);
  expect(faultOf(done)).toMatchObject({ code: "unexpected", message: "a fault" });
});

it("refuses one that is halted, foreseen and asked for, with the reason of the halt and what takes it up again", async () => {
  const { deps, picture, portrait, bench, open, appId } = await ready();
  const halted = { ...open, state: "halted", from: "planned", haltReason: "never-accepted", dueAt: null } as const;
  await bench.store.amend(open, { rotation: halted, audit: [] });
  await slotsNow(deps, picture, appId);
  const now = picture.find(appId) ?? portrait;
  const said = { because: "never-accepted", detail: expect.stringContaining("nolapse resume") };
  const { slots } = await foreseeMany(deps, picture, [now], true);
  expect(slots).toMatchObject([
    { slot: "a", outcome: "opens" },
    { slot: "b", outcome: "refused", ...said },
  ]);
  const done = await askMany(deps, picture, [portrait], how);
  expect(done).toMatchObject([{ asked: { opened: 1, refused: [{ slot: "b", ...said }], failed: [] } }]);
  // of one alone it is the same
  expect((await ask(deps, [appId], how)).refused).toMatchObject([{ slot: "b", ...said }]);
});
