/** The book of the rehearsal about pauses finds what is written for a rotation that a person holds, and nothing else. */
import { describe, expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { withWords } from "../../src/rehearse/plan/words.ts";
import { rehearse } from "../../src/rehearse/rehearse.ts";
import type { Call } from "../../src/rehearse/stage/story.ts";
import { Committed } from "../../src/rehearse/watch/committed.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";
import { PauseBooks } from "../../src/rehearse/watch/pause-books.ts";
import { writeOf } from "../../src/rehearse/watch/writes.ts";
import { attempt, issued, NOW, rotation } from "../core/make.ts";
import { memoryGround } from "./memory-ground.ts";

const APPLIED = { ok: true, value: { outcome: "applied" } } as const;

/** One rotation that is held, and what is said of each thing that is done for it. */
function held(parts: Partial<Rotation>, ...others: readonly Rotation[]) {
  const one = rotation({ id: "one", replaces: "old", ...parts });
  const books = new PauseBooks(Committed.of([...others, one].map((it) => [it.id, it])));
  books.pauses("one");
  const told = (port: Call["port"], method: string, ...args: unknown[]) =>
    books.after({ port, method, args }, APPLIED).map(({ what }) => what);
  const list = (added: readonly unknown[]) =>
    told("certificates", "replaceCertificates", one.holder, { kept: [], added });
  const consignment = { keyId: one.issued?.keyId ?? "", value: new SecretValue("new") };
  return {
    books,
    adds: () => told("entra", "addSecret", one.holder, {}),
    addsKey: (key: object = { keyId: "back" }) => told("certificates", "addKey", one.holder, key),
    removes: (keyId = "old") => told("entra", "removeSecret", one.holder, keyId),
    delivers: () => told("target", "deliver", one.deliveries[0]?.target, consignment),
    reads: () => told("entra", "read", one.holder),
    list,
  };
}

describe("while a person holds it", () => {
  test("nothing is created, delivered or removed; looking is free", () => {
    const planned = held({ state: "planned" });
    expect(planned.adds()).toEqual(["rotation one, which is planned, creates although a person has paused it"]);
    expect(planned.list([{}])).toHaveLength(1);
    expect(planned.reads()).toEqual([]);
    expect(held({ state: "accepted", issued: issued() }).delivers()).toEqual([expect.stringContaining("delivers")]);
    const verified = held({ state: "verified", issued: issued() });
    expect(verified.removes()).toEqual([expect.stringContaining("removes")]);
    expect(verified.removes("of another")).toEqual([]);
  });

  test("what its list has cost is put back, and that list leaves nothing out", () => {
    const nothing = { added: null, removed: null };
    const write = { ...nothing, at: NOW, since: NOW, round: 1, began: nothing, reads: [], restored: ["theirs"] };
    const mending = held({ state: "verified", issued: issued(), listWrite: write });
    expect([mending.list([]), mending.list([{ keyId: issued().keyId }])]).toEqual([[], []]);
    const retiring = held({ state: "verified", issued: issued(), listWrite: { ...write, removed: "old" } });
    expect(retiring.list([])).toEqual([expect.stringContaining("removes")]);
  });

  test("whatever else its lists do is none of that", () => {
    const nothing = { added: null, removed: null };
    const write = { ...nothing, at: NOW, since: NOW, round: 0, began: nothing, reads: [], restored: [] };
    const own = [{ keyId: issued().keyId }];
    const found = [expect.stringContaining("creates although a person has paused it")];
    // no intent says that anything was lost
    expect(held({ state: "verified", issued: issued() }).list(own)).toEqual(found);
    const begun = held({ state: "verified", issued: issued(), listWrite: write });
    expect([begun.list(own), begun.list([])]).toEqual([found, [expect.stringContaining("restores")]]);
    // it is another list that mends, of a rotation nobody holds
    const mends = { ...write, restored: ["theirs"] };
    const before = rotation({ id: "before", replaces: "oldest", state: "retired", listWrite: mends });
    expect(held({ state: "verified", issued: issued() }, before).list(own)).toEqual(found);
    const after = { ...write, at: plus(NOW, -MINUTE) };
    const later = rotation({ id: "before", replaces: "oldest", state: "retired", listWrite: after });
    expect(held({ state: "verified", issued: issued(), listWrite: mends }, later).list(own)).toEqual([]);
  });

  test("an undo puts nothing back, neither by a list nor by a key, whatever of a list is being mended", () => {
    const undo = { until: plus(NOW, DAY), keyId: "back", addedAt: null, removedAt: null };
    const none = { added: null, removed: null };
    const write = { ...none, at: NOW, since: NOW, round: 0, began: none, reads: [], restored: [] };
    const found = [expect.stringContaining("creates although a person has paused it")];
    for (const state of ["verified", "retired"] as const) {
      const asked = held({ state, issued: issued(), undo });
      expect([asked.list([{ keyId: "back" }]), asked.addsKey()], state).toEqual([found, found]);
      const listWrite = { ...write, added: "back", began: { ...none, added: "back" } };
      expect(held({ state, issued: issued(), undo, listWrite }).list([{ keyId: "back" }]), state).toEqual(found);
      const mending = { ...write, round: 1, restored: ["theirs"] };
      const both = held({ state, issued: issued(), undo, listWrite: mending });
      expect(both.list([{ keyId: "back" }]), `${state}, mending`).toEqual(found);
    }
  });

  test("of two rotations of one application the one that is held creates what is its own, and no other's undo", () => {
    const none = { added: null, removed: null };
    const listWrite = { ...none, at: NOW, since: NOW, round: 0, began: none, reads: [], restored: [] };
    const undo = { until: plus(NOW, DAY), keyId: "back", addedAt: null, removedAt: null };
    const old = issued({ keyId: "former" });
    const before = rotation({ id: "before", replaces: "oldest", state: "retired", issued: old, undo, listWrite });
    const made = { keyId: "new", certificate: "", start: NOW };
    const it = held({ state: "planned", attempts: [attempt({ certificate: made as never })] }, before);
    expect(it.list([{ keyId: "new" }])).toEqual([expect.stringContaining("rotation one, which is planned, creates")]);
    expect([it.list([{ keyId: "back" }]), it.addsKey({ keyId: "back" })], "nobody holds that one").toEqual([[], []]);
    expect(it.addsKey({ keyId: "new" })).toHaveLength(1);
  });

  test.each([
    ["he lets it go on", (books: PauseBooks) => books.continues("one"), 0],
    ["its value leaks", (books: PauseBooks) => books.leaks("old"), 0],
    ["another one's leaks", (books: PauseBooks) => books.leaks("new"), 1],
    ["an older store is brought back", (books: PauseBooks) => books.forget(), 0],
  ])("that is over when %s", (_, ends, found) => {
    const { books, removes } = held({ state: "verified", issued: issued({ keyId: "new" }) });
    ends(books);
    expect(removes()).toHaveLength(found);
  });
});

test("of an application that is held as a whole nothing is written for any rotation, but what a list has cost", () => {
  const { books, adds, removes, reads, list } = held({ state: "planned" });
  books.continues("one");
  expect([adds(), removes()]).toEqual([[], []]);
  const { appId } = rotation().holder;
  books.pausesWhole(appId);
  const found = ["something creates on an application that a person has paused"];
  expect([adds(), list([{}]), reads()]).toEqual([found, found, []]);
  expect(removes("of another")).toEqual([expect.stringContaining("something removes")]);
  books.continuesWhole(appId);
  expect(adds()).toEqual([]);
});

test("an undo waits with its application, to come back and to go again; what its list has cost is put back", () => {
  const undo = { until: plus(NOW, DAY), keyId: "back", addedAt: null, removedAt: null };
  const none = { added: null, removed: null };
  const write = { ...none, at: NOW, since: NOW, round: 0, began: none, reads: [], restored: [] };
  const whole = (parts: Partial<Rotation>) => {
    const one = held({ state: "retired", issued: issued(), undo, ...parts });
    one.books.continues("one");
    one.books.pausesWhole(rotation().holder.appId);
    return one;
  };
  const creates = ["something creates on an application that a person has paused"];
  expect(whole({}).addsKey()).toEqual(creates);
  expect(whole({ listWrite: { ...write, added: "back" } }).list([{ keyId: "back" }])).toEqual(creates);
  const sweeps = whole({ undo: { ...undo, addedAt: NOW }, listWrite: { ...write, removed: "back" } });
  expect(sweeps.list([])).toEqual(["something removes on an application that a person has paused"]);
  const mends = { ...write, round: 1, began: { ...none, added: "back" }, restored: ["back", "theirs"] };
  const mending = whole({ undo: { ...undo, addedAt: NOW }, listWrite: mends });
  expect([mending.list([]), mending.list([{ keyId: issued().keyId }])]).toEqual([[], []]);
  expect(mending.list([{ keyId: "back" }])).toEqual(creates);
});

test("the end of an undo is of the rotation that it belongs to", () => {
  const undo = { until: NOW, keyId: "back", addedAt: NOW, removedAt: null };
  const one = rotation({ id: "one", replaces: "old", state: "retired", issued: issued(), undo });
  const call = { port: "certificates", method: "removeKey", args: [one.holder, "back"] } as const;
  expect(writeOf(call, APPLIED, Committed.of([["one", one]]))).toMatchObject({ what: "removes", rotation: one });
});

test("in a world a whole application is held, goes on afterwards and comes to its end, with nothing found", async () => {
  const plan: WorldPlan = {
    applications: [{ displayName: "one", policy: "quick", left: 30 * DAY, reloads: [MINUTE] }],
    limits: null,
    places: GOOD_PLACES,
    words: (["issued", "verified"] as const).map((state) => ({
      ...{ at: 0, application: "one", what: "application-paused", lasts: 30 * HOUR },
      moment: { states: [state], later: MINUTE },
    })),
  };
  const options = { seed: 1, duration: 29 * DAY, plan, crashes: NO_CRASHES, faults: false } as const;
  const { findings, figures } = await rehearse(memoryGround(), options);
  expect(findings.map(tell)).toEqual([]);
  expect(figures).toMatchObject({ retired: 1, words: { "application-paused": 2 } });
  expect(figures.words["application-paused done"]).toBeGreaterThanOrEqual(2);
});

test("in a world it is held, goes on afterwards and comes to its end, with nothing found", async () => {
  const plan: WorldPlan = {
    applications: [{ displayName: "one", policy: "quick", left: 30 * DAY, reloads: [MINUTE] }],
    limits: null,
    places: GOOD_PLACES,
    words: (["issued", "verified"] as const).map((state) => ({
      ...{ at: 0, application: "one", what: "paused", lasts: 30 * HOUR },
      moment: { states: [state], later: MINUTE },
    })),
  };
  const options = { seed: 1, duration: 29 * DAY, plan, crashes: NO_CRASHES, faults: false } as const;
  const { findings, figures } = await rehearse(memoryGround(), options);
  expect(findings.map(tell)).toEqual([]);
  expect(figures).toMatchObject({ retired: 1, words: { "paused done": 2, "continued done": 2 } });
});

test.each([1, 2, 3, 4])(
  "seed %d with every fault, contested lists and pauses finds nothing",
  { timeout: 120_000 },
  async (seed) => {
    const ground = await directoryGround({ seed });
    try {
      const { findings, figures } = await rehearse(ground, {
        seed,
        duration: 240 * DAY,
        applications: 12,
        pauses: true,
      });
      expect(findings.map(tell)).toEqual([]);
      expect(figures.words["paused done"]).toBeGreaterThan(0);
      expect(figures.words["application-paused done"]).toBeGreaterThan(0);
      expect(figures.crashes).toBeGreaterThan(0);
    } finally {
      await ground.end();
    }
  },
);

test("pauses are drawn beside the other words, which stay what they were", () => {
  const applications = Array.from({ length: 100 }, (_, index) => ({
    ...{ displayName: `application ${index}`, policy: "quick", left: DAY, reloads: [MINUTE] },
  }));
  const plan = { applications, limits: null, places: GOOD_PLACES };
  const of = { seed: 3, duration: 365 * DAY };
  const { words = [] } = withWords({ ...of, pauses: true }, plan);
  const isPause = ({ what }: { readonly what: string }) => what === "paused" || what === "application-paused";
  expect(words.filter((one) => !isPause(one))).toEqual(withWords(of, plan).words);
  expect(words.filter(({ what }) => what === "application-paused")).toHaveLength(40);
  expect(words.filter(({ what }) => what === "paused")).toHaveLength(30);
  expect(words).toEqual(words.toSorted((a, b) => a.at - b.at));
});
