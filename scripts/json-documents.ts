/** What each command prints with `--json`, as schemas: docs/json is written from them, and tests hold real output to them. */
import { z } from "zod";
import { REMARKS } from "../src/core/credentials/certificate-remarks.ts";
import { ERRORS } from "../src/core/errors.ts";
import { FAULT_KIND_NAMES } from "../src/core/fault-kinds.ts";
import { REASONS } from "../src/core/reasons.ts";

const text = z.string();
const guid = z.string().describe("a GUID");
const instant = z.iso.datetime().describe("ISO 8601, UTC");
const maybeInstant = instant.nullable();
const code = z.enum(Object.keys(REASONS) as [string, ...string[]]).describe("see docs/reasons.md");
const errorCode = z.enum(Object.keys(ERRORS) as [string, ...string[]]).describe("see docs/errors.md");
const state = z.enum(["planned", "issued", "accepted", "delivered", "verified", "retired", "halted", "cancelled"]);
const whole = z.int().nonnegative();

const remark = z.enum(Object.keys(REMARKS) as [string, ...string[]]).describe("what is worth saying of a certificate");

const coverage = z
  .strictObject({ applications: whole, servicePrincipals: whole, complete: z.boolean() })
  .describe("how much of the tenant was seen; when it is not complete, nothing may be concluded from what is missing");

const valuesOf = z.array(z.strictObject({ rotation: guid, keyId: guid.nullable() }));

const row = {
  appId: guid,
  objectId: guid,
  owner: z.enum(["application", "servicePrincipal"]),
  displayName: text,
  keyId: guid,
  kind: z.enum(["secret", "certificate"]),
  credentialName: text.nullable(),
  hint: text.nullable().describe("the first three characters of a client secret, as Graph shows them"),
  start: maybeInstant,
  end: maybeInstant,
  daysLeft: z.int().nullable(),
  state: z.enum(["ok", "expiring", "expired", "not-yet-valid", "unknown"]),
  class: text,
  certificate: z
    .strictObject({
      sha1: text,
      sha256: text,
      subject: text,
      issuer: text,
      notBefore: instant,
      notAfter: instant.describe("the certificate's own; the earlier of it and `end` counts"),
      algorithm: z.enum(["rsa", "ec", "other"]),
      bits: whole.nullable(),
      digest: text.nullable().describe("what its issuer signed with"),
    })
    .nullable()
    .describe(
      "null for secrets, where public parts were not read (scan reads them with --certificates), and where they cannot be",
    ),
  remarks: z.array(remark),
  sharedWith: z.array(guid).describe("client ids of other applications with the same certificate"),
};

const failure = z.strictObject({ code: errorCode, message: text, next: text.nullable(), at: instant }).nullable();
const verdict = z.enum(["do", "wait", "halt", "done"]);

const paused = z
  .array(z.strictObject({ appId: guid, by: text, at: instant, reason: text }))
  .describe("applications to which nothing is done, on a person's word, until nolapse continue");

const drift = z.array(
  z.strictObject({
    appId: guid,
    displayName: text,
    reason: code,
    sentence: text,
    keyId: text,
    target: text.nullable(),
    at: instant,
    by: text.nullable().describe("who, by the directory's audit log; null where it does not say or may not be read"),
  }),
);

const run = z.strictObject({
  tenant: text,
  endedAt: instant,
  coverage: coverage.nullable().describe("null when only named rotations were worked on"),
  opened: whole,
  steps: whole,
  stopped: text.nullable().describe("why everything stands still"),
  loss: text
    .nullable()
    .describe("what the last scan no longer saw, where that holds writing back until nolapse resume"),
  removalOff: text.nullable(),
  breaker: text.nullable(),
  paused,
  nextDue: maybeInstant,
  drift: drift.describe("what changed without Nolapse, as this run's scan noticed it"),
  rotations: z.array(
    z.strictObject({
      id: guid,
      appId: guid,
      displayName: text,
      slot: text,
      state,
      replaces: guid,
      issued: guid.nullable(),
      verdict,
      reason: code,
      sentence: text,
      until: maybeInstant,
      failures: whole,
      lastFailure: failure,
    }),
  ),
});

const futureLapse = z.strictObject({
  appId: guid,
  displayName: text,
  credentialName: text.nullable(),
  at: instant,
  because: code.nullable(),
  sentence: text,
  runs: whole.describe("in how many of the runs"),
});

const hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe("SHA-256, see docs/audit.md");
const place = { tenant: guid, position: whole };
const signature = text.describe("Ed25519, base64url");

const header = z.strictObject({
  kind: z.literal("header"),
  version: z.literal(1),
  tenant: guid,
  exportedAt: instant,
  from: z.strictObject({ position: whole, previous: hash }),
  to: z.strictObject({ position: whole, hash }),
  publicKey: text.describe("Ed25519, base64url"),
  signature,
});
const entry = z.strictObject({
  kind: z.literal("entry"),
  ...place,
  sequence: whole,
  at: instant,
  actor: text,
  action: text,
  rotation: text.nullable(),
  appId: guid.nullable(),
  keyId: text.nullable(),
  reason: code.nullable(),
  request: text.nullable().describe("Graph's request id, where a write was made"),
  keysBefore: z.array(text).nullable(),
  keysAfter: z.array(text).nullable(),
  details: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])),
  previous: hash,
  hash,
});
const checkpoint = z.strictObject({ kind: z.literal("checkpoint"), ...place, hash, at: instant, signature });
const appPolicies = z
  .strictObject({ state: z.enum(["read", "unknown", "not-asked"]), why: text.nullable() })
  .describe("the tenant's app management policies; while they are unknown no refusal of theirs can be foreseen");

/** By the name of the command. */
/** One document, or a list of them where several tenants are configured and none is named. */
function eachTenant<T extends z.ZodType>(one: T) {
  return z.union([one, z.array(one).describe("one for each tenant, where several are configured and none is named")]);
}

export const DOCUMENTS = {
  scan: z.strictObject({
    tenant: guid,
    scannedAt: instant,
    coverage,
    paused,
    credentials: z.array(z.strictObject(row)),
  }),
  plan: z.strictObject({
    tenant: guid,
    madeAt: instant,
    mode: z.enum(["observe", "propose", "enforce"]),
    coverage,
    issuedBy: maybeInstant.describe("when the last successor that is due will have been issued, inside the limits"),
    retiredBy: maybeInstant.describe("when the last of the replaced credentials will have gone by itself"),
    waves: z
      .strictObject({
        issues: z.array(z.strictObject({ day: z.iso.date(), count: whole, urgent: whole, total: whole })),
        retirements: z.array(z.strictObject({ day: z.iso.date(), count: whole, early: whole, total: whole })),
        kept: whole.describe("replaced credentials that go only when a person removes them"),
        awaiting: whole.describe("due ones that a person must let begin"),
      })
      .describe("what each day (UTC) brings if nothing fails; total counts from the first day"),
    appPolicies,
    stopped: text.nullable().describe("why nothing goes on at all, until nolapse resume"),
    loss: text
      .nullable()
      .describe("what the last scan no longer saw, where that holds writing back until nolapse resume"),
    removalOff: text.nullable(),
    breaker: text.nullable().describe("why issuing and retiring wait for nolapse resume"),
    pausedRotations: z
      .array(
        z.strictObject({
          rotation: guid,
          appId: guid,
          displayName: text,
          slot: text,
          state,
          reason: code,
          paused: z.strictObject({ by: text, at: instant, reason: text.nullable() }),
        }),
      )
      .describe(
        "rotations that persons hold, by themselves or with their application; verified ones too, which are no item",
      ),
    items: z.array(
      z.strictObject({
        appId: guid,
        displayName: text,
        slot: text.nullable(),
        keyId: guid.nullable(),
        end: maybeInstant,
        status: z.enum(["due", "in-progress", "cannot", "later"]),
        reason: code,
        sentence: text,
        detail: text.nullable(),
        policy: text.nullable(),
        targets: z.array(text),
        rotateAt: maybeInstant,
        urgentAt: maybeInstant,
        lastSafeAt: maybeInstant,
        startsAt: maybeInstant,
        retiresAt: maybeInstant,
        rotation: guid.nullable(),
        state: state.nullable(),
      }),
    ),
  }),
  explain: z.strictObject({
    tenant: text,
    now: instant,
    coverage,
    appId: guid,
    displayName: text,
    holders: z.array(z.strictObject({ type: row.owner, objectId: guid, appId: guid })),
    drift: drift.describe("of the last 90 days"),
    privileges: z.strictObject({ held: z.array(text), unknown: z.array(text) }),
    appPolicies,
    credentials: z.array(
      z.strictObject({
        ...row,
        status: z.enum(["due", "in-progress", "cannot", "later", "replaced", "successor"]),
        reason: code,
        sentence: text,
        detail: text.nullable(),
        policy: text.nullable(),
        targets: z.array(text),
        ledger: z.enum(["issued", "adopted", "orphan"]).nullable(),
        rotateAt: maybeInstant,
        urgentAt: maybeInstant,
        lastSafeAt: maybeInstant,
      }),
    ),
    rotations: z.array(
      z.strictObject({
        id: guid,
        slot: text,
        state,
        reason: code,
        replaces: guid,
        issued: guid.nullable(),
        verdict,
        because: code,
        until: maybeInstant,
        checks: z.array(
          z.strictObject({
            check: text,
            passed: z.boolean(),
            reason: code.nullable(),
            sentence: text,
            detail: text.nullable(),
          }),
        ),
        lastFailure: failure,
      }),
    ),
  }),
  run: eachTenant(run),
  rotate: run,
  federate: run,
  saml: z.strictObject({
    appId: guid,
    displayName: text,
    objectId: guid.describe("of the service principal"),
    readAt: instant,
    active: text.nullable().describe("SHA-1 of the certificate that signs; null where the directory does not say"),
    chosen: z.boolean().describe("the directory names it; else it is the only one that can sign"),
    metadata: text.describe("the address of the federation metadata"),
    advice: z.enum(["nothing", "renew", "activate", "choose"]),
    certificates: z.array(
      z.strictObject({
        thumbprint: text.nullable().describe("SHA-1, lower-case hex"),
        keyIds: z.array(guid),
        name: text.nullable(),
        start: maybeInstant,
        end: maybeInstant,
        state: row.state,
        hasKey: z.boolean(),
        role: z.enum(["active", "successor", "spare"]),
      }),
    ),
  }),
  demo: z.strictObject({
    applications: whole,
    credentials: whole,
    expired: whole,
    expiring: whole,
    rotated: whole,
    retired: whole,
    halted: whole,
    lapses: whole.describe("identities of the sample applications that failed a sign-in"),
    signIns: z.strictObject({ ok: whole, failed: whole }),
    durationMs: whole,
  }),
  stop: z.strictObject({ stopped: z.literal(true) }),
  resume: z.strictObject({
    resumed: whole,
    forgotten: whole.describe("objects that scans no longer saw"),
    busy: z.array(text),
  }),
  approve: z.strictObject({
    rotation: guid,
    approved: z.enum(["issue", "retire", "both"]),
    by: text,
    confirmed: z.boolean().describe("whether the tenant itself says who it is"),
    left: z.array(z.enum(["issue", "retire"])).describe("what another person must still approve"),
  }),
  cancel: z.strictObject({ rotation: guid, state }),
  pause: z.union([
    z.strictObject({
      rotation: guid,
      state,
      paused: z.strictObject({ by: text, at: instant, reason: text.optional() }),
    }),
    z.strictObject({ appId: guid, paused: z.strictObject({ by: text, at: instant, reason: text }) }),
  ]),
  continue: z.union([
    z.strictObject({ rotation: guid, state, continued: z.boolean().describe("false where it was not paused") }),
    z.strictObject({ appId: guid, continued: z.boolean().describe("false where it was not paused") }),
  ]),
  undo: z.strictObject({
    rotation: guid,
    keyId: guid.nullable(),
    until: maybeInstant.describe("when it is swept"),
    putBack: z.boolean(),
  }),
  deliver: z.strictObject({
    rotation: guid,
    appId: guid,
    keyId: guid.nullable(),
    target: text,
    to: text,
    end: maybeInstant,
    value: text.describe("the secret itself"),
  }),
  delivered: z.strictObject({ rotation: guid, target: text, state }),
  "secret-show": z.strictObject({ appId: guid, keyId: guid.nullable(), value: text.describe("the secret itself") }),
  "secret-forget": z.strictObject({ forgotten: valuesOf, needed: valuesOf, busy: valuesOf }),
  "store-backup": z.strictObject({ file: text }),
  adopt: z.strictObject({
    appId: guid,
    objectId: guid,
    owner: row.owner,
    keyId: guid,
    kind: row.kind,
    end: maybeInstant,
    adoptedAt: instant,
    before: z.boolean().describe("it was adopted before, and nothing was done"),
  }),
  init: z.strictObject({ path: text, tenant: text, tenantId: guid }),
  remove: z.strictObject({
    rotation: text.describe("whose removal it is"),
    appId: guid,
    keyId: guid,
    at: maybeInstant.describe("not before this instant"),
    before: z.boolean().describe("it was asked for before, and nothing was changed"),
    overrules: z.array(z.strictObject({ code: text, detail: text.nullable() })),
  }),
  recover: z.strictObject({
    accepted: z.boolean(),
    unknown: z.array(z.strictObject({ appId: guid, displayName: text, keyId: guid, end: maybeInstant })),
  }),
  "notify-test": z.strictObject({ sent: whole }),
  doctor: eachTenant(
    z.strictObject({
      tenant: text,
      tenantId: text,
      clientId: guid.nullable(),
      writerId: guid.nullable().describe("the second identity, for writes alone"),
      permissions: z.array(text).describe("application permissions in our own token"),
      writerPermissions: z.array(text).nullable().describe("those of the second identity"),
      writesManaged: z.boolean().describe("whether what writes is a managed identity, which has no app registration"),
      userAgents: z.array(text).describe("of the scanner, and of the verifier"),
      checks: z.array(
        z.strictObject({
          area: z.enum([
            "connectivity",
            "clock",
            "sign-in",
            "permissions",
            "quota",
            "targets",
            "issuers",
            "machine",
            "paused",
          ]),
          name: text,
          state: z.enum(["ok", "warn", "failed"]),
          says: text,
          fix: text.nullable().describe("what to type or do"),
          exit: z.literal([0, 4, 6]),
        }),
      ),
    }),
  ),
  "audit-export": z.strictObject({ lines: z.array(z.discriminatedUnion("kind", [header, entry, checkpoint])) }),
  "audit-verify": z.strictObject({
    intact: z.boolean(),
    findings: z.array(
      z.strictObject({
        what: z.enum(["edited", "removed", "inserted", "re-ordered", "unreadable", "signature", "key"]),
        position: whole.nullable(),
        line: whole.nullable().describe("the line of the file, null where it is missing"),
        says: text,
      }),
    ),
    entries: whole,
    checkpoints: whole,
    from: whole.nullable(),
    to: whole.nullable(),
    head: hash.nullable().describe("the hash at `to`"),
    publicKey: text.nullable(),
  }),
  "config-check": z.strictObject({ path: text.nullable(), warnings: z.array(text) }),
  rehearse: z.strictObject({
    tenant: text,
    from: instant,
    until: instant.describe("until when it was lived through; earlier than asked when it was ended early"),
    complete: z.boolean(),
    seed: z.int(),
    runs: whole,
    applications: whole,
    bound: whole.describe("how many of them Nolapse looks after"),
    leftOut: z
      .array(z.strictObject({ reason: code, sentence: text, applications: whole }))
      .describe("why the others are left out, most first"),
    applicationYears: z.number(),
    rotations: z.array(
      z.strictObject({
        appId: guid,
        displayName: text,
        slot: text,
        policy: text,
        plannedAt: instant,
        issuedAt: maybeInstant,
        verifiedAt: maybeInstant,
        retiredAt: maybeInstant,
        state,
      }),
    ),
    issuesPerDay: z.number().nullable().describe("new credentials a day that the configured limit allows"),
    days: z.array(z.strictObject({ day: z.iso.date(), issues: whole, writes: whole, requests: whole })),
    people: z
      .array(z.strictObject({ appId: guid, displayName: text, by: maybeInstant, reason: code, sentence: text }))
      .describe("what needs a person"),
    without: z.array(futureLapse).describe("what stops signing in when nobody does anything"),
    with: z.array(futureLapse).describe("what still stops with Nolapse, and why"),
    findings: z.array(text).describe("faults of Nolapse itself; there should be none"),
    storyHashes: z.array(text).describe("of each run: the same seed and tenant give the same"),
    signIns: whole.describe("sign-ins of the applications, over all runs"),
    crashes: whole.describe("how often Nolapse died in the middle of something, over all runs"),
    faults: z
      .array(
        z.strictObject({
          kind: z.enum(FAULT_KIND_NAMES),
          name: text,
          rate: z.number().describe("the part of the simulated time in which it could be met, from 0 to 1"),
          met: whole,
          answer: text.nullable().describe("what Nolapse does then; null where it was never met"),
        }),
      )
      .describe("what was thrown at it, over all runs"),
  }),
  simulate: z.strictObject({
    seed: z.int(),
    applicationYears: z.number(),
    steps: whole,
    lapses: whole,
    orphans: whole,
    breaks: whole,
    storyHash: text,
  }),
} as const;
