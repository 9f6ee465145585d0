/**
 * What a rehearsal knows of pauses: which rotations and applications persons hold, from when they are told that they do until they ask that it goes on.
 * Kept from what the persons of the world do, never from what the manager has noted of it.
 */

import type { Call, Outcome } from "../stage/story.ts";
import type { Committed } from "./committed.ts";
import type { ReplacedList } from "./list-books.ts";
import type { Forbidden } from "./rule-books.ts";
import { type Write, writeOf } from "./writes.ts";

export class PauseBooks {
  readonly #rotations: Committed;
  readonly #held = new Set<string>();
  /** Applications that persons hold as a whole, by client id. */
  readonly #whole = new Set<string>();

  constructor(rotations: Committed) {
    this.#rotations = rotations;
  }

  /** A person was told that it is held. */
  pauses(id: string): void {
    this.#held.add(id);
  }

  holds(id: string): boolean {
    return this.#held.has(id);
  }

  /** A person asks that it goes on, whether or not his answer reaches him. */
  continues(id: string): void {
    this.#held.delete(id);
  }

  /** The same of a whole application. */
  pausesWhole(appId: string): void {
    this.#whole.add(appId);
  }

  holdsWhole(appId: string): boolean {
    return this.#whole.has(appId);
  }

  continuesWhole(appId: string): void {
    this.#whole.delete(appId);
  }

  /** A person says that the value has leaked: whoever held its rotation did not know of it. */
  leaks(keyId: string): void {
    for (const { id, replaces } of this.#rotations.naming(keyId)) if (replaces === keyId) this.#held.delete(id);
  }

  /** The store is older than the directory: nobody knows what it holds. */
  forget(): void {
    this.#held.clear();
    this.#whole.clear();
  }

  /** Right after an effect. */
  after(call: Call, outcome: Outcome): readonly Forbidden[] {
    if (this.#held.size === 0 && this.#whole.size === 0) return [];
    const write = writeOf(call, outcome, this.#rotations);
    const { rotation, what, appId } = write ?? {};
    if (write != null && appId != null && this.#whole.has(appId) && !isMending(call, write))
      return [{ what: `something ${what} on an application that a person has paused`, about: appId }];
    if (write == null || rotation == null || !this.#held.has(rotation.id) || isMending(call, write)) return [];
    const { id, state, holder } = rotation;
    return [
      { what: `rotation ${id}, which is ${state}, ${what} although a person has paused it`, about: holder.appId },
    ];
  }
}

/**
 * What an earlier list of ours has cost others, or us, is put back whatever anybody holds, the rotation or its application: by a list whose
 * intent names what comes back, takes nothing away, and adds nothing but the rotation's own certificate that a read did not show. Nothing
 * else is: an undo waits with its application, and so does the end of one. Beside one rotation that is held it goes on, and is not that one's.
 */
function isMending({ method, args }: Call, { rotation }: Write): boolean {
  const intent = rotation?.listWrite ?? null;
  if (method !== "replaceCertificates" || intent === null) return false;
  if (intent.removed !== null || intent.restored.length === 0) return false;
  const { added } = args[1] as ReplacedList;
  return added.every(({ keyId }) => keyId === rotation?.issued?.keyId);
}
