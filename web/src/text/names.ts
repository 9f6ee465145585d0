/** Names come from the directory: whoever writes one must not make a page say something else. */

/** A stretch of plain text, or a character that would not be seen, or would turn others around, as its code point. */
export interface Piece {
  readonly text: string;
  readonly hidden: boolean;
}

/** Controls, formats, line and paragraph separators, and private or unassigned characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u115f\u1160\u3164\uffa0]/u;
/** A joiner between two pictures is part of one. */
const JOINER = "\u200d";

export function piecesOf(name: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  const flush = () => {
    if (plain !== "") pieces.push({ text: plain, hidden: false });
    plain = "";
  };
  const characters = [...name];
  characters.forEach((one, index) => {
    const isJoining = one === JOINER && isPicture(characters[index - 1]) && isPicture(characters[index + 1]);
    if (!HIDDEN.test(one) || isJoining) {
      plain += one;
      return;
    }
    flush();
    pieces.push({ text: codePoint(one), hidden: true });
  });
  flush();
  return pieces;
}

function isPicture(one: string | undefined): boolean {
  return one !== undefined && /\p{Extended_Pictographic}|\ufe0f|\p{Emoji_Modifier}/u.test(one);
}

function codePoint(one: string): string {
  return `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u, /\p{Script=Armenian}/u];

/** Whether a word takes letters of scripts that look alike: `pаypal` with a Cyrillic а. */
export function mixesScripts(name: string): boolean {
  return name.split(/[^\p{L}\p{M}]+/u).some((word) => SCRIPTS.filter((script) => script.test(word)).length > 1);
}

/** The name as one line of text, for labels and titles; an empty one reads "(no name)". */
export function plainName(name: string | null): string {
  const text = piecesOf(name ?? "")
    .map((piece) => (piece.hidden ? `[${piece.text}]` : piece.text))
    .join("")
    .trim();
  return text === "" ? "(no name)" : text;
}
