/** A certificate that a person brings, where the directory is slow to show what was written: it is read until it does. */
import { expect, it } from "vitest";
import { sharingOf } from "../../src/core/credentials/certificate-remarks.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { READ_SCHEDULE } from "../../src/core/schedule/replication.ts";
import { DAY, type DurationMs, MINUTE } from "../../src/core/time.ts";
import { checkUpload, uploadCertificate } from "../../src/engine/commands/upload-certificate.ts";
import type { Deps } from "../../src/engine/deps.ts";
import type { Hand } from "../../src/ports/hand.ts";
import { certificateFacts } from "../../src/x509/facts.ts";
import { makeCertificate } from "../support/certificates.ts";
import { Workbench } from "../support/workbench.ts";

const refuse = async () => {
  throw new Error("nobody registers here");
};
const sharing = sharingOf([]);

async function ready({ readLag, frozen = false }: { readonly readLag: DurationMs; readonly frozen?: boolean }) {
  const bench = new Workbench();
  const { entra, app } = bench;
  const theirs = await makeCertificate({ from: bench.clock.at - DAY, to: bench.clock.at + DAY, algorithm: "second" });
  const others = entra.otherTool(app, { add: { certificate: theirs.pem } });
  const another = await makeCertificate({ from: bench.clock.at - DAY, to: bench.clock.at + DAY, algorithm: "second" });
  const made = await makeCertificate({ from: bench.clock.at - DAY, to: bench.clock.at + 300 * DAY });
  const facts = certificateFacts(made.pem);
  if (facts === null) throw new Error("it cannot be read");
  const brought = { certificate: made.pem, facts };
  const waits: number[] = [];
  const clock: Deps["clock"] = {
    now: async () => bench.clock.at,
    frozen: async () => frozen,
    processNow: () => bench.clock.at,
    wait: async (until) => {
      waits.push(until - bench.clock.at);
      bench.clock.at = until;
    },
  };
  const deps = bench.deps({ clock });
  const after: (() => void)[] = [];
  const certificates: Hand["certificates"] = {
    addKey: refuse,
    removeKey: refuse,
    readCertificates: (...asked) => entra.readCertificates(...asked),
    replaceCertificates: async (...asked) => {
      const outcome = await entra.replaceCertificates(...asked);
      entra.readLag = readLag;
      // the first write alone: what mends it meets nobody
      after.shift()?.();
      return outcome;
    },
  };
  const hand: Hand = { entra, certificates, register: refuse, makePrincipal: refuse };
  const { holder } = await entra.read(app);
  const subject = { holder, sharing, appPolicies: { state: "not-asked" } } as const;
  bench.clock.advance(30 * MINUTE);
  const { look } = await checkUpload(deps, hand, subject, brought);
  bench.clock.advance(MINUTE);
  const upload = (signal?: AbortSignal) =>
    uploadCertificate(deps, hand, subject, look, { brought, description: "theirs", actor: "entra:ann" }, signal);
  const actions = async () =>
    (await bench.store.auditPage(deps.settings.tenantId, { after: 0, limit: 99 })).map(({ action }) => action);
  const told = async () =>
    (await bench.store.auditPage(deps.settings.tenantId, { after: 0, limit: 99 })).at(-1)?.details;
  const image = () => bench.store.image(`upload ${app.objectId}`);
  /** A tool that adds one to a list of before, and so loses an entry of others. */
  const stale = (keyId: string) =>
    entra.otherTool(app, { drop: [keyId], add: { certificate: another.pem, name: "another" } });
  return { bench, others, upload, waits, after, actions, told, image, stale };
}

it("is read until the list shows it, and only then what somebody else's write lost is seen and put back", async () => {
  const { bench, others, upload, waits, after, actions, image, stale } = await ready({ readLag: MINUTE });
  after.push(() => void stale(others));
  const made = await upload();
  expect(made).toMatchObject({ seen: true, restored: [others], missing: [] });
  expect(bench.entra.certificateIds(bench.app)).toHaveLength(3);
  expect(bench.entra.certificateIds(bench.app)).toEqual(expect.arrayContaining([made.keyId, others]));
  // at once, after half a minute and after two, as every other write is read
  expect(waits).toEqual([READ_SCHEDULE[1], (READ_SCHEDULE[2] ?? 0) - (READ_SCHEDULE[1] ?? 0)]);
  expect((await actions()).slice(-2)).toEqual(["certificate-uploaded", "list-restored"]);
  expect(await image()).toBeNull();
});

it("is said not to be seen where the list does not show it within the window, and what the list was like is kept", async () => {
  const { bench, others, upload, waits, actions, told, image } = await ready({ readLag: DAY });
  expect(await upload()).toMatchObject({ seen: false, restored: [] });
  expect(waits.reduce((so, one) => so + one, 0)).toBe(READ_SCHEDULE.at(-1));
  expect((await actions()).at(-1)).toBe("certificate-unseen");
  expect(await told()).toEqual({ keyIds: others, image: `upload ${bench.app.objectId}` });
  expect((await image())?.entries.map(({ keyId }) => keyId)).toEqual([others]);
});

it("goes on reading where one read fails, for it is written", async () => {
  const { bench, upload, after } = await ready({ readLag: 0 });
  after.push(() => bench.entra.fail("readCertificates", { fault: "lost" }));
  expect(await upload()).toMatchObject({ seen: true });
});

it("is waited for by nobody who has been told to end, nor on a clock that stands still", async () => {
  const told = await ready({ readLag: MINUTE });
  expect(await told.upload(AbortSignal.abort())).toMatchObject({ seen: false });
  const still = await ready({ readLag: MINUTE, frozen: true });
  expect(await still.upload()).toMatchObject({ seen: false });
  expect([...told.waits, ...still.waits]).toEqual([]);
});

it("puts nothing back that somebody has removed on purpose meanwhile, and says nothing of it", async () => {
  const { bench, others, upload, after, actions, image } = await ready({ readLag: MINUTE });
  after.push(() => bench.entra.otherTool(bench.app, { drop: [others] }));
  const made = await upload();
  expect(made).toMatchObject({ seen: true, restored: [], missing: [] });
  expect(bench.entra.certificateIds(bench.app)).not.toContain(others);
  expect((await actions()).at(-1)).toBe("certificate-uploaded");
  expect(await image()).toBeNull();
});

it("puts nothing back that the ledger says we have removed", async () => {
  const { bench, others, upload, after, stale } = await ready({ readLag: 0 });
  const { ledger } = bench.store;
  const { type, objectId, appId: client } = bench.app;
  const mine = { origin: "adopted", rotation: null, enteredAt: bench.clock.at } as const;
  bench.store.ledger = async (tenantId, appId) => [
    ...(await ledger.call(bench.store, tenantId, appId)),
    { ...mine, tenantId, holder: { type, objectId, appId: client }, keyId: others, removedAt: bench.clock.at },
  ];
  after.push(() => void stale(others));
  expect(await upload()).toMatchObject({ seen: true, restored: [], missing: [] });
});

it("asks the log until it tells how an entry went, for it comes late", async () => {
  const meant = await ready({ readLag: 0 });
  meant.bench.entra.logLag = 3 * MINUTE;
  meant.after.push(() => meant.bench.entra.otherTool(meant.bench.app, { drop: [meant.others] }));
  expect(await meant.upload()).toMatchObject({ seen: true, restored: [], missing: [] });
  const lost = await ready({ readLag: 0 });
  lost.bench.entra.logLag = 3 * MINUTE;
  lost.after.push(() => void lost.stale(lost.others));
  expect(await lost.upload()).toMatchObject({ seen: true, restored: [lost.others], missing: [] });
  for (const { waits } of [meant, lost]) expect(waits.reduce((so, one) => so + one, 0)).toBe(READ_SCHEDULE[3]);
});

it("names what is missing and keeps its image where the log tells nothing in time, or may not be read", async () => {
  const late = await ready({ readLag: 0 });
  late.bench.entra.logLag = DAY;
  const error = new NolapseError("directory-forbidden", "no permission");
  const closed = await ready({ readLag: 0 });
  closed.bench.entra.fail("credentialChanges", { fault: "error", error }, 100);
  for (const { bench, others, after, upload, actions, told, image } of [late, closed]) {
    after.push(() => bench.entra.otherTool(bench.app, { drop: [others] }));
    expect(await upload()).toMatchObject({ seen: true, restored: [], missing: [others] });
    expect(bench.entra.certificateIds(bench.app)).not.toContain(others);
    expect((await actions()).at(-1)).toBe("list-missing");
    expect(await told()).toEqual({ keyIds: others, image: `upload ${bench.app.objectId}` });
    expect((await image())?.entries.map(({ keyId }) => keyId)).toEqual([others]);
  }
  expect(closed.waits).toEqual([]);
});

it("puts nothing back once everything has been stopped", async () => {
  const { bench, others, upload, after, stale } = await ready({ readLag: 0 });
  const { switches } = bench.store;
  let isStopped = false;
  bench.store.switches = async (tenantId) => ({
    ...(await switches.call(bench.store, tenantId)),
    stopped: isStopped ? { at: bench.clock.at, by: "bob" } : null,
  });
  after.push(() => {
    stale(others);
    isStopped = true;
  });
  expect(await upload()).toMatchObject({ seen: true, restored: [], missing: [others] });
});
