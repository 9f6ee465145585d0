/** A new client secret straight to its targets: what is offered, what is forbidden before the call, and that it arrives. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
const T = "/api/v1/t/contoso";
const DAY = 86_400_000;
beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterEach(() => stage.close());

const of = (name: string) => `${T}/applications/${stage.application(name).objectId}`;
const slotOf = async (by: Visitor, name: string) => (await by.get(`${of(name)}/secret-options`)).body.slots[0];
const restrict = (passwordCredentials: unknown[]) =>
  stage.graph("PATCH", "/policies/defaultAppManagementPolicy", {
    isEnabled: true,
    applicationRestrictions: { passwordCredentials, keyCredentials: [] },
  });
const restriction = (restrictionType: string, maxLifetime: string | null) => ({
  restrictionType,
  state: "enabled",
  maxLifetime,
  restrictForAppsCreatedAfterDateTime: "2014-01-01T00:00:00Z",
});

test("the choices say their ends, where it goes, and what it follows", async () => {
  const otto = await stage.signIn("Otto");
  const slot = await slotOf(otto, "app-2");
  expect(slot).toMatchObject({
    slot: "default",
    blocked: null,
    description: "made by hand",
    targets: [{ name: "app-2", type: "env-file" }],
    current: { name: "made by hand", ours: false },
    warnings: ["one-owner"],
  });
  const now = stage.directory.clock.now();
  expect(slot.presets.map(({ days, allowed }: { days: number; allowed: boolean }) => [days, allowed])).toEqual(
    [90, 180, 365, 545, 730].map((days) => [days, true]),
  );
  expect(Date.parse(slot.presets[1].end)).toBe(now + 180 * DAY - 3_600_000);
  expect(slot.presets[1].recommended).toBe(true);
  expect(slot.presets[3].notes).toEqual(["over-a-year"]);
  expect((await slotOf(otto, "mighty")).blocked).toMatchObject({ why: expect.stringContaining("under way") });
  // it is no public cloud that is asked
  expect((await otto.get(`${of("stranger")}/secret-options`)).body).toMatchObject({
    slots: [],
    graphEndpoint: stage.directory.url,
  });
  await otto.post(`${T}/stop`);
  expect((await slotOf(otto, "app-2")).warnings).toEqual(["writing-paused", "one-owner"]);
});

test("a secret of the asked length goes to its target through every state, and nobody is shown it", async () => {
  const otto = await stage.signIn("Otto");
  const file = join(stage.folder, "app-2", ".env");
  const before = readFileSync(file, "utf8");
  const made = await otto.post(`${of("app-2")}/secrets`, { days: 365, keepOld: true }, { "idempotency-key": "s" });
  expect(made.body).toEqual({ rotation: expect.any(String), slot: "default", state: "planned" });
  const { rotation } = made.body;
  expect(
    (await otto.post(`${of("app-2")}/secrets`, { days: 365, keepOld: true }, { "idempotency-key": "s" })).text,
  ).toBe(made.text);
  const twice = await otto.post(`${of("app-2")}/secrets`, { days: 90 });
  expect(twice.body).toMatchObject({ status: 409, code: "refused-by-rule", detail: expect.stringContaining(rotation) });
  const began = stage.directory.clock.now();
  await stage.until(rotation, "verified");
  const stored = await stage.manager.deps.store.rotation(rotation);
  expect(stored?.policy).toMatchObject({ kind: "secret", retire: "at-expiry", lifetime: 365 * DAY });
  const end = Number(stored?.issued?.end) - began;
  expect([end > 364 * DAY, end <= 365 * DAY]).toEqual([true, true]);
  const after = readFileSync(file, "utf8");
  expect(after).not.toBe(before);
  const value = after.replace("SECRET=", "").trim();
  for (const path of [of("app-2"), `${T}/rotations/${rotation}`, `${of("app-2")}/secret-options`])
    expect((await otto.get(path)).text).not.toContain(value);
});

test("it may have its own words, and end on a day that was chosen", async () => {
  const otto = await stage.signIn("Otto");
  const end = stage.directory.clock.now() + 100 * DAY;
  for (const wrong of [{}, { days: 90, end: new Date(end).toISOString() }])
    expect((await otto.post(`${of("app-2")}/secrets`, wrong)).status).toBe(400);
  for (const far of [-1, 13, 731]) {
    const at = new Date(stage.directory.clock.now() + far * DAY).toISOString();
    expect((await otto.post(`${of("app-2")}/secrets`, { end: at })).body).toMatchObject({ code: "refused-by-rule" });
  }
  const wish = { end: new Date(end).toISOString(), description: "for the new pipeline" };
  const { rotation } = (await otto.post(`${of("app-2")}/secrets`, wish)).body;
  await stage.until(rotation, "verified");
  const { body } = await stage.graph("GET", `/applications/${stage.application("app-2").objectId}`);
  const made = body.passwordCredentials.find((one: { displayName: string }) => one.displayName.includes("nolapse:"));
  expect(made.displayName).toMatch(/^for the new pipeline \[nolapse:/);
  expect(Date.parse(made.endDateTime)).toBe(end);
});

test("a certificate goes to places that hold one, and is refused before the call where they do not", async () => {
  const otto = await stage.signIn("Otto");
  const [slot] = (await otto.get(`${of("app-2")}/certificate-options`)).body.slots;
  expect(slot.blocked).toMatchObject({ reason: "target-kind", mend: expect.stringMatching(/^Bind it to a target/) });
  expect((await otto.post(`${of("app-2")}/certificates`, { days: 90 })).body).toMatchObject({
    status: 409,
    code: "refused-by-rule",
  });
});

test("what a policy of the tenant forbids is said before the call, and not begun", async () => {
  const otto = await stage.signIn("Otto");
  await restrict([restriction("passwordLifetime", "P180D")]);
  await stage.run();
  const { presets, blocked } = await slotOf(otto, "app-2");
  expect(blocked).toBeNull();
  expect(presets.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([true, true, false, false, false]);
  expect(presets[2].why).toContain("allows no longer");
  const refused = await otto.post(`${of("app-2")}/secrets`, { days: 365 });
  expect(refused.body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect(await stage.rotationOf("app-2")).toBe("none");
  await restrict([restriction("passwordAddition", null)]);
  await stage.run();
  expect((await slotOf(otto, "app-2")).blocked).toMatchObject({
    reason: "policy-forbids",
    why: expect.stringContaining("forbids new secrets"),
  });
  expect((await otto.post(`${of("app-2")}/secrets`, { days: 90 })).status).toBe(409);
});

test("it takes an Operator, a length within bounds, and a slot that there is", async () => {
  const [otto, rita] = [await stage.signIn("Otto"), await stage.signIn("Rita")];
  expect((await rita.post(`${of("app-2")}/secrets`, { days: 90 })).status).toBe(403);
  for (const days of [13, 731, 90.5]) expect((await otto.post(`${of("app-2")}/secrets`, { days })).status).toBe(400);
  expect((await otto.post(`${of("app-2")}/secrets`, { days: 90, slot: "none" })).body).toMatchObject({ code: "usage" });
  expect((await otto.post(`${of("stranger")}/secrets`, { days: 90 })).body).toMatchObject({ code: "refused-by-rule" });
  await otto.post(`${T}/stop`);
  expect((await otto.post(`${of("app-2")}/secrets`, { days: 90 })).body).toMatchObject({ code: "refused-by-stop" });
});

test("nothing is made while the last scan could not say who is privileged: one person's word may not be enough", async () => {
  const otto = await stage.signIn("Otto");
  const { entra } = stage.manager.deps;
  const whole = entra.grantPage.bind(entra);
  entra.grantPage = () => Promise.reject(new NolapseError("directory-failed", "it does not answer"));
  await stage.run();
  const refused = await otto.post(`${of("app-2")}/secrets`, { days: 90 });
  expect(refused.body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect(refused.body.detail).toContain("[privilege-unread]");
  entra.grantPage = whole;
  await stage.run();
  expect((await otto.post(`${of("app-2")}/secrets`, { days: 90 })).body).toMatchObject({ state: "planned" });
});

test("a new certificate goes with its key to the place that holds one, and nobody is shown the key", async () => {
  await stage.close();
  stage = await Stage.open({ only: ["robot"], policy: { kind: "certificate" } });
  await stage.run();
  const otto = await stage.signIn("Otto");
  const [slot] = (await otto.get(`${of("robot")}/certificate-options`)).body.slots;
  expect(slot).toMatchObject({ blocked: null, targets: [{ name: "keyed", type: "certificate-file" }] });
  const { body } = await otto.post(`${of("robot")}/certificates`, { days: 180, description: "robot's own" });
  expect(body).toEqual({ rotation: expect.any(String), slot: "default", state: "planned" });
  await stage.until(body.rotation, "verified");
  const file = readFileSync(join(stage.folder, "keyed.pem"), "utf8");
  expect(file).toContain("PRIVATE KEY");
  const key = file.slice(file.indexOf("PRIVATE KEY-----") + 20, file.indexOf("PRIVATE KEY-----") + 80);
  for (const path of [of("robot"), `${T}/rotations/${body.rotation}`])
    expect((await otto.get(path)).text.includes(key)).toBe(false);
  const held = (await stage.graph("GET", `/applications/${stage.application("robot").objectId}`)).body;
  expect(held.keyCredentials[0].displayName).toMatch(/^robot's own \[nolapse:/);
});

test("an end of one's own may lie in the range that is said, and not a minute outside of it; a policy narrows it, and says so", async () => {
  const otto = await stage.signIn("Otto");
  const url = `${of("app-2")}/secrets`;
  const MINUTE = 60_000;
  const now = stage.directory.clock.now();
  const first = (await slotOf(otto, "app-2")).custom;
  expect(first.why).toBeNull();
  expect(Date.parse(first.latest)).toBeLessThanOrEqual(now + 730 * DAY);
  const iso = (at: number) => new Date(at).toISOString();
  await restrict([restriction("passwordLifetime", "P200D")]);
  await stage.run();
  const { earliest, latest, why } = (await slotOf(otto, "app-2")).custom;
  expect([earliest, why]).toEqual([first.earliest, expect.stringContaining("allows no longer")]);
  expect(Date.parse(latest)).toBe(now + 200 * DAY - 60 * MINUTE);
  for (const end of [Date.parse(earliest) - MINUTE, Date.parse(latest) + MINUTE])
    expect((await otto.post(url, { end: iso(end) })).body).toMatchObject({ code: "refused-by-rule" });
  const made = await otto.post(url, { end: latest });
  expect(made.body).toMatchObject({ state: "planned" });
  await stage.until(made.body.rotation, "verified");
  const stored = await stage.manager.deps.store.rotation(made.body.rotation);
  expect(stored?.issued?.end).toBe(Date.parse(latest));
  const options = (await otto.get(`${of("app-2")}/certificate-options`)).body.slots[0];
  expect(options.custom.why).toBeNull();
});
