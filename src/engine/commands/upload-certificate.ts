/**
 * A certificate that a person brings, put on his application with his own rights: its private key is elsewhere, and stays there. There is no
 * ETag, so the whole list is replaced by the rules of design §4.8: read twice, half a minute apart and alike; its image on disk before;
 * entries back as they came; and read afterwards until it shows the new one, when what others' writes have lost is put back once.
 */
import type { TrailAction } from "../../core/audit/actions.ts";
import type { CertificateFacts } from "../../core/credentials/certificate.ts";
import { type Remark, remarksOn, type Sharing } from "../../core/credentials/certificate-remarks.ts";
import type { Credential, Holder } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { type AppManagementReading, foresee } from "../../core/policy/app-policy.ts";
import { LIST_STILL, nextReadAt, READ_SCHEDULE, SERVICE_TIME_GRAIN } from "../../core/schedule/replication.ts";
import { type EpochMs, plus } from "../../core/time.ts";
import type { CertificateReading } from "../../ports/certificates.ts";
import type { Hand } from "../../ports/hand.ts";
import type { AuditEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { requireUnpaused } from "../rotation/unpaused.ts";
import { putBack, shows } from "./put-back.ts";

/** Far enough apart in any case, told in the service's whole seconds. */
const STILL = LIST_STILL + SERVICE_TIME_GRAIN;

/** The public part and what it says of itself. */
export interface Brought {
  /** PEM. */
  readonly certificate: string;
  readonly facts: CertificateFacts;
}

export interface UploadSubject {
  readonly holder: Holder;
  readonly appPolicies: AppManagementReading;
  readonly sharing: Sharing;
}

/** A reading of the list as it was, by the service's own time. */
export interface ListLook {
  readonly raw: readonly string[];
  readonly at: EpochMs;
}

export interface UploadCheck {
  readonly look: ListLook;
  /** From when on it may be uploaded, if the list stays as it is. */
  readonly readyAt: EpochMs;
  readonly blocked: string | null;
  readonly remarks: readonly Remark[];
  /** Client ids of other applications that have it. */
  readonly sharedWith: readonly string[];
}

/** What speaks against it, and the first of the two readings. Nothing is changed. */
export async function checkUpload(
  deps: Deps,
  hand: Hand,
  subject: UploadSubject,
  brought: Brought,
): Promise<UploadCheck> {
  const reading = await hand.certificates.readCertificates(subject.holder);
  const credential = credentialOf(brought);
  const holder = { ...subject.holder, credentials: [...subject.holder.credentials, credential] };
  const remarks = remarksOn(holder, credential, subject.sharing, await deps.clock.now());
  // by its thumbprint: the scan may not have read the public parts of others
  const byPrint = subject.sharing.applications({ ...credential, certificate: null });
  const others = byPrint.filter((appId) => appId !== subject.holder.appId);
  return {
    look: lookOf(reading),
    readyAt: plus(reading.serviceTime, STILL),
    blocked: blockOf(subject, brought, reading, await deps.clock.now()),
    remarks: remarks.filter((one) => one !== "duplicate" && one !== "shared"),
    sharedWith: others,
  };
}

export interface Uploaded {
  readonly keyId: string;
  readonly end: EpochMs;
  /** Whether the list showed it within the window of replication; until it does, nothing follows from what else the list shows. */
  readonly seen: boolean;
  /** Key ids of others' entries that were lost meanwhile and put back. */
  readonly restored: readonly string[];
  /** Key ids of others' entries that are not there any more, and not put back, because nothing tells that nobody meant it. */
  readonly missing: readonly string[];
}

/**
 * Adds it to the list. `first` is the reading of {@link checkUpload}. @throws NolapseError `refused-by-rule` for what that says, and
 * where the list was not still for long enough; `refused-by-mode`, `refused-by-stop`, and as the directory refuses the person.
 */
export async function uploadCertificate(
  deps: Deps,
  hand: Hand,
  subject: UploadSubject,
  first: ListLook | null,
  { brought, description, actor }: { readonly brought: Brought; readonly description: string; readonly actor: string },
  signal?: AbortSignal,
): Promise<Uploaded> {
  await requireWriting(deps);
  const { holder } = subject;
  const reading = await hand.certificates.readCertificates(holder);
  const blocked = blockOf(subject, brought, reading, await deps.clock.now());
  if (blocked !== null) throw no(blocked, "look at it again with POST …/certificates/check");
  requireStill(first, reading);
  // as late as can be: reading took a while
  await requireUnpaused(deps, holder.appId);
  const { facts, certificate } = brought;
  const added = {
    keyId: deps.random.uuid(),
    displayName: description,
    certificate,
    start: facts.notBefore,
    end: facts.notAfter,
  };
  const before = reading.entries.map(({ credential }) => credential.keyId);
  const entries = reading.entries.map(({ credential, raw }) => ({ keyId: credential.keyId, raw }));
  await deps.store.putImage(imageOf(holder), { entries, lost: [] });
  const about = { holder, actor, keyId: added.keyId };
  await note(deps, about, "certificate-intended", { thumbprint: facts.sha1, end: added.end });
  const sent = await hand.certificates.replaceCertificates(holder, { kept: lookOf(reading).raw, added: [added] });
  if (sent.outcome !== "applied") {
    await note(deps, about, `certificate-${sent.outcome}`, { code: sent.error.code });
    throw sent.outcome === "unknown" ? unknownOf(sent.error) : sent.error;
  }
  const written = { request: sent.request ?? null, before, after: [...before, added.keyId] };
  await note(deps, about, "certificate-uploaded", { thumbprint: facts.sha1 }, written);
  const times = readTimes(deps, signal);
  const shown = await readUntilSeen(hand, holder, added.keyId, times);
  if (shown === null) {
    // the image stays: what somebody else's write may have lost is in it
    await note(deps, about, "certificate-unseen", { keyIds: before.join(", "), image: imageOf(holder) });
    return { keyId: added.keyId, end: added.end, seen: false, restored: [], missing: [] };
  }
  const list = { holder, entries, added: added.keyId, readAt: reading.serviceTime };
  const { restored, missing } = await putBack(deps, hand, list, shown, times);
  if (restored.length > 0) await note(deps, about, "list-restored", { keyIds: restored.join(", ") });
  if (missing.length > 0)
    await note(deps, about, "list-missing", { keyIds: missing.join(", "), image: imageOf(holder) });
  else await deps.store.putImage(imageOf(holder), null);
  return { keyId: added.keyId, end: added.end, seen: true, restored, missing };
}

/**
 * The times at which the list is read after it was written, those of every other write (design §4.5): ends after the last of them, where
 * somebody wants it to end, or the clock stands still.
 */
async function* readTimes({ clock }: Deps, signal?: AbortSignal): AsyncGenerator<number, undefined> {
  const since = await clock.now();
  for (let reads = 0; ; reads += 1) {
    const due = nextReadAt(READ_SCHEDULE, since, reads);
    if (due === null) return;
    for (let now = await clock.now(); now < due; now = await clock.now()) {
      if (signal?.aborted === true || (await clock.frozen())) return;
      await clock.wait(due, due - now, signal);
    }
    yield reads;
  }
}

/** The first reading that shows what was written: one without it may be older than it. Null where none has by the end of the times. */
async function readUntilSeen(
  hand: Hand,
  holder: Holder,
  keyId: string,
  times: AsyncIterator<unknown>,
): Promise<CertificateReading | null> {
  while ((await times.next()).done !== true) {
    // it is written: a reading that fails says nothing against it
    const reading = await hand.certificates.readCertificates(holder).catch(() => null);
    if (reading !== null && shows(reading, keyId)) return reading;
  }
  return null;
}

function imageOf({ objectId }: Holder): string {
  return `upload ${objectId}`;
}

function lookOf({ entries, serviceTime }: CertificateReading): ListLook {
  return { raw: entries.map(({ raw }) => raw), at: serviceTime };
}

/** @throws NolapseError `refused-by-rule`. */
function requireStill(first: ListLook | null, reading: CertificateReading): void {
  if (first === null) throw no("its list of certificates was not looked at before", "POST …/certificates/check first");
  const { raw } = lookOf(reading);
  if (raw.length !== first.raw.length || raw.some((one, index) => one !== first.raw[index])) {
    throw no("its list of certificates has changed since it was looked at", "look again: POST …/certificates/check");
  }
  const wait = plus(first.at, STILL) - reading.serviceTime;
  if (wait <= 0) return;
  throw new NolapseError(
    "refused-by-rule",
    "its list of certificates must be still for half a minute before it is replaced",
    {
      next: `wait ${Math.ceil(wait / 1000)} s, then send it again`,
      retryAfter: wait,
    },
  );
}

function blockOf(
  { holder, appPolicies }: UploadSubject,
  { facts }: Brought,
  reading: CertificateReading,
  now: EpochMs,
): string | null {
  if (facts.notAfter <= now) return "it has ended";
  if (facts.algorithm !== "rsa") return "its key is not RSA, and Entra verifies client assertions with RSA keys only";
  if ((facts.bits ?? 0) < 2048) return "its RSA key is shorter than 2048 bits";
  if (reading.entries.some((one) => !one.resendable))
    return "the application has a key that signs or is symmetric, whose hidden part a new list would lose: use the portal";
  const has = reading.entries.some(({ credential: { certificate, customKeyIdentifier: print } }) =>
    certificate !== null && certificate !== "unreadable" ? certificate.sha256 === facts.sha256 : print === facts.sha1,
  );
  if (has) return "the application has this certificate already";
  if (appPolicies.state !== "read") return null;
  const lifetime = facts.notAfter - facts.notBefore;
  const seen = foresee(appPolicies.policies, holder, "certificate", lifetime);
  if (!seen.allowed) return seen.why;
  return seen.lifetime < lifetime ? (seen.note ?? "a policy of the tenant allows no longer") : null;
}

function credentialOf({ facts }: Brought): Credential {
  return {
    keyId: facts.sha256,
    kind: "certificate",
    name: null,
    hint: null,
    start: facts.notBefore,
    end: facts.notAfter,
    usage: "verify",
    customKeyIdentifier: facts.sha1,
    certificate: facts,
  };
}

function unknownOf(error: NolapseError): NolapseError {
  return new NolapseError("incomplete", `it is not known whether it was added: ${error.message}`, {
    next: "look at the application in a minute; sent again, it is added only where it is not there",
    cause: error,
  });
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}

async function note(
  { store, settings, clock }: Deps,
  { holder, actor, keyId }: { readonly holder: Holder; readonly actor: string; readonly keyId: string },
  action: TrailAction,
  details: AuditEntry["details"],
  written?: AuditEntry["written"],
): Promise<void> {
  const about = { rotation: null, appId: holder.appId, keyId, reason: null };
  const line = { tenantId: settings.tenantId, at: await clock.now(), actor, action, ...about, details };
  await store.audit(written === undefined ? line : { ...line, written });
}
