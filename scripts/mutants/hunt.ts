/** Small worlds in which the mistakes of the list must show, and one run of a seed in one of them. */
import { DAY, HOUR, MINUTE, SECOND } from "../../src/core/time.ts";
import { directoryGround } from "../../src/rehearsal-ground.ts";
import { crashesByChance, NO_CRASHES } from "../../src/rehearse/plan/faults.ts";
import { GOOD_PLACES, type PlaceFaults, type WorldPlan } from "../../src/rehearse/plan/plan.ts";
import type { Trouble } from "../../src/rehearse/plan/troubles.ts";
import { drawWord, type Word } from "../../src/rehearse/plan/words.ts";
import { type RehearsalOptions, rehearse } from "../../src/rehearse/rehearse.ts";
import { Chance } from "../../src/rehearse/stage/chance.ts";
import type { FaultRule } from "../../src/rehearse/stage/ground.ts";
import type { Finding } from "../../src/rehearse/watch/finding.ts";
import type { Mutant } from "./list.ts";

export type HuntingWorld = NonNullable<Mutant["world"]> | "usual";

const LENGTH = 62 * DAY;
/** How often a process dies in a hunt: a hundred times as often as it does in ordinary runs. */
const CRASHES = 1 / 120;
const SLOW: readonly FaultRule[] = [
  { on: "addPassword", fault: "token-lag", probability: 1, duration: "PT150S" },
  { on: "addPassword", fault: "read-lag", probability: 1, duration: "PT300S" },
];
const LOST: readonly FaultRule[] = [
  { on: "addPassword", fault: "lost-response", probability: 0.5 },
  { on: "removePassword", fault: "lost-response", probability: 0.4 },
  { on: "addPassword", fault: "token-lag", probability: 1, duration: "PT12S" },
  { on: "addPassword", fault: "read-lag", probability: 0.7, duration: "PT120S" },
];
/** Lists are slow to show what was written, and answers get lost. */
const LISTS: readonly FaultRule[] = [
  { on: "addKey", fault: "lost-response", probability: 0.4 },
  { on: "removeKey", fault: "lost-response", probability: 0.3 },
  { on: "patch", fault: "lost-response", probability: 0.3 },
  { on: "addKey", fault: "token-lag", probability: 1, duration: "PT12S" },
  { on: "patch", fault: "token-lag", probability: 1, duration: "PT12S" },
  { on: "addKey", fault: "read-lag", probability: 0.5, duration: "PT60S" },
  { on: "patch", fault: "read-lag", probability: 0.7, duration: "PT100S" },
  { on: "removeKey", fault: "read-lag", probability: 0.5, duration: "PT60S" },
  { on: "read", fault: "throttle", probability: 0.05, duration: "PT10S" },
];
const BAD: PlaceFaults = { fails: 0.1, forgets: 0.2, stale: 0.2, stalls: 0 };

function applications(chance: Chance): WorldPlan["applications"] {
  const left = () => chance.between(22, 40) * DAY + chance.between(0, 20) * HOUR;
  return [
    { displayName: "polls", policy: "quick", left: left(), reloads: [MINUTE, 0] },
    { displayName: "daily", policy: "quick", left: left(), reloads: [DAY] },
    { displayName: "hooked", policy: "standard", left: left(), reloads: ["hook", HOUR] },
    { displayName: "patient", policy: "patient", left: left(), reloads: [MINUTE] },
  ];
}

function certified(chance: Chance): WorldPlan["applications"] {
  const left = () => chance.between(22, 30) * DAY + chance.between(0, 20) * HOUR;
  const first = { policy: "certified", begins: "certificate" } as const;
  return [
    { displayName: "rolls", ...first, left: left(), reloads: [MINUTE, DAY] },
    { displayName: "moves", policy: "certified", left: left(), reloads: [HOUR], contested: true },
    { displayName: "replaces", ...first, left: left(), reloads: [0], writeOnly: true, contested: true },
    { displayName: "has company", ...first, left: left(), reloads: ["hook"], contested: true },
  ];
}

/** Due at the first look, and none of them ends when another one does. */
function allAtOnce(chance: Chance): WorldPlan["applications"] {
  return Array.from({ length: 8 }, (_, index) => ({
    displayName: `one of many ${index + 1}`,
    policy: "certified",
    left: chance.between(12, 19) * DAY + index * HOUR,
    reloads: [MINUTE],
    ...(chance.hits(0.5) ? { begins: "certificate" as const } : {}),
  }));
}

/** The worlds with applications that persons have more to say about. */
const SPOKEN: ReadonlySet<HuntingWorld> = new Set(["words", "pauses", "application-pauses", "becoming-privileged"]);

function inhabitants(world: HuntingWorld, chance: Chance): WorldPlan["applications"] {
  if (world === "certificates" || world === "wanted-back") return certified(chance);
  if (world === "small-share") return allAtOnce(chance);
  const all = applications(chance);
  if (SPOKEN.has(world)) return [...all, ...spokenOf(chance)];
  if (world === "privileged") return all.map((one) => ({ ...one, privileged: one.displayName !== "patient" }));
  return world === "two-managers" ? all.slice(0, 2) : all;
}

/** What goes late by its rule, asks a person, or keeps its value. */
function spokenOf(chance: Chance): WorldPlan["applications"] {
  const left = () => chance.between(22, 29) * DAY + chance.between(0, 20) * HOUR;
  return [
    { displayName: "late", policy: "long", left: left(), reloads: [DAY] },
    { displayName: "asks", policy: "approved", left: left(), reloads: [HOUR] },
    { displayName: "keeps", policy: "kept", left: left(), reloads: [MINUTE] },
  ];
}

const KINDS: Partial<Record<HuntingWorld, readonly Word["what"][]>> = {
  words: ["removal-asked", "removal-asked", "adopted", "leaked", "try-asked", "thought-again"],
  pauses: ["paused", "paused", "paused", "paused"],
  "application-pauses": ["application-paused", "application-paused", "application-paused"],
  edits: ["place-added", "place-added", "excluded", "freeze-announced"],
  "shared-slots": ["slot-shared", "slot-shared"],
  "overlap-edits": ["overlap-edited", "overlap-edited"],
  "wrong-clock": ["clock-ahead"],
  "becoming-privileged": ["privileged", "privileged", "removal-asked", "value-asked", "value-asked"],
};

/** In the one world what persons ask for, in another what they hold and let go on, in the third privileges that come in the middle, and persons who ask all the same. */
function wordsOf(world: HuntingWorld, chance: Chance, applications: WorldPlan["applications"]): Word[] {
  if (world === "wanted-back") return applications.flatMap((one) => wantedBack(chance, one.displayName));
  const kinds = KINDS[world] ?? [];
  return applications.flatMap(({ displayName }) =>
    kinds.map((what) => drawWord(chance, what, chance.between(0, 30 * 24) * HOUR, displayName)),
  );
}

/** Somebody wants the retired certificate back for a few hours, and right after he has said so, or when it is to go again, his application is held. */
function wantedBack(chance: Chance, application: string): Word[] {
  const retired = (later: number) => ({ states: ["retired"] as const, later });
  const at = 0;
  const swept = 7 * DAY + 5 * HOUR - chance.between(1, 60) * MINUTE;
  const later = chance.pick([chance.between(1, 90) * SECOND, swept]);
  return [
    { at, application, what: "wanted-back", moment: retired(0), length: 5 * HOUR },
    { at, application, what: "application-paused", moment: retired(later), lasts: chance.between(20, 40) * HOUR },
  ];
}

function troublesOf(world: HuntingWorld, chance: Chance): Trouble[] {
  const day = (low: number, high: number) => chance.between(low * 24, high * 24) * HOUR;
  if (world === "restored-store") {
    return [6, 11, 17, 24, 33].map((at): Trouble => ({ at: day(at, at + 3), what: "restored", age: day(1, 4) }));
  }
  if (world === "bad-places") {
    return ["polls", "daily"].map(
      (application): Trouble => ({ at: day(1, 2), what: "target-gone", application, place: 0, lasts: day(16, 20) }),
    );
  }
  if (world === "modes") {
    return [3, 12, 22, 33, 44].map((at): Trouble => {
      const mode = chance.pick(["observe", "propose"] as const);
      return { at: day(at, at + 4), what: "mode-changed", mode, lasts: chance.between(24, 200) * HOUR };
    });
  }
  if (world !== "other-hands") return [];
  return ["polls", "daily", "hooked", "patient"].flatMap((application): Trouble[] => [
    { at: day(1, 2), what: "secret-added", application, lasts: day(1, 1) },
    { at: day(10, 30), what: "secret-added", application, lasts: null },
    ...Array.from({ length: 6 }, (): Trouble => ({ at: day(4, 58), what: "put-back", application, place: 0 })),
  ]);
}

const FAULTS: Partial<Record<HuntingWorld, readonly FaultRule[]>> = {
  "slow-replication": SLOW,
  "lost-answers": LOST,
  certificates: LISTS,
  privileged: [{ on: "read", fault: "throttle", probability: 0.3, duration: "PT10S" }],
  "failing-reads": [{ on: "read", fault: "throttle", probability: 0.5, duration: "PT10S" }],
};
/** The worlds in which processes die. */
const CRASHING: ReadonlySet<HuntingWorld> = new Set(["usual", "lost-answers", "certificates"]);

/** The options of a run of this seed in this world. */
export function huntOptions(world: HuntingWorld, seed: number): RehearsalOptions {
  const chance = Chance.of(seed, `hunt ${world}`);
  const isPair = world === "two-managers";
  const inhabited = inhabitants(world, chance);
  const faults = FAULTS[world] ?? (!isPair && world !== "other-hands");
  return {
    seed,
    duration: isPair ? LENGTH / 2 : LENGTH,
    faults,
    everyCall: isPair,
    crashes: CRASHING.has(world) ? crashesByChance(Chance.of(seed, "crashes"), CRASHES) : NO_CRASHES,
    plan: {
      applications: inhabited,
      limits: null,
      ...(world === "small-share" ? { share: 0.01 } : {}),
      places: world === "bad-places" ? BAD : isPair ? { ...GOOD_PLACES, stalls: 0.5 } : GOOD_PLACES,
      managers: isPair ? 2 : 1,
      troubles: troublesOf(world, chance).sort((a, b) => a.at - b.at),
      words: wordsOf(world, Chance.of(seed, "words"), inhabited),
    },
    enough: ({ findings }) => findings.length > 0,
  };
}

/** The first finding of a seed, null when it finds nothing. */
export async function hunt(world: HuntingWorld, seed: number): Promise<Finding | null> {
  const ground = await directoryGround({ seed });
  try {
    const { findings } = await rehearse(ground, huntOptions(world, seed));
    return findings[0] ?? null;
  } finally {
    await ground.end();
  }
}
