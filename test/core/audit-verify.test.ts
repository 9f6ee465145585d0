/** Whatever is done to a sealed trail is found, and the entry is named. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createExaminer } from "../../src/adapters/seal/audit-key.ts";
import {
  type EntryLine,
  GENESIS,
  type HeaderLine,
  hashed,
  signed,
  type TrailLine,
} from "../../src/core/audit/audit-chain.ts";
import { readTrail, verifyTrail } from "../../src/core/audit/audit-verify.ts";
import { notary } from "../support/notary.ts";

const examiner = createExaminer();
const sealer = notary();

/** A trail of `length` entries with a checkpoint after every third. */
function trail(length: number, first = 1): TrailLine[] {
  const lines: TrailLine[] = [];
  let previous = first === 1 ? GENESIS : "7".repeat(64);
  const from = { position: first, previous };
  for (let position = first; position < first + length; position += 1) {
    const entry = {
      kind: "entry",
      tenant: "contoso",
      position,
      sequence: position * 2,
      at: "2027-01-01T00:00:00Z",
      actor: "nolapse",
      action: "issued",
      rotation: `r${position}`,
      appId: null,
      keyId: `key-${position}`,
      reason: null,
      request: null,
      keysBefore: ["a"],
      keysAfter: ["a", "b"],
      details: { "ünïcode \u2028": "x", end: position, early: false, none: null },
      previous,
    } as const;
    previous = examiner.digest(hashed(entry));
    lines.push({ ...entry, hash: previous });
    if (position % 3 !== 0) continue;
    const mark = { kind: "checkpoint", tenant: "contoso", position, hash: previous, at: entry.at } as const;
    lines.push({ ...mark, signature: sealer.sign(signed(mark)) });
  }
  const head = {
    kind: "header",
    version: 1,
    tenant: "contoso",
    exportedAt: "2027-02-01T00:00:00Z",
    from,
    to: { position: first + length - 1, hash: previous },
    publicKey: sealer.publicKey,
  } as const;
  return [{ ...head, signature: sealer.sign(signed(head)) }, ...lines];
}

const text = (lines: readonly unknown[]) => lines.map((one) => JSON.stringify(one)).join("\n");
const check = (lines: readonly unknown[], expected = {}) =>
  verifyTrail(readTrail(text(lines)), examiner, { publicKey: null, head: null, ...expected });
const isEntry = (line: TrailLine): line is EntryLine => line.kind === "entry";

/** Replaces the entry at a position. */
const altered = (lines: readonly TrailLine[], position: number, change: (line: EntryLine) => TrailLine[]) =>
  lines.flatMap((one) => (isEntry(one) && one.position === position ? change(one) : [one]));
const rehashed = (line: EntryLine): EntryLine => ({ ...line, hash: examiner.digest(hashed(line)) });

const FIELDS = ["at", "actor", "action", "rotation", "keyId", "tenant", "request"] as const;
const places = fc
  .integer({ min: 4, max: 25 })
  .chain((length) => fc.tuple(fc.constant(length), fc.integer({ min: 1, max: length })));
const named = (verdict: ReturnType<typeof check>) => verdict.findings.map(({ what, position }) => [what, position]);

describe("an intact trail", () => {
  it("passes, whole or from the middle on, and empty", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.constantFrom(1, 9), (length, first) => {
        const verdict = check(trail(length, first), { publicKey: sealer.publicKey });
        expect(verdict.findings).toEqual([]);
        expect(verdict).toMatchObject({ intact: true, entries: length, to: first + length - 1 });
      }),
    );
  });

  it("passes whatever the order of names in a line", () => {
    const turned = trail(5).map((line) => Object.fromEntries(Object.entries(line).toReversed()));
    expect(check(turned).findings).toEqual([]);
  });
});

describe("tampering", () => {
  it("by an edit of any field names the entry", () => {
    fc.assert(
      fc.property(places, fc.constantFrom(...FIELDS), fc.boolean(), ([length, position], field, anew) => {
        const lines = altered(trail(length), position, (line) => {
          const edited = { ...line, [field]: `${line[field]}!` };
          return [anew ? rehashed(edited) : edited];
        });
        expect(named(check(lines))).toEqual([["edited", position]]);
      }),
    );
  });

  it("by an added property, another detail or another previous hash names the entry", () => {
    for (const more of [
      { note: "x" },
      { details: {} },
      { keysAfter: ["a"] },
      { previous: GENESIS },
      { hash: GENESIS },
    ]) {
      expect(named(check(altered(trail(8), 5, (line) => [{ ...line, ...more }])))).toEqual([["edited", 5]]);
    }
  });

  it("by removal names the entries, at the ends too", () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 3 }), ([length, position], count) => {
        const gone = (one: TrailLine) => isEntry(one) && one.position >= position && one.position < position + count;
        expect(named(check(trail(length).filter((one) => !gone(one))))).toEqual([["removed", position]]);
      }),
    );
  });

  it("by insertion names the line, whether its place is taken, beyond the end, or its hash made anew", () => {
    fc.assert(
      fc.property(places, fc.integer({ min: 0, max: 30 }), fc.boolean(), ([length, after], shift, anew) => {
        const lines = altered(trail(length), after, (line) => {
          const position = shift === 0 ? line.position : length + shift;
          const forged = { ...line, position, action: "forged" };
          return [line, anew ? rehashed(forged) : forged];
        });
        const verdict = check(lines);
        expect(verdict.findings.map((one) => one.what)).toEqual(["inserted"]);
        expect(verdict.findings[0]?.says).toContain("forged");
      }),
      { examples: [[[4, 4], 0, true]] },
    );
  });

  it("by another order names the entry that was moved", () => {
    fc.assert(
      fc.property(places, ([length, position]) => {
        fc.pre(position < length);
        const lines = trail(length);
        const at = (wanted: number) => lines.findIndex((one) => isEntry(one) && one.position === wanted);
        const [one, other] = [at(position), at(position + 1)];
        [lines[one], lines[other]] = [lines[other] as TrailLine, lines[one] as TrailLine];
        const found = named(check(lines));
        expect(found).toHaveLength(1);
        expect([
          ["re-ordered", position],
          ["re-ordered", position + 1],
        ]).toContainEqual(found[0]);
      }),
    );
  });

  it("by a whole chain made anew fails at what is signed", () => {
    fc.assert(
      fc.property(places, ([length, position]) => {
        let previous: string | null = null;
        const lines = trail(length).map((one) => {
          if (!isEntry(one) || one.position < position) return one;
          const line: EntryLine = rehashed({
            ...one,
            previous: previous ?? one.previous,
            ...(one.position === position ? { actor: "x" } : {}),
          });
          previous = line.hash;
          return line;
        });
        const verdict = check(lines);
        expect(verdict.intact).toBe(false);
        const first = verdict.findings[0]?.position ?? 0;
        expect(first).toBeGreaterThanOrEqual(position);
        // no later than the next checkpoint, or the signed end
        expect(first).toBeLessThanOrEqual(Math.min(Math.ceil(position / 3) * 3, length));
      }),
    );
  });

  it("of header, checkpoints or key is found", () => {
    const lines = trail(7);
    const head = lines[0] as HeaderLine;
    expect(check(lines.slice(1)).findings[0]?.what).toBe("removed");
    expect(check([{ ...head, to: { ...head.to, position: 6 } }, ...lines.slice(1)]).findings[0]?.what).toBe(
      "signature",
    );
    const forged = lines.map((one) => (one.kind === "checkpoint" ? { ...one, hash: GENESIS } : one));
    expect(named(check(forged))).toEqual([
      ["signature", 3],
      ["signature", 6],
    ]);
    expect(named(check(lines, { publicKey: notary().publicKey }))).toContainEqual(["key", null]);
    expect(check([...lines, "text", null]).findings.map((one) => one.line)).toEqual([11, 12]);
  });

  it("by cutting both off and signing anew is found by what was noted earlier", () => {
    const whole = trail(9);
    const noted = { position: 9, hash: (whole[0] as HeaderLine).to.hash };
    expect(check(whole, { head: noted }).intact).toBe(true);
    expect(named(check(trail(6), { head: noted }))).toEqual([["removed", 9]]);
    expect(named(check(trail(9, 1), { head: { position: 9, hash: GENESIS } }))).toEqual([["edited", 9]]);
  });
});
