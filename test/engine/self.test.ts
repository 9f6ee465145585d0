/** An application without any permission rolls its own certificate: the real adapter at the embedded directory, in process. */
import { describe, expect, onTestFinished, test } from "vitest";
import { createSelfDirectory } from "../../src/adapters/graph/self.ts";
import { createVerifier } from "../../src/adapters/graph/verifier.ts";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import { createMachineRandom } from "../../src/adapters/machine/random.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import { type PolicyInput, SELF_SIGNED } from "../../src/core/policy/policy.ts";
import type { SlotSettings } from "../../src/core/policy/settings.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, MINUTE, plus } from "../../src/core/time.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { ask, takeUpOwn } from "../../src/engine/commands/rotate.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { certificatesHeld, onlyOf, selfHolder } from "../../src/engine/plan/self.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { type GraphBench, openGraph, plantCertificates } from "../support/graph-bench.ts";
import { MemoryTarget, Workbench } from "../support/workbench.ts";

const EARLY = { retire: "after-overlap", overlap: 7 * DAY, lifetime: 90 * DAY } as const;
const keys = createKeyPool("rolls itself", 6);
const issuer = createSelfSigned(SELF_SIGNED, keys.source("self"));

/** An application with one certificate that ends in ten days, no app role at all, and its copy in a target. */
class SelfBench {
  readonly graph: GraphBench;
  readonly holder: HolderRef;
  readonly old: CertificateValue;
  readonly target: MemoryTarget;
  readonly #bench: Workbench;
  slot: SlotSettings;

  private constructor(graph: GraphBench, holder: HolderRef, old: CertificateValue, policy: PolicyInput) {
    this.graph = graph;
    this.holder = holder;
    this.old = old;
    this.target = new MemoryTarget("billing", old);
    this.#bench = new Workbench({ policy });
    this.slot = { slot: "default", current: this.keyIds()[0] ?? "", targets: ["billing"] };
  }

  static async open(policy: PolicyInput = EARLY): Promise<SelfBench> {
    const graph = await openGraph();
    onTestFinished(() => graph.close());
    const now = await graph.now();
    const span = { notBefore: plus(now, -300 * DAY), notAfter: plus(now, 10 * DAY), keySize: 2048 } as const;
    const { value } = await issuer.issue({ ...span, commonName: "Rolls itself" });
    return new SelfBench(graph, await plantCertificates(graph, "rolls itself", [value.certificate]), value, policy);
  }

  /** What the directory holds, as only its administrator sees it. */
  keyIds(): string[] {
    const { applications } = this.graph.directory.state();
    const found = applications.find(({ entity }) => entity.appId === this.holder.appId);
    return ((found?.entity.keyCredentials ?? []) as { keyId: string }[]).map(({ keyId }) => keyId);
  }

  deps(): Deps {
    const { graph, holder } = this;
    const { clock, fetch, directory } = graph;
    const { url, admin } = directory;
    const own = this.#bench.settings;
    const [binding] = own.bindings;
    if (binding === undefined) throw new Error("no binding");
    const bound = { ...binding, appId: holder.appId, objectId: holder.objectId, slots: [this.slot] };
    const where = { tenantId: admin.tenantId, authority: url, probeScope: `${url}/.default` };
    const settings = { ...own, ...where, bindings: [{ ...bound, consumers: "complete" as const }] };
    const reach = { tenantId: admin.tenantId, authority: url, graphEndpoint: url, version: "test" };
    const deps: Deps = this.#bench.deps({
      settings: onlyOf(settings, holder),
      ...createSelfDirectory({ ...reach, clock, fetch, holder, held: () => certificatesHeld(deps, holder) }),
      verifier: createVerifier({ clock, version: "test", fetch }),
      targets: { get: (name) => (name === "billing" ? this.target : null) },
      issuers: { get: () => issuer },
      clock,
      random: createMachineRandom(),
      self: selfHolder(settings, holder.appId),
    });
    return deps;
  }

  get store() {
    return this.#bench.store;
  }

  rotations = () => this.store.rotations({ appId: this.holder.appId });

  /** One `nolapse rotate --self`. */
  async command(now = false): Promise<Rotation> {
    const deps = this.deps();
    const taken = await takeUpOwn(deps, "test");
    const { rotations } = await ask(deps, [this.holder.appId], { now, actor: "test" });
    await runOnce(deps, { wait: 0, only: [...new Set([...taken, ...rotations.map(({ id }) => id)])] });
    const [rotation] = await this.rotations();
    if (rotation === undefined) throw new Error("nothing was opened");
    return rotation;
  }

  /** A timer that starts the command whenever something is due, at least daily. */
  async until(done: (rotation: Rotation) => boolean, days = 30): Promise<Rotation> {
    const { clock } = this.graph.directory;
    const end = clock.now() + days * DAY;
    for (;;) {
      const rotation = await this.command();
      if (done(rotation)) return rotation;
      const why = (await waitingOf(this.deps())).map(({ verdict }) => verdict.because).join();
      if (clock.now() > end) throw new Error(`not done: ${rotation.state} ${why} ${rotation.lastFailure?.message}`);
      clock.advance(Math.min(Math.max((rotation.dueAt ?? 0) - clock.now(), 1_000), DAY));
    }
  }
}

const retired = ({ state }: Rotation) => state === "retired";
const verified = ({ state }: Rotation) => state === "verified";

describe("without any permission", () => {
  test("the certificate is rolled from addKey to five refused sign-ins with the old one", async () => {
    const it = await SelfBench.open();
    const [before] = it.keyIds();
    const rotation = await it.until(retired);
    expect(rotation).toMatchObject({ self: true, kind: "certificate", replaces: before, displayName: "Rolls itself" });
    expect(it.keyIds()).toEqual([rotation.issued?.keyId]);
    expect(rotation.absentReads).toHaveLength(5);
    expect(it.target.value?.reveal()).toContain(rotation.attempts[0]?.certificate?.certificate.trim());
    // neither the old private key nor the new one is kept, and the tenant's inventory was never touched
    expect(rotation.former).toBeNull();
    expect(await it.store.sealed(rotation.id)).toBeNull();
    expect(await it.store.lastScan(rotation.tenantId)).toBeNull();
  });

  test("it goes on with the next certificate, whose key id nobody has to write down", async () => {
    const it = await SelfBench.open();
    const first = await it.until(retired);
    it.graph.directory.clock.advance(65 * DAY);
    const second = await it.until((one) => one.id !== first.id && retired(one));
    expect(second.replaces).toBe(first.issued?.keyId);
    expect(it.keyIds()).toEqual([second.issued?.keyId]);
  });

  test("the directory really refuses to be read, and a scan is no answer", async () => {
    const it = await SelfBench.open();
    const { entra, certificates } = it.deps();
    await expect(entra.page("application", null)).rejects.toMatchObject({ code: "directory-forbidden" });
    const { holder, serviceTime } = await entra.read(it.holder);
    expect(holder.credentials.map(({ keyId }) => keyId)).toEqual(it.keyIds());
    expect(serviceTime).toBe(it.graph.directory.clock.now());
    const kept = { kept: [], added: [] };
    expect(await certificates.replaceCertificates(it.holder, kept)).toMatchObject({ outcome: "not-applied" });
    expect(it.keyIds()).toHaveLength(1);
  });

  test("what only it can move is left alone by everybody else", async () => {
    const it = await SelfBench.open();
    const { id } = await it.until(verified);
    const { self: _, ...others } = it.deps();
    it.graph.directory.clock.advance(8 * DAY);
    await runOnce(others, { wait: 0, only: [id] });
    expect((await waitingOf(others)).map(({ verdict }) => verdict.because)).toEqual(["self-only"]);
    expect(it.keyIds()).toHaveLength(2);
  });
});

describe("a lost answer of addKey", () => {
  test("that arrived is adopted by signing in with the sealed key", async () => {
    const it = await SelfBench.open();
    it.graph.directory.faults.set({ seed: 1, rules: [{ on: "addKey", fault: "lost-response", times: 1 }] });
    const rotation = await it.until(retired);
    expect(rotation.attempts.map(({ outcome }) => outcome)).toEqual(["issued"]);
    expect(it.keyIds()).toEqual([rotation.issued?.keyId]);
  });

  test("that the authority does not know yet is waited for a whole day before another key is made", async () => {
    const it = await SelfBench.open();
    it.graph.directory.clock.advance(DAY);
    const lost = { on: "addKey", fault: "lost-response", times: 1 } as const;
    it.graph.directory.faults.set({ seed: 1, rules: [lost, { on: "token", fault: "token-lag", duration: "PT12H" }] });
    const rotation = await it.until(({ state }) => state !== "planned");
    // five reads over ten minutes are not enough: another attempt would replace the only key that can look for this one
    expect(rotation.attempts).toHaveLength(1);
    expect(rotation.attempts[0]).toMatchObject({ outcome: "issued" });
    expect(rotation.attempts[0]?.reads.length).toBeGreaterThan(5);
  });
});

describe("a failed reading is never an empty one", () => {
  test("an authority that fails, or refuses for another reason, leaves the rotation where it is", async () => {
    const it = await SelfBench.open();
    const own = await it.until(verified);
    it.graph.directory.clock.advance(8 * DAY);
    it.graph.directory.faults.set({ seed: 1, rules: [{ on: "token", fault: "conditional-access" }] });
    await expect(it.deps().entra.read(it.holder)).rejects.toMatchObject({ code: "sign-in-failed" });
    await expect(it.command()).rejects.toMatchObject({ code: "sign-in-failed" });
    expect((await it.store.rotation(own.id))?.state).toBe("verified");
    expect(it.keyIds()).toHaveLength(2);
  });

  test("an old certificate that has expired is listed still, until it is swept", async () => {
    const it = await SelfBench.open({ lifetime: 90 * DAY });
    const rotation = await it.until(verified);
    it.graph.directory.clock.advance(11 * DAY);
    const { holder } = await it.deps().entra.read(it.holder);
    expect(holder.credentials.map(({ keyId }) => keyId)).toContain(rotation.replaces);
    await it.until(retired);
    expect(it.keyIds()).toEqual([rotation.issued?.keyId]);
  });
});

describe("what cannot be done is said", () => {
  test("no certificate at hand", async () => {
    const it = await SelfBench.open();
    it.target.value = null;
    await expect(it.command()).rejects.toMatchObject({ code: "target-empty" });
  });

  test("a certificate that the directory does not know", async () => {
    const it = await SelfBench.open();
    const now = await it.graph.now();
    const span = { notBefore: plus(now, -DAY), notAfter: plus(now, DAY), keySize: 2048 } as const;
    it.target.value = (await issuer.issue({ ...span, commonName: "strange" })).value;
    await expect(it.command()).rejects.toThrow(/no certificate at hand signs in: .*AADSTS700027/);
  });

  test("a key id that is not the certificate's: both stay, and the message says what to look at", async () => {
    const it = await SelfBench.open();
    it.slot = { ...it.slot, current: "00000000-0000-4000-8000-00000000ffff" };
    const rotation = await it.until(({ lastFailure }) => lastFailure?.code === "directory-refused");
    expect(rotation.state).toBe("verified");
    expect(rotation.lastFailure?.message).toContain("the one to be removed still signs in");
    expect(it.keyIds()).toHaveLength(2);
    await cancel(it.deps(), rotation.id, "test");
    expect((await it.store.rotation(rotation.id))?.former).toBeNull();
  });

  test.each([
    ["objectId", ({ objectId: _, ...one }: { readonly objectId?: string }) => one, /az ad app show --id/],
    ["a key id", (one: object) => ({ ...one, slots: [{ slot: "s", current: null, targets: [] }] }), /Certificate ID/],
    ["a key id", (one: object) => ({ ...one, slots: [{ slot: "s", current: "x", targets: [] }] }), /Certificate ID/],
  ])("an entry without %s", async (_, change, hint) => {
    const it = await SelfBench.open();
    const { settings } = it.deps();
    const bindings = settings.bindings.map((one) => change(one as never) as typeof one);
    const attempt = async () => selfHolder({ ...settings, bindings }, it.holder.appId);
    await expect(attempt()).rejects.toMatchObject({ code: "config-invalid", next: expect.stringMatching(hint) });
  });
});

test("sealed values are opened by nobody who reads the store: no private key is in a rotation", async () => {
  const it = await SelfBench.open();
  const rotation = await it.until(verified);
  expect(rotation.former).toMatch(/^eyJ/);
  expect(JSON.stringify(rotation)).not.toContain("PRIVATE KEY");
  expect(rotation.dueAt).toBeGreaterThan(rotation.verifiedAt ?? 0);
  it.graph.directory.clock.advance(10 * MINUTE);
  expect((await it.command()).state).toBe("verified");
});
