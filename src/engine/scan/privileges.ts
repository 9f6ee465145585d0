/** Which applications of the tenant are privileged: two lists, however many applications there are. */
import type { Holder } from "../../core/credentials/credential.ts";
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import {
  directoryRole,
  GRAPH_APP_ID,
  type Grant,
  type Privileges,
  privilegedAppRole,
} from "../../core/policy/privilege.ts";
import { each, type Slices } from "../../core/slices.ts";
import type { GrantPage } from "../../ports/entra.ts";
import type { Deps } from "../deps.ts";
import { inTurns } from "../turns.ts";
import type { Scan } from "./discover.ts";

/** Where nothing was asked. */
export const NOT_LOOKED: Privileges = {
  held: new Map(),
  unknown: ["app roles and directory roles were not looked at"],
  unread: false,
};

/**
 * What the applications of a scan hold. A list that fails leaves its kind unknown; it never reads as "none", and no more does a
 * list of service principals that broke off: who is not on it may hold anything.
 */
export async function readPrivileges(
  { entra, scheduler }: Pick<Deps, "entra" | "scheduler">,
  { holders, failures }: Pick<Scan, "holders" | "failures">,
  signal?: AbortSignal,
): Promise<Privileges> {
  const appIds = await inTurns({ scheduler }, appIdsOf(holders));
  const held = new Map<string, string[]>();
  const unknown: string[] = [];
  const note = ({ principalId }: Grant, what: string | null) => {
    const appId = appIds.get(principalId);
    if (appId === undefined || what === null) return;
    const known = held.get(appId) ?? [];
    if (!known.includes(what)) held.set(appId, [...known, what]);
  };
  const graph = holders.find((one) => one.type === "servicePrincipal" && one.appId === GRAPH_APP_ID);
  const broken = failures.find(({ list }) => list === "servicePrincipal");
  let unread = broken !== undefined;
  if (broken !== undefined) unknown.push(`service principals: ${sayOf(broken.error)}`);
  if (graph === undefined)
    unknown.push("app roles: Microsoft Graph is not among the service principals that were seen");
  else {
    const grants = await all((cursor) => entra.grantPage(graph, cursor, signal), signal);
    for (const one of grants.read) note(one, privilegedAppRole(one.roleId));
    if (grants.error !== null) unknown.push(`app roles: ${sayOf(grants.error)}`);
    unread ||= passes(grants.error);
  }
  const roles = await all((cursor) => entra.directoryRolePage(cursor, signal), signal);
  for (const one of roles.read) note(one, directoryRole(one.roleId));
  if (roles.error !== null) unknown.push(`directory roles: ${sayOf(roles.error)}`);
  unread ||= passes(roles.error);
  return { held, unknown, unread };
}

/** The client ids of service principals, by object id. */
function* appIdsOf(holders: readonly Holder[]): Slices<ReadonlyMap<string, string>> {
  const appIds = new Map<string, string>();
  yield* each(holders, ({ type, objectId, appId }) => {
    if (type === "servicePrincipal") appIds.set(objectId, appId);
  });
  return appIds;
}

/**
 * A person's word begins nothing while it is not known whether one person's word is enough.
 * @throws NolapseError `refused-by-rule` where this scan could not say who is privileged, and a later one may.
 */
export function requirePrivilegesRead({ privileges }: Pick<Scan, "privileges">): void {
  if (!privileges.unread) return;
  throw new NolapseError(
    "refused-by-rule",
    `which applications are privileged could not be read this time: ${privileges.unknown.join("; ")} [privilege-unread]`,
    { next: "try again in a few minutes; nolapse doctor says whether a right is missing" },
  );
}

/** Whether the list can be read at another time; what is missing for want of a right stays missing, and is only said. */
function passes(error: NolapseError | null): boolean {
  return error !== null && error.code !== "directory-forbidden";
}

/** What a person can do about it is to grant; everything else passes, or does not. */
function sayOf({ code, message, next }: NolapseError): string {
  return next === null || code !== "directory-forbidden" ? message : `${message}; ${next}`;
}

async function all(
  page: (cursor: string | null) => Promise<GrantPage>,
  signal?: AbortSignal,
): Promise<{ readonly read: readonly Grant[]; readonly error: NolapseError | null }> {
  const read: Grant[] = [];
  let cursor: string | null = null;
  try {
    do {
      const { grants, next }: GrantPage = await page(cursor);
      read.push(...grants);
      cursor = next;
    } while (cursor !== null);
  } catch (thrown) {
    signal?.throwIfAborted();
    return { read, error: asNolapseError(thrown) };
  }
  return { read, error: null };
}
