/** Whether the seal key is there and opens what it seals; of a file also whether it belongs to us alone, and how old it is. */
import { existsSync, statSync } from "node:fs";
import { asNolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { LocalCheck } from "../../ports/diagnosis.ts";
import type { Sealer } from "../../ports/sealer.ts";
import { openLocalKey } from "./local-key.ts";

/** `now` is the machine's time: the age is that of a file. */
export async function sealKeyHealth(path: string, now: number): Promise<LocalCheck> {
  if (!existsSync(path)) return { name: "seal key", says: `${path} is made by the first run`, fix: null };
  try {
    await roundTrip(openLocalKey(path));
    return {
      name: "seal key",
      says: `${path} is 0600 and opens what it seals`,
      fix: null,
      age: Math.max(0, now - statSync(path).mtimeMs),
    };
  } catch (thrown) {
    return unwell(thrown);
  }
}

/** A key in a vault: whether it is there and may be used. `open` is asked only once its digest key has been made. */
export async function vaultKeyHealth(key: string, digest: string, open: () => Promise<Sealer>): Promise<LocalCheck> {
  if (!existsSync(digest)) return { name: "seal key", says: `${digest} is made by the first run`, fix: null };
  try {
    await roundTrip(await open());
    return { name: "seal key", says: `${key} opens what it seals`, fix: null };
  } catch (thrown) {
    return unwell(thrown);
  }
}

/** @throws NolapseError `seal-key-…`. */
async function roundTrip(sealer: Sealer): Promise<void> {
  const context = { tenantId: "doctor", appId: "doctor", keyId: "doctor" };
  await sealer.open(await sealer.seal(new SecretValue("doctor"), context), context);
}

function unwell(thrown: unknown): LocalCheck {
  const { message, next } = asNolapseError(thrown);
  return { name: "seal key", says: message, fix: next ?? "put back the seal key that belongs to this store" };
}
