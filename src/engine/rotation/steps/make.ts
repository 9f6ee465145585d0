/**
 * A certificate's key is made and sealed, and on disk, before anything is asked of the directory (design §4.5): whatever
 * becomes of the answer, the key is known, and a lost answer is recognised by the certificate itself.
 */

import { NolapseError } from "../../../core/errors.ts";
import { SELF_SIGNED } from "../../../core/policy/policy.ts";
import { type EpochMs, earliest, MINUTE, plus, SECOND } from "../../../core/time.ts";
import type { Issuer } from "../../../ports/issuer.ts";
import type { Claimed } from "../claimed.ts";
import { attemptName, endOf } from "./attempt.ts";

/** A certificate begins a little before it is made, as every CA has it: clocks differ. */
const BACKDATED = 5 * MINUTE;

export async function make(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const issuer = issuerOf(claimed);
  // the service's own time: its certificates are judged by it
  const { serviceTime } = await deps.entra.read(rotation.holder, signal);
  const { id, displayName } = await attemptName(claimed);
  const from = wholeSeconds(plus(serviceTime, -BACKDATED));
  const asked = endOf(serviceTime, rotation);
  const { value, facts } = await issuer.issue(
    { commonName: rotation.displayName, keySize: rotation.policy.keySize, notBefore: from, notAfter: asked },
    signal,
  );
  const end = earliest(asked, wholeSeconds(facts.notAfter));
  const { sha1, sha256 } = facts;
  const context = { tenantId: rotation.tenantId, appId: rotation.holder.appId, keyId: sha256 };
  const sealed = await deps.sealer.seal(value, context);
  const certificate = {
    sha1,
    sha256,
    certificate: value.certificate,
    keyId: deps.random.uuid(),
    start: facts.notBefore > from ? wholeSeconds(facts.notBefore) : from,
    fingerprint: await deps.sealer.fingerprint(value),
  };
  await claimed.record([{ type: "made", at: await claimed.now(), attempt: { id, displayName, end, certificate } }], {
    seal: { keyId: sha256, sealed },
  });
}

function issuerOf({ rotation, deps }: Claimed): Issuer {
  const name = rotation.policy.issuer;
  const issuer = deps.issuers.get(name);
  if (issuer !== null) return issuer;
  throw new NolapseError("issuer-refused", `there is no issuer ${name} in the configuration`, {
    next: `add ${name} under issuers, or use ${SELF_SIGNED}; then nolapse resume`,
  });
}

/** Certificates and the directory's entries have whole seconds. */
function wholeSeconds(at: EpochMs): EpochMs {
  return plus(at, -(at % SECOND));
}
