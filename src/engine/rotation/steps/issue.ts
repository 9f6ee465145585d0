/**
 * Intent → effect → outcome (design §4.5): what is about to be created is stored before the one request that creates it,
 * and its value is sealed and on disk before anything else happens.
 */
import { NolapseError } from "../../../core/errors.ts";
import type { Attempt, Issued } from "../../../core/rotation/rotation.ts";
import type { EpochMs } from "../../../core/time.ts";
import type { AddSecretOutcome, HolderReading, Unsettled } from "../../../ports/entra.ts";
import type { LedgerEntry } from "../../../ports/store.ts";
import type { Claimed } from "../claimed.ts";
import { attemptName, endOf } from "./attempt.ts";

/** One new client secret. */
export async function issueSecret(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const reading = await deps.entra.read(rotation.holder, signal);
  const attempt = await newAttempt(claimed, reading);
  await claimed.mayAct();
  await claimed.record([{ type: "issue-intended", at: await claimed.now(), attempt }]);
  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);
  if (outcome.outcome === "applied") {
    claimed.wrote(outcome, attempt.keyIdsBefore, { come: [outcome.credential.keyId] });
    await sealIssued(claimed, attempt, outcome);
  } else await notIssued(claimed, outcome);
}

async function newAttempt(
  claimed: Claimed,
  { holder, serviceTime }: HolderReading,
): Promise<Pick<Attempt, "id" | "displayName" | "keyIdsBefore"> & { readonly end: EpochMs }> {
  return {
    ...(await attemptName(claimed)),
    end: endOf(serviceTime, claimed.rotation),
    keyIdsBefore: holder.credentials.map(({ keyId }) => keyId),
  };
}

/** Stores that the creation was refused, and halts where no retry can mend it; or that nobody knows what became of it. */
export async function notIssued(claimed: Claimed, outcome: Unsettled): Promise<void> {
  const { failure, notBefore } = await claimed.failure(outcome.error);
  if (outcome.outcome === "unknown") {
    await claimed.record([{ type: "issue-unknown", at: failure.at, failure }]);
    return;
  }
  await claimed.record([{ type: "issue-refused", at: failure.at, failure, notBefore }]);
  if (outcome.error.code === "policy-refused") await claimed.halt("policy-forbids");
  if (outcome.error.code === "directory-forbidden") await claimed.halt("not-permitted");
}

async function sealIssued(
  claimed: Claimed,
  attempt: Pick<Attempt, "id">,
  { credential, value }: Extract<AddSecretOutcome, { outcome: "applied" }>,
): Promise<void> {
  const { rotation, deps } = claimed;
  const { keyId, end, hint } = credential;
  if (end === null) throw new NolapseError("directory-failed", "the directory named no end for the new credential");
  const context = { tenantId: rotation.tenantId, appId: rotation.holder.appId, keyId };
  const sealed = await deps.sealer.seal(value, context);
  const fingerprint = await deps.sealer.fingerprint(value);
  const at = await claimed.now();
  const issued: Issued = { keyId, end, hint, at, fingerprint, attempt: attempt.id, certificate: null };
  await claimed.record([{ type: "issued", at, issued }], {
    seal: { keyId, sealed },
    ledger: [ledgerEntry(claimed, issued)],
  });
}

/** The ledger's line for a credential that was just issued. */
export function ledgerEntry({ rotation }: Claimed, { keyId, at }: Pick<Issued, "keyId" | "at">): LedgerEntry {
  return {
    tenantId: rotation.tenantId,
    holder: rotation.holder,
    keyId,
    origin: "issued",
    rotation: rotation.id,
    enteredAt: at,
    removedAt: null,
  };
}
