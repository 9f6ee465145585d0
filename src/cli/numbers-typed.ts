/** Options that are numbers or lengths of time, as a person types them. Each throws commander's InvalidArgumentError for what is none. */
import { InvalidArgumentError } from "commander";
import { parseDuration } from "../core/time.ts";

/** Milliseconds, of `90m`, `12h`, `30d`. */
export function duration(text: string): number {
  const length = parseDuration(text);
  if (length === null) throw new InvalidArgumentError("a duration such as 90m, 12h or 30d is needed");
  return length;
}

export function countOf(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 1_000_000)
    throw new InvalidArgumentError("a number up to 1000000 is needed");
  return number;
}

export function countFromOne(text: string): number {
  const number = countOf(text);
  if (number === 0) throw new InvalidArgumentError("a number from 1 is needed");
  return number;
}

/** A port. */
export function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new InvalidArgumentError("a port is needed");
  return number;
}
