import { createHash, createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";

/**
 * Where every id and value comes from. Seeded, it is HMAC-SHA-256 in counter mode, so that the same requests give the same
 * ids and values on any machine; unseeded it is the machine's own generator.
 */
export class Random {
  readonly seeded: boolean;
  readonly #key: Buffer | undefined;
  /** The same key as an object: as bytes it would be made one for every block. */
  readonly #blocks: KeyObject | undefined;
  readonly #source: (() => number) | undefined;
  #counter = 0;
  #pool: Buffer = Buffer.alloc(0);

  constructor(seed?: number | string | (() => number)) {
    this.seeded = seed !== undefined;
    if (typeof seed === "function") this.#source = seed;
    else if (seed !== undefined) this.#key = createHash("sha256").update(`nolapse directory ${seed}`).digest();
    this.#blocks = this.#key === undefined ? undefined : createSecretKey(this.#key);
  }

  bytes(length: number): Buffer {
    if (this.#source !== undefined) {
      const source = this.#source;
      return Buffer.from(Array.from({ length }, () => Math.floor(source() * 256) & 255));
    }
    if (this.#blocks === undefined) return randomBytes(length);
    while (this.#pool.length < length) {
      const block = createHmac("sha256", this.#blocks)
        .update(`${this.#counter++}`)
        .digest();
      this.#pool = this.#pool.length === 0 ? block : Buffer.concat([this.#pool, block]);
    }
    // no copy: nobody else ever has these bytes of the pool
    const taken = this.#pool.subarray(0, length);
    this.#pool = this.#pool.subarray(length);
    return taken;
  }

  /** A version 4 GUID. */
  guid(): string {
    return guidFrom(this.bytes(16));
  }

  /** An independent stream: what is drawn from it does not move this one. */
  fork(label: string): Random {
    if (this.#key !== undefined) return new Random(`${this.#key.toString("hex")}/${label}`);
    return new Random(this.#source);
  }

  /**
   * The value of a client secret as Entra makes them today: 40 characters, `8Q~` from the fourth on
   * (reference graph-applications §1.1: "form `xxx8Q~…`", `~` as sixth character).
   */
  secretText(): string {
    const text = this.#characters(37, SECRET_ALPHABET);
    // A value beginning with a letter or digit survives every shell, .env file and URL a person pastes it into.
    const first = this.#characters(1, SECRET_ALPHABET.slice(0, 62));
    return `${first}${text.slice(0, 2)}8Q~${text.slice(2, 36)}`;
  }

  #characters(length: number, alphabet: string): string {
    let text = "";
    while (text.length < length) {
      for (const byte of this.bytes(length - text.length)) {
        // Bytes past the last whole multiple are dropped, so that every character is equally likely.
        if (byte < 256 - (256 % alphabet.length)) text += alphabet[byte % alphabet.length];
        else if (this.#source !== undefined) text += alphabet[byte % alphabet.length];
      }
    }
    return text;
  }
}

const SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789~._-";

/** A version 4 GUID of sixteen bytes. */
export function guidFrom(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  const version = (((bytes[6] ?? 0) & 0x0f) | 0x40).toString(16);
  const variant = (((bytes[8] ?? 0) & 0x3f) | 0x80).toString(16);
  const [third, fourth] = [`${version}${hex.slice(14, 16)}`, `${variant}${hex.slice(18, 20)}`];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${third}-${fourth}-${hex.slice(20)}`;
}

/** The GUID that always belongs to this label: the ids of a scenario, which are the same in every run. */
export function guidOf(label: string): string {
  return guidFrom(createHash("sha256").update(`nolapse scenario ${label}`).digest().subarray(0, 16));
}
