/** Commands as they are shown for copying: what a POSIX shell would take for more than a word is quoted. */

/** Means nothing to a shell, wherever it stands in a word. */
const PLAIN = /^[\w%+,./:@-][\w%+,./:=@-]*$/;

/** A word of a command line; the same for PowerShell unless there is a single quote in it. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command of Nolapse; of one tenant, where there are several. */
export function nolapse(words: readonly string[], tenant: string | null = null): string {
  return ["nolapse", ...words, ...(tenant === null ? [] : ["--tenant", tenant])].map(shellWord).join(" ");
}
