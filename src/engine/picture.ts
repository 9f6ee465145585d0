/**
 * The whole tenant as its last scan left it, kept at hand by application: lists, filters and timelines are answered from here, and the
 * directory is not asked again. A rotation that moves on touches its own application alone.
 */
import { isClientCertificate, type Sharing, sharingOf } from "../core/credentials/certificate-remarks.ts";
import { classify, isEncryption, isSamlSigning } from "../core/credentials/classify.ts";
import { type Credential, endOf, type Holder } from "../core/credentials/credential.ts";
import { isCovered, type Outlook, outlookOf, type PlannedSlot, type Standing } from "../core/pictures/outlook.ts";
import type { Ending, TimelineFacts } from "../core/pictures/timeline.ts";
import { policyFor } from "../core/policy/policy-choice.ts";
import type { Rotation, RotationState } from "../core/rotation/rotation.ts";
import type { EpochMs } from "../core/time.ts";
import type { Deps } from "./deps.ts";
import type { Scan } from "./discover.ts";
import { makePlan, type Plan, type PlanItem } from "./plan.ts";

/** One application: its registration, its service principal, or both; they sign the same client id in. */
export interface Portrait {
  /** Of the registration, else of the service principal. */
  readonly objectId: string;
  readonly appId: string;
  readonly displayName: string;
  /** In lower case, for searches. */
  readonly searchName: string;
  readonly type: Holder["type"];
  readonly holders: readonly Holder[];
  readonly items: readonly PlanItem[];
  readonly open: readonly Rotation[];
  readonly outlook: Outlook;
  readonly policy: string;
  readonly bound: boolean;
  readonly secrets: number;
  readonly certificates: number;
  /** The earliest last safe moment among its bound credentials. */
  readonly lastSafeAt: EpochMs | null;
}

/** The states of a rotation that is not finished. */
export const UNFINISHED: readonly RotationState[] = [
  "planned",
  "issued",
  "accepted",
  "delivered",
  "verified",
  "halted",
];

/** Lists under filters, each as long as the tenant; people do not look at more of them between two changes. */
const MOST_KEPT = 40;

export class Picture {
  readonly scan: Scan;
  readonly plan: Plan;
  readonly sharing: Sharing;
  readonly #byAppId: Map<string, Portrait>;
  readonly #appIdOf = new Map<string, string>();
  readonly #kept = new Map<string, unknown>();

  constructor(scan: Scan, plan: Plan, portraits: readonly Portrait[]) {
    this.scan = scan;
    this.plan = plan;
    this.sharing = sharingOf(scan.holders);
    this.#byAppId = new Map(portraits.map((one) => [one.appId, one]));
    for (const one of portraits) this.#name(one);
  }

  /** By the object id of its registration or service principal, or by its client id. */
  find(id: string): Portrait | null {
    const wanted = id.toLowerCase();
    return this.#byAppId.get(this.#appIdOf.get(wanted) ?? wanted) ?? null;
  }

  get all(): readonly Portrait[] {
    return this.order("any", () => 0);
  }

  /** All in an order, which is made once and kept until something changes. `name` stands for the comparison. */
  order(name: string, compare: (a: Portrait, b: Portrait) => number): readonly Portrait[] {
    return this.keep(`order ${name}`, () => [...this.#byAppId.values()].sort(compare));
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

  put(portrait: Portrait): void {
    this.#byAppId.set(portrait.appId, portrait);
    this.#name(portrait);
    this.forget();
  }

  #name(portrait: Portrait): void {
    for (const { objectId } of portrait.holders) this.#appIdOf.set(objectId.toLowerCase(), portrait.appId);
  }
}

/** The picture of a scan. */
export async function pictureOf(deps: Deps, scan: Scan): Promise<Picture> {
  const plan = await makePlan(deps, scan);
  const open = await deps.store.rotations({ tenantId: scan.tenantId, states: UNFINISHED });
  const [items, rotations, holders] = [
    grouped(plan.items, ({ appId }) => appId),
    grouped(open, ({ holder }) => holder.appId),
    grouped(scan.holders, ({ appId }) => appId),
  ];
  const portraits = [...holders].map(([appId, own]) =>
    portraitOf(deps, plan.madeAt, own, items.get(appId) ?? [], rotations.get(appId) ?? []),
  );
  return new Picture(scan, plan, portraits);
}

/**
 * Paints one application anew; with `fresh` from what the directory says of it now. Null where the scan did not see it.
 * @throws NolapseError as the directory does.
 */
export async function retouch(deps: Deps, picture: Picture, appId: string, fresh: boolean): Promise<Portrait | null> {
  const former = picture.find(appId);
  if (former === null) return null;
  const holders: Holder[] = [];
  for (const one of former.holders) holders.push(fresh ? (await deps.entra.read(one)).holder : one);
  return paint(deps, picture, holders);
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
  const plan = await makePlan({ ...others, settings, ...(appPolicies === undefined ? {} : { appPolicies }) }, scan);
  const open = await deps.store.rotations({ tenantId: scan.tenantId, appId, states: UNFINISHED });
  const painted = portraitOf(deps, plan.madeAt, holders, plan.items, open);
  picture.put(painted);
  return painted;
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

function portraitOf(
  deps: Deps,
  now: EpochMs,
  holders: readonly Holder[],
  items: readonly PlanItem[],
  open: readonly Rotation[],
): Portrait {
  const [first] = holders;
  if (first === undefined) throw new TypeError("a portrait of nothing");
  const main = holders.find(({ type }) => type === "application") ?? first;
  const credentials = holders.flatMap((holder) => holder.credentials.map((one) => ({ holder, one })));
  const slots = items.filter(({ slot }) => slot !== null);
  const standings = credentials.map(({ holder, one }) => standingOf(deps, holder, one));
  const outlook = outlookOf({
    mode: deps.settings.mode,
    now,
    credentials: standings,
    slots: slots.map(plannedSlot),
    rotations: open,
  });
  const safe = slots.flatMap(({ forecast }) => (forecast === null ? [] : [forecast.lastSafeAt]));
  return {
    objectId: main.objectId,
    appId: main.appId,
    displayName: main.displayName,
    searchName: main.displayName.toLowerCase(),
    type: main.type,
    holders,
    items,
    open,
    outlook,
    policy: policyFor(deps.settings, main).name,
    bound: slots.length > 0,
    secrets: credentials.filter(({ one }) => one.kind === "secret").length,
    certificates: credentials.filter(({ one }) => one.kind === "certificate").length,
    lastSafeAt: safe.length === 0 ? null : (Math.min(...safe) as EpochMs),
  };
}

/** Whether a credential signs a client in, as far as the directory says what it is for. */
export function signsIn(holder: Holder, credential: Credential): boolean {
  if (isSamlSigning(holder, credential) || isEncryption(holder, credential)) return false;
  return credential.kind === "secret" || isClientCertificate(holder, credential);
}

function standingOf({ settings }: Deps, holder: Holder, one: Credential): Standing {
  return {
    keyId: one.keyId,
    start: one.start,
    end: endOf(one),
    signsIn: signsIn(holder, one),
    never: classify(holder, one, settings.tenantId).reason,
  };
}

function plannedSlot({ status, because, credential, forecast, startsAt }: PlanItem): PlannedSlot {
  return { status, because, keyId: credential?.keyId ?? null, forecast, startsAt };
}

/** What the timeline of the tenant is made of. `done` are rotations that have a verified successor, finished or not. */
export function timelineFacts(picture: Picture, done: readonly Rotation[]): TimelineFacts {
  const endings: Ending[] = [];
  const planned: EpochMs[] = [];
  for (const { holders, outlook } of picture.all) {
    const ends = holders.flatMap((holder) =>
      holder.credentials.flatMap((one) => {
        const at = endOf(one);
        return at !== null && signsIn(holder, one) ? [{ at, start: one.start ?? 0 }] : [];
      }),
    );
    for (const one of ends) {
      const last = !ends.some((other) => other !== one && other.at > one.at && other.start <= one.at);
      endings.push({ at: one.at, last, covered: isCovered(outlook) });
    }
    if (outlook.next.code === "renews" && outlook.next.at !== null) planned.push(outlook.next.at);
  }
  return { endings, planned, renewed: done.flatMap(({ verifiedAt }) => (verifiedAt === null ? [] : [verifiedAt])) };
}
