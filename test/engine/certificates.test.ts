/** A certificate's rotation: made and sealed first, added by proof or by a watched list, adopted where the answer was lost. */
import { describe, expect, test } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { NolapseError } from "../../src/core/errors.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { askEmergency } from "../../src/engine/commands/emergency.ts";
import { askUndo } from "../../src/engine/commands/undo.ts";
import { auditLine } from "../../src/engine/trail/audit.ts";
import type { Certificates } from "../../src/ports/certificates.ts";
import type { FakeCall } from "../support/fake-entra.ts";
import { type BenchOptions, START, Workbench } from "../support/workbench.ts";

const retired = (rotation: Rotation | undefined) => rotation?.state === "retired";
const verified = (rotation: Rotation | undefined) => rotation?.state === "verified";
const issued = (rotation: Rotation | undefined) => rotation?.state === "issued";
const EARLY = { retire: "after-overlap", overlap: 7 * DAY } as const;
const keys = createKeyPool("engine certificates");
const other = createSelfSigned("other", keys.source("others"));
const span = { notBefore: plus(START, -300 * DAY), notAfter: plus(START, 700 * DAY), keySize: 2048 } as const;

async function certificate(commonName: string): Promise<CertificateValue> {
  return (await other.issue({ ...span, commonName })).value;
}

/** An application that signs in with a certificate; its target holds it. */
async function withCertificate(options: BenchOptions = {}): Promise<Workbench> {
  return new Workbench({ ...options, certificate: await certificate("billing 2025") });
}

/** An application that has a secret and shall have a certificate. */
function moving(options: BenchOptions = {}): Workbench {
  const bench = new Workbench({ ...options, policy: { kind: "certificate", ...options.policy } });
  const [binding] = bench.settings.bindings;
  if (binding === undefined) throw new Error("no binding");
  // named, because somebody else's certificates may lie beside it
  const slots = [{ slot: "default", current: "billing 2025", targets: ["billing"] }];
  bench.settings = { ...bench.settings, bindings: [{ ...binding, slots }] };
  return bench;
}

const count = (bench: Workbench, call: FakeCall) => bench.entra.calls.filter((one) => one.call === call).length;
const held = (bench: Workbench) => (bench.target.value instanceof CertificateValue ? bench.target.value : null);

describe("by proof of possession", () => {
  test("a certificate is replaced without touching the list, and the old one goes by the new one's proof", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true });
    const before = held(bench);
    const rotation = await bench.drive(retired);
    expect(rotation).toMatchObject({ kind: "certificate", replacesKind: "certificate", listLosses: [] });
    expect([count(bench, "addKey"), count(bench, "removeKey"), count(bench, "replaceCertificates")]).toEqual([1, 1, 0]);
    expect(bench.entra.certificateIds(bench.app)).toEqual([rotation.issued?.keyId]);
    expect(held(bench)?.certificate).toBe(rotation.attempts[0]?.certificate?.certificate);
    expect(held(bench)?.certificate).not.toBe(before?.certificate);
    expect(await bench.store.sealed(rotation.id)).toBeNull();
  });

  test("the key is sealed before the one request, and the order is that of every rotation", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true });
    await bench.drive(retired);
    const steps = [
      "made",
      "issue-intended",
      "issued",
      "accepted",
      "delivered",
      "verified",
      "retire-intended",
      "removed",
    ];
    const said = bench.events.filter((one) => steps.includes(one));
    expect(said.filter((one, index) => said[index - 1] !== one)).toEqual(
      [
        "made",
        "issue-intended",
        "issued",
        "accepted",
        "delivered",
        "verified",
        "verified",
        "retire-intended",
        "removed",
      ].filter((one, index, all) => all[index - 1] !== one),
    );
  });

  test("a proof that has grown old while the list was read removes nothing; the next look proves it anew", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true });
    const { entra } = bench;
    const ages: number[] = [];
    let stalls = 1;
    const certificates: Certificates = {
      addKey: (...args) => entra.addKey(...args),
      replaceCertificates: (...args) => entra.replaceCertificates(...args),
      readCertificates: async (...args) => {
        const reading = await entra.readCertificates(...args);
        // the answer of a read right before the removal takes longer than a proof lasts
        if (bench.events.at(-1) === "retire-intended" && stalls-- > 0) bench.clock.advance(11 * MINUTE);
        return reading;
      },
      removeKey: async (...args) => {
        const [delivery] = (await bench.rotation())?.deliveries ?? [];
        ages.push(bench.clock.at - (delivery?.verifiedAt ?? 0));
        return entra.removeKey(...args);
      },
    };
    const rotation = await bench.drive(retired, 40, { ...bench.deps(), certificates });
    expect(stalls).toBeLessThan(1);
    expect(ages).toHaveLength(1);
    expect(ages[0]).toBeLessThanOrEqual(10 * MINUTE);
    expect(rotation.issued?.keyId).toBe(bench.entra.certificateIds(bench.app)[0]);
  });

  test("signing keys on the object are no obstacle", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true });
    bench.entra.otherTool(bench.app, { add: { certificate: await certificate("saml"), usage: "Sign" } });
    expect(await bench.drive(retired)).toMatchObject({ state: "retired" });
  });
});

describe("a lost answer", () => {
  test("of an addKey that arrived is adopted by the certificate itself", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true });
    bench.entra.fail("addKey", { fault: "lost-after" });
    const rotation = await bench.drive(retired);
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["issued"]);
    expect(count(bench, "addKey")).toBe(1);
    expect(bench.entra.certificateIds(bench.app)).toEqual([rotation.issued?.keyId]);
  });

  test("of one that never arrived is waited for, and a new attempt made with a new key", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true });
    bench.entra.fail("addKey", { fault: "lost" });
    const rotation = await bench.drive(retired);
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["never-arrived", "issued"]);
    const [first, second] = rotation.attempts.map((one) => one.certificate?.sha256);
    expect(first).not.toBe(second);
    expect(bench.entra.certificateIds(bench.app)).toEqual([rotation.issued?.keyId]);
  });

  test("of a replaced list is adopted, too, and the list is watched all the same", async () => {
    const bench = moving();
    bench.target.value = null;
    bench.entra.fail("replaceCertificates", { fault: "lost-after" });
    const rotation = await bench.drive(verified);
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["issued"]);
    expect(bench.events.filter((one) => one === "list-compared").length).toBeGreaterThanOrEqual(1);
  });
});

describe("from a secret to a certificate", () => {
  test("the certificate comes by the list, the secret lives out its own end", async () => {
    const bench = moving({ endsIn: 20 * DAY });
    bench.target.value = null;
    const end = plus(START, 20 * DAY);
    const rotation = await bench.drive(retired, 60);
    expect(rotation).toMatchObject({ kind: "certificate", replacesKind: "secret" });
    expect(count(bench, "replaceCertificates")).toBe(1);
    expect(bench.entra.keyIds(bench.app)).toEqual([]);
    expect(rotation.removedAt).toBeGreaterThanOrEqual(end + 7 * DAY);
    expect((await bench.store.slots(bench.settings.tenantId, bench.app.appId))[0]).toMatchObject({
      kind: "certificate",
      keyId: rotation.issued?.keyId,
    });
  });

  test("the list is replaced only after two equal reads half a minute apart, every other entry as it was read", async () => {
    const bench = moving();
    bench.target.value = null;
    const foreign = bench.entra.otherTool(bench.app, {
      add: { certificate: await certificate("somebody"), name: "theirs" },
    });
    const raw = (await bench.entra.readCertificates(bench.app)).entries[0]?.raw;
    const rotation = await bench.drive(issued);
    const reads = bench.events.indexOf("list-read");
    expect(reads).toBeGreaterThanOrEqual(0);
    expect(bench.events.indexOf("list-intended")).toBeGreaterThan(reads);
    expect((rotation.issued?.at ?? 0) - (rotation.attempts[0]?.startedAt ?? 0)).toBeLessThan(MINUTE);
    expect(rotation.listWrite?.at).toBeGreaterThanOrEqual(START + 30 * SECOND);
    const after = await bench.entra.readCertificates(bench.app);
    expect(after.entries.find(({ credential }) => credential.keyId === foreign)?.raw).toBe(raw);
  });

  test("what somebody adds between the two reads starts them anew", async () => {
    const bench = moving();
    bench.target.value = null;
    await bench.drive((one) => one?.listReadAt != null);
    bench.entra.otherTool(bench.app, { add: { certificate: await certificate("just now"), name: "theirs" } });
    bench.clock.advance(30 * SECOND);
    await bench.run();
    expect(count(bench, "replaceCertificates")).toBe(0);
    await bench.drive(verified);
    expect(bench.entra.certificateIds(bench.app)).toHaveLength(2);
  });

  test("a list with signing keys is never replaced", async () => {
    const bench = moving();
    bench.target.value = null;
    bench.entra.otherTool(bench.app, { add: { certificate: await certificate("saml"), usage: "Sign" } });
    const rotation = await bench.drive((one) => one?.state === "halted");
    expect(rotation.haltReason).toBe("foreign-entries");
    expect(count(bench, "replaceCertificates")).toBe(0);
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });

  test("a full place is not the application's: nothing is made", async () => {
    const bench = moving();
    bench.target.value = await certificate("somebody else's");
    await bench.run();
    expect(await bench.rotation()).toMatchObject({
      state: "planned",
      attempts: [],
      lastFailure: { code: "target-foreign" },
    });
  });
});

describe("somebody else's write while the list is replaced", () => {
  test("that lost an entry of our image is undone", async () => {
    const bench = moving();
    bench.target.value = null;
    const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
    await bench.drive(issued);
    // a tool that read the list before our write replaces it, adds its own, and drops ours and another one
    bench.entra.otherTool(bench.app, { drop: [kept], add: { certificate: await certificate("theirs, new") } });
    const rotation = await bench.drive(verified);
    expect(rotation.listLosses).toMatchObject([{ keyId: kept, fate: "restored" }]);
    expect(bench.entra.certificateIds(bench.app)).toContain(kept);
    expect(bench.entra.certificateIds(bench.app)).toHaveLength(3);
  });

  test("that took an entry away and nothing else was meant: it is named and stays away", async () => {
    const bench = moving();
    bench.target.value = null;
    const gone = bench.entra.otherTool(bench.app, {
      add: { certificate: await certificate("leaked"), name: "leaked" },
    });
    await bench.drive(issued);
    bench.entra.otherTool(bench.app, { drop: [gone] });
    const rotation = await bench.drive(verified);
    expect(rotation.listLosses).toMatchObject([{ keyId: gone, name: "leaked", fate: "removed" }]);
    expect(bench.entra.certificateIds(bench.app)).not.toContain(gone);
  });

  test("that came between our second read and our write is named from the audit log", async () => {
    const bench = moving();
    bench.target.value = null;
    let added = "";
    const deps = bench.deps();
    const rival = await certificate("in the gap");
    const { entra } = bench;
    const certificates: Certificates = {
      readCertificates: (...args) => entra.readCertificates(...args),
      addKey: (...args) => entra.addKey(...args),
      removeKey: (...args) => entra.removeKey(...args),
      replaceCertificates: (...args) => {
        added ||= entra.otherTool(bench.app, { add: { certificate: rival, name: "in the gap" } });
        return entra.replaceCertificates(...args);
      },
    };
    const rotation = await bench.drive(verified, 40, { ...deps, certificates });
    expect(rotation.listLosses).toMatchObject([{ keyId: added, name: "in the gap", fate: "unseen" }]);
  });

  test("is undone without the audit log as well, and nobody is named", async () => {
    const bench = moving();
    bench.target.value = null;
    const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
    await bench.drive(issued);
    const error = new NolapseError("directory-forbidden", "no AuditLog.Read.All");
    bench.entra.fail("credentialChanges", { fault: "error", error }, 100);
    bench.entra.otherTool(bench.app, { drop: [kept] });
    const rotation = await bench.drive(verified);
    expect(rotation.listLosses).toMatchObject([{ keyId: kept, fate: "restored" }]);
  });
});

describe("a certificate that is never accepted", () => {
  test("is withdrawn by the old one's proof, tried once more, and then a person is asked", async () => {
    const bench = await withCertificate();
    bench.entra.tokenLag = 10 * DAY;
    const rotation = await bench.drive((one) => one?.state === "halted");
    expect(rotation.haltReason).toBe("never-accepted");
    expect(rotation.attempts.map((one) => one.outcome)).toEqual(["withdrawn", "withdrawn"]);
    expect(bench.entra.certificateIds(bench.app)).toEqual(bench.app.certificateIds);
    expect(await bench.store.sealed(rotation.id)).toBeNull();
  });

  test("is withdrawn by the list where there is no proof", async () => {
    const bench = moving();
    bench.target.value = null;
    bench.entra.tokenLag = 10 * DAY;
    const rotation = await bench.drive((one) => one?.state === "halted");
    expect(rotation.haltReason).toBe("never-accepted");
    expect(bench.entra.certificateIds(bench.app)).toEqual([]);
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });
});

describe("undo", () => {
  test("puts the public part back for a time and sweeps it", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true, endsIn: 60 * DAY });
    const before = held(bench);
    const rotation = await bench.drive(retired);
    const asked = await askUndo(bench.deps(), rotation.id, { length: 3 * DAY, actor: "somebody" });
    expect(asked.undo?.until).toBe(bench.clock.at + 3 * DAY);
    await bench.run();
    const back = (await bench.store.rotation(rotation.id))?.undo;
    expect(bench.entra.certificateIds(bench.app)).toContain(back?.keyId);
    const signIn = { authority: "a", tenant: "t", clientId: bench.app.appId, scope: "s" };
    if (before === null) throw new Error("no certificate was there");
    expect(await bench.entra.probe(signIn, before)).toMatchObject({ outcome: "issued" });
    bench.clock.advance(3 * DAY + HOUR);
    expect(await bench.entra.probe(signIn, before)).toMatchObject({ outcome: "not-authenticated" });
    bench.clock.advance(7 * DAY);
    await bench.run();
    expect(bench.entra.certificateIds(bench.app)).not.toContain(back?.keyId);
    expect((await bench.store.rotation(rotation.id))?.undo?.removedAt).not.toBeNull();
  });

  test("leaves it where a clock that is ahead says that its time is over", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true, endsIn: 60 * DAY });
    const { id } = await bench.drive(retired);
    await askUndo(bench.deps(), id, { length: 3 * DAY, actor: "somebody" });
    await bench.run();
    const keyId = (await bench.store.rotation(id))?.undo?.keyId;
    const clock = { ...bench.clock, now: async () => plus(bench.clock.at, 11 * DAY) };
    for (let looks = 0; looks < 5; looks += 1) {
      await bench.run({ clock });
      bench.clock.advance(MINUTE);
    }
    expect(bench.entra.certificateIds(bench.app)).toContain(keyId);
  });

  test("what has leaked stays away, and so does what takes approvals to come to a privileged application", async () => {
    const bench = await withCertificate({ policy: EARLY, complete: true, endsIn: 60 * DAY });
    const { id, replaces } = await bench.drive((one) => one?.state === "verified");
    const person = { actor: "entra:ann@contoso.example", objectId: "ann" };
    await askEmergency(bench.deps(), bench.app.appId, replaces, person);
    await bench.drive(retired);
    const asked = { length: DAY, actor: "cli:bob" };
    await expect(askUndo(bench.deps(), id, asked)).rejects.toMatchObject({
      code: "refused-by-rule",
      message: `its old certificate has leaked, as ${person.actor} said`,
    });
    const other = await withCertificate({ policy: EARLY, complete: true, endsIn: 60 * DAY });
    const rotation = await other.drive(retired);
    const store = {
      ...other.store,
      rotation: async () => ({ ...rotation, privileges: ["Application.ReadWrite.All"] }),
    };
    await expect(askUndo(other.deps({ store }), rotation.id, asked)).rejects.toMatchObject({
      code: "refused-by-rule",
      next: `nolapse rotate ${other.app.appId} --now makes a new one, once it is approved`,
    });
  });

  test("a secret cannot come back, and a certificate that has ended needs no way back", async () => {
    const bench = new Workbench({ policy: EARLY, complete: true });
    const { id } = await bench.drive(retired);
    await expect(askUndo(bench.deps(), id, { length: DAY, actor: "x" })).rejects.toMatchObject({
      code: "refused-by-rule",
      // what owners call it goes into no shell
      next: `nolapse rotate ${bench.app.appId} --now makes a new one`,
    });
    const certified = await withCertificate({ policy: EARLY, complete: true, endsIn: 10 * DAY });
    const rotation = await certified.drive(retired);
    certified.clock.advance(10 * DAY);
    await expect(askUndo(certified.deps(), rotation.id, { length: DAY, actor: "x" })).rejects.toThrow(
      "ended by itself",
    );
  });
});

test("a kind that a target cannot hold halts, and a secret stays a secret where nobody says otherwise", async () => {
  const bench = moving();
  const [target] = Object.values(bench.settings.targets);
  if (target === undefined) throw new Error("no target");
  bench.settings = { ...bench.settings, targets: { [target.name]: { ...target, kinds: ["secret"] } } };
  await bench.run();
  expect(await bench.rotation()).toBeUndefined();
  expect((await new Workbench().drive(verified)).kind).toBe("secret");
});

test("only a failed verification counts for the breaker, not every failed read while it is due", async () => {
  const bench = new Workbench();
  const rotation = { ...(await bench.drive(verified)), state: "delivered" } as const;
  const at = bench.clock.at;
  const failure = { code: "directory-failed", message: "down", next: null, at } as const;
  const failed = { type: "failed", at, failure, notBefore: at } as const;
  expect(auditLine(rotation, { ...failed, verifying: false }, rotation, {})?.action).toBe("failed");
  expect(auditLine(rotation, { ...failed, verifying: true }, rotation, {})?.action).toBe("verify-failed");
});
