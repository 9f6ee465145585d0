/**
 * What a rehearsal knows of persons' words and of modes (design §4.7): who has approved which part of which rotation, which applications are
 * privileged or became so, in which mode each process was started, and what it wrote all the same. Kept from what the persons of the world
 * do and from what the lists of the directory showed; what the manager has noted of it only makes the judgement stricter.
 */
import type { ApprovedPart, Person } from "../../core/policy/approval.ts";
import type { Mode } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, HOUR, MINUTE, plus } from "../../core/time.ts";
import type { GrantPage } from "../../ports/entra.ts";
import type { Consignment } from "../../ports/target.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { Committed } from "./committed.ts";
import type { Forbidden } from "./rule-books.ts";
import { type Write, writeOf } from "./writes.ts";

// once more the design's own number, as in invariants.ts
/** How many different persons, each signed in to the tenant, a privileged application asks for. */
const PERSONS = 2;
/** A rotation that is being worked on is held to it by a later scan: so many readings apart, and a while after the last. */
const READINGS = 3;
const APART = HOUR / 2;
const AFTER_READING = HOUR;

/** How far the clock of a process may be off. */
const SKEWED = 5 * MINUTE;

interface Surroundings {
  /** As committed. */
  readonly rotations: Committed;
  /** Whether the application of this client id can make itself master of the tenant, from the beginning. */
  isPrivileged(appId: string): boolean;
  /** Whether a person has said that what it replaces has leaked, which is his word on all of it. */
  isLeaked(rotation: Rotation): boolean;
  now(): EpochMs;
}

/** A rotation as it was when the store first knew it as privileged. */
interface Hardened {
  /** What was begun goes on. */
  readonly isBegun: boolean;
  readonly issued: string | null;
}

export class ApprovalBooks {
  readonly #around: Surroundings;
  /** By rotation and part: the signed-in persons who have approved it, and until when their word may have been stored. */
  readonly #persons = new Map<string, Map<string, EpochMs>>();
  /** Rotations that anybody has approved. */
  readonly #spoken = new Set<string>();
  /** When a person has last asked for a new credential of an application, by client id: that is his word on what is opened then. */
  readonly #asked = new Map<string, EpochMs>();
  readonly #hardened = new Map<string, Hardened>();
  /** Words that an old one shall go before its time, as stored, and when: what was approved before the last one counts for less. */
  readonly #words = new Map<string, { readonly of: EpochMs; readonly at: EpochMs }[]>();
  /** Service principals of applications that were granted a role half-way, and when lists showed it. */
  readonly #granted = new Map<string, { readonly appId: string; readonly seen: EpochMs[] }>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** A person approves a rotation, whether or not the answer reaches him; told again once it has. */
  approves(rotation: string, person: Person | string, what: ApprovedPart | "both" = "both"): void {
    this.#spoken.add(rotation);
    if (typeof person === "string" || person.objectId === null) return;
    for (const part of what === "both" ? (["issue", "retire"] as const) : [what]) {
      const key = `${rotation} ${part}`;
      const known = this.#persons.get(key) ?? new Map<string, EpochMs>();
      this.#persons.set(key, known.set(person.objectId, plus(this.#around.now(), MINUTE)));
    }
  }

  /** A person asks for a new credential of an application now, whether or not the answer reaches him. */
  asks(appId: string): void {
    this.#asked.set(appId, this.#around.now());
  }

  /** How many signed-in persons have approved it. */
  count(rotation: string, part: ApprovedPart = "issue"): number {
    const since = part === "retire" ? this.#words.get(rotation)?.at(-1)?.at : undefined;
    const spoken = [...(this.#persons.get(`${rotation} ${part}`)?.values() ?? [])];
    return spoken.filter((at) => since === undefined || at >= since).length;
  }

  /** The service principal of an application was granted a role by which it can master the tenant. */
  granted(appId: string, principalId: string): void {
    this.#granted.set(principalId, { appId, seen: [] });
  }

  revoked(principalId: string): void {
    this.#granted.delete(principalId);
  }

  /** The store is what it was then: what its scans had found they find again, and words that came later are none. */
  forget(since: EpochMs): void {
    this.#hardened.clear();
    for (const [id, words] of this.#words)
      this.#words.set(
        id,
        words.filter(({ at }) => at <= since),
      );
    for (const { seen } of this.#granted.values()) seen.splice(0);
  }

  /** A rotation that was just stored. */
  committed({ id, privileges = [], attempts, issued, removal, emergency }: Rotation): void {
    if (privileges.length === 0) return;
    const asked = removal?.at ?? emergency?.at;
    // said once more that a value has leaked asks nobody anew
    const words = this.#words.get(id) ?? [];
    const isNew = removal !== undefined ? words.at(-1)?.of !== asked : words.length === 0;
    if (asked !== undefined && isNew) this.#words.set(id, [...words, { of: asked, at: this.#around.now() }]);
    if (this.#hardened.has(id)) return;
    this.#hardened.set(id, { isBegun: attempts.length > 0, issued: issued?.keyId ?? null });
  }

  /** Right after an effect of a process that was started in this mode. */
  after(call: Call, outcome: Outcome, mode: Mode): readonly Forbidden[] {
    if (this.#granted.size > 0 && outcome.ok && call.method.endsWith("Page")) this.#reads(call, outcome.value);
    const write = writeOf(call, outcome, this.#around.rotations);
    if (write === null) return [];
    const said = [this.#againstMode(write, mode), this.#unapproved(call, write)].filter((one) => one !== null);
    return said.map((why) => ({ what: `${whatOf(call, write)} although ${why}`, about: write.appId }));
  }

  #reads({ method }: Call, value: unknown): void {
    if (method !== "grantPage" && method !== "directoryRolePage") return;
    const now = this.#around.now();
    for (const { principalId } of (value as GrantPage).grants) {
      const seen = this.#granted.get(principalId)?.seen;
      if (seen !== undefined && now - (seen.at(-1) ?? 0) >= APART) seen.push(now);
    }
  }

  #againstMode({ rotation }: Write, mode: Mode): string | null {
    if (mode === "observe") return "the mode is observe";
    if (mode !== "propose" || rotation === null || this.#spoken.has(rotation.id)) return null;
    const asked = this.#asked.get(rotation.holder.appId);
    if (asked !== undefined && rotation.plannedAt > asked - SKEWED) return null;
    if (this.#around.isLeaked(rotation)) return null;
    return "the mode is propose and nobody has approved it";
  }

  #unapproved(call: Call, write: Write): string | null {
    const { appId, rotation } = write;
    if (appId === null) return null;
    const why = this.#isHeld(call, write);
    if (why === null) return null;
    const part = isRetirement(call, write) ? "retire" : "issue";
    const count = rotation === null ? 0 : this.count(rotation.id, part);
    return count >= PERSONS ? null : `${why} and ${count} of two persons have approved it`;
  }

  /** Why it takes two persons; null where it does not. */
  #isHeld(call: Call, write: Write): string | null {
    const { appId, rotation } = write;
    if (appId !== null && this.#around.isPrivileged(appId)) return "the application is privileged";
    if (rotation === null) return null;
    const known = this.#hardened.get(rotation.id);
    const goesOn = !isRetirement(call, write) && write.what !== "creates";
    if (known !== undefined) {
      const isDone = write.what === "delivers" ? known.issued === issuedIn(call, rotation) : known.isBegun;
      return goesOn && isDone ? null : "its rotation is known as one of a privileged application";
    }
    if (goesOn || !this.#isLongSeen(rotation.holder.appId)) return null;
    return `the application has become privileged, as ${READINGS} scans have shown,`;
  }

  #isLongSeen(appId: string): boolean {
    const now = this.#around.now();
    for (const { appId: of, seen } of this.#granted.values()) {
      const last = seen[READINGS - 1];
      if (of === appId && last !== undefined && now - last > AFTER_READING) return true;
    }
    return false;
  }
}

/** Whether it takes the old credential away. */
function isRetirement({ args, method }: Call, { what, rotation }: Write): boolean {
  if (what !== "removes" || rotation === null) return false;
  const removed = method === "replaceCertificates" ? rotation.listWrite?.removed : args[1];
  return removed === rotation.replaces;
}

/** The credential that is delivered. */
function issuedIn({ method, args }: Call, { issued }: Rotation): string | null {
  return method === "deliver" ? (args[1] as Consignment).keyId : (issued?.keyId ?? null);
}

function whatOf({ args }: Call, { what, rotation }: Write): string {
  const whose = rotation?.displayName ?? "an application";
  switch (what) {
    case "creates":
      return `a credential of ${whose} was created`;
    case "delivers":
      return `${String(args[0])} was written`;
    case "removes":
      return `a credential of ${whose} was removed`;
    case "restores":
      return `a list of ${whose} was written`;
  }
}
