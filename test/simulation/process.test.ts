/** A manager process of the rehearsal that ends in the middle of a call: the world looks at what the call may have changed. */
import { expect, test } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import { epochMs } from "../../src/core/time.ts";
import { ManagerProcess, type Stage } from "../../src/rehearse/actors/process.ts";
import { NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { Chance } from "../../src/rehearse/stage/chance.ts";
import type { Booted } from "../../src/rehearse/stage/ground.ts";
import { rotation, settings } from "../core/make.ts";

/** A process that ends while the directory answers it, and the objects that are looked at then. */
function ending() {
  const looked: string[] = [];
  const dies = () => process.die();
  const added = { outcome: "applied", value: new SecretValue("new") };
  const entra = {
    addSecret: () => dies().then(() => added),
    directoryRolePage: () => dies().then(() => ({ grants: [] })),
  };
  const watch = {
    before: () => {},
    after: () => undefined,
    leases: { died: () => {} },
    look: async ({ objectId }: { objectId: string }) => void looked.push(objectId),
  };
  const stage = {
    turns: { now: epochMs(0), park: (_: string, _at: number, work: () => unknown) => work(), drop: () => {} },
    story: { steps: 0, call: () => "", event: () => {} },
    ...{ watch, everyCall: false, crashes: NO_CRASHES, latency: () => 0, react: () => undefined },
  } as unknown as Stage;
  const parts = "certificates logs federation samlSigning verifier sealer store".split(" ").map((one) => [one, {}]);
  const booted = { ...Object.fromEntries(parts), entra, issuers: {}, die: async () => {} } as unknown as Booted;
  const process = new ManagerProcess(stage, {
    ...{ name: "manager-1", booted, settings: settings(), targets: { get: () => null } },
    ...{ random: Chance.of(1, "process"), off: () => 0 },
  });
  return { deps: process.deps, looked };
}

test("where that writes to an application, at the application", async () => {
  const { deps, looked } = ending();
  const { holder } = rotation();
  await deps.entra.addSecret(holder, {} as never);
  expect(looked).toEqual([holder.objectId]);
});

test("where that reads the first page of a list, at nothing", async () => {
  const { deps, looked } = ending();
  await deps.entra.directoryRolePage(null);
  expect(looked).toEqual([]);
});
