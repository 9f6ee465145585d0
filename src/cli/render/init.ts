/** The first nolapse.yaml: looks only, and has the applications that end first as examples to uncomment. */
import type { ScanReport, ScanRow } from "../../engine/views/scan-report.ts";

/** So many applications stand there as examples. */
const EXAMPLES = 5;

/** What a slot can have as its current one; the rest Nolapse leaves alone. */
const OWN = new Set<ScanRow["class"]>(["client-secret", "certificate"]);

/**
 * The text of the file. Names that owners have written stand in comments alone, each on one line whatever is in it, so that none can become
 * part of the configuration.
 */
export function startingConfig(name: string, { tenantId, credentials }: ScanReport): string {
  const live = credentials.filter(
    (one) => OWN.has(one.class) && one.owner === "application" && (one.daysLeft ?? -1) >= 0,
  );
  const byEnd = live.toSorted((a, b) => (a.end ?? 0) - (b.end ?? 0));
  const isFirst = ({ appId }: ScanRow, at: number) => byEnd.findIndex((one) => one.appId === appId) === at;
  const first = byEnd.filter(isFirst).slice(0, EXAMPLES);
  return `# Written by nolapse init. Every key: docs/configuration.md; nolapse config check reads the file again.
version: 1
tenants:
  ${name}:
    id: ${tenantId}
    timeZone: UTC            # of windows and freezes
    mode: observe            # looks only; propose: a person starts each rotation; enforce: by itself
store: { type: sqlite, path: ./.nolapse/nolapse.db }
seal: { type: local-key, key: file:./.nolapse/seal.key }
policies:
  standard: { lifetime: 180d, renewBefore: 45d }

# Where the values of an application go: one target for each place that holds a copy. docs/targets has the others.
# targets:
#   billing-env: { type: env-file, path: ./apps/billing/.env, secret: AZURE_CLIENT_SECRET, reload: 1m }

# What Nolapse shall keep alive. ${first.length === 0 ? "For each:" : "These end first; take away the # and name the targets of each:"}
# applications:
${first.length === 0 ? example("<client id>", "") : first.map((one) => example(one.appId, about(one))).join("")}`;
}

function example(appId: string, comment: string): string {
  return `#   - appId: ${appId}${comment}\n#     policy: standard\n#     targets: [billing-env]\n`;
}

function about({ displayName, kind, daysLeft }: ScanRow): string {
  const oneLine = displayName.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return `   # ${oneLine}: its ${kind} ends in ${daysLeft} ${daysLeft === 1 ? "day" : "days"}`;
}
