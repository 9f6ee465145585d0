/** The sentences that pages open with: a number and a time, and the trouble before what is well. */
import { expect, test } from "vitest";
import { enterpriseSentence, healthSentence, policiesSentence, targetsSentence } from "../../web/src/text/answers.ts";
import { ended, isCommand, stated } from "../../web/src/text/rotation.ts";

const at = { zone: "Europe/Amsterdam" };
const coverage = {
  scannedAt: "2026-11-23T09:42:00Z",
  complete: true,
  applications: 40,
  servicePrincipals: 45,
  failures: [],
  missed: null,
};
const now = "2026-11-23T10:00:00Z";

test("the targets: who writes, since when each was seen to work, and which never was", () => {
  const target = { carriedBy: null, lastVerified: "2026-11-23T09:42:00Z", lastPreflight: null };
  const before = { ...target, carriedBy: "the vendor", lastVerified: "2026-11-20T07:00:00Z" };
  expect(targetsSentence([target], at)).toBe(
    "Nolapse writes to 1 target. It was verified last Mon 23 Nov 2026, 10:42.",
  );
  expect(targetsSentence([target, before], at)).toBe(
    "Nolapse writes to 1 target. To 1 a person carries the value. All were verified, none longer ago than Fri 20 Nov 2026, 08:00.",
  );
  const never = { ...target, lastVerified: null };
  expect(targetsSentence([target, never], at)).toBe(
    "Nolapse writes to 2 targets. 1 was verified last Mon 23 Nov 2026, 10:42. 1 has not been verified by a rotation yet.",
  );
  expect(targetsSentence([never], at)).toBe("Nolapse writes to 1 target. 1 has not been verified by a rotation yet.");
});

test("the targets: first those that could not be written, and when that was", () => {
  const tried = { at: "2026-11-23T09:42:00Z", failed: null };
  const target = { carriedBy: null, lastVerified: "2026-11-23T09:42:00Z", lastPreflight: tried };
  const failed = { ...target, lastPreflight: { ...tried, failed: "its folder is gone" } };
  const earlier = { ...target, lastPreflight: { at: "2026-11-22T09:42:00Z", failed: "its folder is gone" } };
  expect(targetsSentence([target, failed], at)).toBe(
    "1 of 2 targets could not be written when it was tried last, Mon 23 Nov 2026, 10:42.",
  );
  expect(targetsSentence([failed, earlier, target], at)).toBe(
    "2 of 3 targets could not be written when they were tried last, the latest Mon 23 Nov 2026, 10:42.",
  );
});

test("the policies: for how many they hold, by which scan; at least, where it did not see all", () => {
  const one = {
    name: "default",
    kind: null,
    line: null,
    lifetime: "P180D",
    renewBefore: "P60D",
    overlap: "P7D",
    retire: "after-overlap",
    approval: "none",
    custody: "none",
    probe: "strict",
    applications: 29,
    managed: 0,
  };
  const items = [one, { ...one, name: "quick", applications: 11, managed: 11 }] as unknown as Parameters<
    typeof policiesSentence
  >[0]["items"];
  expect(policiesSentence({ items, coverage }, at)).toBe(
    "2 policies hold for 40 applications, exactly one for each; 11 are managed, by the scan of Mon 23 Nov 2026, 10:42.",
  );
  expect(policiesSentence({ items, coverage: { ...coverage, complete: false } }, at)).toContain(
    "hold for at least 40 applications,",
  );
  expect(policiesSentence({ items, coverage: { ...coverage, scannedAt: null } }, at)).toBe(
    "2 policies; each application has exactly one.",
  );
});

test("health: what wants something, of how many, and when it was looked", () => {
  const check = { area: "machine", name: "store", state: "ok", says: "is whole", fix: null } as const;
  expect(healthSentence({ checks: [check], now }, at)).toBe(
    "Everything Nolapse needs is there, by 1 check. Looked at on Mon 23 Nov 2026, 11:00.",
  );
  expect(healthSentence({ checks: [check, { ...check, state: "warn" }], now }, at)).toBe(
    "1 of 2 checks wants something. Looked at on Mon 23 Nov 2026, 11:00.",
  );
});

test("enterprise applications: how many have a credential here, and which end is the first", () => {
  const facets = { next: {}, kind: { secret: 1, certificate: 1, none: 3 }, policy: {}, view: {} };
  const told = { total: 5, facets, coverage, now, items: [{ signsInUntil: "2026-12-16T16:41:34.222Z" }] };
  const words = (change: object) => enterpriseSentence({ ...told, ...change } as never, at);
  expect(words({})).toBe(
    "2 of 5 enterprise applications have a credential here; the first ends Wed 16 Dec 2026, in 23 days.",
  );
  expect(words({ items: [{ signsInUntil: "2026-11-20T16:00:00Z" }] })).toContain("; the first ended Fri 20 Nov 2026,");
  expect(words({ facets: { ...facets, kind: { secret: 1, none: 4 } } })).toContain("has a credential here; it ends ");
  expect(words({ facets: { ...facets, kind: { none: 5 } }, items: [{ signsInUntil: null }] })).toBe(
    "0 of 5 enterprise applications have a credential here.",
  );
  expect(words({ total: 0 })).toBeNull();
});

test("what the server says begins large and ends with a full stop, but for a name", () => {
  expect(stated("there is no application 7 in contoso")).toBe("There is no application 7 in contoso.");
  expect(stated("nolapse.yaml is not valid")).toBe("nolapse.yaml is not valid.");
  expect(stated("nolapse scan has not run")).toBe("nolapse scan has not run.");
  expect(isCommand("az ad app permission add --id x")).toBe(true);
  expect(isCommand("prefer Application.ReadWrite.OwnedBy")).toBe(false);
  expect(stated("Done.")).toBe("Done.");
  expect(ended("wait: why?")).toBe("wait: why?");
});
