import { mixesScripts, piecesOf, plainName } from "./names.ts";

/** A name out of the directory: text and nothing else, with what would not be seen as chips. */
export function Name({ text }: { readonly text: string | null }) {
  const pieces = piecesOf(text ?? "");
  const hidden = pieces.some((piece) => piece.hidden);
  return (
    <bdi className="name" title={plainName(text)}>
      {(text ?? "").trim() === ""
        ? "(no name)"
        : pieces.map((piece, index) =>
            piece.hidden ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text have no other name, and never move
              <span key={index} className="chip">
                {piece.text}
              </span>
            ) : (
              piece.text
            ),
          )}
      {hidden || !mixesScripts(text ?? "") ? null : <span className="chip">mixed scripts</span>}
    </bdi>
  );
}
