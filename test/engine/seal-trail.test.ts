/** The trail is sealed while the engine works, carries what each write did, and nobody who writes waits for it. */
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import type { EntryLine, TrailLine } from "../../src/core/audit/audit-chain.ts";
import { verifyTrail } from "../../src/core/audit/audit-verify.ts";
import { exportTrail } from "../../src/engine/trail/export.ts";
import { sealTrail } from "../../src/engine/trail/seal.ts";
import { audit } from "../conformance/store.suite.ts";
import { notary } from "../support/notary.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

const sealer = notary();

async function exported(bench: Workbench, since: Parameters<typeof exportTrail>[1] = null): Promise<TrailLine[]> {
  const lines: TrailLine[] = [];
  for await (const line of exportTrail(bench.deps({ notary: sealer }), since)) lines.push(line);
  return lines;
}

const verdict = (lines: readonly TrailLine[]) =>
  verifyTrail(
    lines.map((value, index) => ({ line: index + 1, value: { ...value } })),
    sealer,
    { publicKey: sealer.publicKey, head: null },
  );
const entries = (lines: readonly TrailLine[]) => lines.filter((one): one is EntryLine => one.kind === "entry");

it("a whole rotation is sealed, and says the request and the key ids of each write", async () => {
  const bench = new Workbench({ complete: true, policy: { retire: "after-overlap" } });
  const rotation = await bench.drive((one) => one?.state === "retired", 40, { notary: sealer });
  const lines = await exported(bench);
  expect(verdict(lines)).toMatchObject({ intact: true, findings: [] });
  const [old, fresh] = [rotation.replaces, rotation.issued?.keyId ?? ""];
  expect(entries(lines).find((one) => one.action === "issued")).toMatchObject({
    keysBefore: [old],
    keysAfter: [old, fresh],
    request: expect.stringMatching(/^request-/),
  });
  expect(entries(lines).find((one) => one.action === "removed")).toMatchObject({
    keysBefore: [fresh, old],
    keysAfter: [fresh],
  });
  expect(
    entries(lines)
      .filter((one) => one.request !== null)
      .map((one) => one.action),
  ).toEqual(["issued", "removed"]);
  expect(await bench.store.unsealed(TENANT, 10)).toMatchObject({ entries: [] });
});

it("an export from an instant on checks by itself", async () => {
  const bench = new Workbench();
  for (const hour of [0, 1, 2, 3])
    await bench.store.audit(
      audit("stop", { tenantId: TENANT, at: (bench.clock.at + hour * 3_600_000) as typeof bench.clock.at }),
    );
  const lines = await exported(bench, (bench.clock.at + 2 * 3_600_000) as typeof bench.clock.at);
  expect(entries(lines).map((one) => one.position)).toEqual([3, 4]);
  expect(verdict(lines).intact).toBe(true);
  expect(entries(await exported(bench, (bench.clock.at + 9 * 3_600_000) as typeof bench.clock.at))).toEqual([]);
});

it("two that seal at once make one chain", async () => {
  const bench = new Workbench();
  for (let count = 0; count < 40; count += 1) {
    await bench.store.audit(audit("stop", { tenantId: TENANT, details: { count } }));
    if (count % 3 === 0) await Promise.all([1, 2, 3].map(() => sealTrail(bench.deps({ notary: sealer }))));
  }
  const lines = await exported(bench);
  expect(entries(lines)).toHaveLength(40);
  expect(verdict(lines).intact).toBe(true);
});

it("what is done to the database behind its triggers is found", async () => {
  const bench = new Workbench();
  for (let count = 0; count < 9; count += 1)
    await bench.store.audit(audit("stop", { tenantId: TENANT, details: { count } }));
  await sealTrail(bench.deps({ notary: sealer }));
  const raw = new DatabaseSync(bench.storePath);
  for (const statement of [
    "UPDATE links SET hash = ''",
    "DELETE FROM links",
    "UPDATE checkpoints SET hash = ''",
    "DELETE FROM checkpoints",
  ]) {
    expect(() => raw.exec(statement)).toThrow("append-only");
  }
  raw.exec("DROP TRIGGER audit_is_append_only_update; DROP TRIGGER audit_is_append_only_delete;");
  raw.exec("UPDATE audit SET actor = 'nobody' WHERE sequence = 3; DELETE FROM audit WHERE sequence IN (6, 7);");
  raw.close();
  const found = verdict(await exported(bench)).findings.map(({ what, position }) => [what, position]);
  expect(found).toEqual([
    ["edited", 3],
    ["removed", 6],
  ]);
});
