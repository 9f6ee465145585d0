import { NolapseError } from "../../core/errors.ts";

/** A reason shorter than this is none; characters. */
export const REASON_LENGTH = 10;

/** What goes into the trail must tell somebody else why, years later. @throws NolapseError `usage`. */
export function requireReason(why: string): void {
  if (why.trim().length >= REASON_LENGTH) return;
  throw new NolapseError("usage", `a reason of at least ${REASON_LENGTH} characters is needed, for the audit trail`, {
    next: 'say why: --reason "the vendor has left; replaced by api 2026"',
  });
}
