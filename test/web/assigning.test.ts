/** What the dialogs about chosen applications say, and the lines they give for owners. */
import { describe, expect, test } from "vitest";
import { foreseenWords, ownerLines, placeWords, policyGroups, unfitPerson } from "../../web/src/text/assigning.ts";

describe("policies that are there now", () => {
  const item = (policy: string, by: "binding" | "choice" | "default", line: number | null = null, pattern = "") => ({
    ...{ policy, by, line },
    pattern: by === "choice" ? pattern : null,
  });

  test("are told by what gives them, the most frequent on top, each with its place", () => {
    const groups = policyGroups(
      [
        item("standard", "choice", 40, "displayName: Billing*"),
        item("standard", "binding", 12),
        item("default", "default"),
        item("standard", "binding", 20),
        item("standard", "choice", 44, "tag: old"),
        item("standard", "binding", 28),
        item("standard", "choice", 40, "displayName: Billing*"),
      ],
      "house.yaml",
    );
    expect(groups.map(({ policy, count, why }) => [policy, count, why])).toEqual([
      ["standard", 3, "named in their own entry"],
      ["standard", 2, "the first pattern that fits: displayName: Billing* (house.yaml, line 40)"],
      ["default", 1, "the default: no entry names them"],
      ["standard", 1, "the first pattern that fits: tag: old (house.yaml, line 44)"],
    ]);
  });

  test("have a place where the file has no name, too", () => {
    expect(placeWords(3, null)).toBe("nolapse.yaml, line 3");
  });
});

describe("lines for an owner", () => {
  const ID = "11110000-0000-4000-8000-0000000000AA";
  const app = (appId: string, ...owners: string[]) => ({
    appId,
    type: "application" as const,
    owners: owners.map((id) => ({ id, name: null, type: "person" as const })),
  });

  test("leave out what the person owns, whatever the case of the id, and what came by consent", () => {
    const items = [
      app("a"),
      app("b", ID.toLowerCase()),
      { ...app("c", "somebody else"), owners: null },
      { ...app("d"), type: "servicePrincipal" as const },
    ];
    expect(ownerLines(items, ` ${ID} `)).toEqual({
      text: `az ad app owner add --id a --owner-object-id ${ID}\naz ad app owner add --id c --owner-object-id ${ID}\n`,
      count: 2,
      already: 1,
      principals: 1,
    });
  });

  test("look a sign-in name up", () => {
    expect(ownerLines([app("a")], "anna@contoso.com").text).toBe(
      'az ad app owner add --id a --owner-object-id "$(az ad user show --id anna@contoso.com --query id --output tsv)"\n',
    );
  });

  test.each(["anna@contoso.com", "zoë.o+x@contoso.example", ID, ""])("%s may be somebody", (text) => {
    expect(unfitPerson(text)).toBeNull();
  });

  test.each(["anna", "$(rm -rf /)@contoso.com", "anna@contoso.com; ls", "a`b@c", '"@c', "11110000"])(
    "%s is nobody, and reaches no shell",
    (text) => {
      expect(unfitPerson(text)).not.toBeNull();
    },
  );
});

describe("the policy of a registration that is not made yet", () => {
  const base = { file: "house.yaml", excluded: false, others: [] };
  const byDefault = { policy: "default", by: "default", line: null, pattern: null } as const;
  const byName = { policy: "careful", by: "choice", line: 12, pattern: "displayName: Treasury*" } as const;
  const tagged = { policy: "quick", by: "choice", line: 20, pattern: "tag: fast", tag: "fast" } as const;

  test.each([
    [
      { ...base, now: byDefault },
      null,
      "The policy default will hold for it: no pattern fits it, so it is the default.",
    ],
    [
      { ...base, now: byName },
      null,
      "The policy careful will hold for it (house.yaml, line 12): it is the first that fits, displayName: Treasury*.",
    ],
    [
      { ...base, now: byDefault, others: [tagged] },
      "quick",
      "The policy quick will hold for it (house.yaml, line 20): it is made with the tag fast, which that entry looks for.",
    ],
    [
      { ...base, now: byDefault, others: [tagged] },
      null,
      "The policy default will hold for it: no pattern fits it, so it is the default.",
    ],
    [
      { ...base, now: byName, excluded: true },
      null,
      "house.yaml excludes registrations of this name: none of its credentials will be renewed.",
    ],
  ])("%#: it says which, where it stands and why", (foreseen, chosen, words) => {
    expect(foreseenWords({ ...foreseen, others: [...foreseen.others] }, chosen)).toBe(words);
  });
});
