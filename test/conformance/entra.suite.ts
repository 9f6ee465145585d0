/** What every implementation of the port `Entra` does. Run it against each, the in-memory fake included. */
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Holder, HolderRef, HolderType } from "../../src/core/credentials/credential.ts";
import { formatMarkedName } from "../../src/core/credentials/marker.ts";
import { DAY, type EpochMs, epochMs, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import type { Entra } from "../../src/ports/entra.ts";
import { makeCertificate } from "../support/certificates.ts";

export interface SeededHolder extends HolderRef {
  /** Key ids of the secrets asked for, in the order asked. */
  readonly keyIds: readonly string[];
}

/** One implementation, opened for one test. */
export interface EntraBench {
  readonly entra: Entra;
  /** Domain time, as the directory has it. */
  now(): Promise<EpochMs>;
  seedApplication(seed: {
    readonly displayName: string;
    readonly secrets: readonly { readonly name: string; readonly end: EpochMs }[];
  }): Promise<SeededHolder>;
  /** An application with one certificate, given in PEM. */
  seedCertificate(displayName: string, certificate: string): Promise<HolderRef>;
  /** The service principal of an application seeded before; left out by what has none. */
  seedServicePrincipal?(application: HolderRef): Promise<HolderRef>;
  close(): Promise<void>;
}

async function everyHolder(entra: Entra, type: HolderType): Promise<Holder[]> {
  const found: Holder[] = [];
  let cursor: string | null = null;
  do {
    const page = await entra.page(type, cursor);
    found.push(...page.holders);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

export function entraSuite(name: string, open: () => Promise<EntraBench>): void {
  describe(`entra: ${name}`, () => {
    let bench: EntraBench;
    let now: EpochMs;
    const seed = (displayName = "billing") =>
      bench.seedApplication({
        displayName,
        secrets: [
          { name: "first", end: plus(now, 30 * DAY) },
          { name: "second", end: plus(now, 60 * DAY) },
        ],
      });
    const secretIds = async (holder: HolderRef) =>
      (await bench.entra.read(holder)).holder.credentials.map(({ keyId }) => keyId).sort();

    beforeEach(async () => {
      bench = await open();
      const at = await bench.now();
      now = epochMs(at - (at % SECOND));
    });
    afterEach(() => bench.close());

    it("lists every application with its credentials", async () => {
      const seeded = [await seed("one"), await seed("two"), await seed("three")];
      const found = await everyHolder(bench.entra, "application");
      for (const { objectId, appId, keyIds } of seeded) {
        const holder = found.find((entry) => entry.objectId === objectId);
        expect(holder).toMatchObject({ type: "application", appId, enabled: true, locked: false });
        expect(holder?.credentials.map(({ keyId }) => keyId).sort()).toEqual([...keyIds].sort());
      }
    });

    it("reads one object as it is listed, with the service's own time", async () => {
      const seeded = await seed();
      const reading = await bench.entra.read(seeded);
      const listed = (await everyHolder(bench.entra, "application")).find((one) => one.objectId === seeded.objectId);
      expect(reading.holder).toEqual(listed);
      expect(reading.holder.displayName).toBe("billing");
      expect(Math.abs(reading.serviceTime - now)).toBeLessThan(MINUTE);
      expect(reading.serviceTime % SECOND).toBe(0);
      const first = reading.holder.credentials.find(({ keyId }) => keyId === seeded.keyIds[0]);
      expect(first).toMatchObject({ kind: "secret", name: "first", end: plus(now, 30 * DAY), usage: null });
      expect(first?.hint).toHaveLength(3);
    });

    it("lists and reads service principals", async ({ skip }) => {
      if (bench.seedServicePrincipal === undefined) return skip("it has no service principals");
      const application = await seed();
      const principal = await bench.seedServicePrincipal(application);
      const found = await everyHolder(bench.entra, "servicePrincipal");
      expect(found.find(({ objectId }) => objectId === principal.objectId)).toMatchObject({ appId: application.appId });
      const { holder } = await bench.entra.read(principal);
      expect(holder).toMatchObject({ type: "servicePrincipal", servicePrincipalType: "Application" });
    });

    it("lists what certificates say of themselves, page by page, and nothing of them without being asked", async () => {
      const { pem, der } = await makeCertificate({ subject: "CN=listed", from: now - DAY, to: now + 90 * DAY });
      const seeded = [];
      for (const name of ["one", "two", "three"]) seeded.push(await bench.seedCertificate(name, pem));
      await seed("without");
      const found = [];
      let cursor: string | null = null;
      do {
        const page = await bench.entra.certificatePage("application", cursor);
        found.push(...page.holders);
        cursor = page.next;
      } while (cursor !== null);
      const sha256 = createHash("sha256").update(der).digest("hex");
      for (const { objectId } of seeded) {
        const credentials = found.find((holder) => holder.objectId === objectId)?.credentials;
        expect(credentials).toMatchObject([{ kind: "certificate", certificate: { subject: "CN=listed", sha256 } }]);
        const { holder } = await bench.entra.read({ type: "application", objectId, appId: "" });
        expect(holder.credentials).toMatchObject([{ keyId: credentials?.[0]?.keyId, certificate: null }]);
      }
      expect(found.filter(({ credentials }) => credentials.some(({ kind }) => kind === "secret"))).toEqual([]);
    });

    it("says that an object is absent", async () => {
      const seeded = await seed();
      const ref = { ...seeded, objectId: "99999999-9999-4999-8999-999999999999" };
      await expect(bench.entra.read(ref)).rejects.toMatchObject({ code: "directory-absent" });
      const added = await bench.entra.addSecret(ref, { displayName: "x", end: plus(now, DAY) });
      expect(added).toMatchObject({ outcome: "not-applied", error: { code: "directory-absent" } });
      const removed = await bench.entra.removeSecret(ref, seeded.keyIds[0] ?? "");
      expect(removed).toMatchObject({ outcome: "not-applied", error: { code: "directory-absent" } });
    });

    it("adds a secret with the exact end, beside the others", async () => {
      const seeded = await seed();
      const end = epochMs(plus(now, 180 * DAY) + 789);
      const displayName = formatMarkedName("billing", { instance: "abcd", attempt: "abcdefgh2345" });
      const added = await bench.entra.addSecret(seeded, { displayName, end });
      if (added.outcome !== "applied") throw added.error;
      expect(added.credential).toMatchObject({ kind: "secret", name: displayName, end: epochMs(end - (end % SECOND)) });
      expect(added.value.fitsHint(added.credential.hint ?? "?")).toBe(true);
      expect(inspect(added)).not.toContain(added.value.reveal());
      expect(await secretIds(seeded)).toEqual([...seeded.keyIds, added.credential.keyId].sort());
      const { holder } = await bench.entra.read(seeded);
      const read = holder.credentials.find(({ keyId }) => keyId === added.credential.keyId);
      expect(read).toMatchObject({ name: displayName, end: added.credential.end, hint: added.credential.hint });
    });

    it("makes two secrets when asked twice", async () => {
      const seeded = await seed();
      const secret = { displayName: "again", end: plus(now, DAY) };
      const [one, two] = [await bench.entra.addSecret(seeded, secret), await bench.entra.addSecret(seeded, secret)];
      if (one.outcome !== "applied" || two.outcome !== "applied") throw new Error("both are applied");
      expect(one.credential.keyId).not.toBe(two.credential.keyId);
      expect(one.value.reveal()).not.toBe(two.value.reveal());
      expect(await secretIds(seeded)).toHaveLength(4);
    });

    it("removes exactly the secret named, and says when it is not there", async () => {
      const seeded = await seed();
      const [first = "", second = ""] = seeded.keyIds;
      expect(await bench.entra.removeSecret(seeded, first)).toMatchObject({ outcome: "applied" });
      expect(await secretIds(seeded)).toEqual([second]);
      expect(await bench.entra.removeSecret(seeded, first)).toEqual({ outcome: "no-such-credential" });
      expect(await secretIds(seeded)).toEqual([second]);
    });

    it("sends nothing once its signal has aborted", async () => {
      const seeded = await seed();
      const signal = AbortSignal.abort(new Error("stopping"));
      await expect(bench.entra.read(seeded, signal)).rejects.toThrow("stopping");
      const secret = { displayName: "never", end: plus(now, DAY) };
      await expect(bench.entra.addSecret(seeded, secret, signal)).rejects.toThrow("stopping");
      expect(await secretIds(seeded)).toHaveLength(2);
    });
  });
}
