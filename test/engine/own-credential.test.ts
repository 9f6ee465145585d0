/** Nolapse's own credential: last, alone, approved, and removed only once a fresh process has read with the new one. */
import { describe, expect, test } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import { NolapseError } from "../../src/core/errors.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, MINUTE, plus } from "../../src/core/time.ts";
import { approve } from "../../src/engine/commands/approve.ts";
import { pauseApplication } from "../../src/engine/commands/pause-application.ts";
import type { Deps, OwnCredential } from "../../src/engine/deps.ts";
import { gatherFacts } from "../../src/engine/facts.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import type { RotationFilter } from "../../src/ports/store.ts";
import type { Target } from "../../src/ports/target.ts";
import { MemoryTarget, START, Workbench } from "../support/workbench.ts";

const EARLY = { retire: "after-overlap", overlap: 7 * DAY } as const;
const keys = createKeyPool("own credential");
const issuer = createSelfSigned("own", keys.source("own"));
const span = { notBefore: plus(START, -300 * DAY), notAfter: plus(START, 700 * DAY), keySize: 2048 } as const;

/** Nolapse itself is the bench's application; its fresh process reads what the target holds, unless the test says otherwise. */
class OwnBench {
  readonly bench: Workbench;
  readonly other = new MemoryTarget("other", null);
  source: OwnCredential["source"] = "file";
  /** Replaced by a test; gives the fingerprint of the credential that a process started now would use. */
  fresh: () => Promise<string> = async () => this.fingerprint();
  started = 0;
  renewed = 0;

  private constructor(bench: Workbench) {
    this.bench = bench;
  }

  static async open(options: ConstructorParameters<typeof Workbench>[0] = {}): Promise<OwnBench> {
    const certificate = (await issuer.issue({ ...span, commonName: "nolapse" })).value;
    return new OwnBench(new Workbench({ policy: EARLY, complete: true, endsIn: 25 * DAY, certificate, ...options }));
  }

  async fingerprint(): Promise<string> {
    const copy = await this.bench.target.readBack();
    if (copy.state === "empty") throw new Error("the target is empty");
    return this.bench.deps().sealer.fingerprint(copy.value);
  }

  /** A second application that is due. */
  addOther(): void {
    const { bench } = this;
    const secrets = [
      { name: "other", start: plus(START, -300 * DAY), end: plus(START, 20 * DAY), value: "other~value" },
    ];
    const app = bench.entra.seed({ displayName: "Other", secrets });
    this.other.value = null;
    const target = { name: "other", type: "memory", kinds: ["secret"], reload: 60_000 } as const;
    bench.settings = {
      ...bench.settings,
      bindings: [
        ...bench.settings.bindings,
        {
          appId: app.appId,
          policy: null,
          slots: [{ slot: "default", current: null, targets: ["other"] }],
          consumers: "unknown",
          signIn: null,
        },
      ],
      targets: { ...bench.settings.targets, other: target },
    };
  }

  over(): Partial<Deps> {
    const targets = new Map<string, Target>([this.bench.target, this.other].map((one) => [one.name, one]));
    return {
      targets: { get: (name) => targets.get(name) ?? null },
      own: {
        appId: this.bench.app.appId,
        source: this.source,
        fresh: {
          read: async () => {
            this.started += 1;
            return { fingerprint: await this.fresh() };
          },
        },
        renew: () => {
          this.renewed += 1;
        },
      },
    };
  }

  deps(): Deps {
    return this.bench.deps(this.over());
  }

  async own(): Promise<Rotation> {
    const { tenantId } = this.bench.settings;
    const [rotation] = await this.bench.store.rotations({ tenantId, appId: this.bench.app.appId });
    if (rotation === undefined) throw new Error("no rotation of Nolapse's own credential is open");
    return rotation;
  }

  /** Goes from one due time to the next, at most a quarter of an hour on, until `done`. */
  async until(done: (own: Rotation) => boolean, days = 40): Promise<Rotation> {
    const end = plus(this.bench.clock.at, days * DAY);
    while (this.bench.clock.at < end) {
      const { nextDue } = await this.bench.run(this.over());
      const own = await this.own();
      if (done(own)) return own;
      const { at } = this.bench.clock;
      this.bench.clock.advance(Math.min(Math.max((nextDue ?? at) - at, 1_000), DAY));
    }
    throw new Error(`not done: ${(await this.why()).join(", ")}`);
  }

  async why(): Promise<string[]> {
    return (await waitingOf(this.deps())).map(({ rotation, verdict }) => `${rotation.displayName} ${verdict.because}`);
  }

  approve = async () => approve(this.deps(), (await this.own()).id, "both", "somebody");
}

const HELD = { actor: "bob", why: "the vault moves this week" };
const verified = ({ state }: Rotation) => state === "verified";
const retired = ({ state }: Rotation) => state === "retired";

describe("a rotation of Nolapse's own credential", () => {
  test("waits for a person twice, whatever the policy says", async () => {
    const it = await OwnBench.open();
    await it.bench.run(it.over());
    expect(await it.why()).toEqual(["Billing approval-issue"]);
    await approve(it.deps(), (await it.own()).id, "issue", "somebody");
    await it.until(verified);
    it.bench.clock.advance(8 * DAY);
    await it.bench.run(it.over());
    expect(await it.why()).toEqual(["Billing approval-retire"]);
    expect(it.bench.entra.certificateIds(it.bench.app)).toHaveLength(2);
  });

  test("begins only when no other is under way, and is last in the plan", async () => {
    const it = await OwnBench.open();
    it.addOther();
    const { items } = await makePlan(it.deps(), await discover(it.deps()));
    const due = items.filter((one) => one.status === "due");
    expect(due.find((one) => one.appId === it.bench.app.appId)?.detail).toMatch(
      /^Nolapse's own credential: last and alone/,
    );
    await it.bench.run(it.over());
    await it.approve();
    await it.bench.run(it.over());
    expect((await it.own()).state).toBe("planned");
    expect(await it.why()).toContain("Billing own-last");
    const own = await it.until(verified);
    const all = await it.bench.store.rotations({ tenantId: it.bench.settings.tenantId });
    const other = all.find((one) => one.displayName === "Other");
    expect(own.attempts[0]?.startedAt).toBeGreaterThan(other?.verifiedAt ?? Number.POSITIVE_INFINITY);
  });

  test("does not wait for others past its urgent time", async () => {
    const it = await OwnBench.open({ endsIn: 3 * DAY });
    it.addOther();
    it.other.broken = new Error("nobody can write there");
    await it.bench.run(it.over());
    await it.approve();
    await it.bench.run(it.over());
    expect((await it.own()).state).toBe("issued");
  });

  test("waits for no other that a person holds, who may hold it for months", async () => {
    const it = await OwnBench.open();
    it.addOther();
    await it.bench.run(it.over());
    const { tenantId } = it.bench.settings;
    const other = (await it.bench.store.rotations({ tenantId })).find(({ displayName }) => displayName === "Other");
    await pauseApplication(it.deps(), other?.holder.appId ?? "", HELD);
    await it.approve();
    await it.bench.run(it.over());
    expect((await it.own()).state).toBe("issued");
  });

  test("keeps nobody else from beginning while a person holds it half-way", async () => {
    const it = await OwnBench.open();
    await it.bench.run(it.over());
    await it.approve();
    await it.bench.run(it.over());
    expect((await it.own()).state).toBe("issued");
    await pauseApplication(it.deps(), it.bench.app.appId, HELD);
    it.addOther();
    await it.bench.run(it.over());
    const all = await it.bench.store.rotations({ tenantId: it.bench.settings.tenantId });
    expect(all.find(({ displayName }) => displayName === "Other")?.state).not.toBe("planned");
  });

  test("keeps others from beginning while it is under way", async () => {
    const it = await OwnBench.open();
    await it.bench.run(it.over());
    await it.approve();
    await it.bench.run(it.over());
    expect((await it.own()).state).toBe("issued");
    it.addOther();
    await it.bench.run(it.over());
    expect(await it.why()).toContain("Other own-under-way");
    // and looks for no rotation but those of Nolapse's own, however many the tenant has
    const deps = it.deps();
    const filters: RotationFilter[] = [];
    const store = { ...deps.store };
    store.rotations = (filter) => {
      filters.push(filter);
      return deps.store.rotations(filter);
    };
    const other = (await deps.store.rotations({})).find(({ displayName }) => displayName === "Other");
    if (other === undefined) throw new Error("the other has no rotation");
    await gatherFacts({ ...deps, store }, other, it.bench.clock.at);
    expect(filters.map(({ appId }) => appId)).toEqual([it.bench.app.appId]);
  });
});

describe("before the old one goes", () => {
  test("a fresh process reads with the new one, and this process signs in anew", async () => {
    const it = await OwnBench.open();
    await it.bench.run(it.over());
    await it.approve();
    const own = await it.until(retired);
    expect(it.started).toBe(1);
    expect(it.renewed).toBe(1);
    expect(own.ownProof).toMatchObject({ proven: true });
    expect(own.removedAt).toBeGreaterThanOrEqual(own.ownProof?.at ?? Number.POSITIVE_INFINITY);
    expect(it.bench.entra.certificateIds(it.bench.app)).toEqual([own.issued?.keyId]);
  });

  test("it waits while a fresh process would still use another one, and asks again", async () => {
    const it = await OwnBench.open();
    const old = await it.fingerprint();
    it.fresh = async () => old;
    await it.bench.run(it.over());
    await it.approve();
    await it.until((one) => one.ownProof !== null);
    expect(await it.why()).toEqual(["Billing own-stale"]);
    expect(it.bench.entra.certificateIds(it.bench.app)).toHaveLength(2);
    it.bench.clock.advance(10 * MINUTE);
    await it.bench.run(it.over());
    expect(it.started).toBe(2);
    expect(it.renewed).toBe(0);
    it.fresh = () => it.fingerprint();
    await it.until(retired, 1);
  });

  test("a fresh process that cannot read is a failure that is tried again, and removes nothing", async () => {
    const it = await OwnBench.open();
    it.fresh = async () => {
      throw new NolapseError("sign-in-failed", "a fresh process could not read");
    };
    await it.bench.run(it.over());
    await it.approve();
    const own = await it.until(({ lastFailure }) => lastFailure?.code === "sign-in-failed");
    expect(own.state).toBe("verified");
    expect(it.bench.entra.certificateIds(it.bench.app)).toHaveLength(2);
    it.fresh = () => it.fingerprint();
    await it.until(retired, 2);
  });

  test("one that comes from an environment variable is kept to its own end, and the reason says so", async () => {
    const it = await OwnBench.open();
    it.source = "environment";
    await it.bench.run(it.over());
    await it.approve();
    await it.until(verified);
    it.bench.clock.advance(8 * DAY);
    await it.bench.run(it.over());
    expect(await it.why()).toEqual(["Billing own-environment"]);
    expect(it.started).toBe(0);
    const own = await it.until(retired);
    expect(own.removedAt).toBeGreaterThanOrEqual((own.replacesEnd ?? 0) + 7 * DAY);
  });
});

test("an application of the same tenant that is not Nolapse's own goes by its own policy", async () => {
  const it = await OwnBench.open();
  const deps = it.over();
  const elsewhere = { ...deps, own: { ...(deps.own as OwnCredential), appId: "00000000-0000-4000-8000-0000000000ff" } };
  const rotation = await it.bench.drive((one) => one?.state === "retired", 40, elsewhere);
  expect(rotation.ownProof).toBeNull();
  expect(it.started).toBe(0);
});
