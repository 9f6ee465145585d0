/**
 * The made certificate is added to the directory: by proof of possession where a valid certificate of the application is at
 * hand, which touches no other entry; else by replacing the whole list under the rules of design §4.8.
 */
import { NolapseError } from "../../../core/errors.ts";
import type { Attempt, Issued } from "../../../core/rotation/rotation.ts";
import type { EpochMs } from "../../../core/time.ts";
import type { CertificateReading, NewCertificate } from "../../../ports/certificates.ts";
import type { Claimed } from "../claimed.ts";
import { replaceList } from "./certificate-list.ts";
import { ledgerEntry, notIssued } from "./issue.ts";
import { proofFor } from "./proof.ts";

/** An attempt at a certificate. */
export type Made = Attempt & { readonly certificate: NonNullable<Attempt["certificate"]>; readonly end: EpochMs };

export async function issueCertificate(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const attempt = madeAttempt(claimed);
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  const proof = await proofFor(claimed, reading, null);
  if (proof === null) return addToList(claimed, attempt, reading);
  await claimed.mayAct();
  await claimed.record([{ type: "issue-intended", at: await claimed.now(), attempt: intent(attempt, reading) }]);
  const outcome = await deps.certificates.addKey(rotation.holder, added(attempt), proof, signal);
  if (outcome.outcome === "applied") {
    claimed.wrote(outcome, keyIdsOf(reading), { come: [outcome.keyId] });
    await issued(claimed, attempt, outcome.keyId);
  } else await notIssued(claimed, outcome);
}

async function addToList(claimed: Claimed, attempt: Made, reading: CertificateReading): Promise<void> {
  const change = { added: added(attempt), removed: null, restored: [] };
  const at = await claimed.now();
  const outcome = await replaceList(claimed, reading, change, {
    intent: [{ type: "issue-intended", at, attempt: intent(attempt, reading) }],
  });
  if (outcome === "later") return;
  if (outcome.outcome === "applied") {
    claimed.wrote(outcome, keyIdsOf(reading), { come: [attempt.certificate.keyId] });
    await issued(claimed, attempt, attempt.certificate.keyId);
  } else await notIssued(claimed, outcome);
}

/** Stores the outcome: the seal has been there since the key was made. */
async function issued(claimed: Claimed, attempt: Made, keyId: string): Promise<void> {
  const at = await claimed.now();
  const event = issuedBy(attempt, keyId, at);
  await claimed.record([{ type: "issued", at, issued: event }], { ledger: [ledgerEntry(claimed, event)] });
}

export function issuedBy(attempt: Made, keyId: string, at: EpochMs): Issued {
  const { sha1, sha256, fingerprint } = attempt.certificate;
  return { keyId, end: attempt.end, hint: null, at, fingerprint, attempt: attempt.id, certificate: { sha1, sha256 } };
}

/** Whether an attempt is one at a certificate. */
export function isMade(attempt: Attempt): attempt is Made {
  return attempt.certificate != null && attempt.end !== null;
}

function madeAttempt({ rotation }: Claimed): Made {
  const attempt = rotation.attempts.findLast((one) => one.outcome === "made");
  if (attempt === undefined || !isMade(attempt)) throw new NolapseError("unexpected", "no certificate was made");
  return attempt;
}

function intent({ id, displayName, end }: Attempt, reading: CertificateReading) {
  return { id, displayName, end, keyIdsBefore: keyIdsOf(reading) };
}

function keyIdsOf({ entries }: CertificateReading): string[] {
  return entries.map(({ credential }) => credential.keyId);
}

function added({ displayName, end, certificate }: Made): NewCertificate {
  return { keyId: certificate.keyId, displayName, certificate: certificate.certificate, start: certificate.start, end };
}
