/** What is said of certificates, however odd: the right remark, clear words, no crash; and nothing of keys that are no client's. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CertificateFacts } from "../../src/core/credentials/certificate.ts";
import { REMARKS, type Remark, remarksOn, sharingOf } from "../../src/core/credentials/certificate-remarks.ts";
import { classify } from "../../src/core/credentials/classify.ts";
import { type Credential, credentialState, type Holder } from "../../src/core/credentials/credential.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { forecast } from "../../src/core/schedule/forecast.ts";
import { DAY, type EpochMs, plus } from "../../src/core/time.ts";
import { anyInstant, certificate, holder, NOW, secret, TENANT } from "./make.ts";

const YEAR = 365 * DAY;
const START = plus(NOW, -30 * DAY);
const END = plus(NOW, 300 * DAY);
const sha = (digit: string, length: number) => digit.repeat(length);

function facts(parts: Partial<CertificateFacts> = {}): CertificateFacts {
  return {
    sha1: sha("a", 40),
    sha256: sha("a", 64),
    subject: "CN=billing",
    issuer: "CN=billing",
    notBefore: START,
    notAfter: END,
    algorithm: "rsa",
    bits: 2048,
    digest: "sha256",
    ...parts,
  };
}

const good = (parts: Partial<Credential> = {}) =>
  certificate("c1", { usage: "verify", start: START, end: END, certificate: facts(), ...parts });
const said = (
  credential: Credential,
  at: Holder = holder({ credentials: [credential] }),
  all: readonly Holder[] = [at],
) => remarksOn(at, credential, sharingOf(all), NOW);

describe("each oddity has its remark, alone", () => {
  const cases: readonly (readonly [Remark, Partial<Credential>])[] = [
    ["expired", { end: plus(NOW, -DAY), certificate: null }],
    ["expired", { end: plus(NOW, -DAY), certificate: facts({ notAfter: plus(NOW, -DAY) }) }],
    ["not-yet-valid", { start: plus(NOW, DAY), certificate: null }],
    ["not-yet-valid", { certificate: facts({ notBefore: plus(NOW, DAY) }) }],
    ["not-rsa", { certificate: facts({ algorithm: "ec", bits: 256 }) }],
    ["not-rsa", { certificate: facts({ algorithm: "other", bits: null }) }],
    ["short-key", { certificate: facts({ bits: 1024 }) }],
    ["sha1-signed", { certificate: facts({ digest: "sha1" }) }],
    ["sha1-signed", { certificate: facts({ digest: "md5" }) }],
    ["long-lived", { start: plus(END, -3 * YEAR), certificate: null }],
    ["long-lived", { certificate: facts({ notBefore: plus(END, -3 * YEAR) }) }],
    ["end-differs", { certificate: facts({ notAfter: plus(END, -5 * DAY) }) }],
    ["unreadable", { certificate: "unreadable" }],
  ];

  test.each(cases)("%s", (remark, parts) => {
    expect(said(good(parts))).toEqual([remark]);
  });

  test("and a good one has none, whether its public part was read or not; nor has a secret", () => {
    expect(said(good())).toEqual([]);
    expect(said(good({ certificate: null }))).toEqual([]);
    expect(said(secret("s1", { end: plus(NOW, -DAY) }))).toEqual([]);
  });
});

describe("the same certificate", () => {
  const other = (parts: Partial<Credential> = {}, appId = "app-2") =>
    holder({ appId, objectId: `${appId}-object`, credentials: [good({ keyId: "c2", ...parts })] });

  test("on several applications is found by its SHA-256, whatever their identifiers say", () => {
    const mine = holder({ credentials: [good({ customKeyIdentifier: null })] });
    const all = [mine, other({ customKeyIdentifier: sha("f", 40) }), other({ certificate: null }, "app-3")];
    expect(remarksOn(mine, mine.credentials[0] as Credential, sharingOf(all), NOW)).toEqual(["shared"]);
    expect(sharingOf(all).applications(mine.credentials[0] as Credential)).toEqual([mine.appId, "app-2"].toSorted());
  });

  test("is found by its thumbprint where public parts were read of one or of none", () => {
    const unread = good({ certificate: null, customKeyIdentifier: sha("a", 40) });
    for (const one of [other(), other({ certificate: null, customKeyIdentifier: sha("a", 40) })]) {
      const mine = holder({ credentials: [unread] });
      expect(remarksOn(mine, unread, sharingOf([mine, one]), NOW)).toEqual(["shared"]);
    }
  });

  test("is not guessed from an identifier that somebody chose, nor from an equal SHA-1 alone", () => {
    const chosen = { certificate: null, customKeyIdentifier: "6d79206b6579" };
    const mine = holder({ credentials: [good(chosen)] });
    expect(said(good(chosen), mine, [mine, other(chosen)])).toEqual([]);
    expect(
      said(good(), holder({ credentials: [good()] }), [other({ certificate: facts({ sha256: sha("b", 64) }) })]),
    ).toEqual([]);
  });

  test("twice on one object is a duplicate; on application and service principal of one client id it is not shared", () => {
    const [one, two] = [good(), good({ keyId: "c2" })];
    const both = holder({ credentials: [one, two] });
    expect([said(one, both), said(two, both)]).toEqual([["duplicate"], ["duplicate"]]);
    const [app, principal] = [holder({ credentials: [one] }), holder({ type: "servicePrincipal", credentials: [two] })];
    expect(said(one, app, [app, principal])).toEqual([]);
  });
});

test("keys that sign SAML tokens and keys that encrypt are never client credentials", () => {
  const pair = { customKeyIdentifier: sha("a", 40), certificate: facts({ algorithm: "ec", bits: 256 }) };
  const [sign, verify] = [
    certificate("k1", { ...pair, usage: "sign" }),
    certificate("k2", { ...pair, usage: "verify" }),
  ];
  const encryption = certificate("k3", { ...pair, usage: "other" });
  const saml = holder({ type: "servicePrincipal", credentials: [sign, verify, encryption] });
  const client = holder({ appId: "app-2", credentials: [good(pair)] });
  for (const one of saml.credentials) {
    expect(classify(saml, one, TENANT).class).toMatch(/^(saml-signing|encryption)$/);
    const remarks = remarksOn(saml, one, sharingOf([saml, client]), NOW);
    expect(remarks.filter((remark) => ["not-rsa", "duplicate", "shared"].includes(remark))).toEqual([]);
  }
  expect(sharingOf([saml, client]).applications(good(pair))).toEqual(["app-2"]);
});

test("a certificate that ends before its entry is due by its own end", () => {
  const policy = completePolicy("default", { renewBefore: 30 * DAY });
  const early = good({ certificate: facts({ notAfter: plus(NOW, 10 * DAY) }) });
  expect(forecast(early, policy, [], NOW)?.dueBecause).not.toBeNull();
  expect(forecast(good(), policy, [], NOW)?.dueBecause).toBeNull();
  expect(forecast(good({ certificate: facts({ notAfter: plus(END, 90 * DAY) }) }), policy, [], NOW)).toEqual(
    forecast(good(), policy, [], NOW),
  );
  expect(credentialState(early, NOW, 30 * DAY)).toBe("expiring");
  expect(credentialState(good({ certificate: facts({ notAfter: plus(NOW, -1) }) }), NOW, DAY)).toBe("expired");
});

const anyText = fc.oneof(fc.string(), fc.constantFrom("", sha("a", 40), sha("a", 64)));
const anyTime = fc.oneof(anyInstant, fc.constantFrom(0 as EpochMs, Number.MAX_SAFE_INTEGER as EpochMs));
const anyFacts: fc.Arbitrary<CertificateFacts> = fc.record({
  sha1: anyText,
  sha256: anyText,
  subject: anyText,
  issuer: anyText,
  notBefore: anyTime,
  notAfter: anyTime,
  algorithm: fc.constantFrom("rsa", "ec", "other"),
  bits: fc.option(fc.integer({ min: -1, max: 20_000 })),
  digest: fc.option(anyText),
});
const anyCredential: fc.Arbitrary<Credential> = fc.record({
  keyId: anyText,
  kind: fc.constantFrom("secret", "certificate"),
  name: fc.option(anyText),
  hint: fc.option(anyText),
  start: fc.option(anyTime),
  end: fc.option(anyTime),
  usage: fc.constantFrom("verify", "sign", "other", null),
  customKeyIdentifier: fc.option(anyText),
  certificate: fc.oneof(fc.constantFrom(null, "unreadable" as const), anyFacts),
});

test("nothing that a directory or a certificate can say makes it throw, and every remark has its sentence", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyCredential, { maxLength: 4 }), { maxLength: 3 }), anyTime, (lists, now) => {
      const holders = lists.map((credentials, index) => holder({ appId: `app-${index}`, credentials }));
      const sharing = sharingOf(holders);
      for (const one of holders) {
        for (const credential of one.credentials) {
          classify(one, credential, TENANT);
          for (const remark of remarksOn(one, credential, sharing, now))
            expect(REMARKS[remark]).toMatch(/^[a-z].*[^.]$/);
        }
      }
    }),
  );
});
