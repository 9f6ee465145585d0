/** Cells of a file for spreadsheets: what would not be seen in one, or would turn others around, is shown. */
import { expect, test } from "vitest";
import { csvCell, csvRow } from "../../src/core/csv.ts";

test("what would not be seen, or would turn others around, stands as its code point, as in a name", () => {
  expect(csvRow(["invoice\u202efdp.exe", "Bill\u200bing", "\u3164", "\u2028"])).toBe(
    "invoice[U+202E]fdp.exe,Bill[U+200B]ing,[U+3164],[U+2028]\r\n",
  );
  expect(csvCell("👩\u200d💻 app")).toBe("👩\u200d💻 app");
});

test("a line break is a space, and nothing hides a formula", () => {
  expect(csvCell("a\r\nb")).toBe("a b");
  expect(csvCell("\t=1+1")).toBe("' =1+1");
  for (const hidden of ["\u200b", "\u202e", "\ufeff"]) expect(csvCell(`${hidden}=1+1`)).toMatch(/^\[U\+[0-9A-F]{4}\]=/);
});
