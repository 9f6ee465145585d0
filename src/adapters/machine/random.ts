import { randomBytes, randomUUID } from "node:crypto";
import { BASE32 } from "../../core/credentials/marker.ts";
import type { Random } from "../../ports/random.ts";

/** The operating system's randomness. */
export function createMachineRandom(): Random {
  return {
    uuid: () => randomUUID(),
    // 32 divides 256, so the low five bits of a byte are even
    base32: (length) => Array.from(randomBytes(length), (byte) => BASE32[byte & 31]).join(""),
  };
}
