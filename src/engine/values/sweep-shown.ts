/** Looks after client secrets that were made to be seen once: finds those whose answer was lost, and removes what nobody has stored. */
import { asNolapseError } from "../../core/errors.ts";
import { nextReadAt, WATCH_SCHEDULE } from "../../core/schedule/replication.ts";
import { type EpochMs, earliest, MINUTE } from "../../core/time.ts";
import type { LastUse } from "../../ports/logs.ts";
import type { ShownSecret } from "../../ports/shown.ts";
import type { Deps } from "../deps.ts";
import { stopped } from "../facts.ts";
import { pauseOf } from "../rotation/unpaused.ts";
import { NOLAPSE } from "../trail/audit.ts";
import { entryOf, line, removeLapsed, settle } from "./shown-secret.ts";

/** A request may be under way for so long; what is read before says nothing of its answer. */
const UNDER_WAY = 2 * MINUTE;
/** The looks at what is still under way are left out. */
const LOOKS = WATCH_SCHEDULE.filter((after) => after >= UNDER_WAY);

/** What one sweep leaves. */
export interface Swept {
  /** When the next one comes due, null where none does. */
  readonly due: EpochMs | null;
  /** Whether something was due and could not be done. */
  readonly inVain: boolean;
}

/**
 * One look at all that are open. What cannot be had now is looked at the next time.
 * @throws NolapseError `store-…`; the reason of `signal`.
 */
export async function sweepShown(deps: Deps, signal?: AbortSignal): Promise<Swept> {
  const { settings, store, clock } = deps;
  const open = await store.openShown(settings.tenantId);
  if (open.length === 0) return { due: null, inVain: false };
  const now = await clock.now();
  const sweep: Sweep = { now, uses: readOnce(deps, now, signal), signal };
  const dues: EpochMs[] = [];
  for (const secret of open) {
    signal?.throwIfAborted();
    const after = await lookAfter(deps, secret, sweep).catch((thrown: unknown) => {
      // its person, or another process, was faster
      if (asNolapseError(thrown).code === "refused-by-rule") return null;
      throw thrown;
    });
    if (after === null) continue;
    const due = after.state === "held" ? after.until : after.state === "asked" ? dueOf(after) : null;
    if (due !== null) dues.push(due);
  }
  const coming = dues.filter((due) => due > now);
  return { due: coming.length === 0 ? null : earliest(...coming), inVain: coming.length < dues.length };
}

/** What one sweep looks with. */
interface Sweep {
  readonly now: EpochMs;
  /** What the usage report says, read for the first that asks and for no other: it is of the whole tenant. */
  readonly uses: () => Promise<readonly LastUse[]>;
  readonly signal: AbortSignal | undefined;
}

/** Null where its application is paused. */
async function lookAfter(deps: Deps, secret: ShownSecret, sweep: Sweep): Promise<ShownSecret | null> {
  const { now, signal } = sweep;
  // its value stays sealed, and its person can still have it; asked again after each reading, which may take a while
  const isPaused = async () => (await pauseOf(deps, secret.holder.appId)) !== null;
  if (await isPaused()) return null;
  let after = secret;
  if (after.state === "asked") after = await findLost(deps, after, now, signal);
  if (after.state === "held" && now >= after.until) {
    const state = (await isUsed(after, sweep)) ? "kept" : "lapsed";
    if (await isPaused()) return null;
    const because = state === "kept" ? "somebody signs in with it" : "nobody said that it is stored";
    after = await settle(deps, after, state, now, { by: NOLAPSE, because });
  }
  const isGoing = after.state === "lapsed" && !(await isPaused()) && (await mayRemove(deps));
  return isGoing ? removeLapsed(deps, deps.entra, after) : after;
}

/** Asked right before: a reading may have taken a while. */
async function mayRemove(deps: Deps): Promise<boolean> {
  const { mode, tenantId } = deps.settings;
  if (mode === "observe" || (await stopped(deps, tenantId)) !== null) return false;
  return (await deps.store.switches(tenantId)).removalOff === null;
}

function dueOf({ askedAt, reads }: ShownSecret): EpochMs | null {
  return nextReadAt(LOOKS, askedAt, reads);
}

/** By mark, exact end and key id: only what is certainly the one whose answer was lost. */
async function findLost(deps: Deps, secret: ShownSecret, now: EpochMs, signal?: AbortSignal): Promise<ShownSecret> {
  const due = dueOf(secret);
  if (due !== null && now < due) return secret;
  const read = await deps.entra.read(secret.holder, signal).catch((thrown: unknown) => {
    signal?.throwIfAborted();
    return asNolapseError(thrown).code === "directory-absent" ? "absent" : null;
  });
  if (read === null) return secret;
  const found = (read === "absent" ? [] : read.holder.credentials).filter(
    ({ keyId, name, end }) => name === secret.name && end === secret.end && !secret.keyIdsBefore.includes(keyId),
  );
  const [only, other] = found;
  if (only !== undefined && other === undefined) {
    const lapsed: ShownSecret = { ...secret, state: "lapsed", keyId: only.keyId, hint: only.hint };
    const audit = [line(lapsed, now, "orphan-confirmed", {})];
    const ledger = entryOf(lapsed, "orphan", now);
    return (await deps.store.stepShown(lapsed, "asked", { audit, ledger, seal: null })) ? lapsed : secret;
  }
  const isOver = secret.reads + 1 >= LOOKS.length;
  const next: ShownSecret = { ...secret, reads: secret.reads + 1, state: isOver ? "never" : "asked" };
  const audit = isOver ? [line(secret, now, "shown-never", { seen: found.length })] : [];
  return (await deps.store.stepShown(next, "asked", { audit })) ? next : secret;
}

/** Whether the usage report names it. */
async function isUsed({ keyId }: ShownSecret, { uses, signal }: Sweep): Promise<boolean> {
  const seen = await uses();
  signal?.throwIfAborted();
  return seen.some((one) => one.keyId === keyId);
}

/** The usage report as it is at `now` or later, read once. Where nobody may read it, nothing is known of any use. */
function readOnce({ logs }: Deps, now: EpochMs, signal: AbortSignal | undefined): Sweep["uses"] {
  let reading: Promise<readonly LastUse[]> | null = null;
  return () => {
    reading ??= logs.lastUses(now, signal).catch(() => []);
    return reading;
  };
}
