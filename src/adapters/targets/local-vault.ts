/**
 * Target `local-vault`: a folder that keeps versions of secrets the way a key vault does, for programs on this machine.
 * `<folder>/<name>/versions/<version>` holds a value (0600), `<folder>/<name>/current` names the current version.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { Target } from "../../ports/target.ts";
import { targetFailure } from "./failures.ts";
import { checkReplaceable, replaceFile } from "./replace-file.ts";
import type { TargetBase } from "./target-base.ts";

export const localVaultSettings = z.strictObject({
  type: z.literal("local-vault"),
  path: z.string().min(1).meta({ description: "the vault's folder; relative to the configuration file", path: true }),
  name: z
    .string()
    .regex(/^[0-9A-Za-z-]{1,127}$/, "letters, digits and hyphens, as in Azure Key Vault")
    .meta({ description: "the secret's name in the vault" }),
});

/** How many versions are kept: the current one and the one before it, for a consumer that reads while it changes. */
const KEPT = 2;

export function createLocalVault(base: TargetBase, settings: z.infer<typeof localVaultSettings>): Target {
  const folder = join(settings.path, settings.name);
  const current = join(folder, "current");
  const versions = join(folder, "versions");
  const attempt = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (thrown) {
      throw targetFailure(thrown, base.name, folder);
    }
  };
  return {
    ...base,
    type: "local-vault",
    kinds: ["secret", "certificate"],
    preflight: () =>
      attempt(() => {
        if (!statSync(settings.path).isDirectory()) {
          throw new NolapseError("target-absent", `target ${base.name}: ${settings.path} is not a folder`, {
            next: `correct the path of ${base.name} in the configuration`,
          });
        }
        // the nearest folder that is there must be writable; nothing is made before there is a value
        checkReplaceable([versions, folder, settings.path].find((one) => existsSync(one)) ?? settings.path);
      }),
    deliver: ({ idempotencyKey, value }) =>
      attempt(() => {
        // the vault itself is never made here: a mistyped path would fill a folder that nobody reads
        statSync(settings.path);
        mkdirSync(versions, { recursive: true, mode: 0o700 });
        const version = createHash("sha256").update(idempotencyKey).digest("hex").slice(0, 32);
        replaceFile(join(versions, version), value.reveal());
        replaceFile(current, `${version}\n`);
        forgetOld(versions, version);
        return { version };
      }),
    readBack: () =>
      attempt(() => {
        const version = currentOf(current);
        if (version === null) return { state: "empty" };
        const text = readFileSync(join(versions, version), "utf8");
        return { state: "present", value: CertificateValue.fromBundle(text) ?? new SecretValue(text), version };
      }),
  };
}

/** Puts a first value into a vault, for whoever sets one up. */
export function seedLocalVault(path: string, name: string, value: SecretValue): void {
  const versions = join(path, name, "versions");
  mkdirSync(versions, { recursive: true, mode: 0o700 });
  replaceFile(join(versions, "first"), value.reveal());
  replaceFile(join(path, name, "current"), "first\n");
}

function currentOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function forgetOld(versions: string, current: string): void {
  const others = readdirSync(versions)
    .filter((name) => name !== current)
    .map((name) => ({ name, at: statSync(join(versions, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of others.slice(KEPT - 1)) rmSync(join(versions, name));
}
