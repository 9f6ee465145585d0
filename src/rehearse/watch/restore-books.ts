/** What a rehearsal knows of backups: a restored store is older than the directory until a person has compared the two (design §4.5). */
import { parseMarkedName } from "../../core/credentials/marker.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type DurationMs, type EpochMs, MINUTE } from "../../core/time.ts";
import type { LedgerEntry } from "../../ports/store.ts";
import type { TrueCredential } from "../stage/ground.ts";

/** A credential younger than this may be hidden from every read. */
const REPLICATION: DurationMs = 10 * MINUTE;

/** What a store holds, as far as the watch looks at it. */
export interface Kept {
  readonly rotations: ReadonlyMap<string, Rotation>;
  readonly ledger: ReadonlyMap<string, LedgerEntry>;
}

export class RestoreBooks {
  wasRestored = false;
  readonly #backups = new Map<string, Kept & { readonly noted: ReadonlySet<string> }>();
  /** Attempts that a person has found in the directory and noted. */
  #noted = new Set<string>();
  /** What was there when a store was restored: reported by switching removal off, and left to the person who compares. */
  readonly #lost = new Set<string>();
  /** Ours, unknown to the restored store, and looked at by nobody yet. */
  readonly #uncompared = new Set<string>();

  backedUp(name: string, { rotations, ledger }: Kept): void {
    const noted = new Set(this.#noted);
    this.#backups.set(name, { rotations: new Map(rotations), ledger: new Map(ledger), noted });
  }

  /**
   * What the store holds again; null where there is no such copy. `known`: key ids that the store knew until now, as those of a deleted
   * application come back with it, and are reported then.
   */
  restored(
    name: string,
    truth: Iterable<Pick<TrueCredential, "keyId" | "name">>,
    known: Iterable<string>,
  ): Kept | null {
    const kept = this.#backups.get(name) ?? null;
    if (kept === null) return null;
    this.wasRestored = true;
    this.#uncompared.clear();
    this.#noted = new Set(kept.noted);
    const attempts = new Set([...kept.rotations.values()].flatMap((one) => one.attempts.map(({ id }) => id)));
    for (const keyId of known) this.#lost.add(keyId);
    for (const { keyId, name: text } of truth) {
      this.#lost.add(keyId);
      const { marker } = parseMarkedName(text ?? "");
      if (marker !== null && !attempts.has(marker.attempt) && !kept.noted.has(marker.attempt))
        this.#uncompared.add(keyId);
    }
    return kept;
  }

  /** A person has compared store and directory, and noted what the store did not know. */
  compared(attempts: readonly string[]): void {
    for (const one of attempts) this.#noted.add(one);
    this.#uncompared.clear();
  }

  wasLost(keyId: string): boolean {
    return this.#lost.has(keyId);
  }

  /** Whether one of these is ours and means that the store is too old to remove anything. */
  isTooOld(truth: readonly TrueCredential[], now: EpochMs): boolean {
    return truth.some(({ keyId, start }) => this.#uncompared.has(keyId) && now - (start ?? now) > REPLICATION);
  }
}
