/** The keys of the house: what seals values at rest, and the issuers that sign certificates. */
import { existsSync, statSync } from "node:fs";
import type { IssuerSettings } from "../adapters/issuers/registry.ts";
import { emptyStore } from "../adapters/store/failures.ts";
import type { ResolvedConfig } from "../config/load.ts";
import { NolapseError } from "../core/errors.ts";
import { SELF_SIGNED } from "../core/policy/policy.ts";
import type { Issuers } from "../ports/issuer.ts";
import type { Sealer } from "../ports/sealer.ts";
import type { Resolve, SignIn } from "./sign-in.ts";
import { folderOf } from "./surroundings.ts";

/** What seals values; its file is made on the first run. @throws NolapseError `seal-…`, `disk-full`. */
export async function composeSealer(
  { seal, store }: Pick<ResolvedConfig, "seal" | "store">,
  { openVault }: Pick<SignIn, "openVault">,
): Promise<Sealer> {
  if (seal === null) {
    const none = async (): Promise<never> => {
      throw new NolapseError("seal-key-missing", "there is no configuration file, so nothing can be sealed");
    };
    return { seal: none, open: none, fingerprint: none };
  }
  const lost = lostKey({ seal, store });
  if (lost !== null) throw lost;
  if (seal.type === "local-key") {
    const { ensureLocalKey, openLocalKey } = await import("../adapters/seal/local-key.ts");
    ensureLocalKey(seal.path);
    return openLocalKey(seal.path);
  }
  const { ensureDigestKey, openKeyVaultSealer } = await import("../adapters/seal/key-vault.ts");
  const options = { vault: openVault(seal.key, seal.auth), key: seal.key, digestPath: seal.path };
  await ensureDigestKey(options);
  return openKeyVaultSealer(options);
}

/** A new key beside an old store would make its sealed values useless without saying so; null where none is lost. */
export function lostKey({ seal, store }: Pick<ResolvedConfig, "seal" | "store">): NolapseError | null {
  if (seal === null || store === null || !existsSync(store.path) || existsSync(seal.path)) return null;
  // it holds nothing that a key could open, and is no new store either
  if (statSync(store.path).size === 0) return emptyStore(store.path);
  const what = seal.type === "local-key" ? "seal key" : "digest key";
  return new NolapseError("seal-key-missing", `the ${what} ${seal.path} does not exist, but the store does`, {
    next: `put back the ${what} file that belongs to this store; docs/break-glass.md says what to do without one`,
  });
}

/** The issuers of the configuration and `self-signed`; the code of any of them is loaded when it first makes something. */
export function composeIssuers(config: Pick<ResolvedConfig, "issuers" | "path">, resolve: Resolve): Issuers {
  const folder = folderOf(config);
  const settingsOf = (name: string): IssuerSettings | null => {
    const entry = Object.hasOwn(config.issuers, name) ? config.issuers[name] : undefined;
    if (name === SELF_SIGNED) return { type: "self-signed" };
    if (entry === undefined) return null;
    if (entry.type === "command") return { ...entry, folder };
    const { password } = entry;
    return { ...entry, password: password === null ? null : () => resolve(password) };
  };
  return {
    get: (name) => {
      const settings = settingsOf(name);
      if (settings === null) return null;
      const open = async () => (await import("../adapters/issuers/registry.ts")).createIssuer(name, settings);
      return { name, issue: async (request, signal) => (await open()).issue(request, signal) };
    },
  };
}
