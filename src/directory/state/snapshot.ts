/**
 * The whole state as a file of lines: the first has what is not a long list, each further one a part of a list, the last says that
 * nothing is missing. So a large directory is never one piece of text. A file of one line only, from before, is read as well.
 */
import { closeSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { DirectoryState } from "./state.ts";

/** Members of a list on one line; shorter lists stay in the first. */
const PART = 500;
const READ_AT_ONCE = 4 * 1024 * 1024;

export interface Snapshot {
  /** Number of the last journal line the state contains; lines up to it are skipped when both are read. */
  line: number;
  state: DirectoryState;
}

type Line = (Snapshot & { parts?: number }) | { list: keyof DirectoryState; items: unknown[] };

/** Writes the file and syncs it; mode 0600. Gives its length in bytes. */
export function writeSnapshot(path: string, { line, state }: Snapshot): number {
  const file = openSync(path, "w", 0o600);
  let length = 0;
  const write = (value: Line) => {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    length += bytes.length;
  };
  try {
    const lists = Object.entries(state).filter(([, value]) => Array.isArray(value) && value.length > PART) as [
      keyof DirectoryState,
      unknown[],
    ][];
    const parts = lists.reduce((sum, [, items]) => sum + Math.ceil(items.length / PART), 0);
    write({ line, parts, state: { ...state, ...Object.fromEntries(lists.map(([list]) => [list, []])) } });
    for (const [list, items] of lists)
      for (let from = 0; from < items.length; from += PART) write({ list, items: items.slice(from, from + PART) });
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return length;
}

/** @throws Error where parts are missing, or a line is no JSON */
export function readSnapshot(path: string): Snapshot & { length: number } {
  let snapshot: (Snapshot & { parts?: number }) | undefined;
  let missing = 0;
  const length = eachLine(path, (text) => {
    const value = JSON.parse(text) as Line;
    if (snapshot === undefined) {
      snapshot = value as Snapshot & { parts?: number };
      missing = snapshot.parts ?? 0;
    } else if ("list" in value) {
      const list = snapshot.state[value.list] as unknown[];
      for (const item of value.items) list.push(item);
      missing -= 1;
    }
  });
  if (snapshot === undefined || missing !== 0) throw new Error(`${path} is damaged: parts of it are missing`);
  return { line: snapshot.line, state: snapshot.state, length };
}

/** Calls for each line of a file of any size, and gives its length in bytes. */
function eachLine(path: string, take: (text: string) => void): number {
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(READ_AT_ONCE);
  let length = 0;
  let begun: Buffer[] = [];
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      length += count;
      let from = 0;
      for (let end = buffer.indexOf(10); end >= 0 && end < count; end = buffer.indexOf(10, from)) {
        take(Buffer.concat([...begun, buffer.subarray(from, end)]).toString("utf8"));
        begun = [];
        from = end + 1;
      }
      if (from < count) begun.push(Buffer.from(buffer.subarray(from, count)));
    }
    if (begun.length > 0) take(Buffer.concat(begun).toString("utf8"));
  } finally {
    closeSync(file);
  }
  return length;
}
