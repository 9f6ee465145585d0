/** *Remove now* on an adopted credential that no rotation replaces: by a rotation that makes nothing and rests on what its slot has proven. */
import { describe, expect, test } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import type { Holder } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import type { ReasonCode } from "../../src/core/reasons.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { adopt } from "../../src/engine/commands/adopt.ts";
import { approve } from "../../src/engine/commands/approve.ts";
import { askRemoval, foreseeRemoval } from "../../src/engine/commands/ask-removal.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { ask as rotate } from "../../src/engine/commands/rotate.ts";
import { stop } from "../../src/engine/commands/stop.ts";
import { byHandOf, mayGo } from "../../src/engine/rotation/leftover.ts";
import { type BenchOptions, START, TENANT, Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", objectId: "aaaaaaaa-0000-4000-8000-000000000001" };
const WHY = "the vendor has left";
const keys = createKeyPool("leftovers");
const issuer = createSelfSigned("other", keys.source("leftovers"));

interface Left {
  readonly bench: Workbench;
  readonly keyId: string;
  /** The rotation that the current credential came from, over by now. */
  readonly last: Rotation;
}

/** An application whose slot Nolapse has rotated, and beside it an older secret that was made by hand and adopted. */
async function left(options: BenchOptions = {}, made = plus(START, -100 * DAY)): Promise<Left> {
  const policy = { retire: "after-overlap", overlap: 7 * DAY, ...options.policy } as const;
  const bench = new Workbench({ complete: true, ...options, policy });
  const secrets = [
    { name: "billing 2025", start: plus(START, -365 * DAY), end: plus(START, 10 * DAY), value: "old~value" },
    { name: "vendor", start: made, end: plus(START, 600 * DAY), value: "vendor~value" },
  ];
  const app = bench.entra.seed({ displayName: "Billing with a vendor", secrets });
  const [binding] = bench.settings.bindings;
  if (binding === undefined) throw new TypeError("the bench binds its application");
  const slots = [{ slot: "default", current: "billing 2025", targets: ["billing"] }];
  bench.settings = { ...bench.settings, bindings: [{ ...binding, appId: app.appId, slots }] };
  Object.assign(bench.app, app);
  const last = await bench.drive((one) => one?.state === "retired");
  bench.clock.advance(HOUR);
  const keyId = app.keyIds[1] ?? "";
  await adopt(bench.deps(), app.appId, { keyId, why: WHY, actor: ANN.actor });
  return { bench, keyId, last };
}

async function place({ bench, keyId }: Pick<Left, "bench" | "keyId">, privileges: readonly string[] = []) {
  const { holder } = await bench.entra.read(bench.app);
  return { appId: bench.app.appId, keyId, holders: [holder], privileges };
}
const foresee = async (it: Left) => foreseeRemoval(it.bench.deps(), await place(it), ANN);

async function word(it: Left, more: { accepts?: readonly ReasonCode[]; privileges?: readonly string[] } = {}) {
  const { overrules } = await foresee(it);
  const accepts = more.accepts ?? overrules.map(({ code }) => code);
  const where = await place(it, more.privileges);
  return askRemoval(it.bench.deps(), where, { accepts, why: WHY, person: ANN });
}
const gone = ({ bench, keyId }: Left) => !bench.entra.keyIds(bench.app).includes(keyId);
const trailOf = ({ bench }: Left) => bench.store.auditPage(TENANT, { after: 0, limit: 1000 });

async function hours({ bench }: Left, count: number): Promise<void> {
  for (let hour = 0; hour < count; hour += 1) {
    bench.clock.advance(HOUR);
    await bench.run();
  }
}

describe("it goes", () => {
  test("on a person's word, once the slot's credential is proven anew; nothing else of the application changes", async () => {
    const it = await left();
    const { bench, keyId, last } = it;
    const seen = await foresee(it);
    expect(seen).toMatchObject({ refusal: null, opens: true, before: false, waits: null });
    expect(seen.overrules.map(({ code }) => code)).toEqual(["no-evidence"]);
    const signIns = () => bench.entra.calls.filter(({ call }) => call === "probe").length;
    const asked = await word(it);
    expect(asked).toMatchObject({ state: "verified", leftover: true, replaces: keyId, issued: last.issued });
    expect(gone(it)).toBe(false);
    const before = signIns();
    const done = await bench.drive((one) => one?.id === asked.id && one.state === "retired");
    expect(signIns()).toBeGreaterThan(before);
    expect(bench.entra.keyIds(bench.app)).toEqual([last.issued?.keyId]);
    expect(bench.target.deliveries).toBe(1);
    const trail = (await trailOf(it)).filter(({ rotation }) => rotation === done.id);
    const told = trail.map(({ action }) => action);
    expect(told[0]).toBe("removal-asked");
    expect(told.indexOf("copy-verified")).toBeLessThan(told.indexOf("retire-intended"));
    expect(told.indexOf("retire-intended")).toBeLessThan(told.indexOf("removed"));
    expect(trail[0]).toMatchObject({ actor: ANN.actor, keyId, details: { why: WHY } });
    // asked again it is over, and says so
    await expect(foresee(it)).rejects.toMatchObject({ code: "not-found" });
  });

  test("without counting as a renewal, and without keeping the slot from its next one", async () => {
    const it = await left();
    const [renewals, tally] = [
      await it.bench.store.renewals(TENANT),
      await it.bench.store.tally(TENANT, it.bench.clock.at),
    ];
    const { id } = await word(it, { privileges: ["Application.ReadWrite.All"] });
    it.bench.clock.advance(2 * DAY);
    await it.bench.run();
    expect(await it.bench.store.renewals(TENANT)).toEqual(renewals);
    expect((await it.bench.store.tally(TENANT, it.bench.clock.at)).clean).toBe(tally.clean);
    const { rotations } = await rotate(it.bench.deps(), [it.bench.app.appId], { now: true, actor: ANN.actor });
    expect(rotations).toMatchObject([{ replaces: it.last.issued?.keyId }]);
    expect((await it.bench.store.rotation(id))?.state).toBe("verified");
  });

  test("resting on the newest credential where the slot has moved on since", async () => {
    const it = await left();
    const { id } = await word(it, { privileges: ["Application.ReadWrite.All"] });
    const { rotations } = await rotate(it.bench.deps(), [it.bench.app.appId], { now: true, actor: ANN.actor });
    const later = rotations[0]?.id ?? "";
    await it.bench.drive(() => true);
    await driveTo(it, later, "verified");
    for (const who of ["ben", "cid"])
      await approve(it.bench.deps(), id, "retire", { actor: `entra:${who}`, objectId: who });
    const done = await driveTo(it, id, "retired");
    expect(done.issued?.keyId).toBe((await it.bench.store.rotation(later))?.issued?.keyId);
    expect(gone(it)).toBe(true);
  });

  test("though it signs in still, where the person was told who; a log that cannot be read is another answer", async () => {
    const it = await left();
    it.bench.entra.federation.signsIn(it.bench.app.appId, { keyId: it.keyId, client: "Vendor batch" });
    it.bench.clock.advance(MINUTE);
    const used = await foresee(it);
    expect(used.overrules).toContainEqual({ code: "old-in-use", detail: expect.stringContaining("Vendor batch") });
    it.bench.entra.fail("signIns", { fault: "error", error: new NolapseError("directory-forbidden", "no right") }, 1);
    expect((await foresee(it)).overrules.map(({ code }) => code)).toContain("sign-ins-closed");
    await expect(word(it, { accepts: ["no-evidence"] })).rejects.toMatchObject({
      message: expect.stringMatching(/\[old-in-use\]; nothing was done$/),
    });
    expect(await it.bench.store.rotations({ tenantId: TENANT, states: ["verified"] })).toEqual([]);
    const { id } = await word(it);
    await driveTo(it, id, "retired");
    expect(gone(it)).toBe(true);
  });

  test.each(["lost", "lost-after"] as const)("once, where the answer to the removal was %s", async (fault) => {
    const it = await left();
    const { id } = await word(it);
    it.bench.entra.fail("removeSecret", { fault }, 1);
    await driveTo(it, id, "retired");
    expect(gone(it)).toBe(true);
    const ended = (await trailOf(it)).filter((one) => one.rotation === id && one.action === "retired");
    expect(ended).toHaveLength(1);
  });

  test("as a certificate: its public part is kept, and the others of the list stay as they were", async () => {
    const it = await left();
    const span = { notBefore: plus(START, -300 * DAY), notAfter: plus(START, 700 * DAY), keySize: 2048 } as const;
    const [mine, other] = [
      (await issuer.issue({ ...span, commonName: "leftover" })).value,
      (await issuer.issue({ ...span, commonName: "stays" })).value,
    ];
    const stored = it.bench.entra.otherTool(it.bench.app, {
      add: { certificate: mine, name: "leftover", end: span.notAfter },
    });
    const kept = it.bench.entra.otherTool(it.bench.app, {
      add: { certificate: other, name: "stays", end: span.notAfter },
    });
    await adopt(it.bench.deps(), it.bench.app.appId, { keyId: stored, why: WHY, actor: ANN.actor });
    const certificate = { ...it, keyId: stored };
    await it.bench.run();
    await expect(foresee(certificate)).rejects.toMatchObject({
      message: expect.stringContaining("was added after the current credential"),
    });
    it.bench.clock.advance(HOUR);
    const { rotations } = await rotate(it.bench.deps(), [it.bench.app.appId], { now: true, actor: ANN.actor });
    await driveTo(it, rotations[0]?.id ?? "", "retired");
    const { id } = await word(certificate);
    const done = await driveTo(certificate, id, "retired");
    expect(it.bench.entra.certificateIds(it.bench.app)).toEqual([kept]);
    expect(done.replacesCertificate?.certificate).toBe(mine.certificate);
    expect(done.listLosses).toEqual([]);
  });
});

async function driveTo({ bench }: Left, id: string, state: Rotation["state"]): Promise<Rotation> {
  for (let step = 0; step < 400; step += 1) {
    const { nextDue } = await bench.run();
    const rotation = await bench.store.rotation(id);
    if (rotation?.state === state) return rotation;
    bench.clock.advance(Math.min(nextDue === null ? HOUR : Math.max(1_000, nextDue - bench.clock.at), HOUR));
  }
  throw new Error(`${id} never came to ${state}: ${JSON.stringify(await bench.store.rotation(id))}`);
}

test("by hand it is told with the object and the kind that it is of", () => {
  const credential = { keyId: "k" } as const;
  const of = (type: "application" | "servicePrincipal", kind: "secret" | "certificate") => {
    const holder = { type, appId: "app", objectId: "object", credentials: [{ ...credential, kind }] };
    return byHandOf([holder as unknown as Holder], "app", "K");
  };
  expect(of("application", "secret")).toBe("az ad app credential delete --id app --key-id k");
  expect(of("application", "certificate")).toBe("az ad app credential delete --id app --key-id k --cert");
  expect(of("servicePrincipal", "secret")).toBe("az ad sp credential delete --id object --key-id k");
  expect(of("servicePrincipal", "certificate")).toBe("az ad sp credential delete --id object --key-id k --cert");
  expect(byHandOf([], "app", "k")).toContain("az ad app credential list --id app");
});

describe("it stays", () => {
  test("until two persons have approved, where the application is privileged", async () => {
    const it = await left();
    const { id } = await word(it, { privileges: ["Application.ReadWrite.All"] });
    expect(await it.bench.store.rotation(id)).toMatchObject({
      policy: { approval: "both" },
      approvals: { retire: null },
    });
    await hours(it, 3);
    await approve(it.bench.deps(), id, "retire", ANN);
    await hours(it, 3);
    expect(gone(it)).toBe(false);
    await approve(it.bench.deps(), id, "retire", { actor: "entra:ben", objectId: "ben" });
    await driveTo(it, id, "retired");
    expect(gone(it)).toBe(true);
  });

  test("where the target holds another value than the proven one: nothing is written there, and a person looks", async () => {
    const it = await left();
    const { id } = await word(it);
    it.bench.target.value = new SecretValue("vendor~value");
    await hours(it, 5);
    expect(gone(it)).toBe(false);
    expect(it.bench.target.deliveries).toBe(1);
    expect(await it.bench.store.rotation(id)).toMatchObject({ state: "halted", haltReason: "drift-target" });
    // and the slot is renewed all the same
    const { rotations } = await rotate(it.bench.deps(), [it.bench.app.appId], { now: true, actor: ANN.actor });
    expect(rotations).toHaveLength(1);
  });

  test("while everything is stopped", async () => {
    const it = await left();
    await word(it);
    await stop(it.bench.deps(), "test");
    await hours(it, 5);
    expect(gone(it)).toBe(false);
  });

  test("where a slot comes to name it after it was asked for: the guard looks again", async () => {
    const it = await left();
    const { id } = await word(it);
    const [binding] = it.bench.settings.bindings;
    if (binding === undefined) throw new TypeError("the bench binds its application");
    const slots = [...binding.slots, { slot: "vendor", current: "vendor", targets: ["mail"] }];
    it.bench.settings = { ...it.bench.settings, bindings: [{ ...binding, slots }] };
    await hours(it, 40);
    expect(gone(it)).toBe(false);
    expect((await it.bench.store.rotation(id))?.lastFailure?.message).toContain("several slots");
  });

  test.each([
    [
      "a place is bound that was never given the current one",
      { targets: ["billing", "mail"] },
      /mail of its slot was never given/,
    ],
    ["another slot is bound", { vendor: true }, /several slots/],
  ])(
    "where after the word %s",
    async (_, { targets = ["billing"], vendor = false }: { targets?: string[]; vendor?: boolean }, why) => {
      const it = await left();
      const { id } = await word(it);
      const [binding] = it.bench.settings.bindings;
      if (binding === undefined) throw new TypeError("the bench binds its application");
      const more = vendor ? [{ slot: "vendor", current: null, targets: ["mail"] }] : [];
      const slots = [{ slot: "default", current: null, targets }, ...more];
      it.bench.settings = { ...it.bench.settings, bindings: [{ ...binding, slots }] };
      await hours(it, 5);
      expect(gone(it)).toBe(false);
      expect((await it.bench.store.rotation(id))?.lastFailure?.message).toMatch(why);
    },
  );

  test("where a place of the slot was never given the current one: it is not even asked for", async () => {
    const it = await left();
    const [binding] = it.bench.settings.bindings;
    if (binding === undefined) throw new TypeError("the bench binds its application");
    const slots = [{ slot: "default", current: null, targets: ["billing", "mail"] }];
    it.bench.settings = { ...it.bench.settings, bindings: [{ ...binding, slots }] };
    await expect(foresee(it)).rejects.toMatchObject({
      code: "refused-by-rule",
      message: expect.stringContaining("mail of its slot was never given the credential that would stay"),
    });
  });

  test("where the rotation that was to take it away was cancelled: somebody had a reason", async () => {
    const policy = { retire: "after-overlap", overlap: 7 * DAY } as const;
    const bench = new Workbench({ complete: true, policy });
    const { id, replaces } = await bench.drive((one) => one?.state === "verified");
    await cancel(bench.deps(), id, ANN.actor);
    bench.clock.advance(HOUR);
    await expect(foresee({ bench, keyId: replaces } as Left)).rejects.toMatchObject({
      code: "refused-by-rule",
      message: expect.stringContaining("was cancelled"),
    });
  });

  test("where it is refused, each with the way out", async () => {
    const it = await left();
    const { bench } = it;
    const refused = async (keyId: string, why: RegExp, next: RegExp) => {
      await expect(foresee({ ...it, keyId })).rejects.toMatchObject({
        code: "refused-by-rule",
        message: expect.stringMatching(why),
        next: expect.stringMatching(next),
      });
      const { holder } = await bench.entra.read(bench.app);
      const credential = holder.credentials.find((one) => one.keyId === keyId);
      if (credential === undefined) throw new TypeError("it is there");
      expect(await mayGo(bench.deps(), holder, credential)).toBe(false);
    };
    const made = await bench.entra.addSecret(bench.app, { displayName: "stray", end: plus(bench.clock.at, 50 * DAY) });
    const stray = made.outcome === "applied" ? made.credential.keyId : "";
    await refused(stray, /nobody has had Nolapse adopt it/, /nolapse adopt .*az ad app credential delete/);
    await adopt(bench.deps(), bench.app.appId, { keyId: stray, why: WHY, actor: ANN.actor });
    await refused(stray, /newer than the current credential/, /nolapse rotate .* --now/);
    const [binding] = bench.settings.bindings;
    if (binding === undefined) throw new TypeError("the bench binds its application");
    const { holder } = await bench.entra.read(bench.app);
    const vendor = holder.credentials.find((one) => one.keyId === it.keyId);
    expect(vendor === undefined ? null : await mayGo(bench.deps(), holder, vendor)).toBe(true);
    const slots = [...binding.slots, { slot: "second", current: null, targets: ["mail"] }];
    bench.settings = { ...bench.settings, bindings: [{ ...binding, slots }] };
    await refused(it.keyId, /several slots/, /az ad app credential delete --id \S+ --key-id \S+$/);
    bench.settings = { ...bench.settings, bindings: [] };
    await refused(it.keyId, /bound to no slot/, /az ad app credential delete/);
  });

  test("where Nolapse has made no credential of the application: nothing proves another one", async () => {
    const bench = new Workbench({ complete: true, settings: { mode: "propose" } });
    const made = await bench.entra.addSecret(bench.app, { displayName: "stray", end: plus(START, 50 * DAY) });
    const keyId = made.outcome === "applied" ? made.credential.keyId : "";
    await adopt(bench.deps(), bench.app.appId, { keyId, why: WHY, actor: ANN.actor });
    await expect(foreseeRemoval(bench.deps(), await place({ bench, keyId }), ANN)).rejects.toMatchObject({
      message: expect.stringContaining("has made no other credential"),
      next: expect.stringMatching(/nolapse rotate .* --now/),
    });
  });
});
