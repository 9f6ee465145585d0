/** What every implementation of the port `Verifier` does. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { SignIn } from "../../src/core/credentials/sign-in.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, plus, SECOND } from "../../src/core/time.ts";
import type { Verifier } from "../../src/ports/verifier.ts";
import { type MadeCertificate, makeCertificate } from "../support/certificates.ts";

export interface VerifierBench {
  readonly verifier: Verifier;
  now(): Promise<EpochMs>;
  /** Moves domain time forward. */
  advance(by: DurationMs): Promise<void>;
  /** An application that can sign in at home with one secret of this end. */
  seed(end: EpochMs): Promise<{ readonly signIn: SignIn; readonly value: SecretValue }>;
  /** The same with one certificate, given in PEM, until this end. */
  seedCertificate(certificate: string, end: EpochMs): Promise<SignIn>;
  close(): Promise<void>;
}

export function verifierSuite(name: string, open: () => Promise<VerifierBench>): void {
  describe(`verifier: ${name}`, () => {
    let bench: VerifierBench;
    const seed = async () => bench.seed(plus(await bench.now(), 30 * DAY));

    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());

    it("is issued a token for a good secret, at domain time", async () => {
      const { signIn, value } = await seed();
      const probe = await bench.verifier.probe(signIn, value);
      expect(probe).toMatchObject({ outcome: "issued", code: null, retryAfter: null });
      expect(Math.abs(probe.at - (await bench.now()))).toBeLessThan(10 * SECOND);
    });

    it("asks anew each time, under an id of its own", async () => {
      const { signIn, value } = await seed();
      const ids = [await bench.verifier.probe(signIn, value), await bench.verifier.probe(signIn, value)].map(
        ({ requestId }) => requestId,
      );
      expect(ids.every((id) => id !== null)).toBe(true);
      expect(new Set(ids).size).toBe(2);
    });

    it("is not authenticated with another value", async () => {
      const { signIn } = await seed();
      const probe = await bench.verifier.probe(signIn, new SecretValue("wrong-value-of-somebody-else"));
      expect(probe).toMatchObject({ outcome: "not-authenticated", code: 7000215 });
    });

    it("is not authenticated after the end", async () => {
      const { signIn, value } = await seed();
      await bench.advance(31 * DAY);
      const probe = await bench.verifier.probe(signIn, value);
      expect(probe).toMatchObject({ outcome: "not-authenticated", code: 7000222 });
    });

    describe("with a certificate", () => {
      let made: MadeCertificate;
      let signIn: SignIn;
      beforeEach(async () => {
        const now = await bench.now();
        const second = now - (now % SECOND);
        made = await makeCertificate({ from: second - DAY, to: second + 60 * DAY });
        signIn = await bench.seedCertificate(made.pem, plus(now, 30 * DAY));
      });
      const kept = (key: CertificateValue["key"]) => new CertificateValue({ key, certificate: made.pem, chain: [] });

      it("is issued a token by its assertion, each time anew", async () => {
        const first = await bench.verifier.probe(signIn, made.value);
        expect(first).toMatchObject({ outcome: "issued", code: null });
        const again = await bench.verifier.probe(signIn, CertificateValue.from(new SecretValue(made.value.reveal())));
        expect(again).toMatchObject({ outcome: "issued" });
        expect(again.requestId).not.toBe(first.requestId);
      });

      it("is not authenticated with one that is not there, with another's key, and after the end", async () => {
        const now = await bench.now();
        const other = await makeCertificate({ from: now - DAY, to: now + 60 * DAY, algorithm: "second" });
        const refused = { outcome: "not-authenticated", code: 700027 };
        expect(await bench.verifier.probe(signIn, other.value)).toMatchObject(refused);
        expect(await bench.verifier.probe(signIn, kept(other.value.key))).toMatchObject(refused);
        await bench.advance(31 * DAY);
        expect(await bench.verifier.probe(signIn, made.value)).toMatchObject(refused);
      });

      it("asks nothing with a key that is kept elsewhere or is not RSA", async () => {
        const now = await bench.now();
        const { value } = await makeCertificate({ from: now - DAY, to: now + DAY, algorithm: "ec" });
        for (const unfit of [value, kept({ reference: "vault:x" })]) {
          await expect(bench.verifier.probe(signIn, unfit)).rejects.toMatchObject({ code: "refused-by-rule" });
        }
      });
    });

    it("is not authenticated as a client nobody knows", async () => {
      const { signIn, value } = await seed();
      const stranger = { ...signIn, clientId: "99999999-9999-4999-8999-999999999999" };
      const probe = await bench.verifier.probe(stranger, value);
      expect(probe).toMatchObject({ outcome: "not-authenticated", code: 700016 });
    });
  });
}
