/**
 * Writes X.509 certificates (RFC 5280 §4.1) in DER. By hand, because every start needs some and the library that makes them is most
 * of a start (docs/decisions/0007-certificates-at-start.md); the signatures are OpenSSL's.
 */
import { type KeyObject, sign } from "node:crypto";

export interface CertificateContents {
  /** Even number of hexadecimal digits, positive: the first byte is below 80. */
  readonly serial: string;
  /** Names in DER, of {@link distinguishedName}. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Epoch milliseconds; cut to whole seconds. */
  readonly from: number;
  readonly to: number;
  readonly publicKey: KeyObject;
  /** RSA or EC; signs with SHA-256. */
  readonly signingKey: KeyObject;
  /** Each of {@link extension}. */
  readonly extensions?: readonly Buffer[];
}

export function writeCertificate(contents: CertificateContents): Buffer {
  const { serial, issuer, subject, from, to, publicKey, signingKey, extensions = [] } = contents;
  const algorithm = signingKey.asymmetricKeyType === "ec" ? ECDSA_SHA256 : RSA_SHA256;
  const body = sequence(
    tlv(0xa0, VERSION_3),
    tlv(0x02, Buffer.from(serial, "hex")),
    algorithm,
    issuer,
    sequence(time(from), time(to)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    // a list that is there is not empty
    ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))]),
  );
  return sequence(body, algorithm, bitString(sign("sha256", body, signingKey)));
}

/** The bytes of a public key that its identifier is the SHA-1 of (RFC 5280 §4.2.1.2): of P-256 the point, as it stands last. */
export function keyBits(ecKey: KeyObject): Buffer {
  return ecKey.export({ type: "spki", format: "der" }).subarray(-65);
}

/** @param id dotted numbers; `value` is the extension's own DER */
export function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value));
}

/**
 * A distinguished name in DER. A plain common name is written here; anything RFC 4514 has more rules for goes to the library that
 * knows them.
 */
export async function distinguishedName(text: string): Promise<Buffer> {
  const [, plain] = /^CN=([^\s,+"\\<>;=#](?:[^,+"\\<>;=#\r\n]*[^\s,+"\\<>;=#])?)$/.exec(text) ?? [];
  if (plain === undefined) return (await import("./any-name.ts")).anyName(text);
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(plain);
  const value = tlv(isPrintable ? 0x13 : 0x0c, Buffer.from(plain));
  return sequence(tlv(0x31, sequence(objectId("2.5.4.3"), value)));
}

/** Tag, length, value. */
export function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag), lengthOf(length), ...parts]);
}

export const sequence = (...parts: readonly Buffer[]) => tlv(0x30, ...parts);

/** Whole bytes, none of whose bits is unused, unless said otherwise. */
export const bitString = (bytes: Buffer, unused = 0) => tlv(0x03, Buffer.of(unused), bytes);

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** Seven bits a byte, the highest bit says that more follow. */
function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

/** Until 2049 with two digits for the year, from 2050 with four (RFC 5280 §4.1.2.5). */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14)}Z`;
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050 ? tlv(0x17, Buffer.from(digits.slice(2))) : tlv(0x18, Buffer.from(digits));
}

const VERSION_3 = tlv(0x02, Buffer.of(2));
const RSA_SHA256 = sequence(objectId("1.2.840.113549.1.1.11"), tlv(0x05));
const ECDSA_SHA256 = sequence(objectId("1.2.840.10045.4.3.2"));
