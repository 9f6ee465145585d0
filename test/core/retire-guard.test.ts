/** May this key id be removed? Everything that is not known counts against it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type GuardFacts, mayRemove, PROOF_LASTS } from "../../src/core/rotation/retire-guard.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, type EpochMs, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { attempt, delivery, federated, holder, issued, NOW, rotation, secret, signIns, useEvidence } from "./make.ts";

const proven = delivery({ receipt: { version: null, at: NOW }, intendedAt: NOW, verifiedAt: NOW, assurance: "token" });
const verified = rotation({ state: "verified", issued: issued(), deliveries: [proven], verifiedAt: NOW });
const both = holder({ credentials: [secret("new", { end: plus(NOW, 90 * DAY) }), secret("old")] });

const retire: GuardFacts = {
  purpose: "retire",
  keyId: "old",
  rotation: verified,
  holder: both,
  ledger: { origin: "adopted", removedAt: null },
  removalOff: null,
  evidence: null,
  unknownAttempts: [],
  now: NOW,
};

const MARKED = "name of old [nolapse:abcd.aaaaaaaaaaaa]";
const withdraw: GuardFacts = {
  ...retire,
  purpose: "withdraw",
  keyId: "new",
  rotation: rotation({ state: "issued", issued: issued() }),
  ledger: { origin: "issued", removedAt: null },
};
const orphan: GuardFacts = {
  ...retire,
  purpose: "orphan",
  keyId: "lost",
  rotation: rotation({ attempts: [attempt({ outcome: "unknown", orphan: "lost" })] }),
  holder: holder({ credentials: [secret("lost", { name: MARKED }), secret("old")] }),
  ledger: { origin: "orphan", removedAt: null },
};

const why = (facts: GuardFacts) => {
  const answer = mayRemove(facts);
  return answer.allowed ? "allowed" : answer.why;
};
const withRotation = (facts: GuardFacts, parts: Partial<Rotation>): GuardFacts => ({
  ...facts,
  rotation: { ...facts.rotation, ...parts },
});

describe("the guard allows", () => {
  test.each([
    ["retire", retire],
    ["withdraw", withdraw],
    ["orphan", orphan],
    ["its own credential", { ...withRotation(retire, { ownProof: { at: NOW, proven: true } }), own: true }],
  ])("%s when everything speaks for it", (_, facts) => {
    expect(why(facts)).toBe("allowed");
  });
});

test("a proof by a process whose clock is two minutes ahead is no older than ten minutes when a slow request arrives", () => {
  // it dates what it read two minutes later, and half a minute goes into the request
  const read = plus(NOW, -(10 * MINUTE - 30 * SECOND) - 1);
  const dated = delivery({ ...proven, verifiedAt: plus(read, 2 * MINUTE) });
  expect(why(withRotation(retire, { deliveries: [dated] }))).toMatch(/not verified within the last 7 minutes/);
});

describe("the guard refuses", () => {
  const stale = delivery({ ...proven, verifiedAt: plus(NOW, -PROOF_LASTS - 1) });
  const cases: [string, GuardFacts, RegExp][] = [
    ["what is not in the ledger", { ...retire, ledger: null }, /not in the ledger/],
    ["while removal is off", { ...retire, removalOff: "the store is older" }, /removal is off: the store is older/],
    ["beside marks of ours that the store does not know", { ...retire, unknownAttempts: ["x"] }, /does not know/],
    ["before the successor is verified", withRotation(retire, { state: "delivered" }), /is delivered/],
    ["any other credential", { ...retire, keyId: "somebody-elses" }, /not the credential/],
    ["the successor itself", withRotation({ ...retire, keyId: "new" }, { replaces: "new" }), /no successor/],
    ["without a successor", withRotation(retire, { issued: null }), /no successor/],
    [
      "when somebody removed the successor",
      { ...retire, holder: holder({ credentials: [secret("old")] }) },
      /not in the directory/,
    ],
    [
      "when the successor has expired",
      { ...retire, holder: holder({ credentials: [secret("new", { end: NOW }), secret("old")] }) },
      /not valid now/,
    ],
    ["when nothing was delivered", withRotation(retire, { deliveries: [] }), /delivered nowhere/],
    [
      "on an old proof",
      withRotation(retire, { deliveries: [proven, { ...stale, target: "vault" }] }),
      /vault was not verified/,
    ],
    ["without a proof", withRotation(retire, { deliveries: [{ ...proven, verifiedAt: null }] }), /not verified/],
    [
      "on a proof from the future",
      withRotation(retire, { deliveries: [{ ...proven, verifiedAt: plus(NOW, MINUTE) }] }),
      /future/,
    ],
    ["to retire an orphan", { ...retire, ledger: { origin: "orphan", removedAt: null } }, /as an orphan/],
    [
      "to withdraw what a consumer may have",
      withRotation(withdraw, { deliveries: [{ ...proven, receipt: null, verifiedAt: null }] }),
      /may have received/,
    ],
    [
      "to withdraw what was adopted",
      { ...withdraw, ledger: { origin: "adopted", removedAt: null } },
      /not issued by this rotation/,
    ],
    ["to withdraw another's", { ...withdraw, keyId: "old" }, /not issued by this rotation/],
    ["Nolapse's own credential that no fresh process has proven", { ...retire, own: true }, /no fresh process/],
    [
      "its own by a proof that has grown old",
      {
        ...withRotation(retire, { ownProof: { at: plus(NOW, -PROOF_LASTS - 1), proven: true } }),
        own: true,
      },
      /no fresh process/,
    ],
    [
      "its own by a proof of a clock that was ahead",
      { ...withRotation(retire, { ownProof: { at: plus(NOW, 1), proven: true } }), own: true },
      /no fresh process/,
    ],
    ["an orphan nobody confirmed", withRotation(orphan, { attempts: [attempt({ outcome: "unknown" })] }), /no attempt/],
    [
      "an orphan that is entered otherwise",
      { ...orphan, ledger: { origin: "issued", removedAt: null } },
      /not confirmed/,
    ],
    ["an orphan without the mark", { ...orphan, holder: holder({ credentials: [secret("lost")] }) }, /marker/],
  ];
  test.each(cases)("%s", (_, facts, reason) => {
    expect(why(facts)).toMatch(reason);
  });
});

describe("by a federated credential", () => {
  const federates = rotation({
    state: "verified",
    kind: "federated",
    federated: federated(),
    issued: issued({ keyId: "fic", end: null, at: plus(NOW, -DAY) }),
    deliveries: [],
    verifiedAt: plus(NOW, -DAY),
    assurance: "consumer-evidence",
  });
  const facts: GuardFacts = {
    ...retire,
    rotation: federates,
    holder: holder({ credentials: [secret("old")] }),
    evidence: signIns(),
  };

  test("allows it on a use that only its issuer can have made, and none of the old one", () => {
    expect(why(facts)).toBe("allowed");
  });

  test("does not count uses of an old one that has ended", () => {
    const ended = holder({ credentials: [secret("old", { end: NOW })] });
    expect(why({ ...facts, holder: ended, evidence: signIns({ oldUse: NOW }) })).toBe("allowed");
  });

  test.each<[string, Partial<GuardFacts>, RegExp]>([
    ["without a look at the log", { evidence: null }, /not read just now/],
    ["on an old look", { evidence: signIns({ readAt: plus(NOW, -PROOF_LASTS - 1) }) }, /not read just now/],
    ["on a look from the future", { evidence: signIns({ readAt: plus(NOW, 1) }) }, /future/],
    ["on a use in the future", { evidence: signIns({ lastUse: plus(NOW, 1) }) }, /future/],
    ["on a use before it was made", { evidence: signIns({ lastUse: plus(NOW, -2 * DAY) }) }, /older than itself/],
    ["when the log is closed", { evidence: signIns({ closed: true }) }, /may not be read/],
    ["when it is gone", { evidence: signIns({ listed: false }) }, /not on the application/],
    ["when nobody has used it", { evidence: signIns({ lastUse: null }) }, /seven days/],
    ["when the old one is in use", { evidence: signIns({ oldUse: NOW }) }, /has signed in since/],
    [
      "when the old one is in use and not listed",
      { evidence: signIns({ oldUse: NOW }), holder: holder() },
      /has signed in/,
    ],
    ["without evidence of a consumer", { rotation: { ...federates, assurance: null } }, /nobody was seen/],
    ["of what is not in the ledger", { ledger: null }, /ledger/],
  ])("refuses %s", (_, parts, reason) => {
    expect(why({ ...facts, ...parts })).toMatch(reason);
  });

  test("refuses when nobody has used it for a week", () => {
    const long = { ...federates, issued: issued({ keyId: "fic", end: null, at: plus(NOW, -30 * DAY) }) };
    const idle = signIns({ lastUse: plus(NOW, -7 * DAY - 1) });
    expect(why({ ...facts, rotation: long, evidence: idle })).toMatch(/seven days/);
  });

  test("whatever the facts, a removal that is allowed rests on a fresh look and a use of this week", () => {
    const ago = (most: number) => fc.integer({ min: -1, max: most }).map((minutes) => plus(NOW, -minutes * MINUTE));
    const anyFacts = fc.record({
      keyId: fc.constantFrom("old", "old", "old", "fic", "else"),
      ledger: fc.option(
        fc.record({ origin: fc.constantFrom("issued", "adopted", "orphan"), removedAt: fc.constant(null) }),
      ),
      state: fc.constantFrom("planned", "delivered", "verified", "verified", "verified"),
      assurance: fc.constantFrom("consumer-evidence", "consumer-evidence", "token", null),
      evidence: fc.option(
        fc.record({
          readAt: ago(14),
          closed: fc.constantFrom(false, false, false, true),
          listed: fc.constantFrom(true, true, true, false),
          lastUse: fc.option(ago(14 * 24 * 60), { freq: 5 }),
          oldUse: fc.option(ago(60), { freq: 1 }),
        }),
        { freq: 9 },
      ),
      ends: fc.constantFrom(plus(NOW, DAY), NOW),
    } as const);
    let allowed = 0;
    fc.assert(
      fc.property(anyFacts, ({ state, assurance, ends, ...any }) => {
        const rotated = {
          ...federates,
          state,
          assurance,
          issued: issued({ keyId: "fic", end: null, at: plus(NOW, -10 * DAY) }),
        };
        const held = holder({ credentials: [secret("old", { end: ends })] });
        const { evidence } = any;
        if (!mayRemove({ ...facts, ...any, rotation: rotated, holder: held }).allowed) return;
        allowed += 1;
        expect([any.keyId, state, assurance]).toEqual(["old", "verified", "consumer-evidence"]);
        expect(["issued", "adopted"]).toContain(any.ledger?.origin);
        expect([evidence?.closed, evidence?.listed]).toEqual([false, true]);
        expect(NOW - (evidence?.readAt ?? 0)).toBeLessThanOrEqual(10 * MINUTE);
        expect(NOW - (evidence?.lastUse ?? 0)).toBeLessThanOrEqual(7 * DAY);
        if (ends > NOW) expect(evidence?.oldUse).toBeNull();
      }),
      { numRuns: 20_000 },
    );
    expect(allowed, "the property is not empty").toBeGreaterThan(50);
  });
});

describe("of a leftover", () => {
  const word = {
    at: NOW,
    actor: "ann",
    why: "the vendor has left",
    told: { retire: "at-expiry", complete: true },
  } as const;
  const asked: GuardFacts = {
    ...withRotation(retire, { leftover: true, removal: word, issued: issued({ at: plus(NOW, -DAY) }) }),
    holder: holder({
      credentials: [secret("new", { end: plus(NOW, 90 * DAY) }), secret("old", { start: plus(NOW, -30 * DAY) })],
    }),
    shared: null,
  };
  const older = (start: EpochMs | null) => holder({ credentials: [secret("new"), secret("old", { start })] });

  test("allows what was adopted, is older than what stays, and a person has asked for", () => {
    expect(why(asked)).toBe("allowed");
  });

  test.each<[string, GuardFacts, RegExp]>([
    ["without a person's word", { ...asked, rotation: without(asked.rotation, "removal") }, /nobody has asked/],
    ["of what Nolapse made", { ...asked, ledger: { origin: "issued", removedAt: null } }, /nobody has adopted/],
    ["where a slot names it", { ...asked, shared: 'slot "b" names it' }, /slot "b" names it/],
    ["where nobody looked at the slots", without(asked, "shared"), /nobody has looked/],
    ["of what is newer than what stays", { ...asked, holder: older(NOW) }, /newer/],
    ["of what may be newer", { ...asked, holder: older(null) }, /newer/],
    ["on an old proof", withRotation(asked, { deliveries: [{ ...proven, verifiedAt: null }] }), /not verified/],
  ])("refuses %s", (_, facts, reason) => {
    expect(why(facts)).toMatch(reason);
  });

  test("whatever the facts, one that is allowed has been adopted, asked for, and is older than a live and freshly proven other", () => {
    const near = fc.integer({ min: -12, max: 1 }).map((minutes) => plus(NOW, minutes * MINUTE));
    const anyFacts = fc.record({
      origin: fc.constantFrom("issued", "adopted", "adopted", "adopted", "orphan"),
      removal: fc.constantFrom(word, word, word, undefined),
      shared: fc.constantFrom(null, null, null, undefined, "a slot names it"),
      start: fc.option(fc.integer({ min: -3, max: 1 }).map((days) => plus(NOW, days * DAY))),
      ends: fc.constantFrom(plus(NOW, DAY), plus(NOW, DAY), NOW),
      proof: fc.option(near, { freq: 9 }),
    } as const);
    let allowed = 0;
    fc.assert(
      fc.property(anyFacts, ({ origin, removal, shared, start, ends, proof }) => {
        const deliveries = [{ ...proven, verifiedAt: proof }];
        const { removal: _, ...rest } = asked.rotation;
        const { shared: __, ...facts } = asked;
        const answer = mayRemove({
          ...facts,
          ...(shared === undefined ? {} : { shared }),
          ledger: { origin, removedAt: null },
          holder: holder({ credentials: [secret("new", { end: ends }), secret("old", { start })] }),
          rotation: { ...rest, deliveries, ...(removal === undefined ? {} : { removal }) },
        });
        if (!answer.allowed) return;
        allowed += 1;
        expect([origin, removal, shared]).toEqual(["adopted", word, null]);
        expect(start).not.toBeNull();
        expect(start ?? 0).toBeLessThan(asked.rotation.issued?.at ?? 0);
        expect(ends).toBeGreaterThan(NOW);
        expect(NOW - (proof ?? 0)).toBeLessThanOrEqual(10 * MINUTE);
      }),
      { numRuns: 20_000 },
    );
    expect(allowed, "the property is not empty").toBeGreaterThan(50);
  });
});

function without<T extends object, K extends keyof T>(all: T, name: K): T {
  return Object.fromEntries(Object.entries(all).filter(([key]) => key !== name)) as T;
}

test("whatever the facts, a removal that is allowed is of a ledger key with a live, freshly proven other", () => {
  const near = fc.integer({ min: -12, max: 1 }).map((minutes) => plus(NOW, minutes * MINUTE));
  const end = fc.integer({ min: -5, max: 60 }).map((minutes) => plus(NOW, minutes * MINUTE));
  const mostly = (one: string) =>
    fc.oneof({ weight: 5, arbitrary: fc.constant(one) }, fc.constantFrom("old", "new", "else"));
  const anyFacts = fc.record({
    keyId: mostly("old"),
    ledger: fc.option(
      fc.record({ origin: fc.constantFrom("issued", "adopted", "orphan"), removedAt: fc.constant(null) }),
    ),
    removalOff: fc.option(fc.constant("off"), { freq: 4 }),
    unknownAttempts: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.constant(["x"]) }),
    state: fc.constantFrom("planned", "issued", "accepted", "delivered", "verified", "verified", "verified"),
    replaces: mostly("old"),
    issuedKey: fc.option(mostly("new"), { freq: 5 }),
    proofs: fc.array(fc.option(near, { freq: 9 }), { maxLength: 3 }),
    ends: fc.array(fc.tuple(mostly("new"), end), { maxLength: 4 }),
  } as const);
  let allowed = 0;
  fc.assert(
    fc.property(anyFacts, (any) => {
      const r = rotation({
        state: any.state,
        replaces: any.replaces,
        issued: any.issuedKey === null ? null : issued({ keyId: any.issuedKey }),
        deliveries: any.proofs.map((verifiedAt, index) => ({ ...proven, target: `t${index}`, verifiedAt })),
      });
      const credentials = any.ends.map(([keyId, end]) => secret(keyId, { end }));
      const answer = mayRemove({ ...retire, ...any, rotation: r, holder: holder({ credentials }) });
      if (!answer.allowed) return;
      allowed += 1;
      expect(any.ledger).not.toBeNull();
      expect(any.keyId).toBe(any.replaces);
      expect(any.issuedKey).not.toBe(any.keyId);
      expect(credentials.some((one) => one.keyId === any.issuedKey && (one.end ?? 0) > NOW)).toBe(true);
      expect(any.proofs.length).toBeGreaterThan(0);
      for (const proof of any.proofs) {
        expect(proof).not.toBeNull();
        expect(NOW - (proof ?? 0)).toBeLessThanOrEqual(10 * MINUTE);
      }
    }),
    { numRuns: 20_000 },
  );
  expect(allowed, "the property is not empty").toBeGreaterThan(50);
});

describe("by evidence", () => {
  const policy = { ...verified.policy, retire: "after-evidence" } as const;
  const quiet = { ...verified, policy, verifiedAt: plus(NOW, -40 * DAY) };
  const facts: GuardFacts = { ...retire, rotation: quiet, uses: useEvidence() };
  const use = { at: plus(NOW, -DAY), client: "batch", address: "192.0.2.7", resource: null, flow: null, named: true };

  test("allows it where everybody has moved over, and whatever was seen of one that has ended", () => {
    expect(why(facts)).toBe("allowed");
    const ended = holder({ credentials: [secret("new"), secret("old", { end: NOW })] });
    expect(why({ ...facts, holder: ended, uses: null })).toBe("allowed");
  });

  test.each<[string, Partial<GuardFacts>, RegExp]>([
    ["where nobody looked", { uses: null }, /nobody has looked/],
    ["on an old look", { uses: useEvidence({ readAt: plus(NOW, -PROOF_LASTS - 1) }) }, /not read just now/],
    ["on a look from the future", { uses: useEvidence({ readAt: plus(NOW, 1) }) }, /future/],
    ["on a look that failed", { uses: useEvidence({ unread: "failed" }) }, /could not be read the last time/],
    ["without a licence", { uses: useEvidence({ unread: "unlicensed" }) }, /no licence/],
    ["without permission", { uses: useEvidence({ unread: "closed" }) }, /may not be read/],
    ["without a row of the new one", { uses: useEvidence({ newUse: null }) }, /no evidence/],
    ["while the old one is in use", { uses: useEvidence({ oldUse: use }) }, /batch signed in at .* from 192\.0\.2\.7/],
    ["after a use nobody can name", { uses: useEvidence({ oldUse: { ...use, named: false } }) }, /does not name/],
    ["before the window is over", { uses: useEvidence({ since: plus(NOW, -34 * DAY) }) }, /window is not over/],
    ["not listed, and so perhaps hidden", { uses: null, holder: holder({ credentials: [secret("new")] }) }, /looked/],
  ])("refuses %s", (_, parts, reason) => {
    expect(why({ ...facts, ...parts })).toMatch(reason);
  });

  test("a policy of evidence cannot be forgotten by whoever asks", () => {
    const { uses: _, ...forgotten } = facts;
    expect(why(forgotten)).toMatch(/nobody has looked/);
  });
});
