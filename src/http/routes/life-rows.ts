/** A row of a life line, in the API's writing: instants as ISO 8601, nothing outside of the span that was asked for. */
import { z } from "zod";
import type { LifeLineRow, Span } from "../../core/pictures/life-line.ts";
import type { Outlook } from "../../core/pictures/outlook.ts";
import { REASONS } from "../../core/reasons.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, epochMs, formatInstant } from "../../core/time.ts";
import { assurance, count, instant, iso, kind, maybe, proofs, reason } from "./shapes.ts";

export const lifeRow = {
  keyId: z.string(),
  kind,
  name: z.string().nullable(),
  hint: z.string().nullable(),
  thumbprint: z.string().nullable(),
  origin: z.enum(["ours", "adopted", "foreign"]),
  current: z.boolean(),
  signsIn: z.boolean(),
  start: maybe,
  end: maybe,
  removedAt: maybe,
  segments: z.array(
    z.strictObject({
      from: instant,
      to: instant,
      tense: z.enum(["happened", "recorded", "forecast"]),
      what: z.enum(["worked", "valid", "overlap", "removed", "ended", "lapse"]),
    }),
  ),
  proofs: proofs.nullable(),
  copies: count.nullable().meta({ description: "the places its value was taken to" }),
  assurance: assurance.nullable(),
  deadlines: z.strictObject({ renew: instant, urgent: instant, lastSafe: instant }).nullable(),
  rotation: z.string().nullable(),
  goesAt: maybe.meta({ description: "when a plan removes it before its own end; a forecast" }),
  reason: reason.nullable(),
  sentence: z.string().nullable().meta({ description: "the same in words" }),
  held: z
    .strictObject({ by: z.enum(["approval", "stop"]), reason, sentence: z.string() })
    .nullable()
    .meta({ description: "what keeps it from being replaced in time, until somebody acts" }),
};

/** What keeps a credential from being replaced, by the outlook of its application. */
export function heldOf(
  { keyId, current, reason: its }: Pick<LifeLineRow, "keyId" | "current" | "reason">,
  { next }: Outlook,
  rotations: readonly Pick<Rotation, "id" | "replaces">[],
): z.input<typeof lifeRow.held> {
  const { code, reason: why, rotation } = next;
  if (why === null || (code !== "stops" && code !== "waits-for-approval")) return null;
  // of several slots the one that is meant: its own reason is the outlook's, but where the mode holds all of them
  const isIt =
    rotation === null
      ? current && (its === why || why === "mode-observe")
      : rotations.some(({ id, replaces }) => id === rotation && replaces === keyId);
  return isIt ? { by: code === "stops" ? "stop" : "approval", reason: why, sentence: REASONS[why] } : null;
}

export function lifeRowJson(
  { segments, proofs: proven, forecast, policy: _, renewed: __, start, end, removedAt, goesAt, ...rest }: LifeLineRow,
  { from, to }: Pick<Span, "from" | "to">,
  held: z.input<typeof lifeRow.held>,
) {
  // clipped: what lies outside may be an end that nobody can write as a date
  const inside = (at: EpochMs) => formatInstant(epochMs(Math.min(Math.max(at, from), to)));
  return {
    ...rest,
    sentence: rest.reason === null ? null : REASONS[rest.reason],
    held,
    start: iso(start),
    end: iso(end),
    removedAt: iso(removedAt),
    goesAt: iso(goesAt),
    segments: segments.map((one) => ({ ...one, from: inside(one.from), to: inside(one.to) })),
    proofs: proven && {
      issued: iso(proven.issued),
      accepted: iso(proven.accepted),
      delivered: iso(proven.delivered),
      verified: iso(proven.verified),
      retired: iso(proven.retired),
    },
    deadlines: forecast && {
      renew: formatInstant(forecast.rotateAt),
      urgent: formatInstant(forecast.urgentAt),
      lastSafe: formatInstant(forecast.lastSafeAt),
    },
  };
}
