/**
 * The sealed trail as documents (design §4.3, invariant 10): each line carries the hash of the one before, and its own hash
 * is SHA-256 over the line's canonical JSON without `hash`. Signed checkpoints say what the chain was at a position.
 * docs/audit.md describes the same for whoever checks an export with other tools.
 */

/** What the first line of a tenant has as its `previous`. */
export const GENESIS: string = "0".repeat(64);

/** One entry of the trail, sealed. Instants are ISO 8601, so that other tools read them. */
export interface EntryLine {
  readonly kind: "entry";
  readonly tenant: string;
  /** 1, 2, 3 … without a gap, per tenant. */
  readonly position: number;
  /** The store's own number, which all tenants share. */
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly rotation: string | null;
  readonly appId: string | null;
  readonly keyId: string | null;
  readonly reason: string | null;
  /** Graph's request id, where a write was made. */
  readonly request: string | null;
  /** The key ids on the object before and after a write, null where none was made. */
  readonly keysBefore: readonly string[] | null;
  readonly keysAfter: readonly string[] | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** The hash of the line at `position` − 1. */
  readonly previous: string;
  /** Lower-case hex. */
  readonly hash: string;
}

/** What the chain was at a position, signed. */
export interface CheckpointLine {
  readonly kind: "checkpoint";
  readonly tenant: string;
  readonly position: number;
  readonly hash: string;
  readonly at: string;
  /** Ed25519, base64url, over the canonical JSON of the line without `signature`. */
  readonly signature: string;
}

/** What an export says it holds, signed: so that lines cut off at either end are missed, too. */
export interface HeaderLine {
  readonly kind: "header";
  readonly version: 1;
  readonly tenant: string;
  readonly exportedAt: string;
  /** The first position and what its `previous` must be. */
  readonly from: { readonly position: number; readonly previous: string };
  /** The last position and its hash; of an empty export one before `from`. */
  readonly to: { readonly position: number; readonly hash: string };
  /** Ed25519 public key, base64url (the `x` of its JWK). */
  readonly publicKey: string;
  readonly signature: string;
}

export type TrailLine = HeaderLine | EntryLine | CheckpointLine;

/** JSON with sorted names and no blanks (RFC 8785), for what a trail holds: no number in it is anything but a double. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonicalJson(one)}`);
  return `{${members.join(",")}}`;
}

/** What an entry's hash is taken of. */
export function hashed(line: Omit<EntryLine, "hash"> | EntryLine): string {
  return canonicalJson({ ...line, hash: undefined });
}

/** What a header or checkpoint is signed over. */
export function signed(
  line: HeaderLine | CheckpointLine | Omit<HeaderLine, "signature"> | Omit<CheckpointLine, "signature">,
): string {
  return canonicalJson({ ...line, signature: undefined });
}
