/** From a secret to none: the federated credential is written once, used by somebody else, and only then the secret goes. */
import { describe, expect, test } from "vitest";
import { EXCHANGE_AUDIENCE, githubTrust } from "../../src/core/credentials/federation.ts";
import { NolapseError } from "../../src/core/errors.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { askFederate } from "../../src/engine/commands/federate.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import type { Federation } from "../../src/ports/federation.ts";
import { type BenchOptions, START, Workbench } from "../support/workbench.ts";

const TRUST = githubTrust("contoso/billing", { branch: "main" });
const EARLY = { retire: "after-overlap", overlap: 3 * DAY } as const;

const is = (state: Rotation["state"]) => (rotation: Rotation | undefined) => rotation?.state === state;

async function federating(options: BenchOptions = {}): Promise<Workbench> {
  const bench = new Workbench({ endsIn: 60 * DAY, ...options });
  await ask(bench);
  return bench;
}

const ask = (bench: Workbench, more: Partial<Parameters<typeof askFederate>[2]> = {}) =>
  askFederate(bench.deps(), bench.app.appId, { trust: TRUST, name: null, slot: null, actor: "somebody", ...more });

const there = (bench: Workbench) => bench.entra.federation.truth(bench.app.objectId);
const idOf = (bench: Workbench) => there(bench)[0]?.id ?? "";
/** The workflow runs, and its sign-in is logged. */
const signsIn = (bench: Workbench) => bench.entra.federation.signsIn(bench.app.appId, { federatedId: idOf(bench) });
const oldSignsIn = (bench: Workbench) =>
  bench.entra.federation.signsIn(bench.app.appId, { keyId: bench.app.keyIds[0] ?? "" });
const waits = async (bench: Workbench) => (await waitingOf(bench.deps()))[0]?.verdict;
const writes = (bench: Workbench) => bench.entra.calls.filter((one) => one.call === "addFederated").length;

describe("the whole way", () => {
  test("a first sign-in verifies it, and the secret lives out its own end", async () => {
    const bench = await federating();
    await bench.run();
    expect(there(bench)).toMatchObject([{ ...TRUST, audiences: [EXCHANGE_AUDIENCE] }]);
    expect(await bench.rotation()).toMatchObject({ state: "delivered", kind: "federated", verifiedAt: null });
    expect(await waits(bench)).toMatchObject({ because: "sign-in-awaited", until: plus(START, 15 * MINUTE) });
    signsIn(bench);
    const verified = await bench.drive(is("verified"));
    expect(verified).toMatchObject({ assurance: "consumer-evidence", issued: { keyId: idOf(bench), end: null } });
    expect(await bench.store.slots(verified.tenantId, bench.app.appId)).toMatchObject([
      { kind: "federated", keyId: idOf(bench) },
    ]);
    expect(await waits(bench)).toMatchObject({ because: "until-expiry", until: plus(START, 67 * DAY) });
    bench.clock.advance(67 * DAY);
    await bench.run();
    expect(bench.entra.keyIds(bench.app), "nobody has signed in for a week").toHaveLength(1);
    signsIn(bench);
    const retired = await bench.drive(is("retired"));
    expect(retired.removedAt).toBeGreaterThan(plus(START, 67 * DAY));
    expect(bench.entra.keyIds(bench.app)).toEqual([]);
    expect(there(bench)).toHaveLength(1);
  });

  test("with complete consumers it goes after the overlap", async () => {
    const bench = await federating({ policy: EARLY, complete: true });
    await bench.run();
    signsIn(bench);
    const { verifiedAt } = await bench.drive(is("verified"));
    const retired = await bench.drive(is("retired"));
    expect((retired.removedAt ?? 0) - (verifiedAt ?? 0)).toBeGreaterThanOrEqual(3 * DAY);
    expect(retired.removedAt).toBeLessThan(plus(START, 5 * DAY));
    expect(bench.target.deliveries, "nothing was delivered").toBe(0);
  });

  test("the slot has nothing to rotate from then on, and the old secret is not taken for a new one", async () => {
    const bench = await federating();
    await bench.run();
    signsIn(bench);
    await bench.drive(is("verified"));
    bench.clock.advance(55 * DAY);
    await bench.run();
    const plan = await makePlan(bench.deps(), await discover(bench.deps()));
    expect(plan.items).toMatchObject([{ slot: "default", status: "later", because: "federated" }]);
    expect(await bench.store.rotations({})).toHaveLength(1);
    await expect(ask(bench)).rejects.toMatchObject({ code: "refused-by-rule" });
  });

  test("an earlier rotation of the slot retires its secret by the same evidence", async () => {
    const bench = new Workbench({ endsIn: 20 * DAY });
    const first = await bench.drive(is("verified"));
    const made = await ask(bench);
    await bench.run();
    signsIn(bench);
    bench.clock.advance(15 * MINUTE);
    await bench.run();
    expect(await bench.store.rotation(made.id)).toMatchObject({ state: "verified", replaces: first.issued?.keyId });
    bench.clock.advance(28 * DAY);
    signsIn(bench);
    await bench.run();
    expect(await bench.store.rotation(first.id)).toMatchObject({ kind: "federated", issued: { keyId: idOf(bench) } });
    expect(bench.entra.keyIds(bench.app), "the first secret is gone").toEqual([first.issued?.keyId]);
  });
});

describe("before the first sign-in", () => {
  test("the log is read every quarter of an hour, and failed sign-ins or others' say nothing", async () => {
    const bench = await federating();
    await bench.run();
    oldSignsIn(bench);
    bench.entra.federation.signsIn(bench.app.appId, { federatedId: "another" });
    for (let round = 0; round < 4; round += 1) {
      bench.clock.advance(15 * MINUTE);
      await bench.run();
    }
    expect(await bench.rotation()).toMatchObject({ state: "delivered" });
    expect(bench.entra.calls.filter((one) => one.call === "signIns")).toHaveLength(5);
    const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 100 });
    expect(
      trail.filter((one) => one.action === "sign-ins-read"),
      "looks without news are not told",
    ).toHaveLength(1);
  });

  test("a log that may not be read is named with what to grant, and proves nothing", async () => {
    const bench = await federating();
    const error = new NolapseError("directory-forbidden", "no right to read the log", {
      next: "az ad app permission add",
    });
    bench.entra.fail("signIns", { fault: "error", error }, 3);
    await bench.run();
    signsIn(bench);
    expect(await waits(bench)).toMatchObject({ because: "sign-ins-closed" });
    expect(await bench.rotation()).toMatchObject({
      state: "delivered",
      failures: 0,
      lastFailure: { code: "directory-forbidden", next: "az ad app permission add" },
    });
    expect((await bench.store.switches(bench.settings.tenantId)).breaker).toBeNull();
    const verified = await bench.drive(is("verified"));
    expect(verified.lastFailure).toBeNull();
  });

  test("a log that cannot be read at the moment is read again, and is nobody's failed verification", async () => {
    const bench = await federating();
    bench.entra.fail("signIns", { fault: "lost" }, 4);
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ state: "delivered", failures: 1 });
    signsIn(bench);
    await bench.drive(is("verified"));
    expect((await bench.store.switches(bench.settings.tenantId)).breaker).toBeNull();
  });

  test("what nobody uses is given up in time, and the secret is renewed as before", async () => {
    const bench = await federating({ endsIn: 8 * DAY });
    await bench.run();
    const cancelled = await bench.drive(is("cancelled"));
    expect(cancelled.replacesEnd).toBeGreaterThan(plus(bench.clock.at, 7 * DAY));
    const next = await bench.drive((one) => one?.kind === "secret" && one.state === "verified");
    expect(next.replaces).toBe(bench.app.keyIds[0]);
    expect(there(bench), "the federated credential stays").toHaveLength(1);
  });

  test("somebody who takes it away is named", async () => {
    const bench = await federating();
    await bench.run();
    bench.entra.federation.drop(idOf(bench));
    bench.clock.advance(15 * MINUTE);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "federation-gone" });
  });
});

describe("before the secret goes", () => {
  const reached = async () => {
    const bench = await federating({ policy: EARLY, complete: true });
    await bench.run();
    signsIn(bench);
    await bench.drive(is("verified"));
    return bench;
  };
  const passes = async (bench: Workbench, by: number) => {
    bench.clock.advance(by);
    await bench.run();
    return waits(bench);
  };

  test("somebody who still signs in with it keeps it until its own end", async () => {
    const bench = await reached();
    bench.clock.advance(DAY);
    oldSignsIn(bench);
    signsIn(bench);
    expect(await passes(bench, 3 * DAY)).toMatchObject({ because: "old-in-use" });
    bench.clock.advance(10 * DAY);
    signsIn(bench);
    expect(await passes(bench, HOUR)).toMatchObject({ because: "old-in-use" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
    bench.clock.at = plus(START, 67 * DAY);
    signsIn(bench);
    await bench.drive(is("retired"));
  });

  test("a week without a sign-in keeps it, and the next one lets it go", async () => {
    const bench = await reached();
    expect(await passes(bench, 8 * DAY)).toMatchObject({ because: "federation-idle" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
    signsIn(bench);
    await bench.drive(is("retired"));
  });

  test("a federated credential that is gone keeps it", async () => {
    const bench = await reached();
    bench.entra.federation.drop(idOf(bench));
    expect(await passes(bench, 3 * DAY)).toMatchObject({ because: "federation-gone" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });

  test("a log that has become closed keeps it", async () => {
    const bench = await reached();
    const error = new NolapseError("directory-forbidden", "no right to read the log");
    bench.entra.fail("signIns", { fault: "error", error }, 9);
    expect(await passes(bench, 3 * DAY)).toMatchObject({ because: "sign-ins-closed" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });

  test("the very last look counts: a use of the old one between decision and removal keeps it", async () => {
    const bench = await reached();
    const { federation } = bench.entra;
    let looks = 0;
    const watched: Federation = {
      add: (...args) => federation.add(...args),
      list: (...args) => {
        looks += 1;
        if (looks === 2) oldSignsIn(bench);
        return federation.list(...args);
      },
    };
    bench.clock.advance(3 * DAY);
    await bench.run({ federation: watched });
    expect(looks).toBe(2);
    expect(await waits(bench)).toMatchObject({ because: "old-in-use" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });
});

describe("a lost answer", () => {
  test("of one that arrived is adopted by its name", async () => {
    const bench = await federating();
    bench.entra.fail("addFederated", { fault: "lost-after" });
    const rotation = await bench.drive(is("delivered"));
    expect(rotation.issued?.keyId).toBe(idOf(bench));
    expect([there(bench).length, writes(bench)]).toEqual([1, 1]);
  });

  test("is waited for under read lag, and nothing is written twice", async () => {
    const bench = await federating();
    bench.entra.readLag = 3 * MINUTE;
    bench.entra.fail("addFederated", { fault: "lost-after" });
    await bench.drive(is("delivered"));
    expect([there(bench).length, writes(bench)]).toEqual([1, 1]);
  });

  test("of one that never arrived is asked for again", async () => {
    const bench = await federating();
    bench.entra.fail("addFederated", { fault: "lost" });
    const rotation = await bench.drive(is("delivered"));
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["unknown", "issued"]);
    expect([there(bench).length, writes(bench)]).toEqual([1, 2]);
  });

  test.each([["before"], ["after"]])("and a kill %s the request leaves one", async (moment) => {
    const bench = await federating();
    const { federation } = bench.entra;
    // whatever becomes of the call, this process stores nothing any more
    const killed = new NolapseError("store-failed", "killed");
    const dying: Federation = {
      list: (...args) => federation.list(...args),
      add: async (...args) => {
        if (moment === "after") await federation.add(...args);
        throw killed;
      },
    };
    await expect(bench.run({ federation: dying })).rejects.toBe(killed);
    await bench.reopen();
    const rotation = await bench.drive(is("delivered"));
    expect(rotation.issued?.keyId).toBe(idOf(bench));
    expect(there(bench)).toHaveLength(1);
    expect(rotation.attempts.at(-1)?.outcome).toBe("issued");
  });
});

describe("what cannot be", () => {
  test("twenty are the most, and nothing is opened", async () => {
    const bench = new Workbench({ endsIn: 60 * DAY });
    for (let number = 0; number < 20; number += 1) {
      const trust = { issuer: TRUST.issuer, subject: `s${number}`, audiences: [EXCHANGE_AUDIENCE] };
      bench.entra.federation.seed(bench.app.objectId, { name: `f${number}`, ...trust });
    }
    await expect(ask(bench)).rejects.toThrow("Entra allows 20");
    expect(await bench.rotation()).toBeUndefined();
  });

  test("one that is there for the same tokens is used as it is", async () => {
    const bench = new Workbench({ endsIn: 60 * DAY });
    const id = bench.entra.federation.seed(bench.app.objectId, {
      name: "by-hand",
      ...TRUST,
      audiences: [EXCHANGE_AUDIENCE],
    });
    await ask(bench);
    const rotation = await bench.drive(is("delivered"));
    expect(rotation.issued?.keyId).toBe(id);
    expect(writes(bench)).toBe(0);
  });

  test("one for the same tokens with another audience, or of the same name, is in the way", async () => {
    const bench = new Workbench({ endsIn: 60 * DAY });
    bench.entra.federation.seed(bench.app.objectId, { name: "by-hand", ...TRUST, audiences: ["other"] });
    await expect(ask(bench)).rejects.toThrow("with the audience other");
    const other = { trust: { ...TRUST, subject: "another" }, name: "by-hand" };
    await expect(ask(bench, other)).rejects.toThrow("for somebody else");
  });

  test("mode observe, a secret that ends too soon, and another rotation under way are refused", async () => {
    const looking = new Workbench({ settings: { mode: "observe" } });
    await expect(ask(looking)).rejects.toMatchObject({ code: "refused-by-mode" });
    await expect(ask(new Workbench({ endsIn: 5 * DAY }))).rejects.toThrow("too soon");
    const busy = new Workbench();
    await busy.run();
    await expect(ask(busy)).rejects.toThrow("under way");
  });

  test("asked twice for the same is once, and for another trust is refused", async () => {
    const bench = await federating();
    await bench.run();
    const again = await ask(bench);
    expect(again.state).toBe("delivered");
    expect(await bench.store.rotations({})).toHaveLength(1);
    await expect(ask(bench, { trust: { ...TRUST, subject: "x" } })).rejects.toMatchObject({ code: "refused-by-rule" });
  });

  test("a missing right ends it with what to grant, and the slot is free", async () => {
    const bench = await federating();
    const error = new NolapseError("directory-forbidden", "no right", { next: "az ad app owner add" });
    bench.entra.fail("addFederated", { fault: "error", error });
    await bench.run();
    const rotation = await bench.rotation();
    expect(rotation).toMatchObject({ state: "cancelled", lastFailure: { next: "az ad app owner add" } });
    expect((await ask(bench)).id).not.toBe(rotation?.id);
  });

  test.each([
    ["http://token.example", "subject"],
    ["https://login.microsoftonline.com/tenant/v2.0", "subject"],
    ["https://token.example", " "],
    ["nonsense", "subject"],
  ])("tokens of %s with the subject %o are not taken", async (issuer, subject) => {
    const bench = new Workbench();
    await expect(ask(bench, { trust: { issuer, subject } })).rejects.toMatchObject({ code: "usage" });
  });
});
