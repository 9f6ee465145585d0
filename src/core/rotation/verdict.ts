/** The words of the decision: what may be done next, what is looked at, and what a check is (design §4.2). */

import type { Freeze, RetireRule } from "../policy/policy.ts";
import type { AcceptanceRule, Mode, TargetSettings } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import type { Forecast } from "../schedule/forecast.ts";
import type { DurationMs, EpochMs } from "../time.ts";
import type { Rotation, Succession } from "./rotation.ts";

/** One thing to do next. Each changes at most one thing outside. */
export type Step =
  | {
      readonly step:
        | "preflight"
        | "make"
        | "issue"
        | "probe"
        | "accept"
        | "withdraw"
        | "retire"
        | "read-absent"
        | "succeed"
        | "prove-own"
        | "pass"
        | "await-sign-in"
        | "read-uses"
        | "give-up";
    }
  | { readonly step: "compare-list" | "restore-list" | "undo" | "sweep-undo" }
  | { readonly step: "read-attempt" | "remove-orphan" | "close-attempt"; readonly attempt: string }
  | { readonly step: "deliver" | "verify"; readonly target: string };

export type Verdict =
  | { readonly verdict: "do"; readonly step: Step; readonly because: ReasonCode }
  /** `until` null: only a person, or a change in the tenant, can end the wait. */
  | {
      readonly verdict: "wait";
      readonly until: EpochMs | null;
      readonly because: ReasonCode;
      /** What makes the reason this case's own: who, where, how long. */
      readonly detail?: string;
    }
  | { readonly verdict: "halt"; readonly because: ReasonCode }
  | { readonly verdict: "done"; readonly because: ReasonCode };

export const doStep = (step: Step, because: ReasonCode): Verdict => ({ verdict: "do", step, because });
export const wait = (until: EpochMs | null, because: ReasonCode, detail?: string | null): Verdict => ({
  verdict: "wait",
  until,
  because,
  ...(detail == null ? {} : { detail }),
});
export const halt = (because: ReasonCode): Verdict => ({ verdict: "halt", because });

/** Everything the decision looks at besides the rotation. Gathered by the engine, judged here. */
export interface Facts {
  /** To be named in commands; left out where it is the only one. */
  readonly tenant?: string | undefined;
  readonly mode: Mode;
  readonly stopped: boolean;
  readonly removalOff: boolean;
  readonly breakerOpen: boolean;
  /** Why nothing may be written on the last scan's word: it was not complete, or it lost too many objects; null when it is sound. */
  readonly scanHolds: "scan-incomplete" | "scan-lossy" | null;
  readonly acceptance: AcceptanceRule;
  readonly limits: { readonly issuesPerHour: number } | null;
  readonly timeZone: string;
  /** What the configuration says now: freezes are announced, and taken back, while rotations wait. Left out where it names the policy no more. */
  readonly freeze?: readonly Freeze[];
  /** The rotation's targets as configured now; null where one is no longer bound. */
  readonly targets: readonly (TargetSettings | null)[];
  /** Places that the slot has been bound to since, and that the rotation does not know; left out where there are none. */
  readonly added?: readonly string[];
  /** Another slot that names what is replaced as its current credential and has not moved on, as a sentence; left out where there is none. */
  readonly shared?: string;
  readonly forecast: Forecast | null;
  /** What the configuration says now about the end of the old credential; it can only be kept longer than was planned. */
  readonly asked: {
    readonly retire: RetireRule;
    readonly complete: boolean;
    /** Left out where it is no longer than was planned. */
    readonly overlap?: DurationMs;
    /** Nolapse itself reads the old value from a variable, which no word makes any process read anew. */
    readonly keeps?: true;
  };
  /** Instants of issues in the last 24 hours, clean rotations, and early retirements (design §4.7). */
  readonly tally: {
    readonly issues: readonly EpochMs[];
    readonly clean: number;
    readonly earlyRetirements: readonly EpochMs[];
  };
  /** Of a verified rotation: what later rotations of the same slot have come to. */
  readonly succession: {
    /** One is under way: what targets hold may change at any moment. */
    readonly underWay: boolean;
    /** The one that is current now, when it is not this rotation's own successor. */
    readonly by: Succession | null;
  };
  /** The kind of successor asked for is one that every target of the rotation can hold. */
  readonly kindFits: boolean;
  /** How many early retirements are waiting in the tenant now, this one included. */
  readonly earlyDue: number;
  /** This process is signed in as the rotation's own application (`rotate --self`). */
  readonly asSelf?: boolean;
  /** How the rotation stands to Nolapse's own credential; left out where Nolapse has none, or it is not bound. */
  readonly own?: OwnFacts;
}

/** How a rotation stands to the credential that Nolapse itself signs in with. */
export interface OwnFacts {
  /** This rotation replaces it. */
  readonly isThis: boolean;
  /** Of Nolapse's own: another rotation of the tenant is under way. Of any other: Nolapse's own is. */
  readonly isOtherBusy: boolean;
  /** A file is read again at every sign-in; a variable is what it was when the process began. */
  readonly source: "file" | "vault" | "environment";
}

export interface Situation {
  readonly rotation: Rotation;
  readonly facts: Facts;
  readonly now: EpochMs;
  /** Past its urgent time: windows, ramp and hourly limits yield. */
  readonly urgent: boolean;
}

/** A named question; null means it passes and the next one is asked. */
export interface Check {
  readonly name: string;
  judge(situation: Situation): Verdict | null;
}
