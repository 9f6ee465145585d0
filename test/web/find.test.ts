/** What somebody means who types into Find. */
import { expect, test } from "vitest";
import { meant } from "../../web/src/text/find.ts";

test("what is typed into Find means an application, and more where it says so", () => {
  expect(meant(" billing ")).toEqual({ q: "billing", command: null, pages: [], rotation: null });
  expect(meant("Rotate Billing API")).toMatchObject({ q: "Billing API", command: "rotation" });
  expect(meant("new secret hr")).toMatchObject({ q: "hr", command: "secret" });
  // an application may be called so
  expect(meant("rotate")).toMatchObject({ q: "rotate", command: null });
  expect(meant("rot").pages).toEqual(["rotations"]);
  expect(meant("a").pages).toEqual([]);
  const id = "6f1e90b4-0000-4000-8000-00000000000a";
  expect([id, id.toUpperCase(), id.slice(1)].map((one) => meant(one).rotation)).toEqual([id, id, null]);
});
