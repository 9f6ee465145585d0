/** Adopting: the key id goes into the ledger after a fresh look, once, with its reason; and nothing in the directory moves. */
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { type AdoptAsked, adopt, adoptOf } from "../../src/engine/commands/adopt.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { Workbench } from "../support/workbench.ts";

const ANN = "entra:ann@contoso.example";
const WHY = "the vendor made it by hand";

/** An application with a second secret, which nobody has bound; and what asking for it comes to. */
async function stray() {
  const bench = new Workbench({ endsIn: 300 * DAY });
  const made = await bench.entra.addSecret(bench.app, { displayName: "stray", end: plus(bench.clock.at, 50 * DAY) });
  if (made.outcome !== "applied") throw made.error;
  const { keyId } = made.credential;
  const ask = (more: Partial<AdoptAsked> = {}, named = bench.app.appId) =>
    adopt(bench.deps(), named, { keyId, why: WHY, actor: ANN, ...more });
  const ledger = () => bench.store.ledger(bench.settings.tenantId, bench.app.appId);
  const trail = async () =>
    (await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 100 })).filter(
      ({ action }) => action === "adopted",
    );
  return { bench, keyId, ask, ledger, trail };
}

test("the key id is entered once, with who and why in the trail, and nothing is written in the directory", async () => {
  const { bench, keyId, ask, ledger, trail } = await stray();
  const writes = bench.entra.calls.length;
  const first = await ask({ keyId: keyId.toUpperCase() });
  expect(first).toMatchObject({ credential: { keyId }, since: bench.clock.at, before: false });
  const entered = { keyId, origin: "adopted", rotation: null, enteredAt: bench.clock.at, removedAt: null };
  expect(await ledger()).toMatchObject([entered]);
  bench.clock.advance(DAY);
  expect(await ask({ why: "asked for once more" }, "billing")).toMatchObject({ since: first.since, before: true });
  expect(await ledger()).toMatchObject([entered]);
  const details = { why: WHY, kind: "secret", object: bench.app.objectId };
  expect(await trail()).toMatchObject([{ actor: ANN, keyId, appId: bench.app.appId, details }]);
  const later = bench.entra.calls.slice(writes).map(({ call }) => call);
  expect(later.filter((call) => /^(add|remove|replace)/.test(call))).toEqual([]);
});

test("two who ask at once have it entered once, and both are told since when", async () => {
  const { bench, keyId, ask, ledger, trail } = await stray();
  const { store } = bench;
  const slow = { ...bench.deps(), store: { ...store, ledger: raced(() => ask()) } };
  const asked = { keyId, why: "the second of two", actor: "cli:ben" };
  expect(await adopt(slow, bench.app.appId, asked)).toMatchObject({ before: true });
  expect(await ledger()).toHaveLength(1);
  expect(await trail()).toMatchObject([{ actor: ANN }]);

  /** The ledger as it was before somebody else's word was stored, the first time it is asked. */
  function raced(meanwhile: () => Promise<unknown>): typeof store.ledger {
    let first = true;
    return async (...of) => {
      const read = await store.ledger(...of);
      if (first) {
        first = false;
        await meanwhile();
      }
      return read;
    };
  }
});

describe("it is refused", () => {
  test("without a reason that tells anything", async () => {
    const { ask, ledger } = await stray();
    await expect(ask({ why: "  tidy up  " })).rejects.toMatchObject({ code: "usage" });
    expect(await ledger()).toEqual([]);
  });

  test("where the fresh list does not show it, though the scan did", async () => {
    const { bench, keyId, ask, ledger } = await stray();
    await bench.run();
    await bench.entra.removeSecret(bench.app, keyId);
    await expect(ask()).rejects.toMatchObject({ code: "not-found", next: expect.stringContaining("nolapse explain") });
    expect((await ledger()).map((one) => one.keyId)).not.toContain(keyId);
  });

  test("where the list cannot be read", async () => {
    const { bench, ask, ledger } = await stray();
    const error = new NolapseError("directory-forbidden", "no right to read", { next: "grant it" });
    bench.entra.fail("read", { fault: "error", error });
    await expect(ask()).rejects.toMatchObject({ code: "directory-forbidden" });
    expect(await ledger()).toEqual([]);
  });

  test("as unknown, not as absent, where the scan missed a list", async () => {
    const { bench } = await stray();
    const subject = { appId: bench.app.appId, holders: (await discover(bench.deps())).holders };
    const asked = { keyId: "99999999-9999-4999-8999-999999999999", why: WHY, actor: ANN };
    const of = (complete: boolean) => adoptOf(bench.deps(), { ...subject, complete }, asked);
    await expect(of(false)).rejects.toMatchObject({
      code: "incomplete",
      message: expect.stringMatching(/not be read/),
    });
    await expect(of(true)).rejects.toMatchObject({ code: "not-found" });
  });

  test("for what Nolapse has made itself, and for what it leaves alone", async () => {
    const { bench, ask } = await stray();
    bench.settings = {
      ...bench.settings,
      bindings: bench.settings.bindings.map((one) => ({
        ...one,
        slots: [{ slot: "default", current: "billing 2025", targets: ["billing"] }],
      })),
    };
    bench.clock.advance(295 * DAY);
    const { issued } = await bench.drive((one) => one?.issued != null);
    await expect(ask({ keyId: issued?.keyId ?? "" })).rejects.toMatchObject({
      code: "refused-by-rule",
      message: expect.stringContaining("own already"),
    });
    bench.entra.change(bench.app, { tags: ["managed-by:terraform"] });
    await expect(ask()).rejects.toMatchObject({ message: expect.stringContaining("[managed-elsewhere]") });
  });

  test("for what carries our own mark and the store does not know, until that is compared", async () => {
    const { bench, ask } = await stray();
    const instance = await bench.store.instance("aaaa");
    const name = `api [nolapse:${instance}.bbbbbbbbbbbb]`;
    const made = await bench.entra.addSecret(bench.app, { displayName: name, end: plus(bench.clock.at, DAY) });
    const keyId = made.outcome === "applied" ? made.credential.keyId : "";
    const next = expect.stringContaining("nolapse recover");
    await expect(ask({ keyId })).rejects.toMatchObject({ code: "refused-by-rule", next });
    await bench.store.noteAttempts(bench.settings.tenantId, ["bbbbbbbbbbbb"]);
    expect(await ask({ keyId })).toMatchObject({ before: false });
  });
});

test("it gives the right to retire and begins nothing: plan and current credential are what they were", async () => {
  const { bench, ask } = await stray();
  const of = async () => {
    const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
    return items.map(({ status, because, credential }) => [status, because, credential?.keyId]);
  };
  const before = await of();
  await ask();
  expect(await of()).toEqual(before);
  await bench.run();
  expect(await bench.rotation()).toBeUndefined();
});
