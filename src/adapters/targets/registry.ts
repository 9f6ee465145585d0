/** The types of targets. A new one is its file, its test and its page in docs/targets, and a line here. */
import { z } from "zod";
import type { Kind } from "../../core/credential.ts";
import type { Reload } from "../../core/policy.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { Target } from "../../ports/target.ts";
import { certificateFileProblem, certificateFileSettings, createCertificateFile } from "./certificate-file.ts";
import { createEnvFile, envFileSettings } from "./env-file.ts";
import { createLocalVault, localVaultSettings } from "./local-vault.ts";
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
} as const;

/** The types as the configuration's schema needs them. */
export const targetTypes: readonly TargetType[] = Object.entries(TYPES).map(([type, { create: _, ...rest }]) => ({
  type,
  ...rest,
}));

const anySettings = z.discriminatedUnion("type", [envFileSettings, localVaultSettings, certificateFileSettings]);

/**
 * One configured target. `resolve` gives the value behind a reference such as `env:NAME`; it is asked here and now.
 * @throws Error for settings that the schema of its type would have refused, and what `resolve` throws.
 */
export function createTarget(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  reload: Reload,
  hook: readonly string[] | null,
  resolve: (reference: string) => SecretValue = unresolved,
): Target {
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
  }
}

function unresolved(reference: string): never {
  throw new TypeError(`nobody was named who resolves ${reference}`);
}
