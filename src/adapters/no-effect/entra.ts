/**
 * The directory with its writes taken out (modes `observe` and `propose`, `--dry-run`): it reads what is there, and answers
 * every write with "not applied". There is no `if (dryRun)` anywhere else.
 */
import type { HolderRef } from "../../core/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Entra, Unsettled } from "../../ports/entra.ts";

/** A write that would have been made. */
export type EntraEffect =
  | {
      readonly effect: "add-secret";
      readonly holder: HolderRef;
      readonly displayName: string;
      readonly end: EpochMs;
    }
  | { readonly effect: "remove-secret"; readonly holder: HolderRef; readonly keyId: string };

function refused(what: string): Unsettled {
  const error = new NolapseError("refused-by-mode", `${what} was not done: nothing is written in this mode`, {
    next: "set mode: enforce for the tenant, or leave --dry-run out",
  });
  return { outcome: "not-applied", error };
}

export function createNoEffectEntra(inner: Entra, onEffect: (effect: EntraEffect) => void = () => {}): Entra {
  return {
    page: (type, cursor, signal) => inner.page(type, cursor, signal),
    certificatePage: (type, cursor, signal) => inner.certificatePage(type, cursor, signal),
    read: (holder, signal) => inner.read(holder, signal),
    async addSecret(holder, { displayName, end }) {
      onEffect({ effect: "add-secret", holder, displayName, end });
      return refused(`adding a secret to ${holder.objectId}`);
    },
    async removeSecret(holder, keyId) {
      onEffect({ effect: "remove-secret", holder, keyId });
      return refused(`removing secret ${keyId} from ${holder.objectId}`);
    },
  };
}
