/** The words in a row of a life line: how it ends, for how long nothing signed in, and why nothing is forecast. Pure. */
import { durationWords, written } from "../text/dates.ts";
import { capital } from "../text/rotation.ts";
import type { LifeRow, RowDrawing } from "./life-line.ts";
import { DAY, placeOf, type Range, rounded } from "./scale.ts";

/** What Nolapse leaves alone, whoever asks. */
const LOCKED: readonly LifeRow["reason"][] = [
  "platform-managed",
  "managed-elsewhere",
  "first-party",
  "property-locked",
  "saml-signing",
  "encryption",
];

export function isLocked({ reason, removedAt }: Pick<LifeRow, "reason" | "removedAt">): boolean {
  return removedAt === null && LOCKED.includes(reason);
}

/** What stands below the name of a row for which nothing is forecast; null where nothing keeps it. */
export function noteOf(row: LifeRow): { readonly sign: "lock" | "approval" | "stop"; readonly text: string } | null {
  if (row.held !== null) return { sign: row.held.by, text: `${capital(row.held.sentence)}.` };
  if (isLocked(row) && row.sentence !== null) {
    return { sign: "lock", text: `Not renewed by Nolapse: ${row.sentence}.` };
  }
  return null;
}

/** Where the forecast stops: when somebody must have acted, or when it ends; null where that is out of sight. */
export function heldAt({ held, deadlines, end }: LifeRow, now: number, range: Range, width: number): number | null {
  if (held === null || end === null) return null;
  const until = held.by === "approval" && deadlines !== null ? deadlines.urgent : end;
  const at = Math.max(Date.parse(until), now);
  return at > range.to || Date.parse(end) <= now ? null : rounded(placeOf(at, range, width));
}

/** From here on the year says enough. */
const FAR = 2 * 365 * DAY;

export interface EndWords {
  readonly text: string;
  readonly x: number;
  /** Beside the bar, or above it where there is no room. */
  readonly above: boolean;
  readonly anchor: "start" | "end";
  readonly isLapse: boolean;
}

/** What is written at the end of a row, so much of it as is within the range. */
export function endWords(
  row: LifeRow,
  drawing: RowDrawing,
  {
    range,
    now,
    width,
    zone,
  }: { readonly range: Range; readonly now: number; readonly width: number; readonly zone: string },
): EndWords | null {
  const lapse = lapseWords(row, now, range);
  if (lapse !== null) return { ...placed(placeOf(lapse.at, range, width), lapse.text, width, true), isLapse: true };
  if (row.end === null) return null;
  const end = Date.parse(row.end);
  const place = placeOf(end, range, width);
  if (end > range.to) {
    // the arrow says that it goes on, and this until when
    return drawing.torn.right
      ? {
          text: `ends ${end - now > FAR ? row.end.slice(0, 4) : written(end, zone)}`,
          x: width - 10,
          above: true,
          anchor: "end",
          isLapse: false,
        }
      : null;
  }
  if (end < range.from) return null;
  const on = written(end, zone);
  const ended = row.removedAt === null ? `ended ${on}, still listed` : `would have ended ${on}`;
  const text = end <= now ? ended : `ends ${on}`;
  // what was removed at its end, or after it, says nothing more by that
  if (row.removedAt !== null && Date.parse(row.removedAt) >= end) return null;
  return { ...placed(place, text, width, drawing.cross !== null), isLapse: false };
}

function placed(place: number, text: string, width: number, above: boolean) {
  const isRoom = place + 8 + text.length * 6 < width;
  if (isRoom && !above) return { text, x: place + 8, above: false, anchor: "start" as const };
  const isLate = place > Math.min(text.length * 6, width / 2);
  return {
    text,
    x: isLate ? place : Math.max(place, 0),
    above: true,
    anchor: isLate ? ("end" as const) : ("start" as const),
  };
}

/** For how long nothing signed in. What the range cuts off is only known to be longer. */
function lapseWords({ segments }: LifeRow, now: number, range: Range) {
  const lapse = segments.find(({ what }) => what === "lapse");
  if (lapse === undefined) return null;
  const [from, to] = [Date.parse(lapse.from), Date.parse(lapse.to)];
  const long = `${from <= range.from ? "more than " : ""}${durationWords(to - from)}`;
  // the page is drawn anew a little later than it was counted
  const isOver = to < now - 60_000;
  return { at: to, text: isOver ? `could not sign in for ${long}` : `cannot sign in, for ${long} so far` };
}
