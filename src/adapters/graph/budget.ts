/**
 * The one gate on the way to Graph: every request passes here, waits for its turn inside the configured share of Graph's
 * published limits (core/schedule/budget.ts says which one is next), and is sent once. Nothing is ever repeated here: a refusal goes
 * back to whoever asked, and makes the others wait.
 */

import type { HolderRef } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { type Asked, Budget, type Ticket, type Told } from "../../core/schedule/budget.ts";
import { COSTLY_READS, SLICE } from "../../core/schedule/graph-limits.ts";
import { type EpochMs, SECOND } from "../../core/time.ts";
import type { ProcessTime } from "../../ports/clock.ts";
import type { Deadlines } from "../../ports/deadlines.ts";
import { retryAfterOf, type Wire, type WireAnswer, type WireRequest } from "./wire.ts";

/**
 * A pause that the service asks for and that is longer than this is not waited out here: leases and proofs would grow old
 * meanwhile, and a process that is told to end has ten seconds. The request is refused unsent, and comes again when the engine's
 * own books say so, the earliest deadline first.
 */
const LONGEST_WAIT = SLICE;

/** How a request that must wait does so; it is woken when its turn has come (`goes`), or it is refused. */
export interface Waiting {
  readonly asleep: Promise<void>;
  wake(goes: boolean): void;
}

/** A request in the line. */
interface Going {
  go(): void;
  refuse(why: unknown): void;
  isSettled: boolean;
  waiting: Waiting | null;
}

/** All that this process sends to one cloud, whatever the tenant: Graph counts the application in all of them together. */
export class GraphGate {
  readonly #budget = new Budget();
  readonly #time: ProcessTime;
  readonly #waiting: (() => Waiting) | null;
  readonly #going = new Map<Ticket, Going>();
  #alarm: AbortController | null = null;

  /** `waiting` is for a simulator, in which only one thing happens at a time; nothing but the turn is waited for where it is left out. */
  constructor(time: ProcessTime, waiting: (() => Waiting) | null = null) {
    this.#time = time;
    this.#waiting = waiting;
  }

  /**
   * Sends when it is the request's turn. `mayGo` is asked before one that had to wait is sent after all.
   * @throws NolapseError `directory-throttled`, nothing sent, when the service has asked for a longer pause than is waited here.
   */
  async send(
    asked: Asked,
    send: () => Promise<WireAnswer>,
    mayGo: () => Promise<void>,
    signal?: AbortSignal,
  ): Promise<WireAnswer> {
    const ticket = this.#budget.enter(asked);
    const turn = this.#turnOf(ticket, signal);
    this.#look();
    const going = this.#going.get(ticket);
    const waits = going !== undefined;
    try {
      if (waits) await this.#asleep(going, turn);
      await turn;
      if (waits) await mayGo();
    } catch (thrown) {
      this.#forget(ticket);
      throw thrown;
    }
    let told: Told = { throttled: false, retryAfter: null, scope: null, used: null };
    try {
      const answer = await send();
      told = toldBy(answer);
      return answer;
    } finally {
      this.#budget.answered(ticket, this.#time.processNow(), told);
      this.#look();
    }
  }

  async #asleep(going: Going, turn: Promise<void>): Promise<void> {
    if (this.#waiting === null || going.isSettled) return;
    // refused while it sleeps, it hears of it when it is awake
    turn.catch(() => {});
    going.waiting = this.#waiting();
    await going.waiting.asleep;
  }

  /** Resolves when it may go; rejects when it may not go soon, or the signal aborts. */
  async #turnOf(ticket: Ticket, signal: AbortSignal | undefined): Promise<void> {
    let abort: () => void = () => {};
    try {
      await new Promise<void>((go, refuse) => {
        const settle = (goes: boolean) => {
          going.isSettled = true;
          going.waiting?.wake(goes);
        };
        const going: Going = {
          go: () => {
            go();
            settle(true);
          },
          refuse: (why) => {
            refuse(why);
            settle(false);
          },
          isSettled: false,
          waiting: null,
        };
        this.#going.set(ticket, going);
        abort = () => going.refuse(signal?.reason);
        signal?.addEventListener("abort", abort);
        if (signal?.aborted === true) abort();
      });
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** One that is no longer wanted: out of the line, or what it would have spent given back. */
  #forget(ticket: Ticket): void {
    if (this.#going.delete(ticket)) this.#budget.leave(ticket);
    else this.#budget.unspent(ticket);
    this.#look();
  }

  /** Lets go whose turn it is, refuses what would wait too long, and looks again when time alone can make room. */
  #look(): void {
    const now = this.#time.processNow();
    for (const ticket of this.#budget.admit(now)) {
      const { go } = this.#going.get(ticket) ?? {};
      this.#going.delete(ticket);
      go?.();
    }
    for (const [ticket, going] of this.#going) {
      const pause = this.#budget.pauseFor(ticket.asked, now);
      if (pause > LONGEST_WAIT && !going.isSettled) going.refuse(tooLong(pause));
    }
    // with a reason: without one a DOMException is made, stack and all, at every request
    this.#alarm?.abort("another look");
    const again = this.#budget.again(now);
    if (again === null) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    void this.#time.sleep(again, alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#look();
    });
  }
}

function tooLong(pause: number): NolapseError {
  const seconds = Math.ceil(pause / SECOND);
  return new NolapseError(
    "directory-throttled",
    `the directory asked to send nothing for ${seconds} s; nothing was sent`,
    {
      next: "wait; nolapse tries again by itself",
      retryAfter: pause,
    },
  );
}

function toldBy(answer: WireAnswer): Told {
  const used = Number.parseFloat(answer.header("x-ms-throttle-limit-percentage") ?? "");
  return {
    throttled: answer.status === 429,
    // some 503 carry it too, and mean the same
    retryAfter: retryAfterOf(answer),
    scope: answer.header("x-ms-throttle-scope"),
    used: Number.isNaN(used) ? null : used,
  };
}

export interface SpenderOptions {
  readonly tenantId: string;
  /** The client id that asks, where it is known. */
  readonly appId: string;
  /** From 0 to 1. */
  readonly share: number;
  /** Asked before a write that had to wait. @throws whatever must keep it from being sent. */
  readonly mayGo?: (() => Promise<void>) | undefined;
}

/** One application in one tenant before the gate: knows what its requests cost, and which of them are urgent. */
export class Spender implements Deadlines {
  readonly #gate: GraphGate;
  readonly #options: SpenderOptions;
  readonly #ends = new Map<string, { readonly end: number }>();
  readonly #personal = new Set<string>();

  constructor(gate: GraphGate, options: SpenderOptions) {
    this.#gate = gate;
    this.#options = options;
  }

  begin(holder: HolderRef, end: EpochMs | null): () => void {
    const object = holder.objectId.toLowerCase();
    const work = { end: end ?? NO_END };
    this.#ends.set(object, work);
    return () => {
      if (this.#ends.get(object) === work) this.#ends.delete(object);
    };
  }

  /** Notes what a read said of an object's audience; writes to those for personal accounts have a limit of their own. */
  noteAudience(objectId: string, audience: string | null): void {
    if (audience?.includes("PersonalMicrosoftAccount") === true) this.#personal.add(objectId.toLowerCase());
    else this.#personal.delete(objectId.toLowerCase());
  }

  /** A wire whose every request passes the gate. */
  meter(wire: Wire): Wire {
    const { mayGo } = this.#options;
    return {
      send: (request, signal) => {
        const asked = this.ask(request);
        const ask = async () => (asked.write ? mayGo?.() : undefined);
        return this.#gate.send(asked, () => wire.send(request, signal), ask, signal);
      },
    };
  }

  /** What a request asks of the limits, by its address alone. */
  ask({ method, url }: WireRequest): Asked {
    const { pathname, searchParams } = new URL(url);
    const path = pathname.replace(/^\/[^/]+/, "");
    const object = /^\/(?:applications|servicePrincipals)\/([0-9a-f-]{36})(?:\/|$)/i.exec(path)?.[1]?.toLowerCase();
    const write = method !== "GET";
    const selected = (searchParams.get("$select") ?? "").split(",").map((name) => name.trim());
    const { appId, tenantId, share } = this.#options;
    return {
      appId,
      tenantId,
      share,
      write,
      units: write ? 1 : unitsOf(path, searchParams),
      selectsKeys: selected.includes("keyCredentials"),
      report: /^\/(?:auditLogs|reports)\//.test(path),
      personal: write && object !== undefined && this.#personal.has(object),
      object: write && object !== undefined ? object : null,
      // a list speaks for a thousand objects, and everything is decided by it
      rank: object === undefined ? Number.NEGATIVE_INFINITY : (this.#ends.get(object)?.end ?? NO_END),
    };
  }
}

const NO_END = Number.MAX_SAFE_INTEGER;

/** Base cost by what is read, then the options (learn.microsoft.com/graph/throttling-limits, resource unit costs); at least one. */
function unitsOf(path: string, options: URLSearchParams): number {
  const base = COSTLY_READS.some((one) => one.test(path)) ? 2 : 1;
  const top = Number(options.get("$top") ?? Number.NaN);
  const less = (options.has("$select") ? 1 : 0) + (top < 20 ? 1 : 0);
  return Math.max(1, base - less + (options.has("$expand") ? 1 : 0));
}
