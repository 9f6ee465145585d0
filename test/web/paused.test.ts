/** What the pages say of a rotation that a person holds: where nothing ends, that nothing is removed either. */
import { expect, test } from "vitest";
import { applicationSentence, nextPhrase } from "../../web/src/text/catalogue.ts";
import { headSentence } from "../../web/src/text/rotation.ts";

const ZONE = "UTC";
const NEXT = { code: "overlap", at: "2027-02-05T10:00:00Z", reason: "paused", rotation: "one", because: null } as never;

test.each(["paused", "application-paused"])(
  "of a pause in overlap no removal is said, but what it keeps: %s",
  (reason) => {
    const next = { ...(NEXT as object), reason } as never;
    const told = { signsIn: true, signsInUntil: null, next, now: "2027-01-01T00:00:00Z" };
    expect(applicationSentence(told, ZONE).rest).toBe(
      " Old and new both work. Its rotation is paused: nothing is removed until it goes on.",
    );
    expect(nextPhrase(next, ZONE)).toBe("Overlap, paused");
  },
);

test.each([
  [null, "A person has paused it."],
  ["2026-11-28T08:00:00Z", "Old and new both work. It is paused: nothing is removed until it goes on."],
])("the head of its page says the same, verified %s", (verified, said) => {
  const proofs = { issued: null, accepted: null, delivered: null, verified, retired: null };
  const about = { because: "paused", sentence: "a person has paused it" } as const;
  expect(headSentence({ ...about, proofs, acceptance: null, kind: "secret", until: null })).toBe(said);
});
