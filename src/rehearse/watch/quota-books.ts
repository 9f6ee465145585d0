/**
 * What a rehearsal knows of Graph's limits (design §4.6): each process stays inside its share of them, the earliest deadline
 * goes first, and nobody is refused but by what others spend. Kept from the requests on the wire and the committed rotations.
 */
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type DurationMs, type EpochMs, formatInstant, MINUTE, SECOND } from "../../core/time.ts";
import type { GateRequest } from "../stage/ground.ts";
import type { Forbidden } from "./rule-books.ts";

// The published numbers stand here once more: taken from the engine they would be wrong wherever it is wrong.
interface Limit {
  readonly what: string;
  readonly most: number;
  readonly window: DurationMs;
  counts(request: GateRequest): boolean;
}
const LIMITS: readonly Limit[] = [
  // every request costs one unit at least
  { what: "requests", most: 3_500, window: 10 * SECOND, counts: () => true },
  { what: "writes", most: 3_000, window: 150 * SECOND, counts: isWrite },
  { what: "reads of certificates", most: 150, window: MINUTE, counts: readsKeys },
  { what: "reports", most: 5, window: 10 * SECOND, counts: isReport },
];
/** However small the share, one request may go in so long a time. */
const SLICE: DurationMs = 10 * SECOND;
const LONGEST_WINDOW: DurationMs = Math.max(...LIMITS.map(({ window }) => window));
/** A refusal within this of another tool's burst may be due to it: its window, and the longest pause that follows. */
const OTHERS_COUNT: DurationMs = 2 * MINUTE;

interface Surroundings {
  /** As committed. */
  readonly rotations: ReadonlyMap<string, Rotation>;
  /** The part of every limit that each process may spend, from 0 to 1. */
  readonly share: number;
  /** Processes side by side. */
  readonly managers: number;
  /** The process that works on a rotation of this object; null where nobody does. */
  holderOf(objectId: string): string | null;
  now(): EpochMs;
  /** Whether the weather itself refuses requests just now. */
  isThrottling(): boolean;
}

/** One request of a process, from when it asks for its turn until it is answered. */
interface Asked {
  readonly process: string;
  readonly request: GateRequest;
  /** `enters`: whether it must wait is not known yet. */
  state: "enters" | "waits" | "called" | "sent";
}

export class QuotaBooks {
  readonly #around: Surroundings;
  readonly #asked = new Map<GateRequest, Asked>();
  /** What was sent in the longest of the windows. */
  #sent: { readonly at: EpochMs; readonly process: string; readonly request: GateRequest }[] = [];
  #othersAt: EpochMs | null = null;
  /** How many requests had to wait, and how many were refused. */
  readonly figures = { waited: 0, refused: 0 };

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Another tool spends of the limits that a whole tenant shares. */
  othersSpend(): void {
    this.#othersAt = this.#around.now();
  }

  asks(process: string, request: GateRequest): void {
    this.#asked.set(request, { process, request, state: "enters" });
  }

  waits(request: GateRequest): void {
    const asked = this.#asked.get(request);
    if (asked !== undefined) asked.state = "waits";
    this.figures.waited += 1;
  }

  /** Its turn has come, whether or not it is taken at once. */
  called(request: GateRequest): readonly Forbidden[] {
    const asked = this.#asked.get(request);
    if (asked === undefined || asked.state === "called" || asked.state === "sent") return [];
    asked.state = "called";
    const other = [...this.#asked.values()].find((one) => this.#goesBefore(one, asked));
    if (other === undefined) return [];
    return [{ what: "a request was sent before one that waits and whose deadline is earlier", about: null }];
  }

  /** It goes to the service. */
  sent(process: string, request: GateRequest): readonly Forbidden[] {
    const said = this.called(request);
    const asked = this.#asked.get(request);
    if (asked !== undefined) asked.state = "sent";
    const now = this.#around.now();
    this.#sent = [...this.#sent.filter(({ at }) => at > now - LONGEST_WINDOW), { at: now, process, request }];
    const over = LIMITS.filter((limit) => limit.counts(request) && this.#spent(limit, process) > this.#allowed(limit));
    return [
      ...said,
      ...over.map(({ what }) => ({ what: `a process sent more ${what} than its share allows`, about: null })),
    ];
  }

  /** What the service said to it. */
  answered(request: GateRequest, status: number): readonly Forbidden[] {
    if (status !== 429) return [];
    this.figures.refused += 1;
    const { now, isThrottling, managers } = this.#around;
    const isOthers = this.#othersAt !== null && now() - this.#othersAt < OTHERS_COUNT;
    const lately = this.#sent.filter(({ at }) => at > now() - LONGEST_WINDOW);
    // a process that was started anew knows nothing of what the one before it has spent
    const isRestart = new Set(lately.map(({ process }) => process)).size > managers;
    if (isThrottling() || isOthers || isRestart) return [];
    const what = `the directory refused ${request.method} for its limits at ${formatInstant(now())} although nobody else had spent of them`;
    return [{ what, about: null }];
  }

  /** It is over, answered or not. */
  leaves(request: GateRequest): void {
    this.#asked.delete(request);
  }

  /** The process is no more, and none of its requests waits. */
  died(process: string): void {
    for (const [request, one] of this.#asked) if (one.process === process) this.#asked.delete(request);
  }

  #spent(limit: Limit, process: string): number {
    const since = this.#around.now() - limit.window;
    return this.#sent.filter((one) => one.at > since && one.process === process && limit.counts(one.request)).length;
  }

  #allowed({ most, window }: Limit): number {
    return Math.max(most * this.#around.share, window / SLICE);
  }

  /** Whether `waiting` should have had the turn of `asked`: held back by nothing that does not hold this one back, too, and more urgent. */
  #goesBefore(waiting: Asked, asked: Asked): boolean {
    if (waiting.state !== "waits" || waiting.process !== asked.process) return false;
    const [mine, theirs] = [waiting.request, asked.request];
    const isSameKind = [isWrite, readsKeys, isReport].every((is) => is(mine) === is(theirs));
    if (!isSameKind || this.#isBusy(waiting)) return false;
    const [own, other] = [this.#ends(waiting), this.#ends(asked)];
    return own.length > 0 && other.length > 0 && Math.max(...own) < Math.min(...other);
  }

  /** One write at a time to an object: another one to the same is before it, or on its way. */
  #isBusy({ request }: Asked): boolean {
    const object = objectOf(request);
    return isWrite(request) && [...this.#asked.keys()].some((one) => one !== request && objectOf(one) === object);
  }

  /** When the credentials end that rotations of this object are about; none where the process works on none of them: a scan has time. */
  #ends({ process, request }: Asked): readonly number[] {
    const object = objectOf(request);
    if (object === null || this.#around.holderOf(object) !== process) return [];
    return [...this.#around.rotations.values()].flatMap(({ holder, state, listWrite, replacesEnd }) => {
      if (holder.objectId.toLowerCase() !== object || state === "cancelled") return [];
      return state === "retired" && listWrite === null ? [] : [replacesEnd ?? Number.MAX_SAFE_INTEGER];
    });
  }
}

function isWrite({ method }: GateRequest): boolean {
  return method !== "GET";
}

function readsKeys({ method, url }: GateRequest): boolean {
  return method === "GET" && /[?&](?:\$|%24)select=[^&]*keyCredentials/.test(url);
}

function isReport({ url }: GateRequest): boolean {
  return /\/(?:v1\.0|beta)\/(?:auditLogs|reports)\//.test(url);
}

function objectOf({ url }: GateRequest): string | null {
  return /\/(?:applications|servicePrincipals)\/([0-9a-f-]{36})(?=[/?]|$)/i.exec(url)?.[1]?.toLowerCase() ?? null;
}
