/**
 * When applications last signed in, as a list shows it: by the directory's report of the whole tenant, which is read where a policy lets an
 * old credential go by evidence, and by what rotations have read. What nobody has seen is not known; it is never a "never".
 */
import { asNolapseError, type NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Unread } from "../../core/rotation/use-evidence.ts";
import { type DurationMs, type EpochMs, HOUR, MINUTE, plus } from "../../core/time.ts";
import type { LastUse } from "../../ports/logs.ts";
import type { Deps } from "../deps.ts";
import { REPORT_LASTS, unreadBy } from "../rotation/steps/uses.ts";

/** `off`: no policy asks for evidence, so nobody reads the report. */
export type ReportState = "read" | "off" | Unread;

export interface LastSignIns {
  readonly report: ReportState;
  /** Why it could not be read; null where it was, or where nobody reads it. */
  readonly error: NolapseError | null;
  /** By client id, others' than Nolapse's own; of one that is missing nobody knows any. */
  readonly at: ReadonlyMap<string, EpochMs>;
}

interface Report {
  readonly uses: ReadonlyMap<string, readonly LastUse[]>;
  readonly error: NolapseError | null;
}

const NOTHING: Report = { uses: new Map(), error: null };

/** A failure is known so long: somebody may be mending it. */
const FAILURE_LASTS: DurationMs = 5 * MINUTE;

/** The report of one tenant, for whoever asks: it is read once an hour at most, and every five minutes where that fails. */
export class SignInReport {
  #kept: { until: EpochMs; readonly report: Promise<Report> } | null = null;

  /**
   * Of these applications, by client id. A report that cannot be read is no error but said.
   * @param ending ends a reading that others may wait for, too.
   * @throws NolapseError `store-…`.
   */
  async of(deps: Deps, appIds: readonly string[], ending?: AbortSignal): Promise<LastSignIns> {
    const isOn = Object.values(deps.settings.policies).some(({ retire }) => retire === "after-evidence");
    const { uses, error } = isOn ? await this.#read(deps, ending) : NOTHING;
    const at = new Map<string, EpochMs>();
    for (const appId of appIds) {
      const rotations = await deps.store.rotations({ tenantId: deps.settings.tenantId, appId });
      const last = lastOf(rotations, uses.get(appId) ?? []);
      if (last !== null) at.set(appId, last);
    }
    return { report: error !== null ? unreadBy(error) : isOn ? "read" : "off", error, at };
  }

  async #read({ logs, clock }: Deps, ending?: AbortSignal): Promise<Report> {
    const now = await clock.now();
    if (this.#kept !== null && now < this.#kept.until) return this.#kept.report;
    const report = logs.lastUses(plus(now, -REPORT_LASTS), ending).then(
      (rows) => ({ uses: byApplication(rows), error: null }),
      (thrown: unknown) => {
        kept.until = plus(now, FAILURE_LASTS);
        return { ...NOTHING, error: asNolapseError(thrown) };
      },
    );
    const kept = { until: plus(now, HOUR), report };
    this.#kept = kept;
    return report;
  }
}

function byApplication(rows: readonly LastUse[]): Report["uses"] {
  const uses = new Map<string, LastUse[]>();
  for (const one of rows) {
    const known = uses.get(one.appId);
    if (known === undefined) uses.set(one.appId, [one]);
    else known.push(one);
  }
  return uses;
}

/** Of one application; Nolapse's own sign-ins are nobody's use of it. */
function lastOf(rotations: readonly Rotation[], reported: readonly LastUse[]): EpochMs | null {
  const own = new Set(rotations.flatMap(({ ownRequests }) => ownRequests));
  const seen = [
    ...reported.flatMap(({ requestId, at }) => (requestId !== null && own.has(requestId) ? [] : [at])),
    ...rotations.flatMap(({ uses, federated }) => [
      ...[uses?.newUse, uses?.oldUse?.at],
      ...[federated?.evidence?.lastUse, federated?.evidence?.oldUse],
    ]),
  ];
  return seen.reduce((last: EpochMs | null, at) => (at != null && (last === null || at > last) ? at : last), null);
}
