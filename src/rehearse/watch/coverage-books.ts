/** What a rehearsal knows of scans: one that missed a page is not complete (design §4.3, invariant 8), one lost too much (§4.7). */
import type { ScanSummary } from "../../ports/store.ts";
import type { Call, Outcome } from "../stage/story.ts";

export class CoverageBooks {
  /** Of each process, the pages that were not answered the last time it asked for them. */
  readonly #missed = new Map<string, Set<string>>();
  /** Of each process, those that were answered since it recorded a scan: a person's command scans beside it, and may miss what it has read. */
  readonly #answered = new Map<string, Set<string>>();
  /** The last recorded scan lost so much that only a person lets writing go on. */
  isLossy = false;

  /** Why what a scan says of itself is not true; null when it is, or when nothing was said. */
  after({ port, method, args }: Call, outcome: Outcome, process: string): string | null {
    if (port !== "store" && port !== "entra") return null;
    const missed = this.#missed.get(process) ?? new Set();
    this.#missed.set(process, missed);
    const answered = this.#answered.get(process) ?? new Set();
    this.#answered.set(process, answered);
    if (port === "entra" && method === "page") {
      const page = `${String(args[0])} ${String(args[1])}`;
      // its beginning: what an earlier look at this list missed is over
      if (args[1] === null) for (const one of missed) if (one.startsWith(`${String(args[0])} `)) missed.delete(one);
      if (outcome.ok) {
        missed.delete(page);
        answered.add(page);
      } else missed.add(page);
    }
    if (port === "store" && method === "forgetMissing" && outcome.ok) this.isLossy = false;
    if (port !== "store" || method !== "recordScan") return null;
    if (outcome.ok) this.isLossy = (outcome.value as ScanSummary).lost > 0.1;
    const { complete } = args[0] as Omit<ScanSummary, "lost">;
    const isWrong = complete && [...missed].some((page) => !answered.has(page));
    missed.clear();
    answered.clear();
    return isWrong ? "a scan is said to be complete although a page of it could not be read" : null;
  }
}
