/** What had begun when an application was paused: nothing more of it is written; and a pause always ends. */
import { expect, test } from "vitest";
import { DAY, MINUTE } from "../../src/core/time.ts";
import { pauseApplication } from "../../src/engine/commands/pause-application.ts";
import { stop } from "../../src/engine/commands/stop.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { activateSaml, planActivation, renewSaml } from "../../src/engine/saml/saml.ts";
import { knownNamed } from "../../src/engine/scan/named.ts";
import { makeShown } from "../../src/engine/values/shown-secret.ts";
import { sweepShown } from "../../src/engine/values/sweep-shown.ts";
import type { Hand } from "../../src/ports/hand.ts";
import type { Logs } from "../../src/ports/logs.ts";
import { signing } from "../support/saml-bench.ts";
import { Workbench } from "../support/workbench.ts";

const WHY = { actor: "bob", why: "the vault moves this week" };
test("an activation that a person was still asked about when the application was paused is refused", async () => {
  const { bench, app } = await signing();
  const { successor } = await renewSaml(bench.deps(), "Expenses", { end: null, actor: "ann" });
  const activation = await planActivation(bench.deps(), "Expenses", successor.thumbprint ?? "");
  await pauseApplication(bench.deps(), app.appId, WHY);
  await expect(activateSaml(bench.deps(), activation, "ann")).rejects.toMatchObject({ code: "refused-by-rule" });
  expect(bench.entra.calls.filter((one) => one.call === "activateSigning")).toEqual([]);
});

test("an application that is paused while its SAML renewal is noted gets no successor", async () => {
  const { bench, app } = await signing();
  const deps = bench.deps();
  const audit = deps.store.audit.bind(deps.store);
  const store = Object.assign(Object.create(deps.store), {
    audit: async (...of: Parameters<typeof audit>) => {
      await audit(...of);
      await pauseApplication(deps, app.appId, WHY);
    },
  });
  await expect(renewSaml({ ...deps, store }, "Expenses", { end: null, actor: "ann" })).rejects.toMatchObject({
    code: "refused-by-rule",
  });
  expect(bench.entra.calls.filter((one) => one.call === "addSigning")).toEqual([]);
});

test.each([
  ["an application that is paused meanwhile", (deps: Deps, appId: string) => pauseApplication(deps, appId, WHY)],
  ["a tenant that is stopped meanwhile", (deps: Deps) => stop(deps, "bob")],
])("a sweep that has begun removes no secret of %s", async (_, hold) => {
  const bench = new Workbench();
  const deps = bench.deps();
  const refuse = async () => {
    throw new Error("nobody registers here");
  };
  const hand: Hand = { entra: bench.entra, certificates: bench.entra, register: refuse, makePrincipal: refuse };
  const { holder } = await bench.entra.read(bench.app);
  const subject = { holder, privileges: [], appPolicies: { state: "not-asked" } } as const;
  const person = { actor: "entra:ann", objectId: "ann-id" };
  const asked = { description: "by hand", lasting: { lifetime: 90 * DAY }, why: "the vendor asks for it", person };
  const { secret } = await makeShown(deps, hand, subject, asked);
  bench.clock.advance(16 * MINUTE);
  // the usage report of a large tenant takes a while
  const logs: Logs = {
    credentialChanges: (...of) => deps.logs.credentialChanges(...of),
    signIns: (...of) => deps.logs.signIns(...of),
    lastUses: async () => {
      await hold(deps, bench.app.appId);
      return [];
    },
  };
  await sweepShown({ ...deps, logs });
  expect(bench.entra.keyIds(bench.app)).toContain(secret.keyId);
});

test("the pause of one that is bound no more and has left the directory can be ended by its client id", async () => {
  const bench = new Workbench();
  const { appId } = bench.app;
  await pauseApplication(bench.deps(), appId, WHY);
  const deps = { ...bench.deps(), settings: { ...bench.settings, bindings: [] } };
  expect(await knownNamed(deps, appId)).toMatchObject({ appId });
});
