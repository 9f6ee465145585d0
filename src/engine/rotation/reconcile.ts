/**
 * After a lost answer or a crash (design §4.5): the directory is read for the marker of the attempt; what is found is
 * removed only when it is certainly the orphan of that attempt, because its value is lost for good.
 */

import { INSTANCE_LENGTH } from "../../core/credentials/marker.ts";
import { NolapseError } from "../../core/errors.ts";
import { judgeOrphan } from "../../core/rotation/orphan.ts";
import type { Attempt } from "../../core/rotation/rotation.ts";
import type { Claimed } from "./claimed.ts";
import { ledgerEntry } from "./steps/issue.ts";
import { isMade, issuedBy, type Made } from "./steps/issue-certificate.ts";
import { readForFederated } from "./steps/issue-federated.ts";
import { removeGuarded } from "./steps/remove.ts";
import { targetOf } from "./steps/target.ts";

/** One read of the holder for the marker of an attempt, and the judgement on what it shows. */
export async function readAttempt(claimed: Claimed, attemptId: string): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const attempt = attemptOf(claimed, attemptId);
  if (isMade(attempt)) return readForCertificate(claimed, attempt);
  if (rotation.kind === "federated") return readForFederated(claimed, attempt);
  const { holder } = await deps.entra.read(rotation.holder, signal);
  const instance = await deps.store.instance(deps.random.base32(INSTANCE_LENGTH));
  const held = await targetValues(claimed);
  const answer = judgeOrphan({
    attempt,
    instance,
    holder,
    heldByTarget: (hint) => held.some((value) => value.fitsHint(hint)),
  });
  const at = await claimed.now();
  if (answer.found === "nothing") {
    await claimed.record([{ type: "attempt-read", at, attempt: attempt.id, keyIds: [] }]);
    return;
  }
  if (answer.found === "ambiguous") {
    const read = { type: "attempt-read", at, attempt: attempt.id, keyIds: answer.keyIds } as const;
    const ended = rotation.state === "halted" || rotation.state === "cancelled";
    await claimed.record(ended ? [read] : [read, { type: "halted", at, reason: "ambiguous-orphan" }], {
      note: { why: answer.why },
    });
    return;
  }
  await claimed.record(
    [
      { type: "attempt-read", at, attempt: attempt.id, keyIds: [answer.keyId] },
      { type: "orphan-confirmed", at, attempt: attempt.id, keyId: answer.keyId },
    ],
    {
      ledger: [
        {
          tenantId: rotation.tenantId,
          holder: rotation.holder,
          keyId: answer.keyId,
          origin: "orphan",
          rotation: rotation.id,
          enteredAt: at,
          removedAt: null,
        },
      ],
    },
  );
}

/**
 * One read for the certificate of an attempt. Its key is sealed, so what has arrived is adopted; only where a later attempt
 * has taken the seal's place is it surplus, and then it is certain by the certificate itself that it is ours.
 */
async function readForCertificate(claimed: Claimed, attempt: Made): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const { entries } = await deps.certificates.readCertificates(rotation.holder, signal);
  const found = entries.find(({ certificate }) => certificate === attempt.certificate.certificate);
  const keyId = found?.credential.keyId ?? null;
  const at = await claimed.now();
  const read = { type: "attempt-read", at, attempt: attempt.id, keyIds: keyId === null ? [] : [keyId] } as const;
  if (keyId === null) return claimed.record([read]);
  if (rotation.state === "planned" && rotation.attempts.at(-1)?.id === attempt.id) {
    const issued = issuedBy(attempt, keyId, at);
    return claimed.record([read, { type: "issued", at, issued }], { ledger: [ledgerEntry(claimed, issued)] });
  }
  const surplus = { ...ledgerEntry(claimed, { keyId, at }), origin: "orphan" } as const;
  return claimed.record([read, { type: "orphan-confirmed", at, attempt: attempt.id, keyId }], { ledger: [surplus] });
}

/** Removes the orphan that was confirmed. */
export async function removeOrphan(claimed: Claimed, attemptId: string): Promise<void> {
  const { orphan } = attemptOf(claimed, attemptId);
  if (orphan === null) return;
  if (!(await removeGuarded(claimed, orphan, "orphan"))) return;
  const at = await claimed.now();
  await claimed.record([{ type: "orphan-removed", at, attempt: attemptId }], { removed: [{ keyId: orphan, at }] });
}

/** The day of reads is over: the creation never reached the directory, or what it left there is for a person. */
export async function closeAttempt(claimed: Claimed, attemptId: string): Promise<void> {
  await claimed.record([{ type: "attempt-closed", at: await claimed.now(), attempt: attemptId }]);
}

function attemptOf(claimed: Claimed, id: string): Attempt {
  const attempt = claimed.rotation.attempts.find((one) => one.id === id);
  if (attempt === undefined) throw new NolapseError("unexpected", `the rotation has no attempt ${id}`);
  return attempt;
}

/** The values that readable targets hold now. A target that cannot be read is an error: the read is made again later. */
async function targetValues(claimed: Claimed) {
  const values = [];
  for (const { target: name } of claimed.rotation.deliveries) {
    const target = targetOf(claimed, name);
    const copy = (await target.readBack?.(claimed.signal)) ?? null;
    if (copy?.state === "present") values.push(copy.value);
  }
  return values;
}
