import type { EpochMs } from "../time.ts";

/** Where an application signs in when its credential is tried. */
export interface SignIn {
  /** Origin of the login authority, e.g. `https://login.microsoftonline.com`. */
  readonly authority: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly scope: string;
}

/**
 * What one uncached token request said (design §4.1): a token was issued; the client was authenticated but refused
 * (Conditional Access, no role); it was not authenticated; or nothing can be concluded (throttled, down, unreachable).
 */
export type ProbeOutcome = "issued" | "authenticated-refused" | "not-authenticated" | "inconclusive";

export interface Probe {
  readonly outcome: ProbeOutcome;
  /** The AADSTS number, null when a token was issued or nothing answered. */
  readonly code: number | null;
  /** The service's id for this request, kept so that our own sign-ins never count as anybody's use. */
  readonly requestId: string | null;
  readonly at: EpochMs;
  /** When the service asked us to wait, milliseconds. */
  readonly retryAfter: number | null;
}

/** How strong the proof behind a state is (design §4.1). */
export type Assurance = "token" | "authenticated-blocked" | "consumer-evidence" | "receipt" | "person";
