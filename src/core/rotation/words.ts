/** What persons have said of one rotation, as it keeps it. */
import type { Policy } from "../policy/policy.ts";
import type { DurationMs, EpochMs } from "../time.ts";

/** What the person who asked wants the successor to be like. */
export interface Wish {
  /** Its words before the marker. */
  readonly description?: string;
  /** Its end, where that is not the policy's lifetime after it was issued. */
  readonly end?: EpochMs;
}

/** A person's word that nothing more is done of one rotation until somebody lets it go on. */
export interface Paused {
  readonly by: string;
  readonly at: EpochMs;
  readonly reason?: string;
  /** It is its whole application that is held, and goes on with it. */
  readonly application?: true;
}

/** A person's word that nothing more is done to an application until somebody lets it go on. */
export interface ApplicationPause {
  readonly appId: string;
  readonly by: string;
  readonly at: EpochMs;
  readonly reason: string;
}

/** The same with the application's name, where it is known. */
export type NamedPause = ApplicationPause & { readonly displayName?: string };

/** What the configuration says since it was opened, of what has not been done yet. */
export interface RulesNow {
  readonly rules: Pick<Policy, "name" | "approval" | "windows"> & { readonly evidenceWindow: DurationMs };
}
