/**
 * May this key id be removed? The one safety predicate before every removal (design §4.3, invariant 1). It judges what
 * was read just now; it never reads. Everything it does not know counts against the removal.
 */
import { type Holder, isLive } from "../credentials/credential.ts";
import { evidenceAgainst, type SignInEvidence } from "../credentials/federation.ts";
import { parseMarkedName } from "../credentials/marker.ts";
import { REASONS } from "../reasons.ts";
import { type EpochMs, MINUTE } from "../time.ts";
import { useVerdict } from "./retirement.ts";
import type { Rotation } from "./rotation.ts";
import type { UseEvidence } from "./use-evidence.ts";

/**
 * A proof older than this does not count. Ten minutes are the rule (design §4.3, invariant 1), less what may come on top: the process that
 * removes need not be the one that proved, their clocks may be two minutes apart, and the request itself takes its time.
 */
export const PROOF_LASTS = 7 * MINUTE;

export type RemovalPurpose =
  /** The old credential, after its successor was verified. */
  | "retire"
  /** Our new credential that no consumer has received. */
  | "withdraw"
  /** A confirmed orphan of a lost answer. */
  | "orphan"
  /** A retired certificate that was put back for a time, which is over. */
  | "undo";

export interface GuardFacts {
  readonly purpose: RemovalPurpose;
  readonly keyId: string;
  readonly rotation: Rotation;
  /** The object as read just now. */
  readonly holder: Holder;
  /** The ledger's entry for the key id, null when it has none. */
  readonly ledger: { readonly origin: "issued" | "adopted" | "orphan"; readonly removedAt: EpochMs | null } | null;
  /** Why removal is switched off in this tenant, null when it is not. */
  readonly removalOff: string | null;
  /** Where the successor is a federated credential: what list and sign-in log show just now; else null. */
  readonly evidence: SignInEvidence | null;
  /**
   * Where the old credential goes early by evidence: what log and report show just now; null: they were not read. Absent
   * where another rule lets it go.
   */
  readonly uses?: UseEvidence | null;
  /** Attempt ids on the holder that carry our instance and that this store does not know. */
  readonly unknownAttempts: readonly string[];
  /** Of a leftover: why a slot may hold it after all, null where none does; absent where nobody looked. */
  readonly shared?: string | null;
  /** It is the credential that Nolapse itself signs in with. */
  readonly own?: boolean;
  readonly now: EpochMs;
}

export type GuardAnswer = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Whether the removal is safe, or the first reason why it is not. */
export function mayRemove(facts: GuardFacts): GuardAnswer {
  const refusal = sharedRefusal(facts) ?? (facts.purpose === "retire" ? retireRefusal(facts) : ownRefusal(facts));
  return refusal === null ? { allowed: true } : { allowed: false, why: refusal };
}

function sharedRefusal({ ledger, removalOff, unknownAttempts }: GuardFacts): string | null {
  if (removalOff !== null) return `removal is off: ${removalOff}`;
  if (unknownAttempts.length > 0)
    return "the application holds credentials marked as ours that this store does not know";
  if (ledger === null) return "the credential is not in the ledger: neither issued nor adopted by this Nolapse";
  return null;
}

function retireRefusal(facts: GuardFacts): string | null {
  const { rotation, keyId, holder, ledger, own, now } = facts;
  if (rotation.state !== "verified") return `the successor is not verified, the rotation is ${rotation.state}`;
  if (keyId !== rotation.replaces) return "it is not the credential this rotation replaces";
  if (ledger?.origin === "orphan") return "the ledger has it as an orphan, not as a credential in use";
  const issued = rotation.issued;
  if (issued === null || issued.keyId === keyId) return "the rotation has no successor";
  const refusal = leftoverRefusal(facts, issued.at) ?? usesRefusal(facts);
  if (refusal !== null) return refusal;
  if (rotation.kind === "federated") return federatedRefusal(facts, issued.at);
  const successor = holder.credentials.find((one) => one.keyId === issued.keyId);
  if (successor === undefined) return "the successor is not in the directory";
  if (!isLive(successor, now)) return "the successor is not valid now";
  if (rotation.deliveries.length === 0) return "the successor was delivered nowhere";
  const { ownProof } = rotation;
  const isOwnProven = ownProof?.proven === true && ownProof.at <= now && now - ownProof.at <= PROOF_LASTS;
  if (own === true && !isOwnProven) {
    return `no fresh process has read the directory with Nolapse's new credential within the last ${PROOF_LASTS / MINUTE} minutes`;
  }
  const stale = rotation.deliveries.find((one) => one.verifiedAt === null || now - one.verifiedAt > PROOF_LASTS);
  if (stale !== undefined)
    return `the copy in ${stale.target} was not verified within the last ${PROOF_LASTS / MINUTE} minutes`;
  const future = rotation.deliveries.find((one) => one.verifiedAt !== null && one.verifiedAt > now);
  if (future !== undefined) return `the proof of ${future.target} is dated in the future`;
  return null;
}

/** What no slot has made way for goes on a person's word alone, and never where it may be the one that somebody uses next. */
function leftoverRefusal({ rotation, ledger, shared, keyId, holder }: GuardFacts, issuedAt: EpochMs): string | null {
  if (rotation.leftover !== true) return null;
  if (rotation.removal === undefined && rotation.emergency === undefined) return "nobody has asked for its removal";
  if (ledger?.origin !== "adopted") return "nobody has adopted it";
  if (shared === undefined) return "nobody has looked whether a slot names it";
  if (shared !== null) return shared;
  const old = holder.credentials.find((one) => one.keyId === keyId);
  if (old !== undefined && (old.start === null || old.start >= issuedAt))
    return "it may be newer than the credential that would stay";
  return null;
}

/**
 * An old credential that still signs in goes by evidence only, where evidence is the rule. What is not listed may be hidden
 * by a lag: it counts as valid.
 */
function usesRefusal({ rotation, uses, keyId, holder, now }: GuardFacts): string | null {
  // what leaked is in somebody's hands: whoever else uses it is cut off, as was announced
  if (rotation.emergency !== undefined) return null;
  // a person who was told who uses it has said that it goes; where his word is not what lets it go, log and report were read
  if (rotation.removal !== undefined && uses === undefined) return null;
  if (uses === undefined && rotation.policy.retire !== "after-evidence") return null;
  const old = holder.credentials.find((one) => one.keyId === keyId);
  if (old !== undefined ? !isLive(old, now) : rotation.replacesEnd !== null && rotation.replacesEnd <= now) return null;
  if (uses == null || rotation.verifiedAt === null) return "nobody has looked who still signs in with it";
  if (now - uses.readAt > PROOF_LASTS) return "the sign-in log was not read just now";
  if (uses.readAt > now) return "the sign-in log's evidence is dated in the future";
  const said = useVerdict(rotation.policy, uses, rotation.verifiedAt);
  return said.enough ? null : `${REASONS[said.because]}: ${said.detail}`;
}

/** A federated credential has no copy to read back: the use that only its issuer can have made is the proof. */
function federatedRefusal({ rotation, evidence, keyId, holder, now }: GuardFacts, issuedAt: EpochMs): string | null {
  if (rotation.assurance !== "consumer-evidence") return "nobody was seen to sign in with the federated credential";
  if (evidence === null || now - evidence.readAt > PROOF_LASTS) return "the sign-in log was not read just now";
  const { readAt, lastUse } = evidence;
  if (readAt > now || (lastUse !== null && lastUse > now)) return "the sign-in log's evidence is dated in the future";
  if (lastUse !== null && lastUse < issuedAt)
    return "the last sign-in with the federated credential is older than itself";
  const old = holder.credentials.find((one) => one.keyId === keyId);
  // what is not listed may be hidden by a lag: it counts as valid
  const against = evidenceAgainst(evidence, old === undefined || isLive(old, now), now);
  return against === null ? null : REASONS[against];
}

function ownRefusal({ purpose, rotation, keyId, ledger, holder, now }: GuardFacts): string | null {
  if (purpose === "undo") {
    if (rotation.undo?.keyId !== keyId || ledger?.origin !== "issued") return "it was not put back by this rotation";
    const entry = holder.credentials.find((one) => one.keyId === keyId);
    return entry !== undefined && isLive(entry, now) ? "it is valid still" : null;
  }
  if (purpose === "withdraw") {
    if (rotation.issued?.keyId !== keyId || ledger?.origin !== "issued") return "it was not issued by this rotation";
    if (rotation.deliveries.some((one) => one.intendedAt !== null)) return "a consumer may have received it";
    return null;
  }
  if (ledger?.origin !== "orphan") return "it is not confirmed as an orphan";
  const attempt = rotation.attempts.find((one) => one.orphan === keyId);
  if (attempt === undefined) return "no attempt of this rotation confirmed it as its orphan";
  const found = holder.credentials.find((one) => one.keyId === keyId);
  if (found !== undefined && parseMarkedName(found.name ?? "").marker?.attempt !== attempt.id) {
    return "it does not carry the marker of the attempt";
  }
  return null;
}
