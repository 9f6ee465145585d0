/** `nolapse recover`: the store and the directory compared after a backup was restored. */

import { INSTANCE_LENGTH, parseMarkedName } from "../../core/credentials/marker.ts";
import { NolapseError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { discover } from "../scan/discover.ts";
import { turnSwitch } from "./noted.ts";

/** One credential that carries our mark and that this store does not know. */
export interface Unknown {
  readonly appId: string;
  readonly displayName: string;
  readonly keyId: string;
  readonly end: EpochMs | null;
}

/**
 * Compares the directory with the store after a backup was restored. What carries our mark and is not known is reported
 * and never removed. With `accept` the attempts are noted as known (so that they mean nothing from here on) and removal
 * goes on again.
 */
export async function recover(deps: Deps, accept: boolean, actor: string): Promise<readonly Unknown[]> {
  const scan = await discover(deps);
  const instance = await deps.store.instance(deps.random.base32(INSTANCE_LENGTH));
  const marked = scan.holders.flatMap((holder) =>
    holder.credentials.flatMap((one) => {
      const marker = parseMarkedName(one.name ?? "").marker;
      return marker?.instance === instance ? [{ holder, credential: one, attempt: marker.attempt }] : [];
    }),
  );
  const known = await deps.store.knownAttempts(
    deps.settings.tenantId,
    marked.map((one) => one.attempt),
  );
  const unknown = marked.filter((one) => !known.has(one.attempt));
  if (accept) {
    if (!scan.coverage.complete) {
      throw new NolapseError("incomplete", "the scan was not complete, so the store cannot be compared", {
        next: "nolapse recover",
      });
    }
    await deps.store.noteAttempts(
      deps.settings.tenantId,
      unknown.map((one) => one.attempt),
    );
    await turnSwitch(deps, "removalOff", null, actor, "recover", await deps.clock.now());
  }
  return unknown.map(({ holder, credential }) => ({
    appId: holder.appId,
    displayName: holder.displayName,
    keyId: credential.keyId,
    end: credential.end,
  }));
}
