/** Files that hold a key: made whole or not at all, never over one that is there, readable by their owner alone. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { NolapseError } from "../../core/errors.ts";

/**
 * Makes the file, 0600, in a folder of its owner's. One that is there stays as it is: of two first runs at once the second takes the
 * first one's. @param what the key in words, "the seal key". @throws NolapseError `disk-full`, `seal-key-missing`.
 */
export function makeKeyFile(path: string, what: string, content: () => string): void {
  if (existsSync(path)) return;
  const draft = `${path}.${randomBytes(6).toString("base64url")}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    write(draft, content(), "wx");
    // a link, unlike a rename, never replaces a key that another process made meanwhile
    linkSync(draft, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST" || !existsSync(path)) throw makingFailed(cause, path, what);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Puts other content in its place, whole or not at all. */
export function replaceKeyFile(path: string, content: string): void {
  write(`${path}.new`, content, "w");
  renameSync(`${path}.new`, path);
}

/** What is in it. @throws NolapseError `seal-key-wrong` where others can read it, `seal-key-missing` where it cannot be read. */
export function readKeyFile(path: string, what: string): string {
  try {
    if ((statSync(path).mode & 0o077) === 0) return readFileSync(path, "utf8");
  } catch (cause) {
    throw new NolapseError("seal-key-missing", `${what} ${path} cannot be read`, {
      cause,
      next: "put back the file that belongs to this store; it is backed up apart from it",
    });
  }
  throw new NolapseError("seal-key-wrong", `${what} ${path} can be read by others`, { next: `chmod 600 ${path}` });
}

function makingFailed(cause: unknown, path: string, what: string): NolapseError {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ENOSPC":
    case "EDQUOT":
      return new NolapseError("disk-full", `there is no space left for ${what} ${path}`, {
        cause,
        next: "free some space and run the same command again: nothing is lost",
      });
    default:
      return new NolapseError("seal-key-missing", `${what} ${path} cannot be made`, {
        cause,
        next: "check that its folder is a folder and belongs to the user who runs nolapse",
      });
  }
}

function write(path: string, content: string, flags: "w" | "wx"): void {
  const handle = openSync(path, flags, 0o600);
  try {
    writeSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
