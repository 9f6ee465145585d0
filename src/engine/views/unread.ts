/** Applications that earlier scans saw and the last one did not get to see, because a list could not be read to its end: they are there, or nobody knows. */
import type { HolderType } from "../../core/credentials/credential.ts";
import type { NolapseErrorCode } from "../../core/errors.ts";
import { Order } from "../../core/pictures/order.ts";
import { each } from "../../core/slices.ts";
import type { KnownObject } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { type Scan, stoppedLists } from "../scan/discover.ts";
import { inTurns } from "../turns.ts";

export interface Unread extends KnownObject {
  /** Why its list could not be read on. */
  readonly code: NolapseErrorCode;
}

/** Rows of the store that are looked at before others have their turn. */
const AT_ONCE = 500;

/** By name. None of a scan that saw everything. @throws NolapseError as the store does. */
export async function unreadOf(
  deps: Pick<Deps, "store" | "scheduler">,
  scan: Pick<Scan, "tenantId" | "holders" | "failures">,
): Promise<readonly Unread[]> {
  const why = stoppedLists(scan);
  if (why.size === 0) return [];
  const seen = new Set<string>();
  // of an application one page is enough to show it
  const shown = new Set<string>();
  await inTurns(
    deps,
    each(scan.holders, ({ objectId, appId }) => {
      seen.add(objectId);
      shown.add(appId);
    }),
  );
  const unread: Unread[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page: readonly KnownObject[] = await deps.store.known(scan.tenantId, after, AT_ONCE);
    for (const one of page) {
      const code = why.get(one.type);
      if (code !== undefined && !seen.has(one.objectId)) unread.push({ ...one, code });
    }
    after = page.length < AT_ONCE ? null : (page.at(-1)?.objectId ?? null);
    await deps.scheduler.turn?.();
  }
  for (const { type, appId } of unread) if (type === "application") shown.add(appId);
  const left = unread.filter(({ type, appId }) => type === "application" || !shown.has(appId));
  const names = left.map(({ displayName }) => displayName.toLowerCase());
  const compare = (a: number, b: number) => {
    const [one, other] = [names[a] as string, names[b] as string];
    // as the store has them where names are the same
    return one < other ? -1 : one > other ? 1 : a - b;
  };
  const order = await inTurns(deps, Order.of(left.keys(), compare));
  return left.map((_, place) => left[order.at(place)] as Unread);
}

export interface UnreadWanted {
  readonly q?: string | undefined;
  readonly type?: HolderType | undefined;
}

/** Those that a search asks for: by part of the name, or the beginning of a client id or object id. */
export function unreadIn(unread: readonly Unread[], { q = "", type }: UnreadWanted): readonly Unread[] {
  const text = q.trim().toLowerCase();
  return unread.filter(
    (one) =>
      (type === undefined || one.type === type) &&
      (one.displayName.toLowerCase().includes(text) || one.appId.startsWith(text) || one.objectId.startsWith(text)),
  );
}
