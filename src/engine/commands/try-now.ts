/**
 * *Try now*: a person has mended what a rotation failed on, or what kept an answer from it, and it need not wait for the next try by itself. One rotation only: breaker,
 * stop and every other rotation stay as they are. What waits for a time of its own is not brought nearer by a try.
 */
import { NolapseError } from "../../core/errors.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { decide } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { gatherFacts } from "../facts.ts";
import { rotationOf, storeEvents } from "../rotation/amend.ts";
import { requireWriting } from "../rotation/may-write.ts";

/** Waits that are over once their cause is. */
const MENDABLE: readonly ReasonCode[] = ["backoff", "acceptance-silent"];

export interface Tried {
  readonly rotation: Rotation;
  /** A halted one was taken up again; of any other the wait after its last failure is over. */
  readonly what: "resumed" | "retry-asked";
}

/** @throws NolapseError `not-found`, `refused-by-rule` where no failure is waited after, `refused-by-…`, `store-busy`. */
export async function tryNow(
  deps: Deps,
  id: string,
  { actor, why }: { readonly actor: string; readonly why: string | null },
): Promise<Tried> {
  await requireWriting(deps);
  const before = await rotationOf(deps, id);
  const at = await deps.clock.now();
  if (before.state !== "halted") {
    const verdict = decide(before, await gatherFacts(deps, before, at), at);
    if (!MENDABLE.includes(verdict.because)) throw notFailing(before, verdict);
  }
  const what = before.state === "halted" ? "resumed" : "retry-asked";
  const note = why === null ? {} : { why };
  const events = [{ type: what, at } as const, { type: "waited", at, dueAt: at } as const];
  return { rotation: await storeEvents(deps, before, events, actor, [], note), what };
}

function notFailing({ displayName, holder }: Rotation, { verdict, because }: ReturnType<typeof decide>): NolapseError {
  const next = `nolapse explain ${holder.appId} says what it waits for, and until when`;
  const why =
    verdict === "wait"
      ? `the rotation of ${displayName} waits for something that no try brings nearer: ${REASONS[because]} [${because}]`
      : `the rotation of ${displayName} has not failed: ${REASONS[because]} [${because}]`;
  return new NolapseError("refused-by-rule", why, { next });
}
