/** The books of the rehearsal about limits, freezes and evidence find what breaks a rule, and nothing where none is broken. */
import { describe, expect, test } from "vitest";
import { completePolicy, type PolicyInput } from "../../src/core/policy/policy.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { Committed } from "../../src/rehearse/watch/committed.ts";
import { RuleBooks } from "../../src/rehearse/watch/rule-books.ts";
import { attempt, NOW, rotation } from "../core/make.ts";

const isAsked = ({ removal }: Rotation) => removal !== undefined;
const APPLIED = { ok: true, value: { outcome: "applied" } } as const;

function world(limits: { readonly issuesPerHour: number } | null = { issuesPerHour: 2 }) {
  const rotations = new Committed();
  const persons = { isLeaked: ({ emergency }: Rotation) => emergency !== undefined, isAsked };
  const books = new RuleBooks({ rotations, limits, timeZone: "Europe/Amsterdam", said: persons });
  const add = (id: string, parts: Partial<Rotation> = {}, policy: PolicyInput = {}) => {
    const holder = { type: "application", objectId: `object ${id}`, appId: `app ${id}` } as const;
    const lasting = { lifetime: 90 * DAY, renewBefore: 30 * DAY, retire: "after-overlap", ...policy } as const;
    const one = rotation({ id, holder, replaces: `old ${id}`, replacesEnd: plus(NOW, 29 * DAY), displayName: id });
    rotations.set(id, { ...one, policy: completePolicy("one", lasting), ...parts });
  };
  const said = (method: string, id: string, at: EpochMs, outcome = APPLIED as Parameters<RuleBooks["after"]>[1]) => {
    const held = rotations.get(id)?.holder;
    const about = method === "addSecret" ? {} : `old ${id}`;
    return books.after({ port: "entra", method, args: [held, about] }, outcome, at).map(({ what }) => what);
  };
  /** So many that were clean long ago. */
  const clean = (count: number) => {
    const parts = { state: "retired", failures: 0, verifiedAt: plus(NOW, -40 * DAY) } as const;
    for (let index = 0; index < count; index += 1) add(`clean ${index}`, parts);
  };
  return { books, add, said, clean };
}

const verified = { state: "verified", verifiedAt: plus(NOW, -36 * DAY) } as const;

describe("ramp and hourly limit", () => {
  test("one a day while nothing is clean, and what is urgent beside it", () => {
    const { add, said } = world();
    add("a");
    add("b");
    add("urgent", { replacesEnd: plus(NOW, 10 * DAY) });
    expect(said("addSecret", "a", NOW)).toEqual([]);
    expect(said("addSecret", "urgent", plus(NOW, MINUTE))).toEqual([]);
    expect(said("addSecret", "b", plus(NOW, 2 * HOUR))).toEqual([
      "more than 1 credentials were created in a day of the ramp",
    ]);
  });

  test("two an hour once thirty are clean, what was refused aside", () => {
    const { add, said, clean } = world();
    clean(30);
    for (const id of ["a", "b", "c"]) add(id);
    expect(said("addSecret", "a", NOW)).toEqual([]);
    expect(said("addSecret", "b", NOW, { ok: true, value: { outcome: "not-applied" } })).toEqual([]);
    expect(said("addSecret", "b", NOW)).toEqual([]);
    expect(said("addSecret", "c", plus(NOW, 30 * MINUTE))).toEqual([
      "more credentials were created than the hourly limit allows",
    ]);
    expect(said("addSecret", "c", plus(NOW, 2 * HOUR))).toEqual([]);
  });

  test("what is urgent and meant in the same instant takes no room either", () => {
    const { add, said, clean } = world({ issuesPerHour: 1 });
    clean(30);
    add("slow", { attempts: [attempt({ startedAt: NOW })] });
    add("urgent", { replacesEnd: plus(NOW, 10 * DAY), attempts: [attempt({ startedAt: NOW })] });
    add("second", { attempts: [attempt({ startedAt: NOW })] });
    expect(said("addSecret", "urgent", NOW)).toEqual([]);
    expect(said("addSecret", "slow", plus(NOW, 10 * SECOND))).toEqual([]);
    expect(said("addSecret", "second", plus(NOW, 10 * SECOND))).toHaveLength(1);
  });

  test("what is urgent and comes in between takes no room from what was meant before it, and from what is meant after it", () => {
    const { add, said } = world();
    const meant = (at: EpochMs) => ({ attempts: [attempt({ startedAt: at })] });
    const urgent = { replacesEnd: plus(NOW, 10 * DAY) };
    add("slow", meant(NOW));
    add("urgent", { ...urgent, ...meant(plus(NOW, 2 * SECOND)) });
    add("late", meant(plus(NOW, 3 * SECOND)));
    expect(said("addSecret", "urgent", plus(NOW, 2 * SECOND))).toEqual([]);
    expect(said("addSecret", "slow", plus(NOW, 12 * SECOND))).toEqual([]);
    expect(said("addSecret", "late", plus(NOW, 13 * SECOND))).toHaveLength(2);
  });

  test("nothing where they are off", () => {
    const { add, said } = world(null);
    for (const id of ["a", "b", "c"]) add(id);
    for (const id of ["a", "b", "c"]) expect(said("addSecret", id, NOW)).toEqual([]);
  });
});

test("one in the first wave, asked for twice or not, and more after 28 hours", () => {
  const { add, said } = world();
  for (const id of ["a", "b"]) add(id, verified);
  expect(said("removeSecret", "a", NOW)).toEqual([]);
  expect(said("removeSecret", "a", plus(NOW, MINUTE))).toEqual([]);
  expect(said("removeSecret", "b", plus(NOW, 27 * HOUR))).toEqual(["a second one was retired early in the first wave"]);
  expect(said("removeSecret", "b", plus(NOW, 28 * HOUR))).toEqual([]);
});

test("nothing while a freeze is in force, by the tenant's own calendar", () => {
  const { add, said } = world();
  // 2026-03-01 in Amsterdam begins at 23:00 UTC of the day before
  const midnight = Date.UTC(2026, 2, 1) - HOUR;
  add("a", {}, { freeze: [{ from: "2026-03-01", to: "2026-03-01", reason: "audit" }] });
  const during = ["a credential was created while a freeze of a was in force"];
  expect(said("addSecret", "a", (midnight - MINUTE) as EpochMs)).toEqual([]);
  expect(said("addSecret", "a", (midnight + 26 * HOUR) as EpochMs)).toEqual([]);
  const { add: again, said: told } = world();
  again("a", {}, { freeze: [{ from: "2026-03-01", to: "2026-03-01", reason: "audit" }] });
  expect(told("addSecret", "a", (midnight + HOUR) as EpochMs)).toEqual(during);
  // by a clock that is some minutes ahead it is over
  const { add: ahead, said: early } = world();
  ahead("a", {}, { freeze: [{ from: "2026-03-01", to: "2026-03-01", reason: "audit" }] });
  expect(early("addSecret", "a", (midnight + DAY - 5 * SECOND) as EpochMs)).toEqual([]);
});

describe("evidence", () => {
  const evidenced = () => {
    const made = world();
    made.add("a", verified, { retire: "after-evidence", evidenceWindow: 35 * DAY });
    return made;
  };

  test("is a use of the new one, and none of the old one for the whole window", () => {
    const { books, said } = evidenced();
    books.signedIn("app a", "new a", plus(NOW, -DAY));
    expect(said("removeSecret", "a", NOW)).toEqual([]);
  });

  test("is missing where the old one was used within the window", () => {
    const { books, said } = evidenced();
    books.signedIn("app a", "old a", plus(NOW, -20 * DAY));
    books.signedIn("app a", "new a", plus(NOW, -DAY));
    expect(said("removeSecret", "a", NOW)).toEqual([
      "key id old a was removed early although it was used within the evidence window",
    ]);
  });

  test("is missing where nobody uses the new one", () => {
    const { said } = evidenced();
    expect(said("removeSecret", "a", NOW)).toEqual([
      "key id old a was removed early although nobody has used another one since",
    ]);
  });

  test("is nobody's question where a person who was told of it has it removed", () => {
    const { add, said } = world();
    const told = { retire: "after-evidence", complete: true } as const;
    const removal = { at: NOW, actor: "entra:ann", why: "it is not used", told };
    add("a", { ...verified, removal }, { retire: "after-evidence", evidenceWindow: 35 * DAY });
    expect(said("removeSecret", "a", NOW)).toEqual([]);
  });
});

test("what has leaked waits for no ramp, no freeze and no wave, and is one of the wave for all others", () => {
  const { add, said } = world();
  const emergency = { at: NOW, actor: "entra:ann" };
  const freeze = [{ from: "2026-01-01", to: "2026-12-31", reason: "audit" }];
  add("new", {});
  add("leaking", { emergency }, { freeze });
  expect(said("addSecret", "new", NOW)).toEqual([]);
  expect(said("addSecret", "leaking", NOW)).toEqual([]);
  add("leaked", { ...verified, emergency }, { freeze });
  add("other", verified);
  expect(said("removeSecret", "leaked", NOW)).toEqual([]);
  expect(said("removeSecret", "other", plus(NOW, HOUR))).toEqual(["a second one was retired early in the first wave"]);
  add("leaked, too", { ...verified, emergency });
  expect(said("removeSecret", "leaked, too", plus(NOW, HOUR))).toEqual([]);
});

test("a restored store knows the waves from before its backup, and none after it", () => {
  const retired = () => {
    const made = world();
    for (const id of ["a", "b", "c"]) made.add(id, verified);
    expect(made.said("removeSecret", "a", NOW)).toEqual([]);
    expect(made.said("removeSecret", "b", plus(NOW, 30 * HOUR))).toEqual([]);
    return made;
  };
  const known = retired();
  known.books.forget(plus(NOW, HOUR));
  expect(known.said("removeSecret", "b", plus(NOW, 31 * HOUR))).toEqual([]);
  expect(known.said("removeSecret", "c", plus(NOW, 32 * HOUR))).toEqual([]);
  const forgotten = retired();
  forgotten.books.forget(plus(NOW, -HOUR));
  expect(forgotten.said("removeSecret", "b", plus(NOW, 31 * HOUR))).toEqual([]);
  expect(forgotten.said("removeSecret", "c", plus(NOW, 32 * HOUR))).toHaveLength(1);
});
