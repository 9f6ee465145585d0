import { createInterface } from "node:readline/promises";
import { NolapseError } from "../core/errors.ts";
import type { Context } from "./context.ts";

/**
 * Has a person type a word before something that cannot be taken back quietly; `--yes` stands for it.
 * @throws NolapseError `refused-by-rule` for anything else, and where nobody sits at a terminal.
 */
export async function confirm({ globals, signal }: Context, question: string, word: string): Promise<void> {
  if (globals.yes === true) return;
  if (process.stdin.isTTY !== true) {
    throw new NolapseError("refused-by-rule", "a person must confirm this, and there is no terminal to ask at", {
      next: "look at what would change, then add --yes",
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await lines.question(`${question}\ntype ${word} to go on: `, { signal });
    if (typed.trim().toLowerCase() === word.toLowerCase()) return;
  } finally {
    lines.close();
  }
  throw new NolapseError("refused-by-rule", "it was not confirmed; nothing was changed", { next: `type ${word}` });
}
