/** The books of the rehearsal about Graph's limits: what they find, and that a world with a small share lives through them. */
import { describe, expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { rehearse } from "../../src/rehearse/rehearse.ts";
import type { Gate, GateRequest, Ground } from "../../src/rehearse/stage/ground.ts";
import { QuotaBooks } from "../../src/rehearse/watch/quota-books.ts";
import { NOW, rotation } from "../core/make.ts";

const KEYS = "?$select=keyCredentials";
const idOf = (index: number) => `00000000-0000-4000-8000-00000000000${index}`;
const get = (path: string): GateRequest => ({ method: "GET", url: `https://graph.example/v1.0/${path}` });
const post = (index: number): GateRequest => ({
  method: "POST",
  url: `https://graph.example/v1.0/applications/${idOf(index)}/addPassword`,
});

function books({ share = 0.1, isThrottling = false, managers = 1 } = {}) {
  let now: EpochMs = NOW;
  const rotations = new Map<string, Rotation>();
  for (const index of [1, 2, 3]) {
    const holder = { type: "application", objectId: idOf(index), appId: `app ${index}` } as const;
    rotations.set(String(index), rotation({ id: String(index), holder, replacesEnd: plus(NOW, index * DAY) }));
  }
  let inHand = true;
  const made = new QuotaBooks({
    rotations,
    share,
    managers,
    holderOf: () => (inHand ? "one" : null),
    now: () => now,
    isThrottling: () => isThrottling,
  });
  const send = (request: GateRequest, process = "one") => {
    made.asks(process, request);
    const said = made.sent(process, request).map(({ what }) => what);
    made.leaves(request);
    return said;
  };
  const pass = (ms: number) => {
    now = plus(now, ms);
  };
  const putDown = () => {
    inHand = false;
  };
  return { made, send, pass, putDown };
}

describe("the share", () => {
  test("of the reads of certificates is counted in every minute, for each process by itself", () => {
    const { send, pass } = books();
    for (let time = 0; time < 15; time += 1) expect(send(get(`applications/${idOf(1)}${KEYS}`))).toEqual([]);
    expect(send(get(`applications/${idOf(1)}${KEYS}`), "two")).toEqual([]);
    const over = ["a process sent more reads of certificates than its share allows"];
    expect(send(get(`applications/${idOf(1)}${KEYS}`))).toEqual(over);
    pass(MINUTE);
    expect(send(get(`applications/${idOf(1)}${KEYS}`))).toEqual([]);
  });

  test("of the reports and of all requests in ten seconds", () => {
    const { send } = books({ share: 0.01 });
    expect(send(get("auditLogs/signIns"))).toEqual([]);
    expect(send(get("auditLogs/signIns"))).toEqual(["a process sent more reports than its share allows"]);
    for (let time = 0; time < 33; time += 1) expect(send(get("applications"))).toEqual([]);
    expect(send(get("applications"))).toEqual(["a process sent more requests than its share allows"]);
  });
});

describe("the order", () => {
  const wait = (made: QuotaBooks, request: GateRequest, process = "one") => {
    made.asks(process, request);
    made.waits(request);
  };

  test("is that of the deadlines among those of one kind that wait", () => {
    const { made } = books();
    const [early, late] = [post(1), post(2)];
    for (const one of [late, early]) wait(made, one);
    expect(made.called(late)).toEqual([
      { what: "a request was sent before one that waits and whose deadline is earlier", about: null },
    ]);
    const again = books().made;
    for (const one of [late, early]) wait(again, one);
    expect(again.called(early)).toEqual([]);
    expect(again.called(late)).toEqual([]);
  });

  test("is kept by one that enters while others are called, and has its turn at once", () => {
    const { made } = books();
    const [early, late] = [post(1), post(2)];
    wait(made, late);
    made.asks("one", early);
    expect(made.called(late)).toEqual([]);
    expect(made.sent("one", early)).toEqual([]);
  });

  test("is not that of a scan's own reads, of objects whose rotation nobody works on at the moment", () => {
    const { made, putDown } = books();
    const [early, late] = [get(`applications/${idOf(1)}`), get(`applications/${idOf(2)}`)];
    for (const one of [late, early]) wait(made, one);
    putDown();
    expect(made.called(late)).toEqual([]);
  });

  test("binds neither another process, nor another kind, nor one that its own object holds back", () => {
    const { made } = books();
    wait(made, post(1));
    expect(made.called(post(2))).toEqual([]);
    const elsewhere = post(2);
    wait(made, elsewhere, "two");
    expect(made.called(elsewhere)).toEqual([]);
    const read = get(`applications/${idOf(2)}`);
    wait(made, read);
    expect(made.called(read)).toEqual([]);
    wait(made, post(1));
    const late = post(3);
    wait(made, late);
    expect(made.called(late)).toEqual([]);
  });
});

describe("a refusal", () => {
  const refused = (of: ReturnType<typeof books>) => of.made.answered(post(1), 429).map(({ what }) => what);

  test("is ours where nobody else has spent of the limit", () => {
    const one = books();
    expect(one.made.answered(post(1), 204)).toEqual([]);
    expect(refused(one)).toEqual([expect.stringContaining("although nobody else had spent of them")]);
  });

  test("is explained by the weather, by another tool for two minutes, or by a process that forgot", () => {
    expect(refused(books({ isThrottling: true }))).toEqual([]);
    const others = books();
    others.made.othersSpend();
    others.pass(MINUTE);
    expect(refused(others)).toEqual([]);
    others.pass(MINUTE);
    expect(refused(others)).toHaveLength(1);
    const again = books();
    for (const process of ["one", "two"]) again.send(post(1), process);
    expect(refused(again)).toEqual([]);
    again.pass(151 * SECOND);
    expect(refused(again)).toHaveLength(1);
  });
});

describe("in a world with a hundredth of the limits", () => {
  const plan: WorldPlan = {
    applications: Array.from({ length: 6 }, (_, index) => ({
      displayName: `one of many ${index + 1}`,
      policy: "certified",
      left: 15 * DAY + index * HOUR,
      reloads: [MINUTE],
    })),
    limits: null,
    places: GOOD_PLACES,
    share: 0.01,
  };
  /** The ground, with every request of every gate noted. */
  const noting = (ground: Ground, note: (what: "waits" | "refused") => void): Ground => ({
    ...ground,
    boot: (clock, random, name, gate) => {
      // the last look at the store sends nothing
      if (gate === undefined) return ground.boot(clock, random, name);
      const noted: Gate = {
        ...gate,
        waits: () => {
          note("waits");
          return gate.waits();
        },
        answered: (request, status) => {
          if (status === 429) note("refused");
          gate.answered(request, status);
        },
      };
      return ground.boot(clock, random, name, noted);
    },
  });
  const live = async (seed: number) => {
    const ground = await directoryGround({ seed });
    const noted = { waits: 0, refused: 0 };
    try {
      const told = noting(ground, (what) => {
        noted[what] += 1;
      });
      const lived = await rehearse(told, { seed, duration: 25 * DAY, plan, crashes: NO_CRASHES, faults: false });
      return { ...lived, noted };
    } finally {
      await ground.end();
    }
  };

  test("requests wait, others get in the way, nothing breaks, and a seed is the same story twice", async () => {
    let [waits, refused] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const { findings, figures, noted } = await live(seed);
      expect(findings).toEqual([]);
      expect(figures.retired).toBe(6);
      // that they were told to wait is one of the faults that the run met, though no rule of its weather says so
      expect(figures.faults.find(({ kind }) => kind === "throttle")).toMatchObject({ share: 1 });
      waits += noted.waits;
      refused += noted.refused;
    }
    expect(waits).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(0);
    expect((await live(3)).report.storyHash).toBe((await live(3)).report.storyHash);
  });
});
