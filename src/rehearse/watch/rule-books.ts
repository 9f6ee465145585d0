/**
 * What a rehearsal knows of the rules that hold unattended work back (design §4.4, §4.7): ramp, hourly limit, the first wave,
 * freezes, evidence. Kept from what reaches the directory and from consumers' sign-ins, never from what the manager says.
 */
import type { HolderRef } from "../../core/credentials/credential.ts";
import type { Freeze } from "../../core/policy/policy.ts";
import type { TenantSettings } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE, plus } from "../../core/time.ts";
import { wallClock } from "../../core/time-zones.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { Committed } from "./committed.ts";
import type { ReplacedList } from "./list-books.ts";
import { isRefused } from "./writes.ts";

// The numbers of the design stand here once more: taken from the engine they would be wrong wherever it is wrong.
const CLEAN_AFTER: DurationMs = 28 * HOUR;
const RAMP = [
  { below: 1, perDay: 1 },
  { below: 6, perDay: 5 },
  { below: 30, perDay: 25 },
] as const;
const REMEMBERED: DurationMs = 60 * DAY;
/** Processes' clocks differ, and an answer may take minutes. */
const INEXACT: DurationMs = 15 * MINUTE;

interface Rules {
  /** As committed. */
  readonly rotations: Committed;
  readonly limits: TenantSettings["limits"];
  readonly timeZone: string;
  /** What persons of the world have said of it: its value has leaked, or it shall go now. */
  readonly said?: {
    isLeaked(rotation: Rotation): boolean;
    isAsked(rotation: Rotation): boolean;
  };
}

/** Who did it: the configuration that the process was started with, and whether its clock shows a time that is not come. */
interface By {
  readonly settings?: TenantSettings;
  readonly isAhead?: boolean;
}

/** What was done although a rule forbids it, and to which application. */
export interface Forbidden {
  readonly what: string;
  readonly about: string | null;
}

/** A creation: when it was meant to be, for which there must be room where it was not urgent, and when it was. */
interface Issue {
  readonly meant: EpochMs;
  readonly isUrgent: boolean;
  readonly at: EpochMs;
}

export class RuleBooks {
  readonly #rules: Rules;
  #issues: Issue[] = [];
  /** Early retirements by key id; one whose answer was lost is asked for again, and is one. */
  readonly #early = new Map<string, EpochMs>();
  /** The last sign-in with each key id of an application, by its client id. */
  readonly #uses = new Map<string, Map<string, EpochMs>>();

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** A consumer's sign-in was granted. */
  signedIn(appId: string, keyId: string, now: EpochMs): void {
    const own = this.#uses.get(appId) ?? new Map<string, EpochMs>();
    this.#uses.set(appId, own.set(keyId, now));
  }

  /** The store is what it was then: what it has forgotten it cannot count. */
  forget(since: EpochMs): void {
    this.#issues = this.#issues.filter(({ at }) => at <= since);
    for (const [keyId, at] of this.#early) if (at > since) this.#early.delete(keyId);
  }

  /** Right after an effect, before the manager has stored what it came to. */
  after({ port, method, args }: Call, outcome: Outcome, now: EpochMs, by: By = {}): readonly Forbidden[] {
    if ((port !== "entra" && port !== "certificates") || isRefused(outcome)) return [];
    const [holder, about] = args as [HolderRef, unknown];
    const creates =
      method === "addSecret" ||
      method === "addKey" ||
      (method === "replaceCertificates" && (about as ReplacedList).added.length > 0);
    const created = creates && !this.#isUndo(holder, about) ? this.#creation(holder, now, by) : [];
    // a clock that is ahead has left the freeze and the hour behind: what is made then is too early, and harms nobody
    const said = by.isAhead === true ? [] : created;
    if (method === "removeSecret" || method === "removeKey") said.push(...this.#removal(String(about), now, by));
    return said.map((what) => ({ what, about: holder.appId }));
  }

  /** What a person has asked back is none that a policy or a limit has to do with. */
  #isUndo({ objectId }: HolderRef, about: unknown): boolean {
    const { keyId, added = [] } = about as { readonly keyId?: string } & Partial<ReplacedList>;
    const back = this.#rules.rotations.naming(objectId).flatMap(({ undo }) => undo?.keyId ?? []);
    return [keyId, ...added.map((one) => one.keyId)].some((one) => one !== undefined && back.includes(one));
  }

  #creation(holder: HolderRef, now: EpochMs, by: By): string[] {
    const own = this.#rules.rotations.naming(holder.objectId);
    const rotation = own.find((one) => one.holder.objectId === holder.objectId && one.state === "planned");
    if (rotation === undefined) return [];
    const { limits } = this.#rules;
    const meant = rotation.attempts.findLast(({ outcome }) => outcome === "open")?.startedAt ?? now;
    // an urgent one needs no room, and may come in between while an answer is awaited: it takes none from what was meant before it
    const wasBefore = (one: Issue) => one.meant < meant || (one.meant === meant && !one.isUrgent);
    const within = (span: DurationMs) =>
      this.#issues.filter((one) => one.at > now - span + INEXACT && wasBefore(one)).length;
    const urgent = this.#isLeaked(rotation) || isUrgent(rotation, now);
    const said = this.#frozen(rotation, now, by).map((why) => `a credential was created ${why}`);
    if (limits !== null && !urgent) {
      const clean = this.#clean(now, RAMP[RAMP.length - 1]?.below ?? 0);
      const step = RAMP.find(({ below }) => clean < below);
      if (within(HOUR) >= limits.issuesPerHour) said.push("more credentials were created than the hourly limit allows");
      if (step !== undefined && within(DAY) >= step.perDay)
        said.push(`more than ${step.perDay} credentials were created in a day of the ramp`);
    }
    this.#issues = [...this.#issues.filter(({ at }) => at > now - DAY), { meant, isUrgent: urgent, at: now }];
    return said;
  }

  #removal(keyId: string, now: EpochMs, by: By): string[] {
    const about = this.#rules.rotations.naming(keyId);
    const rotation = about.find((one) => one.replaces === keyId && one.state === "verified");
    if (rotation === undefined) return [];
    const said = this.#frozen(rotation, now, by).map((why) => `key id ${keyId} was removed ${why}`);
    // what has leaked goes at once, and is one more of the wave for all others
    const isLeaked = this.#isLeaked(rotation);
    if (rotation.replacesEnd === null || rotation.replacesEnd <= now) return said;
    if (this.#rules.limits !== null && !isLeaked && this.#isFirstWave(keyId, now))
      said.push("a second one was retired early in the first wave");
    if (!this.#early.has(keyId)) this.#early.set(keyId, now);
    // who was told of the evidence has said that it goes all the same
    const isTold = isLeaked || this.#rules.said?.isAsked(rotation) === true;
    return isTold ? said : [...said, ...this.#unproven(rotation, keyId, now)];
  }

  /** Whether others were retired early, all of them lately; what somebody else removed meanwhile is of the wave, too. */
  #isFirstWave(keyId: string, now: EpochMs): boolean {
    const { rotations } = this.#rules;
    const past = now - CLEAN_AFTER + INEXACT;
    // brought back by another tool it is retired once more, and its own first time was a wave
    const counts = (id: string, at: number) => at > now - REMEMBERED && (id !== keyId || at <= past);
    let isLate = false;
    for (const [id, at] of this.#early) {
      if (!counts(id, at)) continue;
      if (at <= past) return false;
      isLate = true;
    }
    for (const one of rotations.values()) {
      const { replaces: id, removedAt: at } = one;
      if (at === null || !wasEarly(one) || !counts(id, at) || this.#early.has(id)) continue;
      // of one that was brought back the first time counts
      if (rotations.naming(id).find((other) => other.replaces === id && wasEarly(other)) !== one) continue;
      if (at <= past) return false;
      isLate = true;
    }
    return isLate;
  }

  /** By evidence alone: somebody uses the new one, and for the whole window nobody the old one. */
  #unproven({ policy, holder, verifiedAt }: Rotation, keyId: string, now: EpochMs): string[] {
    if (policy.retire !== "after-evidence") return [];
    const uses = this.#uses.get(holder.appId) ?? new Map<string, EpochMs>();
    const quiet = Math.max(verifiedAt ?? now, uses.get(keyId) ?? 0);
    const isNewUsed = [...uses].some(([other, at]) => other !== keyId && at >= quiet);
    return [
      ...(now - quiet < (policy.evidenceWindow ?? 35 * DAY) - INEXACT
        ? [`key id ${keyId} was removed early although it was used within the evidence window`]
        : []),
      ...(isNewUsed ? [] : [`key id ${keyId} was removed early although nobody has used another one since`]),
    ];
  }

  #frozen(rotation: Rotation, now: EpochMs, { settings }: By): string[] {
    const { displayName } = rotation;
    if (this.#isLeaked(rotation)) return [];
    // a process whose clock is ahead ends it as much too early as one that is behind begins it too late
    const dates = [plus(now, -INEXACT), now, plus(now, INEXACT)].map((at) => wallClock(at, this.#rules.timeZone).date);
    const isInside = freezesOf(rotation, settings).some(({ from, to }) =>
      dates.every((date) => from <= date && date <= to),
    );
    return isInside ? [`while a freeze of ${displayName} was in force`] : [];
  }

  /** How many were clean long ago, counted as far as `most`. */
  #clean(now: EpochMs, most: number): number {
    let clean = 0;
    for (const { failures, state, verifiedAt } of this.#rules.rotations.values()) {
      if (failures !== 0 || (state !== "verified" && state !== "retired")) continue;
      if (verifiedAt !== null && verifiedAt <= now - CLEAN_AFTER + INEXACT) clean += 1;
      if (clean === most) break;
    }
    return clean;
  }

  #isLeaked(rotation: Rotation): boolean {
    return this.#rules.said?.isLeaked(rotation) === true;
  }
}

/** What the configuration says while it happens, of the policy that it was begun with and of the one that its application has by now. */
function freezesOf({ policy, holder }: Rotation, settings: TenantSettings | undefined): readonly Freeze[] {
  const begun = settings?.policies[policy.name];
  if (settings === undefined || begun === undefined) return policy.freeze;
  const name = settings.bindings.find((one) => one.appId === holder.appId)?.policy ?? policy.name;
  return [...begun.freeze, ...(settings.policies[name]?.freeze ?? [])];
}

/** From here on ramp and hourly limit may yield: the earliest instant that the design's rule can come to. */
function isUrgent({ replacesEnd, policy }: Rotation, now: EpochMs): boolean {
  return replacesEnd !== null && now >= replacesEnd - policy.renewBefore / 2;
}

function wasEarly({ removedAt, replacesEnd }: Rotation): boolean {
  return removedAt !== null && replacesEnd !== null && removedAt < replacesEnd;
}
