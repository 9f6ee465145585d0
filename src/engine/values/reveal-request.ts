/**
 * The value of a privileged application, seen by one person whom another one lets (decision 0012): who asks says why, somebody else
 * approves, and who asked sees it once within a quarter of an hour. Each step is a line of the trail, the last one before anybody sees
 * anything.
 */
import type { TrailAction } from "../../core/audit/actions.ts";
import { NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { type DurationMs, type EpochMs, HOUR, MINUTE, plus } from "../../core/time.ts";
import type { RevealRequest, RevealState } from "../../ports/reveals.ts";
import type { AuditEntry } from "../../ports/store.ts";
import { isPrivileged } from "../commands/approve.ts";
import type { Deps } from "../deps.ts";
import { rotationOf } from "../rotation/amend.ts";
import { NOLAPSE } from "../trail/audit.ts";

export type { RevealRequest };

/** So long does a request wait for another person. */
export const WAITS_FOR: DurationMs = 24 * HOUR;
/** So long may who asked see the value after another person has allowed it. */
export const SHOWN_WITHIN: DurationMs = 15 * MINUTE;

/** A person as the directory has confirmed him. */
export interface ConfirmedPerson {
  readonly actor: string;
  readonly objectId: string;
}

/**
 * Asks that another person lets this one see the value. @throws NolapseError `not-found` where no value is kept, `refused-by-rule` where
 * it takes no second person, or he has asked already.
 */
export async function askReveal(
  deps: Deps,
  rotationId: string,
  why: string,
  person: ConfirmedPerson,
): Promise<RevealRequest> {
  const rotation = await rotationOf(deps, rotationId);
  if (!isPrivileged(rotation))
    throw no(`${rotation.displayName} is not privileged: one person is enough`, "POST …/rotations/{id}/reveal");
  const kept = await deps.store.sealed(rotation.id);
  if (kept === null) throw notHeld();
  const at = await deps.clock.now();
  const asker = person.objectId.toLowerCase();
  const open = await waitingReveals(deps);
  const same = open.find((one) => one.rotation === rotation.id && one.keyId === kept.keyId && one.person === asker);
  if (same !== undefined)
    throw no("you have asked for it already", "it waits for another Admin: GET …/reveal-requests");
  const request: RevealRequest = {
    id: deps.random.uuid(),
    tenantId: rotation.tenantId,
    rotation: rotation.id,
    keyId: kept.keyId,
    holder: rotation.holder,
    displayName: rotation.displayName,
    privileges: rotation.privileges ?? [],
    actor: person.actor,
    person: asker,
    why,
    state: "asked",
    askedAt: at,
    until: plus(at, WAITS_FOR),
    approver: null,
  };
  return step(deps, request, null, lineOf(request, person.actor, at, "reveal-asked", { why }));
}

/** Another person's yes. @throws NolapseError `not-found`, `refused-by-rule` for his own request and for one that is over. */
export async function approveReveal(deps: Deps, id: string, person: ConfirmedPerson): Promise<RevealRequest> {
  const request = await openRequest(deps, id, "asked");
  const approver = { actor: person.actor, person: person.objectId.toLowerCase() };
  if (approver.person === request.person)
    throw no("you have asked for it yourself, and another person must allow it", "another Admin approves it");
  if ((await deps.store.sealed(request.rotation))?.keyId !== request.keyId) throw notHeld();
  const at = await deps.clock.now();
  const approved: RevealRequest = { ...request, state: "approved", approver, until: plus(at, SHOWN_WITHIN) };
  const details = { for: request.actor, why: request.why };
  return step(deps, approved, "asked", lineOf(approved, person.actor, at, "reveal-approved", details));
}

/** A no, by whomever: also by who asked, and also after a yes. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function refuseReveal(
  deps: Deps,
  id: string,
  person: ConfirmedPerson,
  why: string | null,
): Promise<RevealRequest> {
  const request = await openRequest(deps, id, "asked", "approved");
  const at = await deps.clock.now();
  const refused: RevealRequest = { ...request, state: "refused" };
  const details = { for: request.actor, ...(why === null ? {} : { why }) };
  return step(deps, refused, request.state, lineOf(refused, person.actor, at, "reveal-refused", details));
}

/**
 * Opens the value for who asked, once. @throws NolapseError `not-found`, `refused-by-rule` for anybody else, before another person has
 * allowed it, and after its time.
 */
export async function showApproved(
  deps: Deps,
  id: string,
  person: ConfirmedPerson,
): Promise<{ readonly rotation: Rotation; readonly keyId: string; readonly value: SecretValue }> {
  const request = await openRequest(deps, id, "asked", "approved");
  if (request.person !== person.objectId.toLowerCase())
    throw no(`${request.actor} has asked for it, and it is shown to nobody else`, "ask for it yourself");
  if (request.state === "asked") throw no("no other person has allowed it yet", "another Admin approves it");
  const kept = await deps.store.sealed(request.rotation);
  if (kept === null || kept.keyId !== request.keyId) throw notHeld();
  const { tenantId, holder, keyId, approver, why } = request;
  const value = await deps.sealer.open(kept.sealed, { tenantId, appId: holder.appId, keyId });
  const rotation = await rotationOf(deps, request.rotation);
  const at = await deps.clock.now();
  const details = { why, approvedBy: approver?.actor ?? null };
  const shown: RevealRequest = { ...request, state: "shown" };
  // of two who send it at once only one stores this, and only he is given the value
  await step(deps, shown, "approved", lineOf(shown, person.actor, at, "revealed", details));
  return { rotation, keyId, value };
}

/** Those that somebody may still approve or use. */
export async function waitingReveals(deps: Deps): Promise<readonly RevealRequest[]> {
  const open = await deps.store.openReveals(deps.settings.tenantId);
  if (open.length === 0) return [];
  const now = await deps.clock.now();
  return open.filter(({ until }) => now < until);
}

/** Notes which have run out; when the next will, null where none waits. @throws NolapseError `store-…`. */
export async function lapseReveals(deps: Deps): Promise<EpochMs | null> {
  const open = await deps.store.openReveals(deps.settings.tenantId);
  if (open.length === 0) return null;
  const now = await deps.clock.now();
  const dues: EpochMs[] = [];
  for (const request of open) {
    if (now < request.until) dues.push(request.until);
    else {
      const lapsed: RevealRequest = { ...request, state: "lapsed" };
      const line = lineOf(lapsed, NOLAPSE, now, "reveal-lapsed", { for: request.actor, was: request.state });
      // where somebody was faster it is settled as well
      await deps.store.stepReveal(lapsed, request.state, [line]);
    }
  }
  return dues.length === 0 ? null : (Math.min(...dues) as EpochMs);
}

/** @throws NolapseError `not-found`, and `refused-by-rule` where it is settled or its time is over. */
async function openRequest(deps: Deps, id: string, ...states: readonly RevealState[]): Promise<RevealRequest> {
  const request = await deps.store.revealRequest(id);
  if (request === null || request.tenantId !== deps.settings.tenantId) {
    throw new NolapseError("not-found", "there is no such request to see a value", {
      next: "GET …/reveal-requests lists those that wait",
    });
  }
  const isOver = request.state === "lapsed" || (isOpen(request) && (await deps.clock.now()) >= request.until);
  if (isOver) throw settled("lapsed");
  if (!states.includes(request.state)) throw settled(request.state);
  return request;
}

function isOpen({ state }: RevealRequest): boolean {
  return state === "asked" || state === "approved";
}

/** @throws NolapseError `refused-by-rule` where somebody else was first. */
async function step(
  deps: Deps,
  next: RevealRequest,
  from: RevealState | null,
  line: AuditEntry,
): Promise<RevealRequest> {
  if (await deps.store.stepReveal(next, from, [line])) return next;
  throw settled((await deps.store.revealRequest(next.id))?.state ?? "lapsed");
}

const SETTLED: Readonly<Record<RevealState, string>> = {
  asked: "it waits for another person",
  approved: "another person has allowed it already",
  shown: "it was shown, and is shown once only",
  refused: "it was refused",
  lapsed: "its time is over",
};

function settled(state: RevealState): NolapseError {
  return no(SETTLED[state], "ask again: POST …/rotations/{id}/reveal-requests");
}

function notHeld(): NolapseError {
  return new NolapseError(
    "not-found",
    "nolapse does not hold this value: it was not issued yet, or delivered and erased",
    {
      next: "read it where it went, or rotate it instead",
    },
  );
}

function lineOf(
  { tenantId, rotation, holder, keyId, id }: RevealRequest,
  actor: string,
  at: EpochMs,
  action: TrailAction,
  details: AuditEntry["details"],
): AuditEntry {
  const about = { rotation, appId: holder.appId, keyId, reason: null };
  return { tenantId, at, actor, action, ...about, details: { request: id, ...details } };
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}
