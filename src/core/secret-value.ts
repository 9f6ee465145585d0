/**
 * The only carrier of a client secret's text or a private key. Whatever prints it, prints `[sealed]` (design §4.3,
 * invariant 4); only `reveal()` gives the text, and only a sign-in, a seal or a target's write may call it.
 */
export class SecretValue {
  readonly #text: string;

  /** @throws TypeError for an empty text: no credential has one, so it is always a caller's mistake. */
  constructor(text: string) {
    if (text.length === 0) throw new TypeError("a secret value cannot be empty");
    this.#text = text;
  }

  /** The text itself. */
  reveal(): string {
    return this.#text;
  }

  /** Whether the directory's hint (the first characters of a secret) fits this value. */
  fitsHint(hint: string): boolean {
    return this.#text.startsWith(hint);
  }

  toString(): string {
    return "[sealed]";
  }

  toJSON(): string {
    return "[sealed]";
  }

  [Symbol.toPrimitive](): string {
    return "[sealed]";
  }

  /** What Node.js prints for it in `console.log` and in error dumps. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return "[sealed]";
  }
}
