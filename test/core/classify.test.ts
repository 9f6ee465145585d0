import { describe, expect, test } from "vitest";
import { CLASSES, type Class, classify } from "../../src/core/credentials/classify.ts";
import type { Credential, Holder } from "../../src/core/credentials/credential.ts";
import { REASONS, type ReasonCode } from "../../src/core/reasons.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { certificate, holder, NOW, principal, secret, TENANT } from "./make.ts";

const MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
const OTHER = "99990000-0000-4000-8000-000000000009";
const GUID = "5d1f0000-0000-4000-8000-00000000000a";
const one = secret("k1");
const signing = certificate("sign", { usage: "sign", customKeyIdentifier: "00ff" });
const personal = { signInAudience: "AzureADandPersonalMicrosoftAccount" };

type Case = readonly [what: string, expected: Class, reason: ReasonCode | null, Holder, Credential];

const CASES: readonly Case[] = [
  ["a plain secret", "client-secret", null, holder({ credentials: [one] }), one],
  ["one with a marker", "issued-by-nolapse", null, holder(), secret("k", { name: "api [nolapse:abcd.abcdefgh2345]" })],
  ["one without a name", "unnamed-secret", null, holder(), secret("k", { name: null })],
  ["one with a blank name", "unnamed-secret", null, holder(), secret("k", { name: " " })],
  ["one for a century", "long-lived-secret", null, holder(), secret("k", { end: plus(NOW, 36_500 * DAY) })],
  ["two years less a hundred days to go", "client-secret", null, holder(), secret("k", { end: plus(NOW, 630 * DAY) })],
  ["on our principal of their app", "consented-secret", null, principal({ homeTenantId: OTHER }), one],
  ["on our principal of our app", "client-secret", null, principal({ homeTenantId: TENANT.toUpperCase() }), one],
  ["on a principal of unknown home", "client-secret", null, principal({ homeTenantId: null }), one],
  ["a certificate", "certificate", null, holder(), certificate("k")],
  [
    "a certificate for a century",
    "long-lived-certificate",
    null,
    holder(),
    certificate("k", { end: plus(NOW, 36_500 * DAY) }),
  ],
  [
    "a certificate with a marker",
    "issued-by-nolapse",
    null,
    holder(),
    certificate("k", { name: "api [nolapse:abcd.abcdefgh2345]" }),
  ],
  [
    "a certificate on our principal of their app",
    "consented-certificate",
    null,
    principal({ homeTenantId: OTHER }),
    certificate("k"),
  ],
  [
    "the key that tokens are encrypted to",
    "encryption",
    "encryption",
    holder({ encryptionKeyId: "K" }),
    certificate("k"),
  ],
  ["without an end", "no-end", "no-end", holder(), secret("k", { end: null })],
  ["a signing key", "saml-signing", "saml-signing", principal({ credentials: [signing] }), signing],
  [
    "its public half",
    "saml-signing",
    "saml-signing",
    principal({ credentials: [signing] }),
    certificate("v", { customKeyIdentifier: "00FF" }),
  ],
  [
    "its secret, by identifier",
    "saml-signing",
    "saml-signing",
    principal({ credentials: [signing] }),
    secret("s", { customKeyIdentifier: "00ff" }),
  ],
  ["its secret, by key id", "saml-signing", "saml-signing", principal({ credentials: [signing] }), secret("SIGN")],
  ["a secret beside it", "client-secret", null, principal({ credentials: [signing] }), secret("s")],
  ["an encryption key", "encryption", "encryption", holder(), certificate("k", { usage: "other" })],
  [
    "a managed identity's",
    "managed-identity",
    "platform-managed",
    principal({ servicePrincipalType: "ManagedIdentity" }),
    certificate("k"),
  ],
  ["Microsoft's application", "first-party", "first-party", principal({ homeTenantId: MICROSOFT.toUpperCase() }), one],
  [
    "a locked application's principal",
    "property-locked",
    "property-locked",
    principal({ homeTenantId: OTHER, locked: true }),
    one,
  ],
  ["the locked application itself", "client-secret", null, holder({ locked: true }), one],
  [
    "the sync agent",
    "platform-managed",
    "platform-managed",
    holder({ displayName: "ConnectSyncProvisioning_SRV1_0123" }),
    one,
  ],
  ["the old sync agent", "platform-managed", "platform-managed", holder({ displayName: "Azure AD Connect" }), one],
  ["peer to peer", "platform-managed", "platform-managed", holder({ displayName: "P2P Server" }), one],
  [
    "an application proxy",
    "platform-managed",
    "platform-managed",
    holder({ tags: ["WindowsAzureActiveDirectoryOnPremApp"] }),
    one,
  ],
  [
    "a service connection",
    "platform-managed",
    "platform-managed",
    holder({ displayName: `contoso-My Project-${GUID}` }),
    one,
  ],
  ["a name with only a GUID behind", "client-secret", null, holder({ displayName: `billing-${GUID}` }), one],
  ["tagged terraform", "managed-elsewhere", "managed-elsewhere", holder({ tags: ["Terraform"] }), one],
  ["tagged managed by", "managed-elsewhere", "managed-elsewhere", holder({ tags: ["managed_by: bicep"] }), one],
  ["tagged ManagedBy=Vault", "managed-elsewhere", "managed-elsewhere", holder({ tags: ["ManagedBy=Vault"] }), one],
  [
    "noted",
    "managed-elsewhere",
    "managed-elsewhere",
    holder({ notes: "Do not edit, managed by Terraform (infra repo)" }),
    one,
  ],
  ["a tag that only sounds like it", "client-secret", null, holder({ tags: ["vault", "terraform-training"] }), one],
  ["two on a personal audience", "no-room", "no-room", holder({ ...personal, credentials: [one, secret("k2")] }), one],
  [
    "one on a personal audience",
    "client-secret",
    null,
    holder({ ...personal, credentials: [one, certificate("c")] }),
    one,
  ],
];

describe("classify", () => {
  test.each(CASES)("%s: %s", (_, expected, reason, object, credential) => {
    expect(classify(object, credential, TENANT)).toEqual({ class: expected, reason });
  });

  test("there is a case for every class, and a sentence for every reason", () => {
    expect(new Set(CASES.map((one) => one[1]))).toEqual(new Set(Object.keys(CLASSES)));
    for (const [, , reason] of CASES) expect(reason === null || reason in REASONS).toBe(true);
  });

  test("in Microsoft's own tenant its applications are its own", () => {
    expect(classify(principal({ homeTenantId: MICROSOFT }), one, MICROSOFT).reason).toBeNull();
  });

  test("a hostile name or note costs no time", () => {
    const displayName = `a${"-".repeat(20_000)}`;
    const notes = `managed by ${"managed ".repeat(5_000)}`;
    expect(classify(holder({ displayName: displayName.slice(0, 5_000), notes }), one, TENANT).reason).toBeNull();
  });
});
