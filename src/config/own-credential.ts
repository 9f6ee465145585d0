/** Where Nolapse's own credential is kept, as the configuration and the variables of `@azure/identity` say. */
import { resolve } from "node:path";
import type { Environment } from "./load.ts";
import type { AuthSettings } from "./schema.ts";

/** A secret or certificate that Nolapse signs in with. `path` null: it is in no file. */
export interface KeptCredential {
  readonly clientId: string;
  readonly kind: "secret" | "certificate";
  readonly path: string | null;
  /** A running process takes a new value from a file or a vault; its environment it cannot read again. */
  readonly source: "file" | "vault" | "environment";
}

/**
 * Null where there is nothing to replace: a managed identity, a federated one, the Azure CLI's sign-in, or no client id.
 * `folder` is that of the configuration file.
 */
export function keptCredential(auth: AuthSettings, env: Environment, folder: string): KeptCredential | null {
  const clientId = ("clientId" in auth ? auth.clientId : undefined) ?? env.AZURE_CLIENT_ID ?? "";
  if (clientId === "") return null;
  const kept = placeOf(auth, env, folder);
  return kept === null ? null : { clientId: clientId.toLowerCase(), ...kept };
}

function placeOf(auth: AuthSettings, env: Environment, folder: string): Omit<KeptCredential, "clientId"> | null {
  switch (auth.method) {
    case "secret": {
      const { secret = "env:" } = auth;
      if (secret.startsWith("file:")) {
        return { kind: "secret", path: resolve(folder, secret.slice("file:".length)), source: "file" };
      }
      return { kind: "secret", path: null, source: secret.startsWith("keyvault:") ? "vault" : "environment" };
    }
    case "certificate":
      return certificateIn(auth.certificate === undefined ? null : resolve(folder, auth.certificate), env);
    case "default":
      // the order in which the environment is looked through when Nolapse signs in
      if (env.AZURE_CLIENT_SECRET !== undefined) return { kind: "secret", path: null, source: "environment" };
      return certificateIn(null, env);
    case "workload-identity":
    case "managed-identity":
    case "cli":
      return null;
  }
}

function certificateIn(path: string | null, env: Environment): Omit<KeptCredential, "clientId"> | null {
  const file = path ?? env.AZURE_CLIENT_CERTIFICATE_PATH ?? null;
  return file === null ? null : { kind: "certificate", path: file, source: "file" };
}
