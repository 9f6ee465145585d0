/**
 * Graph's limits in a rehearsal: the gate of each process waits in the turns of the world, another tool of the tenant spends of
 * the same limits now and then, and the books look at both.
 */
import { type DurationMs, plus } from "../../core/time.ts";
import type { WorldPlan } from "../plan/plan.ts";
import type { Chance } from "../stage/chance.ts";
import type { Gate, GateRequest, Ground } from "../stage/ground.ts";
import type { Call } from "../stage/story.ts";
import type { Turns } from "../stage/turns.ts";
import { QuotaBooks } from "../watch/quota-books.ts";

/** How often another tool happens to read the certificates of the whole tenant when Nolapse reads some. */
const BESIDE_A_READ = 0.05;
/** Of the 150 reads a minute that a tenant has. */
const LEAST = 140;
const MOST = 155;

export interface QuotaReach
  extends Pick<ConstructorParameters<typeof QuotaBooks>[0], "rotations" | "holderOf" | "isThrottling"> {
  readonly ground: Ground;
  readonly turns: Turns;
  readonly chance: Chance;
  /** Something that must not be was seen. */
  broken(what: string): void;
}

export class Quota {
  readonly books: QuotaBooks;
  readonly #reach: QuotaReach;
  readonly #share: number;

  private constructor(reach: QuotaReach, share: number, managers: number) {
    const { rotations, holderOf, isThrottling, turns } = reach;
    this.#reach = reach;
    this.#share = share;
    this.books = new QuotaBooks({ rotations, holderOf, share, managers, isThrottling, now: () => turns.now });
  }

  /** Null where the plan says nothing of limits. */
  static of({ share, managers = 1 }: Pick<WorldPlan, "share" | "managers">, reach: QuotaReach): Quota | null {
    return share === undefined ? null : new Quota(reach, share, managers);
  }

  /** The gate of one process. */
  gate(process: string): Gate {
    const { turns, broken } = this.#reach;
    const { books } = this;
    const say = (found: ReturnType<QuotaBooks["sent"]>) => {
      for (const { what } of found) broken(what);
    };
    /** The request that is before the gate at this moment: whether it must wait is known before anything else happens. */
    let entering: GateRequest | null = null;
    return {
      share: this.#share,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          turns.event(process, plus(turns.now, Math.ceil(ms) as DurationMs), async () => {
            if (signal?.aborted !== true) resolve();
            // whoever it wakes must be in line before the next one is chosen
            await null;
            await null;
          });
        }),
      enters: (request) => {
        entering = request;
        books.asks(process, request);
      },
      waits: () => {
        const request = entering;
        if (request !== null) books.waits(request);
        const { asleep, wake } = turns.sleep(process);
        return {
          asleep,
          wake: (goes) => {
            if (goes && request !== null) say(books.called(request));
            wake();
          },
        };
      },
      sent: (request) => say(books.sent(process, request)),
      answered: (request, status) => say(books.answered(request, status)),
      leaves: (request) => books.leaves(request),
    };
  }

  /** Where Nolapse reads certificates, chance has it that another tool reads those of the whole tenant. */
  async beside({ port, method }: Call): Promise<void> {
    const { chance, ground } = this.#reach;
    if (port !== "certificates" || method !== "readCertificates" || !chance.hits(BESIDE_A_READ)) return;
    this.books.othersSpend();
    await ground.outside.readsKeys(chance.between(LEAST, MOST));
  }
}
