/** The demo's story, one line for each kind of thing that happened at one time, however many applications it happened to. */
import { REASONS } from "../../core/reasons.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import { when } from "../speak.ts";

const NAMED = 3;

export interface Narrator {
  /** Hears of every stored event. */
  observe(rotation: Rotation, event: RotationEvent): void;
  /** The lines since the last call. */
  lines(): string[];
}

export function createNarrator(): Narrator {
  let heard = new Map<string, string[]>();
  return {
    observe(rotation, event) {
      const what = sayingOf(rotation, event);
      if (what === null) return;
      const key = `${when(event.at as EpochMs)} ${what}`;
      heard.set(key, [...(heard.get(key) ?? []), rotation.displayName]);
    },
    lines() {
      const told = [...heard].map(([key, names]) => `${key}: ${list(names)}`);
      heard = new Map();
      return told;
    },
  };
}

function sayingOf(rotation: Rotation, event: RotationEvent): string | null {
  switch (event.type) {
    case "issued":
      return "issued a new secret, sealed and stored";
    case "accepted":
      return "accepted by the token endpoint, four times over five minutes";
    case "delivered":
      return "delivered";
    case "verified":
      return rotation.verifiedAt === event.at ? "verified: the copy read back signs in" : null;
    case "removed":
      return "old secret removed, right after one more sign-in with the new copy";
    case "absent-read":
      return rotation.retiredAt === event.at ? "retired: seen absent in five reads" : null;
    case "failed":
    case "issue-refused":
    case "issue-unknown":
      return `failed, ${event.failure.message} [${event.failure.code}]`;
    case "halted":
      return `halted, ${REASONS[event.reason]} [${event.reason}]`;
    default:
      return null;
  }
}

function list(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return rest > 1 ? `${names.slice(0, NAMED).join(", ")} and ${rest} more` : names.join(", ");
}
