/** *Remove now*: a person's word ends the overlap early, by the rotation's own retire step, and never before consumers can have reloaded. */
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import type { ReasonCode } from "../../src/core/reasons.ts";
import type { Rotation, RotationEvent } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { adopt } from "../../src/engine/commands/adopt.ts";
import { approve, refuseApproval } from "../../src/engine/commands/approve.ts";
import { askRemoval, foreseeRemoval } from "../../src/engine/commands/ask-removal.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { stop } from "../../src/engine/commands/stop.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { type BenchOptions, Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", objectId: "aaaaaaaa-0000-4000-8000-000000000001" };
const WHY = "every reader was restarted";
/** The bench's target reloads within a minute, and a token lives for an hour and a half. */
const RELOADED = 91 * MINUTE;
const is = (state: Rotation["state"]) => (rotation: Rotation | undefined) => rotation?.state === state;
const oldKey = (bench: Workbench) => bench.app.keyIds[0] ?? "";

/** A verified rotation whose old secret would last for months; as a rule it lives them out. */
async function verified(options: BenchOptions = {}): Promise<{ bench: Workbench; rotation: Rotation }> {
  const policy = { maxAge: 300 * DAY, lifetime: 200 * DAY, ...options.policy } as const;
  const bench = new Workbench({ endsIn: 200 * DAY, complete: true, ...options, policy });
  return { bench, rotation: await bench.drive(is("verified")) };
}

const place = async (bench: Workbench, keyId = oldKey(bench)) => {
  const { holder } = await bench.entra.read(bench.app);
  return { appId: bench.app.appId, keyId, holders: [holder], privileges: [] };
};
const foresee = async (bench: Workbench, keyId?: string) =>
  foreseeRemoval(bench.deps(), await place(bench, keyId), ANN);
const codes = async (bench: Workbench) => (await foresee(bench)).overrules.map(({ code }) => code);
/** Names all that the word overrules. */
async function ask(bench: Workbench, more: { accepts?: readonly ReasonCode[]; keyId?: string } = {}) {
  const { accepts = await codes(bench), keyId } = more;
  return askRemoval(bench.deps(), await place(bench, keyId), { accepts, why: WHY, person: ANN });
}
/** How long after the successor was verified the old one was removed. */
async function goneAfter(bench: Workbench): Promise<number> {
  const { removedAt, verifiedAt } = await bench.drive((one) => one?.removedAt != null);
  return (removedAt ?? 0) - (verifiedAt ?? 0);
}

describe("it goes", () => {
  test.each<[string, ReasonCode, BenchOptions]>([
    ["its own end", "until-expiry", { policy: { retire: "at-expiry" } }],
    ["the overlap", "overlap", { policy: { retire: "after-overlap", overlap: 20 * DAY } }],
    ["a policy of never", "retire-never", { policy: { retire: "never" } }],
    ["evidence", "no-evidence", { policy: { retire: "after-evidence" } }],
    ["consumers nobody has declared", "consumers-unknown", { policy: { retire: "after-overlap" }, complete: false }],
  ])("without waiting for %s, which is told before, once its readers can have reloaded", async (_, code, options) => {
    const { bench, rotation } = await verified(options);
    const seen = await foresee(bench);
    expect(seen).toMatchObject({
      refusal: null,
      waits: null,
      before: false,
      at: plus(rotation.verifiedAt ?? bench.clock.at, RELOADED),
    });
    expect(seen.overrules.map((one) => one.code)).toContain(code);
    expect((await ask(bench)).id).toBe(rotation.id);
    const after = await goneAfter(bench);
    expect(after).toBeGreaterThanOrEqual(RELOADED);
    expect(after).toBeLessThan(RELOADED + HOUR);
    await bench.drive(is("retired"));
    expect(bench.entra.keyIds(bench.app)).toEqual([rotation.issued?.keyId]);
  });

  test("though somebody still signs in with it, where the person was told who", async () => {
    const { bench } = await verified();
    bench.clock.advance(2 * HOUR);
    bench.entra.federation.signsIn(bench.app.appId, { keyId: oldKey(bench), client: "Billing batch" });
    bench.clock.advance(MINUTE);
    const { overrules } = await foresee(bench);
    expect(overrules).toContainEqual({ code: "old-in-use", detail: expect.stringContaining("Billing batch") });
    await ask(bench);
    await goneAfter(bench);
    expect(bench.entra.keyIds(bench.app)).not.toContain(oldKey(bench));
  });

  test("by the word, where evidence was due no later and somebody signs in at the last moment", async () => {
    const policy = { retire: "after-evidence", evidenceWindow: MINUTE, overlap: 0 } as const;
    const bench = new Workbench({
      endsIn: 200 * DAY,
      complete: true,
      policy: { maxAge: 300 * DAY, lifetime: 200 * DAY, ...policy },
    });
    // read again within the hour, so that the evidence is there before the word lets it go
    const error = new NolapseError("directory-unreachable", "no answer");
    bench.entra.fail("signIns", { fault: "error", error });
    const rotation = await bench.drive(is("verified"));
    bench.entra.federation.signsIn(bench.app.appId, { keyId: rotation.issued?.keyId ?? "" });
    bench.clock.advance(HOUR);
    await bench.run();
    await ask(bench);
    // after the last look of the decision, and before the one of the removal
    const observe = (_: Rotation, event: RotationEvent) => {
      if (event.type === "verified") {
        bench.entra.federation.signsIn(bench.app.appId, { keyId: oldKey(bench), client: "Billing batch" });
      }
    };
    const { removedAt, verifiedAt } = await bench.drive((one) => one?.removedAt != null, 3, { observe });
    expect((removedAt ?? 0) - (verifiedAt ?? 0)).toBeLessThan(RELOADED + HOUR);
    const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
    expect(trail.filter(({ action }) => action === "failed")).toEqual([]);
  });

  test("with who asked, and why, in the trail; asked again it is the same word", async () => {
    const { bench } = await verified();
    await ask(bench);
    expect(await foresee(bench)).toMatchObject({ before: true, overrules: [] });
    await askRemoval(bench.deps(), await place(bench), { accepts: [], why: "asked for once more", person: ANN });
    await goneAfter(bench);
    expect(await foresee(bench)).toMatchObject({ before: true });
    const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
    const words = trail.filter(({ action }) => action === "removal-asked");
    expect(words).toMatchObject([{ actor: ANN.actor, keyId: oldKey(bench), details: { why: WHY } }]);
    expect(trail.find(({ action }) => action === "removed")).toMatchObject({ details: { early: true, asked: true } });
  });

  test("after the approval that the policy wants, which asking is; a no before is told, and overruled", async () => {
    const { bench, rotation } = await verified({ policy: { approval: "retire" } });
    await refuseApproval(bench.deps(), rotation.id, "retire", { ...ANN, actor: "entra:ben" }, "not before Monday");
    const { overrules } = await foresee(bench);
    expect(overrules).toContainEqual({ code: "approval-refused", detail: "refused by entra:ben: not before Monday" });
    await ask(bench);
    expect(await goneAfter(bench)).toBeLessThan(RELOADED + HOUR);
  });
});

describe("it stays", () => {
  test("where more speaks against it than the person named", async () => {
    const { bench } = await verified();
    const refused = ask(bench, { accepts: ["until-expiry"] });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/\[no-evidence\]; nothing was done$/),
    });
    const error = new NolapseError("directory-forbidden", "no right");
    bench.entra.fail("signIns", { fault: "error", error }, 9);
    // what could not be read is told, and never taken for nothing
    expect(await codes(bench)).toContain("sign-ins-closed");
    expect((await bench.rotation())?.removal).toBeUndefined();
  });

  test("while the copy at its target does not verify", async () => {
    const { bench } = await verified();
    await ask(bench);
    bench.target.broken = new NolapseError("target-unreachable", "it does not answer");
    bench.target.readBack = async () => Promise.reject(bench.target.broken);
    for (let round = 0; round < 20; round += 1) {
      bench.clock.advance(HOUR);
      await bench.run();
    }
    expect(bench.entra.keyIds(bench.app)).toContain(oldKey(bench));
  });

  test("where a consumer reloads only when it starts, and where nothing was proven by a token", async () => {
    const { bench } = await verified();
    const target = { name: "billing", type: "memory", kinds: ["secret"], reload: "start" } as const;
    bench.settings = { ...bench.settings, targets: { billing: target } };
    const next = expect.stringContaining("nolapse rotate --emergency");
    const refusal = { code: "refused-by-rule", message: expect.stringContaining("[unbounded-reload]"), next };
    expect(await foresee(bench)).toMatchObject({ refusal, overrules: [] });
    await expect(ask(bench)).rejects.toMatchObject(refusal);
    expect((await bench.rotation())?.removal).toBeUndefined();
  });

  test("until two persons have approved, where the application is privileged", async () => {
    const { bench, rotation } = await verified({ policy: { approval: "retire" } });
    const { store } = bench;
    await store.amend(rotation, { rotation: { ...rotation, privileges: ["Application.ReadWrite.All"] }, audit: [] });
    expect((await foresee(bench)).waits).toMatchObject({ because: "approval-retire" });
    await ask(bench);
    bench.clock.advance(3 * HOUR);
    await bench.run();
    expect((await waitingOf(bench.deps()))[0]?.verdict).toMatchObject({ because: "approval-retire" });
    await approve(bench.deps(), rotation.id, "retire", ANN);
    await bench.run();
    expect(bench.entra.keyIds(bench.app)).toContain(oldKey(bench));
    await approve(bench.deps(), rotation.id, "retire", { actor: "entra:ben", objectId: "ben" });
    await goneAfter(bench);
    expect(bench.entra.keyIds(bench.app)).not.toContain(oldKey(bench));
  });

  test("until two approve this, where they had approved that a privileged application's goes at its end", async () => {
    const { bench, rotation } = await verified({ policy: { approval: "retire", retire: "at-expiry" } });
    const approvers = ["ann", "ben"].map((id) => ({ part: "retire", id, actor: `entra:${id}` }) as const);
    const approvals = { ...rotation.approvals, retire: bench.clock.at };
    const privileges = ["Application.ReadWrite.All"];
    await bench.store.amend(rotation, { rotation: { ...rotation, privileges, approvals, approvers }, audit: [] });
    expect((await foresee(bench)).waits).toMatchObject({ because: "approval-retire" });
    await ask(bench);
    bench.clock.advance(3 * HOUR);
    await bench.run();
    expect(bench.entra.keyIds(bench.app)).toContain(oldKey(bench));
    for (const id of ["ben", "cid"])
      await approve(bench.deps(), rotation.id, "retire", { actor: `entra:${id}`, objectId: id });
    await goneAfter(bench);
    expect(bench.entra.keyIds(bench.app)).not.toContain(oldKey(bench));
  });

  test("where another slot names it as its current one, too: its places hold it still", async () => {
    const { bench } = await verified();
    const [binding] = bench.settings.bindings;
    if (binding === undefined) throw new TypeError("the bench binds its application");
    const slotOf = (slot: string, current: string) => ({
      slot,
      current,
      targets: [slot === "default" ? "billing" : "mail"],
    });
    const shared = (current: string) => {
      const slots = [slotOf("default", "billing 2025"), slotOf("second", current)];
      bench.settings = { ...bench.settings, bindings: [{ ...binding, slots }] };
    };
    for (const current of ["billing 2025", oldKey(bench).toUpperCase()]) {
      shared(current);
      const refused = { code: "refused-by-rule", message: expect.stringMatching(/slot "second" .*mail may hold it/) };
      expect(await foresee(bench)).toMatchObject({ refusal: refused });
      await expect(ask(bench, { accepts: ["old-in-use"] })).rejects.toMatchObject(refused);
    }
    shared("mail 2025");
    expect(await foresee(bench)).toMatchObject({ refusal: null });
  });

  test("while everything is stopped, and after the rotation was cancelled", async () => {
    const { bench, rotation } = await verified();
    await ask(bench);
    await cancel(bench.deps(), rotation.id, "test");
    bench.clock.advance(DAY);
    await bench.run();
    expect(bench.entra.keyIds(bench.app)).toContain(oldKey(bench));
    const other = await verified();
    await stop(other.bench.deps(), "test");
    await expect(ask(other.bench)).rejects.toMatchObject({ code: "refused-by-stop" });
  });

  test("where no verified rotation replaces it: each says what can be done instead", async () => {
    const { bench, rotation } = await verified();
    const refused = async (keyId: string | undefined, why: RegExp, next: RegExp) =>
      expect(foresee(bench, keyId)).rejects.toMatchObject({
        message: expect.stringMatching(why),
        next: expect.stringMatching(next),
      });
    await refused(rotation.issued?.keyId, /current credential/, /rotate/);
    const made = await bench.entra.addSecret(bench.app, { displayName: "stray", end: plus(bench.clock.at, 50 * DAY) });
    const stray = made.outcome === "applied" ? made.credential.keyId : "";
    await refused(stray, /nobody has had Nolapse adopt it/, /nolapse adopt .*az ad app credential delete/);
    await adopt(bench.deps(), bench.app.appId, { keyId: stray, why: WHY, actor: ANN.actor });
    await refused(stray, /newer than the current credential/, /nolapse rotate .*az ad app credential delete/);
    await ask(bench);
    await bench.drive(is("retired"));
    await refused(oldKey(bench), /removed already/, /explain/);
  });

  test("before its successor is verified, and while its rotation is halted", async () => {
    const bench = new Workbench({ complete: true });
    const planned = await bench.drive((one) => one?.issued != null);
    await expect(foresee(bench)).rejects.toMatchObject({ message: expect.stringContaining("not verified yet") });
    await bench.store.amend(planned, { rotation: { ...planned, state: "halted", from: "issued" }, audit: [] });
    await expect(foresee(bench)).rejects.toMatchObject({ message: expect.stringContaining("is halted") });
  });
});
