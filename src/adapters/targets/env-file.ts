/** Target `env-file`: one key of a dotenv file, such as `AZURE_CLIENT_SECRET` in an application's `.env`. */
import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { Target } from "../../ports/target.ts";
import { readKey, writeKey } from "./dotenv.ts";
import { targetFailure } from "./failures.ts";
import { checkReplaceable, couldKeepOwner, replaceFile } from "./replace-file.ts";
import type { TargetBase } from "./target-base.ts";

export const envFileSettings = z.strictObject({
  type: z.literal("env-file"),
  path: z.string().min(1).meta({ description: "the file; relative to the configuration file", path: true }),
  secret: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable name: letters, digits and underscores")
    .meta({ description: "the variable that holds the client secret" }),
});

/**
 * The file as text, in the encoding that gives back every byte: whoever wrote it may have known nothing of UTF-8, and
 * decoding it as such would replace what is not UTF-8 in other programs' values.
 */
function readText(path: string): { readonly text: string; readonly encoding: "utf8" | "latin1" } {
  const bytes = readFileSync(path);
  const encoding = isUtf8(bytes) ? "utf8" : "latin1";
  return { text: bytes.toString(encoding), encoding };
}

/** As long as a real value, and of its alphabet. */
const PLACEHOLDER = "aaa8Q~placeholder-placeholder-placeholder";

function notOurs(target: string, path: string): NolapseError {
  return new NolapseError("target-forbidden", `target ${target}: ${path} belongs to another user or group`, {
    next: `run nolapse as the owner of ${path}: a file it replaced would be lost to the one who has it now`,
  });
}

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
        edited(readText(path).text, PLACEHOLDER);
        checkReplaceable(path);
        if (!couldKeepOwner(path)) throw notOurs(base.name, path);
      }),
    deliver: ({ value }) =>
      attempt(() => {
        const { text: before, encoding } = readText(path);
        // written already by an earlier try: the same bytes, no needless change for whoever watches the file
        if (readKey(before, key) === value.reveal()) return { version: null };
        replaceFile(path, Buffer.from(edited(before, value.reveal()), encoding));
        return { version: null };
      }),
    readBack: () =>
      attempt(() => {
        const text = readKey(readText(path).text, key);
        if (text === null || text === "") return { state: "empty" };
        return { state: "present", value: new SecretValue(text), version: null };
      }),
  };
}
