/**
 * Target `key-vault`: a secret or a certificate of Azure Key Vault. Every delivery is a new version, which is the current one
 * at once and marked with tags; versions of a credential that is retired are disabled. See docs/targets/key-vault.md.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { NolapseError } from "../../core/errors.ts";
import { formatInstant } from "../../core/time.ts";
import type { KeyVault, VaultSecret, VaultTags, VaultVersion } from "../../ports/key-vault.ts";
import type { Consignment, Copy, Receipt, Target } from "../../ports/target.ts";
import { FORMATS, importOf, readingOf } from "./key-vault-certificate.ts";
import type { TargetBase } from "./target-base.ts";

/** What Key Vault itself takes as a name. */
const NAME = /^[0-9A-Za-z-]{1,127}$/;

export const keyVaultSettings = z.strictObject({
  type: z.literal("key-vault"),
  vault: z
    .url({ protocol: /^https$/, error: "a vault's address such as https://billing.vault.azure.net" })
    .meta({ description: "the vault's address" }),
  name: z
    .string()
    .regex(NAME, "letters, digits and hyphens, at most 127")
    .meta({ description: "the name of the secret or certificate in the vault" }),
  format: z
    .enum(FORMATS)
    .optional()
    .meta({ description: "of a certificate: pem or pfx; by default what is there, else pfx" }),
  contentType: z
    .string()
    .max(255)
    .optional()
    .meta({ description: "of a secret; by default what is there, else text/plain" }),
  auth: z
    .enum(["default", "workload-identity", "managed-identity", "cli"])
    .optional()
    .meta({ description: "how Nolapse signs in to the vault; by default as it does to the tenant" }),
});

/** Which credential a version holds, for people and for us. */
const TAGS = { delivery: "nolapse-delivery", keyId: "nolapse-key-id", appId: "nolapse-app-id", end: "nolapse-end" };

export function createKeyVaultTarget(
  base: TargetBase,
  settings: z.infer<typeof keyVaultSettings>,
  vault: KeyVault,
): Target {
  const { name } = settings;
  return {
    ...base,
    type: "key-vault",
    kinds: ["secret", "certificate"],
    preflight: async (signal) => {
      // nothing there: the name may be taken all the same, by what was deleted and can be recovered
      if ((await vault.secret(name, null, signal)) === null) await vault.nameIsFree(name, signal);
    },
    deliver: (consignment, signal) =>
      consignment.value instanceof CertificateValue
        ? deliverCertificate(base.name, vault, settings, consignment, consignment.value, signal)
        : deliverSecret(base, vault, settings, consignment, signal),
    readBack: async (signal) => copyOf(base, vault, name, await vault.secret(name, null, signal)),
    retired: (keyId, signal) => disableOld(vault, name, keyId, signal),
  };
}

async function deliverSecret(
  base: TargetBase,
  vault: KeyVault,
  settings: z.infer<typeof keyVaultSettings>,
  consignment: Consignment,
  signal?: AbortSignal,
): Promise<Receipt> {
  const { name } = settings;
  const current = await vault.secret(name, null, signal);
  if (current?.ofCertificate === true) throw notASecret(base.name, vault, name);
  const tags = tagsOf(consignment, current?.tags ?? {});
  // written already by an earlier try whose answer was lost: no second version
  if (current !== null && isSame(current, tags) && current.value.reveal() === consignment.value.reveal()) {
    return { version: current.version };
  }
  const contentType = settings.contentType ?? current?.contentType ?? "text/plain";
  return {
    version: await vault.setSecret(name, consignment.value, { contentType, tags, end: consignment.end }, signal),
  };
}

function notASecret(target: string, vault: KeyVault, name: string): NolapseError {
  return new NolapseError(
    "target-foreign",
    `target ${target}: ${name} of ${vault.url} is a certificate, so a secret cannot be written there`,
    { next: "name another secret in the configuration, or set kind: certificate in the policy" },
  );
}

function notACertificate(target: string, vault: KeyVault, name: string): NolapseError {
  return new NolapseError(
    "target-foreign",
    `target ${target}: ${name} of ${vault.url} is a secret, so a certificate cannot be imported there`,
    { next: "name another certificate in the configuration: Key Vault gives one name to one of the two" },
  );
}

async function deliverCertificate(
  target: string,
  vault: KeyVault,
  settings: z.infer<typeof keyVaultSettings>,
  consignment: Consignment,
  value: CertificateValue,
  signal?: AbortSignal,
): Promise<Receipt> {
  const { name } = settings;
  const [certificate, current] = [await vault.certificate(name, signal), await vault.secret(name, null, signal)];
  if (current !== null && certificate === null) throw notACertificate(target, vault, name);
  const tags = tagsOf(consignment, certificate?.tags ?? {});
  if (certificate !== null && current !== null && isSame(certificate, tags)) {
    const reading = await readingOf(current);
    if (reading.state === "present" && reading.value.reveal() === value.reveal())
      return { version: certificate.version };
  }
  const contents = await importOf(value, settings.format ?? current?.contentType ?? null, consignment.appId);
  return { version: await vault.importCertificate(name, contents, tags, signal) };
}

function isSame(current: Pick<VaultVersion, "tags">, tags: VaultTags): boolean {
  return current.tags[TAGS.delivery] === tags[TAGS.delivery];
}

/** Our tags beside those that people have given; Key Vault takes fifteen, ours go first. */
function tagsOf({ idempotencyKey, keyId, appId, end }: Consignment, before: VaultTags): VaultTags {
  const ours = {
    [TAGS.delivery]: createHash("sha256").update(idempotencyKey).digest("hex").slice(0, 32),
    [TAGS.keyId]: keyId,
    [TAGS.appId]: appId,
    [TAGS.end]: formatInstant(end),
  };
  const theirs = Object.entries(before).filter(([tag]) => !(tag in ours));
  return { ...Object.fromEntries(theirs.slice(0, 15 - Object.keys(ours).length)), ...ours };
}

async function copyOf(base: TargetBase, vault: KeyVault, name: string, current: VaultSecret | null): Promise<Copy> {
  if (current === null) return { state: "empty" };
  const { version } = current;
  const isCertificate = current.ofCertificate;
  if (!isCertificate) return { state: "present", value: current.value, version };
  const reading = await readingOf(current);
  if (reading.state === "present") return { state: "present", value: reading.value, version };
  if (reading.state === "empty") return { state: "empty" };
  throw new NolapseError("target-foreign", `target ${base.name}: ${name} of ${vault.url} ${reading.why}`, {
    next: reading.next,
  });
}

/** Disables every version that is marked as the retired credential's; the current one and what people wrote stay. */
async function disableOld(vault: KeyVault, name: string, keyId: string, signal?: AbortSignal): Promise<void> {
  const current = await vault.secret(name, null, signal);
  const isCertificate = current?.ofCertificate === true;
  const versions = await (isCertificate ? vault.certificateVersions(name, signal) : vault.secretVersions(name, signal));
  for (const { version, enabled, tags } of versions) {
    if (!enabled || version === current?.version || tags[TAGS.keyId] !== keyId) continue;
    if (isCertificate) await vault.disableCertificate(name, version, signal);
    else await vault.disableSecret(name, version, signal);
  }
}
