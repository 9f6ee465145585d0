/** A secret that is made to be seen once: by whom, how often, and what becomes of it when nobody says that it is stored. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { signIn } from "../directory/entra.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let ann: Visitor;
const T = "/api/v1/t/contoso";
const DAY = 86_400_000;
const MINUTE = 60_000;
const asked = { description: "for the vendor", days: 180, reason: "the vendor takes no other way" };

beforeEach(async () => {
  stage = await Stage.open();
  await stage.run();
  ann = await stage.signIn("Ann", "", "/", true);
});
afterEach(() => stage.close());

const of = (name: string) => `${T}/applications/${stage.application(name).objectId}`;
/** The AADSTS number of a sign-in with a value, 0 where it is good. */
const signsIn = (name: string, value: string) => signIn(stage.directory, stage.application(name).appId, value);
const held = async (name: string) =>
  (await stage.graph("GET", `/applications/${stage.application(name).objectId}`)).body.passwordCredentials as {
    keyId: string;
    displayName: string;
    startDateTime: string;
    endDateTime: string;
  }[];
const trail = async (action: string) =>
  (await ann.get(`${T}/audit?after=0&limit=500`)).body.items.filter((one: { action: string }) => one.action === action);

test("its value is in the one answer, signs in, and is noted with who and why; nothing else ever says it", async () => {
  const made = await ann.post(`${of("stranger")}/shown-secrets`, { ...asked, ticket: "INC-9" });
  expect([made.status, made.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { value, secret, keyId, end } = made.body;
  expect(made.body.description).toBe("for the vendor");
  expect(await signsIn("stranger", value)).toBe(0);
  expect(Date.parse(end)).toBe(stage.directory.clock.now() + 180 * DAY - 60 * MINUTE);
  const entry = (await held("stranger")).find((one) => one.keyId === keyId);
  expect(entry?.displayName).toMatch(/^for the vendor \[nolapse:\w{4}\.\w{12}\]$/);
  expect(await trail("revealed")).toMatchObject([
    { actor: "entra:ann@contoso.example", keyId, details: { secret, why: "the vendor takes no other way (INC-9)" } },
  ]);
  expect((await ann.post(`${T}/shown-secrets/${secret}/keep`)).body).toEqual({ secret, state: "kept" });
  for (const path of [of("stranger"), `${of("stranger")}/secret-options`, `${T}/shown-secrets`, `${T}/audit?limit=500`])
    expect((await ann.get(path)).text).not.toContain(value);
  expect(stage.said.join()).not.toContain(value);
  const again = await ann.post(`${T}/shown-secrets/${secret}/show`);
  expect(again.body).toMatchObject({ status: 409, detail: expect.stringContaining("is erased here") });
  expect(await stage.manager.deps.store.shownSealed(secret)).toBeNull();
  // a later scan takes it for no orphan
  await stage.run();
  expect((await ann.get(`${T}/overview`)).body.switches.removalOff).toBeNull();
});

test("who lost the answer finds the value again, and nobody else does", async () => {
  const { body } = await ann.post(`${of("stranger")}/shown-secrets`, asked);
  expect((await ann.get(`${T}/shown-secrets`)).body.items).toMatchObject([
    { secret: body.secret, displayName: "stranger", keyId: body.keyId },
  ]);
  const amy = await stage.signIn("Amy", "", "/", true);
  expect((await amy.get(`${T}/shown-secrets`)).body.items).toEqual([]);
  for (const what of ["show", "keep", "drop"])
    expect((await amy.post(`${T}/shown-secrets/${body.secret}/${what}`)).status).toBe(404);
  expect((await ann.post(`${T}/shown-secrets/${body.secret}/show`)).body.value).toBe(body.value);
  expect(await trail("revealed")).toHaveLength(2);
});

test("a value that nobody says is stored is erased after a quarter of an hour, and its secret removed", async () => {
  const { secret, value, keyId } = (await ann.post(`${of("stranger")}/shown-secrets`, asked)).body;
  stage.directory.clock.advance(14 * MINUTE);
  expect((await ann.post(`${T}/shown-secrets/${secret}/show`)).status).toBe(200);
  stage.directory.clock.advance(2 * MINUTE);
  await stage.run();
  expect((await held("stranger")).some((one) => one.keyId === keyId)).toBe(false);
  expect(await trail("shown-removed")).toHaveLength(1);
  expect((await ann.post(`${T}/shown-secrets/${secret}/show`)).status).toBe(409);
  expect(await signsIn("stranger", value)).not.toBe(0);
  expect((await ann.get(`${T}/shown-secrets`)).body.items).toEqual([]);
});

test("what its owner drops is gone at once", async () => {
  const { secret, keyId } = (await ann.post(`${of("stranger")}/shown-secrets`, asked)).body;
  expect((await ann.post(`${T}/shown-secrets/${secret}/drop`)).body).toEqual({ secret, state: "removed" });
  expect((await held("stranger")).some((one) => one.keyId === keyId)).toBe(false);
});

test("it takes an Admin's own rights, which are asked for at sign-in and last an hour", async () => {
  const url = `${of("stranger")}/shown-secrets`;
  const [otto, without] = [await stage.signIn("Otto", "", "/"), await stage.signIn("Ann")];
  expect((await otto.post(url, asked)).body.code).toBe("role-missing");
  expect((await without.get("/api/v1/me")).body.rightsUntil).toBeNull();
  expect((await without.post(url, asked)).body).toMatchObject({ status: 403, code: "own-rights-missing" });
  const me = (await ann.get("/api/v1/me")).body;
  expect(Date.parse(me.rightsUntil)).toBeGreaterThan(stage.directory.clock.now());
  expect(Object.keys(me)).not.toContain("rights");
  expect(await held("stranger")).toHaveLength(1);
  stage.directory.clock.advance(3 * 60 * MINUTE);
  expect((await ann.post(url, asked)).body).toMatchObject({ code: "own-rights-missing" });
});

test("the directory judges the person: who is no administrator gets nothing by Nolapse's own rights", async () => {
  // an Admin of Nolapse who is nobody in the directory
  const amy = await stage.signIn("Amy", "", "/", true);
  const refused = await amy.post(`${of("stranger")}/shown-secrets`, asked);
  expect(refused.body).toMatchObject({ code: "directory-forbidden", next: expect.stringContaining("your own rights") });
  expect(await held("stranger")).toHaveLength(1);
  expect(await trail("shown-refused")).toHaveLength(1);
});

test("nobody makes a secret to hold of a privileged application, and is told the ways that work", async () => {
  const { shown } = (await ann.get(`${of("mighty")}/secret-options`)).body;
  expect(shown).toMatchObject({ blocked: expect.stringContaining("privileged by"), privileged: true });
  expect((await ann.get(`${of("app-2")}/secret-options`)).body.shown).toMatchObject({
    blocked: null,
    privileged: false,
  });
  const refused = await ann.post(`${of("mighty")}/shown-secrets`, asked);
  expect(refused.body).toMatchObject({ status: 409, code: "refused-by-rule" });
  expect(await held("mighty")).toHaveLength(1);
});

test("its span is what was asked for, never over 24 months, never in the past, never against a policy", async () => {
  const now = stage.directory.clock.now();
  const url = `${of("stranger")}/shown-secrets`;
  const { days: _, ...rest } = asked;
  const iso = (at: number) => new Date(at).toISOString();
  const brief = (at: number) => iso(at).replace(".000", "");
  for (const [start, end] of [
    [undefined, now - DAY],
    [undefined, now + 3 * 60 * MINUTE],
    [undefined, now + 731 * DAY],
    [now + 10 * DAY, now + 741 * DAY],
    [now + 10 * DAY, now + 5 * DAY],
  ]) {
    const body = { ...rest, end: iso(end as number), ...(start === undefined ? {} : { start: iso(start) }) };
    expect((await ann.post(url, body)).body).toMatchObject({ status: 409, code: "refused-by-rule" });
  }
  expect((await ann.post(url, rest)).status).toBe(400);
  expect((await ann.post(url, { ...asked, end: iso(now + 90 * DAY) })).status).toBe(400);
  expect((await ann.post(url, { ...asked, reason: "short" })).status).toBe(400);
  expect(await held("stranger")).toHaveLength(1);
  const { custom } = (await ann.get(`${of("stranger")}/secret-options`)).body.shown;
  expect(custom).toEqual({ earliest: brief(now + 23 * 60 * MINUTE), latest: brief(now + 730 * DAY), why: null });
  for (const end of [Date.parse(custom.earliest) - MINUTE, Date.parse(custom.latest) + MINUTE])
    expect((await ann.post(url, { ...rest, end: iso(end) })).body).toMatchObject({ code: "refused-by-rule" });
  const made = await ann.post(url, { ...rest, start: iso(now + 10 * DAY), end: iso(now + 740 * DAY) });
  const entry = (await held("stranger")).find((one) => one.keyId === made.body.keyId);
  expect([Date.parse(entry?.startDateTime ?? ""), Date.parse(entry?.endDateTime ?? "")]).toEqual([
    now + 10 * DAY,
    now + 740 * DAY,
  ]);
  await stage.graph("PATCH", "/policies/defaultAppManagementPolicy", {
    isEnabled: true,
    applicationRestrictions: {
      passwordCredentials: [
        {
          restrictionType: "passwordLifetime",
          state: "enabled",
          maxLifetime: "P90D",
          restrictForAppsCreatedAfterDateTime: "2014-01-01T00:00:00Z",
        },
      ],
      keyCredentials: [],
    },
  });
  await stage.run();
  const { presets } = (await ann.get(`${of("stranger")}/secret-options`)).body.shown;
  expect(presets.map(({ allowed }: { allowed: boolean }) => allowed)).toEqual([true, false, false, false, false]);
  expect((await ann.post(url, asked)).body).toMatchObject({
    status: 409,
    detail: expect.stringContaining("allows no longer"),
  });
  const narrowed = (await ann.get(`${of("stranger")}/secret-options`)).body.shown.custom;
  expect(narrowed).toMatchObject({ latest: brief(now + 90 * DAY), why: expect.stringContaining("allows no longer") });
});

test("an answer that was lost leaves no secret that nobody knows: it is found by its mark and removed", async () => {
  stage.directory.faults.set({
    seed: 1,
    rules: [{ on: "addPassword", fault: "lost-response", probability: 1, times: 1 }],
  });
  const lost = await ann.post(`${of("stranger")}/shown-secrets`, asked);
  expect(lost.body).toMatchObject({ code: "incomplete", next: expect.stringContaining("do not repeat it") });
  expect(await held("stranger")).toHaveLength(2);
  stage.directory.clock.advance(3 * MINUTE);
  await stage.run();
  expect(await held("stranger")).toHaveLength(1);
  expect(await trail("orphan-confirmed")).toHaveLength(1);
});

test("where everything is stopped, or only looked at, nothing is made", async () => {
  await ann.post(`${T}/stop`);
  expect((await ann.post(`${of("stranger")}/shown-secrets`, asked)).body.code).toBe("refused-by-stop");
  expect(await held("stranger")).toHaveLength(1);
});
