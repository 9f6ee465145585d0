/** The two ways an issuer fails: this time, or until a person has mended something. */
import { NolapseError } from "../../core/errors.ts";

/** Nothing that another try could mend. */
export function refused(issuer: string, why: string, next: string, cause?: unknown): NolapseError {
  return new NolapseError("issuer-refused", `issuer ${issuer}: ${why}`, { next, cause });
}

/** May work at the next try. */
export function failed(issuer: string, why: string, next: string, cause?: unknown): NolapseError {
  return new NolapseError("issuer-failed", `issuer ${issuer}: ${why}`, { next, cause });
}

/**
 * Does the work of one certificate; whatever else it throws becomes `issuer-failed`, as the port promises, also when it
 * was called off.
 */
export async function attempt<T>(issuer: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    signal?.throwIfAborted();
    const made = await work();
    signal?.throwIfAborted();
    return made;
  } catch (thrown) {
    if (thrown instanceof NolapseError) throw thrown;
    if (signal?.aborted === true) throw failed(issuer, "it was called off", "nothing was issued; run it again", thrown);
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw failed(issuer, `the certificate could not be made: ${why}`, "nolapse tries again by itself", thrown);
  }
}
