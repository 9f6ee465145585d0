/** Looks for values in the clear (invariant 4): client secrets by their whole text, private keys by any line of theirs. */
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { SecretValue } from "../../core/secret-value.ts";

/** What every client secret of Entra has from its fourth character on; the quick look before the thorough one. */
const SECRET_MARK = "8Q~";
/** What every RSA key in PKCS #8 has in base64 from its seventh character on: its version and the name of its kind. */
const RSA_MARK = "IBADANBgkqhkiG9w0BAQEFAASC";
/** The same of keys on elliptic curves: P-256 names its curve in three bytes more than the others. Public keys have no version. */
const EC_MARKS = ["AgEAMBMGByqGSM49AgEG", "AgEAMBAGByqGSM49AgEG"] as const;
/** Of those, and of the lines that keys of other kinds are told by. */
const SHORTEST_KEY_MARK = 20;
/** Lines of an RSA key before this one are the modulus, which is public; from here on everything is secret. */
const RSA_SECRET_FROM = 8;
/** Keys of other kinds are short, and begin with what is secret; what is public comes last. */
const OTHERS_SECRET_LINES = 2;

export class Canary {
  readonly #secrets = new Set<string>();
  readonly #marks = new Set<string>([RSA_MARK, ...EC_MARKS]);
  /** The first secret line of each key, with all of them. */
  readonly #keys = new Map<string, readonly string[]>();

  /** A value that exists from now on. @throws TypeError for a key that nothing secret can be told of. */
  knows(value: SecretValue): void {
    if (!(value instanceof CertificateValue)) this.#secrets.add(value.reveal());
    else if (value.key instanceof SecretValue) this.#knowsKey(value.key.reveal());
  }

  /** What stands in the clear in this text; null when nothing does. */
  quick(text: string): string | null {
    if (text.length >= SHORTEST_KEY_MARK)
      for (const mark of this.#marks) if (text.includes(mark)) return "a private key";
    return text.includes("~") && text.includes(SECRET_MARK) ? this.#secretIn(text) : null;
  }

  /** The same of any text in this data: to write all of it as one text only to search it would cost much more. */
  within(data: unknown): string | null {
    if (typeof data === "string") return this.quick(data);
    if (typeof data !== "object" || data === null) return null;
    let found: string | null = null;
    if (Array.isArray(data)) for (const one of data) found ??= this.within(one);
    else for (const name in data) found ??= this.quick(name) ?? this.within((data as Record<string, unknown>)[name]);
    return found;
  }

  /** The same, line by line of every key: for what was kept, where a key could lie without its beginning. */
  thorough(text: string): string | null {
    const isOpen = [...this.#keys.values()].some((lines) => lines.some((line) => text.includes(line)));
    return isOpen ? "a part of a private key" : this.quick(text);
  }

  #knowsKey(pem: string): void {
    const lines = pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
    const whole = lines.join("");
    // PEM's last line may be short enough to stand anywhere
    const secret = whole.includes(RSA_MARK)
      ? lines.slice(RSA_SECRET_FROM - 1, -1)
      : lines.slice(0, OTHERS_SECRET_LINES);
    const [first] = secret;
    if (first === undefined) throw new TypeError("a private key of a kind that the canary cannot look for");
    this.#keys.set(first, secret);
    // of a kind that has no mark, each key is one of its own
    if (![...this.#marks].some((mark) => whole.includes(mark))) this.#marks.add(first);
  }

  #secretIn(text: string): string | null {
    return [...this.#secrets].some((value) => text.includes(value)) ? "a client secret" : null;
  }
}
