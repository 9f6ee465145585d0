/** Owners by name and id. */
import { expect, test } from "vitest";
import { atOnce } from "../../src/core/slices.ts";
import { type Owner, type Ownership, readOwnership } from "../../src/engine/scan/ownership.ts";
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

test("who was read with his name keeps it, also where he is known by his id alone since, however that is written", () => {
  const [anna, again] = [person("aa11", "Anna Berg"), person("AA11", null)];
  const ownersOf = new Map([
    ["one", [anna]],
    ["new", [again]],
  ]);
  const search = atOnce(OwnerSearch.of({ ownersOf, ownedBy: new Map([["aa11", ["one", "new"]]]) }));
  expect(search.find("anna", 9)).toEqual({ total: 1, items: [{ ...anna, applications: 2 }] });
  const turned = new Map([...ownersOf].reverse());
  const other = atOnce(OwnerSearch.of({ ownersOf: turned, ownedBy: new Map([["aa11", ["one", "new"]]]) }));
  expect(other.find("aa", 9)).toEqual({ total: 1, items: [{ ...anna, applications: 2 }] });
});

test("what an owner owns is found by his id in lower case, however the directory writes it", async () => {
  const owners = [person("AA11", "Anna Berg")];
  const ownersPage = async () => ({ applications: [{ objectId: "one", owners }], next: null });
  const read = await readOwnership({ ownersPage });
  expect(atOnce(OwnerSearch.of(read)).find("anna", 9).items).toEqual([{ ...owners[0], applications: 1 }]);
  expect(read.ownedBy.get("aa11")).toEqual(["one"]);
});
