/** What every implementation of the port `Certificates` does. Run it against each, the in-memory fake included. */
import { inspect } from "node:util";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import { DAY, type EpochMs, epochMs, plus, SECOND } from "../../src/core/time.ts";
import type { Certificates, NewCertificate } from "../../src/ports/certificates.ts";
import { type MadeCertificate, makeCertificate } from "../support/certificates.ts";

/** One implementation, opened for one test. */
export interface CertificatesBench {
  readonly certificates: Certificates;
  /** Domain time, as the directory has it; about the one the suite was given. */
  now(): Promise<EpochMs>;
  /** An application with these certificates, given in PEM. */
  seed(certificates: readonly string[]): Promise<HolderRef>;
  close(): Promise<void>;
}

const KEY_ID = "11111111-2222-4333-8444-555555555555";

/** `around` is about when the benches' clocks start. */
export function certificatesSuite(name: string, around: EpochMs, open: () => Promise<CertificatesBench>): void {
  describe(`certificates: ${name}`, () => {
    let bench: CertificatesBench;
    let now: EpochMs;
    let old: MadeCertificate;
    let next: MadeCertificate;
    let expired: MadeCertificate;

    beforeAll(async () => {
      const from = around - (around % SECOND) - DAY;
      old = await makeCertificate({ subject: "CN=old", from, to: from + 100 * DAY });
      next = await makeCertificate({ subject: "CN=next", from, to: from + 400 * DAY, algorithm: "second" });
      expired = await makeCertificate({ subject: "CN=expired", from: from - 10 * DAY, to: from });
    });
    beforeEach(async () => {
      bench = await open();
      now = await bench.now();
    });
    afterEach(() => bench.close());

    const added = (parts: Partial<NewCertificate> = {}): NewCertificate => ({
      keyId: KEY_ID,
      displayName: "billing [nolapse:abcd.abcdefgh2345]",
      certificate: next.pem,
      start: now,
      end: plus(now, 90 * DAY),
      ...parts,
    });
    const entries = async (holder: HolderRef) => (await bench.certificates.readCertificates(holder)).entries;
    const subjects = async (holder: HolderRef) =>
      (await entries(holder)).map(({ credential: { certificate } }) =>
        certificate === null || certificate === "unreadable" ? certificate : certificate.subject,
      );
    const raw = async (holder: HolderRef) => (await entries(holder)).map((entry) => entry.raw);

    it("reads every entry with what its public part says, and as it was sent", async () => {
      const holder = await bench.seed([old.pem]);
      const { entries: read, serviceTime } = await bench.certificates.readCertificates(holder);
      expect(serviceTime % SECOND).toBe(0);
      expect(read).toHaveLength(1);
      const [entry] = read;
      expect(entry?.credential).toMatchObject({
        kind: "certificate",
        usage: "verify",
        certificate: { subject: "CN=old", algorithm: "rsa", bits: 2048, digest: "sha256" },
      });
      const sent = JSON.parse(entry?.raw ?? "");
      expect(sent).toMatchObject({ keyId: entry?.credential.keyId, key: old.der.toString("base64") });
      expect(await raw(holder)).toEqual([entry?.raw]);
    });

    it("adds one by proof of possession and removes the other by that of the new one", async () => {
      const holder = await bench.seed([old.pem]);
      const [before] = await entries(holder);
      const outcome = await bench.certificates.addKey(holder, added(), old.value);
      if (outcome.outcome !== "applied") throw outcome.error;
      const both = await entries(holder);
      expect(both).toHaveLength(2);
      expect(both).toContainEqual(before);
      const made = both.find(({ credential }) => credential.keyId === outcome.keyId);
      expect(made?.credential).toMatchObject({
        name: added().displayName,
        start: epochMs(now - (now % SECOND)),
        end: epochMs(plus(now, 90 * DAY) - (now % SECOND)),
        usage: "verify",
        certificate: { subject: "CN=next" },
      });
      const removal = () => bench.certificates.removeKey(holder, before?.credential.keyId ?? "", next.value);
      expect(await removal()).toMatchObject({ outcome: "applied" });
      expect(await subjects(holder)).toEqual(["CN=next"]);
      expect(await removal()).toEqual({ outcome: "no-such-credential" });
    });

    it("refuses a proof by what is not on the object, and by what has ended", async () => {
      const holder = await bench.seed([old.pem]);
      const stranger = await bench.certificates.addKey(holder, added(), next.value);
      expect(stranger).toMatchObject({ outcome: "not-applied", error: { code: "directory-refused" } });
      if (stranger.outcome === "applied") throw new Error("it is refused");
      expect(stranger.error.next).toContain("the copy in the target may not be valid any more");
      const removed = await bench.certificates.removeKey(holder, KEY_ID, expired.value);
      expect(removed).toMatchObject({ outcome: "not-applied", error: { code: "directory-refused" } });
      expect(await subjects(holder)).toEqual(["CN=old"]);
    });

    it("sends nothing with a key that stays elsewhere", async () => {
      const holder = await bench.seed([old.pem]);
      const kept = new CertificateValue({ key: { reference: "vault:x" }, certificate: old.pem, chain: [] });
      const outcome = await bench.certificates.addKey(holder, added(), kept);
      expect(outcome).toMatchObject({ outcome: "not-applied", error: { code: "refused-by-rule" } });
      expect(await subjects(holder)).toEqual(["CN=old"]);
    });

    it("replaces the list: what is kept stays as it was, what is left out goes", async () => {
      const holder = await bench.seed([old.pem, next.pem]);
      const kept = (await raw(holder)).filter((one) => one.includes(next.der.toString("base64")));
      const list = { kept, added: [added({ certificate: old.pem, end: plus(now, 30 * DAY) })] };
      expect(await bench.certificates.replaceCertificates(holder, list)).toMatchObject({ outcome: "applied" });
      const after = await entries(holder);
      expect(after.map((one) => one.raw)).toContain(kept[0]);
      expect(after.find(({ credential }) => credential.keyId === KEY_ID)?.credential).toMatchObject({
        name: added().displayName,
        end: epochMs(plus(now, 30 * DAY) - (now % SECOND)),
        certificate: { subject: "CN=old" },
      });
      expect(after).toHaveLength(2);
      expect(await bench.certificates.replaceCertificates(holder, { kept: [], added: [] })).toMatchObject({
        outcome: "applied",
      });
      expect(await entries(holder)).toEqual([]);
    });

    it("puts back an entry that somebody removed, as it was read", async () => {
      const holder = await bench.seed([old.pem, next.pem]);
      const kept = await raw(holder);
      await bench.certificates.replaceCertificates(holder, { kept: kept.slice(1), added: [] });
      expect(await entries(holder)).toHaveLength(1);
      expect(await bench.certificates.replaceCertificates(holder, { kept, added: [] })).toMatchObject({
        outcome: "applied",
      });
      expect((await raw(holder)).toSorted()).toEqual(kept.toSorted());
    });

    it("refuses an entry that is not as it was read, and one that lasts longer than its certificate", async () => {
      const holder = await bench.seed([old.pem]);
      const before = await raw(holder);
      const altered = before.map((one) => JSON.stringify({ ...JSON.parse(one), displayName: "altered" }));
      for (const list of [
        { kept: altered, added: [] },
        { kept: before, added: [added({ end: plus(now, 500 * DAY) })] },
      ]) {
        const outcome = await bench.certificates.replaceCertificates(holder, list);
        expect(outcome).toMatchObject({ outcome: "not-applied", error: { code: "directory-refused" } });
      }
      expect(await raw(holder)).toEqual(before);
    });

    it("says that an object is absent", async () => {
      const holder = { ...(await bench.seed([old.pem])), objectId: "99999999-9999-4999-8999-999999999999" };
      const absent = { code: "directory-absent" };
      await expect(bench.certificates.readCertificates(holder)).rejects.toMatchObject(absent);
      for (const outcome of [
        await bench.certificates.addKey(holder, added(), old.value),
        await bench.certificates.removeKey(holder, KEY_ID, old.value),
        await bench.certificates.replaceCertificates(holder, { kept: [], added: [added()] }),
      ]) {
        expect(outcome).toMatchObject({ outcome: "not-applied", error: absent });
      }
    });

    it("sends nothing once its signal has aborted", async () => {
      const holder = await bench.seed([old.pem]);
      const signal = AbortSignal.abort(new Error("stopping"));
      const { certificates } = bench;
      await expect(certificates.readCertificates(holder, signal)).rejects.toThrow("stopping");
      await expect(certificates.addKey(holder, added(), old.value, signal)).rejects.toThrow("stopping");
      await expect(certificates.removeKey(holder, KEY_ID, old.value, signal)).rejects.toThrow("stopping");
      await expect(certificates.replaceCertificates(holder, { kept: [], added: [] }, signal)).rejects.toThrow(
        "stopping",
      );
      expect(await subjects(holder)).toEqual(["CN=old"]);
    });

    it("shows nothing of a private key in any outcome", async () => {
      const holder = await bench.seed([old.pem]);
      const outcomes = [
        await bench.certificates.addKey(holder, added(), next.value),
        await bench.certificates.addKey(holder, added(), old.value),
        await bench.certificates.readCertificates(holder),
      ];
      const [, line = ""] = old.value.reveal().split("\n");
      expect(line).toHaveLength(64);
      expect(inspect(outcomes, { depth: 10, showHidden: true }) + JSON.stringify(outcomes)).not.toContain(line);
    });
  });
}
