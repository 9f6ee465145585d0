/** What every implementation of the port `Target` does. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { Consignment, Target } from "../../src/ports/target.ts";
import { APP_ID, NOW, TENANT } from "../core/make.ts";

export interface TargetBench {
  /** A place that exists and holds no value yet. */
  readonly target: Target;
  /** Everything the place holds, as bytes would be compared: to see that nothing changed. */
  snapshot(): string;
  /** Takes the place away. */
  remove(): void;
  /** Makes writing impossible; false where the bench cannot. */
  breakWriting(): boolean;
  mendWriting(): void;
  close(): void;
}

export function consignment(value: string, parts: Partial<Consignment> = {}): Consignment {
  return {
    idempotencyKey: `delivery of ${value}`,
    tenantId: TENANT,
    appId: APP_ID,
    keyId: "new",
    end: NOW,
    value: new SecretValue(value),
    ...parts,
  };
}

/** Values as Entra makes them, and worse ones. */
const VALUES = [
  "abc8Q~0123456789-_.~abcdefghijklmnopqrstu",
  "with spaces # and 'quotes'",
  "=~-.$ and `more`",
  "ünïcode",
];

export function targetSuite(name: string, open: () => TargetBench): void {
  describe(`target: ${name}`, () => {
    let bench: TargetBench;
    beforeEach(() => {
      bench = open();
    });
    afterEach(() => bench.close());
    const copy = async () => {
      const found = await bench.target.readBack?.();
      return found?.state === "present" ? found.value.reveal() : found?.state;
    };
    const refused = async (work: Promise<unknown>): Promise<NolapseError> => {
      const thrown: unknown = await work.catch((error: unknown) => error);
      expect(thrown).toBeInstanceOf(NolapseError);
      return thrown as NolapseError;
    };

    it("passes its preflight and changes nothing by it", async () => {
      const before = bench.snapshot();
      await bench.target.preflight();
      expect(bench.snapshot()).toBe(before);
    });

    it("is empty before the first value", async () => {
      expect(await copy()).toBe("empty");
    });

    it.each(VALUES)("gives back what it took: %j", async (value) => {
      await bench.target.deliver(consignment(value));
      expect(await copy()).toBe(value);
      await bench.target.preflight();
    });

    it("holds the newest of several", async () => {
      for (const value of VALUES) await bench.target.deliver(consignment(value));
      expect(await copy()).toBe(VALUES.at(-1));
    });

    it("takes one delivery twice as once", async () => {
      const one = consignment(VALUES[0] ?? "");
      const first = await bench.target.deliver(one);
      const held = bench.snapshot();
      expect(await bench.target.deliver(one)).toEqual(first);
      expect(bench.snapshot()).toBe(held);
    });

    it("says that it is absent when it is, in each of its methods", async () => {
      bench.remove();
      for (const work of [bench.target.preflight(), bench.target.deliver(consignment("x"))]) {
        expect((await refused(work)).code).toBe("target-absent");
      }
    });

    it("keeps the old value whole when writing fails, and quotes none in its error", async ({ skip }) => {
      await bench.target.deliver(consignment("the old value"));
      const held = bench.snapshot();
      if (!bench.breakWriting()) skip("this bench cannot make writing fail");
      const error = await refused(bench.target.deliver(consignment("the new value")));
      bench.mendWriting();
      expect(error.code).toMatch(/^target-(forbidden|failed|absent)$|^disk-full$/);
      expect(inspect(error, { depth: 9 }) + JSON.stringify(error) + error.stack).not.toMatch(/the (old|new) value/);
      expect(bench.snapshot()).toBe(held);
    });
  });
}
