/** What a rehearsal knows of sealed values: which credential the seal of each rotation is of, and whether it had to be. */
import type { Change } from "../../ports/store.ts";

export class SealBooks {
  /** The key id, or SHA-256 of the certificate, that the last seal of each rotation is of; null once it is erased. */
  readonly #of = new Map<string, string | null>();
  readonly #ever = new Set<string>();

  committed({ rotation, seal, erase }: Change): void {
    if (erase === true) this.#of.set(rotation.id, null);
    if (seal === undefined) return;
    this.#of.set(rotation.id, seal.keyId);
    this.#ever.add(seal.keyId);
  }

  /** Whether the key of this certificate (SHA-256) was ever sealed. */
  had(sha256: string | undefined): boolean {
    return sha256 !== undefined && this.#ever.has(sha256);
  }

  /** Whether the rotation holds the key of this certificate (SHA-256) now. */
  holds(rotation: string, sha256: string | undefined): boolean {
    return sha256 !== undefined && this.#of.get(rotation) === sha256;
  }

  /** The value of what was issued just now: a secret's is sealed with it, a certificate's key was sealed before. */
  hasIssued({ rotation, seal }: Change): boolean {
    const { id, issued, kind } = rotation;
    if (kind === "federated") return true;
    const of = issued?.certificate?.sha256;
    return of === undefined ? seal?.keyId === issued?.keyId : this.holds(id, of);
  }
}
