/** What happens next to an application, and the sentence about all of them. */
import { describe, expect, test } from "vitest";
import { type Circumstances, outlookOf, type Standing } from "../../src/core/pictures/outlook.ts";
import { overviewOf } from "../../src/core/pictures/overview.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { forecast } from "../../src/core/schedule/forecast.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { issued, NOW, rotation } from "./make.ts";

const standing = (parts: Partial<Standing> = {}): Standing => ({
  keyId: "k1",
  start: plus(NOW, -100 * DAY),
  end: plus(NOW, 80 * DAY),
  signsIn: true,
  never: null,
  ...parts,
});
const ends = forecast(standing(), completePolicy("p", {}), [], NOW);
const slot = { status: "later" as const, because: "not-due" as const, keyId: "k1", forecast: ends, startsAt: null };
const judge = (parts: Partial<Circumstances> = {}) =>
  outlookOf({
    mode: "enforce",
    own: null,
    now: NOW,
    credentials: [standing()],
    slots: [],
    rotations: [],
    retirements: new Map(),
    ...parts,
  });
const code = (parts: Partial<Circumstances> = {}) => [judge(parts).next.code, judge(parts).next.reason];

describe("what happens next", () => {
  const approval = completePolicy("p", { approval: "both" });
  test.each<[string, Partial<Circumstances>, unknown[]]>([
    ["nobody said where it goes", {}, ["not-managed", "not-bound"]],
    ["a plan", { slots: [slot] }, ["renews", "not-due"]],
    ["a plan that may not write", { slots: [slot], mode: "observe" }, ["stops", "mode-observe"]],
    [
      "a plan that cannot",
      { slots: [{ ...slot, status: "cannot", because: "target-kind" }] },
      ["stops", "target-kind"],
    ],
    [
      "a halt",
      { slots: [slot], rotations: [rotation({ state: "halted", haltReason: "value-lost" })] },
      ["stops", "value-lost"],
    ],
    [
      "a rotation under way",
      { slots: [slot], rotations: [rotation({ state: "issued" })] },
      ["renewing", rotation().reason],
    ],
    [
      "a rotation that a person holds",
      { slots: [slot], rotations: [rotation({ state: "issued", paused: { by: "ann", at: NOW } })] },
      ["stops", "paused"],
    ],
    [
      "another slot's, beside one that goes on",
      {
        slots: [slot, slot],
        rotations: [rotation({ state: "issued" }), rotation({ state: "planned", paused: { by: "ann", at: NOW } })],
      },
      ["stops", "paused"],
    ],
    [
      "one in overlap that a person holds, beside one that goes on",
      {
        slots: [slot, slot],
        rotations: [
          rotation({ state: "verified", issued: issued() }),
          rotation({ state: "verified", issued: issued(), paused: { by: "ann", at: NOW } }),
        ],
      },
      ["overlap", "paused"],
    ],
    [
      "a rotation that waits",
      { slots: [slot], rotations: [rotation({ policy: approval })] },
      ["waits-for-approval", "approval-issue"],
    ],
    [
      "a rotation of Nolapse's own, which always waits",
      { slots: [slot], own: rotation().holder.appId, rotations: [rotation()] },
      ["waits-for-approval", "approval-issue"],
    ],
    [
      "mode propose",
      { slots: [slot], mode: "propose", rotations: [rotation()] },
      ["waits-for-approval", "mode-propose"],
    ],
    [
      "an overlap",
      { slots: [slot], rotations: [rotation({ state: "verified", issued: issued() })] },
      ["overlap", rotation().reason],
    ],
    [
      "a platform",
      { credentials: [standing({ never: "platform-managed" })] },
      ["renewed-elsewhere", "platform-managed"],
    ],
    [
      "a platform, though somebody has bound it",
      { slots: [{ ...slot, status: "cannot", because: "platform-managed" }] },
      ["renewed-elsewhere", "platform-managed"],
    ],
    [
      "a platform whose credential has ended, though somebody has bound it",
      {
        credentials: [standing({ end: plus(NOW, -1), never: "platform-managed" })],
        slots: [{ ...slot, status: "cannot", because: "no-live-credential" }],
      },
      ["renewed-elsewhere", "platform-managed"],
    ],
    [
      "one of ours that has ended, beside a platform's",
      {
        credentials: [standing({ never: "platform-managed" }), standing({ keyId: "k2", end: plus(NOW, -1) })],
        slots: [{ ...slot, status: "cannot", because: "no-live-credential" }],
      },
      ["stops", "no-live-credential"],
    ],
    ["nothing at all", { credentials: [] }, ["nothing-to-renew", null]],
    ["only ended ones", { credentials: [standing({ end: plus(NOW, -1) })] }, ["ended", "expired"]],
    ["one without an end", { credentials: [standing({ end: null })] }, ["nothing-to-renew", null]],
  ])("%s", (_name, parts, expected) => expect(code(parts)).toEqual(expected));
});

test("it signs in until the last of those that work now ends", () => {
  const [later, future, saml] = [
    standing({ keyId: "k2", end: plus(NOW, 200 * DAY) }),
    standing({ keyId: "k3", start: plus(NOW, DAY), end: plus(NOW, 900 * DAY) }),
    standing({ keyId: "k4", signsIn: false, end: plus(NOW, 999 * DAY) }),
  ];
  expect(judge({ credentials: [standing(), later, future, saml] })).toMatchObject({
    signsIn: true,
    signsInUntil: plus(NOW, 200 * DAY),
  });
  expect(
    judge({ credentials: [standing({ end: plus(NOW, -DAY) }), standing({ end: plus(NOW, -2 * DAY) }), future] }).next,
  ).toEqual({
    code: "ended",
    at: plus(NOW, -DAY),
    reason: "expired",
    rotation: null,
  });
  expect(judge({ credentials: [saml, future] })).toMatchObject({ signsIn: false, signsInUntil: null });
});

test("both work until the old one goes, or ends before that", () => {
  const verified = rotation({ state: "verified", issued: issued(), replacesEnd: plus(NOW, 10 * DAY) });
  const until = (goes: number | null, its = verified) =>
    judge({
      slots: [slot],
      rotations: [its],
      retirements: new Map([[its.id, goes === null ? null : plus(NOW, goes * DAY)]]),
    }).next.at;
  expect([until(3), until(17), until(null)]).toEqual([plus(NOW, 3 * DAY), plus(NOW, 10 * DAY), plus(NOW, 10 * DAY)]);
  expect(until(3, { ...verified, replacesEnd: null })).toBe(plus(NOW, 3 * DAY));
});

describe("the sentence", () => {
  const app = (name: string, parts: Partial<Circumstances>, lastSafeAt: number | null = null) => ({
    objectId: name,
    displayName: name,
    outlook: judge(parts),
    lastSafeAt: lastSafeAt as never,
  });
  const [fine, soon, later] = [
    app("fine", { slots: [slot] }),
    app("soon", { credentials: [standing({ end: plus(NOW, 5 * DAY) })] }),
    app("later", {}),
  ];
  const down = app("down", {
    credentials: [standing({ end: plus(NOW, -1) })],
    slots: [{ ...slot, status: "cannot", because: "expired" }],
  });
  test.each([
    [[fine], true, "nothing", 0, 0],
    [[fine, later], true, "later", 1, 0],
    [[fine, later, soon], true, "soon", 1, 1],
    [
      [later, app("late", { credentials: [standing({ end: plus(NOW, 5 * DAY) })] }, NOW - 1)],
      true,
      "past-last-safe",
      1,
      1,
    ],
    [[soon, down], true, "now", 1, 0],
    [[fine, soon], false, "incomplete", 1, 0],
  ] as const)("case %#: the first rule that holds", (all, complete, expected, count, rest) => {
    const { code: said, count: of, later: after } = overviewOf([...all], complete, NOW);
    expect([said, of, after]).toEqual([expected, count, rest]);
  });
});
