/** Words of the server in which what is to be typed stands in backticks. */
export function Typed({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : <code key={part}>{part}</code>));
}
