/**
 * A private key and its certificate in two files, replaced together. Two renames can never be one; so before the first of
 * them a journal is on disk beside the certificate, and copies of the old files beside them. Whatever ends the process in
 * between, the next one finds from the journal that the pair is half replaced and puts the old files back: the old credential
 * still signs in, while nobody can say so of a new one whose delivery was never reported.
 *
 * The key goes first and the certificate last, so that whoever watches the certificate finds its key already there. Nothing
 * is flushed between the two: that would keep them apart for as long as a disk takes, and what a power cut leaves, in
 * whichever order, is mended all the same.
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

/** What one file was and shall be, as SHA-256 of the whole of it; null: there was none, and so no copy. */
const changeSchema = z.strictObject({
  before: digest.nullable(),
  after: digest,
  waiting: ending,
  copy: ending.nullable(),
});
const journalSchema = z.strictObject({ version: z.literal(1), key: changeSchema, certificate: changeSchema });
type Change = z.infer<typeof changeSchema>;
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
  const folders = new Set([dirname(key), dirname(certificate)]);
  const before = { key: bytesOf(key), certificate: bytesOf(certificate) };
  const newKey = writeBeside(key, contents.key, NEW_KEY_MODE);
  yield "the new key waits beside the old one";
  const newCertificate = writeBeside(certificate, contents.certificate, NEW_CERTIFICATE_MODE);
  yield "the new certificate waits beside the old one";
  const oldKey = before.key === null ? null : writeBeside(key, before.key, NEW_KEY_MODE);
  yield "the old key is copied";
  const oldCertificate =
    before.certificate === null ? null : writeBeside(certificate, before.certificate, NEW_CERTIFICATE_MODE);
  yield "the old certificate is copied";
  const journal: Journal = {
    version: 1,
    key: changeOf(before.key, contents.key, newKey, oldKey),
    certificate: changeOf(before.certificate, contents.certificate, newCertificate, oldCertificate),
  };
  folders.forEach(flushFolder);
  replaceFile(journalOf(certificate), `${JSON.stringify(journal)}\n`);
  yield "the journal is written";
  renameSync(newKey, key);
  yield "the key is replaced";
  renameSync(newCertificate, certificate);
  yield "the certificate is replaced";
  folders.forEach(flushFolder);
  rmSync(journalOf(certificate), { force: true });
  flushFolder(dirname(certificate));
  yield "the journal is gone";
  for (const copy of [oldKey, oldCertificate]) if (copy !== null) rmSync(copy, { force: true });
}

function changeOf(before: Uint8Array | null, after: string, waiting: string, copy: string | null): Change {
  return {
    before: digestOf(before),
    after: digestOf(Buffer.from(after)),
    waiting: endingOf(waiting),
    copy: copy === null ? null : endingOf(copy),
  };
}

/**
 * Ends what a process that is gone left half done: puts the old file back where only one of the two was replaced, and
 * removes what belonged to the replacement. A pair that somebody else changed since is left as it is. Without a journal it
 * does nothing. @throws the file system's error.
 */
export function mendPair(pair: FilePair): void {
  const certificate = realOf(pair.certificate);
  const journal = readJournal(journalOf(certificate));
  if (journal === null) return;
  const sides = [
    { file: realOf(pair.key), change: journal.key },
    { file: certificate, change: journal.certificate },
  ];
  // first of all: a process that was only held up, and is not gone, can rename nothing from here on
  for (const { file, change } of sides) rmSync(besideOf(file, change.waiting), { force: true });
  const found = sides.map(({ file, change }) => ({ file, change, is: digestOf(bytesOf(file)) }));
  const whole = found.every(({ change, is }) => is === change.after);
  const ours = found.every(({ change, is }) => is === change.after || is === change.before);
  if (ours && !whole) {
    for (const { file, change, is } of found) if (is !== change.before) putBack(file, change);
    for (const { file } of sides) flushFolder(dirname(file));
  }
  rmSync(journalOf(certificate), { force: true });
  flushFolder(dirname(certificate));
  for (const { file, change } of sides) {
    if (change.copy !== null) rmSync(besideOf(file, change.copy), { force: true });
  }
}

function putBack(file: string, { before, copy }: Change): void {
  if (before === null) {
    rmSync(file, { force: true });
  } else if (copy !== null && digestOf(bytesOf(besideOf(file, copy))) === before) {
    renameSync(besideOf(file, copy), file);
  }
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
