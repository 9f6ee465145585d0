/** The simulator can fail: each mistake planted below the engine, or in what the world was told, is found. */
import { expect, test } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY } from "../../src/core/time.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { type RehearsalOptions, rehearse } from "../../src/rehearse/rehearse.ts";
import { hasFindings } from "../../src/rehearse/report.ts";
import type { Booted, Ground } from "../../src/rehearse/stage/ground.ts";
import { type MemoryGround, memoryGround } from "./memory-ground.ts";

const plan: WorldPlan = {
  applications: [
    { displayName: "one", policy: "quick", left: 25 * DAY, reloads: [60_000] },
    { displayName: "two", policy: "patient", left: 30 * DAY, reloads: [3_600_000, "hook"] },
  ],
  limits: null,
  places: GOOD_PLACES,
};
const quiet: RehearsalOptions = {
  seed: 1,
  duration: 120 * DAY,
  plan,
  crashes: NO_CRASHES,
  faults: false,
  enough: ({ findings }) => findings.length > 0,
};

/** The ground in memory with something wrong in every process that is started on it. */
function withMistake(plant: (booted: Booted, ground: MemoryGround) => Partial<Booted>): Ground {
  const ground = memoryGround();
  return {
    ...ground,
    async boot(clock, random, name) {
      const booted = await ground.boot(clock, random, name);
      return { ...booted, ...plant(booted, ground) };
    },
  };
}

/** The methods of a port with some of them replaced. */
function but<T extends object>(port: T, replaced: Partial<T>): T {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(key in replaced ? replaced : target, key);
      return typeof member === "function" ? member.bind(key in replaced ? replaced : target) : member;
    },
  });
}

test("without a mistake nothing is found", async () => {
  const { report } = await rehearse(memoryGround(), quiet);
  expect(hasFindings(report)).toBe(false);
});

test("a verifier that always says issued is a lapse once replication is slow", async () => {
  const ground = withMistake(({ verifier }, { entra }) => {
    entra.tokenLag = 2 * 3_600_000;
    return {
      verifier: but(verifier, {
        probe: async (signIn, value, signal) => ({
          ...(await verifier.probe(signIn, value, signal)),
          outcome: "issued",
          code: null,
        }),
      }),
    };
  });
  const { report, findings } = await rehearse(ground, quiet);
  expect(report.lapses).toBeGreaterThan(0);
  expect(findings[0]?.transcript.join("\n")).toContain("target.deliver");
});

test("a store that forgets commits is a break at the next look", async () => {
  let commits = 0;
  const ground = withMistake(({ store }) => ({
    store: but(store, {
      commit: async (claim, change) => {
        // of those after which it is claimed anew: what follows at once is decided on what the process still remembers
        if (change.release === true) commits += 1;
        return (change.release === true && commits % 4 === 0) || store.commit(claim, change);
      },
    }),
  }));
  const { report } = await rehearse(ground, { ...quiet, duration: 30 * DAY });
  expect(report.breaks).toBeGreaterThan(0);
});

test("a directory client that replaces all secrets by the new one is a lapse", async () => {
  const ground = withMistake(({ entra }, fake) => ({
    entra: but(entra, {
      addSecret: async (holder, secret) => {
        const before = fake.entra.keyIds(holder);
        const outcome = await entra.addSecret(holder, secret);
        for (const keyId of before) await entra.removeSecret(holder, keyId);
        return outcome;
      },
    }),
  }));
  const { report } = await rehearse(ground, quiet);
  expect(report.lapses).toBeGreaterThan(0);
});

test("reads that never show what we made leave orphans when an answer is lost", async () => {
  const ground = withMistake(({ entra }, fake) => {
    fake.entra.fail("addSecret", { fault: "lost-after" });
    return {
      entra: but(entra, {
        read: async (holder) => {
          const reading = await entra.read(holder);
          const credentials = reading.holder.credentials.filter((one) => !one.name?.includes("[nolapse:"));
          return { ...reading, holder: { ...reading.holder, credentials } };
        },
      }),
    };
  });
  const { report } = await rehearse(ground, quiet);
  expect(report.orphans).toBeGreaterThan(0);
});

test("a sealer that does not seal is a break", async () => {
  const ground = withMistake(({ sealer }) => ({
    sealer: but(sealer, {
      seal: async (value) => value.reveal(),
      open: async (sealed) => new SecretValue(sealed),
    }),
  }));
  const { report } = await rehearse(ground, quiet);
  expect(report.breaks).toBeGreaterThan(0);
});

test("a consumer that reloads later than its target says is a lapse", async () => {
  const told: WorldPlan = {
    ...plan,
    applications: [{ displayName: "one", policy: "quick", left: 25 * DAY, reloads: [20 * DAY], declared: [0] }],
  };
  const { report } = await rehearse(memoryGround(), { ...quiet, plan: told });
  expect(report.lapses).toBeGreaterThan(0);
});

test("a fence that is not looked at is a break when two hold one rotation", async () => {
  const ground = withMistake((_, { shelf }) => {
    const stale = shelf.leases;
    return {
      store: but(_.store, {
        commit: async (claim, change) => {
          const lease = stale.get(claim.rotation.id);
          if (lease !== undefined) stale.set(claim.rotation.id, { ...lease, fence: claim.fence });
          return _.store.commit(claim, change);
        },
        // hands out what somebody holds, too
        claim: async (request) => {
          shelf.leases.clear();
          return _.store.claim(request);
        },
      }),
    };
  });
  const { report } = await rehearse(ground, quiet);
  expect(report.breaks).toBeGreaterThan(0);
});
