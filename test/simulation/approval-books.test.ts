/** The books of the rehearsal about persons' words and modes find what was written without them, and nothing else. */
import { describe, expect, test } from "vitest";
import type { Mode } from "../../src/core/policy/settings.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import { type RehearsalOptions, rehearse } from "../../src/rehearse/rehearse.ts";
import type { Call } from "../../src/rehearse/stage/story.ts";
import { ApprovalBooks } from "../../src/rehearse/watch/approval-books.ts";
import { Committed } from "../../src/rehearse/watch/committed.ts";
import { Holding } from "../../src/rehearse/watch/holding.ts";
import { NOW, rotation } from "../core/make.ts";
import { memoryGround } from "./memory-ground.ts";

const APPLIED = { ok: true, value: { outcome: "applied" } } as const;
const ANN = { actor: "entra:ann", objectId: "a" };
const BEN = { actor: "entra:ben", objectId: "b" };

function books(parts: Partial<Rotation> = {}) {
  const one: Rotation = { ...rotation({ id: "one", replaces: "old" }), ...parts };
  const around = {
    rotations: Committed.of([["one", one]]),
    isPrivileged: (appId: string) => appId === one.holder.appId,
    isLeaked: ({ emergency }: Rotation) => emergency !== undefined,
    now: () => NOW,
  };
  const privileged = new ApprovalBooks(around);
  const ordinary = new ApprovalBooks({ ...around, isPrivileged: () => false });
  const call = (port: Call["port"], method: string, about: unknown): Call => ({
    port,
    method,
    args: [one.holder, about],
  });
  const said = (
    of: ApprovalBooks,
    mode: Mode,
    what = call("entra", "addSecret", {}),
    outcome: typeof APPLIED | { ok: false; thrown: unknown } = APPLIED,
  ) => of.after(what, outcome, mode).map((found) => found.what);
  return { one, privileged, ordinary, call, said };
}

describe("modes", () => {
  test("nothing is written in observe, and what was refused or only looks is no write", () => {
    const { ordinary, said, call } = books();
    expect(said(ordinary, "observe")).toEqual([
      expect.stringMatching(/^a credential of .* was created although the mode is observe$/),
    ]);
    expect(said(ordinary, "observe", call("entra", "read", {}))).toEqual([]);
    expect(said(ordinary, "observe", undefined, { ok: false, thrown: new Error("refused") })).toEqual([]);
    const deliver = { port: "target", method: "deliver", args: ["place", { keyId: "new" }] } as const;
    expect(said(ordinary, "observe", deliver)).toEqual(["place was written although the mode is observe"]);
  });

  test("in propose only what somebody has approved", () => {
    const { ordinary, said } = books();
    expect(said(ordinary, "enforce")).toEqual([]);
    expect(said(ordinary, "propose")).toEqual([expect.stringContaining("nobody has approved it")]);
    ordinary.approves("one", "person");
    expect(said(ordinary, "propose")).toEqual([]);
  });
});

test("what a mode held back may be unfinished for a while after it", () => {
  const holding = new Holding(3 * DAY);
  holding.mode(true, NOW);
  expect(holding.isFelt(NOW)).toBe(false);
  holding.mode(false, NOW);
  expect(holding.isFelt(plus(NOW, 40 * DAY))).toBe(true);
  holding.mode(true, plus(NOW, 40 * DAY));
  expect(holding.isFelt(plus(NOW, 42 * DAY))).toBe(true);
  expect(holding.isFelt(plus(NOW, 43 * DAY))).toBe(false);
});

describe("privileged applications", () => {
  test("take two persons, each of them signed in", () => {
    const { privileged, said } = books();
    privileged.approves("one", "person");
    privileged.approves("one", ANN);
    privileged.approves("one", ANN);
    expect(said(privileged, "enforce")).toEqual([expect.stringContaining("1 of two persons have approved it")]);
    privileged.approves("one", BEN);
    expect(said(privileged, "enforce")).toEqual([]);
  });

  test("for the removal, too, and for what no rotation asks for", () => {
    const { privileged, said, call } = books({ state: "verified" });
    expect(said(privileged, "enforce", call("entra", "removeSecret", "old"))).toHaveLength(1);
    for (const one of [ANN, BEN]) privileged.approves("one", one);
    expect(said(privileged, "enforce", call("entra", "removeSecret", "old"))).toEqual([]);
    expect(said(privileged, "enforce", call("entra", "removeSecret", "another"))).toHaveLength(1);
  });
});

describe("an application that becomes privileged", () => {
  const removal = (one: Rotation): Call => ({ port: "entra", method: "removeSecret", args: [one.holder, "old"] });
  const issued = { keyId: "new", at: NOW } as unknown as NonNullable<Rotation["issued"]>;
  const deliver: Call = { port: "target", method: "deliver", args: ["place", { keyId: "new" }] };

  test("is held to two from when the store knows it on; what was issued before is delivered all the same", () => {
    const { one, ordinary, said } = books({ state: "verified", issued, privileges: ["a role"] });
    expect(said(ordinary, "enforce", removal(one))).toEqual([]);
    ordinary.committed(one);
    expect(said(ordinary, "enforce", deliver)).toEqual([]);
    expect(said(ordinary, "enforce", removal(one))).toEqual([expect.stringContaining("0 of two persons")]);
    for (const person of [ANN, BEN]) ordinary.approves("one", person, "retire");
    expect(said(ordinary, "enforce", removal(one))).toEqual([]);
  });

  test("wants two more words for the end of the old one before its time", () => {
    let now = NOW;
    const word = { actor: "ann", why: "it is not used", told: { retire: "at-expiry", complete: true } } as const;
    const { one } = books({ state: "verified", issued, privileges: ["a role"] });
    const asked: Rotation = { ...one, removal: { at: plus(NOW, DAY), ...word } };
    const around = { rotations: Committed.of([["one", asked]]), isPrivileged: () => true, isLeaked: () => false };
    const approvals = new ApprovalBooks({ ...around, now: () => now });
    for (const person of [ANN, BEN]) approvals.approves("one", person);
    expect(approvals.after(removal(asked), APPLIED, "enforce")).toEqual([]);
    now = plus(NOW, DAY);
    approvals.committed(asked);
    approvals.approves("one", ANN, "retire");
    expect(approvals.after(removal(asked), APPLIED, "enforce")).toHaveLength(1);
    // a store from before the word knows the approvals of the beginning alone
    approvals.forget(plus(NOW, HOUR));
    expect(approvals.after(removal(asked), APPLIED, "enforce")).toEqual([]);
    approvals.committed(asked);
    approvals.approves("one", ANN, "retire");
    expect(approvals.after(removal(asked), APPLIED, "enforce")).toHaveLength(1);
    approvals.approves("one", BEN, "retire");
    expect(approvals.after(removal(asked), APPLIED, "enforce")).toEqual([]);
  });

  test("is known once three readings have shown it, and no more when it has lost its role", () => {
    let now = NOW;
    const { one } = books({ state: "verified", issued });
    const around = { rotations: Committed.of([["one", one]]), isPrivileged: () => false, isLeaked: () => false };
    const approvals = new ApprovalBooks({ ...around, now: () => now });
    const page: Call = { port: "entra", method: "directoryRolePage", args: [null] };
    const grants = [{ principalId: "its principal", roleId: "a role" }];
    const read = () => approvals.after(page, { ok: true, value: { grants, next: null } }, "enforce");
    approvals.granted(one.holder.appId, "its principal");
    for (const after of [0, 1, HOUR, 2 * HOUR]) {
      now = plus(NOW, after);
      read();
      expect(approvals.after(removal(one), APPLIED, "enforce")).toEqual([]);
    }
    now = plus(NOW, 4 * HOUR);
    expect(approvals.after(removal(one), APPLIED, "enforce")).toEqual([
      { what: expect.stringContaining("has become privileged"), about: one.holder.appId },
    ]);
    expect(approvals.after(deliver, APPLIED, "enforce")).toEqual([]);
    approvals.revoked("its principal");
    expect(approvals.after(removal(one), APPLIED, "enforce")).toEqual([]);
  });
});

describe("in a world", () => {
  const plan = (more: Partial<WorldPlan> = {}): WorldPlan => ({
    applications: [
      { displayName: "master", policy: "quick", left: 25 * DAY, reloads: [MINUTE], privileged: true },
      { displayName: "servant", policy: "quick", left: 26 * DAY, reloads: [HOUR] },
    ],
    limits: null,
    places: GOOD_PLACES,
    ...more,
  });
  const live = async (more: Partial<WorldPlan>) => {
    const options: RehearsalOptions = { seed: 1, duration: 42 * DAY, crashes: NO_CRASHES, faults: false };
    const writes: number[] = [];
    const observe: RehearsalOptions["observe"] = ({ method }, at) => void (method === "addSecret" && writes.push(at));
    const lived = await rehearse(memoryGround(), { ...options, plan: plan(more), observe });
    return { ...lived, writes };
  };

  test("two persons approve, and the privileged one is rotated like the other", async () => {
    const { findings, figures, writes } = await live({});
    expect(findings).toEqual([]);
    expect(figures).toMatchObject({ retired: 2, excused: 0 });
    expect(writes).toHaveLength(2);
  });

  test("the second never comes: it lapses, announced, and nothing was written", async () => {
    const { findings, figures, writes } = await live({ withoutSecond: true });
    expect(findings).toEqual([]);
    expect(figures.retired).toBe(1);
    expect(figures.excused).toBeGreaterThan(0);
    expect(writes).toHaveLength(1);
  });

  test("observe for its whole life: everything lapses, announced, and nothing was written", async () => {
    const { findings, figures, writes } = await live({ settings: { mode: "observe" } });
    expect(findings).toEqual([]);
    expect(figures.excused).toBeGreaterThan(1);
    expect(writes).toEqual([]);
  });

  test("observe, then propose, then enforce: nothing lapses", async () => {
    const proposing = { at: 4 * DAY, what: "mode-changed", mode: "propose", lasts: 9 * DAY } as const;
    const { findings, figures } = await live({ settings: { mode: "observe" }, troubles: [proposing] });
    expect(findings).toEqual([]);
    expect(figures).toMatchObject({ retired: 2, excused: 0 });
  });
});
