/** What Nolapse knows of one credential: what made it, what is proven of it, who was seen to use it. From the books alone; the log is read on its own. */
import { type LifeLineRow, lifeLine, type Span } from "../../core/pictures/life-line.ts";
import { hasMade } from "../../core/rotation/leftover.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type EpochMs, epochMs, plus } from "../../core/time.ts";
import type { CredentialChange, SignInRow } from "../../ports/logs.ts";
import type { Deps } from "../deps.ts";
import { LOG_KEPT } from "../rotation/steps/sign-ins.ts";
import { lifeFacts } from "./life-facts.ts";
import type { Portrait } from "./portrait.ts";

/** How it came to be there, as far as anybody has noted it. */
export interface Made {
  /** By a rotation; by a person through Nolapse; by somebody else, as a scan noticed; before anybody looked. */
  readonly how: "rotation" | "person" | "elsewhere" | "unknown";
  /** In words; null where nothing says it. */
  readonly by: string | null;
  /** Of `elsewhere`, when it was noticed. */
  readonly at: EpochMs | null;
}

/** The last sign-in with it by somebody other than Nolapse, as the rotations that watch it have read. */
export interface SeenUse {
  readonly at: EpochMs;
  readonly client: string | null;
  readonly address: string | null;
  readonly resource: string | null;
}

export interface CredentialLife {
  readonly row: LifeLineRow;
  readonly made: Made;
  /** The rotation that issued it, and the one that replaces it. */
  readonly issuedBy: Rotation | null;
  readonly replacedBy: Rotation | null;
  /** Its value is still sealed here. */
  readonly sealed: boolean;
  /** The last reading of log and report for it, and what that showed; null where nobody has had to know. */
  readonly use: { readonly readAt: EpochMs; readonly last: SeenUse | null } | null;
}

/** What a person has put there through Nolapse, by the trail. */
const BY_HAND = ["shown-issued", "certificate-uploaded"] as const;
/** A line of the trail is written after what it tells of, by another clock. */
const BEFORE = DAY;

/** Null where neither the directory nor the books have this key id on the application. @throws NolapseError `store-…`. */
export async function credentialLife(
  deps: Deps,
  portrait: Portrait,
  keyId: string,
  span: Span,
): Promise<CredentialLife | null> {
  const { known, rotations, retirements } = await lifeFacts(deps, portrait);
  const row = lifeLine(known, rotations, span, retirements).rows.find((one) => one.keyId === keyId);
  if (row === undefined) return null;
  const issuedBy = rotations.find((one) => hasMade(one, keyId)) ?? null;
  const replacedBy = rotations.find(({ replaces, state }) => replaces === keyId && state !== "cancelled") ?? null;
  const kept = issuedBy === null ? null : await deps.store.sealed(issuedBy.id);
  return {
    row,
    made: await madeOf(deps, portrait.appId, row, issuedBy),
    issuedBy,
    replacedBy,
    sealed: kept?.keyId === keyId,
    use: useOf(issuedBy, replacedBy),
  };
}

async function madeOf(
  { store, settings }: Deps,
  appId: string,
  { keyId, start }: LifeLineRow,
  issuedBy: Rotation | null,
): Promise<Made> {
  if (issuedBy !== null) return { how: "rotation", by: "Nolapse", at: null };
  const { tenantId } = settings;
  const lines = await store.auditSince(tenantId, BY_HAND, start === null ? epochMs(0) : plus(start, -BEFORE));
  const line = lines.find((one) => one.appId === appId && one.keyId === keyId);
  if (line !== undefined) return { how: "person", by: line.actor, at: line.at };
  const noticed = (await store.drifts(tenantId, appId, epochMs(0))).find(
    (one) => one.what === "drift-added" && one.keyId === keyId,
  );
  if (noticed === undefined) return { how: "unknown", by: null, at: null };
  return { how: "elsewhere", by: noticed.by, at: noticed.at };
}

/** The rotation that made it reads who uses the new one; the one that replaces it, who still uses the old one. */
function useOf(issuedBy: Rotation | null, replacedBy: Rotation | null): CredentialLife["use"] {
  const [made, replaced] = [issuedBy?.uses ?? null, replacedBy?.uses ?? null];
  const read = [made?.upTo ?? null, replaced?.upTo ?? null].filter((one) => one !== null);
  if (read.length === 0) return null;
  const asNew: SeenUse | null =
    made?.newUse == null ? null : { at: made.newUse, client: null, address: null, resource: null };
  const asOld = replaced?.oldUse?.named === true ? replaced.oldUse : null;
  const last = asOld !== null && (asNew === null || asOld.at >= asNew.at) ? asOld : asNew;
  return { readAt: epochMs(Math.max(...read)), last };
}

/** What the directory's logs say of one credential. */
export interface CredentialLog {
  readonly from: EpochMs;
  readonly upTo: EpochMs;
  /** Newest first, Nolapse's own among them. */
  readonly signIns: readonly (SignInRow & { readonly own: boolean })[];
  /** Sign-ins of the application by a credential that the log does not name: each may have been this one. */
  readonly unnamed: number;
  /** Who put it there and who took it away, where that was within what the log keeps. */
  readonly added: CredentialChange | null;
  readonly removed: CredentialChange | null;
}

/**
 * Reads the sign-in log for one credential, as far back as it goes, and the audit log where the books do not name who made it: Graph
 * allows few such requests, and each one more is waited for.
 * @throws NolapseError `directory-forbidden` without the permission, `directory-unlicensed`, and as the directory does.
 */
export async function credentialLog(
  deps: Deps,
  portrait: Portrait,
  { row: { keyId }, made }: Pick<CredentialLife, "row" | "made">,
  signal?: AbortSignal,
): Promise<CredentialLog> {
  const upTo = await deps.clock.now();
  const from = plus(upTo, -LOG_KEPT);
  const rows = await deps.logs.signIns(portrait.appId, from, signal);
  const rotations = await deps.store.rotations({ tenantId: deps.settings.tenantId, appId: portrait.appId });
  const own = new Set(rotations.flatMap(({ ownRequests }) => ownRequests));
  const changes: CredentialChange[] = [];
  const asked = made.by === null ? portrait.holders : [];
  for (const holder of asked) changes.push(...(await deps.logs.credentialChanges(holder, from, signal)));
  const has = (keys: CredentialChange["before"]) => keys.some((one) => one.keyId === keyId);
  return {
    from,
    upTo,
    signIns: rows
      .filter((one) => one.keyId === keyId)
      .map((one) => ({ ...one, own: own.has(one.requestId) }))
      .toReversed(),
    unnamed: rows.filter((one) => one.unnamed && one.succeeded).length,
    added: changes.find(({ before, after }) => has(after) && !has(before)) ?? null,
    removed: changes.findLast(({ before, after }) => has(before) && !has(after)) ?? null,
  };
}
