import { randomBytes } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/**
 * Replaces a file's content so that a reader sees the old one or the new one, never half: a new file in the same folder,
 * flushed, renamed over it, the folder flushed. Mode and owner stay; a link is followed to the file it names.
 * `mode` is for a file that does not exist yet. @throws the file system's error; then the old file is untouched.
 */
export function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): void {
  const real = realOf(path);
  const temporary = writeBeside(real, content, mode);
  try {
    renameSync(temporary, real);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flushFolder(dirname(real));
}

/**
 * Writes the content into a new file beside `real`, flushed, with the mode and owner that `real` has (`mode` when it does
 * not exist), and gives its name. @throws the file system's error; then nothing is left behind.
 */
export function writeBeside(real: string, content: string | Uint8Array, mode: number): string {
  const before = statOf(real);
  const temporary = `${real}.nolapse-${randomBytes(6).toString("hex")}`;
  try {
    const handle = openSync(temporary, "wx", 0o600);
    try {
      const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
      if (before !== null) keepOwner(handle, before);
      fchmodSync(handle, before === null ? mode : before.mode & 0o7777);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}

/** Throws the file system's error when the file could not be replaced: itself readable, its folder writable. */
export function checkReplaceable(path: string): void {
  const real = realpathSync(path);
  accessSync(real, constants.R_OK | constants.W_OK);
  accessSync(dirname(real), constants.W_OK | constants.X_OK);
}

/** Whether a replacement could keep owner and group: only root gives files away, others within their own groups. */
export function couldKeepOwner(path: string): boolean {
  const { uid, gid } = statSync(path);
  const us = process.geteuid?.();
  if (us === undefined || us === 0) return true;
  return uid === us && (gid === process.getegid?.() || process.getgroups?.().includes(gid) === true);
}

/** The file behind a link; the path itself when nothing is there yet. */
export function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return path;
    throw error;
  }
}

/** Mode and owner of a file; null when it does not exist. */
export function statOf(path: string): { mode: number; uid: number; gid: number } | null {
  try {
    return statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** A file that changed its owner on the way would lock its application out; so that is an error, not a detail. */
function keepOwner(handle: number, before: { uid: number; gid: number }): void {
  if (before.uid !== process.geteuid?.() || before.gid !== process.getegid?.())
    fchownSync(handle, before.uid, before.gid);
}

/** Makes renames and removals in the folder outlast a power cut. */
export function flushFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
