/** Names come from the directory: whoever writes one must not make a sentence say something else. */

const PICTURE = String.raw`[\p{Extended_Pictographic}\ufe0f\p{Emoji_Modifier}]`;
/** Controls, formats, line and paragraph separators, private and unassigned characters; a joiner between two pictures is part of one. */
const HIDDEN = new RegExp(
  String.raw`(?!(?<=${PICTURE})\u200d(?=${PICTURE}))[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]`,
  "gu",
);

/** A name as one line of text: what would not be seen, or would turn others around, as its code point, `[U+202E]`; "(no name)" for none. */
export function plainName(name: string): string {
  const text = visible(name).trim();
  return text === "" ? "(no name)" : text;
}

/** A text in which each character that would not be seen, or would turn others around, stands as its code point, `[U+202E]`. */
export function visible(text: string): string {
  return text.replaceAll(HIDDEN, codePoint);
}

function codePoint(one: string): string {
  return `[U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}
