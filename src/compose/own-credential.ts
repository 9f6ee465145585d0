/** The credential that Nolapse itself signs in with: where it is kept, and the fresh process that tries it (design §4.7). */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment, ResolvedConfig, TenantConfig } from "../config/load.ts";
import { type KeptCredential, keptCredential } from "../config/own-credential.ts";
import type { HolderRef } from "../core/credentials/credential.ts";
import { NolapseError } from "../core/errors.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { OwnCredential } from "../engine/deps.ts";
import { composeSealer } from "./keys.ts";
import { composeSignIn, type Resolve } from "./sign-in.ts";
import { composeClock, folderOf, reachOf } from "./surroundings.ts";

/** Nolapse's own credential, where it has one that can be replaced, and the fresh process that proves the new one. */
export function composeOwn(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  renew: () => void,
): { readonly own?: OwnCredential } {
  const kept = keptCredential(tenant.auth, env, folderOf(config));
  if (kept === null || config.path === null) return {};
  const main = fileURLToPath(new URL(`../cli/main${extname(import.meta.url)}`, import.meta.url));
  const options = ["--config", config.path, "--tenant", tenant.name];
  const command = [process.execPath, "--", main, ...options, "own-credential"];
  const open = async () => {
    const { createFreshProcess } = await import("../adapters/machine/fresh-process.ts");
    return createFreshProcess({ command, folder: folderOf(config), env });
  };
  const fresh = { read: async (holder: HolderRef, signal?: AbortSignal) => (await open()).read(holder, signal) };
  return { own: { appId: kept.clientId, source: kept.source, fresh, renew } };
}

/**
 * What the fresh process does: signs in with Nolapse's own credential as it is kept now and reads one object; gives the
 * keyed digest of the credential. @throws NolapseError when it cannot.
 */
export async function readWithOwnCredential(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  holder: HolderRef,
): Promise<string> {
  const kept = keptCredential(tenant.auth, env, folderOf(config));
  if (kept === null) {
    throw new NolapseError("credentials-missing", `auth method ${tenant.auth.method} keeps no credential to be tried`);
  }
  const { createGraphDirectory } = await import("../adapters/graph/directory.ts");
  const clock = composeClock(env);
  const signIn = await composeSignIn(config, tenant, env, clock);
  const sealer = await composeSealer(config, signIn);
  const fingerprint = async () => sealer.fingerprint(await keptValue(tenant, kept, signIn.resolveAuth));
  const before = await fingerprint();
  const directory = createGraphDirectory({ ...reachOf(tenant), auth: signIn.auth, clock, env });
  await directory.entra.read(holder);
  if ((await fingerprint()) === before) return before;
  throw new NolapseError("sign-in-failed", "Nolapse's credential was replaced while it was being tried");
}

/** The credential itself, read afresh. @throws NolapseError `config-reference`. */
async function keptValue(
  { auth }: TenantConfig,
  { kind, path }: KeptCredential,
  resolve: Resolve,
): Promise<SecretValue> {
  if (kind === "secret" || path === null) {
    const given = auth.method === "secret" ? auth.secret : undefined;
    return resolve(given ?? "env:AZURE_CLIENT_SECRET");
  }
  const { readPem } = await import("../adapters/targets/certificate-text.ts");
  const text = (await resolve(`file:${path}`)).reveal();
  const found = readPem(text, text);
  if (found.state === "present") return found.value;
  const why = found.state === "empty" ? "is empty" : found.why;
  throw new NolapseError("config-reference", `Nolapse's certificate file ${path} ${why}`, {
    next: "put a certificate with its unencrypted key there: docs/break-glass.md",
  });
}
