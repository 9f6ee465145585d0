/** Numbers about one tenant for a monitoring system: a pure function over the read models that everything else shows. */
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { ScanSummary, Switches } from "../../ports/store.ts";
import type { PlanItem } from "../plan/plan.ts";

export interface Sample {
  readonly name: string;
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Measured {
  readonly tenant: string;
  readonly now: EpochMs;
  readonly scan: ScanSummary | null;
  readonly switches: Switches;
  readonly items: readonly PlanItem[];
  /** Every rotation that is not finished. */
  readonly rotations: readonly Pick<Rotation, "state" | "paused">[];
  /** Whether an entry of the audit trail is not what was sealed; null where nothing seals it. */
  readonly broken: boolean | null;
}

export function metricsOf({ tenant, now, scan, switches, items, rotations, broken }: Measured): Sample[] {
  const one = (name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Sample => ({
    name: `nolapse_${name}`,
    help,
    labels: { tenant, ...labels },
    value,
  });
  const ends = items.flatMap(({ credential }) => (credential?.end == null ? [] : [credential.end]));
  const bound = items.flatMap(({ slot, credential }) =>
    slot === null || credential?.end == null ? [] : [credential.end],
  );
  // what is replaced ends as it should
  const risks = items.flatMap(({ forecast, credential, because }) =>
    forecast === null || because === "replaced" || (credential?.end ?? 0) <= now ? [] : [forecast],
  );
  const late = risks.filter(({ lastSafeAt }) => now >= lastSafeAt);
  const urgent = risks.filter(({ urgentAt, lastSafeAt }) => now >= urgentAt && now < lastSafeAt);
  return [
    one("credentials", "credentials that the last scan saw", ends.filter((end) => end > now).length, { state: "live" }),
    one("credentials", "credentials that the last scan saw", ends.filter((end) => end <= now).length, {
      state: "expired",
    }),
    one("credentials_urgent", "credentials past their urgent time", urgent.length),
    one("credentials_past_last_safe", "credentials whose successor may come too late", late.length),
    ...(bound.length === 0
      ? []
      : [
          one(
            "next_bound_end_seconds",
            "seconds until the first bound credential ends",
            (Math.min(...bound) - now) / 1000,
          ),
        ]),
    ...["planned", "issued", "accepted", "delivered", "verified", "halted"].map((state) =>
      one("rotations", "rotations that are not finished", rotations.filter((one) => one.state === state).length, {
        state,
      }),
    ),
    one(
      "rotations_paused",
      "rotations that a person has paused, in overlap as well: nothing of them goes on or is removed",
      rotations.filter(({ paused }) => paused !== undefined).length,
    ),
    one("applications_paused", "applications that a person has paused: nothing begins on them", switches.paused.length),
    one("scan_complete", "1 when the last scan read everything", scan?.complete === true ? 1 : 0),
    ...(scan === null
      ? []
      : [
          one("scan_lost_ratio", "the part of the known objects that the last scan no longer saw", scan.lost),
          one(
            "scan_age_seconds",
            "seconds since the last scan when these numbers were made",
            (now - scan.scannedAt) / 1000,
          ),
          // numbers are made after a scan: where scans fail, only this one shows how long ago the last was
          one("scan_timestamp_seconds", "when the last scan began, in seconds since 1970", scan.scannedAt / 1000),
        ]),
    one("stopped", "1 when a person stopped all writing", switches.stopped === null ? 0 : 1),
    one("breaker_open", "1 when the breaker holds issuing and retiring", switches.breaker === null ? 0 : 1),
    ...(broken === null ? [] : [one("audit_broken", "1 when the audit trail is not what was sealed", broken ? 1 : 0)]),
    one("removal_off", "1 when removal is switched off", switches.removalOff === null ? 0 : 1),
  ];
}
