import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createNoEffectEntra } from "../../src/adapters/no-effect/entra.ts";
import { openSqliteStore } from "../../src/adapters/store/open.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { recover } from "../../src/engine/commands/recover.ts";
import { ask } from "../../src/engine/commands/rotate.ts";
import { resume, stop } from "../../src/engine/commands/stop.ts";
import { showSecret } from "../../src/engine/values/show.ts";
import { Workbench } from "../support/workbench.ts";

const retired = (rotation: { state: string } | undefined) => rotation?.state === "retired";
const verified = (rotation: { state: string } | undefined) => rotation?.state === "verified";
const OVERLAP = { retire: "after-overlap", overlap: 7 * DAY } as const;

describe("the order", () => {
  test("is issue, accept, deliver, verify, overlap, retire", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    const rotation = await bench.drive(retired);
    const proven = bench.events.filter((one) =>
      [
        "preflighted",
        "issue-intended",
        "issued",
        "accepted",
        "delivered",
        "verified",
        "retire-intended",
        "removed",
      ].includes(one),
    );
    expect(proven.filter((one, index) => proven[index - 1] !== one)).toEqual([
      "preflighted",
      "issue-intended",
      "issued",
      "accepted",
      "delivered",
      "verified",
      "retire-intended",
      "removed",
    ]);
    expect(bench.entra.keyIds(bench.app)).toEqual([rotation.issued?.keyId]);
    expect((rotation.removedAt ?? 0) - (rotation.verifiedAt ?? 0)).toBeGreaterThanOrEqual(7 * DAY);
  });

  test("accepts only after four successes spread over five minutes", async () => {
    const bench = new Workbench();
    const rotation = await bench.drive(verified);
    expect((rotation.acceptedAt ?? 0) - (rotation.issued?.at ?? 0)).toBeGreaterThanOrEqual(5 * MINUTE);
    // one with the copy that was there before, four with the new value, one with the copy read back
    expect(bench.entra.calls.filter((one) => one.call === "probe")).toHaveLength(6);
  });

  test("without complete consumers the old credential lives out its own end and is swept a week later", async () => {
    const bench = new Workbench({ endsIn: 10 * DAY });
    const end = bench.clock.at + 10 * DAY;
    const rotation = await bench.drive(retired);
    expect(rotation.removedAt).toBeGreaterThanOrEqual(end + 7 * DAY);
  });

  test("who finds another consumer during the overlap takes consumers: complete back, and the old one stays", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 20 * DAY });
    const { replacesEnd } = await bench.drive(verified);
    const [binding] = bench.settings.bindings;
    if (binding === undefined) throw new Error("no binding");
    bench.settings = { ...bench.settings, bindings: [{ ...binding, consumers: "unknown" }] };
    const rotation = await bench.drive(retired);
    expect(rotation.removedAt).toBeGreaterThanOrEqual((replacesEnd ?? 0) + 7 * DAY);
  });

  test("the new secret ends an hour before the service's own time and the lifetime", async () => {
    const bench = new Workbench();
    const rotation = await bench.drive(verified);
    const asked = rotation.attempts[0];
    expect(asked?.end).toBe((asked?.startedAt ?? 0) + 90 * DAY - HOUR);
  });
});

describe("a lost answer", () => {
  test("is found by its marker, removed as an orphan, and tried again", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    bench.entra.fail("addSecret", { fault: "lost-after" });
    const rotation = await bench.drive(retired);
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["orphan-removed", "issued"]);
    expect(bench.entra.keyIds(bench.app)).toEqual([rotation.issued?.keyId]);
  });

  test("of a call that never arrived is read for five times, then tried again and watched for a day", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    bench.entra.fail("addSecret", { fault: "lost" });
    const rotation = await bench.drive(retired);
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["never-arrived", "issued"]);
    expect((rotation.attempts[1]?.startedAt ?? 0) - (rotation.attempts[0]?.startedAt ?? 0)).toBeGreaterThanOrEqual(
      10 * MINUTE,
    );
    expect(rotation.attempts[0]?.reads).toHaveLength(8);
  });

  test("halts when what carries the marker cannot be told from somebody else's", async () => {
    const bench = new Workbench();
    bench.entra.readLag = MINUTE;
    bench.entra.fail("addSecret", { fault: "lost-after" });
    await bench.run();
    const name = (await bench.rotation())?.attempts[0]?.displayName ?? "";
    await bench.entra.addSecret(bench.app, { displayName: name, end: bench.clock.at as never });
    await bench.drive((one) => one?.state === "halted");
    expect((await bench.rotation())?.haltReason).toBe("ambiguous-orphan");
    expect(bench.entra.calls.some((one) => one.call === "removeSecret")).toBe(false);
  });
});

describe("what is not ours", () => {
  test("another instance's marker means nothing, and nothing of it is removed", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    bench.settings = {
      ...bench.settings,
      bindings: bench.settings.bindings.map((one) => ({
        ...one,
        slots: [{ slot: "default", current: "billing 2025", targets: ["billing"] }],
      })),
    };
    const name = "copied [nolapse:zzzz.abcdefghijkl]";
    const foreign = await bench.entra.addSecret(bench.app, {
      displayName: name,
      end: (bench.clock.at + 400 * DAY) as never,
    });
    const rotation = await bench.drive(retired);
    const kept = foreign.outcome === "applied" ? foreign.credential.keyId : "";
    expect(new Set(bench.entra.keyIds(bench.app))).toEqual(new Set([kept, rotation.issued?.keyId]));
  });

  test("a store restored from an older backup removes nothing until somebody has recovered it", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    await stop(bench.deps(), "test");
    await bench.run();
    const older = `${bench.storePath}.old`;
    await bench.store.backup(older);
    await resume(bench.deps(), "test");
    const lost = (await bench.drive(retired)).issued?.keyId;
    await bench.store.close();
    bench.store = openSqliteStore({ path: older });
    await resume(bench.deps(), "test");
    bench.entra.calls.length = 0;
    for (let day = 0; day < 60; day += 1) {
      await bench.run();
      bench.clock.advance(DAY);
    }
    expect(bench.entra.calls.filter((one) => one.call === "removeSecret")).toEqual([]);
    expect(bench.entra.keyIds(bench.app)).toContain(lost);
    expect((await bench.store.switches(bench.settings.tenantId)).removalOff).not.toBeNull();
  });

  test("a marker of this store that nobody here issued switches removal off, and recover switches it on", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    const instance = await bench.store.instance("abcd");
    const stranger = bench.entra.seed({
      displayName: "Stranger",
      secrets: [{ name: `x [nolapse:${instance}.abcdefghijkl]`, end: (bench.clock.at + 400 * DAY) as never }],
    });
    await bench.drive(verified);
    bench.clock.advance(8 * DAY);
    await bench.run();
    expect((await bench.store.switches(bench.settings.tenantId)).removalOff).not.toBeNull();
    expect((await bench.rotation())?.state).toBe("verified");
    await recover(bench.deps(), true, "test");
    await bench.drive(retired);
    expect(bench.entra.keyIds(stranger)).toHaveLength(1);
  });
});

describe("when the target fails", () => {
  test("a missing target stops everything before anything is created", async () => {
    const bench = new Workbench();
    bench.target.broken = new NolapseError("target-absent", "it is not there");
    await bench.run();
    bench.clock.advance(HOUR);
    await bench.run();
    const rotation = await bench.rotation();
    expect(rotation?.state).toBe("planned");
    expect(rotation?.lastFailure?.code).toBe("target-absent");
    expect(bench.entra.calls.some((one) => one.call === "addSecret")).toBe(false);
    expect(bench.entra.keyIds(bench.app)).toEqual(bench.app.keyIds);
  });

  test("who mends the place and asks again need not wait for the next try", async () => {
    const bench = new Workbench();
    bench.target.broken = new NolapseError("target-absent", "it is not there");
    for (let round = 0; round < 4; round += 1) {
      await bench.run();
      bench.clock.advance(HOUR);
    }
    await bench.run();
    expect((await bench.rotation())?.notBefore).toBeGreaterThan(bench.clock.at);
    bench.target.broken = null;
    await ask(bench.deps(), [bench.app.appId], { now: false, actor: "ann" });
    await bench.run();
    expect((await bench.rotation())?.state).toBe("issued");
  });

  test("what holds somebody else's secret is not overwritten, and nothing is created", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    bench.target.value = new SecretValue("another application's");
    await bench.run();
    expect((await bench.rotation())?.lastFailure?.code).toBe("target-foreign");
    expect(bench.entra.keyIds(bench.app)).toEqual(bench.app.keyIds);
    bench.target.value = new SecretValue("old~value");
    await bench.drive(retired);
    expect(bench.target.deliveries).toBe(1);
  });

  test("an empty place is nobody's: filled only where the old secret lives out its end", async () => {
    const early = new Workbench({ policy: OVERLAP, complete: true });
    early.target.value = null;
    await early.run();
    expect((await early.rotation())?.lastFailure?.code).toBe("target-empty");
    expect(early.entra.keyIds(early.app)).toEqual(early.app.keyIds);
    const late = new Workbench();
    late.target.value = null;
    const rotation = await late.drive(retired);
    expect(rotation.removedAt).toBeGreaterThanOrEqual((rotation.replacesEnd ?? 0) + 7 * DAY);
  });

  test("a copy that has expired is still in the right place", async () => {
    const bench = new Workbench({ endsIn: DAY });
    const report = await bench.run();
    expect(report.opened).toBe(1);
    const expired = new Workbench({ endsIn: 10 * DAY });
    expired.entra.fail("probe", { fault: "probe", probe: { outcome: "not-authenticated", code: 7000222 } });
    await expired.run();
    expect((await expired.rotation())?.preflightAt).not.toBeNull();
  });

  test("a value of which the authority only says that it is over must begin as one of the application's secrets does", async () => {
    const bench = new Workbench({ endsIn: 10 * DAY });
    bench.target.value = new SecretValue("another application's");
    bench.entra.fail("probe", { fault: "probe", probe: { outcome: "not-authenticated", code: 7000222 } });
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ preflightAt: null, lastFailure: { code: "target-foreign" } });
  });

  test.each([
    [7000112, "az ad sp update"],
    [7000229, "az ad sp create"],
    [700016, "wait"],
  ])("AADSTS%i is about the application, and no fault of the value in its place", async (code, next) => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    bench.entra.fail("probe", { fault: "probe", probe: { outcome: "not-authenticated", code } });
    await bench.run();
    expect((await bench.rotation())?.lastFailure).toMatchObject({
      code: "directory-refused",
      message: expect.stringContaining(`(AADSTS${code})`),
      next: expect.stringContaining(next),
    });
  });

  test("a write that is lost is found by reading back, and written again", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    bench.target.loses = 2;
    await bench.drive(retired);
    expect(bench.target.deliveries).toBe(3);
    expect(bench.events).toContain("drifted");
  });
});

describe("safety", () => {
  test("in mode observe nothing is opened and nothing is written", async () => {
    const bench = new Workbench({ settings: { mode: "observe" } });
    const report = await bench.run({ entra: createNoEffectEntra(bench.entra) });
    expect(report.opened).toBe(0);
    await expect(ask(bench.deps(), [bench.app.appId], { now: true, actor: "test" })).rejects.toThrow(/mode observe/);
  });

  test("stop holds everything back, resume lets it go on", async () => {
    const bench = new Workbench();
    await stop(bench.deps(), "test");
    await bench.run();
    expect((await bench.rotation())?.state).toBe("planned");
    expect(bench.entra.calls.some((one) => one.call === "addSecret")).toBe(false);
    await resume(bench.deps(), "test");
    await bench.drive(verified);
  });

  test("a never-accepted credential is withdrawn, tried once more an hour later, and never a third time", async () => {
    const bench = new Workbench();
    bench.entra.tokenLag = 2 * DAY;
    const rotation = await bench.drive((one) => one?.state === "halted", 3);
    expect(rotation.haltReason).toBe("never-accepted");
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["withdrawn", "withdrawn"]);
    expect(bench.entra.keyIds(bench.app)).toEqual(bench.app.keyIds);
    expect(bench.target.deliveries).toBe(0);
  });

  test("a new credential that somebody else has removed halts the rotation, and the old one stays", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    const { issued } = await bench.drive(verified);
    await bench.entra.removeSecret(bench.app, issued?.keyId ?? "");
    const rotation = await bench.drive((one) => one?.state === "halted");
    expect(rotation.haltReason).toBe("issued-gone");
    expect(rotation.lastFailure?.next).toContain(
      `nolapse cancel ${rotation.id}, then nolapse rotate ${bench.app.appId} --now`,
    );
    expect(bench.entra.keyIds(bench.app)).toEqual(bench.app.keyIds);
  });

  test("the value is erased once it is verified, and never stands in the store's files", async () => {
    const bench = new Workbench();
    await bench.drive((one) => one?.state === "issued");
    const { value } = await showSecret(bench.deps(), bench.app.appId, "a test", "test");
    const files = ["", "-wal"].map((suffix) => readFileSync(`${bench.storePath}${suffix}`, "latin1")).join("");
    expect(files).not.toContain(value.reveal());
    await bench.drive(verified);
    await expect(showSecret(bench.deps(), bench.app.appId, "a test", "test")).rejects.toThrow(/no value/);
  });

  test("a value is not shown for a name that two applications have", async () => {
    const bench = new Workbench({ policy: { custody: "keep" } });
    const rotation = await bench.drive(verified);
    const { holder, displayName } = rotation;
    expect((await showSecret(bench.deps(), displayName, "a test", "test")).rotation.id).toBe(rotation.id);
    const twin = {
      ...rotation,
      id: "twin",
      replaces: "other",
      holder: { ...holder, appId: "other", objectId: "other" },
    };
    const audit = { tenantId: rotation.tenantId, at: bench.clock.at, actor: "test", action: "planned" };
    await bench.store.open(twin, [], {
      ...audit,
      rotation: "twin",
      appId: "other",
      keyId: null,
      reason: null,
      details: {},
    });
    await expect(showSecret(bench.deps(), displayName, "a test", "test")).rejects.toMatchObject({ code: "usage" });
    expect((await showSecret(bench.deps(), holder.appId, "a test", "test")).rotation.id).toBe(rotation.id);
  });

  test("two managers on one store rotate once", async () => {
    const bench = new Workbench({ policy: OVERLAP, complete: true });
    const other = openSqliteStore({
      path: bench.storePath,
      lease: { owner: "other-host/1/1", mayBeAlive: () => true },
    });
    for (let day = 0; day < 60; day += 1) {
      await Promise.all([bench.run(), bench.run({ store: other })]);
      if (retired(await bench.rotation())) break;
      bench.clock.advance(6 * HOUR);
    }
    await other.close();
    expect((await bench.rotation())?.state).toBe("retired");
    expect(bench.entra.calls.filter((one) => one.call === "addSecret")).toHaveLength(1);
    expect(bench.entra.calls.filter((one) => one.call === "removeSecret")).toHaveLength(1);
  });
});

describe("a slot that moves on before its old credential has ended", () => {
  test("keeps its newest value, and every old credential goes in its time", async () => {
    const bench = new Workbench({ endsIn: 20 * DAY });
    await bench.drive(verified);
    const first = (await bench.rotation())?.issued?.keyId;
    const asked = await ask(bench.deps(), [bench.app.appId], { now: true, actor: "test" });
    expect(asked.rotations).toHaveLength(1);
    await bench.drive(() => false, 3).catch(() => undefined);
    const newest = (await bench.rotation())?.issued?.keyId;
    expect(newest).not.toBe(first);
    for (let day = 0; day < 120; day += 1) {
      await bench.run();
      bench.clock.advance(DAY);
    }
    const all = await bench.store.rotations({ tenantId: bench.settings.tenantId });
    expect(all.filter((one) => one.state === "retired").length).toBeGreaterThanOrEqual(2);
    const copy = await bench.target.readBack();
    const probe =
      copy.state === "present" ? await bench.entra.probe({ clientId: bench.app.appId } as never, copy.value) : null;
    expect(probe?.outcome).toBe("issued");
  });
});
