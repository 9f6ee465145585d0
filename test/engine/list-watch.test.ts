/** The watch over a replaced list: what comes back by itself, what no read has shown, and two replacements in a row. */
import { expect, test } from "vitest";
import { createKeyPool } from "../../src/adapters/issuers/key-pool.ts";
import { createSelfSigned } from "../../src/adapters/issuers/self-signed.ts";
import type { CertificateValue } from "../../src/core/certificate-value.ts";
import type { Rotation } from "../../src/core/rotation.ts";
import { DAY, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import type { Certificates } from "../../src/ports/certificates.ts";
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
