/** What a look at one application's rotation has found, as checks: whether writing goes on, what the policy says, who must still approve. Pure. */
import type { Answer } from "../api/client.ts";
import { counted, written } from "./dates.ts";
import { plainName } from "./names.ts";

type Look = Pick<
  Answer<"POST /api/v1/t/{tenant}/applications/rotate/check">,
  "now" | "blocked" | "held" | "twoPersons" | "items"
>;
type Tried = Pick<Answer<"POST /api/v1/t/{tenant}/applications/{id}/rotate/preflight">, "checks" | "slots">;
type Item = Look["items"][number];
export type Check = Answer<"GET /api/v1/t/{tenant}/health">["checks"][number];

/** In the order they are asked in. What is about the directory and the places is tried on its own. */
export function foreseenChecks(look: Look, zone: string): readonly Check[] {
  return [writingCheck(look), ...look.items.map((one) => policyCheck(one, look.now, zone)), ...approvalChecks(look)];
}

function writingCheck({ blocked, held }: Look): Check {
  const base = { area: "tenant", name: "Writing" };
  if (blocked !== null) return { ...base, state: "failed", says: `${blocked.detail}.`, fix: blocked.next };
  if (held.length === 0) return { ...base, state: "ok", says: "Nothing holds it back.", fix: null };
  const why = held.map(({ sentence }) => sentence).join("; ");
  return { ...base, state: "warn", says: `What is begun waits: ${why}.`, fix: "an Admin lets it go on, under Health" };
}

function policyCheck({ displayName, slot, ...one }: Item, now: string, zone: string): Check {
  const base = {
    area: "policy",
    name: plainName(displayName) + (slot === null || slot === "default" ? "" : ` (${slot})`),
  };
  const detail = one.detail === null ? "" : `: ${one.detail}`;
  if (one.outcome === "refused") {
    return { ...base, state: "failed", says: `Cannot: ${one.sentence}${detail} [${one.reason}]`, fix: null };
  }
  if (one.outcome === "open") return { ...base, state: "ok", says: "Is under way already.", fix: null };
  const at = one.startsAt === null ? null : Date.parse(one.startsAt);
  if (at === null || at <= Date.parse(now)) return { ...base, state: "ok", says: "May begin at once.", fix: null };
  const says = `Begins ${written(at, zone, "dateTime")}: windows, freezes and limits say so.`;
  return { ...base, state: "warn", says, fix: null };
}

const PARTS = { issue: "the new credential", retire: "the removal of the old one" } as const;

function approvalChecks({ items, twoPersons }: Look): readonly Check[] {
  const going = items.filter(({ outcome }) => outcome !== "refused");
  if (going.length === 0) return [];
  const base = { area: "policy", name: "Approvals" };
  const waits = (["issue", "retire"] as const).filter((part) => going.some(({ waitsFor }) => waitsFor.includes(part)));
  if (waits.length === 0) return [{ ...base, state: "ok", says: "Your word is enough.", fix: null }];
  const who = twoPersons > 0 || waits.includes("issue") ? "Two persons" : "A person";
  const says = `${who} must still approve ${waits.map((part) => PARTS[part]).join(" and ")}.`;
  return [{ ...base, state: "warn", says, fix: "under Plan and approvals, once it waits there" }];
}

/** What should be begun by what was tried: every slot, some of them alone, or none; and why not all. */
export interface Verdict {
  /** Null where all are meant. */
  readonly slots: readonly string[] | null;
  readonly why: string | null;
}

/** A target that failed keeps back what goes to it; what failed of Nolapse itself keeps back all. */
export function verdictOf({ checks, slots }: Tried): Verdict {
  const failed = checks.filter(({ state }) => state === "failed");
  if (failed.length === 0) return { slots: null, why: null };
  const places = failed.filter(({ area }) => area === "targets").map(({ name }) => name);
  const isHeld = (one: Tried["slots"][number]) => one.targets.some((target) => places.includes(target));
  const free = slots.flatMap((one) => (one.slot === null || isHeld(one) ? [] : [one.slot]));
  if (places.length < failed.length || free.length === 0) return { slots: [], why: failedSentence(checks) };
  const held = slots.filter(isHeld).map(({ slot }) => slotName(slot));
  return {
    slots: free,
    why: `${places.join(", ")} failed: ${held.join(", ")} ${held.length === 1 ? "is" : "are"} left out.`,
  };
}

const slotName = (slot: string | null) => (slot === null ? "a credential without a slot" : `slot ${slot}`);

/** Why nothing should be begun; null where nothing that was tried speaks against it. */
function failedSentence(tried: readonly Check[]): string | null {
  const failed = tried.filter(({ state }) => state === "failed").map(({ name }) => name);
  if (failed.length === 0) return null;
  return `${counted(failed.length, "check has failed", "checks have failed")} (${failed.join(", ")}): nothing could be brought to its end.`;
}
