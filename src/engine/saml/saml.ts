/**
 * SAML signing certificates (issue: certificates, item 4): what a service principal signs tokens with, a successor on a
 * person's word, and its activation as a step of its own. Nothing here is ever done by the loop: every service that trusts
 * the old certificate must have taken the new one first, and nobody but its administrators knows when.
 */
import { NolapseError } from "../../core/errors.ts";
import { READ_SCHEDULE } from "../../core/schedule/replication.ts";
import { DAY, type DurationMs, type EpochMs, formatInstant, HOUR, plus, SECOND } from "../../core/time.ts";
import type { AddSigningOutcome } from "../../ports/saml-signing.ts";
import type { Deps } from "../deps.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { requireUnpaused } from "../rotation/unpaused.ts";
import { note, openRenewals, settleEarlier } from "./trail.ts";
import { readSaml, type SamlCertificate, type SamlView } from "./view.ts";

/** The longest that Entra makes one for (learn.microsoft.com/graph/api/serviceprincipal-addtokensigningcertificate). */
export const SAML_LONGEST: DurationMs = 3 * 365 * DAY;
/** What the portal calls them. */
const COMMON_NAME = "Microsoft Azure Federated SSO Certificate";
/** How many of the reads after a write a command waits for: a person sits before it. */
const READS = 3;

/** An instant, or a length from now. */
export type WantedEnd = { readonly at: EpochMs } | { readonly after: DurationMs };

export interface Renewed {
  readonly view: SamlView;
  readonly successor: SamlCertificate;
}

/**
 * Has the directory make a successor that signs nothing yet. A repeated, crashed or simultaneous command never makes two: its
 * intent is in the trail before the request, and what is there already is found.
 * @throws NolapseError `refused-by-…` where there is a successor, `incomplete` while it is not known what became of a request.
 */
export async function renewSaml(
  deps: Deps,
  named: string,
  { end, actor, signal }: { readonly end: WantedEnd | null; readonly actor: string; readonly signal?: AbortSignal },
): Promise<Renewed> {
  await requireWriting(deps);
  const begun = await deps.clock.now(signal);
  const view = await readSaml(deps, named, signal);
  await requireUnpaused(deps, view.appId);
  await settleEarlier(deps, view, actor);
  refuseSecond(view);
  const asked = endOf(view, end, begun);
  const attempt = deps.random.uuid();
  const before = view.certificates.map((one) => one.id).join(" ");
  await note(deps, view, actor, "saml-renew-intended", { attempt, end: asked, before });
  // two commands at once have both seen no successor: the trail has an order, and the first one goes on
  const open = await openRenewals(deps, view, begun);
  const others = open.filter((one) => one.attempt !== attempt);
  if (others.length > 0 && open[0]?.attempt !== attempt) {
    await note(deps, view, actor, "saml-renew-dropped", { attempt });
    throw new NolapseError("refused-by-rule", "somebody else is renewing it at this moment", {
      next: `nolapse saml ${view.appId}`,
    });
  }
  await requireWriting(deps);
  await requireUnpaused(deps, view.appId);
  const commonName = (view.active?.name ?? "").replace(/^CN=/i, "").trim() || COMMON_NAME;
  const outcome = await deps.samlSigning.addTokenSigningCertificate(view.holder, { commonName, end: asked }, signal);
  const successor = await settle(deps, view, { attempt, outcome, actor }, signal);
  return { view: await readSaml(deps, view.appId, signal), successor };
}

/** A second successor helps nobody: whoever trusts it would have to be told twice. */
function refuseSecond({ certificates, chosen, appId, displayName }: SamlView): void {
  const there = certificates.find((one) => one.role === "successor");
  if (there !== undefined) {
    throw new NolapseError(
      "refused-by-rule",
      `${displayName} has a successor already: ${there.thumbprint ?? there.id}, which ends ${day(there.end)}`,
      { next: `nolapse saml ${appId} shows what to do with it` },
    );
  }
  const live = certificates.filter((one) => one.hasKey && (one.state === "ok" || one.state === "expiring"));
  if (chosen || live.length === 0) return;
  // nothing says what Entra signs with then: a second one might sign at once
  throw new NolapseError(
    "refused-by-rule",
    "the directory does not name the certificate that signs, so a new one might at once",
    {
      next: `nolapse saml activate ${appId} ${live.length === 1 ? live[0]?.thumbprint : "THUMBPRINT"}, with the one its services trust; then renew`,
    },
  );
}

/** Where nobody says, the longest there is. @throws NolapseError `usage`. */
function endOf({ active, appId }: SamlView, end: WantedEnd | null, now: EpochMs): EpochMs {
  // an hour less, as the service's clock may be behind ours
  const longest = plus(now, SAML_LONGEST - HOUR);
  const wanted = end === null ? longest : "at" in end ? end.at : plus(now, end.after);
  const asked = end !== null && "after" in end && end.after === SAML_LONGEST ? longest : wanted;
  const whole = plus(asked, -(asked % SECOND));
  if (whole <= now || whole > longest) {
    throw new NolapseError("usage", `the end ${day(whole)} is not within three years from now`, {
      next: "use --for 1095d or less, or an earlier --end",
    });
  }
  if (active?.end != null && active.end > now && whole <= active.end) {
    throw new NolapseError("usage", `it would end before the one it follows, which ends ${day(active.end)}`, {
      next: `leave --for and --end out, or nolapse saml ${appId}`,
    });
  }
  return whole;
}

interface Sent {
  readonly attempt: string;
  readonly outcome: AddSigningOutcome;
  readonly actor: string;
}

/** Stores what became of the request; a lost answer is looked for among what is new. */
async function settle(deps: Deps, view: SamlView, sent: Sent, signal?: AbortSignal): Promise<SamlCertificate> {
  const { attempt, outcome, actor } = sent;
  if (outcome.outcome === "not-applied") {
    await note(deps, view, actor, "saml-renew-refused", { attempt, code: outcome.error.code });
    throw outcome.error;
  }
  const before = new Set(view.certificates.map((one) => one.id));
  const isIt = (one: SamlCertificate) =>
    outcome.outcome === "applied" ? one.thumbprint === outcome.thumbprint : !before.has(one.id);
  if (outcome.outcome === "applied") {
    const { thumbprint, keyIds } = outcome;
    await note(deps, view, actor, "saml-renewed", { attempt, thumbprint }, keyIds[0]);
  }
  const after = await readUntil(deps, view, (now) => now.certificates.some(isIt), signal);
  const found = after.certificates.find(isIt);
  if (found !== undefined) {
    if (outcome.outcome === "unknown")
      await note(deps, view, actor, "saml-renewed", { attempt, thumbprint: found.thumbprint }, found.keyIds[0]);
    return found;
  }
  const said =
    outcome.outcome === "applied"
      ? "was made, and no read shows it yet"
      : `may have been made: ${outcome.error.message}`;
  throw new NolapseError("incomplete", `the successor ${said}`, {
    next: `nolapse saml ${view.appId} in ten minutes; asking again meanwhile makes no second one`,
  });
}

/** What an activation would change. */
export interface Activation {
  readonly view: SamlView;
  readonly from: SamlCertificate | null;
  readonly to: SamlCertificate;
}

/** @throws NolapseError `not-found`, `refused-by-rule` for one that cannot sign now. */
export async function planActivation(
  deps: Deps,
  named: string,
  thumbprint: string,
  signal?: AbortSignal,
): Promise<Activation> {
  await requireWriting(deps);
  const view = await readSaml(deps, named, signal);
  await requireUnpaused(deps, view.appId);
  const wanted = thumbprint.replaceAll(/[\s:]/g, "").toLowerCase();
  const to = view.certificates.find((one) => one.thumbprint === wanted);
  const next = `nolapse saml ${view.appId} lists them`;
  if (to === undefined) {
    throw new NolapseError("not-found", `${view.displayName} has no signing certificate ${thumbprint}`, { next });
  }
  if (!to.hasKey)
    throw new NolapseError("refused-by-rule", "its private key is not there, so it cannot sign", { next });
  if (to.state !== "ok" && to.state !== "expiring") {
    throw new NolapseError("refused-by-rule", `it is ${to.state}: ${day(to.start)} to ${day(to.end)}`, { next });
  }
  return { view, from: view.active, to };
}

/**
 * Makes it the one that signs, and reads it back. Writing it twice is the same as writing it once. `seen` is false where the
 * service took it and no read shows it yet. @throws NolapseError where it was refused, or nobody knows.
 */
export async function activateSaml(
  deps: Deps,
  { view, from, to }: Activation,
  actor: string,
  signal?: AbortSignal,
): Promise<{ readonly view: SamlView; readonly seen: boolean }> {
  const thumbprint = to.thumbprint ?? "";
  // a person may have been asked for minutes
  await requireUnpaused(deps, view.appId);
  await note(deps, view, actor, "saml-activate-intended", { from: from?.thumbprint ?? null, to: thumbprint });
  await requireWriting(deps);
  const outcome = await deps.samlSigning.activate(view.holder, thumbprint, signal);
  if (outcome.outcome === "not-applied") {
    await note(deps, view, actor, "saml-activate-refused", { to: thumbprint, code: outcome.error.code });
    throw outcome.error;
  }
  const isActive = (now: SamlView) => now.active?.thumbprint === thumbprint && now.chosen;
  const after = await readUntil(deps, view, isActive, signal);
  const seen = isActive(after);
  if (outcome.outcome === "unknown" && !seen) {
    throw new NolapseError("incomplete", `it is not known whether it signs now: ${outcome.error.message}`, {
      next: `nolapse saml ${view.appId} in a few minutes; activating it again does no harm`,
    });
  }
  await note(deps, view, actor, "saml-activated", { from: from?.thumbprint ?? null, to: thumbprint, seen });
  return { view: after, seen };
}

/** Reads until it is seen, a few times; a clock that stands still is not waited for. */
async function readUntil(
  deps: Deps,
  { appId }: SamlView,
  isSeen: (view: SamlView) => boolean,
  signal?: AbortSignal,
): Promise<SamlView> {
  const begun = await deps.clock.now(signal);
  let view = await readSaml(deps, appId, signal);
  for (const after of READ_SCHEDULE.slice(1, READS)) {
    if (isSeen(view) || (await deps.clock.frozen(signal)) || signal?.aborted === true) return view;
    await deps.clock.wait(plus(begun, after), after, signal);
    view = await readSaml(deps, appId, signal);
  }
  return view;
}

function day(at: EpochMs | null): string {
  return at === null ? "at no time" : formatInstant(at).slice(0, 10);
}
