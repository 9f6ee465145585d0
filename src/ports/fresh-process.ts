import type { HolderRef } from "../core/credentials/credential.ts";

/** What a fresh process found: the sealer's keyed digest of the credential it signed in with, never the credential. */
export interface FreshReading {
  readonly fingerprint: string;
}

/**
 * The same program, started anew with the same configuration: it reads its credential from where it is kept now, signs in
 * with it and reads one object of the directory. It proves what no running process can, because one keeps tokens and values
 * from earlier.
 */
export interface FreshProcess {
  /** @throws NolapseError when it could not be started, or could not sign in, or could not read the object. */
  read(holder: HolderRef, signal?: AbortSignal): Promise<FreshReading>;
}
