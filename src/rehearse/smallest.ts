/** Makes the world of a finding smaller as long as it still shows one of its kind: fewer applications, less time. */
import { DAY, type DurationMs, type EpochMs } from "../core/time.ts";
import type { Rehearsed } from "./report.ts";
import type { FindingKind } from "./watch/finding.ts";

export interface WorldSize {
  readonly applications: number;
  readonly duration: DurationMs;
}

export interface Smallest {
  readonly size: WorldSize;
  readonly rehearsed: Rehearsed;
}

/** Each try is a life of its own; a world that shrinks no more is found long before. */
const MOST_TRIES = 24;

/**
 * `live` plays a world of that size of the same seed, at least until it shows a finding of that kind; `from` is when every one begins. Gives the world it was called with
 * where nothing smaller shows the first finding's kind.
 */
export async function smallest(
  start: Smallest,
  from: EpochMs,
  live: (size: WorldSize, kind: FindingKind) => Promise<Rehearsed>,
): Promise<Smallest> {
  const kind = start.rehearsed.findings[0]?.kind;
  let best = start;
  if (kind === undefined) return best;
  const refused = new Set<string>();
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const size = smaller(best, kind, from).find((one) => !refused.has(keyOf(one)));
    if (size === undefined) return best;
    const rehearsed = await live(size, kind);
    if (rehearsed.findings.some((one) => one.kind === kind)) best = { size, rehearsed };
    else refused.add(keyOf(size));
  }
  return best;
}

const keyOf = ({ applications, duration }: WorldSize) => `${applications} ${duration}`;

/** What is tried next, the greatest step of each kind first. */
function smaller({ size, rehearsed }: Smallest, kind: FindingKind, from: EpochMs): readonly WorldSize[] {
  const { applications, duration } = size;
  const found = rehearsed.findings.find((one) => one.kind === kind);
  // the day after it is lived to its end, in case the look that finds it comes a little later there
  const until = found === undefined ? duration : Math.ceil((found.at - from) / DAY + 1) * DAY;
  const fewer = [1, Math.floor(applications / 2), applications - 1].filter((one) => one >= 1 && one < applications);
  // time last: another application may show it later, which a shorter world would hide
  return [
    ...[...new Set(fewer)].map((one) => ({ applications: one, duration })),
    ...(until < duration ? [{ applications, duration: until }] : []),
  ];
}
