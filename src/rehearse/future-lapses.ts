/** Who signs in no more from when on, and who does not where nobody renews anything. */
import { type Holder, isLive } from "../core/credentials/credential.ts";
import type { ReasonCode } from "../core/reasons.ts";
import type { EpochMs } from "../core/time.ts";

/** One application that signs in no more from an instant on. */
export interface FutureLapse {
  readonly appId: string;
  readonly displayName: string;
  readonly credentialName: string | null;
  readonly at: EpochMs;
  /** Null: Nolapse itself would be at fault, which is a finding to report. */
  readonly because: ReasonCode | null;
  readonly sentence: string;
  /** In how many of the runs. */
  readonly runs: number;
}

/** When the last of its live credentials ends, an application that nobody looks after signs in no more. */
export function withoutNolapse(holders: readonly Holder[], from: EpochMs, horizon: EpochMs): FutureLapse[] {
  const byAppId = new Map<string, { displayName: string; live: { name: string | null; end: EpochMs | null }[] }>();
  for (const { appId, displayName, credentials, servicePrincipalType } of holders) {
    if (servicePrincipalType === "ManagedIdentity") continue;
    const known = byAppId.get(appId) ?? { displayName, live: [] };
    byAppId.set(appId, known);
    known.live.push(...credentials.filter((one) => isLive(one, from)));
  }
  return [...byAppId]
    .flatMap(([appId, { displayName, live }]): FutureLapse[] => {
      const last = live.toSorted((a, b) => (b.end ?? Infinity) - (a.end ?? Infinity))[0];
      if (last === undefined || last.end === null || last.end > horizon) return [];
      const sentence = "its last credential ends, and nobody renews it";
      return [{ appId, displayName, credentialName: last.name, at: last.end, because: "expired", sentence, runs: 1 }];
    })
    .toSorted((a, b) => a.at - b.at);
}
