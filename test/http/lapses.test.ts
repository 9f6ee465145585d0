/** How many applications could not sign in since the tenant is watched, which ones, and when: the number, the list and the file agree. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY } from "../../src/core/time.ts";
import { graphAs } from "../directory/entra.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
beforeAll(async () => {
  stage = await Stage.open({ only: ["app-1", "app-2"] });
  await stage.run();
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

const T = "/api/v1/t/contoso";
const lapses = async () => (await rita.get(`${T}/overview`)).body.figures.lapses;
interface Listed {
  readonly displayName: string;
  readonly lapsed: { readonly from: string; readonly to: string | null } | null;
}
const listed = async (lapsed: boolean): Promise<readonly Listed[]> =>
  (await rita.get(`${T}/applications?lapsed=${lapsed}&sort=displayName&limit=200`)).body.items;

test("none at first; then those whose last credential ended, with when; and until when, once something works again", async () => {
  const first = await lapses();
  expect(first).toEqual({ count: 0, managed: 0, since: expect.stringMatching(/^2031-03-/) });
  expect(await listed(true)).toEqual([]);
  stage.directory.clock.advance(12 * DAY);
  await stage.run();
  rita = await stage.signIn("Rita");
  expect(await lapses()).toEqual({ count: 2, managed: 0, since: first.since });
  const [carried, mighty] = await listed(true);
  const ends = expect.stringMatching(/^2031-03-/);
  expect(carried).toMatchObject({ displayName: "carried", lapsed: { from: ends, to: null } });
  expect(mighty).toMatchObject({ displayName: "mighty", lapsed: { from: ends, to: null } });
  const others = await listed(false);
  expect(others.map((one) => [one.displayName, one.lapsed])).toContainEqual(["app-2", null]);
  expect(others.map((one) => one.displayName)).not.toContain("mighty");
  const secret = { passwordCredential: { displayName: "by hand" } };
  const { objectId } = stage.application("mighty");
  const graph = await graphAs(stage.directory);
  expect((await graph("POST", `/applications/${objectId}/addPassword`, secret)).status).toBe(200);
  stage.directory.clock.advance(DAY);
  await stage.run();
  rita = await stage.signIn("Rita");
  expect((await lapses()).count).toBe(2);
  const again = (await listed(true)).find((one) => one.displayName === "mighty");
  const { from, to } = again?.lapsed ?? { from: "", to: "" };
  expect(from).toBe(mighty?.lapsed?.from);
  expect(Date.parse(to ?? "")).toBeGreaterThan(Date.parse(from));
  expect((await rita.get(`${T}/applications/${objectId}`)).body).toMatchObject({
    lapse: { from, to },
    lapsed: { from, to },
  });
  const file = await rita.get(`${T}/applications.csv?lapsed=true`);
  expect(file.text).toContain(`,${from},${to},`);
});
