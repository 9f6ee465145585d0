/** Compact JWS as clients sign them, read before anybody trusts them, and checked against one public key. */
import { constants, createHmac, type KeyObject, sign, verify } from "node:crypto";
import { promisify } from "node:util";

/** Header and claims as they were sent: nothing in them is proven until {@link isSignedBy} says so. */
export interface Unverified {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: string;
  readonly signature: Buffer;
}

const PART = /^[A-Za-z0-9_-]+$/;

/** Undefined for what is not three base64url parts with two JSON objects; `=` padding makes it malformed, as at Entra. */
export function readJws(token: string): Unverified | undefined {
  const [head = "", body = "", signature = "", ...rest] = token.split(".");
  if (rest.length > 0 || ![head, body, signature].every((part) => PART.test(part))) return undefined;
  const header = jsonObject(head);
  const claims = jsonObject(body);
  if (header === undefined || claims === undefined) return undefined;
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, "base64url") };
}

function jsonObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The algorithms Entra takes for a client's own signature. */
export const CLIENT_ALGORITHMS: readonly string[] = ["RS256", "PS256"];

export function isSignedBy({ header, signed, signature }: Unverified, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== "rsa") return false;
  const data = Buffer.from(signed);
  if (header.alg === "RS256") return verify("sha256", data, key, signature);
  if (header.alg !== "PS256") return false;
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants;
  return verify("sha256", data, { key, padding, saltLength }, signature);
}

const signAside = promisify(sign);

/** The keyed digest that stands for a signature in a stamped token. */
export function stampOf(text: string, stamp: KeyObject): string {
  return createHmac("sha256", stamp).update(text).digest("base64url");
}

/**
 * A compact JWS by RS256. The signature is made on another thread: it is most of the work of a token. With a stamp it is a
 * keyed digest, which only this directory can check.
 */
export async function signJws(header: object, claims: object, key: KeyObject, stamp?: KeyObject): Promise<string> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(claims)}`;
  if (stamp !== undefined) return `${text}.${stampOf(text, stamp)}`;
  const signature = (await signAside("sha256", Buffer.from(text), key)) as Buffer;
  return `${text}.${signature.toString("base64url")}`;
}

/** A NumericDate as epoch milliseconds; some clients send fractions. Undefined for anything else. */
export function numericDate(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value * 1000 : undefined;
}
