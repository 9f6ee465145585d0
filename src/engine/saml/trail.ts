/**
 * The trail as the memory of SAML renewals: an intent without an outcome is a request whose answer nobody has. That the
 * trail is append-only and has one order is what lets two commands agree who goes on.
 */
import type { TrailAction } from "../../core/audit/actions.ts";
import { NolapseError } from "../../core/errors.ts";
import { REPLICATION_WINDOW } from "../../core/schedule/replication.ts";
import { DAY, type EpochMs, formatInstant, plus } from "../../core/time.ts";
import type { AuditEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import type { SamlView } from "./view.ts";

const INTENDED = "saml-renew-intended";
const ENDED = ["saml-renewed", "saml-renew-refused", "saml-renew-dropped", "saml-renew-lost"] as const;
/** So long after a request its outcome is certain to be in the directory or never to come. */
const REMEMBERED = DAY;

/** A line of the trail about a service principal's signing certificates. */
export async function note(
  deps: Deps,
  { appId }: SamlView,
  actor: string,
  action: TrailAction,
  details: AuditEntry["details"],
  keyId: string | null = null,
): Promise<void> {
  const at = await deps.clock.now();
  const { tenantId } = deps.settings;
  await deps.store.audit({
    tenantId,
    at,
    actor,
    action,
    rotation: null,
    appId,
    keyId,
    reason: "saml-signing",
    details,
  });
}

interface Renewal {
  readonly attempt: string;
  readonly at: EpochMs;
  /** What there was before it. */
  readonly before: ReadonlySet<string>;
}

/** Renewals of this application that have no outcome, or had it only after `since`; the first one first. */
export async function openRenewals(
  deps: Deps,
  { appId }: SamlView,
  since: EpochMs | null,
): Promise<readonly Renewal[]> {
  const from = plus(await deps.clock.now(), -REMEMBERED);
  const lines = await deps.store.auditSince(deps.settings.tenantId, [INTENDED, ...ENDED], from);
  const own = lines.filter((one) => one.appId === appId);
  const isOver = (attempt: string) =>
    own.some(
      ({ action, details, at }) =>
        action !== INTENDED &&
        details.attempt === attempt &&
        (action === "saml-renewed" ? since === null || at < since : true),
    );
  return own
    .filter(({ action, details }) => action === INTENDED && !isOver(String(details.attempt)))
    .map(({ at, details }) => ({
      attempt: String(details.attempt),
      at,
      before: new Set(String(details.before ?? "").split(" ")),
    }));
}

/**
 * Notes what became of earlier renewals that had no answer: one that is there by now was made, one that is not after the
 * replication window never will be. @throws NolapseError `incomplete` while neither is certain.
 */
export async function settleEarlier(deps: Deps, view: SamlView, actor: string): Promise<void> {
  for (const { attempt, at, before } of await openRenewals(deps, view, null)) {
    const made = view.certificates.find((one) => !before.has(one.id));
    if (made !== undefined) {
      const details = { attempt, thumbprint: made.thumbprint, found: true };
      await note(deps, view, actor, "saml-renewed", details, made.keyIds[0]);
      continue;
    }
    const certain = plus(at, REPLICATION_WINDOW);
    if (view.readAt < certain) {
      throw new NolapseError(
        "incomplete",
        "an earlier renewal had no answer, and its certificate may still come to light",
        {
          next: `nolapse saml renew ${view.appId} after ${formatInstant(certain)}`,
        },
      );
    }
    await note(deps, view, actor, "saml-renew-lost", { attempt });
  }
}
