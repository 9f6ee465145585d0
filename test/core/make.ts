/** Builders of core's words for tests: valid by default, each test names only what it is about. */
import fc from "fast-check";
import type { Credential, Holder } from "../../src/core/credentials/credential.ts";
import type { Federated, SignInEvidence } from "../../src/core/credentials/federation.ts";
import type { Probe, ProbeOutcome } from "../../src/core/credentials/sign-in.ts";
import { completePolicy, type PolicyInput } from "../../src/core/policy/policy.ts";
import type { Binding, SlotSettings, TargetSettings, TenantSettings } from "../../src/core/policy/settings.ts";
import { plannedRotation } from "../../src/core/rotation/planned-rotation.ts";
import type { Attempt, Delivery, Issued, MadeCertificate, Rotation } from "../../src/core/rotation/rotation.ts";
import type { UseEvidence } from "../../src/core/rotation/use-evidence.ts";
import { DAY, type EpochMs, epochMs, MINUTE, parseInstant, plus } from "../../src/core/time.ts";

export const TENANT = "3f6c0000-0000-4000-8000-000000000001";
export const APP_ID = "0b0e0000-0000-4000-8000-000000000002";
export const NOW = at("2026-03-01T12:00:00Z");

/** An instant from its ISO text. */
export function at(text: string): EpochMs {
  const instant = parseInstant(text);
  if (instant === null) throw new Error(`not an instant: ${text}`);
  return instant;
}

export function secret(keyId: string, parts: Partial<Credential> = {}): Credential {
  return {
    keyId,
    kind: "secret",
    name: `name of ${keyId}`,
    hint: "abc",
    start: plus(NOW, -100 * DAY),
    end: plus(NOW, 80 * DAY),
    usage: null,
    customKeyIdentifier: null,
    certificate: null,
    ...parts,
  };
}

export function certificate(keyId: string, parts: Partial<Credential> = {}): Credential {
  return secret(keyId, { kind: "certificate", hint: null, usage: "verify", customKeyIdentifier: "ab12", ...parts });
}

export function holder(parts: Partial<Holder> = {}): Holder {
  return {
    type: "application",
    objectId: "11110000-0000-4000-8000-000000000003",
    appId: APP_ID,
    displayName: "Billing API",
    createdAt: plus(NOW, -900 * DAY),
    signInAudience: "AzureADMyOrg",
    tags: [],
    notes: null,
    serviceManagementReference: null,
    servicePrincipalType: null,
    homeTenantId: null,
    signOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    enabled: true,
    locked: false,
    encryptionKeyId: null,
    credentials: [],
    ...parts,
  };
}

export function principal(parts: Partial<Holder> = {}): Holder {
  return holder({ type: "servicePrincipal", servicePrincipalType: "Application", homeTenantId: TENANT, ...parts });
}

export function slot(parts: Partial<SlotSettings> = {}): SlotSettings {
  return { slot: "default", current: null, targets: ["env"], ...parts };
}

export function binding(parts: Partial<Binding> = {}): Binding {
  return { appId: APP_ID, policy: null, slots: [slot()], consumers: "unknown", signIn: null, ...parts };
}

export function settings(parts: Partial<TenantSettings> = {}): TenantSettings {
  return {
    name: "contoso",
    tenantId: TENANT,
    timeZone: "Europe/Amsterdam",
    mode: "enforce",
    authority: "https://login.microsoftonline.com",
    probeScope: "https://graph.microsoft.com/.default",
    acceptance: { successes: 4, over: 5 * MINUTE, window: 30 * MINUTE },
    limits: { issuesPerHour: 60 },
    policies: {},
    choices: [],
    bindings: [],
    exclude: [],
    targets: {},
    ...parts,
  };
}

export function target(reload: TargetSettings["reload"], name = "env"): TargetSettings {
  return { name, type: "env-file", kinds: ["secret"], reload };
}

/** A rotation as it is planned: of the only secret, to one target. */
export function rotation(parts: Partial<Rotation> = {}): Rotation {
  const planned = plannedRotation({
    id: "r1",
    tenant: "contoso",
    tenantId: TENANT,
    holder: { type: "application", objectId: "11110000-0000-4000-8000-000000000003", appId: APP_ID },
    displayName: "Billing API",
    slot: "default",
    kind: "secret",
    replaces: "old",
    replacesKind: "secret",
    replacesName: "name of old",
    replacesEnd: plus(NOW, 10 * DAY),
    reason: "lead-time-reached",
    policy: completePolicy("standard", {}),
    consumersComplete: false,
    targets: ["env"],
    at: NOW,
    approved: false,
  });
  return { ...planned, ...parts };
}

export function delivery(parts: Partial<Delivery> = {}): Delivery {
  return { target: "env", intendedAt: null, receipt: null, verifiedAt: null, assurance: null, ...parts };
}

export function attempt(parts: Partial<Attempt> = {}): Attempt {
  return {
    id: "aaaaaaaaaaaa",
    displayName: "name of old [nolapse:abcd.aaaaaaaaaaaa]",
    end: plus(NOW, 180 * DAY),
    keyIdsBefore: ["old"],
    certificate: null,
    startedAt: NOW,
    outcome: "open",
    reads: [],
    orphan: null,
    ...parts,
  };
}

/** What the log shows of a federated credential that somebody uses, and that has taken the old one's place. */
export function signIns(parts: Partial<SignInEvidence> = {}): SignInEvidence {
  return { readAt: NOW, closed: false, listed: true, lastUse: plus(NOW, -MINUTE), oldUse: null, ...parts };
}

/** What log and report show where everybody has moved over to the new credential. */
export function useEvidence(parts: Partial<UseEvidence> = {}): UseEvidence {
  const since = plus(NOW, -40 * DAY);
  return { readAt: NOW, unread: null, upTo: NOW, since, newUse: plus(NOW, -MINUTE), oldUse: null, ...parts };
}

export function federated(parts: Partial<Federated> = {}): Federated {
  return {
    objectId: "11110000-0000-4000-8000-000000000003",
    name: "nolapse-main",
    issuer: "https://token.example",
    subject: "repo:contoso/billing:ref:refs/heads/main",
    evidence: null,
    ...parts,
  };
}

export function issued(parts: Partial<Issued> = {}): Issued {
  return {
    keyId: "new",
    end: plus(NOW, 180 * DAY),
    hint: "xyz",
    at: NOW,
    fingerprint: "fingerprint of new",
    attempt: "aaaaaaaaaaaa",
    certificate: null,
    ...parts,
  };
}

export function madeCertificate(parts: Partial<MadeCertificate> = {}): MadeCertificate {
  return {
    sha1: "0a".repeat(20),
    sha256: "0b".repeat(32),
    certificate: "-----BEGIN CERTIFICATE-----",
    keyId: "new",
    start: NOW,
    fingerprint: "fingerprint of new",
    ...parts,
  };
}

export function probe(outcome: ProbeOutcome, when: EpochMs, retryAfter: number | null = null): Probe {
  return { outcome, code: null, requestId: null, at: when, retryAfter };
}

/** Lengths of time in days that a policy may or may not accept. */
const days = (most: number) => fc.double({ min: -5, max: most, noNaN: true }).map((count) => count * DAY);
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });

/** Any policy input, sensible or not. */
export const anyPolicyInput: fc.Arbitrary<PolicyInput> = fc.record({
  lifetime: maybe(days(900)),
  maxAge: maybe(days(2000)),
  renewBefore: maybe(days(800)),
  overlap: maybe(days(200)),
  retire: maybe(fc.constantFrom("at-expiry", "after-evidence", "after-overlap", "never")),
  approval: maybe(fc.constantFrom("none", "issue", "retire", "both")),
  custody: maybe(fc.constantFrom("none", "keep")),
  probe: maybe(fc.constantFrom("full", "minimal", "none")),
  priority: maybe(fc.integer({ min: -5, max: 5 })),
  freeze: maybe(fc.constant([{ from: "2026-12-20", to: "2027-01-02", reason: "year end" }])),
  windows: maybe(fc.constant([{ days: ["sat"], from: "22:00", to: "04:00" }] as const)),
});

/** Any policy that {@link completePolicy} accepts. */
export const anyPolicy = anyPolicyInput
  .map((input) => {
    try {
      return completePolicy("any", input);
    } catch {
      return null;
    }
  })
  .filter((policy) => policy !== null);

export const anyReload = fc.oneof(
  fc.constantFrom("start" as const, "hook" as const),
  fc.integer({ min: 0, max: 2 * DAY }),
);
export const anyTargets = fc.array(
  anyReload.map((reload) => target(reload)),
  { maxLength: 4 },
);
export const anyInstant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) }).map((ms) => epochMs(ms));
