/** Pieces that answers are made of. Instants are ISO 8601 UTC. */
import { z } from "zod";
import type { Assurance } from "../../core/credentials/sign-in.ts";
import { NEXT, type NextCode, type Outlook } from "../../core/pictures/outlook.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import type { Rotation, RotationState } from "../../core/rotation/rotation.ts";
import type { Paused } from "../../core/rotation/words.ts";
import { type EpochMs, formatInstant } from "../../core/time.ts";
import { REASON_LENGTH } from "../../engine/commands/stated-reason.ts";
import type { Scan } from "../../engine/scan/discover.ts";
import type { Tenant } from "../tenant.ts";

export const instant = z.iso.datetime();
export const maybe = instant.nullable();
export const reason = z.enum(Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]);
/** A person's own words for the trail, where none are demanded. */
export const why = z.string().trim().min(1).max(500).optional().meta({ description: "for the trail" });
/** The same where they are. */
export const stated = z
  .string()
  .trim()
  .min(REASON_LENGTH, `a reason of at least ${REASON_LENGTH} characters`)
  .max(500)
  .meta({ description: "for the trail and for whoever asks why" });
export const count = z.int().nonnegative();
export const STATES = [
  "planned",
  "issued",
  "accepted",
  "delivered",
  "verified",
  "retired",
  "halted",
  "cancelled",
] as const;
export const state = z.enum(STATES satisfies readonly RotationState[]);
/** Who holds a rotation or an application, since when, and why where he said so. */
export const paused = z.strictObject({ by: z.string(), at: instant, reason: z.string().nullable() });
export const pausedRotation = paused.extend({
  application: z.boolean().meta({ description: "all of its application is paused, and goes on with it" }),
});

export function pausedJson({ paused: held }: Pick<Rotation, "paused">): z.input<typeof pausedRotation> | null {
  return held === undefined ? null : { ...heldJson(held), application: held.application === true };
}

export function heldJson({ by, at, reason: because }: Paused): z.input<typeof paused> {
  return { by, at: formatInstant(at), reason: because ?? null };
}

export const kind = z.enum(["secret", "certificate"]);
export const holderType = z.enum(["application", "servicePrincipal"]);
/** Ids as Entra and we make them: nothing that means something in a path. */
export const id = z.string().regex(/^[\w.~-]{1,100}$/, "an id");

export const coverage = z
  .strictObject({
    scannedAt: maybe,
    complete: z.boolean(),
    applications: count,
    servicePrincipals: count,
    failures: z.array(z.string()),
    missed: z
      .strictObject({ at: instant, why: z.string(), next: z.string().nullable() })
      .nullable()
      .meta({ description: "the look at the tenant after that, where it failed; it is tried again" }),
  })
  .meta({
    id: "Coverage",
    description: "how much of the tenant was seen; where it is not complete, nothing follows from what is missing",
  });

/** An application beside its client id. */
export const named = { objectId: z.string(), displayName: z.string() };

/** As the last scan saw it; null where it saw none. */
export function namedIn({ picture }: Tenant, appId: string): z.input<z.ZodObject<typeof named>> | null {
  const found = picture?.find(appId) ?? null;
  return found && { objectId: found.objectId, displayName: found.displayName };
}

/** What stands in every answer about a tenant: the server's now, and what the last scan saw. */
export const scope = { now: instant, coverage };

export async function scopeOf(tenant: Tenant): Promise<{ now: string; coverage: z.input<typeof coverage> }> {
  return { now: formatInstant(await tenant.deps.clock.now()), coverage: coverageOf(tenant) };
}

type Covered = z.input<typeof coverage>;
/** Of a scan, where none has failed since: the same for each who asks. */
const covered = new WeakMap<Scan, Covered>();

function coverageOf({ picture, missed }: Tenant): Covered {
  if (picture === null || missed !== null) return coverageAnew(picture, missed);
  const known = covered.get(picture.scan);
  if (known !== undefined) return known;
  const made = coverageAnew(picture, null);
  covered.set(picture.scan, made);
  return made;
}

function coverageAnew(picture: Tenant["picture"], last: Tenant["missed"]): Covered {
  const missed = last && { at: formatInstant(last.at), why: last.error.message, next: last.error.next };
  if (picture === null)
    return { scannedAt: null, complete: false, applications: 0, servicePrincipals: 0, failures: [], missed };
  const { scan } = picture;
  return {
    scannedAt: formatInstant(scan.scannedAt),
    ...scan.coverage,
    missed,
    failures: scan.failures.map(({ what, error }) => `${what}: ${error.message}`),
  };
}

/** When each step of the rotation that issued a credential was proven. */
export const proofs = z.strictObject({
  issued: maybe,
  accepted: maybe,
  delivered: maybe,
  verified: maybe,
  retired: maybe,
});

export const assurance = z.enum([
  "token",
  "authenticated-blocked",
  "consumer-evidence",
  "receipt",
  "person",
] as const satisfies readonly Assurance[]);

/** ISO 8601, null kept. */
export function iso(at: EpochMs | null | undefined): string | null {
  return at == null ? null : formatInstant(at);
}

export const outlook = {
  signsIn: z.boolean(),
  signsInUntil: maybe,
  next: z.strictObject({
    code: z.enum(Object.keys(NEXT) as [NextCode, ...NextCode[]]),
    sentence: z.string(),
    at: maybe,
    reason: reason.nullable(),
    because: z.string().nullable(),
    rotation: z.string().nullable(),
  }),
};

export function outlookJson({ signsIn, signsInUntil, next }: Outlook) {
  return {
    signsIn,
    signsInUntil: iso(signsInUntil),
    next: {
      code: next.code,
      sentence: NEXT[next.code],
      at: iso(next.at),
      reason: next.reason,
      because: next.reason === null ? null : REASONS[next.reason],
      rotation: next.rotation,
    },
  };
}
