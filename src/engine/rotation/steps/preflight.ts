import { CertificateValue } from "../../../core/credentials/certificate-value.ts";
import { NolapseError } from "../../../core/errors.ts";
import { isExcluded } from "../../../core/policy/policy-choice.ts";
import { retireRule } from "../../../core/policy/reload.ts";
import type { Rotation } from "../../../core/rotation/rotation.ts";
import type { SecretValue } from "../../../core/secret-value.ts";
import type { Target } from "../../../ports/target.ts";
import { addedTargets, servableTargets } from "../../facts.ts";
import type { Claimed } from "../claimed.ts";
import { proofFor } from "./proof.ts";
import { targetOf } from "./target.ts";
import { signInOf } from "./value.ts";

/** The secret was right and has expired. */
const EXPIRED = 7000222;

/**
 * Checks every target, changing nothing, before anything irreversible is created (design §4.5); once the new value is delivered, those alone that
 * were bound since: what is in the others is proven by what comes next.
 */
export async function preflight(claimed: Claimed): Promise<void> {
  if (await isExcludedNow(claimed)) throw leftAlone(claimed.rotation);
  const requests: string[] = [];
  const { rotation, deps } = claimed;
  const isFirst = rotation.state === "planned";
  if (rotation.self && isFirst) await requireOwnProof(claimed);
  const added = isFirst ? addedTargets(deps, rotation) : servableTargets(deps, rotation);
  for (const name of isFirst ? [...rotation.deliveries.map(({ target }) => target), ...added] : added) {
    const target = targetOf(claimed, name);
    await target.preflight(claimed.signal);
    const request = await checkCopy(claimed, name, target);
    if (request !== null) requests.push(request);
  }
  if (isFirst && rotation.kind === "certificate" && (await isForbiddenList(claimed))) {
    await claimed.halt("foreign-entries");
    return;
  }
  const former = rotation.self && isFirst ? await sealFormer(claimed) : null;
  claimed.later([
    { type: "preflighted", at: await claimed.now(), requests, former, ...(added.length > 0 ? { added } : {}) },
  ]);
}

/** Excluded since its rotation was opened. An application that rolls itself was asked for by its own hand, and may not read what it is. */
export async function isExcludedNow({ rotation, deps, signal }: Claimed): Promise<boolean> {
  if (deps.settings.exclude.length === 0 || rotation.self || rotation.emergency !== undefined) return false;
  const { holder } = await deps.entra.read(rotation.holder, signal);
  return isExcluded(deps.settings, holder);
}

/** A failed try and no halt: once it is excluded no more, nobody has to say that it shall go on. */
export function leftAlone({ displayName, id }: Rotation): NolapseError {
  return new NolapseError("refused-by-rule", `the configuration excludes ${displayName} [excluded]`, {
    next: `nolapse cancel ${id} gives the rotation up; all credentials stay`,
  });
}

/** An application that rolls itself can do so by proof alone; the list of its certificates it can neither read nor replace. */
async function requireOwnProof(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  if ((await proofFor(claimed, reading, null)) !== null) return;
  throw new NolapseError(
    "refused-by-rule",
    `no valid certificate of ${rotation.displayName} is at hand: its targets hold none that signs in, so nothing can be proven`,
    {
      next: "put a valid certificate with its key into a target, or leave --self out: then tenants.<name>.auth is used",
    },
  );
}

/** The copy that is about to be replaced, sealed: later, signing in with it is all that shows whether it is gone. */
async function sealFormer({ rotation, deps, signal }: Claimed): Promise<string | null> {
  for (const { target } of rotation.deliveries) {
    const copy = (await deps.targets.get(target)?.readBack?.(signal)) ?? null;
    if (copy?.state !== "present" || !(copy.value instanceof CertificateValue)) continue;
    const { tenantId, holder, replaces } = rotation;
    return deps.sealer.seal(copy.value, { tenantId, appId: holder.appId, keyId: replaces });
  }
  return null;
}

/** Whether the new certificate can only be added by replacing a list that holds what cannot be sent back (design §4.8). */
async function isForbiddenList(claimed: Claimed): Promise<boolean> {
  const { rotation, deps, signal } = claimed;
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  return reading.entries.some((one) => !one.resendable) && (await proofFor(claimed, reading, null)) === null;
}

/**
 * Is this the place the application reads? What lies there now must sign in as this application: else a slip in the
 * configuration would overwrite somebody else's secret, or prove a copy that nobody reads and retire the one in use.
 * An empty place may be filled where the old credential lives out its own end. Gives the id of our own sign-in.
 */
async function checkCopy(claimed: Claimed, name: string, target: Target): Promise<string | null> {
  if (target.readBack === undefined) return null;
  const { rotation, deps } = claimed;
  const app = rotation.displayName;
  const copy = await target.readBack(claimed.signal);
  if (copy.state === "empty") {
    const settings = claimed.targetSettings().filter((one) => one !== null);
    const { rule } = retireRule(rotation.policy, settings, rotation.consumersComplete);
    if (rule !== "after-overlap") return null;
    throw new NolapseError("target-empty", `target ${name} holds no value yet, so nobody can be reading it`, {
      next: `put the current secret of ${app} there, or let its old secret live out its end (retire: at-expiry)`,
    });
  }
  if (rotation.policy.probe === "none") return null;
  const probe = await deps.verifier.probe(signInOf(claimed), copy.value, claimed.signal);
  if (probe.outcome === "inconclusive") {
    throw new NolapseError("directory-unreachable", `the copy in ${name} could not be tried: no clear answer`, {
      next: "wait; nolapse tries again by itself",
      retryAfter: probe.retryAfter,
    });
  }
  const aboutApp = probe.outcome === "not-authenticated" ? NO_CLIENT[probe.code ?? 0] : undefined;
  if (aboutApp !== undefined) {
    const { why, next } = aboutApp(rotation.holder.appId);
    throw new NolapseError("directory-refused", `${app} cannot sign in with any value: ${why} (AADSTS${probe.code})`, {
      next,
    });
  }
  if (probe.outcome === "not-authenticated" && !(await isThePlace(claimed, copy.value, probe.code))) {
    throw new NolapseError(
      "target-foreign",
      `the value in target ${name} does not sign in as ${app} (AADSTS${probe.code})`,
      {
        next: `name the place that ${app} reads its secret from, or put its current secret there`,
      },
    );
  }
  return probe.requestId;
}

/** Refusals that say something of the application and nothing of the value that was tried. */
const NO_CLIENT: Readonly<Record<number, (appId: string) => { readonly why: string; readonly next: string }>> = {
  7000112: (appId) => ({
    why: "it is disabled in the tenant",
    next: `enable it, or take it out of the configuration: az ad sp update --id ${appId} --set accountEnabled=true`,
  }),
  7000229: (appId) => ({
    why: "it has no service principal in the tenant",
    next: `create it: az ad sp create --id ${appId}`,
  }),
  700016: () => ({
    why: "the login authority does not know it in this tenant",
    next: "wait where it was just made; nolapse tries again by itself",
  }),
};

/** What does not sign in may be right and over: a secret's refusal says so, a certificate is compared with the entry itself. */
async function isThePlace(claimed: Claimed, value: SecretValue, code: number | null): Promise<boolean> {
  const { rotation, deps, signal } = claimed;
  if (!(value instanceof CertificateValue)) {
    if (code !== EXPIRED) return false;
    // where all secrets of an application are over, the authority may say so of any value; the first characters tell
    const { holder } = await deps.entra.read(rotation.holder, signal);
    const hints = holder.credentials.filter(({ kind }) => kind === "secret").map(({ hint }) => hint);
    return hints.some((hint) => hint === null || value.fitsHint(hint));
  }
  const { entries } = await deps.certificates.readCertificates(rotation.holder, signal);
  const replaced = entries.find(({ credential }) => credential.keyId === rotation.replaces);
  return replaced?.certificate === value.certificate;
}
