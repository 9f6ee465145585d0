/** A row of a life line as the API answers it, for the tests of what is drawn and said of it. */
import type { LifeRow } from "../../web/src/lines/life-line.ts";

export const DAY = 86_400_000;
/** The present of these tests. */
export const NOW = Date.parse("2026-11-23T10:42:00Z");

/** So many days after now. */
export const at = (days: number) => new Date(NOW + days * DAY).toISOString();

/** A secret that works, and is renewed in time. */
export const secret = (more: Partial<LifeRow> = {}): LifeRow => ({
  keyId: "6f1e90b4",
  kind: "secret",
  name: "billing-prod",
  hint: "Q7d",
  thumbprint: null,
  origin: "ours",
  current: true,
  signsIn: true,
  start: at(-130),
  end: at(50),
  removedAt: null,
  segments: [
    { from: at(-130), to: at(0), tense: "happened", what: "worked" },
    { from: at(0), to: at(50), tense: "recorded", what: "valid" },
  ],
  proofs: null,
  copies: null,
  assurance: null,
  deadlines: { renew: at(5), urgent: at(39), lastSafe: at(49) },
  rotation: null,
  goesAt: null,
  reason: null,
  sentence: null,
  held: null,
  ...more,
});
