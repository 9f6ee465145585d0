/**
 * Two writers on the lists of the same applications for 1,000 rounds under read lag: our engine, with everything that is
 * behind it in the program, and a tool that sends back lists it read before. The truth is the directory's own audit log.
 */
import { expect, test } from "vitest";
import { contest } from "../../scripts/certificate-writers.ts";

const LONG = 240_000;

test("by proof of possession nothing is lost through us", { timeout: LONG }, async () => {
  const { counts, problems } = await contest("addKey", 500, 1);
  expect(problems).toEqual([]);
  expect(counts).toMatchObject({ lostByUs: 0, revivedByUs: 0, undetected: 0 });
  expect(counts.rounds).toBeGreaterThanOrEqual(500);
  // else nobody would have been there to lose anything
  expect(counts.overlaps).toBeGreaterThan(100);
  expect(counts.lostByForeign).toBeGreaterThan(50);
});

test("by replacing the list every overlapping loss is seen, and put back or named", { timeout: LONG }, async () => {
  const { counts, problems } = await contest("patch", 500, 1);
  expect(problems).toEqual([]);
  const { restored, cameBack, judgedMeant, givenUp, reissued, overlapping } = counts;
  expect(counts.undetected).toBe(0);
  expect(restored + cameBack + judgedMeant + givenUp + reissued).toBe(overlapping);
  expect([counts.namedUnseen + counts.unseenBack, counts.namedRevived]).toEqual([counts.lostByUs, counts.revivedByUs]);
  expect(counts.rounds).toBeGreaterThanOrEqual(500);
  expect(counts.overlaps).toBeGreaterThan(100);
  expect(restored).toBeGreaterThan(50);
  expect(counts.lostByUs).toBeGreaterThan(10);
  expect(counts.removedOnPurpose).toBeGreaterThan(50);
});
