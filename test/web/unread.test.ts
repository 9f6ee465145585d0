/** Words of what was not read. */
import { expect, test } from "vitest";
import { unreadCount, unreadWords } from "../../web/src/text/unread.ts";

test("what could not be read says why where that is known, and how many there are", () => {
  expect(unreadWords("directory-forbidden")).toBe("could not be read (403)");
  expect(unreadWords("directory-failed")).toBe("could not be read");
  expect([unreadCount(0), unreadCount(1_212)]).toEqual(["", ", 1,212 could not be read"]);
});
