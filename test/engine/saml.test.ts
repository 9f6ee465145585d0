/** SAML signing certificates: one successor whatever happens to the command, and an activation that is read back. */
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, MINUTE, plus } from "../../src/core/time.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { activateSaml, planActivation, renewSaml } from "../../src/engine/saml/saml.ts";
import { readSaml } from "../../src/engine/saml/view.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import type { SamlSigning } from "../../src/ports/saml-signing.ts";
import { signing } from "../support/saml-bench.ts";
import { START, type Workbench } from "../support/workbench.ts";

const renew = (bench: Workbench, more: Partial<Parameters<typeof renewSaml>[2]> = {}, over = {}) =>
  renewSaml(bench.deps(over), "Expenses", { end: null, actor: "ann", ...more });
const actions = async (bench: Workbench) =>
  (await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 100 })).map((one) => one.action);
const made = (bench: Workbench) => bench.entra.calls.filter((one) => one.call === "addSigning").length;

describe("what there is", () => {
  test("is shown by thumbprint, a key and its public half as one", async () => {
    const { bench, app, old } = await signing();
    const view = await readSaml(bench.deps(), "expenses");
    expect(view.certificates).toMatchObject([{ thumbprint: old, role: "active", state: "expiring", hasKey: true }]);
    expect(view).toMatchObject({ advice: "renew", chosen: true });
    expect(view.metadata).toBe(
      `https://login.example/${bench.settings.tenantId}/federationmetadata/2007-06/federationmetadata.xml?appid=${app.appId}`,
    );
  });

  test("is in the plan with the command that shows it", async () => {
    const { bench, app } = await signing();
    const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
    const own = items.filter((one) => one.appId === app.appId);
    expect(own).toHaveLength(2);
    for (const one of own) {
      expect(one).toMatchObject({ status: "cannot", because: "saml-signing", detail: `nolapse saml ${app.appId}` });
    }
  });

  test("an application without any is not found", async () => {
    const { bench } = await signing();
    await expect(readSaml(bench.deps(), "Billing")).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("renewing", () => {
  test("makes a successor of three years that signs nothing, and leaves its intent and outcome in the trail", async () => {
    const { bench, old } = await signing();
    const { view, successor } = await renew(bench);
    expect(view.active?.thumbprint).toBe(old);
    expect(view.advice).toBe("activate");
    expect((successor.end ?? 0) - START).toBeGreaterThan(1094 * DAY);
    expect((successor.end ?? 0) - START).toBeLessThan(1095 * DAY);
    expect(await actions(bench)).toEqual(["saml-renew-intended", "saml-renewed"]);
  });

  test("a second time is refused", async () => {
    const { bench } = await signing();
    const { successor } = await renew(bench);
    await expect(renew(bench)).rejects.toThrow(successor.thumbprint ?? "");
    expect(made(bench)).toBe(1);
  });

  test("of two commands at once one goes on", async () => {
    const { bench } = await signing();
    const ended = await Promise.allSettled([renew(bench), renew(bench), renew(bench)]);
    expect(ended.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(made(bench)).toBe(1);
  });

  test("an answer that is lost is found by what is new", async () => {
    const { bench } = await signing();
    bench.entra.fail("addSigning", { fault: "lost-after" });
    const { successor } = await renew(bench);
    expect(successor.role).toBe("successor");
    expect(await actions(bench)).toEqual(["saml-renew-intended", "saml-renewed"]);
  });

  test("while it is not known, no second one is made; after the window it may be", async () => {
    const { bench } = await signing();
    bench.entra.fail("addSigning", { fault: "lost" });
    await expect(renew(bench)).rejects.toMatchObject({ code: "incomplete" });
    await expect(renew(bench)).rejects.toThrow("may still come to light");
    expect(made(bench)).toBe(1);
    bench.clock.advance(11 * MINUTE);
    await renew(bench);
    expect((await actions(bench)).slice(1)).toEqual(["saml-renew-lost", "saml-renew-intended", "saml-renewed"]);
  });

  test("a killed command is found out by the next one", async () => {
    const { bench } = await signing();
    const { samlSigning } = bench.entra;
    const killed = new Error("killed");
    const dying: SamlSigning = {
      activate: (...args) => samlSigning.activate(...args),
      addTokenSigningCertificate: async (...args) => {
        await samlSigning.addTokenSigningCertificate(...args);
        throw killed;
      },
    };
    bench.entra.readLag = 2 * MINUTE;
    await expect(renew(bench, {}, { samlSigning: dying })).rejects.toBe(killed);
    await expect(renew(bench)).rejects.toThrow("may still come to light");
    bench.clock.advance(2 * MINUTE);
    await expect(renew(bench)).rejects.toThrow("has a successor already");
    expect(made(bench)).toBe(1);
    expect(await actions(bench)).toEqual(["saml-renew-intended", "saml-renewed"]);
  });

  test.each([
    ["longer than three years", { after: 1096 * DAY }],
    ["in the past", { at: plus(START, -DAY) }],
    ["before the one it follows", { after: 10 * DAY }],
  ])("an end %s is refused", async (_, end) => {
    const { bench } = await signing();
    await expect(renew(bench, { end })).rejects.toMatchObject({ code: "usage" });
    expect(made(bench)).toBe(0);
  });

  test("mode observe and a missing right are refused", async () => {
    const { bench } = await signing();
    const error = new NolapseError("directory-forbidden", "no right");
    bench.entra.fail("addSigning", { fault: "error", error });
    await expect(renew(bench)).rejects.toBe(error);
    bench.settings = { ...bench.settings, mode: "observe" };
    await expect(renew(bench)).rejects.toMatchObject({ code: "refused-by-mode" });
    expect(await actions(bench)).toEqual(["saml-renew-intended", "saml-renew-refused"]);
  });
});

describe("activating", () => {
  test("writes the thumbprint and reads it back", async () => {
    const { bench, old } = await signing();
    const { successor } = await renew(bench);
    const change = await planActivation(bench.deps(), "Expenses", (successor.thumbprint ?? "").toUpperCase());
    expect([change.from?.thumbprint, change.to.thumbprint]).toEqual([old, successor.thumbprint]);
    const { seen, view } = await activateSaml(bench.deps(), change, "ann");
    expect(seen).toBe(true);
    expect(view.active?.thumbprint).toBe(successor.thumbprint);
    expect((await actions(bench)).slice(2)).toEqual(["saml-activate-intended", "saml-activated"]);
  });

  test("a lost answer is settled by reading, and an unsettled one is said", async () => {
    const { bench } = await signing();
    const { successor } = await renew(bench);
    const change = await planActivation(bench.deps(), "Expenses", successor.thumbprint ?? "");
    bench.entra.fail("activateSigning", { fault: "lost" });
    await expect(activateSaml(bench.deps(), change, "ann")).rejects.toMatchObject({ code: "incomplete" });
    bench.entra.fail("activateSigning", { fault: "lost-after" });
    expect(await activateSaml(bench.deps(), change, "ann")).toMatchObject({ seen: true });
  });

  test("what is unknown or over is refused", async () => {
    const { bench, old } = await signing();
    await expect(planActivation(bench.deps(), "Expenses", "ab".repeat(20))).rejects.toMatchObject({
      code: "not-found",
    });
    bench.clock.advance(21 * DAY);
    await expect(planActivation(bench.deps(), "Expenses", old)).rejects.toThrow("expired");
  });
});
