/** Owners by name and id. */
import { expect, test } from "vitest";
import { atOnce } from "../../src/core/slices.ts";
import type { Owner, Ownership } from "../../src/engine/scan/ownership.ts";
import { OwnerSearch } from "../../src/engine/views/owner-search.ts";

const person = (id: string, name: string | null): Owner => ({ id, name, type: "person" });

/** By the application: the ids of its owners. */
function ownershipOf(owners: readonly Owner[], owned: Readonly<Record<string, readonly string[]>>): Ownership {
  const by = new Map(owners.map((one) => [one.id, one]));
  return {
    ownersOf: new Map(Object.entries(owned).map(([app, ids]) => [app, ids.flatMap((id) => by.get(id) ?? [])])),
    ownedBy: new Map(
      owners.map(({ id }) => [id, Object.keys(owned).filter((app) => owned[app]?.includes(id))] as const),
    ),
  };
}

test("an owner is found by part of the name and the beginning of the id, who owns most first; of several of one name all", () => {
  const owners = [
    person("aa11", "Anna Berg"),
    person("bb22", "anna berg"),
    person("cc33", "Bo 'Anders"),
    person("dd44", null),
  ];
  const search = atOnce(
    OwnerSearch.of(ownershipOf(owners, { one: ["aa11", "bb22"], two: ["bb22"], three: ["cc33"], four: ["dd44"] })),
  );
  const ids = (text: string, limit = 9) => search.find(text, limit).items.map(({ id }) => id);
  expect(ids("ANNA")).toEqual(["bb22", "aa11"]);
  expect(search.find(" berg ", 1)).toEqual({ total: 2, items: [{ ...owners[1], applications: 2 }] });
  expect(ids("an")).toEqual(["bb22", "aa11", "cc33"]);
  expect(ids("'anders")).toEqual(["cc33"]);
  expect([ids("dd"), ids("44"), ids(""), ids("%")]).toEqual([["dd44"], [], [], []]);
});
