/** A rehearsal beside the work of a server: in a thread of its own, so that pages are answered and rotations go on meanwhile. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { NolapseError } from "../core/errors.ts";
import { FAULT_KIND_NAMES, type FaultKind } from "../core/fault-kinds.ts";
import { type EpochMs, formatInstant } from "../core/time.ts";
import type { Future, FutureOptions } from "../rehearse/future.ts";
import type { FutureLapse } from "../rehearse/future-lapses.ts";
import type { FutureProgress } from "../rehearse/future-progress.ts";
import { futurePage } from "../rehearse/page.ts";

/** What the thread is given: plain data alone. */
export type Beside = Pick<FutureOptions, "plan" | "holders" | "settings" | "days" | "runs" | "seed" | "without">;

/** What the thread says: how far it is, or what came of it. */
export type Said = { readonly progress: FutureProgress } | { readonly future: Future };

/** `stop` ends it with what it has lived through. `done` rejects where the thread breaks off. */
export function rehearseBeside(
  copied: Pick<Beside, "plan" | "holders" | "settings">,
  { faults, ...asked }: Pick<Beside, "days" | "runs" | "seed"> & { readonly faults: readonly FaultKind[] },
  progress: (underway: ReturnType<typeof underwayOf>) => void,
) {
  const without = FAULT_KIND_NAMES.filter((kind) => !faults.includes(kind));
  const beside: Beside = { ...copied, ...asked, without };
  const stopped = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const thread = new URL(`./rehearsal-thread${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const worker = new Worker(thread, { workerData: { beside, stopped } });
  const done = new Promise<Future>((resolve, reject) => {
    worker.on("message", (said: Said) => {
      if ("progress" in said) progress(underwayOf(said.progress));
      else resolve(said.future);
    });
    worker.on("error", reject);
    worker.on("exit", () => reject(new NolapseError("unexpected", "the rehearsal broke off")));
  }).then((future) => ({ report: reportOf(future), page: futurePage(future) }));
  return { done, stop: () => void Atomics.store(stopped, 0, 1) };
}

/** What the pages show of one that runs. */
function underwayOf({ from, at, stopped, ...more }: FutureProgress) {
  return { ...more, from: formatInstant(from), at: formatInstant(at), stopped: stopped.map(weekOf) };
}

const weekOf = ({ week, ...counts }: FutureProgress["stopped"][number]) => ({ week: dayOf(week), ...counts });

/** What they show when it is over. */
function reportOf(future: Future) {
  const { from, until, complete, seeds, applications, bound, applicationYears, issuesPerDay } = future;
  const most = (of: "issues" | "requests") => Math.max(0, ...future.days.map((one) => one[of]));
  return {
    from: formatInstant(from),
    until: formatInstant(until),
    complete,
    seed: seeds.first,
    runs: seeds.runs,
    applications,
    bound,
    applicationYears,
    rotations: future.rotations.length,
    signIns: future.signIns,
    crashes: future.crashes,
    busiestDay: { issues: most("issues"), requests: most("requests") },
    issuesPerDay,
    without: future.without.map(lapseOf),
    with: future.with.map(lapseOf),
    people: future.people.map((one) => ({ ...one, by: one.by === null ? null : formatInstant(one.by) })),
    days: future.days.map((one) => ({ ...one, day: dayOf(one.day) })),
    findings: [...future.findings],
    faults: [...future.faults],
    storyHashes: [...future.storyHashes],
  };
}

const dayOf = (at: EpochMs) => formatInstant(at).slice(0, 10);
const lapseOf = (one: FutureLapse) => ({ ...one, at: formatInstant(one.at) });
