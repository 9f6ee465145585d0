/** What every implementation of the port `Logs` does. Run it against each, the in-memory fake included. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { HolderRef } from "../../src/core/credentials/credential.ts";
import type { SignIn } from "../../src/core/credentials/sign-in.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import type { Certificates } from "../../src/ports/certificates.ts";
import type { Entra } from "../../src/ports/entra.ts";
import type { Logs } from "../../src/ports/logs.ts";
import type { Verifier } from "../../src/ports/verifier.ts";
import { makeCertificate } from "../support/certificates.ts";

/** One directory with every port, opened for one test; `strangers` is one that may not read logs. */
export interface LogsBench {
  readonly logs: Logs;
  readonly entra: Entra;
  readonly certificates: Certificates;
  readonly verifier: Verifier;
  readonly strangers: Logs;
  /** The client id that writes through `entra` and `certificates`. */
  readonly clientId: string;
  now(): Promise<EpochMs>;
  advance(by: DurationMs): Promise<void>;
  /** An application without credentials, and where it signs in. */
  seed(): Promise<{ readonly holder: HolderRef; readonly signIn: SignIn }>;
  /** Its service principal. */
  principal(holder: HolderRef): Promise<HolderRef>;
  close(): Promise<void>;
}

export function logsSuite(name: string, open: () => Promise<LogsBench>): void {
  describe(`logs: ${name}`, () => {
    let bench: LogsBench;
    let start: EpochMs;
    beforeEach(async () => {
      bench = await open();
      start = await bench.now();
    });
    afterEach(() => bench.close());

    const addSecret = async (holder: HolderRef, displayName: string) => {
      const added = await bench.entra.addSecret(holder, { displayName, end: plus(await bench.now(), 30 * DAY) });
      if (added.outcome !== "applied") throw added.error;
      return { keyId: added.credential.keyId, value: added.value };
    };
    const addCertificate = async (holder: HolderRef, displayName: string) => {
      const now = await bench.now();
      const second = now - (now % SECOND);
      const made = await makeCertificate({ from: second - DAY, to: second + 60 * DAY });
      const keyId = "11111111-2222-4333-8444-555555555555";
      const entry = { keyId, displayName, certificate: made.pem, start: now, end: plus(now, 30 * DAY) };
      const outcome = await bench.certificates.replaceCertificates(holder, { kept: [], added: [entry] });
      if (outcome.outcome !== "applied") throw outcome.error;
      return { keyId, value: made.value };
    };

    it("tells who changed which credential, oldest first, and nothing of what changed nothing", async () => {
      const { holder } = await bench.seed();
      const odd = "a, b = [c] [nolapse:abcd.abcdefgh2345]";
      const one = { keyId: (await addSecret(holder, odd)).keyId, name: odd };
      await bench.advance(HOUR);
      const other = { keyId: (await addCertificate(holder, "a certificate")).keyId, name: "a certificate" };
      await bench.advance(HOUR);
      await bench.entra.removeSecret(holder, one.keyId);
      await bench.entra.removeSecret(holder, one.keyId);
      const changes = await bench.logs.credentialChanges(holder, start);
      const listed = changes.map(({ before, after }) => [before, after]);
      expect(listed).toEqual([
        [[], [one]],
        [[one], expect.arrayContaining([one, other])],
        [expect.arrayContaining([one, other]), [other]],
      ]);
      for (const { actor } of changes) expect(actor).toMatchObject({ kind: "application", id: bench.clientId });
      expect(changes.map(({ at }) => Math.round((at - start) / HOUR))).toEqual([0, 1, 2]);
      const late = await bench.logs.credentialChanges(holder, plus(start, HOUR + MINUTE));
      expect(late).toEqual(changes.slice(2));
    });

    it("tells of this object only, and of service principals in the same way", async () => {
      const { holder } = await bench.seed();
      const principal = await bench.principal(holder);
      const { keyId } = await addSecret(principal, "on the principal");
      await bench.entra.removeSecret(principal, keyId);
      expect(await bench.logs.credentialChanges(holder, start)).toEqual([]);
      const entry = { keyId, name: "on the principal" };
      expect(await bench.logs.credentialChanges(principal, start)).toMatchObject([
        { before: [], after: [entry] },
        { before: [entry], after: [] },
      ]);
    });

    it("tells which credential signed in, and which did not", async () => {
      const { holder, signIn } = await bench.seed();
      const secret = await addSecret(holder, "secret");
      const certificate = await addCertificate(holder, "certificate");
      const requestIds: (string | null)[] = [];
      for (const value of [secret.value, certificate.value, new SecretValue("wrong-value-of-somebody-else")]) {
        requestIds.push((await bench.verifier.probe(signIn, value)).requestId);
        await bench.advance(MINUTE);
      }
      const rows = await bench.logs.signIns(signIn.clientId, start);
      expect(rows).toMatchObject([
        { succeeded: true, keyId: secret.keyId, federatedId: null },
        { succeeded: true, keyId: certificate.keyId, federatedId: null },
        { succeeded: false, keyId: null, federatedId: null },
      ]);
      // by these our own sign-ins are told from everybody else's
      expect(rows.map(({ requestId }) => requestId)).toEqual(requestIds);
      expect(certificate.value).toBeInstanceOf(CertificateValue);
      expect(await bench.logs.signIns(signIn.clientId, plus(start, 2 * MINUTE))).toEqual(rows.slice(2));
      expect(await bench.logs.signIns("99999999-9999-4999-8999-999999999999", start)).toEqual([]);
    });

    it("reports the last success of each credential, by the request that made it", async () => {
      const { holder, signIn } = await bench.seed();
      const [used, unused] = [await addSecret(holder, "used"), await addSecret(holder, "unused")];
      await bench.verifier.probe(signIn, used.value);
      await bench.advance(MINUTE);
      const { requestId } = await bench.verifier.probe(signIn, used.value);
      await bench.verifier.probe(signIn, new SecretValue("wrong-value-of-somebody-else"));
      const { clientId: appId } = signIn;
      const own = (await bench.logs.lastUses(await bench.now())).filter((one) => one.appId === appId);
      const at = (await bench.logs.signIns(appId, start))[1]?.at;
      expect(own).toEqual([{ appId, keyId: used.keyId, at, requestId }]);
      expect(own.some((one) => one.keyId === unused.keyId)).toBe(false);
    });

    it("tells everything, however long the log", async () => {
      const { holder, signIn } = await bench.seed();
      for (let count = 0; count < 60; count += 1) {
        const { keyId } = await addSecret(holder, `number ${count}`);
        await bench.entra.removeSecret(holder, keyId);
        await bench.advance(SECOND);
      }
      const changes = await bench.logs.credentialChanges(holder, start);
      expect(changes).toHaveLength(120);
      const names = changes.flatMap(({ before, after }) => [...before, ...after]).map((one) => one.name);
      expect(names).toEqual([...Array(60).keys()].flatMap((count) => [`number ${count}`, `number ${count}`]));
      const value = new SecretValue("wrong-value-of-somebody-else");
      for (let count = 0; count < 120; count += 1) await bench.verifier.probe(signIn, value);
      expect(await bench.logs.signIns(signIn.clientId, start)).toHaveLength(120);
    });

    it("says that it is forbidden, and gives no empty list", async () => {
      const { holder, signIn } = await bench.seed();
      const forbidden = { code: "directory-forbidden" };
      await expect(bench.strangers.credentialChanges(holder, start)).rejects.toMatchObject(forbidden);
      await expect(bench.strangers.signIns(signIn.clientId, start)).rejects.toMatchObject(forbidden);
      await expect(bench.strangers.lastUses(start)).rejects.toMatchObject(forbidden);
    });

    it("asks nothing once its signal has aborted", async () => {
      const { holder, signIn } = await bench.seed();
      const signal = AbortSignal.abort(new Error("stopping"));
      await expect(bench.logs.credentialChanges(holder, start, signal)).rejects.toThrow("stopping");
      await expect(bench.logs.signIns(signIn.clientId, start, signal)).rejects.toThrow("stopping");
    });
  });
}
