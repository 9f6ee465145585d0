/**
 * How the command line speaks.
 *
 * - Data goes to stdout, everything else to stderr. `--json` prints exactly one JSON document on stdout.
 * - Lower case, no full stop, one thing a line. Numbers and times before adjectives.
 * - An error says what happened and why, then `hint:` with the next thing to type or do. Never a stack, never a value.
 * - Colour only on a terminal, and not with NO_COLOR; it never carries meaning alone.
 * - Exit codes: 0 done, 1 unexpected, 2 usage or configuration, 3 a finding, 4 incomplete, 5 refused by a safety rule,
 *   6 not reachable or not permitted, 130/143 interrupted. The highest of 6, 5, 4, 3 wins.
 */
import { randomUUID } from "node:crypto";
import { ERRORS, NolapseError } from "../core/errors.ts";
import { DAY, type EpochMs, formatInstant, HOUR, MINUTE, SECOND } from "../core/time.ts";

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130 | 143;

export interface Speaker {
  /** A line of data. */
  data(line: string): void;
  /** One JSON document; instants are to be formatted before. */
  json(document: unknown): void;
  /** A line for people, beside the data. */
  say(line: string): void;
  readonly style: Style;
}

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** The speaker on this process's streams. A reader that went away (`| head`) ends the output, not the program. */
export function createSpeaker(env: Readonly<Record<string, string | undefined>>): Speaker {
  const closed = new Set<NodeJS.WriteStream>();
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      closed.add(stream);
    });
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (!closed.has(stream)) stream.write(text);
  };
  return {
    data: (line) => write(process.stdout, `${line}\n`),
    json: (document) => write(process.stdout, `${JSON.stringify(document, null, process.stdout.isTTY ? 2 : 0)}\n`),
    say: (line) => write(process.stderr, `${line}\n`),
    style: styleFor(process.stdout.isTTY === true && (env.NO_COLOR ?? "") === ""),
  };
}

function styleFor(coloured: boolean): Style {
  const paint = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33) };
}

/** Says an error and gives the exit code. What is not ours is opaque: an id here, the details only with NOLAPSE_DEBUG=1. */
export function sayError(speaker: Pick<Speaker, "say">, thrown: unknown, debug: boolean): ExitCode {
  if (thrown instanceof NolapseError && thrown.code !== "unexpected") {
    speaker.say(`nolapse: ${thrown.message}`);
    if (thrown.next !== null) speaker.say(`hint: ${thrown.next}`);
    if (debug) speaker.say(String(thrown.stack));
    return ERRORS[thrown.code].exit;
  }
  const id = randomUUID();
  speaker.say(`nolapse: something unexpected happened (${id})`);
  speaker.say("hint: run it again with NOLAPSE_DEBUG=1 and report what it says; nothing is lost, the next run goes on");
  if (debug) speaker.say(thrown instanceof Error ? String(thrown.stack) : String(thrown));
  return 1;
}

/** The exit code for what a command found: the highest wins. */
export function exitCode(...codes: readonly ExitCode[]): ExitCode {
  return codes.reduce((worst, one) => (one > worst ? one : worst), 0 as ExitCode);
}

/** Columns aligned by their longest cell; the last one is left ragged. Colours are applied after the padding. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  paint: (cell: string, row: number, column: number) => string = (cell) => cell,
): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => width(row[column] ?? ""))));
  const line = (cells: readonly string[], row: number) =>
    cells
      .map((cell, column) => {
        const gap = column === cells.length - 1 ? 0 : (widths[column] ?? 0) - width(cell);
        return paint(cell, row, column) + " ".repeat(Math.max(0, gap));
      })
      .join("  ")
      .trimEnd();
  return [line(head, -1), ...rows.map((row, index) => line(row, index))];
}

/** Columns a text takes on a terminal: East Asian wide characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const char of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/.test(char) ? 2 : 1;
  return columns;
}

/** `2026-03-01 09:12` in UTC, or a dash. */
export function when(at: EpochMs | null): string {
  return at === null ? "–" : formatInstant(at).slice(0, 16).replace("T", " ");
}

/** `09:12:30` in UTC. */
export function clockTime(at: EpochMs): string {
  return formatInstant(at).slice(11, 19);
}

/** `in 3 days`, `2 hours ago`, `in 30 seconds`, `now`. */
export function relative(at: EpochMs, now: EpochMs): string {
  const distance = Math.abs(at - now);
  const units = [
    [DAY, "day"],
    [HOUR, "hour"],
    [MINUTE, "minute"],
    [SECOND, "second"],
  ] as const;
  const [size, unit] = units.find(([length]) => distance >= length) ?? [0, ""];
  if (size === 0) return "now";
  const amount = Math.floor(distance / size);
  const text = `${amount} ${unit}${amount === 1 ? "" : "s"}`;
  return at > now ? `in ${text}` : `${text} ago`;
}

/** `1 rotation`, `2 rotations`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}

/** ISO 8601 for JSON, null kept. */
export function iso(at: EpochMs | null): string | null {
  return at === null ? null : formatInstant(at);
}
