/** The plans of several tenants as one: reasons by what they settle in all of them, and what begins on each day. */
import { expect, test } from "vitest";
import { loadOf, mendsOf } from "../../web/src/text/plan.ts";

const mend = (reason: string, applications: number, by = "you") =>
  ({ reason, sentence: reason, mend: "do it", by, credentials: applications + 1, applications }) as never;
const of = (tenant: string, mends: never[], load: { day: string; issues: number; urgent: number }[] = []) => ({
  tenant,
  answer: { mends, load },
});

test("a reason is there once, with its tenants; what settles most is first, and what others do last", () => {
  const mends = mendsOf([
    of("contoso", [mend("no-target", 3), mend("paused", 2), mend("foreign", 9, "others")]),
    of("fabrikam", [mend("paused", 2), mend("foreign", 1, "others"), mend("frozen", 3)]),
  ]);
  expect(
    mends.map(({ reason, applications, credentials, tenants }) => [reason, applications, credentials, tenants]),
  ).toEqual([
    ["paused", 4, 6, ["contoso", "fabrikam"]],
    ["frozen", 3, 4, ["fabrikam"]],
    ["no-target", 3, 4, ["contoso"]],
    ["foreign", 10, 12, ["contoso", "fabrikam"]],
  ]);
});

test("the days of all are in their order, each with what begins on it anywhere", () => {
  const day = (on: string, issues: number, urgent: number) => ({ day: on, issues, urgent });
  const load = loadOf([
    of("contoso", [], [day("2031-03-02", 2, 1), day("2031-03-04", 1, 0)]),
    of("fabrikam", [], [day("2031-03-01", 5, 0), day("2031-03-04", 1, 1)]),
  ]);
  expect(load).toEqual([day("2031-03-01", 5, 0), day("2031-03-02", 2, 1), day("2031-03-04", 2, 1)]);
});
