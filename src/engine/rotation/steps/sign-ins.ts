/** What the application's list and the sign-in log show of a federated credential: the only proof that it is used. */

import { evidenceAgainst, provesUse, type SignInEvidence } from "../../../core/credentials/federation.ts";
import { asNolapseError } from "../../../core/errors.ts";
import type { Failure } from "../../../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, latest, plus } from "../../../core/time.ts";
import type { SignInRow } from "../../../ports/logs.ts";
import type { Claimed, Extra } from "../claimed.ts";
import { applicationOf, federatedOf } from "./issue-federated.ts";

/** The log keeps rows as long as this where it is licensed (learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention). */
export const LOG_KEPT: DurationMs = 30 * DAY;
/** A row may come as late as this, so each reading goes back behind the last one. */
export const LOG_LATE: DurationMs = DAY;

interface Reading {
  readonly evidence: SignInEvidence;
  /** Why the log cannot be read. */
  readonly failure: Failure | null;
}

/** One look; the first sign-in by somebody else makes the successor verified, and the slot's current credential. */
export async function awaitSignIn(claimed: Claimed): Promise<void> {
  await note(claimed, await readSignIns(claimed));
}

/** Sets the slot free: the federated credential stays, and the old one is renewed as before. */
export async function giveUp(claimed: Claimed): Promise<void> {
  await claimed.record([{ type: "cancelled", at: await claimed.now() }], { note: { why: "federation-unused" } });
}

/** Nothing is to be tried and nothing to be delivered. */
export async function pass(claimed: Claimed): Promise<void> {
  await claimed.record([{ type: "passed", at: await claimed.now() }]);
}

/**
 * The evidence right before the old credential is removed; `later` when it speaks against it, and then it is stored, so
 * that the decision names what it waits for.
 */
export async function evidenceNow(claimed: Claimed): Promise<SignInEvidence | "later"> {
  const reading = await readSignIns(claimed);
  const { replacesEnd } = claimed.rotation;
  const now = await claimed.now();
  if (evidenceAgainst(reading.evidence, replacesEnd === null || now < replacesEnd, now) === null)
    return reading.evidence;
  await note(claimed, reading);
  return "later";
}

async function note(claimed: Claimed, { evidence, failure }: Reading): Promise<void> {
  const { rotation } = claimed;
  const at = await claimed.now();
  const first = rotation.state !== "verified" && provesUse(evidence);
  await claimed.record([{ type: "sign-ins-read", at, evidence, failure }], first ? becomesCurrent(claimed, at) : {});
}

function becomesCurrent({ rotation }: Claimed, since: EpochMs): Extra {
  const { tenantId, holder, slot, kind, issued } = rotation;
  if (issued === null) return {};
  return { slot: { tenantId, appId: holder.appId, slot, kind, keyId: issued.keyId, since } };
}

async function readSignIns(claimed: Claimed): Promise<Reading> {
  const { rotation, deps, signal } = claimed;
  const readAt = await claimed.now();
  const listed = (await deps.federation.list(applicationOf(rotation), signal)).some(
    (one) => one.id === rotation.issued?.keyId,
  );
  const last = federatedOf(rotation).evidence;
  try {
    const rows = await deps.logs.signIns(rotation.holder.appId, since(claimed, readAt), signal);
    return { evidence: { readAt, closed: false, listed, ...uses(claimed, rows) }, failure: null };
  } catch (thrown) {
    const error = asNolapseError(thrown);
    if (error.code !== "directory-forbidden" && error.code !== "directory-unlicensed") throw error;
    const { failure } = await claimed.failure(error);
    const known = { lastUse: last?.lastUse ?? null, oldUse: last?.oldUse ?? null };
    return { evidence: { readAt, closed: true, listed, ...known }, failure };
  }
}

/** From where the log has to be read: what an earlier reading has seen is kept, unless it saw nothing. */
function since({ rotation }: Claimed, now: EpochMs): EpochMs {
  const { issued } = rotation;
  const last = federatedOf(rotation).evidence;
  const begin = latest(issued?.at ?? now, plus(now, -LOG_KEPT));
  return last === null || last.closed ? begin : latest(begin, plus(last.readAt, -LOG_LATE));
}

function uses({ rotation }: Claimed, rows: readonly SignInRow[]): Pick<SignInEvidence, "lastUse" | "oldUse"> {
  const { issued, verifiedAt, replaces, ownRequests } = rotation;
  const last = federatedOf(rotation).evidence;
  const good = rows.filter((one) => one.succeeded && !ownRequests.includes(one.requestId));
  const newest = (known: EpochMs | null, seen: readonly SignInRow[]) =>
    seen.reduce(
      (latestSoFar: EpochMs | null, { at }) => (latestSoFar === null || at > latestSoFar ? at : latestSoFar),
      known,
    );
  const from = issued?.at ?? null;
  return {
    lastUse: newest(
      last?.lastUse ?? null,
      good.filter(({ federatedId, at }) => from !== null && federatedId === issued?.keyId && at >= from),
    ),
    oldUse: newest(
      last?.oldUse ?? null,
      good.filter(({ keyId, at }) => keyId === replaces && verifiedAt !== null && at >= verifiedAt),
    ),
  };
}
