/**
 * What a rehearsal knows of persons' words and of modes (design §4.7): who has approved which rotation, in which mode each
 * process was started, and what it wrote all the same. Kept from what the persons of the world do, never from what the manager
 * has noted of it.
 */
import type { Person } from "../core/policy/approval.ts";
import type { Mode } from "../core/policy/settings.ts";
import type { Rotation } from "../core/rotation/rotation.ts";
import type { Forbidden } from "./rule-books.ts";
import type { Call, Outcome } from "./story.ts";
import { type Write, writeOf } from "./writes.ts";

// once more the design's own number, as in invariants.ts
/** How many different persons, each signed in to the tenant, a privileged application asks for. */
const PERSONS = 2;

interface Surroundings {
  /** As committed. */
  readonly rotations: ReadonlyMap<string, Rotation>;
  /** Whether the application of this client id can make itself master of the tenant. */
  isPrivileged(appId: string): boolean;
}

export class ApprovalBooks {
  readonly #around: Surroundings;
  /** By rotation: the signed-in persons who have approved all of it. */
  readonly #persons = new Map<string, Set<string>>();
  /** Rotations that anybody has approved. */
  readonly #spoken = new Set<string>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** A person approves both parts of a rotation, whether or not the answer reaches him. */
  approves(rotation: string, person: Person | string): void {
    this.#spoken.add(rotation);
    if (typeof person === "string" || person.objectId === null) return;
    this.#persons.set(rotation, (this.#persons.get(rotation) ?? new Set()).add(person.objectId));
  }

  /** How many signed-in persons have approved it. */
  count(rotation: string): number {
    return this.#persons.get(rotation)?.size ?? 0;
  }

  /** Right after an effect of a process that was started in this mode. */
  after(call: Call, outcome: Outcome, mode: Mode): readonly Forbidden[] {
    const write = writeOf(call, outcome, this.#around.rotations.values());
    if (write === null) return [];
    const said = [this.#againstMode(write, mode), this.#unapproved(write)].filter((one) => one !== null);
    return said.map((why) => ({ what: `${whatOf(call, write)} although ${why}`, about: write.appId }));
  }

  #againstMode({ rotation }: Write, mode: Mode): string | null {
    if (mode === "observe") return "the mode is observe";
    if (mode !== "propose" || rotation === null || this.#spoken.has(rotation.id)) return null;
    return "the mode is propose and nobody has approved it";
  }

  #unapproved({ appId, rotation }: Write): string | null {
    if (appId === null || !this.#around.isPrivileged(appId)) return null;
    const count = rotation === null ? 0 : this.count(rotation.id);
    return count >= PERSONS ? null : `the application is privileged and ${count} of two persons have approved it`;
  }
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
