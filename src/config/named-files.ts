/** The files that a configuration names and that must be there before anything runs: of secrets, keys and tokens. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ResolvedConfig } from "./load.ts";

/** Keys under which a path stands that is no reference. */
const PATHS: ReadonlySet<string> = new Set(["certificate", "key", "tokenFile"]);

interface Named {
  /** Its place in the configuration, such as `tenants.contoso.auth.secret`. */
  readonly at: string;
  readonly path: string;
}

/**
 * A sentence for each that cannot be read here; no more than a warning, as the file may be meant for another machine. What Nolapse makes
 * itself (seal key, store, copies at targets) need not be there.
 */
export function filesAmiss(config: ResolvedConfig): readonly string[] {
  return filesOf(config).flatMap(({ at, path }) => {
    const amiss = amissOf(path);
    const next = "put it there and let the user who runs nolapse read it";
    const elsewhere = "unless nolapse runs on another machine, which has it";
    return amiss === null ? [] : [`${at}: the file ${path} ${amiss}; ${next}, ${elsewhere}`];
  });
}

function filesOf({ path, tenants, issuers, targets, notify, server }: ResolvedConfig): readonly Named[] {
  if (path === null) return [];
  const folder = dirname(path);
  const signIns = Object.fromEntries(tenants.map(({ name, auth, writer }) => [name, { auth, writer }]));
  const settings = Object.fromEntries(Object.entries(targets).map(([name, one]) => [name, one.settings]));
  return [
    ...within({ tenants: signIns, issuers }, folder, PATHS),
    // a path of a target is where something goes
    ...within({ targets: settings, notify, server: { signIn: server } }, folder, new Set()),
  ];
}

function within(value: unknown, folder: string, paths: ReadonlySet<string>, at: readonly string[] = []): Named[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, one]) => within(one, folder, paths, [...at, key]));
  }
  if (typeof value !== "string") return [];
  const key = at.at(-1) ?? "";
  const place = at.join(".");
  if (value.startsWith("file:")) return [{ at: place, path: resolve(folder, value.slice("file:".length)) }];
  // what the platform names is no path of ours, and not from our folder
  return paths.has(key) ? [{ at: place, path: key === "tokenFile" ? resolve(value) : resolve(folder, value) }] : [];
}

/** Null: it is a file that can be read. */
function amissOf(path: string): string | null {
  try {
    const found = statSync(path);
    if (found.isDirectory()) return "is a folder";
    accessSync(path, constants.R_OK);
    return found.isFile() && found.size === 0 ? "is empty" : null;
  } catch (thrown) {
    return `cannot be read (${(thrown as NodeJS.ErrnoException).code})`;
  }
}
