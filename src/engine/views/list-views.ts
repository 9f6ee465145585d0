/** Views of a tenant's applications: what people look at most, each with a name. */
import type { NextCode } from "../../core/pictures/outlook.ts";

export const VIEWS = [
  "needs-person",
  "ends-soon",
  "not-managed",
  "ended",
  "renewed-elsewhere",
  "no-credential",
] as const;
export type View = (typeof VIEWS)[number];

/** Those that are what happens next; a person is needed as well where something stops soon that nobody is known to renew, as on the first page. */
export const NEXT_OF: Readonly<Partial<Record<View, readonly NextCode[]>>> = {
  "needs-person": ["stops", "waits-for-approval"],
  "not-managed": ["not-managed"],
  ended: ["ended"],
  "renewed-elsewhere": ["renewed-elsewhere"],
};
