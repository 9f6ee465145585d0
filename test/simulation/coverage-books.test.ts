/** The book of scans finds one that is said to be complete although it missed a page, and no other. */
import { expect, test } from "vitest";
import { CoverageBooks } from "../../src/rehearse/watch/coverage-books.ts";

function book() {
  const books = new CoverageBooks();
  const [fine, failed] = [{ ok: true, value: {} } as const, { ok: false, thrown: new Error("no answer") } as const];
  const page = (list: string, cursor: string | null, isAnswered: boolean) =>
    books.after({ port: "entra", method: "page", args: [list, cursor] }, isAnswered ? fine : failed, "one");
  const records = (complete: boolean) =>
    books.after({ port: "store", method: "recordScan", args: [{ complete }] }, { ok: true, value: { lost: 0 } }, "one");
  return { page, records };
}

test("a page that nobody has read since the last scan was recorded makes the next one incomplete", () => {
  const { page, records } = book();
  page("application", null, true);
  page("application", "2", false);
  expect(records(false)).toBeNull();
  page("application", null, true);
  page("application", "2", false);
  expect(records(true)).toContain("said to be complete");
  page("application", null, true);
  page("application", "2", false);
  page("application", "2", true);
  expect(records(true)).toBeNull();
  // what an earlier scan has read is not read once more by that
  page("application", null, false);
  expect(records(true)).toContain("said to be complete");
});

test("two scans of one process at a time: what one of them has read it has read, whatever the other misses", () => {
  const { page, records } = book();
  page("servicePrincipal", null, true);
  page("application", null, false);
  page("servicePrincipal", null, false);
  page("application", null, true);
  expect(records(true)).toBeNull();
});
