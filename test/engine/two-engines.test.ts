/** Two manager processes on one store that both find room for one more at the same instant: only one of them may take it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/open.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { openDue } from "../../src/engine/plan/open.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import type { Store } from "../../src/ports/store.ts";
import { SmallTenant } from "../simulation/rules/tenant.ts";

/** What each is about to store when it goes on: what both have judged by the same numbers. */
const COUNTED = ["issue-intended", "retire-intended"];

/** Lets nobody pass until everybody who has not left is there. */
class Barrier {
  #members: number;
  #waiting: (() => void)[] = [];

  constructor(members: number) {
    this.#members = members;
  }

  arrive(): Promise<void> {
    return new Promise((pass) => {
      this.#waiting.push(pass);
      this.#open();
    });
  }

  leave(): void {
    this.#members -= 1;
    this.#open();
  }

  #open(): void {
    if (this.#waiting.length < this.#members) return;
    for (const pass of this.#waiting.splice(0)) pass();
  }
}

/** The store as one process has it, which waits before it stores what is counted. */
function waiting(store: Store, barrier: Barrier): Store {
  return new Proxy(store, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      if (key !== "commit") return member.bind(target);
      return async (...[claim, change]: Parameters<Store["commit"]>) => {
        if (change.audit.some(({ action }) => COUNTED.includes(action))) await barrier.arrive();
        return store.commit(claim, change);
      };
    },
  });
}

function processes(): (barrier: Barrier) => Store[] {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-"));
  const stores = ["one", "two"].map((owner) =>
    openSqliteStore({ path: join(folder, "nolapse.db"), lease: { owner, mayBeAlive: () => true } }),
  );
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return (barrier) => stores.map((store) => waiting(store, barrier));
}

/** Both at once, each with a rotation of its own in hand, from the `first` on. */
async function together(tenant: SmallTenant, open: (barrier: Barrier) => Store[], first = 0): Promise<void> {
  const barrier = new Barrier(2);
  const rotations = await open(barrier)[0]?.rotations({});
  const run = (store: Store, process: number) =>
    runOnce({ ...tenant.deps(), store }, { wait: 0, only: [rotations?.[first + process]?.id ?? ""] }).finally(() =>
      barrier.leave(),
    );
  await Promise.all(open(barrier).map(run));
}

/** One process alone takes the first rotation as far as it comes by itself. */
async function alone(tenant: SmallTenant, open: (barrier: Barrier) => Store[]): Promise<void> {
  const [store] = open(new Barrier(1));
  if (store === undefined) throw new Error("there is no store");
  const [rotation] = await store.rotations({});
  for (let minutes = 0; minutes < 12; minutes += 2) {
    await runOnce({ ...tenant.deps(), store }, { wait: 0, only: [rotation?.id ?? ""] });
    tenant.pass(2 * MINUTE);
  }
  expect((await store.rotation(rotation?.id ?? ""))?.state).toBe("verified");
}

/** So many applications that are due, their rotations opened and nothing begun. */
async function opened(limits: { readonly issuesPerHour: number } | null, count = 2) {
  const tenant = new SmallTenant({ ends: Array.from({ length: count }, () => 50 * DAY), settings: { limits } });
  const open = processes();
  const [store] = open(new Barrier(1));
  if (store === undefined) throw new Error("there is no store");
  const deps = { ...tenant.deps(), store };
  expect(await openDue(deps, await makePlan(deps, await discover(deps)))).toBe(count);
  return { tenant, open };
}

const LIMITS = { issuesPerHour: 60 };

test("of two processes that find the one place of the ramp, one issues", async () => {
  const { tenant, open } = await opened(LIMITS);
  await together(tenant, open);
  expect(tenant.of("issue")).toHaveLength(1);
  tenant.pass(30 * HOUR);
  await together(tenant, open);
  expect(tenant.of("issue"), "the next day takes the other").toHaveLength(2);
});

test("of two that find the one place of the hour, one issues, and the other an hour later", async () => {
  const { tenant, open } = await opened(null, 3);
  await alone(tenant, open);
  // clean by then: the ramp gives five a day, so the hour alone decides
  tenant.pass(30 * HOUR);
  tenant.settings = { ...tenant.settings, limits: { issuesPerHour: 1 } };
  await together(tenant, open, 1);
  expect(tenant.of("issue")).toHaveLength(2);
  tenant.pass(59 * MINUTE);
  await together(tenant, open, 1);
  expect(tenant.of("issue")).toHaveLength(2);
  tenant.pass(2 * MINUTE);
  await together(tenant, open, 1);
  expect(tenant.of("issue"), "the next hour takes the other").toHaveLength(3);
});

test("of two that find the one place of the first wave, one retires", async () => {
  const { tenant, open } = await opened(null);
  for (let minutes = 0; minutes < 12; minutes += 2) {
    await together(tenant, open);
    tenant.pass(2 * MINUTE);
  }
  expect(tenant.of("issue")).toHaveLength(2);
  tenant.settings = { ...tenant.settings, limits: LIMITS };
  tenant.pass(4 * DAY);
  await together(tenant, open);
  expect(tenant.of("remove")).toHaveLength(1);
  tenant.pass(2 * DAY);
  await together(tenant, open);
  expect(tenant.of("remove"), "the next wave takes the other").toHaveLength(2);
});
