/** The plan of the coming days: what begins on which. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitingRows } from "../../src/http/routes/plan.ts";
import { Workbench } from "../support/workbench.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
const DAY = 86_400_000;
beforeAll(async () => {
  stage = await Stage.open({ only: ["app-1", "app-2"] });
  await stage.run();
});
afterAll(() => stage.close());

test("each day has the count of what begins on it", async () => {
  await stage.until(await stage.rotationOf("app-1"), "verified");
  stage.directory.clock.advance(40 * DAY);
  await stage.run();
  const rita = await stage.signIn("Rita");
  const { body } = await rita.get("/api/v1/t/contoso/plan?tab=next");
  expect(body.items).toMatchObject([{ displayName: "app-1", status: "later", targets: ["app-1"] }]);
  const [{ plannedAt }] = body.items;
  expect(body.load).toEqual([{ day: plannedAt.slice(0, 10), issues: 1, urgent: 0 }]);
});

test("a renewal is to be decided before it is urgent; a removal has no such time", async () => {
  const bench = new Workbench({ policy: { approval: "both", retire: "after-overlap" }, complete: true });
  await bench.run();
  const rowsNow = () => waitingRows({ deps: bench.deps() });
  const [issue] = await rowsNow();
  const [end = 0, safe = 0, before] = [issue?.end, issue?.lastSafeAt, issue?.decideBy].map((at) =>
    Date.parse(at ?? ""),
  );
  expect(issue).toMatchObject({ what: "issue", reason: "approval-issue" });
  expect(safe).toBeLessThan(end);
  expect(before).toBe(end - 7.5 * DAY);
  const waiting = await bench.rotation();
  if (waiting === undefined) throw new Error("nothing waits");
  const now = await bench.deps().clock.now();
  await bench.store.amend(waiting, {
    rotation: { ...waiting, state: "verified", approvals: { issue: now, retire: null } },
    audit: [],
  });
  expect(await rowsNow()).toMatchObject([{ what: "retire", decideBy: null, lastSafeAt: null }]);
});
