/** What ends without anybody having handed it to Nolapse is counted before its end and after it: nothing drops out of sight by ending. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY } from "../../src/core/time.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
beforeAll(async () => {
  stage = await Stage.open({ only: ["app-1", "app-2"] });
  rita = await stage.signIn("Rita");
  await stage.run();
});
afterAll(() => stage.close());

const T = "/api/v1/t/contoso";
const overview = async () => (await rita.get(`${T}/overview`)).body;

test("before: of all that end in 30 days, those that stop; after: those that have ended", async () => {
  const before = await overview();
  // nobody has said where the values of these two go
  expect(before.sentence).toMatchObject({ code: "soon", count: 2 });
  expect(before.figures).toMatchObject({ endIn30Days: 2, stopIn30Days: 2, endedIn30Days: 0 });
  expect(before.needsPerson).toMatchObject([
    { displayName: "carried", next: { code: "not-managed" } },
    { displayName: "mighty", next: { code: "not-managed" } },
  ]);
  const rowsOf = async (name: string) =>
    (await rita.get(`${T}/applications/${stage.application(name).objectId}/life-line`)).body.rows;
  // what nobody renews has an end and no deadlines
  expect(await rowsOf("mighty")).toMatchObject([{ current: false, deadlines: null }]);
  expect((await rowsOf("app-2"))[0].deadlines).not.toBeNull();
  stage.directory.clock.advance(12 * DAY);
  await stage.run();
  rita = await stage.signIn("Rita");
  const after = await overview();
  expect(after.figures).toMatchObject({ stopIn30Days: 0, endedIn30Days: 2 });
  const { items } = (await rita.get(`${T}/applications?next=ended`)).body;
  expect(items.map(({ displayName }: { displayName: string }) => displayName).sort()).toEqual(["carried", "mighty"]);
  for (const { next } of items) expect(Date.parse(next.at)).toBeLessThanOrEqual(Date.parse(after.now));
  // and nothing of them comes next
  const order = (await rita.get(`${T}/applications?sort=next`)).body.items;
  expect(order[0].next.code).not.toBe("ended");
});
