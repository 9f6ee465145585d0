/**
 * What a rehearsal knows of persons' words that an old credential shall go (design §4.3, §4.4): what each was told that it overrules, which
 * value has leaked, and since when every place has held another one. Kept from what the persons of the world do and from the places
 * themselves, never from what the manager has noted of it.
 */
import type { RetireRule } from "../../core/policy/policy.ts";
import type { TenantSettings } from "../../core/policy/settings.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { type DurationMs, type EpochMs, HOUR, MINUTE } from "../../core/time.ts";
import type { Consignment } from "../../ports/target.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { Place } from "../world/places.ts";
import { policyOf } from "../world/world.ts";
import type { Committed } from "./committed.ts";
import type { Forbidden } from "./rule-books.ts";
import { writeOf } from "./writes.ts";

// once more the design's own numbers, as in invariants.ts
/** What a consumer got with the old value lasts so long. */
const TOKEN_LIFE: DurationMs = HOUR;
/** Processes' clocks differ. */
const INEXACT: DurationMs = 5 * MINUTE;
/** From the rule that keeps the old one longest to the one that lets it go first. */
const LONGEST_FIRST: readonly RetireRule[] = ["never", "at-expiry", "after-evidence", "after-overlap"];
const REMOVALS = new Set("removeSecret removeKey replaceCertificates".split(" "));

export interface Surroundings {
  /** As committed. */
  readonly rotations: Committed;
  readonly places: ReadonlyMap<string, Place>;
  /** The key id that each place held before Nolapse came. */
  readonly firsts: ReadonlyMap<string, string>;
  keyIdOf(value: SecretValue): string | null;
}

/** What the configuration asks for, when it is asked: whoever spoke knows of nothing that was said since. */
interface Asked {
  readonly retire: RetireRule;
  /** Nobody but the places holds a copy. */
  readonly complete: boolean;
}

interface Word extends Asked {
  readonly accepts: readonly ReasonCode[];
}

/** Why a consumer may be refused that still has the old one: its value had leaked, or a person was told who might be. */
export type Announced = "leaked" | "told" | "untold";

export class WordBooks {
  readonly #around: Surroundings;
  readonly #places: Map<string, Place>;
  /** By the key id that shall go. */
  readonly #words = new Map<string, Word[]>();
  readonly #leaked = new Set<string>();
  /** The key id that each place is known to hold, and since when it holds one no more. */
  readonly #held: Map<string, string>;
  readonly #left = new Map<string, EpochMs>();
  readonly #gone = new Map<string, Announced>();
  /** The overlap that each rotation was opened with, by its id. */
  readonly #promised = new Map<string, DurationMs>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#places = new Map(around.places);
    this.#held = new Map(around.firsts);
  }

  /** One more place is read, and holds a copy of this one. */
  settles(place: Place, keyId: string): void {
    this.#places.set(place.name, place);
    this.#held.set(place.name, keyId);
  }

  /** A rotation was stored: what it promises at first it promises for good. */
  committed({ id, policy }: Rotation): void {
    if (!this.#promised.has(id)) this.#promised.set(id, policy.overlap);
  }

  /** A person asks that it goes now, knowing of all this; whether or not his answer reaches him. */
  asks(appId: string, keyId: string, accepts: readonly ReasonCode[], settings: TenantSettings): void {
    const asked = askedFor(this.#replacing(keyId), settings, appId);
    this.#words.set(keyId, [...(this.#words.get(keyId) ?? []), { accepts, ...asked }]);
  }

  /** A person says that its value has leaked. */
  leaks(keyId: string): void {
    this.#leaked.add(keyId);
  }

  /** Whether a person of the world has said so, and the manager goes by it. */
  isLeaked({ replaces, emergency }: Pick<Rotation, "replaces" | "emergency">): boolean {
    return emergency !== undefined && this.#leaked.has(replaces);
  }

  isAsked({ replaces, removal }: Pick<Rotation, "replaces" | "removal">): boolean {
    return removal !== undefined && this.#words.has(replaces);
  }

  /** How the refusal of one that a person has had removed was announced; null where no person's word removed it. */
  announced(keyId: string): Announced | null {
    return this.#gone.get(keyId) ?? null;
  }

  /** Right after an effect of a process that goes by these settings. */
  after(call: Call, outcome: Outcome, settings: TenantSettings, now: EpochMs): readonly Forbidden[] {
    if (call.port === "target" && call.method === "deliver") this.#delivered(call, now);
    if (!REMOVALS.has(call.method)) return [];
    const write = writeOf(call, outcome, this.#around.rotations);
    const rotation = write?.what === "removes" ? write.rotation : null;
    if (rotation?.state !== "verified" || !isEarly(rotation, now)) return [];
    const why = this.#whyNot(rotation, settings, now);
    const about = rotation.holder.appId;
    return why.map((one) => ({ what: `key id ${rotation.replaces} was removed early ${one}`, about }));
  }

  #whyNot(rotation: Rotation, settings: TenantSettings, now: EpochMs): string[] {
    const { replaces, emergency, holder, policy } = rotation;
    if (this.isLeaked(rotation)) {
      this.#gone.set(replaces, "leaked");
      return [];
    }
    if (emergency !== undefined) return ["as leaked although nobody has said so"];
    const asked = askedFor(rotation, settings, holder.appId);
    const { retire } = asked;
    const words = this.isAsked(rotation) ? (this.#words.get(replaces) ?? []) : [];
    const isByRule = this.#isByRule(rotation, asked, settings, now);
    if (words.length === 0) return isByRule ? [] : [`by the rule ${ruleOf(asked)} although nobody has asked for it`];
    const standing = words.filter(
      (one) => longest([one.retire, retire]) === one.retire && (asked.complete || !one.complete),
    );
    const told = standing.some(({ accepts }) => accepts.length > 0);
    if (!isByRule) this.#gone.set(replaces, told ? "told" : "untold");
    return [
      ...(isByRule || standing.length > 0 ? [] : [`on a word that knew nothing of the rule ${ruleOf(asked)}`]),
      ...(isByRule || standing.length === 0 || told ? [] : ["on a word that named nothing of what it overrules"]),
      ...(policy.retire === "after-evidence" ? [] : this.#unreloaded(rotation, now)),
    ];
  }

  /** Whether it would have gone without a word. By evidence: the books of rules judge that. */
  #isByRule(rotation: Rotation, { retire, complete }: Asked, settings: TenantSettings, now: EpochMs): boolean {
    const { deliveries, replaces } = rotation;
    if (retire !== "after-overlap") return retire === "after-evidence";
    if (!complete) return false;
    const overlap = this.#overlapOf(rotation, settings);
    return deliveries.every(({ target }) => {
      const since = this.#left.get(`${target} ${replaces}`);
      // a place that never held it keeps nobody from going on without it
      return since === undefined || now - since >= overlap - INEXACT;
    });
  }

  /**
   * The longer of what was promised when it was opened and what the configuration promises now, by the policy of that name and by the one that
   * its application has; of a longer one no more than half of a lifetime, as where a policy is read.
   */
  #overlapOf({ id, policy, holder }: Rotation, settings: TenantSettings): DurationMs {
    const now = [settings.policies[policy.name], policyOf(settings, holder.appId)];
    const longer = now.map((one) => Math.min(one?.overlap ?? 0, policy.lifetime / 2));
    return Math.max(this.#promised.get(id) ?? policy.overlap, ...longer);
  }

  /** Invariant 2: no word shortens the time that a declared consumer takes to reload, and what it signed in with before. */
  #unreloaded({ deliveries, replaces }: Rotation, now: EpochMs): string[] {
    return deliveries.flatMap(({ target }) => {
      const reload = this.#places.get(target)?.reload;
      if (reload === "start") return [`although the consumer of ${target} reloads only when it starts`];
      const since = this.#left.get(`${target} ${replaces}`);
      const needs = (typeof reload === "number" ? reload : 0) + TOKEN_LIFE - INEXACT;
      return since === undefined || now - since >= needs ? [] : [`before the consumer of ${target} can have reloaded`];
    });
  }

  /** What a place gives is looked at, not what was said of the write: it may forget, or give the old one for a while. */
  #delivered({ args }: Call, now: EpochMs): void {
    const [name, { keyId }] = args as [string, Consignment];
    const place = this.#places.get(name);
    const before = this.#held.get(name);
    if (place === undefined) return;
    const isStale = place.staleUntil > now;
    const until = isStale ? place.staleUntil : now;
    const held = isStale ? keyId : this.#around.keyIdOf(place.copy);
    // written once more, it gives the new one sooner than after the writes before, whatever it would have given in between
    if (held !== null)
      for (const [left, at] of this.#left) if (at > until && left.startsWith(`${name} `)) this.#left.set(left, until);
    if (held === null || held === before) return;
    this.#held.set(name, held);
    // what somebody else's hand has put there in between is what it held right before
    for (const one of [before, this.#around.keyIdOf(place.former)]) {
      const left = `${name} ${one}`;
      if (one !== held && !this.#left.has(left)) this.#left.set(left, until);
    }
  }

  #replacing(keyId: string): Rotation | undefined {
    return this.#around.rotations.naming(keyId).find((one) => one.replaces === keyId && one.state === "verified");
  }
}

function isEarly({ replacesEnd }: Rotation, now: EpochMs): boolean {
  return replacesEnd === null || replacesEnd > now + INEXACT;
}

function askedFor(rotation: Rotation | undefined, settings: TenantSettings, appId: string): Asked {
  const rules = [rotation?.policy.retire, policyOf(settings, appId)?.retire].filter((one) => one !== undefined);
  const binding = settings.bindings.find((one) => one.appId === appId);
  return {
    retire: longest(rules),
    complete: rotation?.consumersComplete === true && binding?.consumers === "complete",
  };
}

function ruleOf({ retire, complete }: Asked): string {
  return complete ? retire : `${retire} with consumers unknown`;
}

function longest(rules: readonly RetireRule[]): RetireRule {
  return LONGEST_FIRST.find((one) => rules.includes(one)) ?? "at-expiry";
}
