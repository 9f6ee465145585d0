/** Memory of answers that is used again: never while somebody has it, and never more of it than fits. */
import { expect, test } from "vitest";
import { Slabs } from "../../src/http/slabs.ts";

test("what was given back is lent again, and what was not never is", () => {
  const slabs = new Slabs();
  const [one, other] = [slabs.take(100), slabs.take(200)];
  expect([one.bytes.length, other.bytes.length]).toEqual([100, 200]);
  expect(one.bytes.buffer).not.toBe(other.bytes.buffer);
  one.giveBack();
  const again = slabs.take(300);
  expect([again.bytes.buffer === one.bytes.buffer, again.bytes.length]).toEqual([true, 300]);
  expect(slabs.take(1).bytes.buffer).not.toBe(again.bytes.buffer);
});

test("a longer answer has memory of its own, and few wait to be used again", () => {
  const slabs = new Slabs();
  const long = slabs.take(1024 * 1024);
  expect(long.bytes.length).toBe(1024 * 1024);
  long.giveBack();
  const lent = Array.from({ length: 40 }, () => slabs.take(10));
  const before = new Set(lent.map(({ bytes }) => bytes.buffer));
  expect(before.size).toBe(40);
  for (const one of lent) one.giveBack();
  const after = Array.from({ length: 40 }, () => slabs.take(10).bytes.buffer);
  expect(after.filter((one) => before.has(one)).length).toBe(16);
  expect(after).not.toContain(long.bytes.buffer);
});
