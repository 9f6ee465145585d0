/** The client secrets of one object in memory, for `FakeEntra`. */
import type { Credential } from "../../src/core/credentials/credential.ts";
import type { EpochMs } from "../../src/core/time.ts";

export interface SeedSecret {
  readonly name?: string | null;
  readonly end?: EpochMs | null;
  readonly start?: EpochMs | null;
  readonly value?: string;
  readonly keyId?: string;
}

export interface StoredSecret {
  readonly credential: Credential;
  readonly value: string;
  readonly addedAt: number;
  removedAt: number | null;
}

/** A secret as the directory keeps it; `value` is what nobody asked for another one gets. */
export function storedSecret(seed: SeedSecret, made: { keyId: string; value: string }, addedAt: number): StoredSecret {
  const value = seed.value ?? made.value;
  const credential: Credential = {
    keyId: made.keyId,
    kind: "secret",
    name: seed.name ?? null,
    hint: value.slice(0, 3),
    start: seed.start ?? null,
    end: seed.end ?? null,
    usage: null,
    customKeyIdentifier: null,
    certificate: null,
  };
  return { credential, value, addedAt, removedAt: null };
}

/** The secret that lets a client in, or the AADSTS number of the refusal, as the token endpoint decides it. */
export function secretRefusal(
  value: string,
  known: readonly StoredSecret[],
  now: EpochMs,
): { readonly code: number | null; readonly keyId: string | null } {
  const matches = known.filter((one) => one.value === value);
  const live = matches.find(({ credential: { end } }) => end !== null && end > now);
  const keyId = (live ?? matches[0])?.credential.keyId ?? null;
  return { code: live !== undefined ? null : matches.length === 0 ? 7000215 : 7000222, keyId };
}
