/** Looks for values in the clear (invariant 4): client secrets by their whole text, private keys by any line of theirs. */
import { CertificateValue } from "../core/credentials/certificate-value.ts";
import { SecretValue } from "../core/secret-value.ts";

/** What every client secret of Entra has from its fourth character on; the quick look before the thorough one. */
const SECRET_MARK = "8Q~";
/** What every RSA key in PKCS #8 has in base64 from its seventh character on: its version and the name of its kind. */
const KEY_MARK = "IBADANBgkqhkiG9w0BAQEFAASC";
/** Lines before this one are the modulus, which is public; from here on everything is secret. */
const SECRET_FROM = 8;

export class Canary {
  readonly #secrets = new Set<string>();
  /** The first secret line of each key, with all of them. */
  readonly #keys = new Map<string, readonly string[]>();

  /** A value that exists from now on. */
  knows(value: SecretValue): void {
    if (!(value instanceof CertificateValue)) this.#secrets.add(value.reveal());
    else if (value.key instanceof SecretValue) {
      const lines = value.key.reveal().split("\n").slice(SECRET_FROM, -2);
      this.#keys.set(lines[0] ?? "", lines);
    }
  }

  /** What stands in the clear in this text; null when nothing does. */
  quick(text: string): string | null {
    if (text.includes(KEY_MARK)) return "a private key";
    return text.includes(SECRET_MARK) ? this.#secretIn(text) : null;
  }

  /** The same, line by line of every key: for what was kept, where a key could lie without its beginning. */
  thorough(text: string): string | null {
    const isOpen = [...this.#keys.values()].some((lines) => lines.some((line) => text.includes(line)));
    return isOpen ? "a part of a private key" : this.quick(text);
  }

  #secretIn(text: string): string | null {
    return [...this.#secrets].some((value) => text.includes(value)) ? "a client secret" : null;
  }
}
