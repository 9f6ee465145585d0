/** Each rule of the blast radius has a small tenant in which something bad happens once the rule is switched off, and nothing with it. */
import { fork } from "node:child_process";
import { describe, expect, test } from "vitest";
import { RULES, type RuleName } from "../../scripts/mutants/rules.ts";
import { DAY, type EpochMs, HOUR } from "../../src/core/time.ts";
import { crashesByChance } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES } from "../../src/rehearse/plan/plan.ts";
import { rehearse } from "../../src/rehearse/rehearse.ts";
import { Chance } from "../../src/rehearse/stage/chance.ts";
import { memoryGround } from "./memory-ground.ts";
import { TENANTS } from "./rules/tenants.ts";

const at = (path: string) => new URL(path, import.meta.url);

/** What is bad in the rule's tenant when a process of its own has the rule switched off. */
function without(rule: RuleName): Promise<readonly string[]> {
  const worker = fork(at("./rules/worker.ts"), [rule], {
    execArgv: ["--import", at("../../scripts/mutants/plant.ts").href],
    env: { ...process.env, NOLAPSE_MUTANT: rule },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((done, fail) => {
    worker.once("message", (bad) => done(bad as readonly string[]));
    worker.once("exit", (code) => fail(new Error(`the tenant of ${rule} ended with ${code}`)));
  });
}

test("every rule has its tenant", () => {
  expect(RULES.map((one) => one.name).sort()).toEqual(Object.keys(TENANTS).sort());
});

describe.each(RULES)("$name", { timeout: 60_000 }, ({ name, mistake }) => {
  test("nothing bad happens with it", async () => {
    expect(await TENANTS[name]()).toEqual([]);
  });

  test(`without it: ${mistake}`, async () => {
    expect(await without(name)).not.toEqual([]);
  });
});

test.each([1, 2, 3])(
  "in the simulator, with processes that die, the ramp and the hourly limit hold: seed %i",
  async (seed) => {
    const chance = Chance.of(seed, "rules");
    const issued: EpochMs[] = [];
    const { findings } = await rehearse(memoryGround(), {
      seed,
      duration: 8 * DAY,
      crashes: crashesByChance(Chance.of(seed, "crashes"), 1 / 60),
      faults: false,
      plan: {
        // due, and not urgent before the end
        applications: Array.from({ length: 14 }, (_, index) => ({
          displayName: `application ${index + 1}`,
          policy: "quick",
          left: 19 * DAY + chance.between(0, 20) * HOUR,
          reloads: [HOUR],
        })),
        limits: { issuesPerHour: 2 },
        places: GOOD_PLACES,
      },
      observe: ({ port, method }, at) => void (port === "entra" && method === "addSecret" && issued.push(at)),
    });
    const most = (span: number, of = issued) =>
      Math.max(...of.map((from) => of.filter((at) => at >= from && at < from + span).length));
    expect(findings).toEqual([]);
    expect(issued.length).toBeGreaterThan(5);
    expect(most(HOUR)).toBeLessThanOrEqual(2);
    const first = issued[0] ?? 0;
    expect(
      most(
        DAY,
        issued.filter((at) => at < first + 28 * HOUR),
      ),
    ).toBe(1);
  },
);
