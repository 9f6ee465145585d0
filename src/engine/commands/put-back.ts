/**
 * What others' writes have lost from a list of certificates that a person's upload replaced, put back once: only what the directory's audit
 * log shows as lost. A list without an entry is no proof, for somebody may have removed it on purpose, as one does with a leaked one; and
 * the log comes minutes late, so what it does not tell yet is asked for again, and in the end left to a person.
 */
import type { Holder } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { LIST_STILL } from "../../core/schedule/replication.ts";
import { type EpochMs, plus } from "../../core/time.ts";
import type { CertificateReading } from "../../ports/certificates.ts";
import type { Hand } from "../../ports/hand.ts";
import type { CredentialChange } from "../../ports/logs.ts";
import type { ImageEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { howItWent } from "../rotation/steps/list-losses.ts";

export interface WrittenList {
  readonly holder: Holder;
  /** What was there before. */
  readonly entries: readonly ImageEntry[];
  /** Key id of what was added: a reading without it is older than the write. */
  readonly added: string;
  /** When `entries` were read, by the service's own time. */
  readonly readAt: EpochMs;
}

/** Key ids. What somebody removed on purpose is in neither. */
export interface PutBack {
  readonly restored: readonly string[];
  /** Not there any more, nobody can tell why, and not put back. */
  readonly missing: readonly string[];
}

interface Look {
  readonly lost: readonly ImageEntry[];
  readonly untold: readonly ImageEntry[];
  /** Whether the log may tell more later. */
  readonly mayTell: boolean;
}

/**
 * @param shown a reading that shows what was added
 * @param times the times at which to look again
 * @throws NolapseError `incomplete` where what was lost could not be put back.
 */
export async function putBack(
  deps: Deps,
  hand: Hand,
  written: WrittenList,
  shown: CertificateReading,
  times: AsyncIterator<unknown>,
): Promise<PutBack> {
  let reading = shown;
  let look = await lookAt(deps, written, reading);
  while (look.untold.length > 0 && look.mayTell && (await times.next()).done !== true) {
    const again = await hand.certificates.readCertificates(written.holder).catch(() => null);
    if (again !== null && shows(again, written.added)) {
      reading = again;
      look = await lookAt(deps, written, reading);
    } else {
      // nothing is written on a list of some time ago
      look = { lost: [], untold: [...look.lost, ...look.untold], mayTell: true };
    }
  }
  const { lost, untold } = look;
  if (lost.length === 0 || !(await mayWrite(deps))) return { restored: [], missing: keyIdsOf([...lost, ...untold]) };
  const kept = [...reading.entries.map(({ raw }) => raw), ...lost.map(({ raw }) => raw)];
  const sent = await hand.certificates.replaceCertificates(written.holder, { kept, added: [] });
  if (sent.outcome === "applied") return { restored: keyIdsOf(lost), missing: keyIdsOf(untold) };
  const gone = keyIdsOf([...lost, ...untold]).join(", ");
  throw new NolapseError("incomplete", `it was added, and the entries ${gone} are missing since`, {
    next: "somebody else wrote the list at the same moment; their public parts are kept, and the next scan tells of them",
    cause: sent.error,
  });
}

export function shows({ entries }: CertificateReading, keyId: string): boolean {
  return entries.some(({ credential }) => credential.keyId === keyId);
}

async function lookAt(
  deps: Deps,
  { holder, entries, readAt }: WrittenList,
  reading: CertificateReading,
): Promise<Look> {
  const gone = entries.filter(({ keyId }) => !shows(reading, keyId));
  if (gone.length === 0) return { lost: [], untold: [], mayTell: false };
  const ours = (await deps.store.ledger(deps.settings.tenantId, holder.appId)).filter(
    ({ removedAt }) => removedAt !== null,
  );
  const missing = gone.filter((one) => !ours.some(({ keyId }) => keyId === one.keyId));
  const told = await changesSince(deps, holder, plus(readAt, -LIST_STILL * 2));
  if (told.changes === null) return { lost: [], untold: missing, mayTell: told.mayTell };
  const { changes } = told;
  return {
    lost: missing.filter(({ keyId }) => howItWent(changes, keyId) === "lost"),
    untold: missing.filter(({ keyId }) => howItWent(changes, keyId) === null),
    mayTell: true,
  };
}

/** `changes` is null where the log cannot be read: now, or, without permission or licence, at all. */
async function changesSince(
  { logs }: Deps,
  holder: Holder,
  since: EpochMs,
): Promise<{ readonly changes: readonly CredentialChange[] | null; readonly mayTell: boolean }> {
  try {
    return { changes: await logs.credentialChanges(holder, since), mayTell: true };
  } catch (thrown) {
    if (!(thrown instanceof NolapseError)) throw thrown;
    return { changes: null, mayTell: !["directory-forbidden", "directory-unlicensed"].includes(thrown.code) };
  }
}

/** It may have been minutes: somebody may have stopped everything since. */
async function mayWrite(deps: Deps): Promise<boolean> {
  try {
    await requireWriting(deps);
    return true;
  } catch (thrown) {
    if (thrown instanceof NolapseError) return false;
    throw thrown;
  }
}

function keyIdsOf(entries: readonly ImageEntry[]): readonly string[] {
  return entries.map(({ keyId }) => keyId);
}
