/**
 * Reads every application and service principal of the tenant, page by page, and records what was seen. A page that
 * cannot be read makes the scan incomplete; it never makes anything look absent (invariant 8).
 */
import type { Credential, Holder, HolderType } from "../../core/credentials/credential.ts";
import { asNolapseError, ERRORS, type NolapseError, type NolapseErrorCode } from "../../core/errors.ts";
import type { Privileges } from "../../core/policy/privilege.ts";
import { retryDelay } from "../../core/schedule/retry.ts";
import { mapped, those } from "../../core/slices.ts";
import { type EpochMs, plus, SECOND } from "../../core/time.ts";
import type { Drift } from "../../ports/drift.ts";
import type { CertificatePage, HolderPage } from "../../ports/entra.ts";
import type { SeenHolder } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { inTurns } from "../turns.ts";
import { noticeDrift } from "./drift.ts";
import { noticeLapses } from "./lapses.ts";
import { NOT_LOOKED, readPrivileges } from "./privileges.ts";
import { noteUnknownMarks } from "./recognise.ts";

/** How often one page is tried before the scan goes on without the rest of that list. */
const PAGE_TRIES = 3;
/** A page's retry never waits longer than this in process time: a scan is a command somebody waits for. */
const LONGEST_WAIT = 30 * SECOND;

export interface Coverage {
  readonly applications: number;
  readonly servicePrincipals: number;
  readonly complete: boolean;
}

export interface Scan {
  readonly tenantId: string;
  readonly scannedAt: EpochMs;
  readonly coverage: Coverage;
  readonly holders: readonly Holder[];
  /** What changed without us since the last scan; only of a scan that was recorded. */
  readonly drift?: readonly Drift[];
  readonly privileges: Privileges;
  /** Why each list that is not complete stopped, and what else could not be seen to. */
  readonly failures: readonly { readonly list: HolderType; readonly what: string; readonly error: NolapseError }[];
}

/**
 * The scan with what certificates say of themselves, read a page of objects at a time and never per application; Graph meters
 * that more tightly than the scan itself. What cannot be read stays unsaid, and is named among the failures.
 */
export async function withCertificates(
  deps: Pick<Deps, "entra" | "clock" | "scheduler">,
  scan: Scan,
  signal?: AbortSignal,
): Promise<Scan> {
  const lists: readonly HolderType[] = ["application", "servicePrincipal"];
  const facts = new Map<string, Credential["certificate"]>();
  const failures = [...scan.failures];
  for (const list of lists) {
    let cursor: string | null = null;
    do {
      const page: CertificatePage | Failed = await tried(
        deps,
        list,
        () => deps.entra.certificatePage(list, cursor, signal),
        signal,
      );
      if ("error" in page) {
        failures.push({ list, what: `certificates of ${list}s`, error: page.error });
        break;
      }
      for (const { objectId, credentials } of page.holders)
        for (const { keyId, certificate } of credentials) facts.set(`${objectId} ${keyId}`, certificate);
      cursor = page.next;
    } while (cursor !== null);
  }
  return {
    ...scan,
    failures,
    holders: scan.holders.map((holder) => ({
      ...holder,
      credentials: holder.credentials.map((one) => ({
        ...one,
        certificate: facts.get(`${holder.objectId} ${one.keyId}`) ?? one.certificate,
      })),
    })),
  };
}

/** The lists that a scan did not read to their end, and why. */
export function stoppedLists({ failures }: Pick<Scan, "failures">): ReadonlyMap<HolderType, NolapseErrorCode> {
  const stopped = failures.filter(({ list, what }) => what === wholeOf(list));
  return new Map(stopped.map(({ list, error }) => [list, error.code]));
}

/** What is missing where the rest of a list is. */
function wholeOf(list: HolderType): string {
  return `${list}s`;
}

/** Only looks: nothing is stored. @throws NolapseError when not a single page of either list could be read. */
export async function look(
  deps: Pick<Deps, "settings" | "entra" | "clock" | "scheduler" | "pageRead">,
  signal?: AbortSignal,
): Promise<Scan> {
  const scannedAt = await deps.clock.now(signal);
  const lists: readonly HolderType[] = ["application", "servicePrincipal"];
  const read = await deps.scheduler.all(
    lists.map((list) => () => readList(deps, list, scannedAt, signal)),
    lists.length,
  );
  const failures = read.flatMap(({ list, error }) => (error === null ? [] : [{ list, what: wholeOf(list), error }]));
  const holders = read.flatMap((one) => one.holders);
  const applications = await inTurns(
    deps,
    those(holders, ({ type }) => type === "application"),
  );
  if (holders.length === 0 && failures[0] !== undefined) throw failures[0].error;
  return {
    tenantId: deps.settings.tenantId,
    scannedAt,
    coverage: {
      applications: applications.length,
      servicePrincipals: holders.length - applications.length,
      complete: failures.length === 0,
    },
    holders,
    privileges: NOT_LOOKED,
    failures,
  };
}

/** Looks, and records what was seen; recognises credentials marked as ours that the store does not know. */
export async function discover(deps: Deps, signal?: AbortSignal): Promise<Scan> {
  const scan = await look(deps, signal);
  const { drift, skipped } = await noticeDrift(deps, scan, signal);
  const unnoticed = await lapsesUnnoticed(deps, scan);
  const compared = (one: Holder) => (skipped.has(one.objectId) ? withoutCredentials(one) : one);
  const seen = skipped.size === 0 ? scan.holders : await inTurns(deps, mapped(scan.holders, compared));
  await deps.store.recordScan({ tenantId: scan.tenantId, scannedAt: scan.scannedAt, ...scan.coverage }, seen);
  await noteUnknownMarks(deps, scan.holders);
  const privileges = await readPrivileges(deps, scan, signal);
  return { ...scan, drift, privileges, failures: [...scan.failures, ...unnoticed] };
}

/**
 * Notes the lapses. What keeps books costs no scan: a fault in it is said with the scan, which is as whole as it was. Where the store itself
 * fails the scan does, too, and comes again: recorded, it would leave an end behind that no later scan looks at.
 */
async function lapsesUnnoticed(deps: Deps, scan: Scan): Promise<Scan["failures"]> {
  try {
    await noticeLapses(deps, scan);
    return [];
  } catch (thrown) {
    const error = asNolapseError(thrown);
    if (error.code.startsWith("store-")) throw error;
    return [{ list: "application", what: "lapses, which were not noted", error }];
  }
}

function withoutCredentials({ type, objectId, appId, displayName }: Holder): SeenHolder {
  return { type, objectId, appId, displayName };
}

async function readList(
  deps: Pick<Deps, "entra" | "clock" | "pageRead">,
  list: HolderType,
  scannedAt: EpochMs,
  signal?: AbortSignal,
): Promise<{ list: HolderType; holders: Holder[]; error: NolapseError | null }> {
  const holders: Holder[] = [];
  let cursor: string | null = null;
  do {
    const page = await readPage(deps, list, cursor, signal);
    if (!("holders" in page)) return { list, holders, error: page.error };
    holders.push(...page.holders);
    deps.pageRead?.(list, page.holders.length, scannedAt);
    cursor = page.next;
  } while (cursor !== null);
  return { list, holders, error: null };
}

function readPage(
  deps: Pick<Deps, "entra" | "clock">,
  list: HolderType,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<HolderPage | Failed> {
  return tried(deps, list, () => deps.entra.page(list, cursor, signal), signal);
}

interface Failed {
  readonly error: NolapseError;
}

/** Reads a page, a few times if need be. */
async function tried<T>(
  { clock }: Pick<Deps, "clock">,
  list: HolderType,
  read: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T | Failed> {
  for (let times = 1; ; times += 1) {
    try {
      return await read();
    } catch (thrown) {
      const error = asNolapseError(thrown);
      if (times === PAGE_TRIES || ERRORS[error.code].handling !== "retry" || signal?.aborted === true) return { error };
      const delay = Math.min(retryDelay(times, list, "urgent", error.retryAfter), LONGEST_WAIT);
      await clock.wait(plus(await clock.now(signal), delay), delay, signal);
    }
  }
}
