/**
 * Keys for simulations: made once, handed out again and again, the same ones for the same seed. A seed is no secret, so
 * neither are these keys; nothing that reaches a real directory may use them.
 */
import { checkPrime, createHash, createPrivateKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { KeySize } from "../../core/credentials/certificate.ts";
import type { KeySource } from "./key-source.ts";

export interface KeyPool {
  /**
   * A source that begins at the pool's first key, with serial numbers of its own: equal stories get equal certificates.
   * After its last key the pool begins again, so that keys repeat within a long story, and serial numbers never.
   */
  source(story: string): KeySource;
}

/** @param count how many keys of each size there are; each one is made when it is first asked for. */
export function createKeyPool(seed: string, count = 8): KeyPool {
  const made = new Map<string, Promise<KeyObject>>();
  const keyAt = (size: KeySize, index: number): Promise<KeyObject> => {
    const name = `${seed}/${size}/${index}`;
    const key = made.get(name) ?? deriveKey(name, size);
    made.set(name, key);
    return key;
  };
  return {
    source: (story) => {
      const taken = new Map<KeySize, number>();
      const serials = createBytes(`${seed}/serials/${story}`);
      return {
        key: (size) => {
          const turn = taken.get(size) ?? 0;
          taken.set(size, turn + 1);
          return keyAt(size, turn % count);
        },
        serial: () => serials(16),
      };
    },
  };
}

const isPrime = promisify<bigint, boolean>(checkPrime);

/** Key generation of FIPS 186-5 A.1.3 in outline, from a stream of bytes that the name decides. */
async function deriveKey(name: string, size: KeySize): Promise<KeyObject> {
  const bytes = createBytes(name);
  const e = 65537n;
  const p = await derivePrime(bytes, size / 16, e);
  let q = await derivePrime(bytes, size / 16, e);
  while (q === p) q = await derivePrime(bytes, size / 16, e);
  const d = inverse(e, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, base64url(value)]));
  return createPrivateKey({ key: { kty: "RSA", ...jwk }, format: "jwk" });
}

async function derivePrime(bytes: (length: number) => Buffer, length: number, e: bigint): Promise<bigint> {
  const start = bytes(length);
  // the two top bits make the product of two such primes exactly as long as the key is to be
  start[0] = (start[0] ?? 0) | 0xc0;
  start[length - 1] = (start[length - 1] ?? 0) | 1;
  for (let candidate = BigInt(`0x${start.toString("hex")}`); ; candidate += 2n) {
    if (SMALL_PRIMES.some((prime) => candidate % prime === 0n)) continue;
    if ((candidate - 1n) % e !== 0n && (await isPrime(candidate))) return candidate;
  }
}

/** The odd primes below 1000: dividing by them is far cheaper than the real test, and settles most candidates. */
const SMALL_PRIMES = Array.from({ length: 499 }, (_, index) => 2 * index + 3)
  .filter((one, _, all) => all.every((other) => other >= one || one % other !== 0))
  .map(BigInt);

/** SHA-256 in counter mode. */
function createBytes(name: string): (length: number) => Buffer {
  let counter = 0;
  return (length) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash("sha256").update(`${name}/${counter}`).digest());
      counter += 1;
    }
    return Buffer.concat(blocks).subarray(0, length);
  };
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1] = [modulus, value % modulus];
  let [t0, t1] = [0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [t0, t1] = [t1, t0 - quotient * t1];
  }
  return t0 < 0n ? t0 + modulus : t0;
}

function base64url(value: bigint): string {
  const text = value.toString(16);
  return Buffer.from(text.length % 2 === 0 ? text : `0${text}`, "hex").toString("base64url");
}
