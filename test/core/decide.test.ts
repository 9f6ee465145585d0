/** The decision as a table: one situation, one answer, one reason. */
import { describe, expect, test } from "vitest";
import { completePolicy, SWEEP_AFTER } from "../../src/core/policy/policy.ts";
import { checksFor, ISSUE_TRIES, PREFLIGHT_LASTS } from "../../src/core/rotation/checks.ts";
import { decide, explain } from "../../src/core/rotation/decide.ts";
import { KEPT_CHECKS } from "../../src/core/rotation/kept.ts";
import { PROOF_LASTS } from "../../src/core/rotation/retire-guard.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import type { Facts } from "../../src/core/rotation/verdict.ts";
import { forecast } from "../../src/core/schedule/forecast.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { at, attempt, delivery, issued, NOW, probe, rotation, secret, settings, target } from "./make.ts";

function facts(parts: Partial<Facts> = {}): Facts {
  return {
    mode: "enforce",
    stopped: false,
    removalOff: false,
    breakerOpen: false,
    scanHolds: null,
    acceptance: settings().acceptance,
    limits: null,
    timeZone: "UTC",
    targets: [target(MINUTE)],
    asked: { retire: "after-overlap", complete: true },
    forecast: null,
    tally: { issues: [], clean: 0, earlyRetirements: [] },
    succession: { underWay: false, by: null },
    kindFits: true,
    earlyDue: 1,
    ...parts,
  };
}

/** The verdict in one line: `do issue`, `wait 5m because …`, `halt because …`. */
function said(r: Rotation, over: Partial<Facts> = {}, now = NOW): string {
  const verdict = decide(r, facts(over), now);
  if (verdict.verdict === "do") return `do ${verdict.step.step}`;
  if (verdict.verdict !== "wait") return `${verdict.verdict} because ${verdict.because}`;
  const until = verdict.until === null ? "for somebody" : `${(verdict.until - now) / MINUTE} min`;
  return `wait ${until} because ${verdict.because}`;
}

const ready = rotation({ preflightAt: NOW });
const policy = (input: Parameters<typeof completePolicy>[1]) => completePolicy("p", input);
const proven = delivery({ intendedAt: NOW, receipt: { version: null, at: NOW }, verifiedAt: NOW, assurance: "token" });
const verified = rotation({
  state: "verified",
  issued: issued(),
  acceptedAt: NOW,
  deliveries: [proven],
  verifiedAt: NOW,
  assurance: "token",
});

describe("planned", () => {
  const READ_FIVE_TIMES = Array.from({ length: 5 }, () => ({ at: NOW, keyIds: [] }));
  const withdrawn = attempt({ outcome: "withdrawn" });
  const cases: [string, Rotation, Partial<Facts>, string][] = [
    ["a fresh one is preflighted", rotation(), {}, "do preflight"],
    ["then issued", ready, {}, "do issue"],
    ["an old preflight is made again", rotation({ preflightAt: plus(NOW, -PREFLIGHT_LASTS - 1) }), {}, "do preflight"],
    ["a stop", ready, { stopped: true }, "wait for somebody because stopped"],
    ["a stop comes before everything", ready, { stopped: true, mode: "observe" }, "wait for somebody because stopped"],
    ["observe", ready, { mode: "observe" }, "wait for somebody because mode-observe"],
    ["propose", ready, { mode: "propose" }, "wait for somebody because mode-propose"],
    [
      "propose, once what was begun before is settled",
      { ...ready, attempts: [attempt({ outcome: "unknown", startedAt: NOW, reads: READ_FIVE_TIMES })] },
      { mode: "propose" },
      "wait for somebody because mode-propose",
    ],
    [
      "propose, where an answer was lost, which is looked for first",
      { ...ready, attempts: [attempt({ outcome: "unknown", startedAt: NOW })] },
      { mode: "propose" },
      "do read-attempt",
    ],
    ["propose, approved", { ...ready, approvals: { issue: NOW, retire: null } }, { mode: "propose" }, "do issue"],
    [
      "backing off",
      { ...ready, failures: 1, lastFailure: null, notBefore: plus(NOW, HOUR) },
      {},
      "wait 60 min because second-attempt",
    ],
    ["a target that is gone", ready, { targets: [null] }, "halt because target-unbound"],
    ["an incomplete scan", ready, { scanHolds: "scan-incomplete" }, "wait for somebody because scan-incomplete"],
    ["a lossy scan", ready, { scanHolds: "scan-lossy" }, "wait for somebody because scan-lossy"],
    ["an open breaker", ready, { breakerOpen: true }, "wait for somebody because breaker-open"],
    ["an approval", { ...ready, policy: policy({ approval: "both" }) }, {}, "wait for somebody because approval-issue"],
    [
      "the ramp",
      ready,
      { limits: { issuesPerHour: 60 }, tally: { issues: [NOW], clean: 0, earlyRetirements: [] } },
      "wait 1440 min because ramp",
    ],
    ["a first withdrawal", { ...ready, attempts: [withdrawn] }, {}, "do issue"],
    [
      "never a third attempt",
      { ...ready, attempts: Array(ISSUE_TRIES).fill(withdrawn) },
      {},
      "halt because never-accepted",
    ],
    ["removal being off does not stop issuing", ready, { removalOff: true }, "do issue"],
  ];
  test.each(cases)("%s", (_, r, over, answer) => {
    expect(said(r, over)).toBe(answer);
  });

  test("a freeze and a window hold it back; urgency overrules the window and the ramp, never the freeze", () => {
    const saturday = policy({ windows: [{ days: ["sat"], from: "22:00", to: "04:00" }] });
    const frozen = policy({ freeze: [{ from: "2026-02-20", to: "2026-03-10", reason: "audit" }] });
    const judged = forecast(secret("old"), policy({}), [target(MINUTE)], NOW);
    if (judged === null) throw new Error("no forecast");
    const urgent = { ...judged, urgentAt: plus(NOW, -1) };
    const ramp: Partial<Facts> = {
      limits: { issuesPerHour: 60 },
      tally: { issues: [NOW], clean: 0, earlyRetirements: [] },
    };
    expect(said({ ...ready, policy: saturday })).toMatch(/because outside-window$/);
    expect(said({ ...ready, policy: saturday }, { forecast: urgent, ...ramp })).toBe("do issue");
    expect(said({ ...ready, policy: frozen }, { forecast: urgent })).toMatch(/^wait .* because frozen$/);
    expect(said({ ...ready, policy: saturday }, {}, at("2026-03-07T23:00:00Z"))).toBe("do preflight");
  });
});

describe("a lost answer", () => {
  const lost = (minutes: number[], parts = {}) =>
    rotation({
      preflightAt: NOW,
      attempts: [
        attempt({
          outcome: "unknown",
          reads: minutes.map((one) => ({ at: plus(NOW, one * MINUTE), keyIds: [] })),
          ...parts,
        }),
      ],
    });

  test("is read for at once, then over the replication window; only then comes a new attempt", () => {
    expect(said(lost([]))).toBe("do read-attempt");
    expect(said(lost([0]))).toMatch(/^wait .* because unknown-outcome$/);
    let r = lost([]);
    let now = NOW;
    const seen: string[] = [];
    for (let step = 0; step < 40; step += 1) {
      const verdict = decide(r, facts(), now);
      if (verdict.verdict === "wait" && verdict.until !== null) now = verdict.until;
      else if (verdict.verdict === "do") {
        seen.push(verdict.step.step);
        if (verdict.step.step !== "read-attempt") break;
        r = { ...r, attempts: r.attempts.map((one) => ({ ...one, reads: [...one.reads, { at: now, keyIds: [] }] })) };
      }
    }
    expect(seen.slice(0, 5)).toEqual(Array(5).fill("read-attempt"));
    expect(["issue", "preflight"]).toContain(seen[5]);
  });

  test("whose orphan is found has it removed, unless removal is off", () => {
    expect(said(lost([0], { orphan: "k" }))).toBe("do remove-orphan");
    expect(said(lost([0], { orphan: "k" }), { removalOff: true })).toBe("wait for somebody because removal-off");
  });

  test("stays on the watch list when the rotation is halted or cancelled", () => {
    for (const state of ["halted", "cancelled"] as const)
      expect(said({ ...lost([]), state, haltReason: "never-accepted" })).toBe("do read-attempt");
  });
});

describe("on the way", () => {
  const made = rotation({ state: "issued", issued: issued() });
  const accepted = rotation({ state: "accepted", issued: issued(), acceptedAt: NOW });
  const delivered = rotation({ ...accepted, state: "delivered", deliveries: [{ ...proven, verifiedAt: null }] });
  const silent = { ...made, probes: [probe("inconclusive", NOW)], probingSince: plus(NOW, -5 * DAY) };
  const ending = forecast({ keyId: "old", start: null, end: plus(NOW, DAY) }, policy({}), [target(MINUTE)], NOW);
  const lossy = rotation({ state: "retired", listLosses: [{ keyId: "theirs", name: null, fate: "lost", at: NOW }] });
  const wanted = rotation({
    state: "retired",
    undo: { until: plus(NOW, DAY), keyId: "back", addedAt: null, removedAt: null },
  });
  const cases: [string, Rotation, Partial<Facts>, string][] = [
    ["issued is tried", made, {}, "do probe"],
    [
      "and again later",
      { ...made, probes: [probe("issued", NOW)], probingSince: NOW },
      {},
      "wait 0.5 min because acceptance-spread",
    ],
    ["a silence of days is asked seldom", silent, {}, "wait 360 min because acceptance-silent"],
    ["but not where the old one ends soon", silent, { forecast: ending }, "wait 15 min because acceptance-silent"],
    ["a withdrawal that was begun is finished", { ...made, withdrawIntendedAt: NOW }, {}, "do withdraw"],
    [
      "but not while removal is off",
      { ...made, withdrawIntendedAt: NOW },
      { removalOff: true },
      "wait for somebody because removal-off",
    ],
    ["accepted is delivered", accepted, {}, "do deliver"],
    ["not to a target that is gone", accepted, { targets: [null] }, "halt because target-unbound"],
    ["nor after a stop", accepted, { stopped: true }, "wait for somebody because stopped"],
    ["delivered is verified", delivered, {}, "do verify"],
    ["a breaker does not keep a copy from being proven", delivered, { breakerOpen: true }, "do verify"],
    ["retired is done", rotation({ state: "retired" }), {}, "done because done"],
    ["and where it only looks as well", rotation({ state: "retired" }), { mode: "observe" }, "done because done"],
    ["what its list has lost is put back", lossy, {}, "do restore-list"],
    ["but not where it only looks", lossy, { mode: "observe" }, "wait for somebody because mode-observe"],
    ["a certificate that a person wants back is added", wanted, {}, "do undo"],
    ["but not where it only looks, either", wanted, { mode: "observe" }, "wait for somebody because mode-observe"],
    [
      "halted waits for a person",
      rotation({ state: "halted", haltReason: "value-lost" }),
      {},
      "wait for somebody because value-lost",
    ],
  ];
  test.each(cases)("%s", (_, r, over, answer) => {
    expect(said(r, over)).toBe(answer);
  });
});

describe("verified", () => {
  const end = verified.replacesEnd ?? NOW;
  const early = { ...verified, consumersComplete: true, policy: policy({ retire: "after-overlap", overlap: 7 * DAY }) };
  const overlapped = plus(NOW, 7 * DAY);

  test("without a word on consumers the old one lives out its end, and is swept a week later", () => {
    expect(said(verified)).toBe(`wait ${(end + SWEEP_AFTER - NOW) / MINUTE} min because until-expiry`);
    expect(said({ ...early, consumersComplete: false })).toMatch(/because consumers-unknown$/);
    expect(said(early, { targets: [target("start")] })).toMatch(/because unbounded-reload$/);
    expect(said(verified, {}, plus(end, SWEEP_AFTER))).toBe("do verify");
  });

  test("with it, after the overlap, and only on a fresh proof", () => {
    expect(said(early)).toBe(`wait ${(7 * DAY) / MINUTE} min because overlap`);
    expect(said(early, {}, overlapped)).toBe("do verify");
    const fresh = { ...early, deliveries: [{ ...proven, verifiedAt: plus(overlapped, -PROOF_LASTS) }] };
    expect(said(fresh, {}, overlapped)).toBe("do retire");
    expect(said(fresh, {}, plus(overlapped, 1))).toBe("do verify");
  });

  test("the oldest proof is made anew first: while that one fails, no other is made in vain", () => {
    const older = { ...proven, target: "other", verifiedAt: plus(NOW, -DAY) };
    const both = { ...early, deliveries: [proven, older] };
    const targets = [target(MINUTE), { ...target(MINUTE), name: "other" }];
    const { verdict } = explain(both, facts({ targets }), overlapped);
    expect(verdict).toMatchObject({ verdict: "do", step: { step: "verify", target: "other" } });
  });

  test("what the configuration says since can only keep it longer", () => {
    const fresh = { ...early, deliveries: [{ ...proven, verifiedAt: overlapped }] };
    const since = (retire: Facts["asked"]["retire"], complete = true) =>
      said(fresh, { asked: { retire, complete } }, overlapped);
    expect(since("after-overlap")).toBe("do retire");
    expect(since("after-overlap", false)).toMatch(/because consumers-unknown$/);
    expect(since("at-expiry")).toMatch(/because until-expiry$/);
    expect(since("never")).toBe("wait for somebody because retire-never");
    const patient = { ...fresh, policy: policy({ retire: "at-expiry" }) };
    expect(said(patient, { asked: { retire: "after-overlap", complete: true } }, overlapped)).toMatch(/until-expiry$/);
  });

  const due = { ...early, deliveries: [{ ...proven, verifiedAt: overlapped }] };
  const cases: [string, Rotation, Partial<Facts>, string | RegExp][] = [
    ["a proof short of a token", { ...due, assurance: "receipt" }, {}, /because overlap|because until-expiry/],
    ["never", { ...due, policy: policy({ retire: "never" }) }, {}, "wait for somebody because retire-never"],
    ["evidence was never looked for", { ...due, policy: policy({ retire: "after-evidence" }) }, {}, "do read-uses"],
    ["removal off", due, { removalOff: true }, "wait for somebody because removal-off"],
    ["the breaker", due, { breakerOpen: true }, "wait for somebody because breaker-open"],
    ["an unsound scan", due, { scanHolds: "scan-lossy" }, "wait for somebody because scan-lossy"],
    [
      "an approval",
      { ...due, policy: { ...due.policy, approval: "retire" } },
      {},
      "wait for somebody because approval-retire",
    ],
    [
      "an attempt that is still watched",
      {
        ...due,
        attempts: [
          attempt({
            outcome: "unknown",
            startedAt: plus(overlapped, -HOUR),
            reads: Array(6).fill({ at: overlapped, keyIds: [] }),
          }),
        ],
      },
      {},
      /because watched-attempt$/,
    ],
    [
      "a later rotation under way",
      due,
      { succession: { underWay: true, by: null } },
      "wait for somebody because successor-under-way",
    ],
    [
      "the wave",
      due,
      {
        limits: { issuesPerHour: 60 },
        earlyDue: 5,
        tally: { issues: [], clean: 0, earlyRetirements: [plus(overlapped, -HOUR)] },
      },
      /because retire-wave$/,
    ],
    ["a target that is gone", due, { targets: [null] }, "halt because target-unbound"],
  ];
  test.each(cases)("%s keeps the old one", (_, r, over, answer) => {
    const line = said(r, over, overlapped);
    if (typeof answer === "string") expect(line).toBe(answer);
    else expect(line).toMatch(answer);
  });

  test("a removal is read for until it has been absent in five reads", () => {
    const removed = { ...due, removedAt: overlapped };
    expect(said(removed, {}, overlapped)).toBe("do read-absent");
    expect(said({ ...removed, absentReads: [overlapped] }, {}, overlapped)).toMatch(/^wait .* because absence-reads$/);
  });
});

test("explain asks the same checks, each with its answer, and stops where the decision does", () => {
  const { verdict, checks } = explain(ready, facts({ breakerOpen: true }), NOW);
  expect(verdict).toMatchObject({ verdict: "wait", because: "breaker-open" });
  expect(checks.at(-1)).toMatchObject({ check: "breaker", passed: false, reason: "breaker-open" });
  expect(checks.slice(0, -1).every((one) => one.passed)).toBe(true);
  expect(checks[0]).toMatchObject({ check: "stop", sentence: "nobody has stopped writing" });
});

test("every check that can let the next one be asked says what it has found, and none is named that there is not", () => {
  const states = ["planned", "issued", "accepted", "delivered", "verified", "halted", "cancelled", "retired"] as const;
  const names = new Set(states.flatMap((state) => checksFor(state).map(({ name }) => name)));
  // these decide whatever they find
  for (const last of ["issue", "acceptance", "retire", "ended"]) names.delete(last);
  expect(KEPT_CHECKS.toSorted()).toEqual([...names].toSorted());
});
