import { CertificateValue } from "../../../core/credentials/certificate-value.ts";
import type { SignIn } from "../../../core/credentials/sign-in.ts";
import { NolapseError } from "../../../core/errors.ts";
import { bindingOf } from "../../../core/policy/settings.ts";
import type { Rotation } from "../../../core/rotation/rotation.ts";
import type { SecretValue } from "../../../core/secret-value.ts";
import type { Claimed } from "../claimed.ts";

/** The sealed value of the rotation in hand, opened; a certificate as a CertificateValue. @throws NolapseError `seal-key-wrong` when it cannot be. */
export async function sealedValue(claimed: Claimed): Promise<SecretValue> {
  const { rotation, deps } = claimed;
  const sealed = await deps.store.sealed(rotation.id);
  const { issued } = rotation;
  // a certificate was sealed before the directory had given it a key id
  if (sealed === null || issued === null || sealed.keyId !== (issued.certificate?.sha256 ?? issued.keyId)) {
    throw new NolapseError("seal-key-wrong", "the value of the new credential is no longer in the store", {
      next: anew(rotation),
    });
  }
  const context = { tenantId: rotation.tenantId, appId: rotation.holder.appId, keyId: sealed.keyId };
  const value = await deps.sealer.open(sealed.sealed, context);
  return rotation.kind === "certificate" ? CertificateValue.from(value) : value;
}

/** What to type where nothing can bring back what was issued. */
export function anew({ id, holder }: Rotation): string {
  // by its client id: a name that its owner wrote goes into no line that somebody copies
  return `nolapse cancel ${id}, then nolapse rotate ${holder.appId} --now: another one is issued`;
}

/** Where the rotation's application signs in: at home, or where its entry says. */
export function signInOf({ rotation, deps }: Claimed): SignIn {
  const { settings } = deps;
  const elsewhere = bindingOf(settings, rotation.holder.appId)?.signIn ?? null;
  return {
    authority: elsewhere?.authority ?? settings.authority,
    tenant: elsewhere?.tenant ?? settings.tenantId,
    clientId: rotation.holder.appId,
    scope: elsewhere?.scope ?? settings.probeScope,
  };
}
