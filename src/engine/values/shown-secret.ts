/**
 * A client secret that a person makes by hand, with his own rights, to see its value once (design §8). The intent is on disk before the
 * call and the sealed value before the answer, so that neither a crash nor a lost answer leaves a secret nobody knows of: the value is kept
 * for a quarter of an hour, until the person says that it is stored; then, or when he does not say so, it is erased here, and in the second
 * case the secret is removed again.
 */
import type { TrailAction } from "../../core/audit/actions.ts";
import type { Holder } from "../../core/credentials/credential.ts";
import { ATTEMPT_LENGTH, formatMarkedName, INSTANCE_LENGTH } from "../../core/credentials/marker.ts";
import { NolapseError } from "../../core/errors.ts";
import { type AppManagementReading, foresee } from "../../core/policy/app-policy.ts";
import { MAX_LIFETIME } from "../../core/policy/policy.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, epochMs, HOUR, latest, MINUTE, plus, SECOND } from "../../core/time.ts";
import type { AddSecretOutcome } from "../../ports/entra.ts";
import type { Hand } from "../../ports/hand.ts";
import type { ShownSecret, ShownState, ShownStep } from "../../ports/shown.ts";
import type { AuditEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { isFull } from "../plan/plan.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { pauseOf, requireUnpaused } from "../rotation/unpaused.ts";

/** So long is a value kept for the person who asked for it. */
export const KEPT_FOR: DurationMs = 15 * MINUTE;
/** A secret by hand lasts at least so long: a shorter one ends before anybody has stored it well. */
export const SHORTEST: DurationMs = 1 * DAY;
/** What is said to last a day may be an hour short, as everything of Nolapse's. */
export const SHORTEST_SPAN: DurationMs = SHORTEST - HOUR;

/** Whose secret it is to be. */
export interface ShownSubject {
  readonly holder: Holder;
  /** What makes the application privileged; null where nobody could look. */
  readonly privileges: readonly string[] | null;
  readonly appPolicies: AppManagementReading;
}

export interface ShownAsked {
  readonly description: string;
  /** A length, or an exact end and, where it is to be valid later, a beginning. */
  readonly lasting: { readonly lifetime: DurationMs } | { readonly start: EpochMs | null; readonly end: EpochMs };
  readonly why: string;
  readonly person: ShownPerson;
}

/** A person as the directory has confirmed him. */
export interface ShownPerson {
  readonly actor: string;
  readonly objectId: string;
}

export interface Shown {
  readonly secret: ShownSecret;
  readonly value: SecretValue;
}

/**
 * Makes the secret and gives its value to be shown. @throws NolapseError `refused-by-rule` for what {@link shownBlock} and
 * {@link shownSpan} say, `refused-by-mode`, `refused-by-stop`, and as the directory refuses the person.
 */
export async function makeShown(deps: Deps, hand: Hand, subject: ShownSubject, asked: ShownAsked): Promise<Shown> {
  await requireWriting(deps);
  const { holder, serviceTime } = await hand.entra.read(subject.holder).catch((thrown: unknown) => {
    throw byHand(thrown);
  });
  const block = shownBlock({ ...subject, holder });
  if (block !== null) throw no(block, INSTEAD);
  const { start, end } = shownSpan({ ...subject, holder }, asked.lasting, serviceTime);
  // as late as can be: reading took a while
  await requireUnpaused(deps, holder.appId);
  const secret = await intend(deps, holder, asked, end);
  const request = { displayName: secret.name, end, start };
  const outcome = await hand.entra.addSecret(holder, request);
  if (outcome.outcome === "applied") return hold(deps, hand, secret, outcome);
  const at = await deps.clock.now();
  if (outcome.outcome === "unknown") {
    await deps.store.audit(line(secret, at, "shown-unknown", { code: outcome.error.code }));
    throw new NolapseError("incomplete", `it is not known whether the secret was made: ${outcome.error.message}`, {
      next: "do not repeat it at once: nolapse looks for it by its mark, and removes it as nobody has its value",
      cause: outcome.error,
    });
  }
  const refused = line(secret, at, "shown-refused", { code: outcome.error.code });
  await deps.store.stepShown({ ...secret, state: "never" }, "asked", { audit: [refused] });
  throw byHand(outcome.error);
}

/** Decision 0014: no second person's word makes it anything but a credential that one person holds and nobody renews. */
const FOR_NOBODY = "for a privileged application no secret is made that one person holds";
const INSTEAD =
  "deliver it to a target, where nobody sees it, or upload a certificate whose key was made where it is used";

/** What forbids that anybody sees a new value of this application; null: nothing. */
export function shownBlock({ holder, privileges, appPolicies }: ShownSubject): string | null {
  if (privileges === null) return `whether it is privileged is not known, and ${FOR_NOBODY}`;
  if (privileges.length > 0) return `it is privileged by ${privileges.join(", ")}, and ${FOR_NOBODY}`;
  if (isFull(holder))
    return "it holds two client secrets, and an application for personal accounts has room for no more";
  if (appPolicies.state !== "read") return null;
  const seen = foresee(appPolicies.policies, holder, "secret", SHORTEST);
  return seen.allowed ? null : seen.why;
}

/**
 * From when to when it lasts, in whole seconds; a length ends an hour short, as every secret of Nolapse's.
 * @throws NolapseError `refused-by-rule` for what lies in the past, is over 24 months, or what a policy of the tenant forbids.
 */
export function shownSpan(
  { holder, appPolicies }: Pick<ShownSubject, "holder" | "appPolicies">,
  lasting: ShownAsked["lasting"],
  now: EpochMs,
): { readonly start: EpochMs | null; readonly end: EpochMs } {
  const end = whole("end" in lasting ? lasting.end : plus(now, Math.min(lasting.lifetime, MAX_LIFETIME) - HOUR));
  const wanted = "end" in lasting ? lasting.start : null;
  const start = wanted === null || wanted <= now ? null : whole(wanted);
  const lifetime = end - latest(start ?? now, now);
  const choose = "choose what GET …/secret-options allows";
  if (end <= now) throw no("its end lies in the past", choose);
  if (lifetime < SHORTEST_SPAN) throw no("it would last less than a day", choose);
  if (lifetime > MAX_LIFETIME) throw no("it would last more than 24 months (730 days)", choose);
  if (appPolicies.state !== "read") return { start, end };
  const seen = foresee(appPolicies.policies, holder, "secret", lifetime);
  if (!seen.allowed) throw no(seen.why, choose);
  if (seen.lifetime < lifetime) throw no(seen.note ?? "a policy of the tenant allows no longer", choose);
  return { start, end };
}

/** Shows a value again to the person it was made for, until it is said to be stored. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function showAgain(deps: Deps, id: string, person: ShownPerson): Promise<Shown> {
  const secret = await ownHeld(deps, id, person);
  const sealed = await deps.store.shownSealed(id);
  if (sealed === null || secret.keyId === null) throw gone(secret.state);
  const { tenantId, holder, keyId } = secret;
  const value = await deps.sealer.open(sealed, { tenantId, appId: holder.appId, keyId });
  await deps.store.audit(line(secret, await deps.clock.now(), "revealed", { why: secret.why }));
  return { secret, value };
}

/** The person has stored the value: it is erased here, and the secret stays. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function keepShown(deps: Deps, id: string, person: ShownPerson): Promise<ShownSecret> {
  const secret = await ownHeld(deps, id, person);
  return settle(deps, secret, "kept", await deps.clock.now(), { by: person.actor });
}

/** The person wants it gone; by his own rights where he still lends them. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function dropShown(deps: Deps, hand: Hand | null, id: string, person: ShownPerson): Promise<ShownSecret> {
  const secret = await ownHeld(deps, id, person);
  await requireUnpaused(deps, secret.holder.appId);
  const lapsed = await settle(deps, secret, "lapsed", await deps.clock.now(), { by: person.actor });
  return removeLapsed(deps, hand?.entra ?? deps.entra, lapsed);
}

/** Those whose value waits for this person. */
export async function waitingFor(deps: Deps, person: ShownPerson): Promise<readonly ShownSecret[]> {
  const [now, open] = [await deps.clock.now(), await deps.store.openShown(deps.settings.tenantId)];
  const own = open.filter(({ state, person: whose }) => state === "held" && whose === person.objectId);
  if (own.every(({ until }) => now < until)) return own;
  const { paused } = await deps.store.switches(deps.settings.tenantId);
  return own.filter(({ until, holder }) => now < until || paused.some(({ appId }) => appId === holder.appId));
}

/** An application that the configuration does not bind may be bound later, and its secret be the current one then. */
function ledgerOrigin(deps: Deps, { holder }: ShownSecret): "issued" | "adopted" {
  return deps.settings.bindings.some(({ appId }) => appId === holder.appId) ? "issued" : "adopted";
}

/** Ends a held one: its value is erased. @throws NolapseError `refused-by-rule` where somebody else was first. */
export async function settle(
  deps: Deps,
  secret: ShownSecret,
  state: "kept" | "lapsed",
  at: EpochMs,
  details: AuditEntry["details"],
): Promise<ShownSecret> {
  const next = { ...secret, state };
  const step: ShownStep = {
    audit: [line(secret, at, `shown-${state}`, details)],
    seal: null,
    ...(state === "kept" ? { ledger: entryOf(secret, ledgerOrigin(deps, secret), at) } : {}),
  };
  if (await deps.store.stepShown(next, secret.state, step)) return next;
  throw gone((await deps.store.shown(secret.id))?.state ?? "removed");
}

/** One try at removing what nobody has stored. */
export async function removeLapsed(
  deps: Deps,
  entra: Pick<Hand["entra"], "removeSecret">,
  secret: ShownSecret,
): Promise<ShownSecret> {
  if (secret.keyId === null) return secret;
  const outcome = await entra.removeSecret(secret.holder, secret.keyId);
  const at = await deps.clock.now();
  if (outcome.outcome === "applied" || outcome.outcome === "no-such-credential") {
    const removed: ShownSecret = { ...secret, state: "removed" };
    const step = { audit: [line(secret, at, "shown-removed", {})], removedAt: at };
    return (await deps.store.stepShown(removed, "lapsed", step)) ? removed : secret;
  }
  const failure = outcome.error.message;
  if (failure === secret.failure) return secret;
  const failed = { ...secret, failure };
  const audit = [line(secret, at, "shown-removal-failed", { code: outcome.error.code })];
  return (await deps.store.stepShown(failed, "lapsed", { audit })) ? failed : secret;
}

async function intend(deps: Deps, holder: Holder, asked: ShownAsked, end: EpochMs): Promise<ShownSecret> {
  const { store, settings, random, clock } = deps;
  const instance = await store.instance(random.base32(INSTANCE_LENGTH));
  const attempt = random.base32(ATTEMPT_LENGTH);
  const at = await clock.now();
  const secret: ShownSecret = {
    id: random.uuid(),
    tenantId: settings.tenantId,
    holder: { type: holder.type, objectId: holder.objectId, appId: holder.appId },
    displayName: holder.displayName,
    actor: asked.person.actor,
    person: asked.person.objectId,
    why: asked.why,
    state: "asked",
    attempt,
    name: formatMarkedName(asked.description, { instance, attempt }),
    end,
    keyIdsBefore: holder.credentials.map(({ keyId }) => keyId),
    askedAt: at,
    until: plus(at, KEPT_FOR),
    keyId: null,
    hint: null,
    reads: 0,
    failure: null,
  };
  await store.stepShown(secret, null, { audit: [line(secret, at, "shown-asked", { why: asked.why, end })] });
  return secret;
}

/** Seals what was made, and only then gives it away; what cannot be sealed is removed at once. */
async function hold(
  deps: Deps,
  hand: Hand,
  asked: ShownSecret,
  { credential, value, request = null }: Extract<AddSecretOutcome, { outcome: "applied" }>,
): Promise<Shown> {
  const { tenantId, holder, keyIdsBefore, why } = asked;
  const { keyId, hint } = credential;
  const at = await deps.clock.now();
  const secret: ShownSecret = { ...asked, state: "held", keyId, hint, until: plus(at, KEPT_FOR) };
  const written = { request, before: keyIdsBefore, after: [...keyIdsBefore, keyId] };
  try {
    const seal = await deps.sealer.seal(value, { tenantId, appId: holder.appId, keyId });
    const audit = [{ ...line(secret, at, "shown-issued", {}), written }, line(secret, at, "revealed", { why })];
    const ledger = entryOf(secret, "issued", at);
    if (!(await deps.store.stepShown(secret, "asked", { audit, seal, ledger }))) throw gone("lapsed");
    return { secret, value };
  } catch (thrown) {
    // nobody has the value, and what could not be noted would be known to nobody
    await hand.entra.removeSecret(holder, keyId).catch(() => undefined);
    throw thrown;
  }
}

async function ownHeld(deps: Deps, id: string, person: ShownPerson): Promise<ShownSecret> {
  const secret = await deps.store.shown(id);
  if (secret === null || secret.tenantId !== deps.settings.tenantId || secret.person !== person.objectId) {
    throw new NolapseError("not-found", "no value waits for you under this name", {
      next: "GET …/shown-secrets lists those that do",
    });
  }
  if (secret.state !== "held") throw gone(secret.state);
  // while its application is paused it is not removed, and can be had
  const isOver = (await deps.clock.now()) >= secret.until;
  if (isOver && (await pauseOf(deps, secret.holder.appId)) === null) throw gone(secret.state);
  return secret;
}

function gone(state: ShownState): NolapseError {
  const why =
    state === "kept" ? "it was said to be stored, and is erased here" : "its time is over: it is removed again";
  return no(`the value is shown no more: ${why}`, "make a new secret");
}

export function entryOf(
  { tenantId, holder, keyId }: ShownSecret,
  origin: "issued" | "adopted" | "orphan",
  at: EpochMs,
) {
  return { tenantId, holder, keyId: keyId ?? "", origin, rotation: null, enteredAt: at, removedAt: null };
}

export function line(
  { tenantId, actor, holder, keyId, id }: ShownSecret,
  at: EpochMs,
  action: TrailAction,
  details: AuditEntry["details"],
): AuditEntry {
  const about = { rotation: null, appId: holder.appId, keyId, reason: null };
  return { tenantId, at, actor, action, ...about, details: { secret: id, ...details } };
}

/** The person's own rights were not enough, and nothing that Nolapse is granted would help him. */
function byHand(thrown: unknown): unknown {
  if (!(thrown instanceof NolapseError) || thrown.code !== "directory-forbidden") return thrown;
  return new NolapseError("directory-forbidden", thrown.message, {
    next: "your own rights in Entra ID decide: become an owner of the application, or Application Administrator",
    cause: thrown,
  });
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}

function whole(at: number): EpochMs {
  return epochMs(Math.floor(at / SECOND) * SECOND);
}
