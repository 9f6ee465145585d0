/** Issuer `local-ca`: what its files may hold, and what is refused. */
import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { certificateRequest } from "../conformance/issuer.suite.ts";
import { at } from "../core/make.ts";
import { createAuthority } from "../support/authority.ts";
import { failure, localCa, type Site, site } from "./issuing.ts";

describe("local-ca", () => {
  test("ends no later than the CA", async () => {
    const { place, close } = await site({ to: "2026-04-01T00:00:00Z" });
    onTestFinished(close);
    const { facts } = await localCa(place).issue(certificateRequest());
    expect(facts.notAfter).toBe(at("2026-04-01T00:00:00Z"));
  });

  test("begins no earlier than the CA", async () => {
    const { place, close } = await site({ from: "2026-03-01T12:10:00Z" });
    onTestFinished(close);
    const { facts } = await localCa(place).issue(certificateRequest());
    expect(facts.notBefore).toBe(at("2026-03-01T12:10:00Z"));
  });

  test.each([
    ["PKCS #8", { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "correct horse" }],
    ["the older PEM form", { type: "pkcs1", format: "pem", cipher: "aes-128-cbc", passphrase: "correct horse" }],
  ] as const)("opens an encrypted key in %s with its password, and no other", async (_, encoding) => {
    const { place, ca, close } = await site();
    onTestFinished(close);
    writeFileSync(join(place, "ca.key"), ca.key.export(encoding));
    const { facts } = await localCa(place, { password: () => new SecretValue("correct horse") }).issue(
      certificateRequest(),
    );
    expect(facts.issuer).toBe("CN=Contoso Issuing CA");

    const wrong = await failure(localCa(place, { password: () => new SecretValue("battery staple") }));
    expect(wrong).toMatchObject({ code: "issuer-refused", message: expect.stringContaining("password does not open") });
    expect(inspect(wrong, { depth: 9 })).not.toMatch(/battery|correct horse/);
    expect(await failure(localCa(place))).toMatchObject({
      code: "issuer-refused",
      message: expect.stringMatching(/is encrypted$/),
      next: expect.stringContaining("issuers.house.password"),
    });
    const missing = () => {
      throw new NolapseError("config-reference", "env:CA_PASSWORD has no value", {
        next: "set the variable CA_PASSWORD",
      });
    };
    expect(await failure(localCa(place, { password: missing }))).toMatchObject({
      code: "issuer-refused",
      message: "issuer house: env:CA_PASSWORD has no value",
      next: "set the variable CA_PASSWORD",
    });
  });

  test("takes certificate and key from one file", async () => {
    const { place, ca, root, close } = await site();
    onTestFinished(close);
    const one = join(place, "all.pem");
    writeFileSync(one, ca.keyPem + ca.pem + root.pem);
    const { value } = await localCa(place, { certificate: one, key: one }).issue(certificateRequest());
    expect(value.chain).toEqual([ca.pem, root.pem]);
  });

  test("reads the files anew each time", async () => {
    const { place, close } = await site();
    onTestFinished(close);
    const issuer = localCa(place);
    await issuer.issue(certificateRequest());
    const next = await createAuthority({ name: [{ CN: ["The next CA"] }] });
    writeFileSync(join(place, "ca.pem"), next.pem);
    writeFileSync(join(place, "ca.key"), next.keyPem);
    expect((await issuer.issue(certificateRequest())).facts.issuer).toBe("CN=The next CA");
  });

  test.each<[string, (site: Site) => Promise<void> | void, string, RegExp]>([
    [
      "a certificate that is not a CA's",
      async ({ place, ca }) =>
        writeFileSync(join(place, "ca.pem"), (await createAuthority({ key: ca.key, ca: false })).pem),
      "issuer-refused",
      /is not that of a CA/,
    ],
    [
      "a CA that has expired",
      async ({ place, ca }) =>
        writeFileSync(join(place, "ca.pem"), (await createAuthority({ key: ca.key, to: "2026-03-01T12:30:00Z" })).pem),
      "issuer-refused",
      /has expired: it ends 2026-03-01T12:30:00Z/,
    ],
    [
      "a CA that is not valid yet",
      async ({ place, ca }) =>
        writeFileSync(
          join(place, "ca.pem"),
          (await createAuthority({ key: ca.key, from: "2026-04-01T00:00:00Z" })).pem,
        ),
      "issuer-refused",
      /is not valid yet: it begins 2026-04-01/,
    ],
    [
      "a key that belongs to another certificate",
      ({ place, root }) => writeFileSync(join(place, "ca.key"), root.keyPem),
      "issuer-refused",
      /does not belong to the certificate/,
    ],
    [
      "a chain in the wrong order",
      async ({ place, ca }) => writeFileSync(join(place, "ca.pem"), ca.pem + (await createAuthority()).pem),
      "issuer-refused",
      /out of order: certificate 2 of 2 did not sign/,
    ],
    [
      "a kind of key that cannot sign here",
      async ({ place }) => {
        const { pem, keyPem } = await createAuthority({ key: generateKeyPairSync("ed25519").privateKey });
        writeFileSync(join(place, "ca.pem"), pem);
        writeFileSync(join(place, "ca.key"), keyPem);
      },
      "issuer-refused",
      /is of a kind that cannot sign here/,
    ],
    [
      "a file without a certificate",
      ({ place }) => writeFileSync(join(place, "ca.pem"), "none"),
      "issuer-refused",
      /holds no certificate/,
    ],
    [
      "a file without a key",
      ({ place }) => writeFileSync(join(place, "ca.key"), "none"),
      "issuer-refused",
      /holds no private key/,
    ],
    [
      "a damaged key",
      ({ place }) =>
        writeFileSync(join(place, "ca.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
      "issuer-refused",
      /cannot be read/,
    ],
    [
      "a damaged certificate",
      ({ place }) =>
        writeFileSync(join(place, "ca.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
      "issuer-refused",
      /holds no certificate/,
    ],
    [
      "a certificate that is gone",
      ({ place }) => rmSync(join(place, "ca.pem")),
      "issuer-failed",
      /ca\.pem does not exist/,
    ],
    ["a key that is gone", ({ place }) => rmSync(join(place, "ca.key")), "issuer-failed", /ca\.key does not exist/],
  ])("refuses %s", async (_, spoil, code, why) => {
    const made = await site();
    onTestFinished(made.close);
    await spoil(made);
    expect(await failure(localCa(made.place))).toMatchObject({ code, message: expect.stringMatching(why) });
  });
});
