/**
 * Loaded before anything else (`node --import`): gives the modules of one mutant to this process with its changes made, and
 * ends the process when a change does not fit exactly once. The files on disk are not touched.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { type Change, MUTANTS } from "./list.ts";
import { RULES } from "./rules.ts";

const ROOT = new URL("../../", import.meta.url);

/** The text with the change made. @throws RangeError when its `find` is not there exactly once. */
export function changed(text: string, { file, find, put }: Change): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new RangeError(`${file} holds ${times} times what the mistake is planted in: ${find}`);
  return text.replace(find, () => put);
}

/** The sources a mutant changes, by address. */
export function plantedIn(name: string): ReadonlyMap<string, string> {
  const mutant = [...MUTANTS, ...RULES].find((one) => one.name === name);
  if (mutant === undefined) throw new RangeError(`there is no mutant ${name}`);
  const sources = new Map<string, string>();
  for (const change of mutant.changes) {
    const url = new URL(change.file, ROOT);
    const text = sources.get(url.href) ?? readFileSync(url, "utf8");
    sources.set(url.href, changed(text, change));
  }
  return sources;
}

const name = process.env.NOLAPSE_MUTANT ?? "";
if (name !== "") {
  const sources = plantedIn(name);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const source = sources.get(url);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}
