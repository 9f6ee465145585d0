/** What every implementation of the port `Verifier` does. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { SignIn } from "../../src/core/sign-in.ts";
import { DAY, type DurationMs, type EpochMs, plus, SECOND } from "../../src/core/time.ts";
import type { Verifier } from "../../src/ports/verifier.ts";

export interface VerifierBench {
  readonly verifier: Verifier;
  now(): Promise<EpochMs>;
  /** Moves domain time forward. */
  advance(by: DurationMs): Promise<void>;
  /** An application that can sign in at home with one secret of this end. */
  seed(end: EpochMs): Promise<{ readonly signIn: SignIn; readonly value: SecretValue }>;
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

    it("is not authenticated as a client nobody knows", async () => {
      const { signIn, value } = await seed();
      const stranger = { ...signIn, clientId: "99999999-9999-4999-8999-999999999999" };
      const probe = await bench.verifier.probe(stranger, value);
      expect(probe).toMatchObject({ outcome: "not-authenticated", code: 700016 });
    });
  });
}
