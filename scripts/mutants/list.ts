/**
 * Known mistakes of the peers, each as the smallest change of our own sources that makes it (a reading of 24 tools that
 * rotate credentials). A change is text: it must be found exactly once in its file, or the mistake is no longer planted.
 * Where two guards stand against a mistake, both are taken away: with one of them left nothing bad can happen.
 *
 * Not here: that what a list of ours has put back is not named. It takes a removal by somebody else within the half minute
 * before our write and a lag that hides it; `scripts/certificate-writers.ts` makes that happen, and counts it.
 */

export interface Change {
  /** Below the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

export interface Mutant {
  readonly name: string;
  /** What the peers do, in a few words. */
  readonly mistake: string;
  readonly changes: readonly Change[];
  /** The world in which it must show: the usual one, or one with more of something. */
  readonly world?:
    | "two-managers"
    | "slow-replication"
    | "lost-answers"
    | "other-hands"
    | "bad-places"
    | "restored-store"
    | "certificates"
    | "failing-reads"
    | "privileged"
    | "modes"
    | "small-share"
    | "words"
    | "pauses"
    | "application-pauses"
    | "edits"
    | "shared-slots"
    | "overlap-edits"
    | "wanted-back"
    | "wrong-clock"
    | "becoming-privileged";
}

const in_ = (file: string, find: string, put: string): Change => ({ file, find, put });

export const MUTANTS: readonly Mutant[] = [
  {
    name: "deliver-before-accept",
    mistake: "the new secret goes to its places before the token endpoint knows it",
    world: "slow-replication",
    changes: [
      in_(
        "src/core/rotation/acceptance.ts",
        `if (probe === "none") return { verdict: "accepted", assurance: "receipt" };`,
        `if (rule.window > 0) return { verdict: "accepted", assurance: "token" };`,
      ),
    ],
  },
  {
    name: "accepted-after-one-success",
    mistake: "one token counts as acceptance, though a fresh secret flips",
    world: "slow-replication",
    changes: [
      in_(
        "src/core/rotation/acceptance.ts",
        `return probe === "minimal" ? [0] : successOffsets(rule);`,
        `return probe === "minimal" ? [0] : successOffsets(rule).slice(0, 1);`,
      ),
    ],
  },
  {
    name: "refusal-is-forgotten",
    mistake: "successes are counted across a refusal in between",
    world: "slow-replication",
    changes: [
      in_(
        "src/core/rotation/acceptance.ts",
        `if (probe.outcome === "not-authenticated") return [probe];`,
        `if (probe.outcome === "not-authenticated") return probes.length > 0 ? probes : [probe];`,
      ),
      in_("src/core/rotation/acceptance.ts", `const spread = latestSuccess.at - first.at;`, `const spread = over;`),
      in_(
        "src/core/rotation/acceptance.ts",
        `if (successes.length >= offsets.length && spread >= over)`,
        `if (successes.length >= 1 && spread >= over)`,
      ),
    ],
  },
  {
    name: "delete-first",
    mistake: "the old secret is removed before a new one is made",
    changes: [
      in_(
        "src/engine/rotation/steps/issue.ts",
        `  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);`,
        `  await deps.entra.removeSecret(rotation.holder, rotation.replaces, signal);\n  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);`,
      ),
    ],
  },
  {
    name: "intent-after-effect",
    mistake: "what is about to be created is written down only when it has been",
    world: "lost-answers",
    changes: [
      in_(
        "src/engine/rotation/steps/issue.ts",
        `  await claimed.record([{ type: "issue-intended", at: await claimed.now(), attempt }]);\n  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);`,
        `  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);\n  await claimed.record([{ type: "issue-intended", at: await claimed.now(), attempt }]);`,
      ),
    ],
  },
  {
    name: "retry-after-a-lost-answer",
    mistake: "a creation whose answer was lost is sent again by the HTTP library",
    world: "lost-answers",
    changes: [
      in_(
        "src/engine/rotation/steps/issue.ts",
        `  const outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);`,
        `  let outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);\n  if (outcome.outcome === "unknown") outcome = await deps.entra.addSecret(rotation.holder, attempt, signal);`,
      ),
    ],
  },
  {
    name: "unknown-is-not-applied",
    mistake: "a lost answer counts as a refusal: nothing is looked for afterwards",
    world: "lost-answers",
    changes: [
      in_(
        "src/engine/rotation/steps/issue.ts",
        `if (outcome.outcome === "unknown") {`,
        `if (outcome.outcome === ("never" as string)) {`,
      ),
    ],
  },
  {
    name: "lost-answers-are-not-watched",
    mistake: "after a lost answer nobody looks for the credential it may have left",
    world: "lost-answers",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `    const open = unsettled(rotation);\n    for (const attempt of open) {`,
        `    const open = unsettled(rotation).slice(99);\n    for (const attempt of open) {`,
      ),
      in_(
        "src/core/rotation/checks.ts",
        `    const watched = unsettled(rotation)[0];`,
        `    const watched = unsettled(rotation)[99];`,
      ),
    ],
  },
  {
    name: "seal-after-the-outcome",
    mistake: "the outcome is stored, and the value a moment later",
    changes: [
      in_(
        "src/engine/rotation/steps/issue.ts",
        `    seal: { keyId, sealed },\n`,
        `    ...(sealed === "" ? { seal: { keyId, sealed } } : {}),\n`,
      ),
    ],
  },
  {
    name: "orphan-by-marker-alone",
    mistake: "whatever carries our marker is removed",
    world: "lost-answers",
    changes: [
      in_(
        "src/core/rotation/orphan.ts",
        `  return why === null ? { found: "orphan", keyId } : { found: "ambiguous", why, keyIds: matches };`,
        `  return why === null || why !== "" ? { found: "orphan", keyId } : { found: "ambiguous", why, keyIds: matches };`,
      ),
      in_(
        "src/core/rotation/orphan.ts",
        `      return marker?.instance === instance && marker.attempt === attemptId;`,
        `      return marker?.instance === instance && attemptId !== "";`,
      ),
      // the second guard, right before the removal
      in_(
        "src/core/rotation/retire-guard.ts",
        `  if (found !== undefined && parseMarkedName(found.name ?? "").marker?.attempt !== attempt.id) {`,
        `  if (found !== undefined && parseMarkedName(found.name ?? "").marker === null) {`,
      ),
    ],
  },
  {
    name: "guard-not-asked",
    mistake: "nothing is checked again right before the removal",
    world: "other-hands",
    changes: [
      in_(
        "src/engine/rotation/steps/remove.ts",
        `  if (!answer.allowed) {`,
        `  if (!answer.allowed && answer.why === "never") {`,
      ),
      in_(
        "src/engine/rotation/steps/remove.ts",
        `    if (!late.allowed) throw`,
        `    if (!late.allowed && late.why === "never") throw`,
      ),
      in_(
        "src/core/rotation/delivery-checks.ts",
        `verifiedAt === null || verifiedAt > situation.now || situation.now - verifiedAt > PROOF_LASTS,`,
        `verifiedAt === null,`,
      ),
    ],
  },
  {
    name: "old-proof",
    mistake: "a proof from the day of the delivery is good enough for the removal",
    world: "other-hands",
    changes: [
      in_(
        "src/core/rotation/retire-guard.ts",
        `export const PROOF_LASTS = 7 * MINUTE;`,
        `export const PROOF_LASTS = 400 * 24 * 60 * MINUTE;`,
      ),
    ],
  },
  {
    name: "overlap-ignored",
    mistake: "the old secret goes as soon as the new one is in place",
    changes: [
      in_(
        "src/core/rotation/retirement.ts",
        `const at = plus(rotation.verifiedAt, effectiveOverlap(policy, targets));`,
        `const at = rotation.verifiedAt;`,
      ),
    ],
  },
  {
    name: "receipt-is-enough",
    mistake: "a place that said yes is believed; nothing is read back",
    world: "bad-places",
    changes: [
      in_(
        "src/engine/rotation/steps/verify.ts",
        `  if (target.readBack === undefined) {`,
        `  if (target.name !== "") {`,
      ),
    ],
  },
  {
    name: "any-copy-will-do",
    mistake: "the copy read back signs in, so it must be the new one",
    world: "bad-places",
    changes: [
      in_(
        "src/engine/rotation/steps/verify.ts",
        `  if (!(await isOurs(claimed, copy)) || copy.state === "empty") {`,
        `  if (copy.state === "empty") {`,
      ),
    ],
  },
  {
    name: "first-place-only",
    mistake: "one of several places has it, and the rotation goes on",
    changes: [
      in_(
        "src/core/rotation/delivery-checks.ts",
        `    const open = rotation.deliveries.filter((one) => one.receipt === null);`,
        `    const open = rotation.deliveries.slice(0, 1).filter((one) => one.receipt === null);`,
      ),
      in_(
        "src/core/rotation/apply-delivery.ts",
        `const all = deliveries.every((one) => one.receipt !== null);`,
        `const all = deliveries.some((one) => one.receipt !== null);`,
      ),
      in_(
        "src/core/rotation/apply-delivery.ts",
        `const all = deliveries.every((one) => one.verifiedAt !== null);`,
        `const all = deliveries.some((one) => one.verifiedAt !== null);`,
      ),
      in_(
        "src/core/rotation/delivery-checks.ts",
        `  const open = rotation.deliveries.filter(isOpen);`,
        `  const open = rotation.deliveries.slice(0, 1).filter(isOpen);`,
      ),
      in_(
        "src/core/rotation/retire-guard.ts",
        `  const stale = rotation.deliveries.find((one)`,
        `  const stale = rotation.deliveries.slice(0, 1).find((one)`,
      ),
    ],
  },
  {
    name: "no-fencing",
    mistake: "a process that lost its lease may still write",
    world: "two-managers",
    changes: [
      in_(
        "src/adapters/store/claims.ts",
        `        ...(release ? { lease_owner: null, lease_until: null } : {}),\n      })\n      .where("id", "=", value("id"))\n      .where("fence", "=", value("fence"))\n      .where("lease_owner", "=", value("owner")),`,
        `        ...(release ? { lease_owner: null, lease_until: null } : {}),\n      })\n      .where("id", "=", value("id")),`,
      ),
      in_(
        "src/engine/maintain.ts",
        `export const RENEW_EVERY: number = 10 * SECOND;`,
        `export const RENEW_EVERY: number = 1_000 * HOUR;`,
      ),
    ],
  },
  {
    name: "leases-are-not-looked-at",
    mistake: "two processes work on one rotation",
    world: "two-managers",
    changes: [
      in_(
        "src/adapters/store/claims.ts",
        `  const { rows } = await leased(db, { tenant: tenantId, processNow });`,
        `  const { rows } = await leased(db, { tenant: tenantId, processNow: processNow + 1e12 });`,
      ),
    ],
  },
  {
    name: "newest-credential-is-current",
    mistake: "what was made last must be the one in use",
    world: "other-hands",
    changes: [
      in_(
        "src/core/policy/slots.ts",
        `  if (recorded !== undefined) return recorded;`,
        `  const newest = all.filter((one) => one.found.kind === "secret").toSorted((a, b) => (b.found.start ?? 0) - (a.found.start ?? 0))[0];\n  if (newest !== undefined) return newest;\n  if (recorded !== undefined) return recorded;`,
      ),
    ],
  },
  {
    name: "all-others-are-removed",
    mistake: "with the new secret in place, every other one is removed",
    world: "other-hands",
    changes: [
      in_(
        "src/engine/rotation/steps/remove.ts",
        `  const outcome =\n    kind === "secret"\n      ? await removeSecret(claimed, keyId, lastLook)`,
        `  for (const one of holder.credentials) {\n    if (purpose === "retire" && one.keyId !== rotation.issued?.keyId) await deps.entra.removeSecret(rotation.holder, one.keyId, signal);\n  }\n  const outcome =\n    kind === "secret"\n      ? await removeSecret(claimed, keyId, lastLook)`,
      ),
    ],
  },
  {
    name: "wrong-one-is-removed",
    mistake: "the oldest entry of the list is removed instead of a named one",
    world: "other-hands",
    changes: [
      in_(
        "src/engine/rotation/steps/remove.ts",
        `  const outcome =\n    kind === "secret"\n      ? await removeSecret(claimed, keyId, lastLook)`,
        `  const oldest = holder.credentials.at(0)?.keyId ?? keyId;\n  const outcome =\n    kind === "secret"\n      ? await removeSecret(claimed, oldest, lastLook)`,
      ),
    ],
  },
  {
    name: "not-found-is-gone",
    mistake: "a removal that is answered not found counts as done, and one read proves it",
    world: "lost-answers",
    changes: [
      in_("src/core/rotation/apply-event.ts", `export const ABSENT_READS = 5;`, `export const ABSENT_READS = 1;`),
      in_(
        "src/engine/rotation/steps/remove.ts",
        `  if (outcome.outcome === "no-such-credential") {`,
        `  if (outcome.outcome !== "not-applied") return true;\n  if (outcome.outcome === "no-such-credential") {`,
      ),
    ],
  },
  {
    name: "value-in-the-log",
    mistake: "the delivery is logged with what was delivered",
    changes: [
      in_(
        "src/engine/rotation/steps/deliver.ts",
        `type: "delivered", at: await claimed.now(), target: name, version: receipt.version }`,
        `type: "delivered", at: await claimed.now(), target: name, version: value.reveal() }`,
      ),
    ],
  },
  {
    name: "lasts-for-ever",
    mistake: "the new secret gets the longest life anybody could ask for",
    changes: [
      in_(
        "src/engine/rotation/steps/attempt.ts",
        `const end = serviceTime + Math.min(lifetime, MAX_LIFETIME) - HOUR;`,
        `const end = serviceTime + 3 * MAX_LIFETIME - HOUR;`,
      ),
    ],
  },
  {
    name: "renewed-on-the-last-day",
    mistake: "a rotation begins when the old secret is about to end",
    changes: [
      in_(
        "src/core/schedule/forecast.ts",
        `  const leadAt = plus(end, -renewBefore - early);`,
        `  const leadAt = plus(end, -2 * LAST_SAFE_MARGIN + 0 * early);`,
      ),
      in_(
        "src/core/schedule/forecast.ts",
        `  const urgentAt = plus(end, -Math.min(renewBefore / 2, Math.max(renewBefore / 4, URGENT_LEAST)));`,
        `  const urgentAt = plus(end, -Math.min(1, Math.max(renewBefore / 4, URGENT_LEAST)));`,
      ),
      in_(
        "src/core/schedule/forecast.ts",
        `  if (now >= lastSafeAt) dueBecause = "last-safe-passed";`,
        `  if (now >= plus(lastSafeAt, DAY)) dueBecause = "last-safe-passed";`,
      ),
    ],
  },
  {
    name: "empty-list-on-a-failed-read",
    mistake: "a page that could not be read counts as a page without anything",
    world: "failing-reads",
    changes: [
      in_(
        "src/engine/scan/discover.ts",
        `    if (!("holders" in page)) return { list, holders, error: page.error };`,
        `    if (!("holders" in page)) return { list, holders: [], error: null };`,
      ),
      in_("src/core/schedule/blast-radius.ts", `  return !(lost <= 0.1);`, `  return lost > 2;`),
    ],
  },
  {
    name: "gives-up-after-five-tries",
    mistake: "a step that failed five times is never tried again",
    world: "bad-places",
    changes: [
      in_(
        "src/core/schedule/retry.ts",
        `  const step = Math.min(Math.max(Math.trunc(failures), 1), RETRY_TABLE.length);`,
        `  if (failures >= 5) return 4_000 * DAY_LONG;\n  const step = Math.min(Math.max(Math.trunc(failures), 1), RETRY_TABLE.length);`,
      ),
      in_(
        "src/core/schedule/retry.ts",
        `/** The longest wait past urgent-at`,
        `const DAY_LONG = 86_400_000;\n/** The longest wait past urgent-at`,
      ),
    ],
  },
  {
    name: "consumer-is-not-told",
    mistake: "a consumer that reloads by a hook is never called",
    changes: [
      in_(
        "src/engine/rotation/steps/verify.ts",
        `if (rotation.state === "delivered") await`,
        `if (rotation.state === "planned") await`,
      ),
    ],
  },
  {
    name: "restored-store-is-trusted",
    mistake: "credentials marked as ours that the store does not know mean nothing",
    world: "restored-store",
    changes: [
      in_(
        "src/engine/scan/recognise.ts",
        `  if (unknown.length === 0) return [];`,
        `  if (unknown.length >= 0) return [];`,
      ),
    ],
  },
  {
    name: "list-without-an-image",
    mistake: "a list of certificates is replaced and nobody has kept what it held",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `    image: { entries: kept, lost: image.lost.filter(({ keyId }) => !restored.includes(keyId)) },`,
        `    image: null,`,
      ),
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `  if (write === null || image === null) throw new NolapseError("unexpected", "no list was written");`,
        `  if (write === null) throw new NolapseError("unexpected", "no list was written");\n  image ??= { entries: [], lost: [] };`,
      ),
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `  const write = rotation.listWrite;\n  const image = await deps.store.image(rotation.id);`,
        `  const write = rotation.listWrite;\n  let image = await deps.store.image(rotation.id);`,
      ),
    ],
  },
  {
    name: "one-read-before-a-list",
    mistake: "a list of certificates is read once and sent back",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `    image: { entries, lost },\n  });\n  return null;`,
        `    image: { entries, lost },\n  });\n  return { entries, lost };`,
      ),
    ],
  },
  {
    name: "list-wiped-by-a-failed-read",
    mistake: "a list of certificates that could not be read counts as an empty one, and the new one replaces it",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/issue-certificate.ts",
        `  const reading = await deps.certificates.readCertificates(rotation.holder, signal);\n  const proof`,
        `  const nothing = { entries: [], serviceTime: await claimed.now() };\n  const reading = await deps.certificates.readCertificates(rotation.holder, signal).catch(() => nothing);\n  const proof`,
      ),
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `    image: { entries, lost },\n  });\n  return null;`,
        `    image: { entries, lost },\n  });\n  return { entries, lost };`,
      ),
    ],
  },
  {
    name: "entries-through-a-date-type",
    mistake: "the entries of a list go back as the program understood them, not as they came",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `{ kept: kept.map(({ raw }) => raw), added`,
        `{ kept: kept.map(({ raw }) => raw.replace(/(:\\d\\d)Z"/g, '$1.000Z"')), added`,
      ),
    ],
  },
  {
    name: "lost-certificate-is-swept",
    mistake: "a certificate whose answer was lost is removed and made anew, though its key is at hand",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/reconcile.ts",
        `  if (rotation.state === "planned" && rotation.attempts.at(-1)?.id === attempt.id) {`,
        `  if (rotation.state === "planned" && attempt.id === "") {`,
      ),
    ],
  },
  {
    name: "key-sealed-after-the-call",
    mistake: "the key of a certificate is kept in memory until the directory has answered",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/make.ts",
        `/** A certificate begins a little before`,
        `export const KEYS = new Map();\n/** A certificate begins a little before`,
      ),
      in_(
        "src/engine/rotation/steps/make.ts",
        `{\n    seal: { keyId: sha256, sealed },\n  });`,
        `(KEYS.set(id, { keyId: sha256, sealed }), {}));`,
      ),
      in_(
        "src/engine/rotation/steps/issue-certificate.ts",
        `import { proofFor } from "./proof.ts";`,
        `import { KEYS } from "./make.ts";\nimport { proofFor } from "./proof.ts";`,
      ),
      in_(
        "src/engine/rotation/steps/issue-certificate.ts",
        `{ ledger: [ledgerEntry(claimed, event)] });`,
        `{ seal: KEYS.get(attempt.id), ledger: [ledgerEntry(claimed, event)] });`,
      ),
    ],
  },
  {
    name: "losses-are-not-looked-for",
    mistake: "once a list was replaced, nobody looks whether somebody else's old list has undone it",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/list-losses.ts",
        `    .filter(({ keyId }) => !present.has(keyId) && !isOnItsWay(facts, keyId))`,
        `    .filter(({ keyId }) => keyId === "")`,
      ),
      in_(
        "src/engine/rotation/steps/list-losses.ts",
        `    .filter((keyId) => !known.has(keyId) && !ours.has(keyId))`,
        `    .filter((keyId) => keyId === "")`,
      ),
    ],
  },
  {
    name: "foreign-certificates-are-tidied-up",
    mistake: "with the list in hand, what has our place in it and is not ours is left out",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/certificate-list.ts",
        `...image.entries.filter(({ keyId }) => keyId !== removed), ...back];`,
        `...image.entries.filter(({ keyId }) => keyId !== removed && keyId === rotation.replaces), ...back];`,
      ),
    ],
  },
  {
    name: "key-in-the-trail",
    mistake: "the new certificate is written to the trail together with its key",
    world: "certificates",
    changes: [
      in_(
        "src/engine/rotation/steps/make.ts",
        `    certificate: value.certificate,`,
        `    certificate: value.reveal(),`,
      ),
    ],
  },
  {
    name: "one-person-is-enough",
    mistake: "a privileged application is rotated on one person's word",
    world: "privileged",
    changes: [
      in_(
        "src/engine/commands/approve.ts",
        `  const persons = isPrivileged(rotation) ? rule.persons : 1;`,
        `  const persons = rule.persons - 1;`,
      ),
    ],
  },
  {
    name: "a-failed-read-is-no-privilege",
    mistake: "what the list of privileges did not show this time is an ordinary application",
    world: "privileged",
    changes: [
      in_(
        "src/engine/scan/privileges.ts",
        `  return { held, unknown, unread };`,
        `  return { held, unknown, unread: false };`,
      ),
    ],
  },
  {
    name: "observe-writes",
    mistake: "a rotation that was begun goes on although the tenant is only to be looked at",
    world: "modes",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `    if (facts.mode === "observe") return wait(null, "mode-observe");`,
        `    if (facts.mode === "observe" && rotation.attempts.length === 0) return wait(null, "mode-observe");`,
      ),
    ],
  },
  {
    name: "propose-asks-nobody",
    mistake: "what the policy asks nobody about begins by itself in mode propose",
    world: "modes",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `    if (facts.mode !== "propose" || rotation.approvals.issue !== null) return null;`,
        `    if (facts.mode !== "propose" || rotation.policy.approval === "none") return null;`,
      ),
    ],
  },
  {
    name: "quota-is-not-looked-at",
    mistake: "every request goes at once, whatever part of Graph's limits is left to others",
    world: "small-share",
    changes: [
      in_(
        "src/core/schedule/budget.ts",
        `      if (full.length > 0 || busy) {`,
        `      if (full.length > 1_000 || busy) {`,
      ),
    ],
  },
  {
    name: "first-come-first-served",
    mistake: "requests wait in the order in which they came, whatever ends first",
    world: "small-share",
    changes: [
      in_(
        "src/core/schedule/budget.ts",
        `    const at = this.#waiting.findIndex((one) => one.asked.rank > asked.rank);`,
        `    const at = this.#waiting.findIndex((one) => one.asked.rank > Number.MAX_VALUE);`,
      ),
    ],
  },
  {
    name: "remove-now-forgets-reload",
    mistake: "Remove now takes the old credential away though a declared consumer cannot have reloaded yet",
    world: "words",
    changes: [
      in_(
        "src/core/rotation/retirement.ts",
        `  const reloaded = plus(verifiedAt, effectiveOverlap({ overlap: 0 }, targets));`,
        `  const reloaded = targets.length > 0 ? verifiedAt : plus(verifiedAt, effectiveOverlap({ overlap: 0 }, targets));`,
      ),
    ],
  },
  {
    name: "remove-now-tells-nothing",
    mistake: "a person's word overrules what he was never told",
    world: "words",
    changes: [
      in_(
        "src/engine/commands/ask-removal.ts",
        `  if (untold.length === 0) return;`,
        `  if (untold.length >= 0) return;`,
      ),
    ],
  },
  {
    name: "remove-now-outlives-the-rule",
    mistake:
      "a word goes on although the configuration has said since that there is another consumer, or that the old one stays",
    world: "words",
    changes: [
      in_(
        "src/core/rotation/retirement.ts",
        `  return longestRule(retire, policy.retire, asked.retire) === retire && (isComplete || !complete);`,
        `  return removal.why !== "" || (longestRule(retire, policy.retire, asked.retire) === retire && (isComplete || !complete));`,
      ),
    ],
  },
  {
    name: "adopting-is-a-proof",
    mistake: "what a person adopts goes at once, as if his word proved that whoever used it has another one",
    world: "words",
    changes: [
      in_(
        "src/engine/commands/adopt.ts",
        `  if (await deps.store.adopt(entryOf(deps, holder, credential, at), lineOf(deps, about, asked, at)))`,
        `  const isAdopted = await deps.store.adopt(entryOf(deps, holder, credential, at), lineOf(deps, about, asked, at));\n  if (isAdopted) await deps.entra.removeSecret(holder, credential.keyId);\n  if (isAdopted)`,
      ),
    ],
  },
  {
    name: "pause-lets-removals-through",
    mistake: "a pause holds what is made anew, and the old credential goes all the same",
    world: "pauses",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `    if (held === undefined) return null;`,
        `    if (held === undefined || situation.rotation.state === "verified") return null;`,
      ),
    ],
  },
  {
    name: "pause-lets-what-began-through",
    mistake: "a pause keeps from being begun, and what has begun goes on to its places",
    world: "pauses",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `    if (held === undefined) return null;`,
        `    if (held === undefined || !["planned", "verified"].includes(situation.rotation.state)) return null;`,
      ),
    ],
  },
  {
    name: "application-pause-lets-what-began-through",
    mistake: "a pause of an application keeps rotations of it from being begun, and what has begun goes on",
    world: "application-pauses",
    changes: [
      in_(
        "src/core/rotation/application-pause.ts",
        `  if (pause === undefined || isDone || rotation.paused !== undefined) return rotation;`,
        `  if (pause === undefined || isDone || rotation.paused !== undefined || rotation.state !== "planned") return rotation;`,
      ),
    ],
  },
  {
    name: "one-approval-removes",
    mistake: "of a privileged application one of two persons is enough for the removal",
    world: "becoming-privileged",
    changes: [
      in_(
        "src/core/rotation/apply-course.ts",
        `    parts.includes(part) && (by === undefined || isEnough(approvers, part, by.persons));`,
        `    parts.includes(part) && (by === undefined || isEnough(approvers, part, part === "retire" ? 1 : by.persons));`,
      ),
    ],
  },
  {
    name: "remove-now-keeps-approvals",
    mistake: "two persons approved the removal in its time, and one word has it go before",
    world: "becoming-privileged",
    changes: [
      in_(
        "src/core/rotation/apply-course.ts",
        `  if ((r.privileges ?? []).length === 0) return r;`,
        `  if ((r.privileges ?? []).length >= 0) return r;`,
      ),
    ],
  },
  {
    name: "harden-forgets-issued",
    mistake: "an application that becomes privileged is held to two persons only where nothing was issued yet",
    world: "becoming-privileged",
    changes: [
      in_(
        "src/engine/rotation/harden.ts",
        `    for (const rotation of await deps.store.rotations({ tenantId, appIds })) {`,
        `    for (const rotation of await deps.store.rotations({ tenantId, appIds, states: ["planned"] })) {`,
      ),
    ],
  },
  {
    name: "unconfirmed-beside-one",
    mistake: "a name that only a machine vouches for is the second of two persons",
    world: "becoming-privileged",
    changes: [
      in_(
        "src/core/rotation/apply-course.ts",
        `.filter((one) => unproven || isProven(one));`,
        `.filter((one) => unproven || isProven(one) || one.id !== "");`,
      ),
    ],
  },
  {
    name: "value-shown-to-one",
    mistake: "the sealed value of an application that became privileged is still shown to whoever asks",
    world: "becoming-privileged",
    changes: [
      in_(
        "src/engine/values/show.ts",
        `  if (!isPrivileged(rotation)) return;\n  const why =`,
        `  if (!isPrivileged(rotation) || rotation.issued !== null) return;\n  const why =`,
      ),
    ],
  },
  {
    name: "hardened-keeps-value",
    mistake: "the value of an application that became privileged is kept as its policy said before",
    world: "becoming-privileged",
    changes: [
      in_(
        "src/core/policy/privilege.ts",
        `{ ...policy, approval: "both", custody: "none" };`,
        `{ ...policy, approval: "both" };`,
      ),
    ],
  },
  {
    name: "place-added-is-not-asked-for",
    mistake: "a place that is bound under way is not known to hold the old one, which goes when the overlap is over",
    world: "edits",
    changes: [
      in_(
        "src/engine/facts.ts",
        `  return (slot?.targets ?? []).filter((target) => !deliveries.some((one) => one.target === target));`,
        `  return (slot?.targets ?? []).filter((target) => deliveries.length === 0 && target === "");`,
      ),
    ],
  },
  {
    name: "clock-is-not-compared",
    mistake: "when an overlap is over is told by this machine's clock alone, which may be days ahead",
    world: "wrong-clock",
    changes: [
      in_(
        "src/engine/rotation/steps/remove.ts",
        `if (rotation.emergency === undefined && asked - serviceTime > MOST_AHEAD) {`,
        `if (rotation.emergency === undefined && asked - serviceTime > MOST_AHEAD * 100_000) {`,
      ),
    ],
  },
  {
    name: "excluded-loses-the-old-one",
    mistake: "an application that is excluded under way loses its old credential all the same",
    world: "edits",
    changes: [
      in_(
        "src/engine/rotation/steps/remove.ts",
        `if (purpose === "retire" && isLeftAlone(claimed, holder)) {`,
        `if (purpose !== "retire" && isLeftAlone(claimed, holder)) {`,
      ),
    ],
  },
  {
    name: "freeze-of-the-beginning",
    mistake: "a freeze that is announced while a rotation is under way holds nothing of it",
    world: "edits",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `const answer = frozenAt(facts.freeze ?? rotation.policy.freeze, facts.timeZone, now);`,
        `const answer = frozenAt(rotation.policy.freeze, facts.timeZone, now);`,
      ),
    ],
  },
  {
    name: "shared-slot-is-not-asked-for",
    mistake:
      "what another slot has come to name as its current credential goes when the overlap of the first one is over",
    world: "shared-slots",
    changes: [
      in_(
        "src/engine/facts.ts",
        `  return shared === null ? {} : { shared };`,
        `  return shared === null || shared !== "" ? {} : { shared };`,
      ),
    ],
  },
  {
    name: "overlap-of-the-beginning",
    mistake: "an overlap that is made longer half-way is over when it would have been at first",
    world: "overlap-edits",
    changes: [
      in_(
        "src/engine/facts.ts",
        `...(overlap > policy.overlap ? { overlap } : {}),`,
        `...(overlap > policy.lifetime ? { overlap } : {}),`,
      ),
    ],
  },
  {
    name: "overlap-of-now",
    mistake: "an overlap that is made shorter half-way takes back what was promised",
    world: "overlap-edits",
    changes: [
      in_(
        "src/engine/facts.ts",
        `  const overlap = Math.max(policy.overlap, ...now.map(`,
        `  const overlap = Math.max(...now.map(`,
      ),
      in_(
        "src/engine/facts.ts",
        `...(overlap > policy.overlap ? { overlap } : {}),`,
        `...(overlap !== policy.overlap ? { overlap } : {}),`,
      ),
      in_(
        "src/core/rotation/retirement.ts",
        `    overlap: Math.max(overlap, asked.overlap ?? overlap),`,
        `    overlap: asked.overlap ?? overlap,`,
      ),
    ],
  },
  {
    name: "application-pause-lets-undo-through",
    mistake: "a certificate that was wanted back comes back, and goes again, while a person holds its application",
    world: "wanted-back",
    changes: [
      in_(
        "src/core/rotation/checks.ts",
        `    if (held !== null) return held;`,
        `    if (held !== null && now < 0) return held;`,
      ),
    ],
  },
  {
    name: "past-faults-are-not-told",
    mistake: "of the faults that a rehearsal met it tells those alone that could be met at its end",
    changes: [
      in_(
        "src/rehearse/watch/fault-book.ts",
        `FAULT_KIND_NAMES.filter((kind) => this.#lasted.has(kind))`,
        `FAULT_KIND_NAMES.filter((kind) => this.#inForce.has(kind))`,
      ),
    ],
  },
  {
    name: "silent-places-are-not-counted",
    mistake: "a place that gives no answer is none of the faults that a rehearsal met",
    world: "bad-places",
    changes: [
      in_(
        "src/rehearse/world/places.ts",
        `    this.#onFault();\n    throw new NolapseError("target-unreachable"`,
        `    throw new NolapseError("target-unreachable"`,
      ),
    ],
  },
];
