/** What is past its renewal time and not renewed: how many, and how many of them since a week ago. What is not due is none of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY } from "../../src/core/time.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
// their places take no certificate, so that nothing is renewed when its time comes
beforeAll(async () => {
  stage = await Stage.open({ only: ["app-1", "app-2"], policy: { kind: "certificate", renewBefore: "12d" } });
  await stage.run();
});
afterAll(() => stage.close());

const T = "/api/v1/t/contoso";
const overview = async () => (await (await stage.signIn("Rita")).get(`${T}/overview`)).body;

test("counts as new for a week, and stays a debt; what is not due yet is not new", async () => {
  // app-1 ends in ten days; app-2, which cannot be renewed either, in a year
  expect((await overview()).figures).toMatchObject({ debt: 1, debtLately: 1, debtLeft: 0 });
  stage.directory.clock.advance(8 * DAY);
  await stage.run();
  expect((await overview()).figures).toMatchObject({ debt: 1, debtLately: 0, debtLeft: 0 });
});

test("what has stopped needs a person before what will stop", async () => {
  stage.directory.clock.advance(3 * DAY);
  await stage.run();
  const { needsPerson } = await overview();
  const names = needsPerson.map(({ displayName }: { displayName: string }) => displayName);
  expect(names.slice(0, 2)).toEqual(["app-1", "app-2"]);
  expect(needsPerson[0]).toMatchObject({ signsInUntil: null, next: { code: "stops" } });
});
