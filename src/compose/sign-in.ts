/** How Nolapse signs in to a tenant and to vaults, and the values behind references of the configuration. */
import { resolve as resolvePath } from "node:path";
import type { Auth } from "../adapters/graph/credentials.ts";
import {
  type Environment,
  type ResolvedConfig,
  resolveReference,
  type TenantConfig,
  type VaultAuth,
} from "../config/load.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { SECOND } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { KeyVault } from "../ports/key-vault.ts";
import { folderOf, reachOf } from "./surroundings.ts";

/** The value behind a reference, read afresh. @throws NolapseError `config-reference`. */
export type Resolve = (reference: string) => Promise<SecretValue>;

export interface SignIn {
  /** As to the tenant. Its references are read at each sign-in, so that a new value in the same place is taken. */
  readonly auth: Auth;
  /** The second identity, for writes alone; null where `auth` does both. */
  readonly writer: Auth | null;
  /** Reads the references of `auth` once, so that a missing one is said at once. @throws NolapseError `config-reference`. */
  check(): Promise<void>;
  /** A vault, signed in to as is said, or as to the tenant. */
  openVault(url: string, auth: VaultAuth | null | undefined): KeyVault;
  readonly resolve: Resolve;
  /** For the references of `auth` itself: a vault among them is signed in to as the environment or the machine allows. */
  readonly resolveAuth: Resolve;
}

/** Nothing is read or asked before one of its functions is called. */
export async function composeSignIn(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  clock: Clock,
): Promise<SignIn> {
  const { resourceCredential } = await import("../adapters/graph/credentials.ts");
  const { openKeyVault } = await import("../adapters/key-vault/vault.ts");
  const { isVaultReference, readVaultReference } = await import("../adapters/key-vault/reference.ts");
  const { tenantId, authority, version } = reachOf(tenant);
  const credentials = new Map<string, ReturnType<typeof resourceCredential>>();
  const openWith = (auth: Auth) => (url: string) => {
    const known =
      credentials.get(auth.method) ??
      resourceCredential({ auth, tenantId, authority, clock, timeout: 30 * SECOND, env });
    credentials.set(auth.method, known);
    return openKeyVault({ url, credential: known, version });
  };
  const folder = folderOf(config);
  const resolveBy =
    (auth: Auth): Resolve =>
    async (reference) =>
      isVaultReference(reference)
        ? readVaultReference(reference, openWith(auth))
        : resolveReference(reference, env, folder);
  // what signs in to the tenant cannot be read by itself: the environment, or the machine's own identity, must do
  const resolveAuth = resolveBy({ method: "default" });
  const auth = authOf(tenant.auth, folder, resolveAuth);
  return {
    auth,
    writer: tenant.writer === undefined ? null : authOf(tenant.writer, folder, resolveAuth),
    check: async () => {
      for (const one of [tenant.auth, ...(tenant.writer === undefined ? [] : [tenant.writer])])
        for (const reference of referencesOf(one)) await resolveAuth(reference);
    },
    openVault: (url, method) => openWith(method == null || method === auth.method ? auth : { method })(url),
    resolve: resolveBy(auth),
    resolveAuth,
  };
}

function referencesOf(auth: TenantConfig["auth"]): string[] {
  const found = auth.method === "secret" ? auth.secret : auth.method === "certificate" ? auth.password : undefined;
  return found === undefined ? [] : [found];
}

function authOf(auth: TenantConfig["auth"], folder: string, resolve: Resolve): Auth {
  const latest = (reference: string | undefined) => (reference === undefined ? undefined : () => resolve(reference));
  const given = <T extends object>(entries: T) =>
    Object.fromEntries(Object.entries(entries).filter(([, one]) => one !== undefined)) as {
      [K in keyof T]: Exclude<T[K], undefined>;
    };
  switch (auth.method) {
    case "secret":
      return { method: "secret", ...given({ clientId: auth.clientId, secret: latest(auth.secret) }) };
    case "certificate":
      return {
        method: "certificate",
        ...given({
          clientId: auth.clientId,
          certificatePath: auth.certificate === undefined ? undefined : resolvePath(folder, auth.certificate),
          password: latest(auth.password),
        }),
      };
    case "workload-identity":
      return { method: "workload-identity", ...given({ clientId: auth.clientId, tokenFile: auth.tokenFile }) };
    case "managed-identity":
      return { method: "managed-identity", ...given({ clientId: auth.clientId }) };
    case "cli":
    case "default":
      return { method: auth.method };
  }
}
