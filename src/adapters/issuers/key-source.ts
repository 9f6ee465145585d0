import { generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import type { KeySize } from "../../core/credentials/certificate.ts";

/** Where the two random parts of a certificate come from: a seam, so that a simulation can repeat them. */
export interface KeySource {
  /** A private RSA key nobody has had before. */
  key(size: KeySize): Promise<KeyObject>;
  /** 16 bytes; which of them make a valid serial number is not its concern. */
  serial(): Uint8Array;
}

const generate = promisify(generateKeyPair);

/** The real one: keys and serial numbers from the random generator of the system, keys on a thread beside. */
export function createKeySource(): KeySource {
  return {
    key: async (size) => (await generate("rsa", { modulusLength: size, publicExponent: 0x10001 })).privateKey,
    serial: () => randomBytes(16),
  };
}
