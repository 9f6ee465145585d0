/**
 * A federated credential is added to the application: no value, no end. Its name is fixed with the rotation, so one whose
 * answer was lost is found by it, and one that is there already is used.
 */
import type { HolderRef } from "../../../core/credentials/credential.ts";
import {
  EXCHANGE_AUDIENCE,
  FEDERATED_LIMIT,
  type Federated,
  type Trust,
} from "../../../core/credentials/federation.ts";
import { ATTEMPT_LENGTH } from "../../../core/credentials/marker.ts";
import { NolapseError } from "../../../core/errors.ts";
import type { Attempt, Issued, Rotation } from "../../../core/rotation/rotation.ts";
import type { EpochMs } from "../../../core/time.ts";
import type { Unsettled } from "../../../ports/entra.ts";
import type { FederatedCredential } from "../../../ports/federation.ts";
import type { Claimed } from "../claimed.ts";

export async function issueFederated(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const wanted = federatedOf(rotation);
  const listed = await deps.federation.list(applicationOf(rotation), signal);
  const id = deps.random.base32(ATTEMPT_LENGTH);
  const attempt = { id, displayName: wanted.name, end: null, keyIdsBefore: listed.map((one) => one.id) };
  const there = usable(listed, wanted);
  await claimed.mayAct();
  const at = await claimed.now();
  if (there !== null) {
    const found = issuedAs(there.id, id, at);
    await claimed.record(
      [
        { type: "issue-intended", at, attempt },
        { type: "issued", at, issued: found },
      ],
      { note: { found: there.name } },
    );
    return;
  }
  await claimed.record([{ type: "issue-intended", at, attempt }]);
  const { name, issuer, subject } = wanted;
  const description = "written by nolapse in place of a client credential";
  const added = { name, issuer, subject, audiences: [EXCHANGE_AUDIENCE], description };
  const outcome = await deps.federation.add(applicationOf(rotation), added, signal);
  if (outcome.outcome !== "applied") return notAdded(claimed, outcome);
  const now = await claimed.now();
  await claimed.record([{ type: "issued", at: now, issued: issuedAs(outcome.id, id, now) }]);
}

/** One read for the federated credential of an attempt whose answer was lost: what has arrived is the very thing that was asked for. */
export async function readForFederated(claimed: Claimed, attempt: Attempt): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const wanted = federatedOf(rotation);
  const listed = await deps.federation.list(applicationOf(rotation), signal);
  const found = listed.find((one) => one.name === wanted.name && !attempt.keyIdsBefore.includes(one.id)) ?? null;
  const at = await claimed.now();
  const keyIds = found === null ? [] : [found.id];
  const read = { type: "attempt-read", at, attempt: attempt.id, keyIds } as const;
  if (found === null || rotation.state !== "planned" || !isFor(found, wanted)) return claimed.record([read]);
  await claimed.record([read, { type: "issued", at, issued: issuedAs(found.id, attempt.id, at) }]);
}

/**
 * The federated credential that is there already for this trust, null where there is none and room for it.
 * @throws NolapseError `directory-refused` where the application cannot have it.
 */
export function usable(
  listed: readonly FederatedCredential[],
  wanted: Trust & { readonly name: string },
): FederatedCredential | null {
  const twin = listed.find((one) => isFor(one, wanted));
  if (twin !== undefined) {
    if (twin.audiences.length === 1 && twin.audiences[0] === EXCHANGE_AUDIENCE) return twin;
    throw new NolapseError(
      "directory-refused",
      `the federated credential ${twin.name} is for this issuer and subject, with the audience ${twin.audiences.join(" ")}`,
      { next: `change its audience to ${EXCHANGE_AUDIENCE} in the portal, or remove it, then ask again` },
    );
  }
  if (listed.some((one) => one.name === wanted.name)) {
    throw new NolapseError(
      "directory-refused",
      `a federated credential called ${wanted.name} is there for somebody else`,
      {
        next: "choose another --name",
      },
    );
  }
  if (listed.length < FEDERATED_LIMIT) return null;
  throw new NolapseError(
    "directory-refused",
    `the application has ${listed.length} federated credentials; Entra allows ${FEDERATED_LIMIT}`,
    { next: "remove one that nobody uses: az ad app federated-credential list, then delete" },
  );
}

function isFor(one: FederatedCredential, { issuer, subject }: Trust): boolean {
  return one.issuer === issuer && one.subject === subject;
}

function issuedAs(keyId: string, attempt: string, at: EpochMs): Issued {
  return { keyId, end: null, hint: null, at, fingerprint: "", attempt, certificate: null };
}

/** A refusal for lack of rights ends it: a halt would hold the slot, and the old credential must still be renewed. */
async function notAdded(claimed: Claimed, { outcome, error }: Unsettled): Promise<void> {
  const { failure, notBefore } = await claimed.failure(error);
  const { at } = failure;
  if (outcome === "unknown") return claimed.record([{ type: "issue-unknown", at, failure }]);
  const refused = { type: "issue-refused", at, failure, notBefore } as const;
  const forGood = error.code === "directory-forbidden" || error.code === "policy-refused";
  await claimed.record(forGood ? [refused, { type: "cancelled", at }] : [refused]);
}

export function federatedOf({ federated }: Rotation): Federated {
  if (federated === undefined) throw new NolapseError("unexpected", "the rotation has no federated credential");
  return federated;
}

/** Only applications have federated credentials, whatever object holds the old one. */
export function applicationOf(rotation: Rotation): HolderRef {
  const { appId } = rotation.holder;
  return { type: "application", objectId: federatedOf(rotation).objectId, appId };
}
