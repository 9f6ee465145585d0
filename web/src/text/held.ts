/** What holds writing back in a tenant: why, what follows, and the way out; what a person's word to go on comes to, before it and after. */
import type { Answer } from "../api/client.ts";
import { counted, grouped, written } from "./dates.ts";
import { nolapse } from "./shell.ts";

type Overview = Answer<"GET /api/v1/t/{tenant}/overview">;
type Held = Pick<Overview, "tenant" | "mode" | "switches" | "coverage">;

/** A word beside the tenant's name that takes away from what the pages promise. */
export interface Tag {
  readonly name: string;
  /** Each reason, with what follows from it. */
  readonly says: readonly string[];
  readonly next: string;
  /** To be typed in a shell; null where it is no command. */
  readonly command: string | null;
}

/** So many parts that could not be read are named. */
const NAMED = 5;

/** Only what is true. */
export function tagsOf(held: Held, zone: string): readonly Tag[] {
  const { tenant, mode, switches, coverage } = held;
  const { missed, failures } = coverage;
  const paused = pauses(switches, zone);
  const tags: readonly (Tag | false)[] = [
    mode === "observe" && {
      name: "Watching only",
      says: [`The mode of ${tenant} is observe: nothing is written.`],
      next: `Set mode: propose or enforce for tenant ${tenant} in nolapse.yaml. Health says which permissions that takes.`,
      command: null,
    },
    paused.length > 0 && {
      name: "Paused",
      says: [...paused, "Nothing is written. Sign-ins are not touched."],
      next: hasWord(switches) ? "An Admin lets it go on, on the page Health, or in a shell:" : BRAKE_NEXT,
      command: hasWord(switches) ? nolapse(["resume"], tenant) : null,
    },
    switches.removalOff !== null && {
      name: "No removals",
      says: [
        `Since ${at(switches.removalOff.at, zone)}: ${switches.removalOff.why}.`,
        "No credential is removed. New ones are made and delivered as before.",
      ],
      next: "This lists what the store does not know; with --yes removal goes on:",
      command: nolapse(["recover"], tenant),
    },
    missed !== null && {
      name: "Scan failed",
      says: [
        `The scan of ${at(missed.at, zone)} failed: ${missed.why}. It is tried again by itself.`,
        ...(coverage.scannedAt === null ? [] : [`What is shown is from ${at(coverage.scannedAt, zone)}.`]),
      ],
      next: missed.next ?? "Health says what is missing.",
      command: null,
    },
    missed === null &&
      !coverage.complete &&
      coverage.scannedAt !== null && {
        name: "Incomplete scan",
        says: [
          `The scan of ${at(coverage.scannedAt, zone)} could not read everything, so nothing new is written.`,
          ...failures.slice(0, NAMED),
          ...(failures.length > NAMED ? [`And ${failures.length - NAMED} more.`] : []),
        ],
        next: "Health says what is missing. The next scan is tried by itself.",
        command: null,
      },
  ];
  return tags.filter((tag) => tag !== false);
}

const BRAKE_NEXT = "Remove the stop file, or unset NOLAPSE_STOP.";

/** Why nothing at all is written, a sentence each; none where it is. */
function pauses({ stopped, breaker, brake, loss }: Overview["switches"], zone: string): readonly string[] {
  return [
    ...(stopped === null ? [] : [`${stopped.by} paused all writing on ${at(stopped.at, zone)}.`]),
    ...(breaker === null ? [] : [`Nolapse paused by itself on ${at(breaker.at, zone)}: ${breaker.why}.`]),
    ...(loss === null ? [] : [`${loss[0]?.toUpperCase()}${loss.slice(1)}.`]),
    ...(brake === null ? [] : [`Stopped from outside: ${brake}.`]),
  ];
}

/** Whether a person's word lets writing go on; what stops it from outside it does not. */
export function hasWord({ stopped, breaker, loss }: Overview["switches"]): boolean {
  return stopped !== null || breaker !== null || loss !== null;
}

function at(instant: string, zone: string): string {
  return written(Date.parse(instant), zone, "dateTime");
}

/** What a person's word to go on does, a sentence each: all of it, whatever he has in mind. */
export function resumeWords({ switches, figures }: Pick<Overview, "switches" | "figures">, zone: string): string[] {
  const { stopped, breaker, brake, loss } = switches;
  const { halted, running } = figures;
  return [
    ...(stopped === null ? [] : [`The pause of ${stopped.by}, of ${at(stopped.at, zone)}, ends.`]),
    ...(breaker === null
      ? []
      : [
          `The breaker of ${at(breaker.at, zone)} closes: ${breaker.why}. What failed then is no longer counted against the next ones.`,
        ]),
    ...(loss === null
      ? []
      : [`${loss[0]?.toUpperCase()}${loss.slice(1)}. On your word they are really gone, and are forgotten.`]),
    halted === 0
      ? "No rotation is halted."
      : `${halted === 1 ? "The halted rotation is" : `All ${grouped(halted)} halted rotations are`} tried again, whatever halted ${halted === 1 ? "it" : "them"}.`,
    running === 0
      ? "No rotation is under way; what is due begins."
      : `${counted(running, "rotation")} under way ${running === 1 ? "goes" : "go"} on, and what is due begins.`,
    ...(brake === null ? [] : [`Nothing is written all the same: ${brake}. ${BRAKE_NEXT}`]),
  ];
}

/** What came of it. */
export function resumedWords({
  resumed,
  forgotten,
  busy,
  stillStopped,
}: Answer<"POST /api/v1/t/{tenant}/resume">): string[] {
  return [
    stillStopped === null ? "Writing goes on." : `Writing is still stopped: ${stillStopped}. ${BRAKE_NEXT}`,
    `${counted(resumed, "halted rotation")} taken up again.`,
    ...(forgotten === 0
      ? []
      : [`${counted(forgotten, "object")} that scans no longer see ${forgotten === 1 ? "is" : "are"} forgotten.`]),
    ...(busy.length === 0
      ? []
      : [
          `Another process works on ${counted(busy.length, "rotation")}: ${busy.join(", ")}. If one of them stays halted, let writing go on again in half a minute.`,
        ]),
  ];
}
