/** Certificates in the simulator, on the real parts: the story repeats, and a crash at any effect leaves nothing undone. */
import { describe, expect, test } from "vitest";
import { huntOptions } from "../../scripts/mutants/hunt.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { type ApplicationPlan, GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { type RehearsalOptions, rehearse } from "../../src/rehearse/rehearse.ts";
import type { Rehearsed } from "../../src/rehearse/report.ts";
import type { Booted, Ground } from "../../src/rehearse/stage/ground.ts";
import type { Call } from "../../src/rehearse/stage/story.ts";
import { crashSweep } from "../../src/rehearse/sweep.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";

async function live(options: RehearsalOptions, plant: (booted: Booted) => Partial<Booted> = () => ({})) {
  const ground = await directoryGround({ seed: options.seed });
  const planted: Ground = {
    ...ground,
    async boot(clock, random, name) {
      const booted = await ground.boot(clock, random, name);
      return { ...booted, ...plant(booted) };
    },
  };
  try {
    return await rehearse(planted, options);
  } finally {
    await ground.end();
  }
}

function one(application: Partial<ApplicationPlan>): WorldPlan {
  const usual = { displayName: "one", policy: "certified", left: 15 * DAY, reloads: [MINUTE] };
  return { applications: [{ ...usual, ...application }], limits: null, places: GOOD_PLACES };
}

const quiet = { seed: 1, crashes: NO_CRASHES, faults: false } as const;

describe("a world of certificates", () => {
  test("is the same for the same seed, whatever the signatures are, and finds nothing", {
    timeout: 120_000,
  }, async () => {
    const calls: Record<string, number> = {};
    const observe = ({ port, method }: Call) => {
      if (port === "certificates") calls[method] = (calls[method] ?? 0) + 1;
    };
    const first = await live({ ...huntOptions("certificates", 3), observe });
    const second = await live(huntOptions("certificates", 3));
    expect(first.findings.map(tell)).toEqual([]);
    expect(second).toEqual(first);
    expect(first.figures.crashes).toBeGreaterThan(0);
    for (const method of ["addKey", "removeKey", "replaceCertificates"]) expect(calls[method]).toBeGreaterThan(0);
  });

  test("names a private key that is stored in the clear", { timeout: 60_000 }, async () => {
    const { findings } = await live(
      { ...quiet, duration: 5 * DAY, plan: one({ begins: "certificate" }) },
      ({ sealer }) => ({
        sealer: {
          seal: async (value) => value.reveal(),
          open: async (sealed) => new SecretValue(sealed),
          fingerprint: (value) => sealer.fingerprint(value),
        },
      }),
    );
    expect(findings.map(({ what }) => what)).toContain("a private key stands in the clear in store.commit");
    expect(findings.map(({ what }) => what)).toContain("a part of a private key stands in the clear in the store");
  });
});

/** What changes something; a crash after every single commit is what test/chaos does with real processes. */
const EFFECTS = new Set("open addKey removeKey removeSecret replaceCertificates issue seal deliver".split(" "));
const isEffect = ({ method }: Call) => EFFECTS.has(method);

describe("a crash at every effect", () => {
  test.each([
    ["of a certificate that is rolled by proof", { begins: "certificate" }],
    ["of a move from a secret, which replaces the list", { begins: "secret", reloads: [HOUR] }],
  ] as const)("%s", { timeout: 180_000 }, async (_, application) => {
    const swept = await crashSweep(() => directoryGround({ seed: 1 }), {
      seed: 1,
      plan: one(application),
      at: isEffect,
    });
    const said = swept.fallen.map(
      ({ call, moment, rehearsed }: { call: string; moment: string; rehearsed: Rehearsed }) =>
        [`${moment} ${call}: ${JSON.stringify(rehearsed.figures)}`, ...rehearsed.findings.map(tell)].join("\n"),
    );
    expect(said).toEqual([]);
    expect(swept.runs).toBeGreaterThanOrEqual(12);
  });
});
