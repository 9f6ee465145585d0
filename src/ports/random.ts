/** Randomness and ids. */
export interface Random {
  /** A random UUID. */
  uuid(): string;
  /** `length` characters of lower-case base32 (a-z2-7). */
  base32(length: number): string;
}
