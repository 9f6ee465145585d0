/** Answers that are written straight from their schema: the same text as the long way's, and the same refusals. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { jsonText } from "../../src/http/json-text.ts";
import { HOSTILE } from "./stage-tenant.ts";

const schema = z.strictObject({
  text: z.string(),
  instant: z.iso.datetime(),
  day: z.iso.date().nullable(),
  count: z.int().nonnegative(),
  share: z.number(),
  most: z.number().max(5),
  yes: z.boolean(),
  what: z.enum(["one", "two"]),
  same: z.literal(["same", 3, null]),
  counts: z.record(z.string(), z.int()),
  none: z.strictObject({}),
  loose: z.looseObject({ id: z.string() }),
  either: z.union([z.string(), z.number()]),
  perhaps: z.string().optional(),
  rows: z.array(z.strictObject({ id: z.string(), more: z.array(z.boolean()).nullable() })),
});

const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(HOSTILE, "__proto__", '"\\', "\u2028\ud800é"));
const fits = fc.record(
  {
    text,
    instant: fc.constantFrom("2026-03-01T09:12:44Z", "2024-02-29T23:59:59.999Z"),
    day: fc.constantFrom(null, "2026-03-01"),
    count: fc.nat(),
    share: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(-0)),
    most: fc.constantFrom(5, -1.5),
    yes: fc.boolean(),
    what: fc.constantFrom("one", "two"),
    same: fc.constantFrom("same", 3, null),
    counts: fc.dictionary(text, fc.integer(), { noNullPrototype: true }),
    none: fc.constant({}),
    loose: fc.constant({ id: "a", more: [1] }),
    either: fc.constantFrom("a", 1),
    perhaps: text,
    rows: fc.array(fc.record({ id: text, more: fc.option(fc.array(fc.boolean())) }, { noNullPrototype: true }), {
      maxLength: 3,
    }),
  },
  {
    requiredKeys: [
      "text",
      "instant",
      "day",
      "count",
      "share",
      "most",
      "yes",
      "what",
      "same",
      "counts",
      "none",
      "loose",
      "either",
      "rows",
    ],
    noNullPrototype: true,
  },
);

/** What both ways make of a value: its text, or why there is none. */
function bothOf(value: unknown): readonly [unknown, unknown] {
  const said = (work: () => string) => {
    try {
      return work();
    } catch (thrown) {
      return (thrown as z.ZodError).issues;
    }
  };
  return [said(() => jsonText(schema, value)), said(() => JSON.stringify(schema.parse(value)))];
}

test("what fits is written as it would be after a look, in the order of the schema", () => {
  fc.assert(
    fc.property(fits, fc.boolean(), (value, isTurned) => {
      const given = isTurned ? Object.fromEntries(Object.entries(value).toReversed()) : value;
      const [ours, theirs] = bothOf(given);
      expect(ours).toBe(theirs);
      expect(typeof ours).toBe("string");
    }),
  );
});

test("what does not fit is refused in the words of the schema, whatever it is and wherever", () => {
  const odd = fc.oneof(
    fc.anything(),
    fc.constantFrom(
      undefined,
      null,
      Number.NaN,
      2 ** 53,
      -1,
      1.5,
      "2026-13-01T00:00:00Z",
      "2026-03-01",
      {},
      [],
      [[]],
      "three",
    ),
  );
  const name = fc.constantFrom(...Object.keys(schema.shape), "unnamed");
  fc.assert(
    fc.property(fits, name, odd, (value, key, other) => {
      const [ours, theirs] = bothOf({ ...value, [key]: other });
      expect(ours).toEqual(theirs);
    }),
    { numRuns: 500 },
  );
  for (const whole of [null, [], "text", 3, undefined]) {
    const [ours, theirs] = bothOf(whole);
    expect(ours).toEqual(theirs);
  }
});

test("nothing goes out that no schema names, at any depth", () => {
  const deep = z.strictObject({ rows: z.array(z.strictObject({ id: z.string() })) });
  expect(() => jsonText(deep, { rows: [{ id: "a", secret: "b" }] })).toThrow("secret");
  expect(jsonText(deep, { rows: [{ id: "a" }] })).toBe('{"rows":[{"id":"a"}]}');
});
