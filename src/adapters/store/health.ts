/** Whether the store's file is whole and writable, and the disk has room. */
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { groupedWords } from "../../core/time-words.ts";
import type { LocalCheck } from "../../ports/diagnosis.ts";
import { emptyStore, storeFailure } from "./failures.ts";

/** Below this a busy month could fill it, bytes. */
const LEAST_SPACE = 256 * 1024 * 1024;

export function storeHealth(path: string): LocalCheck[] {
  return [fileHealth(path), spaceHealth(path)];
}

function fileHealth(path: string): LocalCheck {
  if (!existsSync(path)) return { name: "store", says: `${path} is made by the first run`, fix: null };
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    accessSync(dirname(path), constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return {
      name: "store",
      says: `${path} cannot be written`,
      fix: `give it to this user: chown -R $USER ${dirname(path)}`,
    };
  }
  let said: unknown;
  try {
    if (statSync(path).size === 0) throw emptyStore(path);
    const handle = new DatabaseSync(path, { readOnly: true });
    said = handle.prepare("PRAGMA quick_check").get()?.quick_check;
    handle.close();
  } catch (thrown) {
    // no room, held by somebody, damaged: each has its own way out, and a backup is put back for the last alone
    const { message, next } = storeFailure(thrown, path);
    return { name: "store", says: message, fix: next ?? "check the disk" };
  }
  if (said === "ok") return { name: "store", says: `${path} is whole and can be written`, fix: null };
  return {
    name: "store",
    says: `${path} is damaged: ${said}`,
    fix: "put the last nolapse store backup in its place, then nolapse recover",
  };
}

function spaceHealth(path: string): LocalCheck {
  let folder = dirname(path);
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const says = `${groupedWords(Math.floor((bavail * bsize) / 1024 / 1024))} MB free where the store lies`;
  return { name: "space", says, fix: bavail * bsize < LEAST_SPACE ? "free some space, or move the store" : null };
}
