/** What a row of a life line says in words: spoken in place of the drawing, and as the list beside it. */
import { distance, written } from "../text/dates.ts";
import { plainName } from "../text/names.ts";
import type { LifeLine, LifeRow } from "./life-line.ts";
import { noteOf } from "./life-words.ts";

export function rowName(row: Pick<LifeRow, "name" | "keyId" | "kind">): string {
  // what Nolapse finds its own by says nothing to people
  const name = row.name?.replace(/ ?\[nolapse:[^\]]*\]$/, "") ?? "";
  return name.trim() === "" ? row.keyId.slice(0, 8) : plainName(name);
}

export function rowSentence(row: LifeRow, now: number, zone: string): string {
  const kind = row.kind === "secret" ? "client secret" : "certificate";
  return `${rowName(row)}, ${kind}${row.current ? ", current" : ""}. ${rowStory(row, now, zone)}`.trimEnd();
}

/** The same where its name and what it is stand beside it. */
export function rowStory(row: LifeRow, now: number, zone: string): string {
  const on = (instant: string) => written(Date.parse(instant), zone);
  const said: string[] = [];
  if (row.start !== null) {
    said.push(Date.parse(row.start) > now ? `Valid from ${on(row.start)}.` : `Worked since ${on(row.start)}.`);
  }
  if (row.removedAt !== null) said.push(`Removed on ${on(row.removedAt)}.`);
  else if (row.end === null) said.push("It has no end.");
  else {
    const end = Date.parse(row.end);
    said.push(
      end <= now
        ? `Ended on ${on(row.end)}, still listed.`
        : `On record until ${on(row.end)}, ${distance(end, now, zone)}.`,
    );
  }
  const lapse = row.segments.find(({ what }) => what === "lapse");
  if (lapse !== undefined) said.push(`Nothing signed in from ${on(lapse.from)} to ${on(lapse.to)}.`);
  if (row.deadlines !== null) {
    const { renew, urgent, lastSafe } = row.deadlines;
    const goes = row.goesAt === null ? "" : `, removal for ${on(row.goesAt)}`;
    said.push(`Renewal forecast for ${on(renew)}${goes}. Urgent from ${on(urgent)}, last safe moment ${on(lastSafe)}.`);
  } else if (row.goesAt !== null) said.push(`Removal forecast for ${on(row.goesAt)}.`);
  const note = noteOf(row);
  if (note !== null) said.push(note.text);
  return said.join(" ");
}

/** The row of what follows by the plan. */
export function successorsSentence(successors: LifeLine["successors"], zone: string): string {
  const [first] = successors;
  if (first === undefined) return "Nothing follows by the plan.";
  return `Successors, forecast. The next one begins on ${written(Date.parse(first.from), zone)}.`;
}
