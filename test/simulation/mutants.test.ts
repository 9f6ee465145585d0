/** Known mistakes of the peers, planted one at a time: each change still fits the sources, and a few of them are hunted here. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MUTANTS } from "../../scripts/mutants/list.ts";
import { changed, plantedIn } from "../../scripts/mutants/plant.ts";
import { huntOne } from "../../scripts/mutants.ts";

/** Quick ones, each caught by another invariant; `npm run mutants` hunts them all. */
const HUNTED = [
  "overlap-ignored",
  "delete-first",
  "unknown-is-not-applied",
  "old-proof",
  "seal-after-the-outcome",
  "restored-store-is-trusted",
  "one-read-before-a-list",
  "lost-certificate-is-swept",
  "one-person-is-enough",
  "observe-writes",
  "propose-asks-nobody",
  "quota-is-not-looked-at",
  "first-come-first-served",
  "remove-now-forgets-reload",
  "remove-now-tells-nothing",
  "one-approval-removes",
  "harden-forgets-issued",
  "value-shown-to-one",
  "pause-lets-removals-through",
  "place-added-is-not-asked-for",
  "clock-is-not-compared",
  "excluded-loses-the-old-one",
  "freeze-of-the-beginning",
  "shared-slot-is-not-asked-for",
  "overlap-of-the-beginning",
  "overlap-of-now",
  "application-pause-lets-undo-through",
  "past-faults-are-not-told",
  "silent-places-are-not-counted",
];

test.each(MUTANTS)("$name is planted where it says", ({ name, changes }) => {
  const sources = plantedIn(name);
  expect(sources.size).toBe(new Set(changes.map((one) => one.file)).size);
  for (const [url, text] of sources) expect(text).not.toBe(readFileSync(new URL(url), "utf8"));
});

test("a change that no longer fits, or fits twice, is refused", () => {
  const change = { file: "some.ts", find: "a", put: "b" };
  expect(() => changed("nothing", change)).toThrow("0 times");
  expect(() => changed("a, a", change)).toThrow("2 times");
  expect(changed("an", change)).toBe("bn");
});

test("there are at least twenty, each with a name of its own", () => {
  expect(new Set(MUTANTS.map((one) => one.name)).size).toBe(MUTANTS.length);
  expect(MUTANTS.length).toBeGreaterThanOrEqual(20);
});

describe("hunted", () => {
  test.each(HUNTED)("%s is caught within five seeds", { timeout: 120_000 }, async (name) => {
    const mutant = MUTANTS.find((one) => one.name === name);
    if (mutant === undefined) throw new Error(`there is no mutant ${name}`);
    expect(await huntOne(mutant, 5)).toMatchObject({ caught: true });
  });

  test.each([
    "usual",
    "lost-answers",
    "slow-replication",
    "bad-places",
    "restored-store",
    "failing-reads",
    "privileged",
    "modes",
    "words",
    "pauses",
    "application-pauses",
    "edits",
    "wrong-clock",
    "shared-slots",
    "overlap-edits",
    "wanted-back",
    "becoming-privileged",
  ] as const)("nothing is found in the world %s without a mistake", { timeout: 120_000 }, async (world) => {
    const sound = world === "usual" ? {} : { world };
    expect(await huntOne({ name: "", mistake: "none", ...sound }, 1)).toMatchObject({ caught: false, what: null });
  });
});
