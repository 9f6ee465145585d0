/** Which credential of an application it is that cannot be replaced. */
import { expect, test } from "vitest";
import type { Outlook } from "../../src/core/pictures/outlook.ts";
import { heldOf } from "../../src/http/routes/life-rows.ts";

const outlook = (next: Partial<Outlook["next"]>): Outlook => ({
  signsIn: true,
  signsInUntil: null,
  next: { code: "stops", at: null, reason: "no-targets", rotation: null, ...next },
});
const row = (reason: Parameters<typeof heldOf>[0]["reason"], keyId = "k1", current = true) => ({
  keyId,
  current,
  reason,
});

test("of several slots the one with the outlook's reason is held, and in mode observe each", () => {
  expect(heldOf(row("no-targets"), outlook({}), [])).toMatchObject({ by: "stop", reason: "no-targets" });
  expect(heldOf(row("not-due"), outlook({}), [])).toBeNull();
  expect(heldOf(row("no-targets", "k1", false), outlook({}), [])).toBeNull();
  expect(heldOf(row("not-due"), outlook({ reason: "mode-observe" }), [])).toMatchObject({ by: "stop" });
  expect(heldOf(row("no-targets"), outlook({ code: "renews" }), [])).toBeNull();
});

test("where a rotation waits or was halted, it is the credential that it replaces", () => {
  const waits = outlook({ code: "waits-for-approval", reason: "approval-issue", rotation: "r" });
  const rotations = [{ id: "r", replaces: "k2" }];
  expect(heldOf(row("asked-for", "k2"), waits, rotations)).toMatchObject({ by: "approval", reason: "approval-issue" });
  expect(heldOf(row("asked-for", "k1"), waits, rotations)).toBeNull();
});
