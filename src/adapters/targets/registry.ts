/** The types of targets. A new one is its file, its test and its page in docs/targets, and a line here. */
import { z } from "zod";
import type { Kind } from "../../core/credentials/credential.ts";
import type { Reload } from "../../core/policy/policy.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { DAY } from "../../core/time.ts";
import type { KeyVault } from "../../ports/key-vault.ts";
import type { Target } from "../../ports/target.ts";
import { certificateFileProblem, certificateFileSettings, createCertificateFile } from "./certificate-file.ts";
import { createEnvFile, envFileSettings } from "./env-file.ts";
import { createKeyVaultTarget, keyVaultSettings } from "./key-vault.ts";
import { createLocalVault, localVaultSettings } from "./local-vault.ts";
import { createManual, manualSettings } from "./manual.ts";
import { runReloadHook } from "./reload-hook.ts";
import type { TargetBase } from "./target-base.ts";

export interface TargetType {
  readonly type: string;
  /** What its entry in the configuration holds beside `reload` and `hook`. */
  readonly schema: z.ZodObject;
  /** The kinds of credential it can hold. */
  readonly kinds: readonly Kind[];
  /** How its consumers reload when the entry does not say. */
  readonly reload: Reload;
  /** What is wrong between the parts of an entry that are each right; null: nothing. */
  readonly problem?: (settings: Readonly<Record<string, unknown>>) => string | null;
  /** Who carries the value to its place, where that is a person. */
  readonly carriedBy?: (settings: Readonly<Record<string, unknown>>) => string;
}

const TYPES = {
  "env-file": { schema: envFileSettings, kinds: ["secret"], reload: "start", create: createEnvFile },
  "local-vault": {
    schema: localVaultSettings,
    kinds: ["secret", "certificate"],
    reload: "start",
    create: createLocalVault,
  },
  "certificate-file": {
    schema: certificateFileSettings,
    kinds: ["certificate"],
    reload: "start",
    create: createCertificateFile,
    problem: (settings: Readonly<Record<string, unknown>>) =>
      certificateFileProblem(certificateFileSettings.parse(settings)),
  },
  "key-vault": {
    schema: keyVaultSettings,
    kinds: ["secret", "certificate"],
    // App Service and Functions look at their references to a vault once a day
    reload: DAY,
    create: createKeyVaultTarget,
  },
  manual: {
    schema: manualSettings,
    kinds: ["secret", "certificate"],
    reload: "start",
    carriedBy: (settings: Readonly<Record<string, unknown>>) => manualSettings.parse(settings).person,
    create: createManual,
  },
} as const;

/** The types as the configuration's schema needs them. */
export const targetTypes: readonly TargetType[] = Object.entries(TYPES).map(([type, { create: _, ...rest }]) => ({
  type,
  ...rest,
}));

const anySettings = z.discriminatedUnion("type", [
  envFileSettings,
  localVaultSettings,
  certificateFileSettings,
  keyVaultSettings,
  manualSettings,
]);

/** How targets reach what is not theirs. */
export interface TargetMeans {
  /** The value behind a reference such as `env:NAME`; asked when the target is made. */
  readonly resolve: (reference: string) => SecretValue;
  /** A vault, signed in to as the entry says (`auth`), or as to the tenant where that is undefined. */
  readonly openVault: (url: string, auth: z.infer<typeof keyVaultSettings>["auth"]) => KeyVault;
}

/**
 * One configured target.
 * @throws Error for settings that the schema of its type would have refused, and what `means.resolve` throws.
 */
export function createTarget(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  reload: Reload,
  hook: readonly string[] | null,
  means: Partial<TargetMeans> = {},
): Target {
  const { resolve, openVault } = { ...NO_MEANS, ...means };
  const base: TargetBase = {
    name,
    reload,
    ...(hook === null ? {} : { reloadConsumer: (signal?: AbortSignal) => runReloadHook(name, hook, signal) }),
  };
  const parsed = anySettings.parse(settings);
  switch (parsed.type) {
    case "env-file":
      return TYPES["env-file"].create(base, parsed);
    case "local-vault":
      return TYPES["local-vault"].create(base, parsed);
    case "certificate-file": {
      const password = parsed.password === undefined ? null : resolve(parsed.password);
      return TYPES["certificate-file"].create(base, parsed, password);
    }
    case "key-vault":
      return TYPES["key-vault"].create(base, parsed, openVault(parsed.vault, parsed.auth));
    case "manual":
      return TYPES.manual.create(base, parsed);
  }
}

const NO_MEANS: TargetMeans = { resolve: unnamed, openVault: unnamed };

function unnamed(what: string): never {
  throw new TypeError(`nobody was named who resolves ${what}`);
}
