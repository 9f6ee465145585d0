/** The checks that watch a list of certificates which was replaced (design §4.8). */
import { LIST_SCHEDULE, nextReadAt } from "../schedule/replication.ts";
import type { EpochMs } from "../time.ts";
import type { Rotation } from "./rotation.ts";
import { type Check, doStep, type Verdict, wait } from "./verdict.ts";

/** Entries that were lost while we replaced a list of certificates are looked for, and put back (design §4.8). */
export const listWatch: Check = {
  name: "list-watch",
  judge: ({ rotation, now }) => {
    const due = nextListReadAt(rotation);
    if (due !== null && due <= now) return doStep({ step: "compare-list" }, "list-compare");
    return rotation.listLosses.some((one) => one.fate === "lost")
      ? (stillUntil(rotation, now) ?? doStep({ step: "restore-list" }, "list-restore"))
      : stillUntil(rotation, now);
  },
};

/** A list is replaced only when two reads, this far apart, show the same. */
function stillUntil({ listReadAt, listAgainAt }: Rotation, now: EpochMs): Verdict | null {
  const again = listAgainAt ?? null;
  return listReadAt === null || again === null || now >= again ? null : wait(again, "list-still");
}

/** When the list of certificates must be read again after we replaced it; null when nothing is watched. */
export function nextListReadAt({ listWrite }: Rotation): EpochMs | null {
  if (listWrite === null) return null;
  return nextReadAt(LIST_SCHEDULE, listWrite.at, listWrite.reads.length);
}
