/** Every removal goes through here: fresh read, guard, brake, one request. */
import type { Holder } from "../../../core/credentials/credential.ts";
import { NolapseError } from "../../../core/errors.ts";
import { isExcluded } from "../../../core/policy/policy-choice.ts";
import { mayRemove, type RemovalPurpose } from "../../../core/rotation/retire-guard.ts";
import type { Rotation } from "../../../core/rotation/rotation.ts";
import { REPLICATION_WINDOW } from "../../../core/schedule/replication.ts";
import { type DurationMs, type EpochMs, formatDuration, MINUTE } from "../../../core/time.ts";
import type { RemoveCredentialOutcome } from "../../../ports/entra.ts";
import { noteUnknownMarks } from "../../scan/recognise.ts";
import type { Claimed } from "../claimed.ts";
import { sharedSlot } from "../leftover.ts";
import { leftAlone } from "./preflight.ts";
import { removeCertificate } from "./remove-certificate.ts";
import { evidenceNow } from "./sign-ins.ts";
import { usesNow } from "./uses.ts";

/** A clock that is further ahead than a signed assertion may be is wrong. */
const MOST_AHEAD: DurationMs = 5 * MINUTE;
/** After so many refusals of the guard in a row a person must look. */
const REFUSALS_BEFORE_HALT = 5;

/**
 * Removes one key id if the guard allows it. True when it is gone as far as the directory says now; false when a fresh
 * look is needed later (a failure has been stored). The guard's refusal is stored as a halt. `intend` stores, before anything is removed, that
 * it is about to be.
 */
export async function removeGuarded(
  claimed: Claimed,
  keyId: string,
  purpose: RemovalPurpose,
  intend?: () => Promise<void>,
): Promise<boolean> {
  const { rotation, deps, signal } = claimed;
  const evidence = purpose === "retire" && rotation.kind === "federated" ? await evidenceNow(claimed) : null;
  if (evidence === "later") return false;
  const uses = purpose === "retire" ? await usesNow(claimed) : undefined;
  if (uses === "later") return false;
  const asked = await claimed.now();
  const { holder, serviceTime } = await deps.entra.read(rotation.holder, signal);
  // whether its time is over, or it has been waited for, is told by this clock; what leaked waits for neither
  if (rotation.emergency === undefined && asked - serviceTime > MOST_AHEAD) {
    await claimed.fail(clockAhead(asked - serviceTime));
    return false;
  }
  if (purpose === "retire" && isLeftAlone(claimed, holder)) {
    await claimed.fail(leftAlone(rotation));
    return false;
  }
  const unknown = await noteUnknownMarks(deps, [holder]);
  const ledger = await deps.store.ledger(rotation.tenantId, rotation.holder.appId);
  const shared = rotation.leftover === true ? { shared: await sharedSlot(deps, rotation) } : {};
  const { removalOff } = await deps.store.switches(rotation.tenantId);
  const now = await claimed.now();
  const judge = (at: EpochMs) =>
    mayRemove({
      purpose,
      keyId,
      rotation,
      holder,
      ledger: ledger.find((one) => one.keyId === keyId) ?? null,
      removalOff: removalOff?.why ?? null,
      evidence,
      ...(uses === undefined ? {} : { uses }),
      ...shared,
      unknownAttempts: unknown,
      own: rotation.holder.appId === deps.own?.appId,
      now: at,
    });
  const answer = judge(now);
  if (!answer.allowed) {
    await claimed.fail(refusal(answer.why));
    if (claimed.rotation.failures >= REFUSALS_BEFORE_HALT) await claimed.halt("guard-refused");
    return false;
  }
  await intend?.();
  const listed = holder.credentials.some((one) => one.keyId === keyId);
  // gone already: by an earlier try whose outcome was lost, or by somebody else; the five reads that follow prove it
  if (!listed && purpose === "retire") return true;
  const kind = holder.credentials.find((one) => one.keyId === keyId)?.kind ?? kindOf(rotation, purpose);
  // what is read on the way may take longer than a proof lasts
  const lastLook = async () => {
    await claimed.mayAct();
    const late = judge(await claimed.now());
    if (!late.allowed) throw refusal(late.why);
  };
  const outcome =
    kind === "secret"
      ? await removeSecret(claimed, keyId, lastLook)
      : await removeCertificate(claimed, keyId, lastLook);
  if (outcome === "later") return false;
  if (outcome.outcome === "applied") {
    const before = holder.credentials.map((one) => one.keyId);
    claimed.wrote(outcome, before, { gone: [keyId] });
    return true;
  }
  if (outcome.outcome === "no-such-credential") {
    // within the replication window this means "not yet", never "done" (design §4.5)
    if (!listed && isSettled(rotation, now)) return true;
    await claimed.fail(notFound(rotation, keyId));
    return false;
  }
  await claimed.fail(outcome.error, { untouched: isUntouched(outcome, rotation, claimed.rotation) });
  return false;
}

/**
 * Whether the old one is there for certain: it was refused, and nothing was sent before under what is intended now. What became of that
 * nobody knows, and a refusal says nothing of it. A list whose answer was lost is watched to its end before the next, and one that was only
 * read has sent nothing.
 */
function isUntouched({ outcome }: RemoveCredentialOutcome, before: Rotation, { retireIntendedAt }: Rotation): boolean {
  return outcome === "not-applied" && (before.retireIntendedAt !== retireIntendedAt || before.listReadAt !== null);
}

/** Excluded since its rotation was opened, and no person has said of this very credential that it shall go. */
function isLeftAlone({ rotation: { emergency, removal }, deps }: Claimed, holder: Holder): boolean {
  return emergency === undefined && removal === undefined && isExcluded(deps.settings, holder);
}

function clockAhead(by: DurationMs): NolapseError {
  return new NolapseError(
    "refused-by-guard",
    `this machine's clock is ${formatDuration(by)} ahead of the directory's`,
    {
      next: "synchronise the clock: timedatectl set-ntp true (or w32tm /resync); nothing is removed meanwhile",
    },
  );
}

function refusal(why: string): NolapseError {
  return new NolapseError("refused-by-guard", `the retire guard says no: ${why}`, {
    next: "the credential stays; nolapse explain shows the check, and nolapse resume asks again",
  });
}

/** By proof alone key id and certificate cannot be told apart; a key id that is none of its certificate's never goes. */
function notFound({ self }: Rotation, keyId: string): NolapseError {
  if (!self) return new NolapseError("directory-refused", "the directory does not find the credential yet");
  const why = `the directory has no certificate with key id ${keyId}, yet the one to be removed still signs in`;
  return new NolapseError("directory-refused", why, {
    next: "if it stays: the key id is wrong; find it under Certificates & secrets, remove the certificate there",
  });
}

async function removeSecret(
  claimed: Claimed,
  keyId: string,
  lastLook: () => Promise<void>,
): Promise<RemoveCredentialOutcome> {
  await lastLook();
  return claimed.deps.entra.removeSecret(claimed.rotation.holder, keyId, claimed.signal);
}

/** What it must be where the directory does not list it at the moment. */
function kindOf(rotation: Rotation, purpose: RemovalPurpose) {
  if (purpose === "undo") return "certificate";
  if (purpose === "retire") return rotation.replacesKind;
  return rotation.kind === "secret" ? "secret" : "certificate";
}

/** Whether the last attempt is old enough for the whole directory to know what came of it. */
function isSettled({ attempts }: Rotation, now: EpochMs): boolean {
  const last = attempts.at(-1);
  return last === undefined || now - last.startedAt > REPLICATION_WINDOW;
}
