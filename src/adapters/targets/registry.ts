/** The types of targets. A new one is its file, its test and its page in docs/targets, and a line here. */
import { z } from "zod";
import type { Kind } from "../../core/credential.ts";
import type { Reload } from "../../core/policy.ts";
import type { Target } from "../../ports/target.ts";
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
}

const TYPES = {
  "env-file": { schema: envFileSettings, kinds: ["secret"], reload: "start", create: createEnvFile },
  "local-vault": {
    schema: localVaultSettings,
    kinds: ["secret", "certificate"],
    reload: "start",
    create: createLocalVault,
  },
} as const;

/** The types as the configuration's schema needs them. */
export const targetTypes: readonly TargetType[] = Object.entries(TYPES).map(([type, { schema, kinds, reload }]) => ({
  type,
  schema,
  kinds,
  reload,
}));

/** One configured target. @throws Error for settings that the schema of its type would have refused. */
export function createTarget(
  name: string,
  settings: Readonly<Record<string, unknown>>,
  reload: Reload,
  hook: readonly string[] | null,
): Target {
  const base: TargetBase = {
    name,
    reload,
    ...(hook === null ? {} : { reloadConsumer: (signal?: AbortSignal) => runReloadHook(name, hook, signal) }),
  };
  const parsed = z.discriminatedUnion("type", [envFileSettings, localVaultSettings]).parse(settings);
  return parsed.type === "env-file"
    ? TYPES["env-file"].create(base, parsed)
    : TYPES["local-vault"].create(base, parsed);
}
