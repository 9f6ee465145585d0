/** Commands in answers name the tenant they are for, where there are several, and work as they are typed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { advice, advised, command, OF_TENANT, tenantNamed } from "../../src/core/commands.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { REASONS } from "../../src/core/reasons.ts";
import { answerOf } from "../../src/http/tenant-commands.ts";
import { Stage } from "./stage.ts";

const program = buildProgram(async () => undefined);
/** What somebody gave as the reason. */
const PERSONS = "we are moving house; nolapse stop was no help";
/** They work on none, or on every tenant at once. */
const OTHERS = ["completion", "config", "demo", "directory", "env", "init", "own-credential", "run", "serve", "store"];

test("every command of the program is known to work on one tenant, or not to", () => {
  const all = program.commands.map((one) => one.name());
  expect([...OF_TENANT, ...OTHERS].filter((name) => all.includes(name)).toSorted()).toEqual(all.toSorted());
  for (const name of OF_TENANT) expect(all).toContain(name);
});

test("is where the program takes it, and nowhere else in a sentence", () => {
  const said = advice(
    "contoso",
    "let nolapse run finish it, or nolapse cancel 4f, then `nolapse rotate --self`; nolapse tries again, nolapse delivered x, nolapse deliver-x",
  );
  expect(said).toBe(
    "let nolapse run finish it, or nolapse --tenant contoso cancel 4f, then `nolapse --tenant contoso rotate --self`; nolapse tries again, nolapse --tenant contoso delivered x, nolapse deliver-x",
  );
  expect(advice("contoso", said), "once").toBe(said);
  expect(advice(undefined, "nolapse cancel 4f"), "where there is but one").toBe("nolapse cancel 4f");
  const named = tenantNamed({ name: "contoso", sharesEntries: true });
  expect(command(named, "cancel 4f")).toBe("nolapse --tenant contoso cancel 4f");
  expect(command(tenantNamed({ name: "contoso" }), "cancel 4f")).toBe("nolapse cancel 4f");
  const { operands, unknown } = program.parseOptions(["--tenant", "contoso", "cancel", "4f"]);
  expect([program.opts().tenant, operands, unknown]).toEqual(["contoso", ["cancel", "4f"], []]);
});

test("what a person wrote, what the directory calls something and what was sealed stay as they are", () => {
  const given = {
    displayName: "nolapse stop",
    paused: { reason: "nolapse stop" },
    why: "nolapse stop was typed too late",
    sentence: "refused by ann: nolapse stop first",
    detail: "by ann since noon: nolapse resume",
    message: "it is paused by ann (nolapse stop did not help)",
    entries: [{ details: { next: "nolapse resume" } }],
    figures: [1, null, true],
    at: new Date(0),
  };
  expect(answerOf(given, "contoso")).toEqual(given);
  expect(answerOf({ lists: [{ checks: [{ fix: "nolapse resume" }] }] }, "contoso")).toEqual({
    lists: [{ checks: [{ fix: "nolapse --tenant contoso resume" }] }],
  });
  expect(answerOf({ why: REASONS.paused }, "contoso")).toEqual({
    why: REASONS.paused.replace("nolapse continue", "nolapse --tenant contoso continue"),
  });
  const fault = new TypeError("nolapse resume");
  expect(advised("contoso", fault)).toBe(fault);
  const plain = new NolapseError("usage", "no", { next: "sign in" });
  expect(advised("contoso", plain)).toBe(plain);
  const quoting = new NolapseError("usage", "paused (nolapse stop)", { next: "nolapse resume", retryAfter: 3 });
  expect(advised(undefined, quoting)).toBe(quoting);
  expect(advised("contoso", quoting)).toMatchObject({
    ...{ code: "usage", message: "paused (nolapse stop)", retryAfter: 3 },
    next: "nolapse --tenant contoso resume",
  });
});

describe.each([undefined, "fabrikam"])("with another tenant beside it: %s", (beside) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ only: ["app-1"], ...(beside === undefined ? {} : { beside }) });
    await stage.run();
  });
  afterAll(() => stage.close());
  const named = beside === undefined ? "nolapse" : "nolapse --tenant contoso";

  test("a refusal, and an answer", async () => {
    const otto = await stage.signIn("Otto");
    const rotation = await stage.rotationOf("app-1");
    const T = "/api/v1/t/contoso";
    const { body } = await otto.get(`${T}/plan?tab=cannot`);
    const mends = body.mends.map(({ mend }: { mend: string }) => mend).join(" ");
    expect(mends).toContain(`\`nolapse config check\``);
    expect((await otto.post(`${T}/rotations/${rotation}/pause`, { reason: PERSONS })).status).toBe(200);
    const told = (await otto.get(`${T}/rotations/${rotation}`)).text;
    expect(told).toContain(`: ${PERSONS}; ${named} continue ${rotation}`);
    expect(told.match(/nolapse --tenant \S+ stop/g)).toBeNull();
    const refused = await otto.post(`${T}/rotations/${rotation}/try`);
    expect(refused.status).toBe(409);
    expect(`${refused.body.detail} ${refused.body.next}`).toMatch(new RegExp(`\\b${named} (continue|explain) `));
  });
});
