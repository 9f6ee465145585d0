/** Ratios of one run on one machine: ours and the other, interleaved, the medians of several rounds. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly other: number;
  readonly ratio: number;
  readonly unit: string;
  /** What the other is, and what the ratio should be. */
  readonly against: string;
  readonly goal: string;
}

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly against: string;
  readonly goal: string;
  readonly rounds: number;
  ours(): Promise<number>;
  other(): Promise<number>;
}

export async function measure(row: Measured): Promise<Row> {
  const ours: number[] = [];
  const other: number[] = [];
  // one of each that does not count: compiled code, open connections
  await row.ours();
  await row.other();
  for (let round = 0; round < row.rounds; round += 1) {
    ours.push(await row.ours());
    other.push(await row.other());
  }
  const [a, b] = [median(ours), median(other)];
  const { name, unit, against, goal } = row;
  return { name, ours: digits(a), other: digits(b), ratio: digits(a / b), unit, against, goal };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that a share of them, from 0 to 1, does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function digits(value: number): number {
  return Number(value.toPrecision(3));
}

/** Calls of `work` a second, `width` at a time, for about `ms`. */
export async function rate(ms: number, width: number, work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  let done = 0;
  const worker = async () => {
    while (performance.now() - begin < ms) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return done / ((performance.now() - begin) / 1000);
}
