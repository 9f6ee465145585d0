/** What the rehearsal knows of a store that was put back: what it has forgotten is reported, and nobody's orphan. */
import { expect, test } from "vitest";
import { RestoreBooks } from "../../src/rehearse/watch/restore-books.ts";

const nothing = { rotations: new Map(), ledger: new Map() };
const listed = (keyId: string) => ({ keyId, name: null });

test("lost is what was there, and what the store knew of an application that was deleted meanwhile", () => {
  const books = new RestoreBooks();
  books.backedUp("copy", nothing);
  expect(books.restored("copy", [listed("there")], ["of the deleted one"])).not.toBeNull();
  expect(["there", "of the deleted one", "made since"].filter((keyId) => books.wasLost(keyId))).toEqual([
    "there",
    "of the deleted one",
  ]);
});

test("a copy that nobody made puts nothing back", () => {
  const books = new RestoreBooks();
  expect(books.restored("copy", [listed("there")], ["known"])).toBeNull();
  expect(books.wasLost("known")).toBe(false);
});
