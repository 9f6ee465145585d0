/**
 * A private key and its certificate in two files, replaced together. Two renames can never be one; so before the first of
 * them a journal is on disk beside the certificate, and a copy of the old key beside the key. Whatever ends the process in
 * between, the next one finds from the journal that the pair is half replaced and puts the old key back: the old credential
 * still signs in, while nobody can say so of a new one whose delivery was never reported.
 *
 * The key goes first and the certificate last, so that whoever watches the certificate finds its key already there.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { flushFolder, realOf, replaceFile, writeBeside } from "./replace-file.ts";

export interface FilePair {
  readonly key: string;
  readonly certificate: string;
}

/** The modes of files that do not exist yet: what holds a key is its owner's alone. */
export const NEW_KEY_MODE = 0o600;
export const NEW_CERTIFICATE_MODE = 0o644;

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** How a file beside another one ends. Never a whole path: who may write the folder must not say what is removed elsewhere. */
const ending = z.string().regex(/^[0-9a-f]{12}$/);

/** What a pair was and shall be, as SHA-256 of whole files; null: there was no file. */
const journalSchema = z.strictObject({
  version: z.literal(1),
  key: z.strictObject({ before: digest.nullable(), after: digest, waiting: ending, copy: ending.nullable() }),
  certificate: z.strictObject({ before: digest.nullable(), after: digest, waiting: ending }),
});
type Journal = z.infer<typeof journalSchema>;

/**
 * Replaces both files. @throws the file system's error; then the old pair stands, or is put back by the next
 * {@link mendPair} where even that failed.
 */
export function replacePair(pair: FilePair, contents: FilePair): void {
  const steps = replacingPair(pair, contents);
  try {
    while (!steps.next().done);
  } catch (error) {
    try {
      mendPair(pair);
      sweepBeside(pair.key);
      sweepBeside(pair.certificate);
    } catch {
      // the first error is the one that matters; the journal stays for the next attempt
    }
    throw error;
  }
}

/**
 * The steps of a replacement, one at a time, each named after what it has done: between any two of them the process may
 * end. Nothing here cleans up by itself; that is {@link mendPair}'s work, as after the end of a process.
 */
export function* replacingPair(pair: FilePair, contents: FilePair): Generator<string, void> {
  const key = realOf(pair.key);
  const certificate = realOf(pair.certificate);
  const before = { key: bytesOf(key), certificate: bytesOf(certificate) };
  const newKey = writeBeside(key, contents.key, NEW_KEY_MODE);
  yield "the new key waits beside the old one";
  const newCertificate = writeBeside(certificate, contents.certificate, NEW_CERTIFICATE_MODE);
  yield "the new certificate waits beside the old one";
  const oldKey = before.key === null ? null : writeBeside(key, before.key, NEW_KEY_MODE);
  yield "the old key is copied";
  const journal: Journal = {
    version: 1,
    key: {
      before: digestOf(before.key),
      after: digestOf(Buffer.from(contents.key)),
      waiting: endingOf(newKey),
      copy: oldKey === null ? null : endingOf(oldKey),
    },
    certificate: {
      before: digestOf(before.certificate),
      after: digestOf(Buffer.from(contents.certificate)),
      waiting: endingOf(newCertificate),
    },
  };
  flushFolder(dirname(key));
  replaceFile(journalOf(certificate), `${JSON.stringify(journal)}\n`);
  yield "the journal is written";
  renameSync(newKey, key);
  // before the certificate moves: after a power cut there is never a new certificate with an old key
  flushFolder(dirname(key));
  yield "the key is replaced";
  renameSync(newCertificate, certificate);
  flushFolder(dirname(certificate));
  yield "the certificate is replaced";
  rmSync(journalOf(certificate), { force: true });
  flushFolder(dirname(certificate));
  yield "the journal is gone";
  if (oldKey !== null) rmSync(oldKey, { force: true });
}

/**
 * Ends what a process that is gone left half done: puts the old key back where only the key was replaced, and removes what
 * belonged to the replacement. Files that somebody else changed since are left as they are. Without a journal it does
 * nothing. @throws the file system's error.
 */
export function mendPair(pair: FilePair): void {
  const key = realOf(pair.key);
  const certificate = realOf(pair.certificate);
  const file = journalOf(certificate);
  const journal = readJournal(file);
  if (journal === null) return;
  // first of all: a process that was only held up, and is not gone, can rename nothing from here on
  rmSync(besideOf(key, journal.key.waiting), { force: true });
  rmSync(besideOf(certificate, journal.certificate.waiting), { force: true });
  const copy = journal.key.copy === null ? null : besideOf(key, journal.key.copy);
  const keyIsNew = digestOf(bytesOf(key)) === journal.key.after;
  if (keyIsNew && digestOf(bytesOf(certificate)) === journal.certificate.before) {
    putBack(key, copy, journal.key.before);
  }
  rmSync(file, { force: true });
  flushFolder(dirname(certificate));
  if (copy !== null) rmSync(copy, { force: true });
}

function putBack(key: string, copy: string | null, before: string | null): void {
  if (before === null) {
    rmSync(key, { force: true });
  } else if (copy !== null && digestOf(bytesOf(copy)) === before) {
    renameSync(copy, key);
  }
  flushFolder(dirname(key));
}

/** How the names end that this file and `replaceFile` give to what they write beside another file. */
const LEFT = /^\.nolapse-(?:[0-9a-f]{12}|pair(?:\.nolapse-[0-9a-f]{12})?)$/;

/** Removes what a process that ended left beside the file before it had a journal: a waiting file may hold a key. */
export function sweepBeside(path: string): void {
  const real = realOf(path);
  const name = basename(real);
  for (const one of readdirSync(dirname(real))) {
    if (one.startsWith(name) && LEFT.test(one.slice(name.length))) rmSync(join(dirname(real), one), { force: true });
  }
}

/** The whole file; null when there is none. */
export function bytesOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function digestOf(bytes: Uint8Array): string;
function digestOf(bytes: Uint8Array | null): string | null;
function digestOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : createHash("sha256").update(bytes).digest("hex");
}

function journalOf(certificate: string): string {
  return `${certificate}.nolapse-pair`;
}

/** Null without one. It is written whole or not at all, so one that cannot be read is not ours. */
function readJournal(file: string): Journal | null {
  const bytes = bytesOf(file);
  if (bytes === null) return null;
  try {
    return journalSchema.parse(JSON.parse(bytes.toString("utf8")));
  } catch {
    return null;
  }
}

function besideOf(real: string, end: string): string {
  return `${real}.nolapse-${end}`;
}

/** The random end of the name that `writeBeside` gave. */
function endingOf(beside: string): string {
  return beside.slice(-12);
}
