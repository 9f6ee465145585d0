/**
 * An application that rolls its own certificate (`nolapse rotate --self`), with no permission in the directory: which
 * certificates it holds, and a plan made from the reading of this one application alone.
 */
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import type { HolderRef } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import type { Binding, SlotSettings, TenantSettings } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { HeldCertificate } from "../../ports/held-certificate.ts";
import type { Deps } from "../deps.ts";
import type { Scan } from "../scan/discover.ts";
import { NOT_LOOKED } from "../scan/privileges.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The application a person named by client id or object id, as its entry in the configuration has it.
 * @throws NolapseError `not-found` without an entry, `config-invalid` when the entry lacks what cannot be read here.
 */
export function selfHolder(settings: TenantSettings, named: string): HolderRef {
  const wanted = named.trim().toLowerCase();
  const binding = settings.bindings.find((one) => one.appId === wanted || one.objectId === wanted);
  if (binding === undefined) {
    throw new NolapseError("not-found", `no entry of the configuration has the client id or object id ${named}`, {
      next: "with --self nothing is looked up: name the appId of an entry under applications",
    });
  }
  const { appId, objectId } = binding;
  if (objectId === undefined) {
    throw new NolapseError("config-invalid", `the entry of ${appId} names no objectId, and the directory is not read`, {
      next: `add objectId: App registrations → the application → Object ID (not that of the enterprise application), or az ad app show --id ${appId} --query id`,
    });
  }
  const unnamed = binding.slots.find(({ current }) => current === null || !GUID.test(current));
  if (unnamed === undefined) return { type: "application", objectId, appId };
  const why = unnamed.current === null ? "does not name its current certificate" : `calls it "${unnamed.current}"`;
  throw new NolapseError("config-invalid", `slot ${unnamed.slot} of ${appId} ${why}; with --self a key id is needed`, {
    next: "write credentials: [{ slot, current: <key id>, targets }]; the key id is the Certificate ID under Certificates & secrets, or from az ad app credential list --cert",
  });
}

type Parts = Pick<Deps, "settings" | "store" | "sealer" | "targets">;

/**
 * The certificates with their keys that are at hand for the application: the copies in its targets, and what its open
 * rotations keep sealed (the one to be replaced, and the new one). @throws NolapseError `target-…`, `seal-key-wrong`.
 */
export async function certificatesHeld(parts: Parts, { appId }: HolderRef): Promise<readonly HeldCertificate[]> {
  const { settings, store } = parts;
  const rotations = await store.rotations({ tenantId: settings.tenantId, appId });
  const binding = settings.bindings.find((one) => one.appId === appId);
  const held: HeldCertificate[] = [];
  for (const slot of binding?.slots ?? []) held.push(...(await copiesOf(parts, slot, rotations)));
  for (const rotation of rotations) {
    if (rotation.self && rotation.state !== "retired") held.push(...(await sealedOf(parts, rotation)));
  }
  const isFirst = ({ value }: HeldCertificate, at: number) =>
    held.findIndex((one) => one.value.certificate === value.certificate) === at;
  return held.filter(isFirst);
}

/** A copy is a certificate that we issued, by its fingerprint, or else the one the configuration names. */
async function copiesOf(
  { targets, sealer }: Parts,
  slot: SlotSettings,
  rotations: readonly Rotation[],
): Promise<HeldCertificate[]> {
  const held: HeldCertificate[] = [];
  for (const name of slot.targets) {
    const copy = (await targets.get(name)?.readBack?.()) ?? null;
    if (copy?.state !== "present" || !(copy.value instanceof CertificateValue)) continue;
    const fingerprint = await sealer.fingerprint(copy.value);
    const issuedBy = rotations.find(({ issued }) => issued?.fingerprint === fingerprint);
    const known = issuedBy === undefined ? null : newOf(issuedBy);
    if (known !== null) held.push({ ...known, value: copy.value });
    else if (slot.current !== null) {
      held.push({ keyId: slot.current.toLowerCase(), name: null, value: copy.value, start: null, end: null });
    }
  }
  return held;
}

async function sealedOf({ store, sealer }: Parts, rotation: Rotation): Promise<HeldCertificate[]> {
  const { tenantId, holder, former, replaces, replacesName, replacesEnd } = rotation;
  const open = async (sealed: string, keyId: string) =>
    CertificateValue.from(await sealer.open(sealed, { tenantId, appId: holder.appId, keyId }));
  const held: HeldCertificate[] = [];
  if (former != null) {
    const value = await open(former, replaces);
    held.push({ keyId: replaces, name: replacesName, value, start: null, end: replacesEnd });
  }
  const sealed = await store.sealed(rotation.id);
  const made = newOf(rotation);
  if (sealed !== null && made !== null) held.push({ ...made, value: await open(sealed.sealed, sealed.keyId) });
  return held;
}

/** What is known of the rotation's new certificate: by the key id it got, or, the answer being lost, by the one asked for. */
function newOf({ issued, attempts }: Rotation): Omit<HeldCertificate, "value"> | null {
  const attempt = attempts.findLast((one) => issued === null || one.id === issued.attempt);
  const certificate = attempt?.certificate ?? null;
  if (attempt === undefined || certificate === null) return null;
  const keyId = issued?.keyId ?? certificate.keyId;
  return { keyId, name: attempt.displayName, start: certificate.start, end: attempt.end };
}

/** The one application as just read, in the shape of a scan; nothing of it is recorded as one. */
export async function readSelf(deps: Deps, holder: HolderRef): Promise<Scan> {
  const { holder: found } = await deps.entra.read(holder);
  return {
    tenantId: deps.settings.tenantId,
    scannedAt: await deps.clock.now(),
    coverage: { applications: 1, servicePrincipals: 0, complete: false },
    holders: [found],
    privileges: NOT_LOOKED,
    failures: [],
  };
}

/** The settings as far as they are about this application. */
export function onlyOf(settings: TenantSettings, { appId }: HolderRef): TenantSettings {
  const mine = ({ appId: other }: Binding) => other === appId;
  return { ...settings, bindings: settings.bindings.filter(mine) };
}
