/**
 * Many applications rotated on one person's word: what would come of it, from the last scan and without asking the directory, and the word
 * itself. Each application is asked for as it is alone (`askItems`), so that no rule has a second way around it.
 */
import { asNolapseError, type NolapseError } from "../../core/errors.ts";
import type { ApprovedPart } from "../../core/policy/approval.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { type Asking, asksPerson } from "../../core/rotation/own-credential.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { lossOf } from "../facts.ts";
import type { PlanItem } from "../plan/plan.ts";
import { schedule } from "../plan/schedule.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { requirePrivilegesRead } from "../scan/privileges.ts";
import { type Picture, retouch } from "../views/picture.ts";
import type { Portrait } from "../views/portrait.ts";
import { type Asked, askItems, isFault, type Outcome, outcomeOf, refusalOf } from "./rotate.ts";

/** Applications that are read side by side; the budget's gate still counts each request. */
const READS_AT_ONCE = 8;

/** The bound slots of an application as the directory has it now, which is what anything that is begun rests on. @throws NolapseError. */
export async function slotsNow(deps: Deps, picture: Picture, appId: string): Promise<readonly PlanItem[]> {
  return slotsOf(await retouch(deps, picture, appId, true));
}

function slotsOf(portrait: Portrait | null): readonly PlanItem[] {
  return (portrait?.items ?? []).filter(({ slot }) => slot !== null);
}

/** What would come of asking for one slot, or for an application that has none. */
export interface Foreseen {
  readonly portrait: Portrait;
  readonly slot: string | null;
  readonly outcome: Outcome;
  /** Why it cannot be, or what an open one was opened for. */
  readonly because: ReasonCode;
  readonly detail: string | null;
  /** When its successor can be issued inside the limits; for one that opens. */
  readonly startsAt: EpochMs | null;
  readonly twoPersons: boolean;
  /** The parts that a person must still let begin once it was asked for. */
  readonly waitsFor: readonly ApprovedPart[];
}

export interface ManyForeseen {
  readonly slots: readonly Foreseen[];
  /** Why nothing at all would be begun now. */
  readonly refused: NolapseError | null;
  /** What holds writing back: rotations are opened, and wait for it as any other. */
  readonly held: readonly ReasonCode[];
  readonly writes: { readonly issues: number; readonly deliveries: number; readonly removals: number };
  /** When the last successor is issued, and the last old credential gone, those that are due already included. */
  readonly issuedBy: EpochMs | null;
  readonly retiredBy: EpochMs | null;
}

/** What {@link askMany} would come to. Nothing is changed, and the directory is not asked. */
export async function foreseeMany(
  deps: Deps,
  picture: Picture,
  portraits: readonly Portrait[],
  now: boolean,
): Promise<ManyForeseen> {
  const chosen = portraits.flatMap((portrait) => slotsOf(portrait).map((item) => ({ portrait, item })));
  const opening = chosen.filter(({ item }) => outcomeOf(item, now) === "opens" && item.forecast !== null);
  const own = new Set(opening.map(({ item }) => item));
  const before = picture.listing.having("debt").flatMap(slotsOf);
  // what is due already shares the limits with it
  const due = [...before.filter((item) => item.status === "due" && !own.has(item)), ...own];
  const at = await deps.clock.now();
  const { items } = await schedule(
    deps,
    due.map((item) => ({ ...item, status: "due" as const })),
    at,
  );
  const timed = new Map(due.map((item, index) => [item, items[index]]));
  const times = [...own].map((item) => timed.get(item));
  const bare = portraits.filter((portrait) => slotsOf(portrait).length === 0).map((portrait) => bareOf(portrait));
  return {
    slots: [...chosen.map(({ portrait, item }) => foreseen(deps, portrait, item, now, timed.get(item))), ...bare],
    refused: await refusal(deps, picture),
    held: await holding(deps),
    writes: {
      issues: own.size,
      deliveries: [...own].reduce((so, { targets }) => so + targets.length, 0),
      removals: times.filter((one) => one?.retiresAt != null).length,
    },
    issuedBy: latestOf(times.map((one) => one?.startsAt ?? null)),
    retiredBy: latestOf(times.map((one) => one?.retiresAt ?? null)),
  };
}

function foreseen(deps: Deps, portrait: Portrait, item: PlanItem, now: boolean, timed: PlanItem | undefined): Foreseen {
  const { settings, own } = deps;
  const { slot, privileges } = item;
  const outcome = outcomeOf(item, now);
  const { because, detail } = outcome === "refused" ? refusalOf(deps, item) : item;
  const startsAt = outcome === "opens" ? (timed?.startsAt ?? null) : null;
  const asking = { mode: settings.mode, own: own?.appId ?? null };
  const waitsFor = outcome === "refused" ? [] : partsLeft(item, asking);
  return { portrait, slot, outcome, because, detail, startsAt, twoPersons: privileges.length > 0, waitsFor };
}

/** Who asks for it has let it begin, unless two persons must. */
function partsLeft({ policy, appId, privileges }: PlanItem, asking: Asking): readonly ApprovedPart[] {
  if (policy === null) return [];
  const parts = privileges.length > 0 ? (["issue", "retire"] as const) : (["retire"] as const);
  return parts.filter((part) => asksPerson({ policy, holder: { appId } }, part, asking));
}

function bareOf(portrait: Portrait): Foreseen {
  const none = { slot: null, detail: null, startsAt: null, twoPersons: false, waitsFor: [] };
  return { portrait, ...none, outcome: "refused", because: "not-bound" };
}

async function refusal(deps: Deps, { scan }: Picture): Promise<NolapseError | null> {
  try {
    await requireWriting(deps);
    requirePrivilegesRead(scan);
    return null;
  } catch (thrown) {
    return asNolapseError(thrown);
  }
}

async function holding({ store, settings: { tenantId } }: Deps): Promise<readonly ReasonCode[]> {
  const [{ breaker }, scan] = [await store.switches(tenantId), await store.lastScan(tenantId)];
  return [
    ...(breaker === null ? [] : (["breaker-open"] as const)),
    ...(lossOf(scan) === null ? [] : (["scan-lossy"] as const)),
  ];
}

function latestOf(instants: readonly (EpochMs | null)[]): EpochMs | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : (Math.max(...known) as EpochMs);
}

/** What one application of many has come to. */
export type OneAsked =
  | { readonly portrait: Portrait; readonly asked: Asked }
  | { readonly portrait: Portrait; readonly failed: NolapseError };

/**
 * Asks for each application as for one alone, on the directory as it is now. What one is refused keeps no other from being asked,
 * and what a fault comes after is in the answer: {@link faultOf} gives it, once what was opened is told.
 * @throws NolapseError as `ask` does where nothing at all may be begun.
 */
export async function askMany(
  deps: Deps,
  picture: Picture,
  portraits: readonly Portrait[],
  how: { readonly now: boolean; readonly actor: string },
): Promise<readonly OneAsked[]> {
  await requireWriting(deps);
  requirePrivilegesRead(picture.scan);
  const one = async (portrait: Portrait): Promise<OneAsked> => {
    try {
      const items = await slotsNow(deps, picture, portrait.appId);
      return { portrait, asked: await askItems(deps, items, how) };
    } catch (thrown) {
      return { portrait, failed: asNolapseError(thrown) };
    }
  };
  return deps.scheduler.all(
    portraits.map((portrait) => () => one(portrait)),
    READS_AT_ONCE,
  );
}

/** A fault of the store or of Nolapse that came over it, which is no answer for one application; null where none did. */
export function faultOf(all: readonly OneAsked[]): NolapseError | null {
  const errors = all.flatMap((one) => ("failed" in one ? [one.failed] : one.asked.failed.map(({ error }) => error)));
  return errors.find(isFault) ?? null;
}

/** Every rotation that was opened or found open. */
export function rotationsOf(all: readonly OneAsked[]): readonly Rotation[] {
  return all.flatMap((one) => ("asked" in one ? one.asked.rotations : []));
}
