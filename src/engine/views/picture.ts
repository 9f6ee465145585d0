/**
 * The whole tenant as its last scan left it, kept at hand by application: lists, filters and timelines are answered from here, and the
 * directory is not asked again. A rotation that moves on touches its own application alone.
 */
import { type Sharing, sharingIn } from "../../core/credentials/certificate-remarks.ts";
import type { Holder } from "../../core/credentials/credential.ts";
import type { Rotation, RotationState } from "../../core/rotation/rotation.ts";
import { each, groupedBy, type Slices } from "../../core/slices.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Watched } from "../../ports/lapses.ts";
import type { Deps } from "../deps.ts";
import { makePlan, type Plan } from "../plan/plan.ts";
import type { Scan } from "../scan/discover.ts";
import { inTurns } from "../turns.ts";
import { Listing } from "./listing.ts";
import { type Portrait, portraitOf } from "./portrait.ts";

/** The states of a rotation that is not finished. */
export const UNFINISHED: readonly RotationState[] = [
  "planned",
  "issued",
  "accepted",
  "delivered",
  "verified",
  "halted",
];

/** Answers to questions about the whole tenant; people do not ask more of them between two changes. */
const MOST_KEPT = 40;

export class Picture {
  readonly scan: Scan;
  readonly plan: Plan;
  readonly sharing: Sharing;
  readonly listing: Listing;
  /** Since when lapses are noted; null where no scan was recorded that looked for them. */
  readonly watchedSince: EpochMs | null;
  readonly #appIdOf = new Map<string, string>();
  readonly #kept = new Map<string, unknown>();
  #changes = 0;

  private constructor(scan: Scan, plan: Plan, sharing: Sharing, listing: Listing, watchedSince: EpochMs | null) {
    this.scan = scan;
    this.plan = plan;
    this.sharing = sharing;
    this.listing = listing;
    this.watchedSince = watchedSince;
  }

  /** Of a scan and its plan, in slices. */
  static *of(
    deps: Deps,
    scan: Scan,
    plan: Plan,
    open: readonly Rotation[],
    { since, lapses }: Watched,
  ): Slices<Picture> {
    const items = yield* groupedBy(plan.items, ({ appId }) => appId);
    const rotations = yield* groupedBy(open, ({ holder }) => holder.appId);
    const holders = yield* groupedBy(scan.holders, ({ appId }) => appId);
    // the last one of each: they are in their order
    const lapsed = new Map(lapses.map((lapse) => [lapse.appId, { lapse, seenAt: scan.scannedAt }]));
    const portraits: Portrait[] = [];
    yield* each(holders, ([appId, own]) => {
      const its = [items.get(appId) ?? [], rotations.get(appId) ?? [], lapsed.get(appId) ?? null] as const;
      portraits.push(portraitOf(deps, plan.madeAt, own, ...its));
    });
    const picture = new Picture(scan, plan, yield* sharingIn(scan.holders), yield* Listing.of(portraits), since);
    yield* each(portraits, (one) => picture.#name(one));
    return picture;
  }

  /** How often anything that lists show of an application has changed. */
  get changes(): number {
    return this.#changes;
  }

  /** By the object id of its registration or service principal, or by its client id. */
  find(id: string): Portrait | null {
    const wanted = id.toLowerCase();
    return this.listing.get(this.#appIdOf.get(wanted) ?? wanted);
  }

  get all(): readonly Portrait[] {
    return this.listing.all;
  }

  /** What is made of the whole tenant is made once, and kept under its name until something changes. */
  keep<T>(name: string, make: () => T): T {
    if (this.#kept.has(name)) return this.#kept.get(name) as T;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    const made = make();
    this.#kept.set(name, made);
    return made;
  }

  /** What was made of it is made anew. */
  forget(): void {
    this.#kept.clear();
  }

  /** Takes in how an application is now. */
  put(portrait: Portrait): void {
    this.#name(portrait);
    if (!this.listing.put(portrait)) return;
    this.#changes += 1;
    this.forget();
  }

  #name(portrait: Portrait): void {
    for (const { objectId } of portrait.holders) this.#appIdOf.set(objectId.toLowerCase(), portrait.appId);
  }
}

/** The picture of a scan; while it is made, others have their turn. */
export async function pictureOf(deps: Deps, scan: Scan): Promise<Picture> {
  const plan = await makePlan(deps, scan);
  const open = await deps.store.rotations({ tenantId: scan.tenantId, states: UNFINISHED });
  const watched = await deps.store.lapses(scan.tenantId);
  return inTurns(deps, Picture.of(deps, scan, plan, open, watched));
}

/**
 * Paints one application anew; with `fresh` from what the directory says of it now, without it only where what was seen before lacks a
 * credential that should be there: it may have been made since. Null where the scan did not see it.
 * @throws NolapseError as the directory does.
 */
export async function retouch(deps: Deps, picture: Picture, appId: string, fresh: boolean): Promise<Portrait | null> {
  const former = picture.find(appId);
  if (former === null) return null;
  const reads = fresh || (await lacksCurrent(deps, former));
  const holders: Holder[] = [];
  for (const one of former.holders) holders.push(reads ? (await deps.entra.read(one)).holder : one);
  return paint(deps, picture, holders);
}

/** Whether what was seen of an application lacks the current credential of a slot: it was made since, or the reading was an old one. */
async function lacksCurrent({ store, settings }: Deps, { appId, holders }: Portrait): Promise<boolean> {
  const seen = new Set(holders.flatMap(({ credentials }) => credentials.map(({ keyId }) => keyId)));
  const slots = await store.slots(settings.tenantId, appId);
  return slots.some(({ kind, keyId }) => kind !== "federated" && !seen.has(keyId));
}

/** Paints what was just made and no scan has seen yet. @throws NolapseError as the store does. */
export async function introduce(deps: Deps, picture: Picture, holders: readonly Holder[]): Promise<Portrait> {
  return paint(deps, picture, holders);
}

async function paint(deps: Deps, picture: Picture, holders: readonly Holder[]): Promise<Portrait> {
  const appId = holders[0]?.appId ?? "";
  const scan = { ...picture.scan, holders };
  const settings = { ...deps.settings, bindings: deps.settings.bindings.filter((one) => one.appId === appId) };
  const { appPolicies: read } = picture.plan;
  const appPolicies = read.state === "read" ? { read: async () => read.policies } : undefined;
  const { appPolicies: _, ...others } = deps;
  const narrowed = { ...others, settings, ...(appPolicies === undefined ? {} : { appPolicies }) };
  const plan = await makePlan(narrowed, scan, appId);
  const open = await deps.store.rotations({ tenantId: scan.tenantId, appId, states: UNFINISHED });
  const lapse = (await deps.store.lapses(scan.tenantId, appId)).lapses.at(-1);
  const noted = lapse === undefined ? null : { lapse, seenAt: scan.scannedAt };
  const painted = portraitOf(deps, plan.madeAt, holders, plan.items, open, noted);
  picture.put(painted);
  return painted;
}
