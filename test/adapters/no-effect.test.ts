/** Where nothing may be written nothing is, and what would have been is told without any value. */
import { inspect } from "node:util";
import { expect, it } from "vitest";
import {
  type CertificateEffect,
  createNoEffectCertificates,
  createNoEffectFederation,
  createNoEffectSamlSigning,
} from "../../src/adapters/no-effect/certificates.ts";
import { createNoEffectEntra, type EntraEffect } from "../../src/adapters/no-effect/entra.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import type { Federation } from "../../src/ports/federation.ts";
import { makeCertificate } from "../support/certificates.ts";
import { FakeEntra } from "../support/fake-entra.ts";

const NOW = epochMs(1_780_000_000_000);

it("writes nothing, says so, and reads what is there", async () => {
  const made = await makeCertificate({ from: NOW - DAY, to: NOW + 100 * DAY });
  const fake = new FakeEntra({ now: () => NOW });
  const holder = fake.seed({ secrets: [{ end: plus(NOW, DAY) }], certificates: [{ certificate: made.pem }] });
  const federated = { id: "f", name: "n", issuer: "i", subject: "s", audiences: ["a"] };
  const federation: Federation = {
    list: async () => [federated],
    add: async () => {
      throw new Error("it was written");
    },
  };
  const effects: (CertificateEffect | EntraEffect)[] = [];
  const note = (effect: CertificateEffect | EntraEffect) => void effects.push(effect);
  const entra = createNoEffectEntra(fake, note);
  const certificates = createNoEffectCertificates(fake, note);
  const saml = createNoEffectSamlSigning(note);
  const federate = createNoEffectFederation(federation, note);
  const [keyId = ""] = holder.certificateIds;
  const end = plus(NOW, 90 * DAY);
  const added = { keyId: "new", displayName: "name", certificate: made.pem, start: NOW, end };
  const outcomes = [
    await entra.addSecret(holder, { displayName: "x", end }),
    await entra.removeSecret(holder, holder.keyIds[0] ?? ""),
    await certificates.addKey(holder, added, made.value),
    await certificates.removeKey(holder, keyId, made.value),
    await certificates.replaceCertificates(holder, { kept: [], added: [added] }),
    await saml.addTokenSigningCertificate(holder, { commonName: "x", end }),
    await saml.activate(holder, "00".repeat(20)),
    await federate.add(holder, { ...federated, description: null }),
  ];
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ outcome: "not-applied", error: { code: "refused-by-mode" } });
  }
  expect(fake.calls).toEqual([]);
  expect(effects.map(({ effect }) => effect)).toEqual([
    "add-secret",
    "remove-secret",
    "add-key",
    "remove-key",
    "replace-certificates",
    "add-signing",
    "activate-signing",
    "federate",
  ]);
  expect(effects[4]).toEqual({ effect: "replace-certificates", holder, kept: 0, added: ["name"] });
  expect(inspect(effects, { depth: 10, showHidden: true })).not.toContain("PRIVATE KEY");
  expect((await certificates.readCertificates(holder)).entries).toHaveLength(1);
  expect((await entra.certificatePage("application", null)).holders).toHaveLength(1);
  expect(await federate.list(holder)).toEqual([federated]);
});
