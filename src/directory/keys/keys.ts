import {
  checkPrimeSync,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { promisify } from "node:util";
import type { Random } from "../random.ts";
import { selfSignedCertificate } from "./self-signed.ts";

/** A private RSA key as JWK. */
export type RsaPrivateJwk = {
  kty: "RSA";
  n: string;
  e: string;
  d: string;
  p: string;
  q: string;
  dp: string;
  dq: string;
  qi: string;
};

/** The keys a directory works with; a test hands in its own, so that no run pays for generating them. */
export interface SigningKeys {
  /** Signs access tokens (RS256). */
  signing: RsaPrivateJwk;
  /** The key pair behind every certificate a scenario shows; only the public half is ever in the directory. */
  certificates: RsaPrivateJwk;
  /** Keys that signed before, newest first, and until when they are still shown, epoch milliseconds of directory time. */
  former?: readonly FormerKey[];
}

export interface FormerKey {
  readonly key: RsaPrivateJwk;
  readonly until: number;
}

/** Makes RSA-2048 keys; from a seeded generator always the same ones. */
export function createSigningKeys(random: Random): SigningKeys {
  return { signing: createRsaKey(random), certificates: createRsaKey(random) };
}

/** The same, on other threads where no seed asks for the same keys again: making them is much of a directory's start. */
export async function freshSigningKeys(random: Random): Promise<SigningKeys> {
  if (random.seeded) return createSigningKeys(random);
  const fresh = async () =>
    (await generateAside("rsa", { modulusLength: 2048 })).privateKey.export({ format: "jwk" }) as RsaPrivateJwk;
  const [signing, certificates] = await Promise.all([fresh(), fresh()]);
  return { signing, certificates };
}

const generateAside = promisify(generateKeyPair);

export function createRsaKey(random: Random): RsaPrivateJwk {
  if (random.seeded) return deriveRsaKey(random);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ format: "jwk" }) as RsaPrivateJwk;
}

/** RSA key generation of FIPS 186-5 A.1.3 in outline. For a test oracle: a seed is not a secret, so neither is this key. */
function deriveRsaKey(random: Random): RsaPrivateJwk {
  const e = 65537n;
  const p = derivePrime(random, e);
  let q = derivePrime(random, e);
  while (q === p) q = derivePrime(random, e);
  const d = inverse(e, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, base64url(value)]));
  return { kty: "RSA", ...jwk } as RsaPrivateJwk;
}

function derivePrime(random: Random, e: bigint): bigint {
  const bytes = random.bytes(128);
  // The two top bits set make the product of two such primes exactly 2048 bits long.
  bytes[0] = (bytes[0] ?? 0) | 0xc0;
  bytes[127] = (bytes[127] ?? 0) | 1;
  for (let candidate = BigInt(`0x${bytes.toString("hex")}`); ; candidate += 2n) {
    if (SMALL_PRIMES.some((prime) => candidate % prime === 0n)) continue;
    if ((candidate - 1n) % e !== 0n && checkPrimeSync(candidate)) return candidate;
  }
}

const SMALL_PRIMES = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n, 73n];

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
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex").toString("base64url");
}

/** What the token endpoint signs with, and what its JWKS shows. */
export interface TokenSigner {
  /** Where it is set, tokens carry its keyed digest in the place of a signature. */
  stamp?: KeyObject;
  kid: string;
  key: KeyObject;
  verifyKey: KeyObject;
  jwk: { kty: string; use: string; kid: string; x5t: string; n: string; e: string; x5c: string[] };
}

export async function createTokenSigner(key: RsaPrivateJwk, from: number): Promise<TokenSigner> {
  const der = await selfSignedCertificate(key, {
    subject: "CN=accounts.accesscontrol.windows.net",
    from,
    to: from + TEN_YEARS,
  });
  // Entra's key id is the SHA-1 thumbprint of its certificate, the same text as x5t (reference token-endpoint §1.2).
  const kid = createHash("sha1").update(der).digest("base64url");
  const { n, e } = key;
  return {
    kid,
    key: createPrivateKey({ key, format: "jwk" }),
    verifyKey: createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" }),
    jwk: { kty: "RSA", use: "sig", kid, x5t: kid, n, e, x5c: [der.toString("base64")] },
  };
}

const TEN_YEARS = 3650 * 86_400_000;
