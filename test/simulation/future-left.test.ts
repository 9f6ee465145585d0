/** Why a rehearsal leaves an application out: for what its item says, never for an end of a credential that is not there. */
import { expect, test } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import type { PlanItem } from "../../src/engine/plan/plan.ts";
import { leftOut } from "../../src/rehearse/future-left.ts";
import { NOW, rotation } from "../core/make.ts";

const item = (more: Partial<PlanItem>): PlanItem => ({
  appId: "app",
  displayName: "Billing",
  holder: null,
  slot: "default",
  credential: null,
  policy: null,
  targets: ["vault"],
  consumersComplete: false,
  privileges: [],
  status: "later",
  because: "not-due",
  detail: null,
  forecast: null,
  rotation: null,
  startsAt: null,
  retiresAt: null,
  ...more,
});
const open = rotation({ replacesEnd: plus(NOW, DAY) });
const ending = (end: number) => ({ keyId: "k", kind: "secret", start: null, end }) as unknown as PlanItem["credential"];

test.each([
  ["it signs in without a credential", item({ because: "federated" }), "federated"],
  ["what it was to replace is gone", item({ status: "in-progress", rotation: open }), "no-live-credential"],
  ["what it has has ended", item({ credential: ending(NOW - DAY) }), "expired"],
  ["nothing is to be done", item({ status: "cannot", because: "excluded" }), "excluded"],
  ["it goes nowhere", item({ targets: [] }), "no-targets"],
  ["nobody has handed it over", item({ slot: null, because: "not-bound" }), "not-bound"],
] as const)("%s", (_, one, reason) => {
  const left = leftOut([one], new Set(), new Map([["app", "Billing"]]), NOW);
  expect(left).toMatchObject([{ reason, applications: 1, example: "Billing" }]);
});
