/** A large tenant is taken in slice by slice: so many applications are looked at and no more before others have their turn. */
import { expect, test } from "vitest";
import type { Holder } from "../../src/core/credentials/credential.ts";
import { SLICE } from "../../src/core/slices.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { noticeDrift } from "../../src/engine/scan/drift.ts";
import { noteUnknownMarks } from "../../src/engine/scan/recognise.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { Workbench } from "../support/workbench.ts";

const MANY = 12 * SLICE;

/** Applications like one, each of which says when it is looked at. */
function like(one: Holder, looked: (number: number) => void): Holder[] {
  return Array.from({ length: MANY }, (_, number) => {
    const credentials = one.credentials.map((its) => ({ ...its, keyId: `${its.keyId} ${number}` }));
    const own = { ...one, objectId: `object ${number}`, appId: `app ${number}`, displayName: `Fleet ${number}` };
    return {
      ...own,
      get credentials() {
        looked(number);
        return credentials;
      },
      get appId() {
        looked(number);
        return own.appId;
      },
    };
  });
}

test.each([
  ["its picture", pictureOf],
  [
    "what carries our marker",
    (deps: Deps, scan: Parameters<typeof pictureOf>[1]) => noteUnknownMarks(deps, scan.holders),
  ],
  ["what changed without us", noticeDrift],
  ["its plan", makePlan],
] as const)("%s is made in slices", async (_what, work) => {
  const bench = new Workbench({});
  const scan = await discover(bench.deps());
  const [one] = scan.holders;
  if (one === undefined) throw new Error("the bench has no application");
  const now = new Set<number>();
  const slices: number[] = [];
  const all = new Set<number>();
  const holders = like(one, (number) => {
    now.add(number);
    all.add(number);
  });
  const deps = bench.deps();
  const turn = async () => {
    slices.push(now.size);
    now.clear();
  };
  await work({ ...deps, scheduler: { ...deps.scheduler, turn } }, { ...scan, holders });
  slices.push(now.size);
  expect(all.size).toBe(MANY);
  expect(slices.length).toBeGreaterThanOrEqual(MANY / SLICE);
  // the last slice of one piece of work and the first of the next may meet
  expect(Math.max(...slices)).toBeLessThanOrEqual(2 * SLICE);
});

test("bindings whose plans ask the store are planned so many at a time", async () => {
  const bench = new Workbench({});
  const scan = await discover(bench.deps());
  const deps = bench.deps();
  const [binding] = deps.settings.bindings;
  if (binding === undefined) throw new Error("the bench binds nothing");
  const bindings = Array.from({ length: 300 }, (_, number) => ({ ...binding, appId: `app ${number}` }));
  const asked = [0];
  const store = {
    ...deps.store,
    ledger: async (_tenantId: string, of: string | readonly string[]) => {
      asked[asked.length - 1] = (asked.at(-1) ?? 0) + [of].flat().length;
      return [];
    },
  };
  const turn = async () => void asked.push(0);
  const many = { ...deps, store, settings: { ...deps.settings, bindings }, scheduler: { ...deps.scheduler, turn } };
  expect((await makePlan(many, scan)).items.length).toBeGreaterThanOrEqual(300);
  expect(asked.reduce((a, b) => a + b)).toBe(300);
  expect(Math.max(...asked)).toBeLessThanOrEqual(50);
});
