/** The future of a tenant as lines and as JSON. */
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type { Future } from "../../rehearse/future.ts";
import { shareWords } from "../../rehearse/future-faults.ts";
import { count, type Style, table } from "../speak.ts";

const iso = (at: EpochMs | null) => (at === null ? null : formatInstant(at));
const day = (at: EpochMs | null) => (at === null ? "" : formatInstant(at).slice(0, 10));

/** What `rehearse --json` prints. */
export function futureJson(future: Future): unknown {
  return {
    tenant: future.tenant,
    from: iso(future.from),
    until: iso(future.until),
    complete: future.complete,
    seed: future.seeds.first,
    runs: future.seeds.runs,
    applications: future.applications,
    bound: future.bound,
    leftOut: future.leftOut.map(({ reason, sentence, applications }) => ({ reason, sentence, applications })),
    applicationYears: future.applicationYears,
    rotations: future.rotations.map((one) => ({
      ...one,
      plannedAt: iso(one.plannedAt),
      issuedAt: iso(one.issuedAt),
      verifiedAt: iso(one.verifiedAt),
      retiredAt: iso(one.retiredAt),
    })),
    issuesPerDay: future.issuesPerDay,
    days: future.days.map((one) => ({ ...one, day: day(one.day) })),
    people: future.people.map((one) => ({ ...one, by: iso(one.by) })),
    without: future.without.map((one) => ({ ...one, at: iso(one.at) })),
    with: future.with.map((one) => ({ ...one, at: iso(one.at) })),
    findings: future.findings,
    storyHashes: future.storyHashes,
    signIns: future.signIns,
    crashes: future.crashes,
    faults: future.faults,
  };
}

export function futureLines(future: Future, style: Style): string[] {
  const busiest = future.days.reduce((most, one) => Math.max(most, one.issues), 0);
  const lapses = (all: Future["with"], colour: (text: string) => string) =>
    table(
      ["stops on", "application", "why"],
      all.map((one) => [day(one.at), one.displayName, one.sentence]),
      (cell, row, column) => (row >= 0 && column === 0 ? colour(cell) : cell),
    );
  return [
    `${style.bold(future.tenant)}: ${day(future.from)} to ${day(future.until)}, ${count(future.bound, "application")} of ${future.applications} looked after`,
    ...leftLines(future),
    `${count(future.rotations.length, "rotation")}, at most ${busiest} new credentials a day${future.issuesPerDay === null ? "" : ` of the ${future.issuesPerDay} allowed`}`,
    "",
    `without nolapse: ${count(future.without.length, "application")} would stop`,
    ...lapses(future.without, style.red),
    "",
    `with nolapse: ${future.with.length === 0 ? style.green("none stops") : `${count(future.with.length, "application")} still would`}`,
    ...(future.with.length === 0 ? [] : lapses(future.with, style.yellow)),
    ...(future.people.length === 0
      ? []
      : [
          "",
          `${count(future.people.length, "thing")} for a person`,
          ...table(
            ["before", "application", "why"],
            future.people.map((one) => [day(one.by), one.displayName, `${one.sentence} (${one.reason})`]),
          ),
        ]),
    "",
    ...faultLines(future),
    ...future.findings.map((one) => style.red(`a fault of nolapse itself: ${one}`)),
  ];
}

/** Why the others are not among them; each is explained by a command of its own. */
function leftLines({ leftOut }: Future): string[] {
  if (leftOut.length === 0) return [];
  const row = ({ applications, example, sentence, reason }: Future["leftOut"][number]) => [
    `${applications}`,
    example,
    `${sentence} (${reason})`,
  ];
  return [
    "",
    "left out; nolapse explain APP says more",
    ...table(["how many", "such as", "why"], leftOut.map(row)),
    "",
  ];
}

function faultLines({ faults }: Future): string[] {
  if (faults.every((one) => one.met === 0)) return ["no fault was met"];
  return [
    "faults met and answered",
    ...table(
      ["fault", "when", "met", "what nolapse did"],
      faults.map((one) => [one.name, shareWords(one.rate), String(one.met), one.answer ?? "never met"]),
    ),
  ];
}
