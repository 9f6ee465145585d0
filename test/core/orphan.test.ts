/** Which credential a lost answer left behind, and which may be somebody else's. */
import { describe, expect, test } from "vitest";
import { judgeOrphan, marked, type OrphanFacts } from "../../src/core/rotation/orphan.ts";
import { plus } from "../../src/core/time.ts";
import { attempt, certificate, holder, NOW, secret } from "./make.ts";

const lost = attempt({ outcome: "unknown" });
const mark = (instance: string, id: string) => `billing 2025 [nolapse:${instance}.${id}]`;
const left = secret("left", { name: mark("abcd", lost.id), end: lost.end, hint: "Xy1" });

const facts = (parts: Partial<OrphanFacts> = {}): OrphanFacts => ({
  attempt: lost,
  instance: "abcd",
  holder: holder({ credentials: [left, secret("old")] }),
  heldByTarget: () => false,
  ...parts,
});
const withCredentials = (...credentials: ReturnType<typeof secret>[]) => facts({ holder: holder({ credentials }) });

test("is the one with its marker, its end and no other explanation", () => {
  expect(judgeOrphan(facts())).toEqual({ found: "orphan", keyId: "left" });
  expect(judgeOrphan(facts({ attempt: { ...lost, outcome: "open" } }))).toEqual({ found: "orphan", keyId: "left" });
});

describe("nothing is found", () => {
  test.each([
    ["where no name carries the mark", [secret("old")]],
    ["where the mark is another instance's", [secret("left", { ...left, name: mark("wxyz", lost.id) })]],
    ["where the mark is another attempt's", [secret("left", { ...left, name: mark("abcd", "bbbbbbbbbbbb") })]],
    ["where the mark stands in the middle of the name", [secret("left", { ...left, name: `${left.name} copy` })]],
  ])("%s", (_, credentials) => {
    expect(judgeOrphan(withCredentials(...credentials))).toEqual({ found: "nothing" });
  });
});

describe("it is ambiguous, and left to a person", () => {
  const twin = secret("twin", { ...left, keyId: "twin" });
  test.each<[string, OrphanFacts, RegExp]>([
    ["when a hand copied the mark", withCredentials(left, twin), /2 credentials carry the same marker/],
    ["when it was there before", facts({ attempt: { ...lost, keyIdsBefore: ["left"] } }), /there before/],
    ["when its end is not what was asked for", withCredentials({ ...left, end: plus(lost.end ?? NOW, 1) }), /end/],
    ["when it has no end", withCredentials({ ...left, end: null }), /end/],
    [
      "when it is a certificate",
      withCredentials(certificate("left", { name: left.name, end: lost.end })),
      /not a client secret/,
    ],
    ["when a target holds it", facts({ heldByTarget: (hint) => hint === "Xy1" }), /a target holds/],
    ["when a target cannot be read", facts({ heldByTarget: () => null }), /could not be read/],
    ["when the attempt was settled otherwise", facts({ attempt: { ...lost, outcome: "issued" } }), /already issued/],
  ])("%s", (_, given, why) => {
    expect(judgeOrphan(given)).toMatchObject({ found: "ambiguous", why: expect.stringMatching(why) });
  });
});

test("a marker is read at the end of the name only, whatever the rest says", () => {
  const names = [
    mark("abcd", lost.id),
    `[nolapse:abcd.${lost.id}]`,
    mark("abcd", "cccccccccccc"),
    null,
    NOW.toString(),
  ];
  const one = holder({ credentials: names.map((name, index) => secret(`k${index}`, { name })) });
  expect(marked(one, "abcd", lost.id)).toEqual(["k0", "k1"]);
});
