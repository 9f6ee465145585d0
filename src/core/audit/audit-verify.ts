/**
 * Checks a sealed trail and says which entry was edited, removed, inserted or moved. Trust runs backwards: from a signed
 * end (header or checkpoint) each line names the hash of the one before it, so the first line that does not fit is the one
 * that was touched, even where its own hash was made anew. Pure; digest and signature come as arguments.
 */
import { type CheckpointLine, type EntryLine, GENESIS, type HeaderLine, hashed, signed } from "./audit-chain.ts";

/** The cryptography that checking takes. */
export interface Examiner {
  /** SHA-256, lower-case hex, of the text as UTF-8. */
  digest(text: string): string;
  /** Whether an Ed25519 signature (base64url) of the text is by this public key (base64url). Never throws. */
  verifies(text: string, signature: string, publicKey: string): boolean;
}

export type Tampering = "edited" | "removed" | "inserted" | "re-ordered" | "unreadable" | "signature" | "key";

/** One thing that is wrong. */
export interface TrailFinding {
  readonly what: Tampering;
  /** The entry's position in the chain; of a range the first; null where it is about the whole. */
  readonly position: number | null;
  /** The line of the file, from 1; null where a line is missing. */
  readonly line: number | null;
  readonly says: string;
}

export interface TrailVerdict {
  readonly intact: boolean;
  readonly findings: readonly TrailFinding[];
  readonly entries: number;
  readonly checkpoints: number;
  readonly from: number | null;
  readonly to: number | null;
  /** The hash at `to`, to be noted down and compared later. */
  readonly head: string | null;
  readonly publicKey: string | null;
}

/** A line of the file with its number; `value` null where it is no JSON object. */
export interface ReadLine {
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>> | null;
}

export interface Expected {
  /** The public key one trusts; null: the one the export brings along, which an attacker could have replaced. */
  readonly publicKey: string | null;
  /** A position and hash noted earlier. */
  readonly head: { readonly position: number; readonly hash: string } | null;
}

type Numbered<T> = T & { readonly line: number };

/** Lines of a file of JSON lines; empty ones do not count. */
export function readTrail(text: string): ReadLine[] {
  return text
    .split("\n")
    .flatMap((one, index) => (one.trim() === "" ? [] : [{ line: index + 1, value: objectOf(one) }]));
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

export function verifyTrail(lines: readonly ReadLine[], examiner: Examiner, expected: Expected): TrailVerdict {
  const findings: TrailFinding[] = [];
  const { header, entries, checkpoints } = sorted(lines, findings);
  const publicKey = expected.publicKey ?? header?.publicKey ?? null;
  const bounds = trustedBounds(header, examiner, expected.publicKey, findings);
  const anchors = new Map<number, string>();
  for (const one of checkpoints) {
    const isSigned = publicKey !== null && examiner.verifies(signed(bare(one)), one.signature, publicKey);
    if (isSigned) anchors.set(one.position, one.hash);
    else
      findings.push({
        what: "signature",
        position: one.position,
        line: one.line,
        says: `the checkpoint at ${one.position} is not signed by the key`,
      });
  }
  if (bounds !== null) anchors.set(bounds.to.position, bounds.to.hash);
  checkHead(entries, expected, examiner, findings);
  const positions = entries.map((one) => one.position);
  const from = bounds?.from.position ?? (positions.length === 0 ? null : Math.min(...positions));
  const to = bounds?.to.position ?? (positions.length === 0 ? null : Math.max(...positions));
  if (from !== null && to !== null) {
    const first = bounds?.from.previous ?? (from === 1 ? GENESIS : null);
    walk(entries, { from, to, first, anchors }, examiner, findings);
  }
  moved(entries, findings);
  const last = entries.find((one) => one.position === to);
  return {
    intact: findings.length === 0,
    findings: findings.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0) || (a.line ?? 0) - (b.line ?? 0)),
    entries: entries.length,
    checkpoints: checkpoints.length,
    from,
    to,
    head: bounds?.to.hash ?? last?.hash ?? null,
    publicKey,
  };
}

function sorted(lines: readonly ReadLine[], findings: TrailFinding[]) {
  let header: Numbered<HeaderLine> | null = null;
  const entries: Numbered<EntryLine>[] = [];
  const checkpoints: Numbered<CheckpointLine>[] = [];
  for (const { line, value } of lines) {
    if (isEntry(value)) entries.push({ ...value, line });
    else if (isCheckpoint(value)) checkpoints.push({ ...value, line });
    else if (isHeader(value) && header === null) header = { ...value, line };
    else findings.push({ what: "unreadable", position: null, line, says: `line ${line} is no line of a trail` });
  }
  return { header: header as Numbered<HeaderLine> | null, entries, checkpoints };
}

/** What the header vouches for, where it is signed by the key one trusts. */
function trustedBounds(
  header: Numbered<HeaderLine> | null,
  examiner: Examiner,
  pinned: string | null,
  findings: TrailFinding[],
): HeaderLine | null {
  if (header === null) {
    findings.push({
      what: "removed",
      position: null,
      line: null,
      says: "the header is missing, so lines cut off at the ends are not missed",
    });
    return null;
  }
  if (pinned !== null && pinned !== header.publicKey) {
    findings.push({
      what: "key",
      position: null,
      line: header.line,
      says: "the header names another public key than the one you trust",
    });
    return null;
  }
  if (examiner.verifies(signed(bare(header)), header.signature, header.publicKey)) return header;
  findings.push({
    what: "signature",
    position: null,
    line: header.line,
    says: "the header is not signed by the key it names",
  });
  return null;
}

/** A line without its number, as it was signed or hashed. */
function bare<T extends { readonly line: number }>({ line: _, ...rest }: T): Omit<T, "line"> {
  return rest;
}

function checkHead(
  entries: readonly Numbered<EntryLine>[],
  { head }: Expected,
  examiner: Examiner,
  findings: TrailFinding[],
): void {
  if (head === null) return;
  const at = entries.filter((one) => one.position === head.position);
  if (at.some((one) => examiner.digest(hashed(bare(one))) === head.hash)) return;
  const says =
    at.length === 0
      ? `entry ${head.position}, which you noted, is not in it`
      : `entry ${head.position} is not the one you noted`;
  findings.push({
    what: at.length === 0 ? "removed" : "edited",
    position: head.position,
    line: at[0]?.line ?? null,
    says,
  });
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** What the first entry's `previous` must be; null where nobody vouches for it. */
  readonly first: string | null;
  /** Hashes that a signature vouches for, by position. */
  readonly anchors: ReadonlyMap<number, string>;
}

/** From the end to the beginning: what each position must be, and what is there instead. */
function walk(entries: readonly Numbered<EntryLine>[], span: Span, examiner: Examiner, findings: TrailFinding[]): void {
  const at = new Map<number, Numbered<EntryLine>[]>();
  for (const one of entries) {
    if (one.position < span.from || one.position > span.to) {
      findings.push({
        what: "inserted",
        position: one.position,
        line: one.line,
        says: `entry ${one.position} (line ${one.line}, ${one.action}) was inserted: the trail runs from ${span.from} to ${span.to}`,
      });
    } else at.set(one.position, [...(at.get(one.position) ?? []), one]);
  }
  const missing: number[] = [];
  let must: string | null = null;
  for (let position = span.to; position >= span.from; position -= 1) {
    must = span.anchors.get(position) ?? must;
    const there: readonly Numbered<EntryLine>[] = at.get(position) ?? [];
    const digests = there.map((one) => examiner.digest(hashed(bare(one))));
    const wanted: string | null = must;
    const index = there.findIndex(
      (one, which) => digests[which] === (wanted ?? one.hash) && digests[which] === one.hash,
    );
    const fit = there[index];
    if (there.length === 0) missing.push(position);
    for (const one of there.filter((other) => other !== fit)) {
      const isWhole = digests[there.indexOf(one)] === one.hash;
      findings.push(
        fit === undefined && isWhole && there.length === 1
          ? anew(one, span)
          : touched(one, fit !== undefined || there[0] !== one),
      );
    }
    must = fit?.previous ?? null;
    if (position === span.from && fit !== undefined && span.first !== null && fit.previous !== span.first) {
      findings.push(touched(fit, false));
    }
  }
  findings.push(...gaps(missing.toReversed()));
}

function touched({ position, line, action }: Numbered<EntryLine>, beside: boolean): TrailFinding {
  return beside
    ? {
        what: "inserted",
        position,
        line,
        says: `entry ${position} (line ${line}, ${action}) was inserted: another one has its place in the chain`,
      }
    : {
        what: "edited",
        position,
        line,
        says: `entry ${position} (line ${line}, ${action}) was edited after it was sealed`,
      };
}

/** Content and hash fit each other and not what follows: the hash was computed anew, and perhaps those before it. */
function anew({ position, line, action }: Numbered<EntryLine>, { from, anchors }: Span): TrailFinding {
  const vouched = Math.max(from - 1, ...[...anchors.keys()].filter((one) => one < position));
  const range = vouched + 1 < position ? `, or one from ${vouched + 1} on with the hashes after it` : "";
  return {
    what: "edited",
    position,
    line,
    says: `entry ${position} (line ${line}, ${action}) was edited and its hash computed anew${range}`,
  };
}

/** Missing positions as runs. */
function gaps(missing: readonly number[]): TrailFinding[] {
  const runs: [number, number][] = [];
  for (const position of missing) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === position - 1) last[1] = position;
    else runs.push([position, position]);
  }
  return runs.map(([from, to]) => ({
    what: "removed",
    position: from,
    line: null,
    says: from === to ? `entry ${from} was removed` : `entries ${from} to ${to} were removed`,
  }));
}

/** The fewest entries whose moving explains the order: those outside the longest run of growing positions. */
function moved(entries: readonly Numbered<EntryLine>[], findings: TrailFinding[]): void {
  const known = new Set(findings.map((one) => one.line));
  const list = entries.filter(({ line }) => !known.has(line));
  // ends[n]: the index of the smallest position a growing run of n + 1 entries can end with
  const ends: number[] = [];
  const before: (number | undefined)[] = [];
  for (const [index, { position }] of list.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((list[ends[middle] ?? 0]?.position ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    before.push(ends[low - 1]);
    ends[low] = index;
  }
  const still = new Set<number>();
  for (let index = ends.at(-1); index !== undefined; index = before[index]) still.add(index);
  for (const [index, { position, line }] of list.entries()) {
    if (still.has(index)) continue;
    const says = `entry ${position} (line ${line}) was moved from its place in the order`;
    findings.push({ what: "re-ordered", position, line, says });
  }
}

const isText = (value: unknown): value is string => typeof value === "string";
const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isEntry(
  value: Readonly<Record<string, unknown>> | null,
): value is Readonly<Record<string, unknown>> & EntryLine {
  return value?.kind === "entry" && isPlace(value.position) && isText(value.previous) && isText(value.hash);
}

function isCheckpoint(
  value: Readonly<Record<string, unknown>> | null,
): value is Readonly<Record<string, unknown>> & CheckpointLine {
  return value?.kind === "checkpoint" && isPlace(value.position) && isText(value.hash) && isText(value.signature);
}

function isHeader(
  value: Readonly<Record<string, unknown>> | null,
): value is Readonly<Record<string, unknown>> & HeaderLine {
  if (value?.kind !== "header" || value.version !== 1 || !isText(value.publicKey) || !isText(value.signature))
    return false;
  const [from, to] = [value.from, value.to] as { position?: unknown; previous?: unknown; hash?: unknown }[];
  return isPlace(from?.position) && isText(from.previous) && isPlace(to?.position) && isText(to.hash);
}
