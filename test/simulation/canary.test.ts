/** The canary of the rehearsal sees every kind of private key in the clear, as a whole and in parts, and takes nothing public for one. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { Canary } from "../../src/rehearse/watch/canary.ts";

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBpublic\n-----END CERTIFICATE-----";
const pemOf = (key: KeyObject) => String(key.export({ type: "pkcs8", format: "pem" }));
const KINDS: readonly (readonly [string, () => KeyObject])[] = [
  ["RSA 2048", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ["RSA 4096", () => generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey],
  ...["P-256", "P-384", "P-521"].map(
    (namedCurve) => [`EC ${namedCurve}`, () => generateKeyPairSync("ec", { namedCurve }).privateKey] as const,
  ),
  ["Ed25519", () => generateKeyPairSync("ed25519").privateKey],
];

describe.each(KINDS)("%s", (_, make) => {
  const key = make();
  const pem = pemOf(key);
  const canary = new Canary();
  canary.knows(new CertificateValue({ key: new SecretValue(pem), certificate: CERTIFICATE, chain: [] }));

  test("as a whole", () => {
    expect(canary.quick(`{"key":${JSON.stringify(pem)}}`)).toBe("a private key");
  });

  test("a line of it that holds what is secret", () => {
    const lines = pem.trim().split("\n").slice(1, -1);
    const secret = lines.length > 10 ? lines.slice(8, -1) : lines.slice(0, 2);
    for (const line of secret) expect(canary.thorough(`… ${line} …`)).not.toBe(null);
  });

  test("neither its public part nor its certificate", () => {
    const spki = String(createPublicKey(key).export({ type: "spki", format: "pem" }));
    expect(canary.quick(spki)).toBe(null);
    expect(canary.thorough(`${spki}${CERTIFICATE}`)).toBe(null);
  });

  test("nor another key of its kind by its parts alone", () => {
    const line = pemOf(make()).trim().split("\n").at(-2) ?? "";
    expect(canary.thorough(`… ${line.slice(16)} …`)).toBe(null);
  });
});

test("a client secret by its whole text", () => {
  const canary = new Canary();
  canary.knows(new SecretValue("abc8Q~hello"));
  expect(canary.quick("abc8Q~hello")).toBe("a client secret");
  expect(canary.quick("abc8Q~other")).toBe(null);
});

test("any text of data: the values of properties, their names, and what lists hold", () => {
  const canary = new Canary();
  canary.knows(new SecretValue("abc8Q~hello"));
  const value = "it is abc8Q~hello";
  for (const data of [value, [1, null, value], { one: { two: [value] } }, { [value]: true }])
    expect(canary.within(data)).toBe("a client secret");
  for (const data of ["abc8Q~other", 8, null, undefined, [], { one: undefined, two: ["hello"] }])
    expect(canary.within(data)).toBe(null);
});

test("a key in data, as it stands in a file", () => {
  const pem = pemOf(generateKeyPairSync("ed25519").privateKey);
  const canary = new Canary();
  expect(canary.within({ key: pem })).toBe(null);
  canary.knows(new CertificateValue({ key: new SecretValue(pem), certificate: CERTIFICATE, chain: [] }));
  expect(canary.within({ key: pem })).toBe("a private key");
});
