/** A row of a life line, in the API's writing: instants as ISO 8601, nothing outside of the span that was asked for. */
import { z } from "zod";
import type { LifeLineRow, Span } from "../../core/pictures/life-line.ts";
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
};

export function lifeRowJson(
  { segments, proofs: proven, forecast, policy: _, renewed: __, start, end, removedAt, goesAt, ...rest }: LifeLineRow,
  { from, to }: Pick<Span, "from" | "to">,
) {
  // clipped: what lies outside may be an end that nobody can write as a date
  const inside = (at: EpochMs) => formatInstant(epochMs(Math.min(Math.max(at, from), to)));
  return {
    ...rest,
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
