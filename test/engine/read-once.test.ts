/** What pages read once: never again while nothing has changed, always after a change, and nothing that is not of the whole tenant. */
import { expect, test } from "vitest";
import { readOnce } from "../../src/engine/views/read-once.ts";
import type { Store } from "../../src/ports/store.ts";

const OWN = "own";

/** Tells each reading as its own number. */
function counting(version: () => string | null) {
  let reads = 0;
  const read = async () => ++reads;
  const verbs = { switches: read, lastScan: read, rotations: read, slots: read };
  return { ...verbs, version: async () => version() } as unknown as Store;
}

const all = async (store: Store): Promise<readonly unknown[]> => [
  await store.switches("t"),
  await store.lastScan("t"),
  await store.rotations({ tenantId: "t", appId: OWN, states: ["planned"] }),
];

test("what is so of the whole tenant is read once for a version, and anew for another", async () => {
  let version = "1";
  const store = readOnce(
    counting(() => version),
    OWN,
  );
  expect([await all(store), await all(store)]).toEqual([
    [1, 2, 3],
    [1, 2, 3],
  ]);
  version = "2";
  expect([await all(store), await all(store)]).toEqual([
    [4, 5, 6],
    [4, 5, 6],
  ]);
  // of another tenant, or of other states, it is another answer
  expect(await store.switches("u")).toBe(7);
  expect(await store.rotations({ tenantId: "t", appId: OWN })).toBe(8);
});

test("what is of one application is read each time, and all of it where the store tells no version", async () => {
  const store = readOnce(
    counting(() => "1"),
    OWN,
  );
  const other = { tenantId: "t", appId: "another" };
  expect([await store.rotations(other), await store.rotations(other)]).toEqual([1, 2]);
  expect([await store.slots("t", OWN), await store.slots("t", OWN)]).toEqual([3, 4]);
  const unknown = readOnce(
    counting(() => null),
    OWN,
  );
  expect([await all(unknown), await all(unknown)]).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

test("a change while it is read is a change since, and a reading that failed is none", async () => {
  let version = "1";
  let answers: ((switches: unknown) => void)[] = [];
  const asked = { version: async () => version, switches: () => new Promise((give) => answers.push(give)) };
  const store = readOnce(asked as unknown as Store, OWN);
  const turn = () => new Promise((go) => setImmediate(go));
  const before = store.switches("t");
  await turn();
  version = "2";
  const after = store.switches("t");
  await turn();
  for (const [place, give] of answers.entries()) give(place);
  expect([await before, await after]).toEqual([0, 1]);
  answers = [];
  let fails = true;
  const failing = {
    version: async () => "1",
    switches: async () => {
      if (fails) throw new Error("busy");
      return "there";
    },
  };
  const again = readOnce(failing as unknown as Store, OWN);
  await expect(again.switches("t")).rejects.toThrow("busy");
  fails = false;
  expect(await again.switches("t")).toBe("there");
});
