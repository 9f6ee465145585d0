/**
 * Plays the platforms of the demo's tenant: agents like Entra Connect or Azure DevOps renew the credentials that they made for
 * themselves, in good time and without Nolapse. In a real tenant they do so by themselves; a demo in which nobody did would show
 * outages that no tenant has.
 */
import { randomUUID } from "node:crypto";
import { classify } from "../../core/credentials/classify.ts";
import { type Credential, endOf, type Holder } from "../../core/credentials/credential.ts";
import { DAY, type EpochMs, formatInstant, plus } from "../../core/time.ts";
import type { Scan } from "../../engine/scan/discover.ts";
import type { Graph } from "./graph.ts";

/** So long before the end an agent replaces its own. */
const AHEAD = 14 * DAY;
/** Of a credential that does not say how long it was made for. */
const USUAL = 90 * DAY;

/** What the scan saw of platforms, and what of it ends within two weeks: the last credential of each, by its holder. */
export function dueAtPlatforms({ holders, tenantId }: Scan, now: EpochMs): readonly (readonly [Holder, Credential])[] {
  return holders.flatMap((holder): (readonly [Holder, Credential])[] => {
    const theirs = holder.credentials.filter(
      (one) => classify(holder, one, tenantId).reason === "platform-managed" && endOf(one) !== null,
    );
    const [last] = theirs.sort((a, b) => (endOf(b) ?? 0) - (endOf(a) ?? 0));
    return last === undefined || (endOf(last) ?? 0) > plus(now, AHEAD) ? [] : [[holder, last]];
  });
}

/**
 * Puts a successor in the place of each of these, for as long as the one before lasted.
 * @throws NolapseError `directory-failed`.
 */
export async function renewAtPlatforms(
  graph: Graph,
  due: readonly (readonly [Holder, Credential])[],
  now: EpochMs,
): Promise<void> {
  for (const [holder, last] of due) {
    const [start, end] = [last.start ?? plus(now, -USUAL), endOf(last) ?? now];
    const until = plus(now, Math.max(end - start, USUAL));
    const path = `/${holder.type === "application" ? "applications" : "servicePrincipals"}/${holder.objectId}`;
    if (last.kind === "secret") {
      // such agents give their secrets no name
      await graph("POST", `${path}/addPassword`, { passwordCredential: { endDateTime: formatInstant(until) } });
      await graph("POST", `${path}/removePassword`, { keyId: last.keyId });
    } else await graph("PATCH", path, { keyCredentials: [await certificate(last, now, until)] });
  }
}

/** A certificate of the agent's own; the private key never leaves the agent, and nobody signs in with it here. */
async function certificate({ name }: Credential, from: EpochMs, until: EpochMs): Promise<Record<string, unknown>> {
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const subject = name ?? "CN=agent";
  const made = await X509CertificateGenerator.createSelfSigned({
    name: subject.startsWith("CN=") ? subject : `CN=${subject}`,
    notBefore: new Date(from),
    notAfter: new Date(until),
    keys,
    signingAlgorithm: algorithm,
  });
  return {
    type: "AsymmetricX509Cert",
    usage: "Verify",
    keyId: randomUUID(),
    displayName: subject,
    startDateTime: `${made.notBefore.toISOString().slice(0, 19)}Z`,
    endDateTime: `${made.notAfter.toISOString().slice(0, 19)}Z`,
    key: Buffer.from(made.rawData).toString("base64"),
  };
}
