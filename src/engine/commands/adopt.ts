/**
 * `nolapse adopt`: a credential that somebody else made is entered into the ledger on a person's word. From then on Nolapse may retire it,
 * by every rule of design §4.3, and no more: nothing in the directory is changed, and nothing is begun.
 */
import { type Adoption, type AdoptionFacts, judgeAdoption } from "../../core/credentials/adoption.ts";
import type { Credential, Holder } from "../../core/credentials/credential.ts";
import { INSTANCE_LENGTH, parseMarkedName } from "../../core/credentials/marker.ts";
import { NolapseError } from "../../core/errors.ts";
import { isExcluded } from "../../core/policy/policy-choice.ts";
import type { EpochMs } from "../../core/time.ts";
import type { AuditEntry, LedgerEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { discover } from "../scan/discover.ts";
import { applicationNamed } from "../scan/named.ts";
import { noteUnknownMarks } from "../scan/recognise.ts";
import { requireReason } from "./stated-reason.ts";

export interface AdoptAsked {
  readonly keyId: string;
  /** For the trail. */
  readonly why: string;
  readonly actor: string;
}

/** Where the credential is looked for. */
export interface AdoptSubject {
  readonly appId: string;
  /** The application's objects as the last scan saw them; each is read anew. */
  readonly holders: readonly Holder[];
  /** Whether that scan saw everything: an object that it missed may hold the credential. */
  readonly complete: boolean;
}

export interface Adopted {
  readonly holder: Holder;
  readonly credential: Credential;
  readonly since: EpochMs;
  /** It was adopted before, and nothing was done. */
  readonly before: boolean;
}

/**
 * Adopts a credential of the application a person named. @throws NolapseError `usage` for a reason that is none, `not-found`,
 * `incomplete` where not all could be read, `refused-by-rule` for what is not to be adopted, and as the directory does.
 */
export async function adopt(deps: Deps, named: string, asked: AdoptAsked): Promise<Adopted> {
  requireReason(asked.why);
  const scan = await discover(deps);
  const appId = applicationNamed(scan, named);
  const holders = scan.holders.filter((one) => one.appId === appId);
  return adoptOf(deps, { appId, holders, complete: scan.coverage.complete }, asked);
}

/** The same of an application that was found already. @throws NolapseError as {@link adopt}. */
export async function adoptOf(deps: Deps, subject: AdoptSubject, asked: AdoptAsked): Promise<Adopted> {
  requireReason(asked.why);
  const { holder, credential } = await found(deps, subject, asked.keyId);
  const about = { holder, credential };
  const at = await deps.clock.now();
  const answer = await judge(deps, about, at);
  if (answer.answer === "adopted") return { ...about, since: answer.since, before: true };
  if (answer.answer === "refused") throw no(holder, credential, answer);
  if (await deps.store.adopt(entryOf(deps, holder, credential, at), lineOf(deps, about, asked, at)))
    return { ...about, since: at, before: false };
  // somebody was first
  const since = await judge(deps, about, at);
  if (since.answer === "adopted") return { ...about, since: since.since, before: true };
  throw no(holder, credential, since.answer === "refused" ? since : { why: "it has just changed", next: "try again" });
}

/** Whether asking for it would come to anything, by what a scan saw of it; nothing is read anew, and its mark is not looked up. */
export async function mayBeAdopted(deps: Deps, holder: Holder, credential: Credential): Promise<boolean> {
  const facts = await factsOf(deps, { holder, credential }, await deps.clock.now());
  return judgeAdoption({ ...facts, mark: null }).answer === "adopt";
}

/** The credential as its object lists it now. */
async function found(deps: Deps, { appId, holders, complete }: AdoptSubject, keyId: string) {
  const wanted = keyId.trim().toLowerCase();
  for (const listed of holders) {
    const { holder } = await deps.entra.read(listed);
    const credential = holder.credentials.find((one) => one.keyId.toLowerCase() === wanted);
    if (credential !== undefined) return { holder, credential };
  }
  if (!complete) {
    throw new NolapseError("incomplete", `whether the application has a credential ${wanted} could not be read`, {
      next: "the last scan was not complete; nolapse scan says what failed, then ask again",
    });
  }
  throw new NolapseError("not-found", `the application has no credential with key id ${wanted}`, {
    next: `nolapse explain ${appId} lists those it has`,
  });
}

interface About {
  readonly holder: Holder;
  readonly credential: Credential;
}

async function judge(deps: Deps, about: About, now: EpochMs): Promise<Adoption> {
  return judgeAdoption({
    ...(await factsOf(deps, about, now)),
    mark: await markOf(deps, about.holder, about.credential),
  });
}

async function factsOf({ store, settings }: Deps, { holder, credential }: About, now: EpochMs) {
  const { tenantId } = settings;
  const ledger = await store.ledger(tenantId, holder.appId);
  const entry = ledger.find(({ keyId }) => keyId === credential.keyId) ?? null;
  return { holder, credential, tenantId, excluded: isExcluded(settings, holder), entry, now };
}

/** What its mark says of it, where it is this store's own. */
async function markOf(deps: Deps, holder: Holder, { name }: Credential): Promise<AdoptionFacts["mark"]> {
  const { store, settings, random } = deps;
  const { marker } = parseMarkedName(name ?? "");
  if (marker === null || marker.instance !== (await store.instance(random.base32(INSTANCE_LENGTH)))) return null;
  if ((await noteUnknownMarks(deps, [holder])).includes(marker.attempt)) return "unknown";
  const rotations = await store.rotations({ tenantId: settings.tenantId, appId: holder.appId });
  const attempts = rotations.flatMap((one) => one.attempts);
  const isOpen = attempts.some(({ id, outcome }) => id === marker.attempt && ["open", "unknown"].includes(outcome));
  const shown = await store.openShown(settings.tenantId);
  return isOpen || shown.some(({ attempt }) => attempt === marker.attempt) ? "awaited" : null;
}

function entryOf({ settings }: Deps, holder: Holder, { keyId }: Credential, enteredAt: EpochMs): LedgerEntry {
  const { type, objectId, appId } = holder;
  const { tenantId } = settings;
  return {
    tenantId,
    holder: { type, objectId, appId },
    keyId,
    origin: "adopted",
    rotation: null,
    enteredAt,
    removedAt: null,
  };
}

function lineOf({ settings }: Deps, about: About, { actor, why }: AdoptAsked, at: EpochMs): AuditEntry {
  const { holder, credential } = about;
  return {
    tenantId: settings.tenantId,
    at,
    actor,
    action: "adopted",
    rotation: null,
    appId: holder.appId,
    keyId: credential.keyId,
    reason: null,
    details: { why: why.trim(), object: holder.objectId, kind: credential.kind, end: credential.end },
  };
}

function no(
  { displayName }: Holder,
  { keyId }: Credential,
  { why, next }: { readonly why: string; readonly next: string },
): NolapseError {
  return new NolapseError("refused-by-rule", `${keyId} of ${displayName} is not adopted: ${why}`, { next });
}
