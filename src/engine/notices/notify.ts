/** Tells each recipient what needs a look: one digest, and again only when something has changed. */
import { advice, tenantNamed } from "../../core/commands.ts";
import { asNolapseError, type NolapseError } from "../../core/errors.ts";
import type { Digest, Finding } from "../../core/pictures/notice.ts";
import type { Channel, Notifying } from "../../ports/notices.ts";
import type { Deps } from "../deps.ts";
import { makePlan } from "../plan/plan.ts";
import type { Scan } from "../scan/discover.ts";
import type { BrokenAt } from "../trail/check.ts";
import { findingsOf, isOverdue } from "./findings.ts";

export type { Notifying } from "../../ports/notices.ts";

export interface Told {
  readonly sent: number;
  /** What could not be told; it is tried again after the next scan. */
  readonly failures: readonly NolapseError[];
}

/** What else is told, and until when. */
export interface Telling {
  /** Where the audit trail is broken. */
  readonly broken?: BrokenAt | null;
  readonly signal?: AbortSignal;
}

/** After a scan and the work it asked for. The heart beats only when the scan was complete. */
export async function tell(deps: Deps, notifying: Notifying, scan: Scan, telling: Telling = {}): Promise<Told> {
  const { failures, sent } = await tellAll(deps, notifying, scan, telling);
  if (!scan.coverage.complete) return { failures, sent };
  const silent: NolapseError[] = [];
  for (const heartbeat of notifying.heartbeats) {
    await heartbeat.beat(telling.signal).catch((thrown: unknown) => silent.push(asNolapseError(thrown)));
  }
  return { sent, failures: [...failures, ...silent] };
}

/**
 * After a scan that failed: what is known from the one before it, and that it is overdue, once it is. `last` null: this
 * process has seen none. The heart does not beat.
 */
export async function tellWithoutScan(
  deps: Deps,
  notifying: Notifying,
  last: Scan | null,
  telling: Telling = {},
): Promise<Told> {
  const seen = await deps.store.lastScan(deps.settings.tenantId);
  // without a scan to speak of, what was told before would look as if it had been mended
  if (last === null && !isOverdue(seen, await deps.clock.now(telling.signal))) return { sent: 0, failures: [] };
  return tellAll(deps, notifying, last, telling);
}

async function tellAll(
  deps: Deps,
  notifying: Notifying,
  scan: Scan | null,
  { signal, broken = null }: Telling,
): Promise<Told> {
  const now = await deps.clock.now(signal);
  const items = scan === null ? [] : (await makePlan(deps, scan)).items;
  const { portal } = notifying;
  const found = await findingsOf(deps, items, now, { sealKeyAge: await notifying.sealKeyAge(), portal, broken });
  const named = tenantNamed(deps.settings);
  const findings = found.map((one) => ({ ...one, next: advice(named, one.next) }));
  const { name: tenant, tenantId } = deps.settings;
  const failures: NolapseError[] = [];
  let sent = 0;
  for (const channel of notifying.channels) {
    const wanted =
      channel.to === "owners" ? await byOwner(notifying, scan, findings, failures, signal) : all(channel, findings);
    for (const [recipient, list] of wanted) {
      try {
        const digest = { tenant, tenantId, at: now, test: false, findings: list };
        if (await tellOne(deps, notifying, channel, recipient, digest, signal)) sent += 1;
      } catch (thrown) {
        failures.push(asNolapseError(thrown));
      }
    }
  }
  return { sent, failures };
}

/** A digest to every fixed recipient whatever was told before. @throws NolapseError of the first that fails. */
export async function tellTest(deps: Deps, { channels }: Notifying, signal?: AbortSignal): Promise<readonly string[]> {
  const { name: tenant, tenantId } = deps.settings;
  const digest: Digest = { tenant, tenantId, at: await deps.clock.now(signal), test: true, findings: [] };
  const told: string[] = [];
  for (const channel of channels) {
    for (const recipient of channel.recipients) {
      await channel.send(recipient, digest, signal);
      told.push(`${channel.name}: ${recipient}`);
    }
  }
  return told;
}

/** Whether it was sent: not when nothing changed, nor when there was never anything to tell. */
async function tellOne(
  deps: Deps,
  notifying: Notifying,
  channel: Channel,
  recipient: string,
  digest: Digest,
  signal?: AbortSignal,
): Promise<boolean> {
  const { tenantId, findings, at } = digest;
  const keys = findings.map(({ kind, appId, key }) => `${kind} ${appId ?? ""} ${key}`).toSorted();
  const fingerprint = notifying.fingerprint(keys.join("\n"));
  const last = await deps.store.lastNotice(tenantId, channel.name, recipient);
  if (last === fingerprint || (last === null && findings.length === 0)) return false;
  await channel.send(recipient, digest, signal);
  await deps.store.noteNotice(tenantId, channel.name, recipient, fingerprint, at);
  return true;
}

function all({ recipients }: Channel, findings: readonly Finding[]): Map<string, readonly Finding[]> {
  return new Map(recipients.map((one) => [one, findings]));
}

/** What each owner is told: of the owner's own applications alone. */
async function byOwner(
  { owners }: Notifying,
  scan: Scan | null,
  findings: readonly Finding[],
  failures: NolapseError[],
  signal?: AbortSignal,
): Promise<Map<string, readonly Finding[]>> {
  const told = new Map<string, Finding[]>();
  for (const appId of new Set(findings.flatMap((one) => one.appId ?? []))) {
    const holder = scan?.holders.find((one) => one.appId === appId && one.type === "application");
    if (holder === undefined) continue;
    try {
      for (const mail of await owners.mailOf(holder, signal)) {
        told.set(mail, [...(told.get(mail) ?? []), ...findings.filter((one) => one.appId === appId)]);
      }
    } catch (thrown) {
      failures.push(asNolapseError(thrown));
    }
  }
  return told;
}
