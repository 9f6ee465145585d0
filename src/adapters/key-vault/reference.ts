/** The value behind a reference `keyvault:https://vault/secrets/name[/version]` of the configuration. */
import { NolapseError } from "../../core/errors.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { OpenKeyVault } from "../../ports/key-vault.ts";

const SCHEME = "keyvault:";

export function isVaultReference(reference: string): boolean {
  return reference.startsWith(SCHEME);
}

/** @throws NolapseError `config-reference` when there is no such value or it cannot be read; Nolapse's own sign-in's errors. */
export async function readVaultReference(reference: string, open: OpenKeyVault): Promise<SecretValue> {
  const address = new URL(reference.slice(SCHEME.length));
  const [, , name = "", version] = address.pathname.split("/");
  const unread = (why: string, next: string, cause?: unknown) =>
    new NolapseError("config-reference", `${reference} ${why}`, { next, cause });
  const found = await open(address.origin)
    .secret(name, version ?? null)
    .catch((thrown: unknown) => {
      // what does not answer now may answer later; absent and forbidden need a person
      const forPerson = thrown instanceof NolapseError && /^target-(absent|forbidden)$/.test(thrown.code);
      if (!forPerson) throw thrown;
      throw unread(`cannot be read: ${thrown.message}`, thrown.next ?? "check the vault", thrown);
    });
  if (found !== null) return found.value;
  const vault = address.hostname.split(".")[0];
  throw unread("has no value", `az keyvault secret list --vault-name ${vault}; then correct the name or the version`);
}
