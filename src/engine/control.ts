/** What a person asks for: rotate now, stop, resume, approve, cancel, recover, show a value. Each leaves an audit line. */

import { command, tenantNamed } from "../core/commands.ts";
import { INSTANCE_LENGTH, parseMarkedName } from "../core/credentials/marker.ts";
import { asNolapseError, asThrown, NolapseError } from "../core/errors.ts";
import type { Rotation, RotationEvent } from "../core/rotation/rotation.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { type DurationMs, type EpochMs, earliest, plus } from "../core/time.ts";
import type { AuditEntry, Switches } from "../ports/store.ts";
import { amend, rotationOf, tryStore } from "./amend.ts";
import { approve, isPrivileged } from "./approve.ts";
import type { Deps } from "./deps.ts";
import { discover, type Scan } from "./discover.ts";
import { requireWriting } from "./may-write.ts";
import { applicationNamed, rotationsNamed } from "./named.ts";
import { openRotation } from "./open.ts";
import { makePlan, type PlanItem } from "./plan.ts";
import { requirePrivilegesRead } from "./privileges.ts";
import { readSelf } from "./self.ts";
import { waitingOrHalted } from "./waiting.ts";

/** What `nolapse rotate` opened or found open, and what it could not. */
export interface Asked {
  readonly rotations: readonly Rotation[];
  /** How many of them were opened now; the others were open already. */
  readonly opened: number;
  /** Each says why. */
  readonly refused: readonly PlanItem[];
  /** Those that could not be asked for. */
  readonly failed: readonly { readonly item: PlanItem; readonly error: NolapseError }[];
}

/** What keeps everything from being asked for, and is no answer for one alone. */
export function isFault({ code }: NolapseError): boolean {
  return code === "unexpected" || code.startsWith("store-f");
}

/** The same where nothing failed. @throws what the first one failed with. */
export function unlessFailed(asked: Asked): Asked {
  const [first] = asked.failed;
  if (first !== undefined) throw asThrown(first.error);
  return asked;
}

/**
 * Opens rotations of the named applications on a person's word; with `now` also those that are not due, though never past
 * a safety rule.
 * @throws NolapseError `not-found` when an application is not in the tenant, `refused-by-mode` in mode observe,
 * `refused-by-stop` while everything stands still: what is asked for then would be forgotten, and done all the same later.
 */
export async function ask(
  deps: Deps,
  named: readonly string[],
  { now, actor }: { readonly now: boolean; readonly actor: string },
): Promise<Asked> {
  await requireWriting(deps);
  const scan = deps.self === undefined ? await discover(deps) : await readSelf(deps, deps.self);
  requirePrivilegesRead(scan);
  const plan = await makePlan(deps, scan);
  const items: PlanItem[] = [];
  for (const appId of new Set(named.map((one) => applicationNamed(scan, one)))) {
    const own = plan.items.filter((one) => one.appId === appId && one.slot !== null);
    if (own.length === 0) throw notBound(scan, appId);
    items.push(...own);
  }
  return unlessFailed(await askItems(deps, items, { now, actor }));
}

/**
 * The same of slots that are planned already, for whoever has just looked. One that fails undoes no other, and after a fault none
 * is asked for any more: what was opened is told all the same.
 * @throws NolapseError as {@link ask} does where nothing at all may be begun.
 */
export async function askItems(
  deps: Deps,
  items: readonly PlanItem[],
  { now, actor }: { readonly now: boolean; readonly actor: string },
): Promise<Asked> {
  await requireWriting(deps);
  const at = await deps.clock.now();
  const rotations: Rotation[] = [];
  let opened = 0;
  const refused: PlanItem[] = [];
  const failed: { item: PlanItem; error: NolapseError }[] = [];
  for (const item of items) {
    try {
      const rotation = outcomeOf(item, now) === "refused" ? null : await askFor(deps, item, actor, at);
      if (rotation === null) refused.push({ ...item, ...refusalOf(deps, item) });
      else rotations.push(rotation);
      if (rotation !== null && item.rotation === null) opened += 1;
    } catch (thrown) {
      const error = asNolapseError(thrown);
      failed.push({ item, error });
      if (isFault(error)) break;
    }
  }
  return { rotations, opened, refused, failed };
}

/**
 * The rotations of the application that this process is signed in as, made due now: only `rotate --self` moves them, so that
 * each such command goes on with what earlier ones have begun. Their ids.
 */
export async function takeUpOwn(deps: Deps, actor: string): Promise<readonly string[]> {
  const { self, settings, store } = deps;
  if (self === undefined) return [];
  const at = await deps.clock.now();
  const open = (await store.rotations({ tenantId: settings.tenantId, appId: self.appId })).filter(
    (one) => one.self && one.dueAt !== null,
  );
  const taken = [];
  for (const one of open) {
    if ((await tryStore(deps, one, [{ type: "waited", at, dueAt: at }], actor)) !== null) taken.push(one.id);
  }
  return taken;
}

/** What asking for a slot comes to: `opens` a rotation, finds one `open` already, or is `refused` for what the item says. */
export type Outcome = "opens" | "open" | "refused";

export function outcomeOf({ status, rotation, holder, credential, policy }: PlanItem, now: boolean): Outcome {
  if (status === "later" && !now) return "refused";
  // nobody's word for the new credential takes it up again: that is said of all that is halted
  if (rotation?.state === "halted" || rotation?.paused !== undefined) return "refused";
  if (rotation !== null) return "open";
  const isWhole = holder !== null && credential !== null && policy !== null;
  return status === "cannot" || !isWhole ? "refused" : "opens";
}

/** Why what is refused is: of a halted one the reason of the halt, of a paused one who holds it, not what it was opened for. */
export function refusalOf(
  { settings }: Pick<Deps, "settings">,
  { rotation, because, detail }: PlanItem,
): Pick<PlanItem, "because" | "detail"> {
  const tenant = tenantNamed(settings);
  const { paused } = rotation ?? {};
  // what halted while it was paused is taken up again first
  if (rotation !== null && paused !== undefined && rotation.state !== "halted")
    return { because: "paused", detail: `by ${paused.by}; ${command(tenant, `continue ${rotation.id}`)}` };
  if (rotation?.state !== "halted") return { because, detail };
  return {
    because: rotation.haltReason ?? because,
    detail: `its rotation is halted; ${command(tenant, "resume")} takes it up again`,
  };
}

async function askFor(deps: Deps, item: PlanItem, actor: string, at: EpochMs): Promise<Rotation | null> {
  if (item.rotation !== null) {
    if (deps.self !== undefined && !item.rotation.self) throw otherWay(item.rotation);
    // where two persons must, who asks for it has not approved it
    if (isPrivileged(item.rotation)) return item.rotation;
    return approve(deps, item.rotation.id, "issue", actor);
  }
  return openRotation(deps, item, "asked-for", at, { actor, approved: true });
}

function otherWay({ id, displayName }: Rotation): NolapseError {
  return new NolapseError("refused-by-rule", `a rotation of ${displayName} was begun with the tenant's own sign-in`, {
    next: `let nolapse run finish it, or nolapse cancel ${id}, then nolapse rotate --self`,
  });
}

function notBound(scan: Scan, appId: string): NolapseError {
  const seen = scan.holders.find((one) => one.appId === appId);
  return new NolapseError(
    "not-found",
    `${seen?.displayName ?? "the application"} (${appId}) has no entry with targets in the configuration`,
    { next: "add it under applications, with the targets that hold its secret" },
  );
}

/** Cancels a rotation; both credentials stay. @throws NolapseError `refused-by-rule` between issue and delivery. */
export async function cancel(deps: Deps, id: string, actor: string, why: string | null = null): Promise<Rotation> {
  return amend(deps, id, actor, (at) => ({ type: "cancelled", at }), why === null ? {} : { why });
}

/**
 * Puts the public part of a retired certificate back for a time, for whoever still holds its key. A client secret cannot come
 * back: nobody has its value. The next run adds it. @throws NolapseError `not-found`, `refused-by-rule`.
 */
export async function askUndo(
  deps: Deps,
  id: string,
  { length, actor }: { readonly length: DurationMs; readonly actor: string },
): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  const now = await deps.clock.now();
  const why = whyNoUndo(rotation, now);
  if (why !== null) throw new NolapseError("refused-by-rule", why.why, { next: why.next });
  const until = earliest(plus(now, length), rotation.replacesCertificate?.end ?? now);
  return amend(deps, id, actor, (at) => ({ type: "undo-asked", at, until, keyId: deps.random.uuid() }));
}

function whyNoUndo(rotation: Rotation, now: EpochMs): { readonly why: string; readonly next: string } | null {
  const { state, replacesKind, replacesCertificate, holder } = rotation;
  // by its id: owners choose the name, and this is typed into a shell
  const renew = `nolapse rotate ${holder.appId} --now makes a new one`;
  if (replacesKind === "secret")
    return { why: "a client secret cannot be put back: nobody has its value", next: renew };
  if (state !== "retired")
    return { why: `its old certificate is still there: it is ${state}`, next: "nolapse explain" };
  if (replacesCertificate === null) return { why: "the public part of its old certificate is not kept", next: renew };
  return replacesCertificate.end <= now ? { why: "its old certificate has ended by itself", next: renew } : null;
}

/** Stops all writing in the tenant; reading goes on. */
export async function stop(deps: Deps, actor: string): Promise<void> {
  const at = await deps.clock.now();
  await turn(deps, "stopped", { at, by: actor }, actor, "stop", at);
}

/** What a person's word to go on has come to. */
export interface Resumed {
  /** Halted rotations that were taken up again. */
  readonly resumed: number;
  /** Objects that scans no longer saw, and that are not known any more. */
  readonly forgotten: number;
  /**
   * Those that another process holds at this moment: they keep nobody else from going on, and halted ones among them must be
   * resumed again.
   */
  readonly busy: readonly Rotation[];
  readonly stillStopped: string | null;
}

/**
 * Lets writing go on after a stop, an open breaker or a scan that lost too much, and takes halted rotations up again: on a
 * person's word what that scan no longer saw is really gone.
 */
export async function resume(deps: Deps, actor: string): Promise<Resumed> {
  const at = await deps.clock.now();
  await turn(deps, "stopped", null, actor, "resume", at);
  await turn(deps, "breaker", null, actor, "breaker-closed", at);
  const forgotten = await deps.store.forgetMissing(
    deps.settings.tenantId,
    line(deps, actor, "loss-accepted", at, {}, {}),
  );
  let resumed = 0;
  const busy: Rotation[] = [];
  for (const rotation of await waitingOrHalted(deps, at)) {
    const due: RotationEvent = { type: "waited", at, dueAt: at };
    const events: RotationEvent[] = rotation.state === "halted" ? [{ type: "resumed", at }, due] : [due];
    if ((await tryStore(deps, rotation, events, actor)) === null) busy.push(rotation);
    else if (rotation.state === "halted") resumed += 1;
  }
  return { resumed, forgotten, busy, stillStopped: await deps.brake.pulled() };
}

/** One credential that carries our mark and that this store does not know. */
export interface Unknown {
  readonly appId: string;
  readonly displayName: string;
  readonly keyId: string;
  readonly end: EpochMs | null;
}

/**
 * Compares the directory with the store after a backup was restored. What carries our mark and is not known is reported
 * and never removed. With `accept` the attempts are noted as known (so that they mean nothing from here on) and removal
 * goes on again.
 */
export async function recover(deps: Deps, accept: boolean, actor: string): Promise<readonly Unknown[]> {
  const scan = await discover(deps);
  const instance = await deps.store.instance(deps.random.base32(INSTANCE_LENGTH));
  const marked = scan.holders.flatMap((holder) =>
    holder.credentials.flatMap((one) => {
      const marker = parseMarkedName(one.name ?? "").marker;
      return marker?.instance === instance ? [{ holder, credential: one, attempt: marker.attempt }] : [];
    }),
  );
  const known = await deps.store.knownAttempts(
    deps.settings.tenantId,
    marked.map((one) => one.attempt),
  );
  const unknown = marked.filter((one) => !known.has(one.attempt));
  if (accept) {
    if (!scan.coverage.complete) {
      throw new NolapseError("incomplete", "the scan was not complete, so the store cannot be compared", {
        next: "nolapse recover",
      });
    }
    await deps.store.noteAttempts(
      deps.settings.tenantId,
      unknown.map((one) => one.attempt),
    );
    await turn(deps, "removalOff", null, actor, "recover", await deps.clock.now());
  }
  return unknown.map(({ holder, credential }) => ({
    appId: holder.appId,
    displayName: holder.displayName,
    keyId: credential.keyId,
    end: credential.end,
  }));
}

/**
 * The value of the newest credential Nolapse issued for an application, while it is still sealed. A reveal: it takes a
 * reason, which goes into the trail. @throws NolapseError `not-found` when no value is kept, `usage` where several applications have the name.
 */
export async function showSecret(
  deps: Deps,
  named: string,
  reason: string,
  actor: string,
): Promise<{ readonly rotation: Rotation; readonly value: SecretValue }> {
  const rotations = await rotationsNamed(deps, named);
  for (const rotation of rotations) {
    const value = await openKept(deps, rotation, reason, actor);
    if (value !== null) return { rotation, value };
  }
  const delivered = rotations.find((one) => one.verifiedAt !== null);
  const places = delivered?.deliveries.map((one) => one.target).join(", ");
  throw new NolapseError("not-found", `no value of ${named} is kept`, {
    next:
      places === undefined || places === ""
        ? "values are kept from issue to delivery only, or with custody: keep in the policy; nolapse plan shows what is rotated"
        : `it was delivered and erased here: read it where it went (${places}), or set custody: keep in the policy`,
  });
}

/** The value one rotation issued, while it is still sealed: a reveal as well. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function reveal(
  deps: Deps,
  id: string,
  reason: string,
  actor: string,
): Promise<{ readonly rotation: Rotation; readonly value: SecretValue }> {
  const rotation = await rotationOf(deps, id);
  const value = await openKept(deps, rotation, reason, actor);
  if (value !== null) return { rotation, value };
  throw new NolapseError(
    "not-found",
    "nolapse does not hold this value: it was not issued yet, or delivered and erased",
    {
      next: "read it where it went, or rotate it instead",
    },
  );
}

/** Opens what is sealed, noted in the trail before anybody sees it; null where nothing is. */
async function openKept(deps: Deps, rotation: Rotation, reason: string, actor: string): Promise<SecretValue | null> {
  const { appId } = rotation.holder;
  refuseReveal(rotation);
  const kept = await deps.store.sealed(rotation.id);
  if (kept === null) return null;
  const value = await deps.sealer.open(kept.sealed, { tenantId: rotation.tenantId, appId, keyId: kept.keyId });
  const at = await deps.clock.now();
  await deps.store.audit(
    line(deps, actor, "revealed", at, { rotation: rotation.id, appId, keyId: kept.keyId }, { why: reason }),
  );
  return value;
}

function refuseReveal(rotation: Rotation): void {
  if (!isPrivileged(rotation)) return;
  const why = (rotation.privileges ?? []).join(", ");
  throw new NolapseError(
    "refused-by-rule",
    `values of ${rotation.displayName} are not shown: it is privileged by ${why}`,
    {
      next: "read it where it was delivered, or ask for it in the portal, where another Admin must approve",
    },
  );
}

async function turn<K extends keyof Switches>(
  deps: Deps,
  which: K,
  value: Switches[K],
  actor: string,
  action: string,
  at: EpochMs,
): Promise<void> {
  await deps.store.turn(deps.settings.tenantId, which, value, line(deps, actor, action, at, {}, {}));
}

function line(
  deps: Deps,
  actor: string,
  action: string,
  at: EpochMs,
  about: { readonly rotation?: string; readonly appId?: string; readonly keyId?: string },
  details: AuditEntry["details"],
): AuditEntry {
  return {
    tenantId: deps.settings.tenantId,
    at,
    actor,
    action,
    rotation: about.rotation ?? null,
    appId: about.appId ?? null,
    keyId: about.keyId ?? null,
    reason: null,
    details,
  };
}
