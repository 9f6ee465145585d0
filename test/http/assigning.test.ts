/** What all that is chosen have now, and the lines for another policy: read by everybody who looks, written by nobody. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

const ask = (body: unknown) => rita.post(`${T}/applications/chosen`, body);
const ids = (...names: string[]) => ({ ids: names.map((name) => stage.application(name).objectId) });

test("policy, what gave it, and owners are those of the configuration and of the directory", async () => {
  const { status, body } = await ask(ids("app-2", "stranger"));
  expect(status).toBe(200);
  expect(body).toMatchObject({ file: "nolapse.yaml", policies: ["default", "quick"], assignment: null });
  const [first, second] = body.items;
  expect(first).toMatchObject({
    displayName: "app-2",
    ...{ policy: "quick", by: "binding", line: expect.any(Number), managed: true },
    owners: [{ name: "Rita", type: "person" }],
  });
  expect(second).toMatchObject({
    displayName: "stranger",
    ...{ policy: "default", by: "default", line: null, managed: false, owners: [] },
  });
  const text = readFileSync(join(stage.folder, "nolapse.yaml"), "utf8").split("\n");
  expect(text[first.line - 1]).toContain(stage.application("app-2").appId);
  expect(body.people.map(({ name }: { name: string }) => name).sort()).toEqual(["Oswin", "Rita"]);
});

test("lines are for those who have another policy; entries of their own are to be changed where they stand", async () => {
  const before = readFileSync(join(stage.folder, "nolapse.yaml"), "utf8");
  const quick = await ask({ ...ids("app-2", "stranger"), policy: "quick" });
  expect(quick.body.assignment).toMatchObject({
    ...{ policy: "quick", already: 1, added: 1, edits: [] },
    lines: `  - match: { appId: ${stage.application("stranger").appId} } # stranger\n    policy: quick\n`,
    at: { line: expect.any(Number), flow: false },
  });
  const usual = await ask({ ...ids("app-2", "stranger"), policy: "default" });
  expect(usual.body.assignment).toMatchObject({
    ...{ already: 1, added: 0, lines: "" },
    edits: [{ displayName: "app-2", text: "policy: default", instead: "quick" }],
  });
  expect(readFileSync(join(stage.folder, "nolapse.yaml"), "utf8")).toBe(before);
});

test("a policy that is not there is refused with those that are; another number of matches is, too", async () => {
  const unknown = await ask({ ...ids("app-2"), policy: "constructor" });
  expect(unknown).toMatchObject({ status: 400 });
  expect(unknown.text).toContain("one of default, quick");
  const other = await ask({ query: { type: "application", total: 1 } });
  expect(other.body).toMatchObject({ status: 409, detail: expect.stringContaining("1 were seen") });
});
