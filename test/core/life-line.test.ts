/** The segments that a page draws: what worked, what is on record, what is only forecast; and a lapse is never rounded away. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Known, lastLapse, lifeLine, thumbprintOf } from "../../src/core/pictures/life-line.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { forecast } from "../../src/core/schedule/forecast.ts";
import { DAY, type EpochMs, HOUR, plus } from "../../src/core/time.ts";
import { certificate, issued, NOW, rotation } from "./make.ts";

const policy = completePolicy("p", { lifetime: 90 * DAY, renewBefore: 30 * DAY, overlap: 7 * DAY });
const SPAN = { from: plus(NOW, -365 * DAY), to: plus(NOW, 365 * DAY), now: NOW };

function known(parts: Partial<Known> = {}): Known {
  const all = { keyId: "k1", start: plus(NOW, -100 * DAY), end: plus(NOW, 80 * DAY), ...parts };
  return {
    kind: "secret",
    name: "n",
    hint: "abc",
    thumbprint: null,
    removedAt: null,
    origin: "foreign",
    current: true,
    signsIn: true,
    forecast: null,
    policy: null,
    reason: null,
    renewed: false,
    ...all,
  };
}

const shapes = (all: readonly Known[], rotations = [] as ReturnType<typeof rotation>[]) =>
  lifeLine(all, rotations, SPAN).rows.map(({ keyId, segments }) => [
    keyId,
    ...segments.map(({ tense, what, from, to }) => `${tense} ${what} ${(from - NOW) / DAY}..${(to - NOW) / DAY}`),
  ]);

describe("one credential", () => {
  test("worked until now, and is on record to its end", () => {
    expect(shapes([known()])).toEqual([["k1", "happened worked -100..0", "recorded valid 0..80"]]);
  });
  test("that is not valid yet has not worked", () => {
    expect(shapes([known({ start: plus(NOW, DAY) })])).toEqual([["k1", "recorded valid 1..80"]]);
  });
  test("that was removed shows the end it would have had", () => {
    const other = known({ keyId: "k2" });
    const gone = known({ removedAt: plus(NOW, -10 * DAY), current: false });
    expect(shapes([gone, other])[1]).toEqual(["k1", "happened worked -100..-10", "recorded removed -10..80"]);
  });
  test("that has ended while another one works is only a leftover", () => {
    const old = known({ end: plus(NOW, -5 * DAY), current: false });
    expect(shapes([old, known({ keyId: "k2" })])[1]).toEqual([
      "k1",
      "happened worked -100..-5",
      "happened ended -5..0",
    ]);
  });
  test("that was the last leaves a lapse, to the next start or to now", () => {
    const old = known({ end: plus(NOW, -5 * DAY) });
    expect(shapes([old])[0]).toContain("happened lapse -5..0");
    const late = known({ keyId: "k2", start: plus(NOW, -5 * DAY + 3 * HOUR) });
    expect(shapes([old, late]).find(([id]) => id === "k1")).toContain(`happened lapse -5..${-5 + 3 / 24}`);
    // what only signs SAML tokens signs nobody in, and cannot lapse
    expect(shapes([known({ end: plus(NOW, -5 * DAY), signsIn: false })])[0]).not.toContain("happened lapse -5..0");
  });
  test("without an end goes on", () => {
    expect(lifeLine([known({ end: null })], [], SPAN).rows[0]?.segments.at(-1)?.to).toBeGreaterThan(SPAN.to);
  });
});

test("the last lapse that is over is found, and one that goes on is not", () => {
  const at = (days: number) => plus(NOW, days * DAY);
  const rows = (all: readonly Known[]) => lifeLine(all, [], SPAN).rows;
  const first = known({ start: at(-100), end: at(-60) });
  const second = known({ keyId: "k2", start: at(-55), end: at(-30) });
  const third = known({ keyId: "k3", start: at(-28), end: at(80) });
  expect(lastLapse(rows([first, second, third]), NOW)).toMatchObject({ from: at(-30), to: at(-28) });
  expect(lastLapse(rows([first, second]), NOW)).toMatchObject({ from: at(-60), to: at(-55) });
  expect(lastLapse(rows([first]), NOW)).toBeNull();
});

test("an overlap is in both rows at the same time, and its part to come is forecast", () => {
  const at = plus(NOW, -2 * DAY);
  const open = rotation({
    replaces: "k1",
    replacesEnd: plus(NOW, 10 * DAY),
    issued: issued({ keyId: "k2", at }),
    verifiedAt: at,
    state: "verified",
  });
  const rows = shapes([known({ end: plus(NOW, 10 * DAY), current: false }), known({ keyId: "k2", start: at })], [open]);
  for (const row of rows) {
    expect(row).toContain("happened overlap -2..0");
    expect(row).toContain("forecast overlap 0..10");
  }
  // what goes before its end overlaps no longer than that
  const goes = new Map([[open.id, plus(NOW, 5 * DAY)]]);
  const until = (one: Known) =>
    lifeLine([one], [open], SPAN, goes).rows[0]?.segments.find((its) => its.tense === "forecast");
  expect(until(known({ end: plus(NOW, 10 * DAY), current: false }))?.to).toBe(plus(NOW, 5 * DAY));
  expect(until(known({ keyId: "k2", start: at }))?.to).toBe(plus(NOW, 5 * DAY));
  const [made] = lifeLine([known({ keyId: "k2", start: at })], [open], SPAN).rows;
  expect(made).toMatchObject({
    rotation: open.id,
    proofs: { issued: at, verified: at, retired: null },
    copies: open.deliveries.length,
    assurance: open.assurance,
  });
  const [other] = lifeLine([known()], [], SPAN).rows;
  expect(other).toMatchObject({ proofs: null, copies: null, assurance: null });
});

test("successors follow one upon another where a plan renews, and only there", () => {
  const ends = forecast({ keyId: "k1", start: plus(NOW, -100 * DAY), end: plus(NOW, 80 * DAY) }, policy, [], NOW);
  const managed = known({ forecast: ends, policy, renewed: true });
  const { successors } = lifeLine([managed], [], SPAN);
  expect(successors.length).toBeGreaterThan(3);
  for (const [index, one] of successors.entries()) {
    expect(one.to - one.from).toBe(90 * DAY);
    // no gap: each begins before the one before it ends
    expect(one.from).toBeLessThan(successors[index - 1]?.to ?? plus(NOW, 80 * DAY));
  }
  expect(lifeLine([{ ...managed, renewed: false }], [], SPAN).successors).toEqual([]);
});

describe("a removal that is only planned", () => {
  const early = completePolicy("p", {
    ...{ lifetime: 90 * DAY, renewBefore: 30 * DAY, overlap: 7 * DAY },
    retire: "after-overlap",
  });
  const ends = forecast({ keyId: "k1", start: plus(NOW, -100 * DAY), end: plus(NOW, 80 * DAY) }, early, [], NOW);
  const renewAt = ((ends?.rotateAt ?? 0) - NOW) / DAY;
  const managed = known({ forecast: ends, policy: early, renewed: true });
  const goesAt = (
    one: Known,
    rotations: ReturnType<typeof rotation>[] = [],
    goes = new Map<string, EpochMs | null>(),
  ) => lifeLine([one], rotations, SPAN, goes).rows[0]?.goesAt;

  test("is where the overlap with the successor is over, and on record is only what comes before it", () => {
    expect(shapes([managed])).toEqual([
      [
        "k1",
        "happened worked -100..0",
        `recorded valid 0..${renewAt + 7}`,
        `forecast overlap ${renewAt}..${renewAt + 7}`,
        `forecast removed ${renewAt + 7}..80`,
      ],
    ]);
    expect(goesAt(managed)).toBe(plus(NOW, (renewAt + 7) * DAY));
    expect(lifeLine([managed], [], SPAN).successors[0]?.overlapUntil).toBe(goesAt(managed));
  });

  test("is none where it lives to its own end, nobody renews it, it has ended or is gone", () => {
    const late = completePolicy("q", {
      lifetime: 90 * DAY,
      renewBefore: 30 * DAY,
      overlap: 7 * DAY,
      retire: "at-expiry",
    });
    expect(goesAt({ ...managed, policy: late })).toBeNull();
    expect(shapes([{ ...managed, policy: late }])[0]).toContain(`forecast overlap ${renewAt}..80`);
    expect(goesAt({ ...managed, renewed: false })).toBeNull();
    expect(goesAt({ ...managed, removedAt: plus(NOW, -DAY) })).toBeNull();
    expect(goesAt({ ...managed, end: plus(NOW, -DAY) })).toBeNull();
  });

  test("of a rotation is when that retires it, and not before now", () => {
    const open = rotation({ replaces: "k1", issued: issued({ keyId: "k2", at: plus(NOW, -DAY) }), state: "verified" });
    const old = known({ current: false });
    expect(goesAt(old, [open], new Map([[open.id, plus(NOW, 5 * DAY)]]))).toBe(plus(NOW, 5 * DAY));
    expect(goesAt(old, [open], new Map([[open.id, plus(NOW, -DAY)]]))).toBe(NOW);
    expect(goesAt(old, [open], new Map([[open.id, plus(NOW, 81 * DAY)]]))).toBeNull();
    expect(goesAt(old, [open])).toBeNull();
  });
});

test("whatever the dates, segments lie in order in the span's reach and none is empty", () => {
  const instant = fc.integer({ min: NOW - 900 * DAY, max: NOW + 900 * DAY }).map((ms) => ms as EpochMs);
  const any = fc.record({
    start: fc.option(instant),
    end: fc.option(instant),
    removedAt: fc.option(instant),
    keyId: fc.uuid(),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 6 }), (parts) => {
      for (const { segments } of lifeLine(
        parts.map((one) => known(one)),
        [],
        SPAN,
      ).rows) {
        for (const { from, to, tense, what } of segments) {
          expect(to).toBeGreaterThan(from);
          if (tense === "happened") expect(to).toBeLessThanOrEqual(NOW);
          if (what === "valid") expect(from).toBeGreaterThanOrEqual(NOW);
        }
      }
    }),
  );
});

test.each([
  ["a".repeat(40), "a".repeat(40)],
  // what the portal gives the entries of a certificate that signs SAML tokens
  ["b".repeat(64), null],
  [null, null],
])("of a certificate that was not read the identifier %s says as thumbprint %s", (customKeyIdentifier, thumbprint) => {
  expect(thumbprintOf(certificate("k", { customKeyIdentifier }))).toBe(thumbprint);
});
