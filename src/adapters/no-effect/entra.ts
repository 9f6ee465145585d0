/**
 * The directory with its writes taken out (modes `observe` and `propose`, `--dry-run`): it reads what is there, and answers
 * every write with "not applied". There is no `if (dryRun)` anywhere else.
 */
import type { HolderRef } from "../../core/credentials/credential.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Entra } from "../../ports/entra.ts";
import { notApplied } from "./refused.ts";

/** A write that would have been made. */
export type EntraEffect =
  | {
      readonly effect: "add-secret";
      readonly holder: HolderRef;
      readonly displayName: string;
      readonly end: EpochMs;
    }
  | { readonly effect: "remove-secret"; readonly holder: HolderRef; readonly keyId: string };

export function createNoEffectEntra(inner: Entra, onEffect: (effect: EntraEffect) => void = () => {}): Entra {
  return {
    page: (type, cursor, signal) => inner.page(type, cursor, signal),
    certificatePage: (type, cursor, signal) => inner.certificatePage(type, cursor, signal),
    grantPage: (resource, cursor, signal) => inner.grantPage(resource, cursor, signal),
    directoryRolePage: (cursor, signal) => inner.directoryRolePage(cursor, signal),
    read: (holder, signal) => inner.read(holder, signal),
    async addSecret(holder, { displayName, end }) {
      onEffect({ effect: "add-secret", holder, displayName, end });
      return notApplied(`adding a secret to ${holder.objectId}`);
    },
    async removeSecret(holder, keyId) {
      onEffect({ effect: "remove-secret", holder, keyId });
      return notApplied(`removing secret ${keyId} from ${holder.objectId}`);
    },
  };
}
