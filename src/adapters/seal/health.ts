/** Whether the seal key is there, belongs to us alone, opens, and how old it is. */
import { existsSync, statSync } from "node:fs";
import { asNolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { LocalCheck } from "../../ports/diagnosis.ts";
import { openLocalKey } from "./local-key.ts";

/** `now` is the machine's time: the age is that of a file. */
export async function sealKeyHealth(path: string, now: number): Promise<LocalCheck> {
  if (!existsSync(path)) return { name: "seal key", says: `${path} is made by the first run`, fix: null };
  try {
    const sealer = openLocalKey(path);
    const context = { tenantId: "doctor", appId: "doctor", keyId: "doctor" };
    await sealer.open(await sealer.seal(new SecretValue("doctor"), context), context);
    return {
      name: "seal key",
      says: `${path} is 0600 and opens what it seals`,
      fix: null,
      age: Math.max(0, now - statSync(path).mtimeMs),
    };
  } catch (thrown) {
    const { message, next } = asNolapseError(thrown);
    return { name: "seal key", says: message, fix: next ?? "put back the seal key that belongs to this store" };
  }
}
