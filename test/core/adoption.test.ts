/** What may be adopted: whatever Nolapse leaves alone stays so, and what it has already is no news. */
import { describe, expect, test } from "vitest";
import { type AdoptionFacts, judgeAdoption, removalByHand } from "../../src/core/credentials/adoption.ts";
import type { Credential, Holder } from "../../src/core/credentials/credential.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { certificate, holder, NOW, principal, secret, TENANT } from "./make.ts";

const one = secret("k1");
const entry = { origin: "adopted", enteredAt: plus(NOW, -DAY), removedAt: null } as const;

function facts(its: Credential = one, on: Holder = holder(), more: Partial<AdoptionFacts> = {}): AdoptionFacts {
  const { credentials } = on;
  const listed = credentials.includes(its) ? on : { ...on, credentials: [...credentials, its] };
  const base = { tenantId: TENANT, excluded: false, entry: null, mark: null, now: NOW };
  return { ...base, holder: listed, credential: its, ...more };
}

describe("may be adopted", () => {
  test.each<[string, AdoptionFacts]>([
    ["a client secret that somebody else made", facts()],
    ["a certificate", facts(certificate("c1"))],
    ["one on a service principal of an application from elsewhere", facts(one, principal({ homeTenantId: "other" }))],
    ["one that is valid later", facts(secret("k1", { start: plus(NOW, DAY) }))],
    ["one that another Nolapse has marked", facts(secret("k1", { name: "api [nolapse:zzzz.abcdefgh2345]" }))],
    [
      "the second of two where there is no room for a third",
      facts(one, holder({ signInAudience: "PersonalMicrosoftAccount", credentials: [secret("k0")] })),
    ],
  ])("%s", (_, given) => expect(judgeAdoption(given)).toEqual({ answer: "adopt" }));
});

test("what was adopted before is no news", () => {
  expect(judgeAdoption(facts(one, holder(), { entry }))).toEqual({ answer: "adopted", since: entry.enteredAt });
  // as it was when it was adopted: what it has become since changes nothing about the word that was given
  expect(judgeAdoption(facts(secret("k1", { end: NOW }), holder(), { entry }))).toMatchObject({ answer: "adopted" });
});

describe("is refused, with the way out", () => {
  const SIGNING = certificate("s1", { usage: "sign", customKeyIdentifier: "00ff" });
  test.each<[string, AdoptionFacts, RegExp, RegExp]>([
    ["what Nolapse made", facts(one, holder(), { entry: { ...entry, origin: "issued" } }), /own already/, /explain/],
    ["an orphan", facts(one, holder(), { entry: { ...entry, origin: "orphan" } }), /is being removed/, /explain/],
    [
      "what was seen removed",
      facts(one, holder(), { entry: { ...entry, removedAt: NOW } }),
      /an old one/,
      /quarter of an hour/,
    ],
    ["a SAML signing key", facts(SIGNING, principal()), /\[saml-signing\]/, /nolapse saml/],
    [
      "the secret that belongs to one",
      facts(secret("s2", { customKeyIdentifier: "00ff" }), principal({ credentials: [SIGNING] })),
      /\[saml-signing\]/,
      /nolapse saml/,
    ],
    ["an encryption key", facts(certificate("e1", { usage: "other" })), /\[encryption\]/, /leave it/],
    [
      "a managed identity's",
      facts(one, principal({ servicePrincipalType: "ManagedIdentity" })),
      /\[platform-managed\]/,
      /leave it/,
    ],
    [
      "one on an application of Microsoft",
      facts(one, principal({ homeTenantId: "f8cdef31-a31e-4b4a-93e4-5f571e91255a" })),
      /\[first-party\]/,
      /leave it/,
    ],
    ["one that is locked", facts(one, principal({ locked: true })), /\[property-locked\]/, /leave it/],
    [
      "what another tool manages",
      facts(one, holder({ tags: ["terraform"] })),
      /\[managed-elsewhere\]/,
      /tag or note off/,
    ],
    ["what the configuration excludes", facts(one, holder(), { excluded: true }), /\[excluded\]/, /take it out/],
    ["one without an end", facts(secret("k1", { end: null })), /\[no-end\]/, /az ad app credential delete/],
    ["one that has ended", facts(secret("k1", { end: NOW })), /it ended on 2026-03-01/, /--key-id k1$/],
    ["our own mark of what the store does not know", facts(one, holder(), { mark: "unknown" }), /older/, /recover/],
    ["what may be a lost answer's", facts(one, holder(), { mark: "awaited" }), /looking for/, /explain/],
  ])("%s", (_, given, why, next) =>
    expect(judgeAdoption(given)).toEqual({
      answer: "refused",
      why: expect.stringMatching(why),
      next: expect.stringMatching(next),
    }),
  );
});

test("what a person types to remove one himself fits its object and its kind", () => {
  const { appId, objectId } = holder();
  expect(removalByHand(holder(), one)).toBe(`az ad app credential delete --id ${appId} --key-id k1`);
  expect(removalByHand(principal(), certificate("c"))).toBe(
    `az ad sp credential delete --id ${objectId} --key-id c --cert`,
  );
});
