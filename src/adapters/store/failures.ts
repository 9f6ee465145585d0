/** What SQLite's result codes mean for a person (https://sqlite.org/rescode.html). */
import { NolapseError } from "../../core/errors.ts";

/** The primary result code is the low byte of the extended one. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** Any error of the database as a NolapseError that names the file. */
export function storeFailure(thrown: unknown, path: string): NolapseError {
  if (thrown instanceof NolapseError) return thrown;
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
      return new NolapseError("disk-full", `there is no space left for the store ${path}`, {
        ...cause,
        next: "free some space and run the same command again: nothing is lost",
      });
    case READONLY:
    case CANTOPEN:
      return new NolapseError("store-unavailable", `the store ${path} cannot be opened for writing`, {
        ...cause,
        next: "check that the folder exists and belongs to the user who runs nolapse",
      });
    case CORRUPT:
    case NOTADB:
      return new NolapseError("store-unavailable", `${path} is not a store of nolapse, or it is damaged`, {
        ...cause,
        next: "put the last backup (nolapse store backup) in its place, then run nolapse recover",
      });
    default: {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      return new NolapseError("store-failed", `the store ${path} failed: ${why}`, cause);
    }
  }
}
