/** A seed that finds something is told from the smallest world that still shows it. */
import { expect, test } from "vitest";
import { shows } from "../../scripts/simulate.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import type { Entra } from "../../src/ports/entra.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { type RehearsalOptions, rehearse } from "../../src/rehearse/rehearse.ts";
import type { Rehearsed } from "../../src/rehearse/report.ts";
import { smallest, type WorldSize } from "../../src/rehearse/smallest.ts";
import type { Ground } from "../../src/rehearse/stage/ground.ts";
import type { FindingKind } from "../../src/rehearse/watch/finding.ts";

const START = epochMs(Date.UTC(2026, 0, 1));

/** A world that shows a lapse on its 30th day as soon as it has four applications. */
function made({ applications, duration }: WorldSize): Rehearsed {
  const shows = applications >= 4 && duration >= 30 * DAY;
  const lapse = { kind: "lapse", at: plus(START, 29.5 * DAY), what: "", about: null, transcript: [] } as const;
  const report = {
    seed: 1,
    applicationYears: 1,
    steps: 1,
    lapses: shows ? 1 : 0,
    orphans: 0,
    breaks: 0,
    storyHash: "",
  };
  const none = { rotations: 0, retired: 0, halted: 0, crashes: 0, signIns: 0, troubles: 0, excused: 0 };
  const figures = { ...none, faults: [], words: {} };
  return { report, figures, findings: shows ? [lapse] : [] };
}

test("applications and time are left out as long as the finding stays", async () => {
  const asked: WorldSize[] = [];
  const size = { applications: 10, duration: 365 * DAY };
  const found = await smallest({ size, rehearsed: made(size) }, START, async (one) => {
    asked.push(one);
    return made(one);
  });
  expect(found.size).toEqual({ applications: 4, duration: 31 * DAY });
  expect(new Set(asked.map((one) => `${one.applications} ${one.duration}`)).size).toBe(asked.length);
});

test("a finding of another kind that comes earlier in a smaller world does not end it", async () => {
  const size = { applications: 10, duration: 365 * DAY };
  const lapse = made(size).findings[0];
  if (lapse === undefined) throw new TypeError("the made world shows nothing");
  const findings = [{ ...lapse, kind: "break" } as const, lapse];
  const found = await smallest({ size, rehearsed: made(size) }, START, async (one, kind) => {
    const enough = shows(kind);
    // as a rehearsal goes: it looks after each finding whether that is enough
    const seen = findings.slice(0, 1 + findings.findIndex((_, at) => enough({ findings: findings.slice(0, at + 1) })));
    return { ...made(one), findings: seen };
  });
  expect(found.size.applications).toBe(1);
});

/** The mistake of the peers: whatever is there goes before the new one is made. */
function deletingFirst(entra: Entra): Entra {
  const addSecret: Entra["addSecret"] = async (holder, asked, signal) => {
    const { holder: read } = await entra.read(holder, signal);
    for (const one of read.credentials) await entra.removeSecret(holder, one.keyId, signal);
    return entra.addSecret(holder, asked, signal);
  };
  return {
    page: (...asked) => entra.page(...asked),
    certificatePage: (...asked) => entra.certificatePage(...asked),
    grantPage: (...asked) => entra.grantPage(...asked),
    directoryRolePage: (...asked) => entra.directoryRolePage(...asked),
    read: (...asked) => entra.read(...asked),
    removeSecret: (...asked) => entra.removeSecret(...asked),
    addSecret,
  };
}

test("a real mistake, deleting first, is told from one application", async () => {
  const live = async ({ applications, duration }: WorldSize, kind?: FindingKind) => {
    const ground = await directoryGround({ seed: 1, start: START });
    const boot: Ground["boot"] = async (...process) => {
      const booted = await ground.boot(...process);
      return { ...booted, entra: deletingFirst(booted.entra) };
    };
    try {
      const enough: RehearsalOptions["enough"] =
        kind === undefined ? ({ findings }) => findings.length > 0 : shows(kind);
      return await rehearse({ ...ground, boot }, { seed: 1, duration, applications, enough, crashes: NO_CRASHES });
    } finally {
      await ground.end();
    }
  };
  const size = { applications: 3, duration: 200 * DAY };
  const rehearsed = await live(size);
  const found = await smallest({ size, rehearsed }, START, live);
  expect(found.size.applications).toBe(1);
  expect(found.size.duration).toBeLessThan(size.duration);
  expect(found.rehearsed.findings[0]?.kind).toBe(rehearsed.findings[0]?.kind);
  expect(found.rehearsed.findings[0]?.transcript.length).toBeGreaterThan(0);
});
