/** What every implementation of the port `Sealer` does. */
import { beforeEach, describe, expect, it } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { SealContext, Sealer } from "../../src/ports/sealer.ts";

const CONTEXT: SealContext = { tenantId: "tenant", appId: "app", keyId: "key" };

export interface SealerBench {
  readonly sealer: Sealer;
  /** The same keys, opened again after a new one was put first. */
  roll(): Promise<Sealer>;
  /** The keys lie elsewhere, so that a sealer opened before a roll knows what was rolled after it. */
  readonly followsRolls?: boolean;
  /** Keys of somebody else. */
  stranger(): Promise<Sealer>;
}

export function sealerSuite(name: string, open: () => Promise<SealerBench>): void {
  describe(`sealer: ${name}`, () => {
    let bench: SealerBench;
    beforeEach(async () => {
      bench = await open();
    });
    const value = new SecretValue("the canary value ~ü");
    const wrong = { code: "seal-key-wrong" };

    it("opens what it sealed, and shows nothing of it before", async () => {
      const sealed = await bench.sealer.seal(value, CONTEXT);
      expect(Buffer.from(sealed).includes("canary")).toBe(false);
      for (const part of sealed.split(".")) expect(Buffer.from(part, "base64url").includes("canary")).toBe(false);
      expect((await bench.sealer.open(sealed, CONTEXT)).reveal()).toBe(value.reveal());
    });

    it("never seals the same way twice", async () => {
      const sealed = [await bench.sealer.seal(value, CONTEXT), await bench.sealer.seal(value, CONTEXT)];
      expect(new Set(sealed).size).toBe(2);
    });

    it.each(["tenantId", "appId", "keyId"] as const)("refuses one that belongs to another %s", async (part) => {
      const sealed = await bench.sealer.seal(value, CONTEXT);
      await expect(bench.sealer.open(sealed, { ...CONTEXT, [part]: "other" })).rejects.toMatchObject(wrong);
    });

    it("refuses one that was altered anywhere", async () => {
      const sealed = await bench.sealer.seal(value, CONTEXT);
      for (let at = 0; at < sealed.length; at += 7) {
        const other = sealed[at] === "A" ? "B" : "A";
        const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
        await expect(bench.sealer.open(altered, CONTEXT), `at ${at}`).rejects.toMatchObject(wrong);
      }
      await expect(bench.sealer.open("", CONTEXT)).rejects.toMatchObject(wrong);
    });

    it("refuses what somebody else sealed", async () => {
      const sealed = await (await bench.stranger()).seal(value, CONTEXT);
      await expect(bench.sealer.open(sealed, CONTEXT)).rejects.toMatchObject(wrong);
    });

    it("opens old seals after its key was rolled, seals with the new key, and compares as before", async () => {
      const sealed = await bench.sealer.seal(value, CONTEXT);
      const print = await bench.sealer.fingerprint(value);
      const rolled = await bench.roll();
      expect((await rolled.open(sealed, CONTEXT)).reveal()).toBe(value.reveal());
      const sealedAfter = await rolled.seal(value, CONTEXT);
      if (bench.followsRolls === true) {
        expect((await bench.sealer.open(sealedAfter, CONTEXT)).reveal()).toBe(value.reveal());
      } else await expect(bench.sealer.open(sealedAfter, CONTEXT)).rejects.toMatchObject(wrong);
      expect(await rolled.fingerprint(value)).toBe(print);
    });

    it("has a fingerprint that tells values apart and is worth nothing without the key", async () => {
      const print = await bench.sealer.fingerprint(value);
      expect(await bench.sealer.fingerprint(new SecretValue(value.reveal()))).toBe(print);
      expect(await bench.sealer.fingerprint(new SecretValue("another value"))).not.toBe(print);
      expect(await (await bench.stranger()).fingerprint(value)).not.toBe(print);
    });
  });
}
