/** A notary with a key of its own, in memory. */
import { generateKeyPairSync, sign } from "node:crypto";
import { createExaminer } from "../../src/adapters/seal/audit-key.ts";
import type { Notary } from "../../src/ports/notary.ts";

export function notary(): Notary {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    ...createExaminer(),
    publicKey: String(publicKey.export({ format: "jwk" }).x),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64url"),
  };
}
