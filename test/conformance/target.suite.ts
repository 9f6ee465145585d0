/** What every implementation of the port `Target` does. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import type { Kind } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import type { Consignment, Target } from "../../src/ports/target.ts";
import { APP_ID, NOW, TENANT } from "../core/make.ts";
import { makeCertificate } from "../support/certificate-chain.ts";

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

export function consignment(given: string | SecretValue, parts: Partial<Consignment> = {}): Consignment {
  const value = typeof given === "string" ? new SecretValue(given) : given;
  return {
    idempotencyKey: `delivery of ${value.reveal()}`,
    tenantId: TENANT,
    appId: APP_ID,
    keyId: "new",
    end: NOW,
    value,
    ...parts,
  };
}

interface Sample {
  readonly what: string;
  readonly value: SecretValue;
}

/** Values as Entra makes them, and worse ones. */
const SECRETS = [
  "abc8Q~0123456789-_.~abcdefghijklmnopqrstu",
  "with spaces # and 'quotes'",
  "=~-.$ and `more`",
  "ünïcode",
].map((text): Sample => ({ what: text, value: new SecretValue(text) }));

const CERTIFICATES: Sample[] = [
  { what: "self-signed, RSA", value: await makeCertificate() },
  { what: "self-signed, RSA, another one of the same name", value: await makeCertificate() },
  { what: "with a chain", value: await makeCertificate({ algorithm: "ec", chain: 2 }) },
  { what: "self-signed, on an elliptic curve", value: await makeCertificate({ algorithm: "ec" }) },
];

const SAMPLES: Readonly<Record<Kind, readonly Sample[]>> = { secret: SECRETS, certificate: CERTIFICATES };

/** Runs the suite once for each kind of credential that the target holds. */
export function targetSuite(name: string, open: () => TargetBench): void {
  const bench = open();
  const { kinds } = bench.target;
  bench.close();
  for (const kind of kinds) kindSuite(name, kind, open);
}

function kindSuite(name: string, kind: Kind, open: () => TargetBench): void {
  const samples = SAMPLES[kind];
  const [old, young] = samples as [Sample, Sample];
  describe(`target: ${name}, holding a ${kind}`, () => {
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

    it.each(samples)("gives back what it took: $what", async ({ value }) => {
      await bench.target.deliver(consignment(value));
      expect(await copy()).toBe(value.reveal());
      await bench.target.preflight();
    });

    it("changes nothing by reading", async () => {
      await bench.target.deliver(consignment(old.value));
      const before = bench.snapshot();
      await copy();
      await bench.target.preflight();
      expect(bench.snapshot()).toBe(before);
    });

    it("gives a copy of its kind", async () => {
      await bench.target.deliver(consignment(old.value));
      const found = await bench.target.readBack?.();
      if (found?.state === "present") expect(found.value instanceof CertificateValue).toBe(kind === "certificate");
    });

    it("holds the newest of several", async () => {
      for (const { value } of samples) await bench.target.deliver(consignment(value));
      expect(await copy()).toBe(samples.at(-1)?.value.reveal());
    });

    it("takes one delivery twice as once", async () => {
      const one = consignment(old.value);
      const first = await bench.target.deliver(one);
      const held = bench.snapshot();
      expect(await bench.target.deliver(one)).toEqual(first);
      expect(bench.snapshot()).toBe(held);
    });

    it("says that it is absent when it is, in each of its methods", async () => {
      bench.remove();
      for (const work of [bench.target.preflight(), bench.target.deliver(consignment(old.value))]) {
        expect((await refused(work)).code).toBe("target-absent");
      }
    });

    it("keeps the old value whole when writing fails, and quotes none in its error", async ({ skip }) => {
      await bench.target.deliver(consignment(old.value));
      const held = bench.snapshot();
      if (!bench.breakWriting()) skip("this bench cannot make writing fail");
      const error = await refused(bench.target.deliver(consignment(young.value)));
      bench.mendWriting();
      expect(error.code).toMatch(/^target-(forbidden|failed|absent)$|^disk-full$/);
      const said = inspect(error, { depth: 9 }) + JSON.stringify(error) + error.stack;
      for (const line of [...old.value.reveal().split("\n"), ...young.value.reveal().split("\n")]) {
        if (line !== "") expect(said).not.toContain(line);
      }
      expect(bench.snapshot()).toBe(held);
    });
  });
}
