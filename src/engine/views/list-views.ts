/** Views of a tenant's applications: what people look at most, each with a name. */
import type { NextCode } from "../../core/pictures/outlook.ts";
import { DAY, type DurationMs } from "../../core/time.ts";

export const VIEWS = [
  "needs-person",
  "ends-soon",
  "not-managed",
  "ended",
  "renewed-elsewhere",
  "no-credential",
] as const;
export type View = (typeof VIEWS)[number];

/** Those that are what happens next. */
export const NEXT_OF: Readonly<Partial<Record<View, readonly NextCode[]>>> = {
  "needs-person": ["stops", "waits-for-approval"],
  "not-managed": ["not-managed"],
  ended: ["ended"],
  "renewed-elsewhere": ["renewed-elsewhere"],
};

/** What ends within this from now ends soon; the Overview counts the same. */
export const SOON: DurationMs = 30 * DAY;
