/** The configuration file as it lies on disk now, beside the one that is in force: what was changed since, and whether it could be read. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { asNolapseError } from "../core/errors.ts";
import { type LoadOptions, type ResolvedConfig, readConfig } from "./load.ts";
import { digestOf } from "./locate.ts";

/** `line`, from 1, where the reader of the file names one; `problem` begins with the file's name, without its folder. */
type Invalid = {
  readonly state: "invalid";
  readonly line: number | null;
  readonly problem: string;
  readonly next: string | null;
};

/** What became of one text. */
export type Reading = { readonly state: "changed"; readonly config: ResolvedConfig } | Invalid;

export type OnDisk =
  /** The text that is in force, or there is no file. */
  { readonly state: "in-force" } | { readonly state: "missing" } | (Reading & { readonly digest: string });

/** Looks at the file whenever it is asked. One text is read once, by `read`; nothing of what it refers to is opened. */
export function diskWatch(
  read: (path: string, text: string) => Promise<Reading>,
): (inForce: Pick<ResolvedConfig, "path" | "digest">) => Promise<OnDisk> {
  let last: { readonly digest: string; readonly reading: Promise<Reading> } | null = null;
  return async ({ path, digest: ours }) => {
    if (path === null) return { state: "in-force" };
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === "ENOENT") return { state: "missing" };
      const problem = `${basename(path)} cannot be read (${code})`;
      const next = "let the user who runs the server read it";
      return { state: "invalid", line: null, problem, next, digest: "" };
    }
    const digest = digestOf(text);
    if (digest === ours) return { state: "in-force" };
    if (last?.digest !== digest) {
      const asked = { digest, reading: read(path, text) };
      last = asked;
      // what broke off is begun anew by who asks next
      asked.reading.catch(() => {
        if (last === asked) last = null;
      });
    }
    return { ...(await last.reading), digest };
  };
}

/** Reads a text as `nolapse config check` does. Takes seconds where tens of thousands of things are named. */
export function readingOf(path: string, text: string, around: Pick<LoadOptions, "env" | "targetTypes">): Reading {
  try {
    return { state: "changed", config: readConfig(path, text, around) };
  } catch (thrown) {
    const { message, next } = asNolapseError(thrown);
    const at = message.startsWith(`${path}:`) ? Number.parseInt(message.slice(path.length + 1), 10) : Number.NaN;
    const problem = message.replaceAll(path, basename(path));
    return { state: "invalid", line: Number.isNaN(at) ? null : at, problem, next };
  }
}
