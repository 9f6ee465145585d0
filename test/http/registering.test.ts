/** A new application, registered with the person's own rights. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { redirectFault } from "../../src/engine/commands/register.ts";
import { redirectFault as faultOnPage } from "../../web/src/text/redirect.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let ann: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open({ patterns: [{ match: { tag: "fast", displayName: "Rush*" }, policy: "quick" }] });
  await stage.run();
  ann = await stage.signIn("Ann", "", "/", true);
});
afterAll(() => stage.close());

test("it is there at once, with its ids, its enterprise application, its redirect address and its owner", async () => {
  const redirect = { platform: "spa", uri: "https://new.example/back" };
  const made = await ann.post(`${T}/applications`, { displayName: "brand new", redirect }, { "idempotency-key": "r" });
  expect(made.body).toMatchObject({ without: null, shown: true, servicePrincipal: expect.any(String) });
  const again = await ann.post(`${T}/applications`, { displayName: "brand new", redirect }, { "idempotency-key": "r" });
  expect(again.text).toBe(made.text);
  const { objectId, appId } = made.body;
  const shown = (await ann.get(`${T}/applications/${objectId}`)).body;
  expect(shown).toMatchObject({ displayName: "brand new", appId, signInAudience: "AzureADMyOrg", secrets: 0 });
  expect(shown.owners).toHaveLength(1);
  expect((await ann.get(`${T}/applications?q=brand`)).body.total).toBe(1);
  const { body } = await stage.graph("GET", `/applications/${objectId}`);
  expect(body.spa.redirectUris).toEqual([redirect.uri]);
  const { items } = (await ann.get(`${T}/audit?after=0&limit=500`)).body;
  const own = items.filter(({ actor }: { actor: string }) => actor === "entra:ann@contoso.example");
  expect(own.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(["register-asked", "registered", "principal-made"]),
  );
  await stage.run();
  expect((await ann.get(`${T}/applications?q=brand`)).body.total).toBe(1);
});

test("which policy will hold for it is said before, and one that a pattern gives by a tag comes with that tag", async () => {
  const foresee = async (name: string) => (await ann.get(`${T}/policies/foreseen?displayName=${name}`)).body;
  expect(await foresee("Calm")).toEqual({
    file: "nolapse.yaml",
    now: { policy: "default", by: "default", line: null, pattern: null },
    excluded: false,
    others: [],
  });
  const line =
    readFileSync(join(stage.folder, "nolapse.yaml"), "utf8")
      .split("\n")
      .findIndex((one) => one.includes("match:")) + 1;
  const [other, ...more] = (await foresee("rush+hour")).others;
  expect([other, more]).toEqual([
    { policy: "quick", by: "choice", line, pattern: "displayName: Rush*, tag: fast", tag: "fast" },
    [],
  ]);
  const asked = { displayName: "rush hour", principal: false, policy: "quick" };
  const { objectId } = (await ann.post(`${T}/applications`, asked)).body;
  expect((await stage.graph("GET", `/applications/${objectId}`)).body.tags).toEqual(["fast"]);
  await stage.run();
  const [shown] = (await ann.post(`${T}/applications/chosen`, { ids: [objectId] })).body.items;
  expect(shown).toMatchObject({ policy: "quick", by: "choice", line });
});

test("a policy that no tag gives is refused before anything is made", async () => {
  for (const [displayName, policy] of [
    ["Calm", "quick"],
    ["rush 2", "none such"],
  ]) {
    const refused = await ann.post(`${T}/applications`, { displayName, policy });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ path: "policy" }] } });
    expect((await ann.get(`${T}/applications?q=${displayName}`)).body.total).toBe(0);
  }
  // the one it has anyway needs no tag
  const { objectId } = (await ann.post(`${T}/applications`, { displayName: "Quiet", policy: "default" })).body;
  expect((await stage.graph("GET", `/applications/${objectId}`)).body.tags).toEqual([]);
});

test("it takes an Operator, a person, and what he lent", async () => {
  const [rita, otto] = [await stage.signIn("Rita", "", "/", true), await stage.signIn("Otto")];
  const asked = { displayName: "not made", principal: false };
  expect((await rita.post(`${T}/applications`, asked)).body.code).toBe("role-missing");
  expect((await otto.post(`${T}/applications`, asked)).body.code).toBe("own-rights-missing");
  const robot = { authorization: `Bearer ${await stage.token("robot")}`, "content-type": "application/json" };
  expect(
    (await stage.ask(`${T}/applications`, { method: "POST", body: JSON.stringify(asked), headers: robot })).status,
  ).toBe(403);
  expect((await ann.get(`${T}/applications?q=not+made`)).body.total).toBe(0);
});

test("a redirect address that Entra would refuse is refused before the call", async () => {
  const refused = await ann.post(`${T}/applications`, {
    displayName: "not made",
    redirect: { platform: "web", uri: "http://new.example/" },
  });
  expect(refused.body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect((await ann.get(`${T}/applications?q=not+made`)).body.total).toBe(0);
});

test("who owned something before keeps his name with what he registers", async () => {
  stage.directory.clock.advance(7 * 3_600_000);
  await stage.run();
  const late = await stage.signIn("Ann", "", "/", true);
  const before = (await late.get(`${T}/owners?q=ann`)).body;
  expect(before).toMatchObject({ total: 1, items: [{ name: "Ann" }] });
  const { objectId } = (await late.post(`${T}/applications`, { displayName: "one more", principal: false })).body;
  expect((await late.get(`${T}/applications/${objectId}`)).body.owners).toMatchObject([{ name: "Ann" }]);
  const [{ applications }] = before.items;
  expect((await late.get(`${T}/owners?q=ann`)).body).toMatchObject({
    total: 1,
    items: [{ name: "Ann", applications: applications + 1 }],
  });
});

test.each([
  ["https://a.example/", "web", true],
  ["http://localhost:3000/back", "web", true],
  ["http://127.0.0.1/back", "spa", true],
  ["myapp://auth", "publicClient", true],
  ["myapp://auth", "web", false],
  ["http://a.example/", "publicClient", false],
  ["https://*.a.example/", "web", false],
  ["https://a.example/#x", "web", false],
  ["https://a.example/(x)", "web", false],
  ...[..."!$',;)"].map((one) => [`https://a.example/${one}`, "web", false] as const),
  ["https:///", "web", false],
  ["a.example", "web", false],
  ["https://a b", "web", false],
  [`https://a.example/${"x".repeat(250)}`, "web", false],
] as const)("%s for %s", (uri, platform, isGood) => {
  expect(redirectFault(uri, platform) === null).toBe(isGood);
  // the page says the same while it is typed
  expect(faultOnPage(uri, platform) === null).toBe(isGood);
});
