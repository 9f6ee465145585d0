/** Which credential a value is of: a secret is known by its text, a certificate by its public part. */
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { TrueCredential } from "../stage/ground.ts";

export class KnownValues {
  readonly #keyIds = new Map<string, string>();

  knows(value: SecretValue, keyId: string): void {
    this.#keyIds.set(nameOf(value), keyId);
  }

  /** Certificates get their key id when they are added. */
  sees(credentials: readonly TrueCredential[]): void {
    for (const { keyId, publicPart } of credentials) if (publicPart !== null) this.#keyIds.set(publicPart, keyId);
  }

  /** Null for a value that nobody ever made. */
  keyIdOf(value: SecretValue): string | null {
    return this.#keyIds.get(nameOf(value)) ?? null;
  }
}

function nameOf(value: SecretValue): string {
  return value instanceof CertificateValue ? value.certificate : value.reveal();
}
