/** The trail as pages and as who follows it read it, whose it is, and whether it is unbroken. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
  rita = await stage.signIn("Rita");
  await stage.run();
  await stage.run();
});
afterAll(() => stage.close());

interface Page {
  readonly items: readonly { readonly sequence: number; readonly action: string; readonly at: string }[];
  readonly earlier: number | null;
  readonly later: number | null;
  readonly actions: readonly string[];
}

const page = async (query = "", limit = 500) => {
  const body: Page = (await rita.get(`${T}/audit?limit=${limit}&${query}`)).body;
  return { ...body, numbers: body.items.map(({ sequence }) => sequence) };
};

describe("the trail", () => {
  test("comes newest first, a page at a time backwards and forwards, and ends at both ends", async () => {
    const all = await page();
    expect(all).toMatchObject({ earlier: null, later: null });
    expect(all.numbers.length).toBeGreaterThan(8);
    expect(all.numbers).toEqual(all.numbers.toSorted((a, b) => b - a));
    const first = await page("", 3);
    expect(first).toMatchObject({ later: null, earlier: all.numbers[2] });
    const second = await page(`before=${first.earlier}`, 3);
    expect([...first.numbers, ...second.numbers]).toEqual(all.numbers.slice(0, 6));
    expect(second.later).toBe(all.numbers[3]);
    expect((await page(`after=${second.later}`, 3)).numbers.toReversed()).toEqual(first.numbers);
    expect(await page(`before=${all.numbers.at(-1)}`)).toMatchObject({ items: [], earlier: null });
  });

  test("comes oldest first to who follows it from a number on, and says where to go on", async () => {
    const all = await page();
    const begun = await page("after=0", 4);
    expect(begun.numbers).toEqual(all.numbers.toReversed().slice(0, 4));
    expect(begun).toMatchObject({ earlier: null, later: begun.numbers[3] });
    const rest = await page(`after=${begun.later}`);
    expect([...begun.numbers, ...rest.numbers]).toEqual(all.numbers.toReversed());
    expect(rest).toMatchObject({ earlier: rest.numbers[0], later: null });
    expect(await page(`after=${all.numbers[0]}`)).toMatchObject({
      items: [],
      later: null,
      earlier: (all.numbers[0] ?? 0) + 1,
    });
  });

  test("names the application, and is asked for one alone, or for one kind of thing that was done", async () => {
    const { appId, objectId } = stage.application("app-1");
    const own = await page(`application=${appId.toUpperCase()}`);
    expect(own.items.length).toBeGreaterThan(2);
    for (const one of own.items) expect(one).toMatchObject({ appId, application: { objectId, displayName: "app-1" } });
    const { actions } = await page();
    expect(actions).toContain("issued");
    expect(actions).toEqual(actions.toSorted());
    const issued = await page("action=issued");
    expect(new Set(issued.items.map(({ action }) => action))).toEqual(new Set(["issued"]));
    const both = await page(`action=issued&application=${appId}`);
    expect(both.numbers.length).toBeLessThan(issued.numbers.length);
    expect(await page("application=00000000-0000-4000-8000-000000000000")).toMatchObject({
      items: [],
      earlier: null,
      later: null,
    });
    expect((await page("action=signed-in")).items[0]).toMatchObject({ application: null });
    expect((await rita.get(`${T}/audit?action=${encodeURIComponent("a b")}`)).status).toBe(400);
  });
});

test("the check says how many are unbroken since when, and names the first entry that is not what was sealed", async () => {
  const whole = (await rita.get(`${T}/audit/check`)).body;
  const { numbers, items } = await page();
  expect(whole).toMatchObject({
    total: numbers.length,
    underWay: null,
    last: { entries: numbers.length, since: items.at(-1)?.at, wholeAt: whole.now, checkedAt: whole.now },
    broken: null,
  });
  const raw = new DatabaseSync(join(stage.folder, "nolapse.db"));
  raw.exec("DROP TRIGGER audit_is_append_only_update");
  raw.exec(`UPDATE audit SET actor = 'nobody' WHERE sequence = ${numbers[2]}`);
  raw.close();
  // what was checked today is taken to be as it was
  expect((await rita.get(`${T}/audit/check`)).body.broken).toBeNull();
  stage.directory.clock.advance(86_400_000);
  const broken = (await rita.get(`${T}/audit/check`)).body;
  expect(broken).toMatchObject({
    underWay: null,
    broken: { what: "edited", sequence: numbers[2], recorded: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(broken.broken.found).toMatch(/^[0-9a-f]{64}$/);
  expect((await rita.get(`${T}/audit/export`)).status).toBe(200);
});
