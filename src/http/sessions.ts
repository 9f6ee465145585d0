/**
 * Who is signed in with a browser. A session lives in this process alone: its id is in a cookie and, hashed, here; a restart
 * signs everybody out. An id is only ever made here, at sign-in: one that comes from outside is known or it is nothing.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Caller } from "./caller.ts";
import type { OwnRights } from "./own-rights.ts";

export interface Session {
  /** For lists and for ending it; opens nothing. */
  readonly handle: string;
  readonly caller: Caller;
  /** Goes with every change, in a header that other sites cannot send. */
  readonly csrf: string;
  /** What the person lent the server at this sign-in; null where he was not asked. */
  readonly rights: OwnRights | null;
  /** Process time, milliseconds. */
  readonly since: number;
  readonly seen: number;
}

/** After this long without a request it is over, and after the second in any case; milliseconds of process time. */
export const IDLE: number = 60 * 60_000;
export const LONGEST: number = 8 * 60 * 60_000;
/** So many are kept; the one not seen for longest gives way. */
const MOST = 10_000;

const hashed = (id: string) => hash("sha256", id, "base64url");

export class Sessions {
  readonly #sessions = new Map<string, Session>();
  /** By handle, the key above. */
  readonly #keys = new Map<string, string>();
  readonly #now: () => number;

  /** `now` is process time. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new session and the id for its cookie. What `former` names is over: nobody keeps an id across a sign-in. */
  begin(
    caller: Caller,
    former: string | undefined,
    rights: OwnRights | null = null,
  ): { readonly id: string; readonly session: Session } {
    if (former !== undefined) this.#drop(hashed(former));
    this.#sweep();
    // seen ones are put back at the end, so the first is the one not seen for longest
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size < MOST) break;
      this.#drop(key);
    }
    const id = randomBytes(32).toString("base64url");
    const now = this.#now();
    const [handle, csrf] = [randomBytes(9).toString("base64url"), randomBytes(32).toString("base64url")];
    const session: Session = { handle, caller, csrf, rights, since: now, seen: now };
    this.#sessions.set(hashed(id), session);
    this.#keys.set(handle, hashed(id));
    return { id, session };
  }

  /** The session of a cookie, null where there is none or it is over; it has been seen now. */
  find(id: string | undefined): Session | null {
    if (id === undefined) return null;
    const key = hashed(id);
    const found = this.#sessions.get(key);
    if (found === undefined) return null;
    if (this.#isOver(found)) {
      this.#drop(key);
      return null;
    }
    const session = { ...found, seen: this.#now() };
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    return session;
  }

  /** Whether a session goes on; asking does not put its end off. */
  goesOn({ handle }: Session): boolean {
    const found = this.#sessions.get(this.#keys.get(handle) ?? "");
    return found !== undefined && !this.#isOver(found);
  }

  /** Everybody's, or one person's. */
  list(objectId?: string): readonly Session[] {
    this.#sweep();
    const all = [...this.#sessions.values()];
    return objectId === undefined ? all : all.filter(({ caller }) => caller.objectId === objectId);
  }

  /** Ends a session by its handle; whether there was one. */
  end(handle: string): boolean {
    const key = this.#keys.get(handle);
    return key !== undefined && this.#drop(key);
  }

  #drop(key: string): boolean {
    const found = this.#sessions.get(key);
    if (found !== undefined) this.#keys.delete(found.handle);
    return this.#sessions.delete(key);
  }

  #isOver({ since, seen }: Session): boolean {
    const now = this.#now();
    return now - seen > IDLE || now - since > LONGEST;
  }

  #sweep(): void {
    for (const [key, session] of this.#sessions) if (this.#isOver(session)) this.#drop(key);
  }
}

/** Whether the token of a change is the session's; takes as long whatever differs. */
export function isToken(session: Session, given: string | undefined): boolean {
  const [a, b] = [Buffer.from(session.csrf), Buffer.from(given ?? "")];
  return a.length === b.length && timingSafeEqual(a, b);
}
