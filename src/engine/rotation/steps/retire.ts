/** Retirement: the guard says yes, the old key id is removed, and five reads no longer show it (design §4.1). */

import { asNolapseError } from "../../../core/errors.ts";
import { ABSENT_READS } from "../../../core/rotation/apply-event.ts";
import type { RetiredCertificate } from "../../../core/rotation/rotation.ts";
import { RETIREMENT_HELD } from "../../../core/schedule/blast-radius.ts";
import { succession } from "../../facts.ts";
import type { Claimed } from "../claimed.ts";
import { removeGuarded } from "./remove.ts";

export async function retire(claimed: Claimed): Promise<void> {
  if (await removeGuarded(claimed, claimed.rotation.replaces, "retire", () => intend(claimed))) {
    await claimed.record([{ type: "removed", at: await claimed.now() }]);
  }
}

/** Noted once nothing speaks against the removal, so that what stays takes nobody's place in the wave. */
async function intend(claimed: Claimed): Promise<void> {
  const { retireIntendedAt } = claimed.rotation;
  const now = await claimed.now();
  // begun long ago, its place in the wave has been given to others
  if (retireIntendedAt === null || now - retireIntendedAt > RETIREMENT_HELD / 2) {
    const certificate = await publicPart(claimed);
    await claimed.record([{ type: "retire-intended", at: now, certificate }]);
  } else await claimed.flush();
}

/** What is about to be removed, so that `nolapse undo` can put it back; as it was kept where an earlier try may have removed it. */
async function publicPart({ rotation, deps, signal }: Claimed): Promise<RetiredCertificate | null> {
  if (rotation.replacesKind !== "certificate" || rotation.replacesCertificate !== null)
    return rotation.replacesCertificate;
  const { entries } = await deps.certificates.readCertificates(rotation.holder, signal);
  const found = entries.find((one) => one.credential.keyId === rotation.replaces);
  const { start = null, end = null } = found?.credential ?? {};
  if (found === undefined || found.certificate === null || start === null || end === null) return null;
  return { certificate: found.certificate, start, end };
}

/** Takes over what a later rotation of the slot has proven, so that the removal rests on the newest credential. */
export async function succeed(claimed: Claimed): Promise<void> {
  const { by } = await succession(claimed.deps, claimed.rotation);
  if (by !== null) await claimed.record([{ type: "succeeded", at: await claimed.now(), by }]);
}

/**
 * Tells the targets that the old credential is gone for good. What they keep of it opens nothing any more, so a target that
 * fails here is noted in the trail and holds nothing up.
 */
async function tidy(claimed: Claimed): Promise<Record<string, string>> {
  const { rotation, deps, signal } = claimed;
  const failed: string[] = [];
  for (const { target: name } of rotation.deliveries) {
    const target = deps.targets.get(name);
    if (target?.retired === undefined) continue;
    try {
      await claimed.mayAct();
      await target.retired(rotation.replaces, signal);
    } catch (thrown) {
      failed.push(`${name} (${asNolapseError(thrown).code})`);
    }
  }
  return failed.length === 0 ? {} : { "old-versions-left": failed.join(", ") };
}

/** One read that should no longer show the old key id. */
export async function readAbsent(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const { holder } = await deps.entra.read(rotation.holder, signal);
  const at = await claimed.now();
  if (holder.credentials.some((one) => one.keyId === rotation.replaces)) {
    await claimed.record([{ type: "reappeared", at }]);
    return;
  }
  const last = rotation.absentReads.length + 1 === ABSENT_READS;
  const note = last ? await tidy(claimed) : {};
  const extra = last
    ? { note, erase: rotation.policy.custody === "none", removed: [{ keyId: rotation.replaces, at }] }
    : {};
  claimed.later([{ type: "absent-read", at }], extra);
}
