/**
 * What a rehearsal sees of faults by itself, beside the book that tells people of them: deaths, and places that give no answer. Each is in the
 * book, and whatever is in the book is told.
 */
import { NolapseError } from "../../core/errors.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { FaultTally } from "./fault-book.ts";

export class FaultsSeen {
  #deaths = 0;
  #unanswered = 0;

  /** A process died. */
  dies(): void {
    this.#deaths += 1;
  }

  /** Right after a call. */
  after({ port }: Call, outcome: Outcome): void {
    if (port !== "target" || outcome.ok || !(outcome.thrown instanceof NolapseError)) return;
    if (outcome.thrown.code === "target-unreachable") this.#unanswered += 1;
  }

  /** What the tally of a whole run keeps to itself. @param total all that the book knows of. */
  untold(tally: readonly FaultTally[], total: number): readonly string[] {
    const of = (kind: FaultTally["kind"]) => tally.find((one) => one.kind === kind)?.met ?? 0;
    const told = tally.reduce((sum, { met }) => sum + met, 0);
    return [
      ...(of("crash") === this.#deaths ? [] : [`${this.#deaths} times a process died, and ${of("crash")} are counted`]),
      ...(of("place") >= this.#unanswered
        ? []
        : [`${this.#unanswered} times a place gave no answer, and ${of("place")} are counted`]),
      ...(told === total ? [] : [`${total} faults were met, and ${told} are told of`]),
    ];
  }
}
