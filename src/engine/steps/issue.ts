/**
 * Intent → effect → outcome (design §4.5): what is about to be created is stored before the one request that creates it,
 * and its value is sealed and on disk before anything else happens.
 */
import { NolapseError } from "../../core/errors.ts";
import { ATTEMPT_LENGTH, formatMarkedName, INSTANCE_LENGTH, parseMarkedName } from "../../core/marker.ts";
import { MAX_LIFETIME } from "../../core/policy.ts";
import type { Attempt } from "../../core/rotation.ts";
import { type EpochMs, epochMs, HOUR, SECOND } from "../../core/time.ts";
import type { AddSecretOutcome, HolderReading } from "../../ports/entra.ts";
import type { Claimed } from "../claimed.ts";

export async function issue(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const reading = await deps.entra.read(rotation.holder, signal);
  const attempt = await newAttempt(claimed, reading);
  await claimed.mayAct();
  await claimed.record([{ type: "issue-intended", at: await claimed.now(), attempt }]);
  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);
  await settle(claimed, attempt, outcome);
}

async function newAttempt(
  claimed: Claimed,
  { holder, serviceTime }: HolderReading,
): Promise<Pick<Attempt, "id" | "displayName" | "end" | "keyIdsBefore">> {
  const { rotation, deps } = claimed;
  const instance = await deps.store.instance(deps.random.base32(INSTANCE_LENGTH));
  const id = deps.random.base32(ATTEMPT_LENGTH);
  const words = parseMarkedName(rotation.replacesName ?? "").description;
  return {
    id,
    displayName: formatMarkedName(words, { instance, attempt: id }),
    end: endOf(serviceTime, rotation.policy.lifetime),
    keyIdsBefore: holder.credentials.map(({ keyId }) => keyId),
  };
}

/** Invariant 9: the service's own time + lifetime − 1 h, never over 730 days; whole seconds, so that it compares equal. */
export function endOf(serviceTime: EpochMs, lifetime: number): EpochMs {
  const end = serviceTime + Math.min(lifetime, MAX_LIFETIME) - HOUR;
  return epochMs(Math.floor(end / SECOND) * SECOND);
}

async function settle(
  claimed: Claimed,
  attempt: Pick<Attempt, "id" | "end">,
  outcome: AddSecretOutcome,
): Promise<void> {
  const { rotation, deps } = claimed;
  if (outcome.outcome === "not-applied") {
    const { failure, notBefore } = await claimed.failure(outcome.error);
    await claimed.record([{ type: "issue-refused", at: failure.at, failure, notBefore }]);
    if (outcome.error.code === "policy-refused") await claimed.halt("policy-forbids");
    if (outcome.error.code === "directory-forbidden") await claimed.halt("not-permitted");
    return;
  }
  if (outcome.outcome === "unknown") {
    const { failure } = await claimed.failure(outcome.error);
    await claimed.record([{ type: "issue-unknown", at: failure.at, failure }]);
    return;
  }
  const { credential, value } = outcome;
  if (credential.end === null) {
    throw new NolapseError("directory-failed", "the directory named no end for the new credential");
  }
  const context = { tenantId: rotation.tenantId, appId: rotation.holder.appId, keyId: credential.keyId };
  const sealed = await deps.sealer.seal(value, context);
  const fingerprint = await deps.sealer.fingerprint(value);
  const at = await claimed.now();
  await claimed.record(
    [
      {
        type: "issued",
        at,
        issued: {
          keyId: credential.keyId,
          end: credential.end,
          hint: credential.hint,
          at,
          fingerprint,
          attempt: attempt.id,
        },
      },
    ],
    {
      seal: { keyId: credential.keyId, sealed },
      ledger: [
        {
          tenantId: rotation.tenantId,
          holder: rotation.holder,
          keyId: credential.keyId,
          origin: "issued",
          rotation: rotation.id,
          enteredAt: at,
          removedAt: null,
        },
      ],
    },
  );
}
