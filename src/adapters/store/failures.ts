/** What SQLite's result codes mean for a person (https://sqlite.org/rescode.html). */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { NolapseError } from "../../core/errors.ts";

/** The primary result code is the low byte of the extended one. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

const ROOM = 512 * 1024;

/** Any error of the database as a NolapseError that names the file. */
export function storeFailure(thrown: unknown, path: string): NolapseError {
  if (thrown instanceof NolapseError) return thrown;
  const system = systemFailure(thrown, path);
  if (system !== null) return system;
  const code = typeof thrown === "object" && thrown !== null && "errcode" in thrown ? Number(thrown.errcode) & 0xff : 0;
  const cause = { cause: thrown };
  switch (code) {
    case BUSY:
    case LOCKED:
      return new NolapseError("store-busy", `another process keeps the store ${path} locked`, {
        ...cause,
        next: "wait for the other nolapse to finish, or end it",
      });
    case FULL:
      return full(thrown, path);
    case IOERR:
      // SQLite says "I/O error" when the shared memory file finds no room
      return hasRoom(path) ? failed(thrown, path) : full(thrown, path);
    case READONLY:
    case CANTOPEN:
      return unavailable(thrown, path);
    case CORRUPT:
    case NOTADB:
      return new NolapseError("store-unavailable", `${path} is not a store of nolapse, or it is damaged`, {
        ...cause,
        next: "put the last backup (nolapse store backup) in its place, then run nolapse recover",
      });
    default:
      return failed(thrown, path);
  }
}

/** What goes wrong before SQLite is asked: making the folder, setting the file's mode. */
function systemFailure(thrown: unknown, path: string): NolapseError | null {
  const code = thrown instanceof Error && "syscall" in thrown && "code" in thrown ? String(thrown.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") return full(thrown, path);
  return ["EEXIST", "ENOTDIR", "EACCES", "EPERM", "EROFS"].includes(code) ? unavailable(thrown, path) : null;
}

/** A store is never empty: what began one has written into it before it had its name. */
export function emptyStore(path: string): NolapseError {
  const why =
    "a full disk or a copy that broke off leaves one, and begun anew nolapse would not know its own credentials";
  return new NolapseError("store-unavailable", `the store ${path} is an empty file: ${why}`, {
    next: `put the last backup (nolapse store backup) in its place, then run nolapse recover; if there never was a store: rm ${path}`,
  });
}

function failed(cause: unknown, path: string): NolapseError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new NolapseError("store-failed", `the store ${path} failed: ${why}`, {
    cause,
    next: "check the disk; if the file is damaged, restore the last nolapse store backup, then nolapse recover",
  });
}

/** Whether the disk has room for what one transaction needs at most, some hundred kilobytes. */
function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize > ROOM;
  } catch {
    return true;
  }
}

function full(cause: unknown, path: string): NolapseError {
  return new NolapseError("disk-full", `there is no space left for the store ${path}`, {
    cause,
    next: "free some space and run the same command again: nothing is lost",
  });
}

function unavailable(cause: unknown, path: string): NolapseError {
  return new NolapseError("store-unavailable", `the store ${path} cannot be opened for writing`, {
    cause,
    next: "its folder must be a folder; it and the file must belong to the user who runs nolapse, who may write both",
  });
}
