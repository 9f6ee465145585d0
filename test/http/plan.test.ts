/** The plan of the coming days: what begins on which. */
import { afterAll, beforeAll, expect, test } from "vitest";
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
