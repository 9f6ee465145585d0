/**
 * Verification (design §4.1): the copy read back from the target is ours and signs in. A write-only target stands on its
 * receipt. The same proof is made again right before the old credential is removed.
 */

import type { Assurance, Probe } from "../../../core/credentials/sign-in.ts";
import { NolapseError } from "../../../core/errors.ts";
import { missedReads } from "../../../core/rotation/apply-course.ts";
import { PROOF_LASTS } from "../../../core/rotation/retire-guard.ts";
import type { RotationEvent } from "../../../core/rotation/rotation.ts";
import { nextReadAt, READ_SCHEDULE, REPLICATION_WINDOW } from "../../../core/schedule/replication.ts";
import { DAY, type EpochMs, latest, MINUTE, plus } from "../../../core/time.ts";
import type { Copy } from "../../../ports/target.ts";
import type { Claimed, Extra } from "../claimed.ts";
import { targetOf } from "./target.ts";
import { anew, signInOf } from "./value.ts";

/** Copies that are read at once. */
const SIDE_BY_SIDE = 8;

/** What a look at one copy has come to. */
type Look = { readonly name: string } & (
  | { readonly found: "proof"; readonly assurance: Assurance; readonly request: string | null; readonly at: EpochMs }
  | { readonly found: "another" }
  | { readonly found: "refusal"; readonly probe: Probe }
  | { readonly found: "failure"; readonly thrown: unknown }
);

/** What is told of several bad looks: the first of these. */
const WEIGHT: readonly Look["found"][] = ["another", "refusal", "failure"];

/**
 * Proves the copy. Before a removal all others with it, side by side: one after the other the first proof could be too old by the last
 * one, for ever. Then all are proven or none is: what one look has seen, no earlier proof of the same copy may outweigh.
 */
export async function verify(claimed: Claimed, name: string): Promise<void> {
  if (targetOf(claimed, name).carried !== undefined) return verifyByUse(claimed, name);
  const isRemoval = claimed.rotation.state === "verified";
  const found = await looksAt(claimed, isRemoval ? withOthers(claimed, name) : [name]);
  const now = await claimed.now();
  const looks = isRemoval ? found.map((one) => unlessOld(one, now)) : found;
  const bad = looks.filter((one) => one.found !== "proof");
  const [worst] = bad.toSorted((one, other) => WEIGHT.indexOf(one.found) - WEIGHT.indexOf(other.found));
  if (worst !== undefined) {
    claimed.takes({ step: "verify", target: worst.name });
    if (worst.found !== "another") return noteBad(claimed, worst);
    return drifted(
      claimed,
      bad.filter(({ found }) => found === "another").map((one) => one.name),
    );
  }
  for (const one of looks)
    if (one.found === "proof") await verified(claimed, one.name, one.assurance, one.request, one.at);
}

/** A proof that is too old for the removal once all are there is a failed try: made again at once it would come to the same, for ever. */
function unlessOld(look: Look, now: EpochMs): Look {
  if (look.found !== "proof" || now - look.at <= PROOF_LASTS) return look;
  const { name, at } = look;
  const what = `to prove the copies took so long that the proof of ${name} is ${Math.ceil((now - at) / MINUTE)} minutes old`;
  const next = `nothing is removed meanwhile: a proof lasts ${PROOF_LASTS / MINUTE} minutes; see why it takes so long to read them`;
  return { name, found: "failure", thrown: new NolapseError("target-unreachable", what, { next }) };
}

/** The copies that are proven together. */
function withOthers({ rotation, deps }: Claimed, name: string): readonly string[] {
  const others = rotation.deliveries.map(({ target }) => target).filter((one) => one !== name);
  return [name, ...others.filter((one) => deps.targets.get(one)?.carried === undefined)];
}

/** One that fails keeps none of the others from being looked at. */
async function looksAt(claimed: Claimed, names: readonly string[]): Promise<readonly Look[]> {
  const looks = names.map((name) => async (): Promise<Look> => {
    try {
      return await lookAt(claimed, name);
    } catch (thrown) {
      return { name, found: "failure", thrown };
    }
  });
  const [only] = looks;
  return looks.length === 1 && only !== undefined ? [await only()] : claimed.deps.scheduler.all(looks, SIDE_BY_SIDE);
}

/** Reads the copy back and signs in with it; stores nothing. */
async function lookAt(claimed: Claimed, name: string): Promise<Look> {
  const target = targetOf(claimed, name);
  const proof = { name, found: "proof" } as const;
  if (target.readBack === undefined) {
    return { ...proof, assurance: "receipt", request: null, at: await claimed.now() };
  }
  // a slow sign-in makes what was read before it no fresher
  const at = await claimed.now();
  const copy = await target.readBack(claimed.signal);
  if (!(await isOurs(claimed, copy)) || copy.state === "empty") {
    return { name, found: "another" };
  }
  if (claimed.rotation.policy.probe === "none") return { ...proof, assurance: "receipt", request: null, at };
  const probe = await claimed.deps.verifier.probe(signInOf(claimed), copy.value, claimed.signal);
  if (probe.outcome === "issued") return { ...proof, assurance: "token", request: probe.requestId, at };
  if (probe.outcome === "authenticated-refused")
    return { ...proof, assurance: "authenticated-blocked", request: probe.requestId, at };
  return { name, found: "refusal", probe };
}

/** @throws what kept the copy from being proven, to be noted as a failed try. */
async function noteBad(claimed: Claimed, bad: Extract<Look, { readonly found: "refusal" | "failure" }>): Promise<void> {
  if (bad.found === "failure") throw bad.thrown;
  const { name, probe } = bad;
  if (probe.outcome === "not-authenticated" && (await missed(claimed))) return;
  const code = probe.outcome === "inconclusive" ? "directory-unreachable" : "sign-in-failed";
  const answer = probe.code === null ? "no answer" : `AADSTS${probe.code}`;
  throw new NolapseError(code, `the copy read back from ${name} did not sign in: ${answer}`, {
    next: "nothing is removed meanwhile; nolapse tries again by itself and nolapse explain shows when",
    retryAfter: probe.retryAfter,
  });
}

/**
 * Whether somebody else seems to have removed the new credential; then it is noted, and with the fifth read in a row that does not
 * show it, spread as wherever absence is proven, the rotation halts. Asked only once every read should know it; an application
 * that rolls itself may not read the directory.
 */
async function missed(claimed: Claimed): Promise<boolean> {
  const { issued, self } = claimed.rotation;
  if (issued === null || self || (await claimed.now()) - issued.at <= REPLICATION_WINDOW) return false;
  if (await isListed(claimed, issued.keyId)) return false;
  const reads = missedReads(claimed.rotation);
  const at = await claimed.now();
  const next = nextReadAt(READ_SCHEDULE, reads[0] ?? at, reads.length + 1);
  const failure = {
    code: "directory-absent",
    message: `the directory does not show the new credential ${issued.keyId} (read ${reads.length + 1} of ${READ_SCHEDULE.length})`,
    next:
      next === null
        ? `nothing brings it back: ${anew(claimed.rotation)}`
        : "nothing is removed meanwhile; further reads, over ten minutes in all, say whether it is gone",
    at,
  } as const;
  const read = { type: "failed", at, failure, notBefore: next ?? at, verifying: false, missed: true } as const;
  await claimed.record(next === null ? [read, { type: "halted", at, reason: "issued-gone" }] : [read]);
  return true;
}

/** A read that fails says nothing: then it is the sign-in that failed. */
async function isListed({ deps, rotation, signal }: Claimed, keyId: string): Promise<boolean> {
  const read = await deps.entra.read(rotation.holder, signal).catch(() => null);
  return read === null || read.holder.credentials.some((one) => one.keyId === keyId);
}

/** How far back the log is asked: the free retention is shorter, the longest is this. */
const EVIDENCE_WINDOW = 30 * DAY;

/**
 * Where a person carried the value, the first sign-in with its key id by somebody else is the proof (design §4.1). Where the
 * log may not be read, the person's word stands alone: enough to go on with the new credential, never to take the old one early.
 */
async function verifyByUse(claimed: Claimed, name: string): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const delivery = rotation.deliveries.find((one) => one.target === name);
  const taken = delivery?.intendedAt ?? null;
  if (rotation.issued === null || taken === null) return;
  const now = await claimed.now();
  const since = latest(taken, plus(now, -EVIDENCE_WINDOW));
  const rows = await deps.logs.signIns(rotation.holder.appId, since, signal).catch(unlessForbidden);
  // what is gone can never be proven by use, and a person's word is no proof of it either
  if (await missed(claimed)) return;
  if (rows === null) return verified(claimed, name, "person", null, now);
  const { tenantId, holder, issued } = rotation;
  const all = await deps.store.rotations({ tenantId, appId: holder.appId });
  const own = new Set(all.flatMap((one) => one.ownRequests));
  const used = rows.some((row) => row.succeeded && row.keyId === issued.keyId && !own.has(row.requestId));
  if (!used) return claimed.record([{ type: "not-used-yet", at: now, target: name }]);
  // with other targets beside it the log does not say which copy signed in
  await verified(claimed, name, rotation.deliveries.length === 1 ? "consumer-evidence" : "person", null, now);
}

function unlessForbidden(thrown: unknown): null {
  if (thrown instanceof NolapseError && ["directory-forbidden", "directory-unlicensed"].includes(thrown.code))
    return null;
  throw thrown;
}

async function isOurs({ deps, rotation }: Claimed, copy: Copy): Promise<boolean> {
  if (copy.state === "empty" || rotation.issued === null) return false;
  return (await deps.sealer.fingerprint(copy.value)) === rotation.issued.fingerprint;
}

/** The targets hold something else: they lost the write, or somebody put another value there. It is delivered again. */
async function drifted(claimed: Claimed, names: readonly string[]): Promise<void> {
  const name = names.join(", ");
  const what = `the copy read back from ${name} is not the one that was delivered`;
  if (claimed.rotation.leftover === true) {
    // it has no value to deliver; whether the slot's own shall be brought back is its rotation's matter
    const next = `see who writes to ${name}, then nolapse rotate --now; the leftover stays meanwhile`;
    await claimed.fail(new NolapseError("target-failed", what, { next }));
    return claimed.halt("drift-target");
  }
  const error = new NolapseError("target-failed", what, {
    next: `it is delivered again; see that nobody else writes to ${name}`,
  });
  const { failure, notBefore } = await claimed.failure(error);
  await claimed.record([
    { type: "failed", at: failure.at, failure, notBefore, verifying: true },
    ...names.map((target) => ({ type: "drifted", at: failure.at, target }) as const),
  ]);
}

async function verified(
  claimed: Claimed,
  name: string,
  assurance: Assurance,
  request: string | null,
  read: EpochMs,
): Promise<void> {
  const { rotation } = claimed;
  // told at the delivery, a consumer could still be given the old copy, and would not look again
  if (rotation.state === "delivered") await targetOf(claimed, name).reloadConsumer?.(claimed.signal);
  // the overlap begins here: at the beginning of a slow reading the place may still have given what it held before
  const at = await claimed.now();
  const event: RotationEvent = { type: "verified", at, read, target: name, assurance, request };
  const last = rotation.deliveries.every((one) => one.target === name || one.verifiedAt !== null);
  claimed.later([event], last ? succession(claimed, at) : {});
  // told once, not again by whoever takes it up where the store knows nothing of it
  if (rotation.state === "delivered" && targetOf(claimed, name).reloadConsumer !== undefined) await claimed.flush();
}

/** With the last proof the slot has a new current credential, and the sealed value has served its purpose. */
function succession({ rotation, deps }: Claimed, at: EpochMs): Extra {
  if (rotation.issued === null) return {};
  const readable = rotation.deliveries.every(({ target }) => deps.targets.get(target)?.readBack !== undefined);
  return {
    erase: readable && rotation.policy.custody === "none",
    slot: {
      tenantId: rotation.tenantId,
      appId: rotation.holder.appId,
      slot: rotation.slot,
      kind: rotation.kind,
      keyId: rotation.issued.keyId,
      since: rotation.verifiedAt ?? at,
    },
  };
}
