/** A configuration file that was changed since the server read it: what it would change is told, its text is not. */
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
let otto: Visitor;
let text: string;
let unseen: Awaited<ReturnType<typeof pending>>;
const T = "/api/v1/t/contoso";
const file = () => join(stage.folder, "nolapse.yaml");
const pending = async (who = rita) => (await who.get(`${T}/policies/pending`)).body;

beforeAll(async () => {
  stage = await Stage.open();
  [rita, otto] = [await stage.signIn("Rita"), await stage.signIn("Otto")];
  text = readFileSync(file(), "utf8");
  write("renewBefore: 30d", "renewBefore: 20d");
  unseen = await pending();
  writeFileSync(file(), text);
  await stage.run();
});
afterEach(() => writeFileSync(file(), text));
afterAll(() => stage.close());

/** The file with one thing in place of another. */
const write = (from: string, to: string) => {
  expect(text).toContain(from);
  writeFileSync(file(), text.replace(from, to));
};

test("before the first scan it is only said that it was changed", () => {
  expect(unseen).toMatchObject({ state: "changed", change: null, closes: false, problem: null });
});

test("as it was read it is in force", async () => {
  expect(await pending()).toMatchObject({ file: "nolapse.yaml", state: "in-force", line: null, change: null });
});

test("it is told how many applications it would change, by the policy that they have now, until it is in force or taken back", async () => {
  // app-1, carried and mighty are under way and keep their dates; app-2 would be renewed later
  write("renewBefore: 30d", "renewBefore: 20d");
  const none = { policy: 0, rules: 0, dates: 0, targets: 0, leaves: 0, joins: 0 };
  const { state, change } = await pending();
  expect([state, change]).toEqual([
    "changed",
    {
      applications: 4,
      all: { ...none, rules: 4, dates: 1 },
      policies: [{ name: "quick", ...none, rules: 4, dates: 1 }],
      mode: null,
      elsewhere: [],
    },
  ]);
  write("mode: enforce", "mode: observe");
  expect((await pending()).change).toMatchObject({ applications: 0, mode: { from: "enforce", to: "observe" } });
  // nothing of it holds yet
  const { items } = (await rita.get(`${T}/policies`)).body;
  expect(items.find(({ name }: { name: string }) => name === "quick").renewBefore).toBe("30d");
  writeFileSync(file(), text);
  expect(await pending()).toMatchObject({ state: "in-force", change: null });
});

test("what else was changed, and is held to no application, is named", async () => {
  write(
    "mode: enforce",
    "mode: enforce\n    auth: { method: secret, clientId: 11111111-1111-4111-8111-111111111111, secret: env:X }",
  );
  expect((await pending()).change).toMatchObject({ applications: 0, elsewhere: ["auth"] });
});

test("an application whose entry is gone would not be managed any more", async () => {
  const { appId } = stage.application("app-2");
  write(`appId: ${appId}`, `appId: ${stage.application("stranger").appId}`);
  expect((await pending()).change).toMatchObject({ applications: 2, all: { leaves: 1, joins: 1, policy: 2 } });
});

test("what is wrong in it is for an Operator; a Reader learns the line alone, and nobody the folder", async () => {
  write("renewBefore: 30d", "renewBefor: 20d");
  const line = text.split("\n").findIndex((one) => one.includes("renewBefore")) + 1;
  const [read, told] = [await pending(), await pending(otto)];
  expect(read).toMatchObject({ state: "invalid", line, problem: null, next: null, change: null });
  expect(JSON.stringify(read)).not.toContain("renewBefor");
  expect(told).toMatchObject({ state: "invalid", line, next: 'did you mean "renewBefore"?' });
  expect(told.problem).toMatch(/^nolapse\.yaml:\d+:\d+ unknown key "renewBefor"/);
  expect(JSON.stringify(told)).not.toContain(stage.folder);
});

test("a file that is gone, and one that is about other tenants, are said", async () => {
  unlinkSync(file());
  expect(await pending()).toMatchObject({ state: "missing", closes: false });
  write("contoso:", "elsewhere:");
  expect(await pending()).toMatchObject({ state: "changed", closes: true, change: null });
  write(stage.directory.admin.tenantId, "00000000-0000-4000-8000-00000000ffff");
  expect(await pending()).toMatchObject({ state: "changed", closes: true, change: null });
});
