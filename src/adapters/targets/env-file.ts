/** Target `env-file`: one key of a dotenv file, such as `AZURE_CLIENT_SECRET` in an application's `.env`. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { Target } from "../../ports/target.ts";
import { readKey, writeKey } from "./dotenv.ts";
import { targetFailure } from "./failures.ts";
import { checkReplaceable, replaceFile } from "./replace-file.ts";
import type { TargetBase } from "./target-base.ts";

export const envFileSettings = z.strictObject({
  type: z.literal("env-file"),
  path: z.string().min(1).meta({ description: "the file; relative to the configuration file", path: true }),
  secret: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable name: letters, digits and underscores")
    .meta({ description: "the variable that holds the client secret" }),
});

/** As long as a real value, and of its alphabet. */
const PLACEHOLDER = "aaa8Q~placeholder-placeholder-placeholder";

export function createEnvFile(base: TargetBase, settings: z.infer<typeof envFileSettings>): Target {
  const { path, secret: key } = settings;
  const attempt = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (thrown) {
      throw targetFailure(thrown, base.name, path);
    }
  };
  const edited = (before: string, value: string): string => {
    const after = writeKey(before, key, value);
    if (after !== null) return after;
    throw new NolapseError("target-failed", `target ${base.name}: ${key} in ${path} cannot be edited safely`, {
      next: `write ${key}= on a line of its own in ${path}`,
    });
  };
  return {
    ...base,
    type: "env-file",
    kinds: ["secret"],
    preflight: () =>
      attempt(() => {
        // the edit itself is tried as well: what cannot take a value must say so before there is one
        edited(readFileSync(path, "utf8"), PLACEHOLDER);
        checkReplaceable(path);
      }),
    deliver: ({ value }) =>
      attempt(() => {
        const before = readFileSync(path, "utf8");
        // written already by an earlier try: the same bytes, no needless change for whoever watches the file
        if (readKey(before, key) === value.reveal()) return { version: null };
        replaceFile(path, edited(before, value.reveal()));
        return { version: null };
      }),
    readBack: () =>
      attempt(() => {
        const text = readKey(readFileSync(path, "utf8"), key);
        if (text === null || text === "") return { state: "empty" };
        return { state: "present", value: new SecretValue(text), version: null };
      }),
  };
}
