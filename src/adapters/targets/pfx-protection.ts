/** How PKCS#12 files protect what they hold: the password-based ciphers and the MAC, on node:crypto alone. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  pbkdf2Sync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import { MacData } from "@peculiar/asn1-pfx";
import { AsnConvert, AsnIntegerConverter, AsnProp, AsnPropTypes, OctetString } from "@peculiar/asn1-schema";
import { AlgorithmIdentifier } from "@peculiar/asn1-x509";

/** A PKCS#12 file that cannot be used; neither text holds anything of what is in it, nor the password. */
export class PfxProblem extends Error {
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/**
 * Rounds of each of the three key derivations, five times what OpenSSL and Windows write. Every program that loads the file
 * makes them all at its start, and .NET refuses files whose rounds add up to too many.
 */
const ROUNDS = 10_000;
/** A file that asks for more would only stop whoever reads it. */
const MOST_ROUNDS = 1_000_000;

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const PBE_SHA1_3DES = "1.2.840.113549.1.12.1.3";
const AES_256_CBC = "2.16.840.1.101.3.4.1.42";
const HMAC_SHA256 = "1.2.840.113549.2.9";
const HMAC_SHA1 = "1.2.840.113549.2.7";
const SHA256 = "2.16.840.1.101.3.4.2.1";

const CIPHERS: Readonly<Record<string, { name: string; key: number }>> = {
  "2.16.840.1.101.3.4.1.2": { name: "aes-128-cbc", key: 16 },
  "2.16.840.1.101.3.4.1.22": { name: "aes-192-cbc", key: 24 },
  [AES_256_CBC]: { name: "aes-256-cbc", key: 32 },
  "1.2.840.113549.3.7": { name: "des-ede3-cbc", key: 24 },
};
const PRFS: Readonly<Record<string, string>> = {
  [HMAC_SHA1]: "sha1",
  "1.2.840.113549.2.8": "sha224",
  [HMAC_SHA256]: "sha256",
  "1.2.840.113549.2.10": "sha384",
  "1.2.840.113549.2.11": "sha512",
};
/** Digests with their output and block lengths in bytes, as the derivation of RFC 7292 needs them. */
const DIGESTS: Readonly<Record<string, { name: string; output: number; block: number }>> = {
  "1.3.14.3.2.26": { name: "sha1", output: 20, block: 64 },
  "2.16.840.1.101.3.4.2.4": { name: "sha224", output: 28, block: 64 },
  [SHA256]: { name: "sha256", output: 32, block: 64 },
  "2.16.840.1.101.3.4.2.2": { name: "sha384", output: 48, block: 128 },
  "2.16.840.1.101.3.4.2.3": { name: "sha512", output: 64, block: 128 },
};
type Digest = (typeof DIGESTS)[string];
/** The ciphers of RFC 7292 appendix C that nobody should use any more. */
const BROKEN: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.12.1.1": "RC4-128",
  "1.2.840.113549.1.12.1.2": "RC4-40",
  "1.2.840.113549.1.12.1.5": "RC2-128",
  "1.2.840.113549.1.12.1.6": "RC2-40",
};

/** RFC 8018: PBES2-params. The decorators of the library are called as functions, since types alone must be erasable. */
class Pbes2Params {
  keyDerivationFunc = new AlgorithmIdentifier();
  encryptionScheme = new AlgorithmIdentifier();
}
AsnProp({ type: AlgorithmIdentifier })(Pbes2Params.prototype, "keyDerivationFunc");
AsnProp({ type: AlgorithmIdentifier })(Pbes2Params.prototype, "encryptionScheme");

/** RFC 8018: PBKDF2-params, with a salt that stands there itself. */
class Pbkdf2Params {
  salt = new OctetString();
  iterationCount = 1;
  keyLength?: number;
  prf = new AlgorithmIdentifier({ algorithm: HMAC_SHA1, parameters: null });
}
AsnProp({ type: OctetString })(Pbkdf2Params.prototype, "salt");
AsnProp({ type: AsnPropTypes.Integer })(Pbkdf2Params.prototype, "iterationCount");
AsnProp({ type: AsnPropTypes.Integer, converter: AsnIntegerConverter, optional: true })(
  Pbkdf2Params.prototype,
  "keyLength",
);
AsnProp({ type: AlgorithmIdentifier, optional: true })(Pbkdf2Params.prototype, "prf");

/** RFC 7292 appendix C: pkcs-12PbeParams. */
class PbeParams {
  salt = new OctetString();
  iterations = 1;
}
AsnProp({ type: OctetString })(PbeParams.prototype, "salt");
AsnProp({ type: AsnPropTypes.Integer })(PbeParams.prototype, "iterations");

/** Encrypts with PBES2: PBKDF2 with HMAC-SHA-256, then AES-256-CBC. */
export function encrypt(plain: Uint8Array, password: string): { algorithm: AlgorithmIdentifier; bytes: Buffer } {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(password, salt, ROUNDS, 32, "sha256");
  const cipher = createCipheriv("aes-256-cbc", key, iv);
  const params = new Pbes2Params();
  const derivation = new Pbkdf2Params();
  derivation.salt = new OctetString(salt);
  derivation.iterationCount = ROUNDS;
  derivation.prf = new AlgorithmIdentifier({ algorithm: HMAC_SHA256, parameters: null });
  params.keyDerivationFunc = identifier(PBKDF2, derivation);
  params.encryptionScheme = identifier(AES_256_CBC, new OctetString(iv));
  return { algorithm: identifier(PBES2, params), bytes: Buffer.concat([cipher.update(plain), cipher.final()]) };
}

/** Undoes the ciphers of today's files and PBE-SHA1-3DES, which Windows and older tools write. @throws PfxProblem */
export function decrypt(algorithm: AlgorithmIdentifier, bytes: Uint8Array, password: Password): Buffer {
  const { name, key, iv } = cipherOf(algorithm, password);
  try {
    const decipher = createDecipheriv(name, key, iv);
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch {
    throw wrongPassword();
  }
}

/** A password as the two kinds of derivation take it; an empty one exists in two spellings. */
export interface Password {
  readonly text: string;
  /** Big-endian UTF-16 with a closing zero; null: no bytes at all, which some tools mean by no password. */
  readonly wide: Buffer;
}

export function passwordsFrom(text: string): Password[] {
  const wide = Buffer.from(`${text}\0`, "utf16le").swap16();
  return text === ""
    ? [
        { text, wide },
        { text, wide: Buffer.alloc(0) },
      ]
    : [{ text, wide }];
}

/** The MAC over the contents, HMAC-SHA-256 with a key from the derivation of RFC 7292 appendix B. */
export function macOf(contents: Uint8Array, password: string): MacData {
  const salt = randomBytes(16);
  const [first] = passwordsFrom(password);
  const digest = DIGESTS[SHA256] as Digest;
  const key = derive(digest, 3, first?.wide ?? Buffer.alloc(0), salt, ROUNDS, digest.output);
  const mac = new MacData({ macSalt: new OctetString(salt), iterations: ROUNDS });
  mac.mac.digestAlgorithm = new AlgorithmIdentifier({ algorithm: SHA256, parameters: null });
  mac.mac.digest = new OctetString(createHmac(digest.name, key).update(contents).digest());
  return mac;
}

/** Which spelling of the password the file was made with. @throws PfxProblem when it is none of them. */
export function passwordThatFits(mac: MacData, contents: Uint8Array, passwords: readonly Password[]): Password {
  const { algorithm } = mac.mac.digestAlgorithm;
  const digest = DIGESTS[algorithm];
  if (digest === undefined) throw unknownAlgorithm(algorithm);
  const expected = viewOf(mac.mac.digest);
  const fits = passwords.find(({ wide }) => {
    const key = derive(digest, 3, wide, viewOf(mac.macSalt), rounds(mac.iterations), digest.output);
    const made = createHmac(digest.name, key).update(contents).digest();
    return made.length === expected.length && timingSafeEqual(made, expected);
  });
  if (fits === undefined) throw wrongPassword();
  return fits;
}

function cipherOf({ algorithm, parameters }: AlgorithmIdentifier, password: Password) {
  const broken = BROKEN[algorithm];
  if (broken !== undefined) {
    throw new PfxProblem(
      `is encrypted with ${broken}, which is broken`,
      "export it again with AES-256: openssl pkcs12 -legacy -in OLD.pfx -nodes -out T.pem && openssl pkcs12 -export -in T.pem -out NEW.pfx; or in Windows with -CryptoAlgorithmOption AES256_SHA256",
    );
  }
  const given = parameters ?? new ArrayBuffer(0);
  if (algorithm === PBE_SHA1_3DES) {
    const { salt, iterations } = AsnConvert.parse(given, PbeParams);
    const sha1 = DIGESTS["1.3.14.3.2.26"] as Digest;
    const from = (purpose: 1 | 2, length: number) =>
      derive(sha1, purpose, password.wide, viewOf(salt), rounds(iterations), length);
    return { name: "des-ede3-cbc", key: from(1, 24), iv: from(2, 8) };
  }
  if (algorithm !== PBES2) throw unknownAlgorithm(algorithm);
  const { keyDerivationFunc: derivation, encryptionScheme: scheme } = AsnConvert.parse(given, Pbes2Params);
  const cipher = CIPHERS[scheme.algorithm];
  if (cipher === undefined) throw unknownAlgorithm(scheme.algorithm);
  if (derivation.algorithm !== PBKDF2) throw unknownAlgorithm(derivation.algorithm);
  const { salt, iterationCount, prf } = AsnConvert.parse(derivation.parameters ?? new ArrayBuffer(0), Pbkdf2Params);
  const digest = PRFS[prf.algorithm];
  if (digest === undefined) throw unknownAlgorithm(prf.algorithm);
  return {
    name: cipher.name,
    key: pbkdf2Sync(password.text, viewOf(salt), rounds(iterationCount), cipher.key, digest),
    iv: viewOf(AsnConvert.parse(scheme.parameters ?? new ArrayBuffer(0), OctetString)),
  };
}

/** RFC 7292 appendix B.2. `purpose`: 1 a key, 2 an initialisation vector, 3 a MAC key. */
function derive(
  digest: Digest,
  purpose: 1 | 2 | 3,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Buffer {
  const { name, block, output } = digest;
  const input = Buffer.concat([repeated(salt, block), repeated(password, block)]);
  const blocks: Buffer[] = [];
  while (blocks.length * output < length) {
    let made = hash(name, Buffer.concat([Buffer.alloc(block, purpose), input]), "buffer");
    for (let round = 1; round < iterations; round++) made = hash(name, made, "buffer");
    blocks.push(made);
    const step = repeated(made, block).subarray(0, block);
    for (let at = 0; at < input.length; at += block) addOneAnd(input.subarray(at, at + block), step);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** Bytes repeated to the next whole number of blocks. */
function repeated(bytes: Uint8Array, block: number): Buffer {
  return bytes.length === 0 ? Buffer.alloc(0) : Buffer.alloc(block * Math.ceil(bytes.length / block), bytes);
}

/** `into` + `step` + 1 as big-endian numbers, modulo their length. */
function addOneAnd(into: Buffer, step: Buffer): void {
  let carry = 1;
  for (let at = into.length - 1; at >= 0; at--) {
    carry += (into[at] ?? 0) + (step[at] ?? 0);
    into[at] = carry & 0xff;
    carry >>= 8;
  }
}

function rounds(given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= MOST_ROUNDS) return given;
  throw new PfxProblem(`asks for ${given} rounds of its key derivation`, "export it again with fewer");
}

export function viewOf(octets: OctetString): Buffer {
  return Buffer.from(octets.buffer);
}

function identifier(algorithm: string, parameters: unknown): AlgorithmIdentifier {
  return new AlgorithmIdentifier({ algorithm, parameters: AsnConvert.serialize(parameters) });
}

function wrongPassword(): PfxProblem {
  return new PfxProblem("does not open with the configured password", "correct what password: refers to");
}

function unknownAlgorithm(algorithm: string): PfxProblem {
  return new PfxProblem(
    `is protected by an algorithm that is not supported (${algorithm})`,
    "export it again with AES-256 and SHA-256: openssl pkcs12 -export -keypbe AES-256-CBC -certpbe AES-256-CBC -macalg sha256",
  );
}
