/** Who goes next inside Graph's limits: each rule by a case that would go wrong without it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Asked, Budget, type Ticket, type Told } from "../../src/core/schedule/budget.ts";
import { KEY_READS, PERSONAL_WRITES, perSlice, REPORTS, UNITS, WRITES } from "../../src/core/schedule/graph-limits.ts";

const READ: Asked = {
  appId: "app",
  tenantId: "tenant",
  write: false,
  units: 1,
  selectsKeys: false,
  report: false,
  personal: false,
  object: null,
  rank: 0,
  share: 1,
};
const WRITE: Asked = { ...READ, write: true };
const FINE: Told = { throttled: false, retryAfter: null, scope: null, used: null };
const refusal = (more: Partial<Told> = {}): Told => ({ ...FINE, throttled: true, ...more });
const SECOND = 1_000;

/** So many at once; how many of them may go. */
function admitted(budget: Budget, asked: Asked, count: number, now = 0): readonly Ticket[] {
  for (let index = 0; index < count; index += 1) budget.enter(asked);
  return budget.admit(now);
}
function answerAll(budget: Budget, tickets: readonly Ticket[], now: number): void {
  for (const one of tickets) budget.answered(one, now, FINE);
}

describe("each published limit, in slices of ten seconds", () => {
  const cases: readonly [string, Asked, number, number][] = [
    ["resource units of an application in a tenant", { ...READ, units: 2 }, 1750, 875],
    ["writes of an application in a tenant", WRITE, 200, 100],
    ["writes to applications for personal accounts", { ...WRITE, personal: true }, 10, 5],
    ["reads of keyCredentials", { ...READ, selectsKeys: true }, 25, 12],
    ["reports", { ...READ, report: true }, 5, 2],
  ];
  test.each(cases)("%s", (_, asked, whole, half) => {
    expect(admitted(new Budget(), asked, 2_000)).toHaveLength(whole);
    expect(admitted(new Budget(), { ...asked, share: 0.5 }, 2_000)).toHaveLength(half);
  });

  test("of a tenant by all its applications, and of an application in all its tenants", () => {
    const budget = new Budget();
    for (const appId of ["a", "b", "c", "d"]) admitted(budget, { ...WRITE, appId }, 200);
    expect(admitted(budget, { ...WRITE, appId: "e" }, 1)).toHaveLength(0);
    const other = new Budget();
    for (let tenant = 0; tenant < 5; tenant += 1) admitted(other, { ...WRITE, tenantId: `t${tenant}` }, 200);
    expect(admitted(other, { ...WRITE, tenantId: "t5" }, 200), "35,000 in five minutes").toHaveLength(166);
  });

  test("what a slice spends adds up to the whole limit and never to more", () => {
    for (const limit of [...UNITS, ...WRITES, PERSONAL_WRITES, KEY_READS, ...REPORTS]) {
      for (const share of [0.01, 0.5, 1]) {
        const all = (perSlice(limit, share) * limit.window) / 10_000;
        expect(all, `${limit.name} ${limit.sharers}`).toBeLessThanOrEqual(
          Math.max(limit.most * share, limit.window / 10_000) + 1e-9,
        );
      }
      expect((perSlice(limit, 1) * limit.window) / 10_000).toBeGreaterThanOrEqual(limit.most * 0.95);
    }
  });
});

test("a request counts until a slice after its answer: the service may have counted it at any moment between", () => {
  const budget = new Budget();
  const first = admitted(budget, WRITE, 200);
  budget.enter(WRITE);
  expect(budget.admit(60 * SECOND), "not answered in a minute").toHaveLength(0);
  expect(budget.again(60 * SECOND), "only an answer can help").toBeNull();
  answerAll(budget, first, 61 * SECOND);
  expect(budget.admit(70 * SECOND)).toHaveLength(0);
  expect(budget.again(70 * SECOND)).toBe(1 * SECOND);
  expect(budget.admit(71 * SECOND)).toHaveLength(1);
});

test("the earliest deadline goes first, whenever it came", () => {
  const budget = new Budget();
  const all = admitted(budget, WRITE, 200);
  const late = budget.enter({ ...WRITE, rank: 30 });
  const early = budget.enter({ ...WRITE, rank: 10 });
  const middle = budget.enter({ ...WRITE, rank: 20 });
  answerAll(budget, all.slice(0, 2), 0);
  expect(budget.admit(10 * SECOND)).toEqual([early, middle]);
  answerAll(budget, all.slice(2), 10 * SECOND);
  expect(budget.admit(20 * SECOND)).toEqual([late]);
});

test("a cheap later request does not overtake the dear one that waits for the same limit", () => {
  const budget = new Budget();
  admitted(budget, { ...READ, units: 1 }, 3_499);
  const dear = budget.enter({ ...READ, units: 2, rank: 1 });
  budget.enter({ ...READ, units: 1, rank: 2 });
  expect(budget.admit(0), "one unit is left, and is kept").toEqual([]);
  budget.leave(dear);
  expect(budget.admit(0)).toHaveLength(1);
});

test("who waits for a particular limit does not hold back who does not meet it", () => {
  const budget = new Budget();
  admitted(budget, { ...READ, report: true }, 6);
  expect(admitted(budget, { ...READ, rank: 9 }, 1)).toHaveLength(1);
});

test("one write at a time to one object, in order; reads and other objects go on", () => {
  const budget = new Budget();
  const [first] = admitted(budget, { ...WRITE, object: "billing", rank: 5 }, 1);
  const second = budget.enter({ ...WRITE, object: "billing", rank: 1 });
  const other = budget.enter({ ...WRITE, object: "payroll", rank: 9 });
  const read = budget.enter({ ...READ, rank: 9 });
  expect(budget.admit(0)).toEqual([other, read]);
  budget.answered(first as Ticket, 0, FINE);
  expect(budget.admit(0)).toEqual([second]);
});

describe("a refusal", () => {
  test("makes all that meet the limit wait as long as was asked, and nobody else", () => {
    const budget = new Budget();
    const [one] = admitted(budget, WRITE, 1);
    budget.answered(
      one as Ticket,
      0,
      refusal({ retryAfter: 17 * SECOND, scope: "Tenant_Application/Write/app/tenant" }),
    );
    const write = budget.enter(WRITE);
    const read = budget.enter(READ);
    expect(budget.admit(0)).toEqual([read]);
    expect(budget.pauseFor(WRITE, 0)).toBe(17 * SECOND);
    expect(budget.again(0)).toBe(17 * SECOND);
    expect(budget.admit(16 * SECOND)).toEqual([]);
    expect(budget.admit(17 * SECOND)).toEqual([write]);
  });

  test("without Retry-After makes them wait longer each time, and a success forgets it", () => {
    const budget = new Budget();
    const refuse = (now: number) => {
      const [one] = admitted(budget, WRITE, 1, now);
      budget.answered(one as Ticket, now, refusal());
      return budget.pauseFor(WRITE, now);
    };
    expect([refuse(0), refuse(10_000), refuse(30_000)]).toEqual([10_000, 20_000, 40_000]);
    answerAll(budget, admitted(budget, WRITE, 1, 70_000), 70_000);
    expect(refuse(80_000)).toBe(10_000);
  });

  test("halves the pace, which comes back slice by slice", () => {
    const budget = new Budget();
    const [one] = admitted(budget, WRITE, 1);
    budget.answered(one as Ticket, 0, refusal({ retryAfter: 10 * SECOND }));
    const went: number[] = [];
    for (let slice = 1; slice <= 6; slice += 1) {
      const now = slice * 10 * SECOND;
      const going = admitted(budget, WRITE, 250, now);
      went.push(going.length);
      answerAll(budget, going, now);
    }
    expect(went).toEqual([100, 125, 150, 175, 200, 200]);
  });

  test("of a storm counts once: what was under way when it began says nothing new", () => {
    const budget = new Budget();
    for (const one of admitted(budget, WRITE, 50)) budget.answered(one, 0, refusal({ retryAfter: 10 * SECOND }));
    expect(admitted(budget, WRITE, 250, 10 * SECOND)).toHaveLength(100);
  });

  test("of a report holds back reports, not what rotations need", () => {
    const budget = new Budget();
    const [one] = admitted(budget, { ...READ, report: true }, 1);
    budget.answered(
      one as Ticket,
      0,
      refusal({ retryAfter: 60 * SECOND, scope: "Tenant_Application/Read/app/tenant" }),
    );
    const report = budget.enter({ ...READ, report: true });
    const read = budget.enter(READ);
    expect(budget.admit(0)).toEqual([read]);
    expect(budget.admit(60 * SECOND)).toEqual([report]);
  });

  test("keeps the order: after it the earliest deadline is the first", () => {
    const budget = new Budget();
    const [one] = admitted(budget, WRITE, 1);
    budget.answered(one as Ticket, 0, refusal({ retryAfter: 5 * SECOND }));
    const tickets = [3, 1, 2].map((rank) => budget.enter({ ...WRITE, rank }));
    expect(budget.admit(5 * SECOND).map((ticket) => ticket.asked.rank)).toEqual([1, 2, 3]);
    expect(tickets).toHaveLength(3);
  });
});

test("what others use of the quota is left to them for a while", () => {
  const budget = new Budget();
  const going = admitted(budget, { ...WRITE, share: 0.5 }, 100);
  for (const one of going.slice(1)) budget.answered(one, 0, FINE);
  budget.answered(going[0] as Ticket, 0, { ...FINE, used: 1.2 });
  // half is ours, so 0.7 is others': 0.3 is left
  expect(admitted(budget, { ...WRITE, share: 0.5 }, 100, 9_999)).toHaveLength(0);
  expect(budget.admit(10 * SECOND)).toHaveLength(100);
  const calm = new Budget();
  const [first] = admitted(calm, { ...WRITE, share: 0.5 }, 1);
  calm.answered(first as Ticket, 0, { ...FINE, used: 1.2 });
  expect(admitted(calm, { ...WRITE, share: 0.5 }, 100, 1), "with one write of ours 1.195 is others'").toHaveLength(0);
});

test("any arrivals and answers: never more in any ten seconds than the slice, never out of order, nobody forgotten", () => {
  const arrival = fc.record({ at: fc.nat(40_000), rank: fc.nat(5), takes: fc.nat(3_000) });
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
      const budget = new Budget();
      // reports: five in ten seconds
      const asked = (rank: number): Asked => ({ ...READ, report: true, rank });
      const sent: { at: number; rank: number }[] = [];
      const answers: { at: number; ticket: Ticket }[] = [];
      const takes = new Map<Ticket, number>();
      const coming = [...arrivals].sort((a, b) => a.at - b.at);
      let waiting = 0;
      for (let now = 0; coming.length > 0 || waiting > 0 || answers.length > 0; ) {
        for (const one of answers.filter(({ at }) => at <= now)) {
          answers.splice(answers.indexOf(one), 1);
          budget.answered(one.ticket, now, FINE);
        }
        while ((coming[0]?.at ?? Infinity) <= now) {
          const one = coming.shift();
          if (one === undefined) break;
          takes.set(budget.enter(asked(one.rank)), one.takes);
          waiting += 1;
        }
        const going = budget.admit(now);
        expect(going.map((one) => one.asked.rank)).toEqual(going.map((one) => one.asked.rank).toSorted());
        for (const ticket of going) {
          waiting -= 1;
          sent.push({ at: now, rank: ticket.asked.rank });
          answers.push({ at: now + (takes.get(ticket) ?? 0), ticket });
        }
        const again = budget.again(now);
        const next = Math.min(
          coming[0]?.at ?? Infinity,
          ...answers.map(({ at }) => at),
          again === null ? Infinity : now + again,
        );
        if (next === Infinity) break;
        now = Math.max(next, now);
      }
      expect(waiting, "nobody is forgotten").toBe(0);
      for (const { at } of sent) {
        expect(sent.filter((one) => one.at > at - 10_000 && one.at <= at).length).toBeLessThanOrEqual(5);
      }
    }),
  );
});
