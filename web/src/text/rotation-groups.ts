/** The words of groups of rotations, and the order in each. */
import type { Answer } from "../api/client.ts";
import { counted, grouped } from "./dates.ts";
import type { Key } from "./merging.ts";

type Group = Answer<"GET /api/v1/t/{tenant}/rotations/groups">["groups"][number];
type GroupName = Group["group"];

export const GROUP_WORDS: Readonly<Record<GroupName, string>> = {
  waits: "Waits for a person",
  "under-way": "Under way",
  overlap: "In overlap",
  finished: "Finished",
};

export const GROUP_MEANS: Readonly<Record<GroupName, string>> = {
  waits: "what ends first is on top",
  "under-way": "goes on by itself",
  overlap: "old and new both work",
  finished: "the newest on top",
};

export const GROUP_EMPTY: Readonly<Record<GroupName, string>> = {
  waits: "Nothing waits for a person.",
  "under-way": "Nothing is under way.",
  overlap: "No old credential waits for the end of an overlap.",
  finished: "Nothing has been renewed yet.",
};

/** What a group is in the order of; of what is finished the newest is first. */
export function groupOrder(group: GroupName): Key<Pick<Group["items"][number], "replacesEnd" | "dueAt" | "plannedAt">> {
  return ({ replacesEnd, dueAt, plannedAt }) => {
    if (group === "finished") return Date.parse(plannedAt);
    return Date.parse((group === "overlap" ? dueAt : replacesEnd) ?? "9999-12-31");
  };
}

/** The group an address means; states that had a list of their own are in one. */
const MEANT: Readonly<Record<string, GroupName>> = {
  waits: "waits",
  "under-way": "under-way",
  overlap: "overlap",
  finished: "finished",
  halted: "waits",
  verified: "overlap",
  retired: "finished",
  cancelled: "finished",
};

/** Null where it means all of them. */
export function groupIn(state: string | undefined): GroupName | null {
  return state !== undefined && Object.hasOwn(MEANT, state) ? (MEANT[state] ?? null) : null;
}

/** "2 rotations wait for a person; 3 are under way, 11 in overlap, 40 finished." */
export function groupsSentence(groups: readonly Pick<Group, "group" | "total">[]): string {
  const of = (wanted: GroupName) => groups.find(({ group }) => group === wanted)?.total ?? 0;
  const waits = of("waits");
  const first =
    waits === 0
      ? "No rotation waits for a person"
      : `${counted(waits, "rotation")} ${waits === 1 ? "waits" : "wait"} for a person`;
  const moving = of("under-way");
  const rest = [
    `${grouped(moving)} ${moving === 1 ? "is" : "are"} under way`,
    `${grouped(of("overlap"))} in overlap`,
    `${grouped(of("finished"))} finished`,
  ];
  return `${first}; ${rest.join(", ")}.`;
}
