/** The books of the rehearsal about persons' words find what was removed without them or before its time, and nothing else. */
import { describe, expect, test } from "vitest";
import { completePolicy, type PolicyInput, type Reload } from "../../src/core/policy/policy.ts";
import type { TenantSettings } from "../../src/core/policy/settings.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, POLICIES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { drawWords, type Word, withWords } from "../../src/rehearse/plan/words.ts";
import { type RehearsalOptions, rehearse } from "../../src/rehearse/rehearse.ts";
import { Chance } from "../../src/rehearse/stage/chance.ts";
import { Committed } from "../../src/rehearse/watch/committed.ts";
import { tell } from "../../src/rehearse/watch/finding.ts";
import { ValueBooks } from "../../src/rehearse/watch/value-books.ts";
import { WordBooks } from "../../src/rehearse/watch/word-books.ts";
import { Place } from "../../src/rehearse/world/places.ts";
import { NOW, rotation } from "../core/make.ts";
import { memoryGround } from "./memory-ground.ts";

const APPLIED = { ok: true, value: { outcome: "applied" } } as const;
const WORD = { actor: "entra:ann", why: "it is not used", told: { retire: "at-expiry", complete: true } } as const;

/** One application whose place was given the new credential now; what is said of a removal `after` that. */
function books(
  policy: PolicyInput,
  reload: Reload = MINUTE,
  parts: Partial<Rotation> = {},
  faults = GOOD_PLACES,
  seed = 1,
) {
  let now: EpochMs = NOW;
  const made = rotation({ id: "one", replaces: "old", replacesEnd: plus(NOW, 90 * DAY), state: "verified" });
  const [first] = made.deliveries;
  if (first === undefined) throw new Error("the rotation has no delivery");
  const target = first.target;
  const settings = (retire = policy.retire, consumers = "complete", overlap = policy.overlap) =>
    ({
      bindings: [{ appId: made.holder.appId, policy: "asked", consumers }],
      policies: {
        asked: completePolicy("asked", { ...policy, overlap, ...(retire === undefined ? {} : { retire }) }),
      },
    }) as unknown as TenantSettings;
  const one: Rotation = {
    ...made,
    consumersComplete: true,
    policy: completePolicy("one", policy),
    deliveries: [first],
    ...parts,
  };
  const rotations = Committed.of([["one", one]]);
  const place = new Place({
    name: target,
    reload,
    value: new SecretValue("old"),
    chance: Chance.of(seed, "places"),
    faults,
    now: () => now,
    onHook: () => {},
  });
  const word = new WordBooks({
    rotations,
    places: new Map([[target, place]]),
    firsts: new Map([[target, "old"]]),
    keyIdOf: (value) => value.reveal(),
  });
  const deliver = async () => {
    const consignment = { keyId: "new", value: new SecretValue("new") };
    await place.deliver(consignment as Parameters<Place["deliver"]>[0]);
    word.after({ port: "target", method: "deliver", args: [target, consignment] }, APPLIED, settings(), now);
  };
  const removed = (after: number, retire = policy.retire, consumers = "complete", overlap = policy.overlap) => {
    now = plus(NOW, after);
    const call = { port: "entra", method: "removeSecret", args: [one.holder, "old"] } as const;
    return word.after(call, APPLIED, settings(retire, consumers, overlap), now).map(({ what }) => what);
  };
  /** After so long by a configuration that has this overlap now. */
  const removedBy = (overlap: number, after: number) => removed(after, policy.retire, "complete", overlap);
  const ask = (...accepts: Parameters<WordBooks["asks"]>[2]) => word.asks(one.holder.appId, "old", accepts, settings());
  return { word, one, rotations, place, deliver, removed, removedBy, ask };
}

describe("an early removal", () => {
  test("goes by the policy's overlap without anybody's word, and by nothing else", async () => {
    const overlapping = books({ retire: "after-overlap", overlap: 3 * DAY });
    await overlapping.deliver();
    expect(overlapping.removed(2 * DAY)).toEqual([expect.stringContaining("although nobody has asked for it")]);
    expect(overlapping.removed(3 * DAY)).toEqual([]);
    // somebody has put another one there in between, and each write gives the former copy for a while that is its own
    const stale = { ...GOOD_PLACES, stale: 1 };
    const rewritten = books({ retire: "after-overlap", overlap: 3 * DAY }, MINUTE, {}, stale, 2);
    rewritten.place.overwrite(new SecretValue("theirs"));
    await rewritten.deliver();
    expect(rewritten.place.staleUntil).toBeGreaterThan(NOW + 7 * MINUTE);
    while (rewritten.place.staleUntil > NOW + MINUTE) await rewritten.deliver();
    expect(rewritten.removed(rewritten.place.staleUntil - NOW + 3 * DAY)).toEqual([]);
    const lasting = books({ retire: "at-expiry" });
    await lasting.deliver();
    expect(lasting.removed(60 * DAY)).toEqual([expect.stringContaining("although nobody has asked for it")]);
    expect(lasting.removed(90 * DAY)).toEqual([]);
  });

  test("waits for the longer overlap of what was promised at first and what is promised now", async () => {
    const { word, one, rotations, deliver, removedBy } = books({ retire: "after-overlap", overlap: 3 * DAY });
    await deliver();
    word.committed(one);
    // what it is noted to be later makes no promise shorter
    const shorter = { ...one, policy: { ...one.policy, overlap: DAY } };
    rotations.set("one", shorter);
    word.committed(shorter);
    const found = [expect.stringContaining("although nobody has asked for it")];
    expect([removedBy(DAY, 2 * DAY), removedBy(DAY, 3 * DAY)]).toEqual([found, []]);
    expect([removedBy(9 * DAY, 8 * DAY), removedBy(9 * DAY, 9 * DAY)]).toEqual([found, []]);
    // of what is longer than half of a lifetime that half
    const half = one.policy.lifetime / 2;
    const [early, late] = [removedBy(half + 20 * DAY, half - DAY), removedBy(half + 20 * DAY, half)];
    expect([early, late]).toEqual([half - DAY < 90 * DAY ? found : [], []]);
  });

  test("rests on a word that named what it overrules, and that the manager goes by", async () => {
    const unheard = books({ retire: "at-expiry" });
    await unheard.deliver();
    unheard.ask("until-expiry");
    expect(unheard.removed(DAY)).toHaveLength(1);
    const untold = books({ retire: "at-expiry" }, MINUTE, { removal: { at: NOW, ...WORD } });
    await untold.deliver();
    untold.ask();
    expect(untold.removed(DAY)).toEqual([expect.stringContaining("named nothing of what it overrules")]);
    expect(untold.word.announced("old")).toBe("untold");
    const told = books({ retire: "at-expiry" }, MINUTE, { removal: { at: NOW, ...WORD } });
    await told.deliver();
    told.ask("until-expiry");
    expect(told.removed(DAY)).toEqual([]);
    expect(told.word.announced("old")).toBe("told");
  });

  test("does not rest on a word from before the configuration kept it longer", async () => {
    const { deliver, ask, removed } = books({ retire: "at-expiry" }, MINUTE, { removal: { at: NOW, ...WORD } });
    await deliver();
    ask("until-expiry");
    expect(removed(DAY, "never")).toEqual([expect.stringContaining("knew nothing of the rule never")]);
    expect(removed(DAY, "at-expiry", "unknown")).toEqual([expect.stringContaining("with consumers unknown")]);
  });

  test.each([
    [DAY, DAY],
    [DAY, DAY + HOUR - 20 * MINUTE],
    ["start", 40 * DAY],
  ] as const)(
    "is too early for a consumer that reloads within %s after %i ms, whatever a person says",
    async (reload, after) => {
      const { deliver, ask, removed } = books({ retire: "at-expiry" }, reload, { removal: { at: NOW, ...WORD } });
      await deliver();
      ask("until-expiry");
      expect(removed(after)).toEqual([expect.stringMatching(/can have reloaded|reloads only when it starts/)]);
    },
  );

  test("is at once where a person has said that the value leaked, and only there", async () => {
    const emergency = { at: NOW, actor: "entra:ann" };
    const { word, deliver, removed } = books({ retire: "never" }, "start", { emergency });
    await deliver();
    expect(removed(MINUTE)).toEqual([expect.stringContaining("as leaked although nobody has said so")]);
    word.leaks("old");
    expect(removed(MINUTE)).toEqual([]);
    expect(word.announced("old")).toBe("leaked");
  });
});

describe("the value of a privileged application", () => {
  const one = rotation({ id: "one", privileges: ["a role"] });

  test("is gone with the end of its rotation, and stays where it became privileged later", () => {
    const books = new ValueBooks();
    const seal = { keyId: "new", sealed: "…" };
    books.committed({ rotation: { ...one, privileges: [] }, audit: [], seal }, NOW);
    expect(books.committed({ rotation: { ...one, state: "verified" }, audit: [] }, NOW)).toEqual([]);
    expect(books.committed({ rotation: { ...one, state: "retired" }, audit: [] }, NOW)).toHaveLength(1);
    const later = new ValueBooks();
    later.committed({ rotation: { ...one, privileges: [], state: "retired" }, audit: [], seal }, NOW);
    expect(later.committed({ rotation: { ...one, state: "retired" }, audit: [] }, NOW)).toEqual([]);
    const erased = new ValueBooks();
    erased.committed({ rotation: one, audit: [], seal }, NOW);
    expect(erased.committed({ rotation: { ...one, state: "retired" }, audit: [], erase: true }, NOW)).toEqual([]);
  });

  test("is seen by two persons, once the store knows of it", () => {
    const books = new ValueBooks();
    expect(books.shown("one", NOW, 1)).toBeNull();
    books.committed({ rotation: one, audit: [] }, NOW);
    expect(books.shown("one", NOW, 1)).toBeNull();
    expect(books.shown("one", plus(NOW, 1), 1)).toContain("1 of two persons");
    expect(books.shown("one", plus(NOW, 1), 2)).toBeNull();
  });
});

describe("in a world", () => {
  const at = { at: 0, application: "one", moment: { states: ["verified"], later: HOUR } } as const;
  const live = async (
    application: Partial<WorldPlan["applications"][number]>,
    words: readonly Word[],
    observe: RehearsalOptions["observe"] = () => {},
  ) => {
    const plan: WorldPlan = {
      applications: [{ displayName: "one", policy: "long", left: 30 * DAY, reloads: [MINUTE], ...application }],
      limits: null,
      places: GOOD_PLACES,
      words,
    };
    const lived = await rehearse(memoryGround(), {
      seed: 1,
      duration: 27 * DAY,
      plan,
      crashes: NO_CRASHES,
      faults: false,
      observe,
    });
    return { ...lived, told: lived.findings.map(tell) };
  };
  const removal = { ...at, what: "removal-asked", thinks: MINUTE, isTold: true } as const;

  test("what would live to its end goes on a person's word that was told of it, and not on one that was not", async () => {
    const kept = await live({}, []);
    expect(kept).toMatchObject({ told: [], figures: { retired: 0, words: {} } });
    const gone = await live({}, [removal]);
    expect(gone).toMatchObject({ told: [], figures: { retired: 1, words: { "removal-asked done": 1 } } });
    const unheard = await live({}, [{ ...removal, isTold: false }]);
    expect(unheard).toMatchObject({ told: [], figures: { retired: 0, words: { "removal-asked refused-by-rule": 1 } } });
  });

  test("a consumer the configuration is wrong about is refused then, which the word has named", async () => {
    const { told, figures } = await live({ reloads: [20 * DAY], declared: [MINUTE] }, [removal]);
    expect(told).toEqual([]);
    expect(figures.excused).toBeGreaterThan(0);
  });

  test("a leak spares no consumer, and that is announced", async () => {
    const { told, figures } = await live({ reloads: [20 * DAY] }, [{ ...at, what: "leaked", pick: 0.9 }]);
    expect(told).toEqual([]);
    expect(figures).toMatchObject({ retired: 1, words: { "leaked done": 1 } });
    expect(figures.excused).toBeGreaterThan(0);
  });

  test.each([
    ["made longer", 8 * DAY, null, 8],
    ["made longer and taken back before it would be over", 8 * DAY, DAY, 3],
    ["made shorter", HOUR, null, 3],
  ])("an overlap that is %s keeps the old one for the longer", async (_, overlap, back, days) => {
    const removals: number[] = [];
    const begun: number[] = [];
    const edit: Word = { ...at, what: "overlap-edited", overlap, back };
    const { told } = await live({ policy: "quick" }, [edit], ({ method }, now) => {
      if (method === "addSecret") begun.push(now);
      if (method === "removeSecret") removals.push(now);
    });
    expect(told).toEqual([]);
    expect(Math.floor(((removals[0] ?? 0) - (begun[0] ?? 0)) / DAY)).toBe(days);
  });

  test("an application that becomes privileged is asked two persons for, and is none again", async () => {
    const role = { ...at, what: "privileged", by: "directory-role", lasts: 5 * DAY } as const;
    const { told, figures } = await live({ policy: "quick" }, [
      { ...role, moment: { states: ["planned"], later: 0 } },
      { ...at, what: "value-asked" },
    ]);
    expect(told).toEqual([]);
    expect(figures).toMatchObject({ retired: 1, words: { "privileged done": 1 } });
  });
});

test("words are the same for the same seed, and come at the rates of their kinds", () => {
  const applications = Array.from({ length: 100 }, (_, index) => ({
    displayName: `application ${index}`,
    policy: "quick",
    left: DAY,
    reloads: [MINUTE],
  }));
  const words = drawWords(Chance.of(1, "words"), applications, 365 * DAY);
  expect(drawWords(Chance.of(1, "words"), applications, 365 * DAY)).toEqual(words);
  const of = (what: Word["what"]) => words.filter((one) => one.what === what).length;
  expect({ removals: of("removal-asked"), leaks: of("leaked"), roles: of("privileged") }).toEqual({
    removals: 14,
    leaks: 4,
    roles: 6,
  });
});

test("what came later is drawn beside the words and edits before it, which stay what they were", () => {
  const applications = Array.from({ length: 100 }, (_, index) => ({
    ...{ displayName: `application ${index}`, policy: "quick", left: DAY, reloads: [MINUTE] },
  }));
  const certified = { ...applications[0], displayName: "certified", policy: "certified" } as (typeof applications)[0];
  const plan = {
    applications: [...applications.slice(1), certified],
    limits: null,
    places: GOOD_PLACES,
    policies: POLICIES,
  };
  const { words = [] } = withWords({ seed: 3, duration: 5 * 365 * DAY }, plan);
  const LATER = new Set(["slot-shared", "overlap-edited", "wanted-back"]);
  const first = drawWords(Chance.of(3, "words"), plan.applications, 5 * 365 * DAY);
  expect(words.filter(({ what }) => first.some((one) => one.what === what))).toEqual(first);
  const counts = Object.fromEntries([...LATER].map((what) => [what, words.filter((one) => one.what === what).length]));
  expect(counts).toEqual({ "slot-shared": 30, "overlap-edited": 50, "wanted-back": 4 });
  const back = words.filter(({ what }) => what === "wanted-back");
  expect(new Set(back.map(({ application }) => application))).toEqual(new Set(["certified"]));
});
