/** The watch over a replaced list: what comes back by itself, what no read has shown, and two replacements in a row. */
import { expect, test } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { pauseRotation } from "../../src/engine/commands/pause.ts";
import { findLosses } from "../../src/engine/rotation/steps/list-losses.ts";
import type { CertificateReading, Certificates } from "../../src/ports/certificates.ts";
import { START, Workbench } from "../support/workbench.ts";

const other = createSelfSigned("other", createKeyPool("list watch").source("others"));
const span = { notBefore: plus(START, -300 * DAY), notAfter: plus(START, 700 * DAY), keySize: 2048 } as const;
const certificate = async (commonName: string): Promise<CertificateValue> =>
  (await other.issue({ ...span, commonName })).value;

/** An application that has a secret and shall have a certificate. */
function moving(): Workbench {
  const bench = new Workbench({ policy: { kind: "certificate" } });
  const [binding] = bench.settings.bindings;
  if (binding === undefined) throw new Error("no binding");
  const slots = [{ slot: "default", current: "billing 2025", targets: ["billing"] }];
  bench.settings = { ...bench.settings, bindings: [{ ...binding, slots }] };
  bench.target.value = null;
  return bench;
}

const issued = (rotation: Rotation | undefined) => rotation?.state === "issued";
const verified = (rotation: Rotation | undefined) => rotation?.state === "verified";
const unwatched = (rotation: Rotation | undefined) => verified(rotation) && rotation?.listWrite === null;
const own = (rotation: Rotation | undefined) => rotation?.issued?.keyId ?? "";

/** The same, with something done by somebody else right before our list arrives. */
function inTheGap(bench: Workbench, act: () => void): Certificates {
  const { entra } = bench;
  let done = false;
  return {
    readCertificates: (...args) => entra.readCertificates(...args),
    addKey: (...args) => entra.addKey(...args),
    removeKey: (...args) => entra.removeKey(...args),
    replaceCertificates: (...args) => {
      if (!done) act();
      done = true;
      return entra.replaceCertificates(...args);
    },
  };
}

test("an entry that somebody puts back before we do is watched, and the watch has an end", async () => {
  const bench = moving();
  const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
  const raw = (await bench.entra.readCertificates(bench.app)).entries[0]?.raw ?? "";
  await bench.drive(issued);
  bench.entra.otherTool(bench.app, { drop: [kept], add: { certificate: await certificate("new") } });
  await bench.drive((rotation) => rotation?.listLosses[0]?.fate === "lost");
  const { entries } = await bench.entra.readCertificates(bench.app);
  await bench.entra.replaceCertificates(bench.app, { kept: [...entries.map((one) => one.raw), raw], added: [] });
  const rotation = await bench.drive(unwatched);
  expect(rotation.listLosses).toMatchObject([{ keyId: kept, fate: "restored" }]);
  expect(await bench.store.image(rotation.id)).toBeNull();
});

test("our new certificate, dropped before any read has shown it, is sent again as it was", async () => {
  const bench = moving();
  const before = await bench.drive(issued);
  bench.entra.otherTool(bench.app, { drop: [own(before)], add: { certificate: await certificate("new") } });
  const rotation = await bench.drive(unwatched);
  expect(own(rotation)).toBe(own(before));
  expect(rotation.attempts.map(({ outcome }) => outcome)).toEqual(["issued"]);
  expect(rotation.listLosses).toMatchObject([{ keyId: own(before), fate: "restored" }]);
  expect(bench.entra.certificateIds(bench.app)).toContain(own(before));
});

test("a pause does not keep from others what our list has cost them: it is put back, and nothing else is done", async () => {
  const bench = moving();
  const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
  const { id } = await bench.drive(issued);
  bench.entra.otherTool(bench.app, { drop: [kept], add: { certificate: await certificate("new") } });
  await pauseRotation(bench.deps(), id, { actor: "entra:ann", why: "the vault moves" });
  bench.events.length = 0;
  const rotation = await bench.drive((one) => one?.listWrite === null && one.listLosses[0]?.fate === "restored");
  expect(rotation).toMatchObject({ state: "issued", paused: { by: "entra:ann" }, listLosses: [{ keyId: kept }] });
  expect(new Set(bench.events)).toEqual(new Set(["list-read", "list-intended", "list-compared", "waited"]));
  expect(bench.entra.certificateIds(bench.app)).toHaveLength(3);
});

test("what somebody removed in the moment of our write, which put it back, is named", async () => {
  const bench = moving();
  const leaked = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("x"), name: "leaked" } });
  const certificates = inTheGap(bench, () => bench.entra.otherTool(bench.app, { drop: [leaked] }));
  const rotation = await bench.drive(unwatched, 40, { ...bench.deps(), certificates });
  expect(rotation.listLosses).toMatchObject([{ keyId: leaked, name: "leaked", fate: "revived" }]);
});

test("what our first list dropped unseen is named although the log came after a restoration", async () => {
  const bench = moving();
  const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
  const rival = await certificate("in the gap");
  let added = "";
  const certificates = inTheGap(bench, () => {
    added = bench.entra.otherTool(bench.app, { add: { certificate: rival, name: "in the gap" } });
  });
  const deps = { ...bench.deps(), certificates };
  bench.entra.logLag = 5 * MINUTE;
  await bench.drive(issued, 40, deps);
  bench.entra.otherTool(bench.app, { drop: [kept], add: { certificate: await certificate("new") } });
  const rotation = await bench.drive(unwatched, 40, deps);
  expect(rotation.listLosses).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ keyId: kept, fate: "restored" }),
      expect.objectContaining({ keyId: added, name: "in the gap", fate: "unseen" }),
    ]),
  );
});

test("a list that is still watched is not replaced for the next step", async () => {
  const bench = moving();
  const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
  bench.settings = { ...bench.settings, acceptance: { successes: 4, over: 5 * SECOND, window: MINUTE } };
  bench.entra.tokenLag = 10 * DAY;
  await bench.drive((rotation) => (rotation?.listWrite?.reads.length ?? 0) === 1);
  // lost after the first look, and before the withdrawal reads the list anew
  bench.entra.otherTool(bench.app, { drop: [kept], add: { certificate: await certificate("new") } });
  const rotation = await bench.drive((one) => one?.state === "halted" && one.listWrite === null);
  expect(rotation.listLosses).toMatchObject([{ keyId: kept, fate: "restored" }]);
  expect(bench.entra.certificateIds(bench.app)).toContain(kept);
});

/** Reads show what was there at a moment, for so many reads; the lists that are written are told. */
function staleReads(bench: Workbench, lists: (readonly string[])[]) {
  const { entra } = bench;
  let shown: CertificateReading | null = null;
  let left = 0;
  const certificates: Certificates = {
    readCertificates: async (...args) => {
      const real = await entra.readCertificates(...args);
      if (shown === null || left === 0) return real;
      left -= 1;
      return { ...real, entries: shown.entries };
    },
    addKey: (...args) => entra.addKey(...args),
    removeKey: (...args) => entra.removeKey(...args),
    replaceCertificates: async (...args) => {
      const outcome = await entra.replaceCertificates(...args);
      lists.push(entra.certificateIds(bench.app));
      return outcome;
    },
  };
  return {
    certificates,
    freeze: async (reads: number) => {
      shown = await entra.readCertificates(bench.app);
      left = reads;
    },
  };
}

test("reads that are older than a restoration do not make the next list drop our own new certificate", async () => {
  const bench = moving();
  const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
  const lists: (readonly string[])[] = [];
  const { certificates, freeze } = staleReads(bench, lists);
  const deps = { ...bench.deps(), certificates };
  const before = await bench.drive(issued, 40, deps);
  bench.entra.otherTool(bench.app, { drop: [kept, own(before)], add: { certificate: await certificate("new") } });
  // the list as it is now is shown for a while still, also after we have put back what it lost
  await freeze(6);
  const rotation = await bench.drive(unwatched, 80, deps);
  expect(lists.length).toBeGreaterThan(1);
  for (const list of lists) expect(list).toContain(own(before));
  expect(own(rotation)).toBe(own(before));
  expect(bench.entra.certificateIds(bench.app)).toEqual(expect.arrayContaining([kept, own(before)]));
});

test("what the log says that our list dropped is named, though an old read still shows it", () => {
  const losses = findLosses({
    rotation: { attempts: [], issued: null, replaces: "", undo: null, listLosses: [], acceptedAt: null },
    write: {
      at: START,
      added: null,
      removed: null,
      restored: ["a"],
      round: 5,
      since: START,
      began: { added: "ours", removed: null },
      reads: [],
    },
    expected: [{ keyId: "a", raw: "{}" }],
    image: { entries: [{ keyId: "a", raw: "{}" }], lost: [] },
    present: new Set(["a", "theirs"]),
    changes: [
      {
        at: START,
        actor: { kind: "application", id: "we", name: "we" },
        before: [],
        after: [{ keyId: "ours", name: "ours" }],
      },
      {
        at: START,
        actor: { kind: "application", id: "we", name: "we" },
        before: [
          { keyId: "ours", name: "ours" },
          { keyId: "theirs", name: "theirs" },
        ],
        after: [
          { keyId: "ours", name: "ours" },
          { keyId: "a", name: "a" },
        ],
      },
    ],
    last: false,
    at: START,
  });
  expect(losses).toEqual([{ keyId: "theirs", name: "theirs", fate: "unseen", at: START }]);
});

test("what was honoured before a list was written once more does not count towards acceptance", async () => {
  const bench = moving();
  const kept = bench.entra.otherTool(bench.app, { add: { certificate: await certificate("kept"), name: "theirs" } });
  const before = await bench.drive((rotation) => issued(rotation) && (rotation?.probes.length ?? 0) > 0);
  bench.entra.otherTool(bench.app, { drop: [kept], add: { certificate: await certificate("new") } });
  const written = await bench.drive((rotation) => rotation?.listWrite?.round === 1);
  expect(before.probes).not.toEqual([]);
  expect(written).toMatchObject({ state: "issued" });
  expect(written.probes.filter(({ at }) => at < (written.listWrite?.at ?? 0))).toEqual([]);
});
