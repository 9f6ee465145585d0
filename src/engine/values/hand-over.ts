/**
 * Where only a person can bring a value: it is handed over once, and the person says when it is installed. Both are noted before
 * anything is shown or concluded; the proof is somebody else's sign-in (steps/verify.ts).
 */
import { NolapseError } from "../../core/errors.ts";
import { goesOnBy, heldBecause } from "../../core/rotation/application-pause.ts";
import type { Delivery, Rotation } from "../../core/rotation/rotation.ts";
import { REPLICATION_WINDOW } from "../../core/schedule/replication.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { AuditEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { stopped } from "../facts.ts";
import { rotationOf, storeEvents } from "../rotation/amend.ts";
import { anew } from "../rotation/steps/value.ts";

export interface HandOver {
  readonly rotation: Rotation;
  /** Name of the target, who carries the value there, and where that is. */
  readonly target: string;
  readonly by: string;
  readonly to: string;
}

/** Which of several carried targets is meant, and who asks. */
export interface HandOverRequest {
  readonly target: string | null;
  readonly actor: string;
}

/**
 * Hands the value over, once for each target. From here on the new credential counts as received.
 * @throws NolapseError `not-found`, `refused-by-rule` when nothing waits for a person, it was handed over already, or it is paused,
 * `refused-by-stop`, `directory-absent` when the directory does not show the new credential, `usage` when several targets wait and none is named, `seal-key-…`.
 */
export async function handOver(
  deps: Deps,
  id: string,
  request: HandOverRequest,
): Promise<HandOver & { readonly value: SecretValue }> {
  const rotation = await rotationOf(deps, id);
  const why = await stopped(deps, rotation.tenantId);
  if (why !== null) throw new NolapseError("refused-by-stop", why, { next: "nolapse resume" });
  refusePaused(rotation);
  const waiting = carriedOf(deps, rotation).filter(({ delivery }) => delivery.receipt === null);
  const fresh = waiting.filter(({ delivery }) => delivery.intendedAt === null);
  if (rotation.state !== "accepted" || waiting.length === 0) throw nothingToCarry(rotation);
  const chosen = choose(request.target === null ? fresh : waiting, request.target, () => takenAlready(rotation));
  if (chosen.delivery.intendedAt !== null) throw takenAlready(rotation);
  refusePrivileged(rotation);
  await refuseGone(deps, rotation);
  const value = await openSealed(deps, rotation);
  const at = await deps.clock.now();
  const { target } = chosen.delivery;
  // noted first: what was shown and not noted would be a value that nobody knows of
  const after = await storeEvents(
    deps,
    rotation,
    [
      { type: "delivery-intended", at, target },
      { type: "waited", at, dueAt: at },
    ],
    request.actor,
    [revealed(rotation, request.actor, at, `carried to ${target} by ${chosen.by}`)],
  );
  return { rotation: after, value, target, by: chosen.by, to: chosen.to };
}

/**
 * Takes a person's word that the value is installed. @throws NolapseError `not-found`, `refused-by-rule` when it was never
 * handed over, `usage` when several targets wait and none is named.
 */
export async function acknowledge(deps: Deps, id: string, request: HandOverRequest): Promise<HandOver> {
  const rotation = await rotationOf(deps, id);
  const chosen = awaited(deps, rotation, request.target);
  const at = await deps.clock.now();
  const { target } = chosen.delivery;
  const after = await storeEvents(
    deps,
    rotation,
    [
      { type: "delivered", at, target, version: null },
      { type: "waited", at, dueAt: at },
    ],
    request.actor,
  );
  return { rotation: after, target, by: chosen.by, to: chosen.to };
}

/** What an acknowledgement would be about; for the question before it. Throws as {@link acknowledge} does. */
export async function awaitedHandOver(deps: Deps, id: string, target: string | null): Promise<HandOver> {
  const rotation = await rotationOf(deps, id);
  const { delivery, by, to } = awaited(deps, rotation, target);
  return { rotation, target: delivery.target, by, to };
}

/** What a person holds goes nowhere, by nobody's hand. */
function refusePaused(rotation: Rotation): void {
  const { displayName, paused } = rotation;
  if (paused === undefined) return;
  const what = paused.application === true ? displayName : `the rotation of ${displayName}`;
  throw new NolapseError("refused-by-rule", `${what} is paused by ${paused.by} [${heldBecause(paused)}]`, {
    next: `nolapse ${goesOnBy(rotation, paused)}`,
  });
}

/** One person alone would hold the value of an application that could master the tenant. */
function refusePrivileged({ displayName, privileges = [], id }: Rotation): void {
  if (privileges.length === 0) return;
  throw new NolapseError(
    "refused-by-rule",
    `the value of ${displayName} is handed to nobody: it is privileged by ${privileges.join(", ")} [privileged-by-hand]`,
    { next: `bind it to a target that nolapse writes to, then nolapse cancel ${id}` },
  );
}

/** What the directory no longer shows would be installed for nothing. A read that fails says nothing. */
async function refuseGone(deps: Deps, { holder, issued, id, self }: Rotation): Promise<void> {
  const now = await deps.clock.now();
  if (self || issued === null || now - issued.at <= REPLICATION_WINDOW) return;
  const read = await deps.entra.read(holder).catch(() => null);
  if (read === null || read.holder.credentials.some((one) => one.keyId === issued.keyId)) return;
  throw new NolapseError("directory-absent", `the directory does not show the new credential ${issued.keyId}`, {
    next: `try again in a few minutes; if somebody has removed it: nolapse cancel ${id}, then nolapse rotate ${holder.appId} --now`,
  });
}

interface Carried {
  readonly delivery: Delivery;
  readonly by: string;
  readonly to: string;
}

function awaited(deps: Deps, rotation: Rotation, target: string | null): Carried {
  const waiting = carriedOf(deps, rotation).filter(({ delivery }) => delivery.receipt === null);
  if (rotation.state !== "accepted" || waiting.length === 0) throw nothingToCarry(rotation);
  const untaken = () =>
    new NolapseError("refused-by-rule", "the value was not handed to anybody yet", {
      next: `nolapse deliver ${rotation.id}`,
    });
  const taken = waiting.filter(({ delivery }) => delivery.intendedAt !== null);
  return choose(taken, target, untaken);
}

function carriedOf(deps: Deps, rotation: Rotation): Carried[] {
  return rotation.deliveries.flatMap((delivery) => {
    const carried = deps.targets.get(delivery.target)?.carried;
    return carried === undefined ? [] : [{ delivery, ...carried }];
  });
}

function choose(among: readonly Carried[], named: string | null, none: () => NolapseError): Carried {
  const found = named === null ? among : among.filter(({ delivery }) => delivery.target === named);
  const [first, second] = found;
  if (first === undefined) throw none();
  if (second === undefined) return first;
  throw new NolapseError("usage", "several targets of this rotation wait for a person", {
    next: `name one: --target ${found.map(({ delivery }) => delivery.target).join(" or --target ")}`,
  });
}

function nothingToCarry({ state, id }: Rotation): NolapseError {
  return new NolapseError("refused-by-rule", `no target of rotation ${id} waits for a person: it is ${state}`, {
    next: "nolapse explain APP shows what it waits for",
  });
}

function takenAlready({ id, holder }: Rotation): NolapseError {
  return new NolapseError("refused-by-rule", "the value was handed over already; it is shown once", {
    next: `when it is installed: nolapse delivered ${id}; if it was lost: nolapse secret show ${holder.appId} --reason "…"`,
  });
}

async function openSealed(deps: Deps, rotation: Rotation): Promise<SecretValue> {
  const { id, tenantId, holder } = rotation;
  const kept = await deps.store.sealed(id);
  if (kept !== null) return deps.sealer.open(kept.sealed, { tenantId, appId: holder.appId, keyId: kept.keyId });
  throw new NolapseError("seal-key-wrong", "the value of the new credential is no longer in the store", {
    next: anew(rotation),
  });
}

function revealed(
  { id, tenantId, holder, issued }: Rotation,
  actor: string,
  at: AuditEntry["at"],
  why: string,
): AuditEntry {
  const about = { rotation: id, appId: holder.appId, keyId: issued?.keyId ?? null };
  return { tenantId, at, actor, action: "revealed", ...about, reason: null, details: { why } };
}
