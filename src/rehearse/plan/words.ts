/**
 * What persons ask of Nolapse while it works, each by a command or a button of its own: Remove now, Try now, Leaked, adopt, undo, to see a
 * value, Pause and Continue; and privileges that an application is given half-way and loses again. Data, drawn from a chance of its own, so that the
 * tenants of older seeds stay what they were; {@link import("../actors/askers.ts").Askers} does them. What somebody changes under a rotation
 * that is under way is drawn from another one; {@link import("../actors/editors.ts").Editors} does it.
 */

import type { Reload } from "../../core/policy/policy.ts";
import type { RotationState } from "../../core/rotation/rotation.ts";
import { DAY, type DurationMs, HOUR, MINUTE, SECOND } from "../../core/time.ts";
import { Chance } from "../stage/chance.ts";
import type { PrivilegeKind } from "../stage/ground.ts";
import type { ApplicationPlan, WorldPlan } from "./plan.ts";

/** When it happens: at the next commit of a rotation of the application in one of these states, and so much later; at once where none is named. */
export interface Moment {
  readonly states: readonly (RotationState | "failing")[];
  readonly later: DurationMs;
}

/** Counted from the beginning of the run. `application` is a display name of the plan. */
export type Word = { readonly at: DurationMs; readonly application: string; readonly moment: Moment } & (
  | {
      /** So long after he was told what it overrules he says that the old one shall go all the same; or he never looked at it. */
      readonly what: "removal-asked";
      readonly thinks: DurationMs;
      readonly isTold: boolean;
    }
  | { readonly what: "try-asked" }
  /** `pick` of those the application has then, from 0 to 1. */
  | { readonly what: "leaked"; readonly pick: number }
  | { readonly what: "adopted"; readonly pick: number }
  | { readonly what: "value-asked" }
  /** Its rotation is held, and so much later goes on. */
  | { readonly what: "paused"; readonly lasts: DurationMs }
  /** The same of all of its application. */
  | { readonly what: "application-paused"; readonly lasts: DurationMs }
  /** Somebody still has the key of the certificate that was retired last, and wants it back for a time. */
  | { readonly what: "wanted-back"; readonly length: DurationMs }
  /** Somebody says in the configuration that the old one shall stay longer, or that not all consumers are known: whoever spoke before knew nothing of it. */
  | { readonly what: "thought-again"; readonly how: "kept-longer" | "consumer-found" }
  /** Somebody grants the application a role by which it can master the tenant; then it is taken away again. */
  | { readonly what: "privileged"; readonly by: PrivilegeKind; readonly lasts: DurationMs }
  | Edit
);

/** What changes while a rotation is under way. */
export type Edit =
  | {
      /** One more place is bound to the slot, and holds a copy of the old credential; so much later somebody has it served, or never. */
      readonly what: "place-added";
      readonly reload: Reload;
      readonly served: DurationMs | null;
    }
  /** The clock of a manager's machine is so far ahead, and then set right. */
  | { readonly what: "clock-ahead"; readonly machine: number; readonly by: DurationMs; readonly lasts: DurationMs }
  /** The configuration excludes the application, and then no more. */
  | { readonly what: "excluded"; readonly lasts: DurationMs }
  /** The policy that the application has gets a freeze, from so much later and so long; it is taken back after a while, or never. */
  | {
      readonly what: "freeze-announced";
      readonly in: DurationMs;
      readonly lasts: DurationMs;
      readonly back: DurationMs | null;
    }
  | {
      /** A second slot comes to name the credential that the first one rests on, and its place holds a copy; so much later somebody makes one slot of them, or never. */
      readonly what: "slot-shared";
      readonly reload: Reload;
      readonly mended: DurationMs | null;
    }
  /** The overlap of the policy that the application has is made longer or shorter; it is taken back after a while, or never. */
  | { readonly what: "overlap-edited"; readonly overlap: DurationMs; readonly back: DurationMs | null };

/** How often each is said, by chance: in how many of a hundred application-years. */
const RATES = {
  "removal-asked": 14,
  "try-asked": 10,
  leaked: 4,
  adopted: 6,
  "value-asked": 8,
  privileged: 6,
  "thought-again": 6,
} as const;

/** The same of edits. */
const EDITS = { "place-added": 10, "clock-ahead": 8, excluded: 6, "freeze-announced": 6 } as const;

/** The same of what came later, drawn on their own, so that those before stay where they were. */
const LATER_EDITS = { "slot-shared": 6, "overlap-edited": 10 } as const;

/** The same of applications that have certificates. */
const OF_CERTIFICATES = { "wanted-back": 80 } as const;

/** The same of pauses, which are drawn on their own and only where a world asks for them. */
const PAUSES = { paused: 30 } as const;
const APPLICATION_PAUSES = { "application-paused": 40 } as const;

const YEAR = 365 * DAY;
/** What is not said within this is not said at all: the moment did not come. */
export const MOMENT_WITHIN: DurationMs = 150 * DAY;

/** The words of a run, in the order of time. */
export function drawWords(
  chance: Chance,
  applications: readonly ApplicationPlan[],
  length: DurationMs,
  rates: Partial<Record<Word["what"], number>> = RATES,
): readonly Word[] {
  const years = (applications.length * length) / YEAR;
  const words: Word[] = [];
  for (const [what, rate] of Object.entries(rates)) {
    const expected = (years * rate) / 100;
    const times = Math.floor(expected) + (chance.hits(expected % 1) ? 1 : 0);
    for (let time = 0; time < times; time += 1) {
      const at = chance.between(0, Math.max(1, Math.floor(length / MINUTE))) * MINUTE;
      words.push(drawWord(chance, what as Word["what"], at, chance.pick(applications).displayName));
    }
  }
  return words.sort((a, b) => a.at - b.at);
}

/** One of them at a moment that chance picks, the bad ones among them: in the middle of a step, or right after it. */
export function drawWord(chance: Chance, what: Word["what"], at: DurationMs, application: string): Word {
  const about = { at, application };
  const soon = () => chance.pick([0, 0, chance.between(1, 90) * SECOND, chance.between(2, 50) * MINUTE]);
  const later = () => chance.pick([soon(), chance.between(1, 30) * HOUR, chance.between(1, 20) * DAY]);
  const open = ["planned", "issued", "accepted", "delivered", "verified"] as const;
  switch (what) {
    case "removal-asked": {
      const moment: Moment = { states: [chance.hits(0.85) ? "verified" : chance.pick(open)], later: later() };
      return { ...about, what, moment, thinks: chance.pick([0, soon(), later()]), isTold: chance.hits(0.85) };
    }
    case "try-asked":
      return { ...about, what, moment: { states: ["failing", "halted"], later: soon() } };
    case "leaked":
      return { ...about, what, moment: drawMoment(chance, open, soon()), pick: chance.fraction() };
    case "adopted":
      return { ...about, what, moment: drawMoment(chance, open, soon()), pick: chance.fraction() };
    case "value-asked":
      return { ...about, what, moment: { states: [chance.pick(open.slice(1))], later: soon() } };
    case "paused":
    case "application-paused":
      // shorter than an answer that was lost may be looked for
      return {
        ...about,
        what,
        moment: { states: [chance.pick(open)], later: soon() },
        lasts: chance.between(1, 40) * HOUR,
      };
    case "thought-again": {
      const how = chance.pick(["kept-longer", "consumer-found"] as const);
      return { ...about, what, moment: { states: ["verified"], later: chance.between(1, 30 * 60) * MINUTE }, how };
    }
    case "privileged": {
      const by = chance.pick(["app-role", "directory-role"] as const);
      return { ...about, what, moment: drawMoment(chance, open, soon()), by, lasts: chance.between(1, 60) * DAY };
    }
    case "wanted-back": {
      const moment: Moment = { states: ["retired"], later: later() };
      return {
        ...about,
        what,
        moment,
        length: chance.pick([chance.between(1, 24) * HOUR, chance.between(2, 20) * DAY]),
      };
    }
    case "overlap-edited": {
      // an overlap may be over after three days
      const moment: Moment = { states: [chance.hits(0.8) ? "verified" : chance.pick(open)], later: soon() };
      const half = { ...moment, later: chance.pick([moment.later, chance.between(1, 70) * HOUR]) };
      return { ...about, moment: half, ...drawEdit(chance, what) };
    }
    default:
      return { ...about, moment: { states: [chance.pick(open)], later: later() }, ...drawEdit(chance, what) };
  }
}

function drawEdit(chance: Chance, what: Edit["what"]): Edit {
  switch (what) {
    case "place-added":
      return {
        what,
        reload: chance.pick([0, MINUTE, HOUR, DAY, "hook"] as const),
        served: chance.hits(0.5) ? chance.between(1, 15) * DAY : null,
      };
    case "clock-ahead":
      return {
        what,
        machine: chance.between(0, 1),
        by: chance.pick([chance.between(1, 24) * HOUR, chance.between(1, 12) * DAY]),
        lasts: chance.pick([chance.between(5, 300) * MINUTE, chance.between(6, 60) * HOUR]),
      };
    case "freeze-announced":
      return {
        what,
        in: chance.between(0, 3) * DAY,
        lasts: chance.between(1, 8) * DAY,
        back: chance.hits(0.4) ? chance.between(6, 120) * HOUR : null,
      };
    case "excluded":
      return { what, lasts: chance.pick([chance.between(1, 24) * HOUR, chance.between(2, 15) * DAY]) };
    case "slot-shared":
      return {
        what,
        reload: chance.pick([0, MINUTE, HOUR, DAY, "hook"] as const),
        mended: chance.hits(0.6) ? chance.between(1, 20) * DAY : null,
      };
    case "overlap-edited":
      return {
        what,
        overlap: chance.pick([chance.between(0, 48) * HOUR, chance.between(5, 25) * DAY]),
        back: chance.hits(0.3) ? chance.between(1, 10) * DAY : null,
      };
  }
}

/** At once, or when its rotation comes to one of these. */
function drawMoment(chance: Chance, open: readonly RotationState[], later: DurationMs): Moment {
  return chance.hits(0.3) ? { states: [], later: 0 } : { states: [chance.pick(open)], later };
}

/** For which run words are drawn. */
export interface WordsAsked {
  readonly seed: number;
  readonly duration: DurationMs;
  /** In a drawn tenant persons pause rotations and let them go on, too; they do not where not given. */
  readonly pauses?: boolean;
}

/** The plan with words, drawn from a chance of their own, edits and pauses from others: without them the world is what it always was. */
export function withWords({ seed, duration, pauses = false }: WordsAsked, plan: WorldPlan): WorldPlan {
  const drawn = (of: string, rates: Parameters<typeof drawWords>[3], among = plan.applications) =>
    drawWords(Chance.of(seed, of), among, duration, rates);
  const certified = plan.applications.filter(({ policy }) => plan.policies?.[policy]?.kind === "certificate");
  const held = pauses ? [...drawn("pauses", PAUSES), ...drawn("application pauses", APPLICATION_PAUSES)] : [];
  const words = [
    ...drawn("words", RATES),
    ...drawn("edits", EDITS),
    ...drawn("later edits", LATER_EDITS),
    ...drawn("wanted back", OF_CERTIFICATES, certified),
    ...held,
  ];
  return { ...plan, words: words.sort((a, b) => a.at - b.at) };
}
