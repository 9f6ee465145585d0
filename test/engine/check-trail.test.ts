/** The server checks the chain as people look at it: a part at a time, what is new each time, all of it again after a day. */
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { DAY, type EpochMs, plus } from "../../src/core/time.ts";
import { type Notifying, tell } from "../../src/engine/notices/notify.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { AT_ONCE, lookThrough, TrailWatch } from "../../src/engine/trail/check.ts";
import { sealTrail } from "../../src/engine/trail/seal.ts";
import { metricsOf } from "../../src/engine/views/metrics.ts";
import { audit } from "../conformance/store.suite.ts";
import { notary } from "../support/notary.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

const sealer = notary();

class Trail {
  readonly bench = new Workbench();
  readonly watch = new TrailWatch();
  readonly deps = this.bench.deps({ notary: sealer });
  readonly start: EpochMs = this.bench.clock.at;

  async write(many: number): Promise<void> {
    for (let count = 0; count < many; count += 1)
      await this.bench.store.audit(audit("stop", { tenantId: TENANT, at: this.bench.clock.at, details: { count } }));
    await sealTrail(this.deps);
  }

  /** Writes so many that one transaction for each would take long. */
  async writeMany(many: number): Promise<void> {
    await this.write(1);
    this.tamper(`INSERT INTO audit (tenant_id, at, actor, action, details)
      WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})
      SELECT '${TENANT}', ${this.start}, 'nolapse', 'stop', '{}' FROM n`);
    await sealTrail(this.deps);
  }

  look() {
    return this.watch.look(this.deps);
  }

  /** What nobody can do through the store. */
  tamper(statements: string): void {
    const raw = new DatabaseSync(this.bench.storePath);
    for (const trigger of ["audit_is_append_only", "links_are_append_only", "checkpoints_are_append_only"])
      for (const what of ["update", "delete"]) raw.exec(`DROP TRIGGER IF EXISTS ${trigger}_${what}`);
    raw.exec(statements);
    raw.close();
  }
}

it("an empty trail is unbroken, and one that is not says since when", async () => {
  const trail = new Trail();
  const last = { entries: 0, since: null, wholeAt: trail.start, checkedAt: trail.start };
  expect(await trail.look()).toEqual({ total: 0, underWay: null, last, broken: null });
  await trail.write(3);
  trail.bench.clock.at = plus(trail.start, 1_000);
  await trail.write(2);
  expect(await trail.look()).toEqual({
    total: 5,
    underWay: null,
    last: { entries: 5, since: trail.start, wholeAt: trail.start, checkedAt: plus(trail.start, 1_000) },
    broken: null,
  });
});

it("a long trail is checked a part at a time, and nothing is claimed before its end", async () => {
  const trail = new Trail();
  await trail.writeMany(AT_ONCE + 1);
  expect(await trail.look()).toEqual({ total: AT_ONCE + 1, underWay: AT_ONCE, last: null, broken: null });
  expect(await trail.look()).toMatchObject({ underWay: null, last: { entries: AT_ONCE + 1 } });
});

it("what is sealed while it is checked is checked and counted with the rest", async () => {
  const trail = new Trail();
  await trail.writeMany(501);
  let more = 3;
  const turn = async () => {
    for (; more > 0; more -= 1) await trail.write(1);
  };
  const { scheduler } = trail.deps;
  const looked = await trail.watch.look({ ...trail.deps, scheduler: { ...scheduler, turn } });
  expect(looked).toMatchObject({ total: 504, last: { entries: 504 } });
});

it("an entry that was changed is found, with its number and both hashes, and found to be whole again once it is", async () => {
  const trail = new Trail();
  await trail.write(6);
  trail.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 3");
  const { broken, ...rest } = await trail.look();
  expect(rest).toEqual({ total: 6, underWay: null, last: null });
  const [, , third] = await trail.bench.store.links(TENANT, 0, 9);
  expect(broken).toEqual({
    what: "edited",
    position: 3,
    sequence: 3,
    recorded: third?.link.hash,
    found: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(broken?.found).not.toBe(broken?.recorded);
  expect((await trail.look()).broken).toEqual(broken);
  trail.tamper(`UPDATE audit SET actor = '${audit("stop").actor}' WHERE sequence = 3`);
  expect(await trail.look()).toMatchObject({ broken: null, last: { entries: 6 } });
});

it("an entry that is gone is found, whether it is known which hash it had or not", async () => {
  const trail = new Trail();
  await trail.write(4);
  const links = await trail.bench.store.links(TENANT, 0, 9);
  trail.tamper("DELETE FROM audit WHERE sequence = 2");
  const recorded = links[1]?.link.hash;
  expect((await trail.look()).broken).toEqual({ what: "removed", position: 2, sequence: 2, recorded, found: null });
  trail.tamper("DELETE FROM links WHERE sequence = 2");
  expect((await trail.look()).broken).toMatchObject({ what: "removed", position: 2, found: null });
});

it("what was checked before is held against what is there: an end that is cut off, and a chain made anew, are found", async () => {
  const trail = new Trail();
  await trail.write(5);
  expect((await trail.look()).broken).toBeNull();
  trail.tamper("DELETE FROM checkpoints; DELETE FROM links; DELETE FROM audit WHERE sequence = 5");
  await sealTrail(trail.deps);
  const links = await trail.bench.store.links(TENANT, 0, 9);
  expect(links).toHaveLength(4);
  for (const _ of ["once", "and for good"])
    expect((await trail.look()).broken).toMatchObject({ what: "removed", position: 5, found: null });
  const other = new Trail();
  await other.write(2);
  await other.look();
  other.tamper("DELETE FROM checkpoints; DELETE FROM links; UPDATE audit SET actor = 'nobody' WHERE sequence = 1");
  await other.write(1);
  expect((await other.look()).broken).toMatchObject({ what: "edited", position: 2 });
});

it("a signature by another key is found", async () => {
  const trail = new Trail();
  await trail.write(2);
  const theirs = await new TrailWatch().look(trail.bench.deps({ notary: notary() }));
  expect(theirs.broken).toMatchObject({ what: "signature", position: 2 });
});

it("what was checked is checked again from the first entry on after a day", async () => {
  const trail = new Trail();
  await trail.write(3);
  await trail.look();
  trail.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 1");
  trail.bench.clock.at = plus(trail.start, DAY - 1);
  expect((await trail.look()).broken).toBeNull();
  trail.bench.clock.at = plus(trail.start, DAY);
  expect((await trail.look()).broken).toMatchObject({ position: 1 });
});

it("what is broken stays said at every look, however far into a long trail it is, and is not lost when all is checked again", async () => {
  const trail = new Trail();
  await trail.writeMany(AT_ONCE + 600);
  trail.tamper(`UPDATE audit SET actor = 'nobody' WHERE sequence = ${AT_ONCE + 550}`);
  expect(await trail.look()).toMatchObject({ underWay: AT_ONCE, broken: null });
  for (const days of [0, 0, 2]) {
    trail.bench.clock.at = plus(trail.bench.clock.at, days * DAY);
    expect(await trail.look()).toMatchObject({ underWay: null, broken: { position: AT_ONCE + 550 } });
  }
});

it("two that look at once make one check of it", async () => {
  const trail = new Trail();
  await trail.writeMany(AT_ONCE + 2);
  const [first, second] = await Promise.all([trail.look(), trail.look()]);
  expect([first.underWay, second.underWay, second.last?.entries]).toEqual([AT_ONCE, null, AT_ONCE + 2]);
});

/** What is said to the one fixed address. */
function listening() {
  const told: (readonly string[])[] = [];
  const send: Notifying["channels"][number]["send"] = async (_, { findings }) => {
    told.push(findings.filter((one) => one.kind === "trail-broken").map((one) => `${one.title}: ${one.next}`));
  };
  const notifying: Notifying = {
    channels: [{ name: "hook", to: "fixed", recipients: ["hook"], send }],
    heartbeats: [],
    owners: { mailOf: async () => [] },
    portal: null,
    fingerprint: (text) => text,
    sealKeyAge: async () => null,
  };
  return { told, notifying };
}

it.each(["details = '{'", "written = '{'", "details = 'null'", "at = 9e99", "at = 'noon'"])(
  "an entry that nobody could have written is a break, and keeps nobody from telling it: %s",
  async (what) => {
    const trail = new Trail();
    await trail.write(4);
    trail.tamper(`UPDATE audit SET ${what} WHERE sequence = 2`);
    expect((await lookThrough(trail.watch, trail.deps))?.broken).toMatchObject({ position: 2 });
  },
);

it("a break is told once, by whichever process finds it, and again where there is another one", async () => {
  const trail = new Trail();
  const { told, notifying } = listening();
  const round = async (watch = trail.watch) => {
    const check = await lookThrough(watch, trail.deps);
    await tell(trail.deps, notifying, await discover(trail.deps), { broken: check?.broken ?? null });
    return told.splice(0);
  };
  await trail.writeMany(AT_ONCE + 9);
  expect(await round()).toEqual([[]]);
  trail.tamper(`UPDATE audit SET actor = 'nobody' WHERE sequence = ${AT_ONCE + 3}`);
  // what was found whole is looked at again after a day
  trail.bench.clock.advance(DAY);
  const first = `the audit trail is not what was sealed, from entry ${AT_ONCE + 3} on (edited): keep a copy of the store, then nolapse audit verify`;
  expect(await round()).toEqual([[first]]);
  expect(await round()).toEqual([]);
  expect(await round(new TrailWatch())).toEqual([]);
  trail.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 2");
  expect(await round(new TrailWatch())).toEqual([[first.replace(String(AT_ONCE + 3), "2")]]);
});

it("the numbers say whether it is broken, and nothing where no seal makes a chain of it", async () => {
  const trail = new Trail();
  const unsealed = trail.bench.deps();
  const scan = await trail.bench.store.lastScan(TENANT);
  const switches = await trail.bench.store.switches(TENANT);
  const brokenIn = async (deps: typeof unsealed) => {
    const check = await lookThrough(new TrailWatch(), deps);
    const broken = check === null ? null : check.broken !== null;
    const beside = { tenant: "contoso", now: trail.start, scan, switches, items: [], rotations: [] };
    return metricsOf({ ...beside, broken }).find(({ name }) => name === "nolapse_audit_broken")?.value;
  };
  await trail.write(3);
  expect(await brokenIn(trail.deps)).toBe(0);
  expect(await brokenIn(unsealed)).toBeUndefined();
  trail.tamper("UPDATE audit SET actor = 'nobody' WHERE sequence = 2");
  expect(await brokenIn(trail.deps)).toBe(1);
});
