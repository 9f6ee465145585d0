/** The pause of a whole application, as each of its rotations shows it. */
import { command } from "../commands.ts";
import { epochMs, formatInstant, SECOND } from "../time.ts";
import type { Rotation } from "./rotation.ts";
import type { ApplicationPause, Paused } from "./words.ts";

const OVER: readonly Rotation["state"][] = ["retired", "cancelled"];

/**
 * The rotation held by the pause of its application, where there is one: so the store gives it, and so everything that is held by a pause of
 * its own is held by this one. What is over and waits for nothing stays as it is, as does one that a person holds by itself.
 */
export function underPause(rotation: Rotation, pause: ApplicationPause | undefined): Rotation {
  const isDone = OVER.includes(rotation.state) && rotation.dueAt === null;
  if (pause === undefined || isDone || rotation.paused !== undefined) return rotation;
  const { by, at, reason } = pause;
  return { ...rotation, paused: { by, at, reason, application: true } };
}

/** The rotation as it is kept: its application's pause is not its own, and ends without it. */
export function withoutPause(rotation: Rotation): Rotation {
  if (rotation.paused?.application !== true) return rotation;
  const { paused: _, ...own } = rotation;
  return own;
}

/** What is typed to let go on what is held: the rotation, or its whole application. */
export function goesOnBy({ id, holder }: Pick<Rotation, "id" | "holder">, { application }: Paused): string {
  return `continue ${application === true ? holder.appId : id}`;
}

/** Why nothing is done to it. */
export function heldBecause({ application }: Paused): "paused" | "application-paused" {
  return application === true ? "application-paused" : "paused";
}

/** Who holds it, and what to type; `tenant`: as `command` takes it. */
export function pausedWords(
  rotation: Pick<Rotation, "id" | "holder">,
  held: Paused,
  tenant: string | undefined,
): string {
  return `${pausedDetail(held)}; ${command(tenant, goesOnBy(rotation, held))}`;
}

/** Who holds it, since when to the second, and why. */
export function pausedDetail({ by, at, reason }: Paused): string {
  return `by ${by} since ${formatInstant(epochMs(at - (at % SECOND)))}${reason === undefined ? "" : `: ${reason}`}`;
}
