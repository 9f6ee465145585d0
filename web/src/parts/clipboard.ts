/** Takes text into the clipboard, where there is one. */

/** Rejects where the browser has no clipboard: without TLS it has none but on localhost. */
export async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** The same, and says what became of it: what could not be copied can be read there. */
export async function copiedWords(text: string): Promise<string> {
  try {
    await copy(text);
    return `Copied: ${text}`;
  } catch {
    return `The browser did not let it be copied: ${text}`;
  }
}
