/** Who signs in with the old credential and who with the new one: read before an old one may go by evidence. */
import { asNolapseError, type NolapseError } from "../../../core/errors.ts";
import { retirement } from "../../../core/rotation/retirement.ts";
import type { Failure, Rotation } from "../../../core/rotation/rotation.ts";
import type { Unread, Use, UseEvidence } from "../../../core/rotation/use-evidence.ts";
import { DAY, type DurationMs, type EpochMs, latest, plus } from "../../../core/time.ts";
import type { LastUse, SignInRow } from "../../../ports/logs.ts";
import type { Deps } from "../../deps.ts";
import { asked } from "../../facts.ts";
import type { Claimed } from "../claimed.ts";
import { LOG_KEPT, LOG_LATE } from "./sign-ins.ts";

/** The report is of the whole tenant: one that is not older serves every rotation. Right before a removal it is read anew. */
export const REPORT_LASTS: DurationMs = DAY / 4;

const NOTHING = { upTo: null, since: null, newUse: null, oldUse: null } as const;

/** One look at sign-in log and usage report, stored whatever it shows. */
export async function readUses(claimed: Claimed): Promise<void> {
  await note(claimed, await look(claimed, plus(await claimed.now(), -REPORT_LASTS)));
}

/**
 * The evidence right before the old credential is removed; undefined where another rule lets it go, `later` when what is
 * seen now speaks against it: then it is stored, and the decision names it.
 */
export async function usesNow(claimed: Claimed): Promise<UseEvidence | "later" | undefined> {
  const { deps, rotation } = claimed;
  const targets = claimed.targetSettings().filter((one) => one !== null);
  const { early, evidence } = retirement(rotation, targets, asked(deps, rotation));
  if (!early || evidence === undefined) return undefined;
  const seen = await look(claimed, await claimed.now());
  const then = retirement({ ...rotation, uses: seen.uses }, targets, asked(deps, rotation));
  if (then.early && then.at !== null && then.at <= seen.uses.readAt) {
    // a person's word that was due no later lets it go whatever this look shows, and asks for none
    return then.evidence === undefined ? undefined : seen.uses;
  }
  await note(claimed, seen);
  return "later";
}

interface Look {
  readonly uses: UseEvidence;
  readonly failure: Failure | null;
}

async function note(claimed: Claimed, { uses, failure }: Look): Promise<void> {
  claimed.later([{ type: "uses-read", at: await claimed.now(), uses, failure }]);
}

async function look(claimed: Claimed, freshFrom: EpochMs): Promise<Look> {
  const { rotation, deps, signal } = claimed;
  const { uses, error } = await usesOf(deps, rotation, await claimed.now(), freshFrom, signal);
  return { uses, failure: error === null ? null : (await claimed.failure(error)).failure };
}

/**
 * What sign-in log and usage report say of both credentials of a rotation, as a person or a step asks at `readAt`; a report that was made
 * since `freshFrom` serves. Where they could not be read the evidence says so, and `error` why.
 */
export async function usesOf(
  { logs }: Pick<Deps, "logs">,
  rotation: Rotation,
  readAt: EpochMs,
  freshFrom: EpochMs = plus(readAt, -REPORT_LASTS),
  signal?: AbortSignal,
): Promise<{ readonly uses: UseEvidence; readonly error: NolapseError | null }> {
  const last = rotation.uses ?? null;
  const from = begin(rotation, last, readAt);
  try {
    const report = await logs.lastUses(freshFrom, signal);
    const rows = await logs.signIns(rotation.holder.appId, from, signal);
    const since = last?.since == null || from > (last.upTo ?? from) ? from : last.since;
    return { uses: { readAt, unread: null, upTo: readAt, since, ...seen(rotation, last, rows, report) }, error: null };
  } catch (thrown) {
    signal?.throwIfAborted();
    const error = asNolapseError(thrown);
    return { uses: { ...(last ?? NOTHING), readAt, unread: unreadBy(error) }, error };
  }
}

const UNREAD_BY: Partial<Record<NolapseError["code"], Unread>> = {
  "directory-unlicensed": "unlicensed",
  "directory-unoffered": "unoffered",
  "directory-forbidden": "closed",
};

/** Why nothing is known where log or report could not be read. */
export function unreadBy({ code }: NolapseError): Unread {
  return UNREAD_BY[code] ?? "failed";
}

/** From where the log has to be read: behind the last reading, as far as it goes back. */
function begin({ issued }: Rotation, last: UseEvidence | null, now: EpochMs): EpochMs {
  const kept = plus(now, -LOG_KEPT);
  if (last?.upTo == null) return latest(issued?.at ?? now, kept);
  return latest(plus(last.upTo, -LOG_LATE), kept);
}

function seen(
  rotation: Rotation,
  last: UseEvidence | null,
  rows: readonly SignInRow[],
  report: readonly LastUse[],
): Pick<UseEvidence, "newUse" | "oldUse"> {
  const { issued, replaces, verifiedAt, holder, ownRequests } = rotation;
  const isOurs = (requestId: string | null) => requestId !== null && ownRequests.includes(requestId);
  const good = rows.filter((one) => one.succeeded && !isOurs(one.requestId));
  const reported = (keyId: string | undefined, from: EpochMs) =>
    report.filter(
      (one) => one.appId === holder.appId && one.keyId === keyId && one.at >= from && !isOurs(one.requestId),
    );
  const isNew = (one: SignInRow) => one.keyId === issued?.keyId || one.federatedId === issued?.keyId;
  const uses = issued === null ? [] : [...good.filter(isNew), ...reported(issued.keyId, issued.at)];
  // until the new one was verified, nobody could have had it
  const from = verifiedAt ?? rotation.updatedAt;
  const old: readonly Use[] = [
    ...reported(replaces, from).map(({ at }) => ({ ...UNKNOWN, at })),
    ...good
      .filter((one) => one.at >= from && (one.keyId === replaces || one.unnamed))
      .map((one) => useOf(one, replaces)),
  ];
  return {
    newUse: newest(
      last?.newUse ?? null,
      uses.map(({ at }) => at),
    ),
    oldUse: old.reduce(later, last?.oldUse ?? null),
  };
}

/** The later of two; of one instant the one that says who it was, which only the log does. */
function later(found: Use | null, one: Use): Use {
  if (found === null || one.at > found.at) return one;
  return one.at === found.at && found.flow === null ? one : found;
}

const UNKNOWN = { client: null, address: null, resource: null, flow: null, named: true } as const;

function useOf({ at, client, address, resource, flow, keyId }: SignInRow, replaces: string): Use {
  return { at, client, address, resource, flow, named: keyId === replaces };
}

function newest(known: EpochMs | null, seen: readonly EpochMs[]): EpochMs | null {
  return seen.reduce((found: EpochMs | null, at) => (found === null || at > found ? at : found), known);
}
