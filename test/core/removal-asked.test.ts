/** A person's word that the old credential shall go: it shortens what the rule would wait for, and never what consumers need. */
import { describe, expect, test } from "vitest";
import { completePolicy, type PolicyInput, TOKEN_LIFE } from "../../src/core/policy/policy.ts";
import { longestRule } from "../../src/core/policy/reload.ts";
import type { TargetSettings } from "../../src/core/policy/settings.ts";
import { applyEvent } from "../../src/core/rotation/apply-event.ts";
import { mayRemove } from "../../src/core/rotation/retire-guard.ts";
import { retirement, wordForbidden } from "../../src/core/rotation/retirement.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import type { Facts } from "../../src/core/rotation/verdict.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { delivery, holder, issued, NOW, rotation, secret, target, useEvidence } from "./make.ts";

const proven = delivery({ intendedAt: NOW, receipt: { version: null, at: NOW }, verifiedAt: NOW, assurance: "token" });
const COMPLETE: Facts["asked"] = { retire: "after-overlap", complete: true };
const END = plus(NOW, 10 * DAY);

function verified(policy: PolicyInput = {}, parts: Partial<Rotation> = {}): Rotation {
  const base = {
    state: "verified",
    issued: issued(),
    deliveries: [proven],
    verifiedAt: NOW,
    assurance: "token",
  } as const;
  return rotation({
    ...base,
    policy: completePolicy("p", policy),
    consumersComplete: true,
    replacesEnd: END,
    ...parts,
  });
}

function word(on: Rotation, asked: Facts["asked"] = COMPLETE): Rotation {
  const told = { retire: longestRule(on.policy.retire, asked.retire), complete: asked.complete };
  return applyEvent(on, { type: "removal-asked", at: NOW, actor: "entra:ann", why: "replaced everywhere", told });
}

const goes = (r: Rotation, reload: TargetSettings["reload"] = MINUTE, asked = COMPLETE) =>
  retirement(r, [target(reload)], asked);

describe("with a person's word it goes once every declared consumer has had the time to reload", () => {
  test.each<[string, PolicyInput, Facts["asked"]]>([
    ["not after the overlap", { retire: "after-overlap", overlap: 7 * DAY }, COMPLETE],
    ["not at its own end", { retire: "at-expiry" }, { ...COMPLETE, retire: "at-expiry" }],
    ["not never", { retire: "never" }, { ...COMPLETE, retire: "never" }],
    ["not by evidence", { retire: "after-evidence" }, { ...COMPLETE, retire: "after-evidence" }],
    ["though others may hold a copy", { retire: "after-overlap" }, { ...COMPLETE, complete: false }],
  ])("%s", (_, policy, asked) => {
    const before = goes(verified(policy), HOUR, asked);
    expect(before.at === null || before.at > plus(NOW, HOUR + TOKEN_LIFE)).toBe(true);
    const then = goes(word(verified(policy), asked), HOUR, asked);
    expect(then).toEqual({ at: plus(NOW, HOUR + TOKEN_LIFE), because: "removal-asked", detail: null, early: true });
  });

  test("at its own end where that comes first, which is not early", () => {
    const ends = plus(NOW, 30 * MINUTE);
    const then = goes(word(verified({}, { replacesEnd: ends })));
    expect(then).toMatchObject({ at: ends, because: "removal-asked", early: false });
  });

  test("and not later than its rule says", () => {
    const quick = verified({ retire: "after-overlap", overlap: 1 * DAY });
    expect(goes(word(quick), 3 * DAY)).toMatchObject({ because: "overlap", at: plus(NOW, 3 * DAY + TOKEN_LIFE) });
  });
});

describe("it is a word on what the configuration said then", () => {
  const asked = { retire: "after-overlap", complete: true } as const;
  test.each<[string, Facts["asked"]]>([
    ["never, since", { ...asked, retire: "never" }],
    ["to its own end, since", { ...asked, retire: "at-expiry" }],
    ["that others hold a copy, since", { ...asked, complete: false }],
  ])("%s, it is kept by that", (_, since) => {
    const spoken = word(verified({ retire: "after-overlap", overlap: 7 * DAY }), asked);
    expect(goes(spoken, HOUR, asked)).toMatchObject({ because: "removal-asked" });
    const kept = goes(spoken, HOUR, since);
    expect(kept.at === null || kept.at > END).toBe(true);
    // said once more, by who knows of it
    expect(goes(word(spoken, since), HOUR, since)).toMatchObject({ because: "removal-asked" });
  });
});

describe("no word lets it go before its own end", () => {
  test.each<[string, string, Rotation, TargetSettings["reload"], Facts["asked"]]>([
    ["a consumer that reloads only when it starts", "unbounded-reload", verified(), "start", COMPLETE],
    ["a credential that cannot be tried", "consumer-proof", verified({ probe: "none" }), MINUTE, COMPLETE],
    ["a proof by a person alone", "consumer-proof", verified({}, { assurance: "person" }), MINUTE, COMPLETE],
    ["what Nolapse reads from a variable", "own-environment", verified(), MINUTE, { ...COMPLETE, keeps: true }],
  ])("%s", (_, because, r, reload, asked) => {
    expect(wordForbidden(r, [target(reload)], asked)).toBe(because);
    const then = goes(word(r), reload, asked);
    expect(then.at === null || then.at >= END).toBe(true);
    expect(then.early).toBe(false);
  });
});

test("the guard lets it go against evidence on the word alone, and holds to every other proof", () => {
  const credentials = [secret("new", { end: plus(NOW, 90 * DAY) }), secret("old")];
  const facts = {
    purpose: "retire",
    keyId: "old",
    holder: holder({ credentials }),
    ledger: { origin: "adopted", removedAt: null },
    removalOff: null,
    evidence: null,
    unknownAttempts: [],
    now: NOW,
  } as const;
  const by = verified({ retire: "after-evidence" });
  expect(mayRemove({ ...facts, rotation: by }).allowed).toBe(false);
  expect(mayRemove({ ...facts, rotation: word(by) }).allowed).toBe(true);
  // where something else than the word lets it go, what was read counts
  const uses = useEvidence({ readAt: NOW, newUse: null });
  expect(mayRemove({ ...facts, rotation: word(by), uses }).allowed).toBe(false);
  for (const more of [
    { now: plus(NOW, 11 * MINUTE) },
    { holder: holder({ credentials: [secret("old")] }) },
    { ledger: null },
    { removalOff: "the store is older" },
  ])
    expect(mayRemove({ ...facts, rotation: word(by), ...more }).allowed).toBe(false);
});
