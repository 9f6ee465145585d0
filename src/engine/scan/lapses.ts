/**
 * Notes at a scan which applications could not sign in: their last credential ended while the tenant was watched, and nothing followed in
 * time. An end counts where an earlier scan saw that very credential, once, and only when everything written before it would be seen. What
 * cannot be known is not claimed: where a credential that Nolapse knows of worked meanwhile, one of unknown dates has gone, or not all of
 * the application could be read. Nor is what nobody here can mend: one that is switched off, or whose home is another tenant.
 *
 * A scan lists no federated credentials, so the few applications a lapse begins for are asked for them, and of those with an open lapse a
 * few at each scan, in turn. An open lapse ends by what would have kept it from beginning, too; where that was a switch, or the application was
 * deleted, another one begins when it is switched on again, or restored, and nothing signs it in.
 */

import { signsIn } from "../../core/credentials/certificate-remarks.ts";
import { isForeign } from "../../core/credentials/classify.ts";
import { endOf, type Holder } from "../../core/credentials/credential.ts";
import { gapsOf, type Lapse, type Works, worksAfter } from "../../core/pictures/gaps.ts";
import { REPLICATION_WINDOW } from "../../core/schedule/replication.ts";
import { SLICE } from "../../core/slices.ts";
import { type EpochMs, earliest, latest, plus } from "../../core/time.ts";
import type { LedgerEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { turnEvery } from "../turns.ts";
import type { Scan } from "./discover.ts";
import { dated } from "./worked.ts";

/** Applications that the store is asked about at once. */
const AT_ONCE = 250;
/** Open lapses whose federated credentials a scan asks for: each is a request. */
const MOST_ASKED = 20;

type Parts = Pick<Deps, "store" | "scheduler" | "trusts">;

/** Of one application: what the last scan saw of it, and what the ledger knows. */
interface Known {
  readonly seen: Awaited<ReturnType<Deps["store"]["inventory"]>>;
  readonly ledger: readonly (LedgerEntry & Works)[];
}

/** To be called before the scan is recorded: it is compared with the last one. */
export async function noticeLapses(deps: Parts, scan: Scan): Promise<void> {
  const { store } = deps;
  const { tenantId, scannedAt } = scan;
  const watched = await store.lapses(tenantId);
  const open = new Map(watched.lapses.flatMap((one) => (one.to === null ? [[one.appId, one]] : [])));
  const off = putAside(watched.lapses);
  const slots = await store.slots(tenantId, null);
  const moved = new Set(slots.flatMap(({ kind, appId }) => (kind === "federated" ? [appId] : [])));
  const inTurn = new Set(deps.trusts === undefined ? [] : await store.lapsesToAsk(tenantId, MOST_ASKED));
  const of = { open, off, asked: new Set([...inTurn, ...moved]) };
  const { concerned, unseen } = await concernedBy(deps, scan, watched.since, of);
  const found = await goneOf(deps, scan, unseen);
  // whoever cannot be asked has had its turn, too: it would be the next one for ever
  const asked = new Set(inTurn);
  for (let from = 0; from < concerned.length; from += AT_ONCE) {
    const part = concerned.slice(from, from + AT_ONCE);
    const known = await knownOf(
      deps,
      tenantId,
      part.map(([appId]) => appId),
    );
    for (const [appId, holders] of part) {
      const facts = known(appId, holders);
      const its = open.get(appId);
      const areOurs = isOurs(scan, holders);
      const over = its === undefined ? [] : overOf(its, holders, facts, scannedAt);
      found.push(...over);
      if (its !== undefined && over.length === 0) {
        const to = notWorkingUntil(its, facts);
        if (!areOurs) found.push({ ...its, to, over: "switched-off" });
        else if ((inTurn.has(appId) || moved.has(appId)) && (await isTrusting(deps, moved, holders)))
          found.push({ ...its, to, over: "federated" });
      }
      const ended = begunIn(appId, holders, facts, watched.since, scannedAt);
      const isBack = ended.length === 0 && off.has(appId) && !worksNow(holders, scannedAt);
      const begun = isBack ? [{ appId, from: scannedAt, to: null }] : ended;
      if (begun.length === 0 || !areOurs || !(await isWholeOf(deps, scan, appId, holders))) continue;
      // where that cannot be read it is a lapse until it can, and then over: what was never noted would never be told
      if ((await isTrusting(deps, moved, holders)) !== true) found.push(...begun);
      asked.add(appId);
    }
  }
  if (found.length > 0 || asked.size > 0 || watched.since === null)
    await store.noteLapses(tenantId, scannedAt, found, [...asked]);
}

/** The applications whose last lapse ended because they were switched off or gone: there again with nothing that works, they cannot sign in anew. */
function putAside(lapses: readonly Lapse[]): ReadonlySet<string> {
  const last = new Map(lapses.map((one) => [one.appId, one]));
  const aside = [...last.values()].filter(({ over }) => over === "switched-off" || over === "gone");
  return new Set(aside.map(({ appId }) => appId));
}

function worksNow(holders: readonly Holder[], now: EpochMs): boolean {
  return listed(holders).some((one) => one.signsIn && worksAfter(one, now, now) !== null);
}

/**
 * Ends the open lapses of applications that are gone: this scan was whole and did not see them, nor did an earlier one, which no person has to
 * look into. Nobody has seen since when; up to the last scan at most.
 */
async function goneOf({ store }: Parts, { tenantId, coverage }: Scan, unseen: readonly Lapse[]): Promise<Lapse[]> {
  const last = await store.lastScan(tenantId);
  if (!coverage.complete || last === null || unseen.length === 0) return [];
  const gone: Lapse[] = [];
  for (const one of unseen) {
    if ((await store.inventory(tenantId, [one.appId])).length > 0) continue;
    gone.push({ ...one, to: latest(one.from, last.scannedAt), over: "gone" });
  }
  return gone;
}

/** Whether tokens of somebody else sign it in, which do not end; null where that cannot be read. */
async function isTrusting(
  { trusts }: Parts,
  moved: ReadonlySet<string>,
  holders: readonly Holder[],
): Promise<boolean | null> {
  if (holders.some(({ appId }) => moved.has(appId))) return true;
  const application = holders.find(({ type }) => type === "application");
  if (trusts === undefined || application === undefined) return false;
  try {
    return await trusts(application);
  } catch {
    return null;
  }
}

/** Whether it could sign in here at all, and somebody here can give it a credential. */
function isOurs({ tenantId }: Scan, holders: readonly Holder[]): boolean {
  return holders.every((one) => one.enabled && !isForeign(one, tenantId));
}

/**
 * The applications of which a credential has ended since the last scan, or which could not sign in and may again; of all others nothing is
 * asked. And the open lapses of those that the scan did not see.
 */
async function concernedBy(
  deps: Parts,
  scan: Scan,
  since: EpochMs | null,
  {
    open,
    off,
    asked,
  }: {
    readonly open: ReadonlyMap<string, Lapse>;
    readonly off: ReadonlySet<string>;
    readonly asked: ReadonlySet<string>;
  },
) {
  const { tenantId, scannedAt, holders } = scan;
  const concerned = new Map<string, Holder[]>();
  if (since === null) return { concerned: [], unseen: [] };
  const unseen = new Map(open);
  const last = await deps.store.lastScan(tenantId);
  // what an incomplete one did not see was last seen before it
  const after = last?.complete === true ? latest(since, plus(last.scannedAt, -REPLICATION_WINDOW)) : since;
  const turn = turnEvery(deps, SLICE);
  for (const one of holders) {
    await turn();
    const { appId, credentials } = one;
    unseen.delete(appId);
    const hasEnded = credentials.some((each) => {
      const end = endOf(each);
      return end !== null && end > after && end <= settled(scannedAt);
    });
    const its = open.get(appId);
    const isOver =
      its !== undefined &&
      (asked.has(appId) ||
        !isOurs(scan, [one]) ||
        credentials.some((each) => worksAfter({ from: each.start, to: endOf(each) }, its.from, scannedAt) !== null));
    const isBack = off.has(appId) && isOurs(scan, [one]) && !worksNow([one], scannedAt);
    if (hasEnded || isOver || isBack) concerned.set(appId, []);
  }
  if (concerned.size > 0) for (const one of holders) concerned.get(one.appId)?.push(one);
  return { concerned: [...concerned], unseen: [...unseen.values()] };
}

/** Whatever was written up to here shows in a scan of this instant. */
function settled(scannedAt: EpochMs): EpochMs {
  return plus(scannedAt, -REPLICATION_WINDOW);
}

async function knownOf({ store }: Parts, tenantId: string, appIds: readonly string[]) {
  const seen = new Map((await store.inventory(tenantId, appIds)).map((one) => [one.objectId, one]));
  const ledger = await store.ledger(tenantId, appIds);
  const rotations = await store.rotations({ tenantId, appIds });
  return (appId: string, holders: readonly Holder[]): Known => {
    const own = rotations.filter(({ holder }) => holder.appId === appId);
    const entries = ledger.filter(({ holder }) => holder.appId === appId);
    return {
      seen: holders.flatMap(({ objectId }) => seen.get(objectId) ?? []),
      ledger: entries.map((one) => ({ ...one, ...dated(one, own) })),
    };
  };
}

function listed(holders: readonly Holder[]) {
  return holders.flatMap((holder) =>
    holder.credentials.map((one) => ({
      keyId: one.keyId,
      from: one.start,
      to: endOf(one),
      signsIn: signsIn(holder, one),
    })),
  );
}

function begunIn(
  appId: string,
  holders: readonly Holder[],
  { seen, ledger }: Known,
  since: EpochMs | null,
  now: EpochMs,
): Lapse[] {
  const there = listed(holders);
  const keyIds = new Set(there.map(({ keyId }) => keyId));
  const others = ledger.filter(({ keyId }) => !keyIds.has(keyId));
  const named = new Set(others.map(({ keyId }) => keyId));
  // somebody removed it, and nobody knows until when it worked
  const isGone = seen.some((one) => one.keyIds.some((keyId) => !keyIds.has(keyId) && !named.has(keyId)));
  const clients = there.filter((one) => one.signsIn);
  return gapsOf([...clients, ...others], now).flatMap(({ from, to }) => {
    const ended = clients.filter((one) => one.to === from);
    const wasSeen = seen.some(
      (one) => from > settled(one.seenAt) && ended.some(({ keyId }) => one.keyIds.includes(keyId)),
    );
    if (since === null || from <= since || from > settled(now) || !wasSeen) return [];
    if (!isGone) return [{ appId, from, to }];
    return to === null ? [{ appId, from: now, to }] : [];
  });
}

/** Ends a lapse where something works again. What was not there when it was last seen works since then at the earliest. */
function overOf(open: Lapse, holders: readonly Holder[], facts: Known, now: EpochMs): Lapse[] {
  const before = new Set(facts.seen.flatMap(({ keyIds }) => keyIds));
  const seenAt = notWorkingUntil(open, facts);
  const starts = listed(holders).flatMap((one) => {
    const at = one.signsIn ? worksAfter(one, before.has(one.keyId) ? open.from : seenAt, now) : null;
    return at === null ? [] : [at];
  });
  return starts.length === 0 ? [] : [{ ...open, to: earliest(...starts) }];
}

/** Until when it certainly lasted. */
function notWorkingUntil(open: Lapse, { seen }: Known): EpochMs {
  return latest(open.from, ...seen.map((one) => one.seenAt));
}

/** Whether all of it was read. */
async function isWholeOf({ store }: Parts, { tenantId, coverage }: Scan, appId: string, holders: readonly Holder[]) {
  if (coverage.complete) return true;
  const known = await store.inventory(tenantId, [appId]);
  return known.every((one) => holders.some(({ objectId }) => objectId === one.objectId));
}
